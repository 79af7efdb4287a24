"""Points in time, as objects have them and as users say them: `--for 2h`."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from dractl.cel.library.times import read_duration
from dractl.cel.values import EvalFailure
from dractl.errors import DractlError, unclear

_DAYS: Final = re.compile(r"([0-9]{1,6})d")
_NANOS: Final = 1000  # of a microsecond


def moment(text: str | None) -> datetime | None:
    """Read RFC 3339; None for what is unset or cannot be read."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return None if found.tzinfo is None else found


def written_moment(time: datetime) -> str:
    """Return RFC 3339 in UTC and whole seconds, as objects have it."""
    whole = time.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return f"{whole.isoformat()}Z"  # strftime may leave out zeros of early years


def end_of(text: str, now: datetime) -> datetime:
    """Return when a duration such as `90m`, `2h30m` or `3d` is over."""
    length = duration(text)
    if length is None or length <= timedelta():
        raise _no_duration(text)
    try:
        return now + length
    except OverflowError as error:
        raise _no_duration(text) from error


def duration(text: str) -> timedelta | None:
    """Read a duration as Go does, with days before: `3d`, `1d12h`; None: it is none."""
    days = _DAYS.match(text)
    rest = text[days.end() :] if days else text
    if days and rest.startswith(("+", "-")):
        return None
    try:
        nanos = read_duration(rest).nanos if rest or not days else 0
    except EvalFailure:
        return None
    return timedelta(days=int(days[1]) if days else 0, microseconds=nanos // _NANOS)


def _no_duration(text: str) -> DractlError:
    return unclear(
        f"{text[:40]!r} is not a time from now on",
        hint="write it like 30m, 2h, 1h30m or 3d",
    )
