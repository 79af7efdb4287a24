"""An answer as it is printed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dractl.errors import ExitStatus

if TYPE_CHECKING:
    from dractl.api.snapshot import Snapshot
    from dractl.cli.reading import Live
    from dractl.cli.source import Source
    from dractl.cli.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Shown:
    """The text for stdout, what is said about it on stderr, and the exit status."""

    text: str
    status: ExitStatus
    notes: tuple[str, ...] = ()

    @property
    def is_resolved(self) -> bool:
        """Whether there is nothing to wait for."""
        return self.status != ExitStatus.NO


def answered(  # noqa: PLR0913 - the question, and how to go on
    cluster: "Snapshot",
    live: "Live | None",
    source: "Source",
    ask: Callable[["Snapshot"], Shown],
    *,
    screen: "Terminal",
    seconds: float | None,
) -> ExitStatus:
    """Print the answer and return its status.

    With a live cluster it goes on until there is nothing to wait for, or for the
    seconds, None: without end.
    """
    first = ask(cluster)
    screen.write(first.text)
    for each in first.notes:
        screen.note(each)
    if live is None:
        return first.status
    from dractl.cli.following import follow

    return follow(live, source, first, ask, screen=screen, seconds=seconds)
