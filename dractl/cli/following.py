"""Answers that follow a live cluster until nothing is stuck any more."""

import time
from collections.abc import Callable
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.cli.reading import Live
from dractl.cli.shown import Shown
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus
from dractl.live.watching import Mirror

_TOGETHER: Final = 0.5  # seconds in which changes are taken for one
_LOOK: Final = 1.0  # seconds between two looks at the clock


def follow(  # noqa: PLR0913 - what to follow, and how
    live: Live,
    source: Source,
    first: Shown,
    ask: Callable[[Snapshot], Shown],
    *,
    screen: Terminal,
    seconds: float | None,
    is_endless: bool = False,
) -> ExitStatus:
    """Print each new answer, and return the status of the last one.

    It ends when nothing is stuck, unless it is endless; or after the seconds, None: not
    before. `first` has been printed already.
    """
    if first.is_resolved and not is_endless:
        return first.status
    screen.note("watching; Ctrl-C ends it")
    end = None if seconds is None else time.monotonic() + seconds
    mirror = Mirror(live.connection, live.reading)
    shown = first
    try:
        while (is_endless or not shown.is_resolved) and (
            end is None or time.monotonic() < end
        ):
            left = _LOOK if end is None else end - time.monotonic()
            if mirror.wait(max(min(left, _LOOK), 0)):
                time.sleep(_TOGETHER)
                latest = ask(_seen(mirror, source))
                if latest.text != shown.text:
                    screen.write(f"\n{latest.text}")
                    screen.note(latest.notes[-1])
                shown = latest
    finally:
        mirror.close()
    return shown.status


def _seen(mirror: Mirror, source: Source) -> Snapshot:
    return Snapshot.from_decoded(
        mirror.results(), kubernetes=source.kubernetes, feature_gates=source.gates
    )
