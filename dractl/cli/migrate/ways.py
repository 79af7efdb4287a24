"""The options that the commands of a rollout share."""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

import typer

from dractl.cli.source import seconds

DryRun = Literal["none", "client", "server"]

DEFAULT: Final = "dractl-migration.json"

StateOption = Annotated[
    str,
    typer.Option(
        "--state", metavar="PATH", help="The file that knows how far the migration is."
    ),
]
YesOption = Annotated[bool, typer.Option("-y", "--yes", help="Do it without asking.")]
DryRunOption = Annotated[
    DryRun,
    typer.Option(
        "--dry-run", help="Only show it (client), or try it on the server as well."
    ),
]
WaitOption = Annotated[
    str,
    typer.Option(
        "--timeout",
        metavar="TIME",
        help="How long each step may wait for pods and nodes: 90s, 10m; 0: no end.",
    ),
]
LossOption = Annotated[
    bool,
    typer.Option("--accept-loss", help="Begin, though fewer pods or devices fit."),
]
UnprovenOption = Annotated[
    bool,
    typer.Option("--accept-unproven", help="Begin, though it is not known what fits."),
]
ErrorsOption = Annotated[
    bool, typer.Option("--accept-errors", help="Begin, though the plan has errors.")
]


@dataclass(frozen=True, slots=True)
class Way:
    """How changes are made: tried only, asked about, waited for (None: no end)."""

    dry_run: DryRun
    answers_yes: bool
    seconds: float | None

    @property
    def asks_server(self) -> bool:
        """Whether it needs a server."""
        return self.dry_run != "client"


def way_of(
    *,
    dry_run: DryRunOption = "none",
    yes: YesOption = False,
    timeout: WaitOption = "5m",
) -> Way:
    """Return how changes are to be made."""
    return Way(dry_run, yes, seconds("--timeout", timeout) or None)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a user puts up with: findings that are errors, a loss, no proof."""

    errors: bool = False
    loss: bool = False
    unproven: bool = False


def accepted_of(
    *,
    loss: LossOption = False,
    unproven: UnprovenOption = False,
    errors: ErrorsOption = False,
) -> Accepted:
    """Return what the user puts up with."""
    return Accepted(errors, loss, unproven)
