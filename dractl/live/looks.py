"""Looking again and again until something is so."""

import time
from collections.abc import Iterator
from typing import Final

_FIRST_PAUSE: Final = 0.05  # seconds between two looks, at first
_LONGEST_PAUSE: Final = 2.0


def looks(seconds: float | None) -> Iterator[None]:
    """Yield whenever it is time to look, and once more at the end of the seconds."""
    end = None if seconds is None else time.monotonic() + seconds
    pause = _FIRST_PAUSE
    yield
    while end is None or time.monotonic() < end:
        rest = pause if end is None else min(pause, end - time.monotonic())
        time.sleep(max(rest, 0))
        yield
        pause = min(pause * 2, _LONGEST_PAUSE)
