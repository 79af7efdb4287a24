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
) -> ExitStatus:
    """Print each new answer, and return the status of the last one.

    It ends when nothing is stuck, or after the seconds; None: not before. `first` has
    been printed already.
    """
    end = None if seconds is None else time.monotonic() + seconds
    shown = first
    if not shown.is_resolved:
        screen.note("watching; Ctrl-C ends it")
        mirror = Mirror(live.connection, live.reading)
    while not shown.is_resolved:
        if end is not None and time.monotonic() >= end:
            break
        if not mirror.wait(_LOOK):
            continue
        time.sleep(_TOGETHER)
        snapshot = Snapshot.from_decoded(
            mirror.results(), kubernetes=source.kubernetes, feature_gates=source.gates
        )
        latest = ask(snapshot)
        if latest.text != shown.text:
            screen.write(f"\n{latest.text}")
            screen.note(latest.notes[-1])
        shown = latest
    return shown.status
