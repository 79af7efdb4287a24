"""Options of `dractl top` for questions beyond what there is now."""

from dataclasses import dataclass
from typing import Annotated, Final

import typer

from dractl.cli.options import EndOption, check_stdin, usage
from dractl.cli.source import Source, ending

_MOST: Final = 10_000

FitsOption = Annotated[
    str | None,
    typer.Option(
        "--fits",
        metavar="FILE",
        help="How many more of the claims, templates, pods or workloads in FILE fit; "
        "- for stdin, claim/NAME for one of the cluster.",
    ),
]
MostOption = Annotated[
    int,
    typer.Option(
        "--most", metavar="N", min=1, help="Of --fits: how many are placed at most."
    ),
]
LeastOption = Annotated[
    int,
    typer.Option(
        "--at-least",
        metavar="N",
        min=1,
        help="Of --fits: the exit status is 1 if fewer fit.",
    ),
]
HeadroomOption = Annotated[
    bool,
    typer.Option(
        "--headroom",
        help="What the loss of the largest node of each model would leave; of each "
        "class or the like with that view.",
    ),
]
HistoryOption = Annotated[
    list[str] | None,
    typer.Option(
        "--history",
        metavar="PATH",
        help="How use went over several snapshots; repeat it, or name a glob.",
    ),
]
ContextsOption = Annotated[
    str | None,
    typer.Option(
        "--contexts",
        metavar="NAME,...",
        help="Several clusters in one answer: contexts of the kubeconfig, or all.",
    ),
]
WatchOption = Annotated[
    bool,
    typer.Option("-w", "--watch", help="Print each new answer (live clusters only)."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """What is asked beside a view. `seconds` None: it is watched without an end."""

    fits: str | None = None
    most: int = _MOST
    least: int = 1
    headroom: bool = False
    history: tuple[str, ...] = ()
    contexts: str | None = None
    watch: bool = False
    seconds: float | None = None

    @property
    def is_plain(self) -> bool:
        """Whether nothing is asked beside the view."""
        return self == Planning()

    def check(self, source: Source, *, changes: bool) -> None:
        """Raise DractlError for options that make no sense together.

        `changes` tells whether others change the cluster in thought.
        """
        check_stdin(self.fits, source.snapshot, *self.history)
        several = bool(self.history) or self.contexts is not None
        asks = self.fits is not None or self.headroom or changes
        if several and (asks or self.watch):
            raise usage(
                "--history and --contexts go with no other question, nor with --watch"
            )
        if self.history and self.contexts is not None:
            raise usage("--history and --contexts exclude each other")
        if self.history and (source.snapshot is not None or source.demo):
            raise usage("--history names the snapshots: leave out --snapshot, --demo")
        if self.contexts is not None and (
            not source.is_live or source.target.context is not None
        ):
            raise usage("--contexts names live clusters: leave out other sources")
        if self.watch and not source.is_live:
            raise usage("--watch follows a live cluster")
        if self.seconds is not None and not self.watch:
            raise usage("--timeout goes with --watch")


def planning_of(  # noqa: PLR0913 - one parameter per option
    *,
    fits: FitsOption = None,
    most: MostOption = _MOST,
    at_least: LeastOption = 1,
    headroom: HeadroomOption = False,
    history: HistoryOption = None,
    contexts: ContextsOption = None,
    watch: WatchOption = False,
    timeout: EndOption = None,
) -> Planning:
    """Return what the options ask."""
    if fits is None and (at_least != 1 or most != _MOST):
        raise usage("--at-least and --most go with --fits")
    if at_least > most:
        raise usage(f"--at-least {at_least} is more than --most {most}")
    return Planning(
        fits=fits,
        most=most,
        least=at_least,
        headroom=headroom,
        history=tuple(history or ()),
        contexts=contexts,
        watch=watch,
        seconds=ending(timeout),
    )
