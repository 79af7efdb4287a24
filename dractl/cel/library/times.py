"""Durations and timestamps: reading, writing and taking them apart.

Follows cel-go common/types/{duration,timestamp}.go and Go's time.ParseDuration.
"""

import re
from typing import TYPE_CHECKING, Final

from dractl.cel.library.signature import (
    DURATION,
    STRING,
    TIMESTAMP,
    Function,
    Functions,
    one_of,
    takes,
)
from dractl.cel.values import (
    INT_MAX,
    Duration,
    EvalFailure,
    Timestamp,
    Value,
)

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

_UNITS: Final = {
    "ns": 1, "us": 10**3, "\u00b5s": 10**3, "\u03bcs": 10**3, "ms": 10**6, "s": 10**9,
    "m": 60 * 10**9, "h": 3600 * 10**9,
}  # fmt: skip
_DURATION_PART: Final = re.compile(
    r"([0-9]{0,40})(?:\.([0-9]{0,40}))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)"
)
_TIMESTAMP: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.,]([0-9]{1,40}))?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_OFFSET: Final = re.compile(r"([+-]?)([0-9]{1,2}):([0-9]{2})", re.ASCII)
_NANO: Final = 10**9
_MILLI: Final = 10**6
_DAY: Final = 24 * 60


def read_duration(text: str) -> Duration:
    """Read `1h30m`; raise EvalFailure for anything else."""
    failure = EvalFailure("type conversion error from 'string' to 'duration'")
    sign = -1 if text.startswith("-") else 1
    rest = text[1:] if text[:1] in {"+", "-"} else text
    if rest == "0":
        return Duration(0)
    place = total = 0
    while place < len(rest) or not rest:
        part = _DURATION_PART.match(rest, place)
        if part is None or not (part[1] or part[2]):
            raise failure
        unit, fraction = _UNITS[part[3]], part[2] or ""
        total += int(part[1] or "0") * unit
        total += int(fraction or "0") * unit // 10 ** len(fraction)
        if total > INT_MAX:
            raise failure
        place = part.end()
    return Duration(sign * total)


def duration_text(duration: Duration) -> str:
    """Return the seconds, with the fraction that is needed, and an s."""
    seconds, nanos = divmod(abs(duration.nanos), _NANO)
    fraction = f".{nanos:09d}".rstrip("0") if nanos else ""
    return f"{'-' if duration.nanos < 0 else ''}{seconds}{fraction}s"


def read_timestamp(text: str) -> Timestamp:
    """Read RFC 3339; raise EvalFailure for anything else."""
    from datetime import datetime

    failure = EvalFailure("type conversion error from 'string' to 'timestamp'")
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        raise failure
    zone = "+00:00" if found[3] == "Z" else found[3]
    try:
        moment = datetime.fromisoformat(f"{found[1]}{zone}")
    except ValueError as error:
        raise failure from error
    fraction = (found[2] or "")[:9].ljust(9, "0")
    return Timestamp(_seconds(moment) * _NANO + int(fraction))


def _seconds(moment: "datetime") -> int:
    from datetime import UTC, datetime, timedelta

    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def is_datetime(text: str) -> bool:
    """Tell whether the text is a date and time by RFC 3339."""
    try:
        read_timestamp(text)
    except EvalFailure:
        return False
    return True


def is_date(text: str) -> bool:
    """Tell whether the text is a date by RFC 3339."""
    return is_datetime(f"{text}T00:00:00Z")


def timestamp_text(timestamp: Timestamp) -> str:
    """Return RFC 3339 in UTC with as much of a fraction as there is."""
    nanos = timestamp.nanos % _NANO
    fraction = f".{nanos:09d}".rstrip("0") if nanos else ""
    moment = _moment(timestamp, "UTC")
    return f"{moment:%Y-%m-%dT%H:%M:%S}".rjust(19, "0") + f"{fraction}Z"


def _moment(timestamp: Timestamp, zone: str) -> "datetime":
    from datetime import UTC, datetime, timedelta

    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            seconds=timestamp.nanos // _NANO
        )
        return moment.astimezone(_zone(zone))
    except OverflowError as error:
        raise EvalFailure("timestamp overflow") from error


def _zone(name: str) -> "tzinfo":
    from datetime import UTC, timedelta, timezone

    if name in {"", "UTC"}:
        return UTC
    offset = _OFFSET.fullmatch(name)
    if offset is None:
        return _named_zone(name)
    minutes = int(offset[2]) * 60 + int(offset[3])
    if minutes >= _DAY:
        raise EvalFailure(f"unknown time zone {name}")
    return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))


def _named_zone(name: str) -> "tzinfo":
    # The rules of time zones are constants that happen to live in files.
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise EvalFailure(f"unknown time zone {name}") from error


def _whole(value: int, unit: int) -> int:
    return value // unit if value >= 0 else -(-value // unit)


def _part(name: str, duration_part: Function | None, field: Function) -> Function:
    def of_timestamp(timestamp: Timestamp, zone: str = "UTC") -> Value:
        return field(_moment(timestamp, zone), timestamp)

    from_time = takes(name, TIMESTAMP, STRING, call=of_timestamp)
    if duration_part is None:
        return from_time
    return one_of(name, (TIMESTAMP, from_time), (DURATION, duration_part))


def _of_duration(unit: int) -> Function:
    def part(duration: Duration) -> int:
        return _whole(duration.nanos, unit)

    return part


def _milliseconds(duration: Duration) -> int:
    return _whole(duration.nanos, _MILLI)


FUNCTIONS: Final[Functions] = {
    "getFullYear": _part("getFullYear", None, lambda moment, _: moment.year),
    "getMonth": _part("getMonth", None, lambda moment, _: moment.month - 1),
    "getDayOfYear": _part(
        "getDayOfYear", None, lambda moment, _: moment.timetuple().tm_yday - 1
    ),
    "getDayOfMonth": _part("getDayOfMonth", None, lambda moment, _: moment.day - 1),
    "getDate": _part("getDate", None, lambda moment, _: moment.day),
    "getDayOfWeek": _part(
        "getDayOfWeek", None, lambda moment, _: moment.isoweekday() % 7
    ),
    "getHours": _part(
        "getHours", _of_duration(3600 * _NANO), lambda moment, _: moment.hour
    ),
    "getMinutes": _part(
        "getMinutes", _of_duration(60 * _NANO), lambda moment, _: moment.minute
    ),
    "getSeconds": _part(
        "getSeconds", _of_duration(_NANO), lambda moment, _: moment.second
    ),
    "getMilliseconds": _part(
        "getMilliseconds", _milliseconds, lambda _, stamp: stamp.nanos % _NANO // _MILLI
    ),
}
