"""How the API server decodes JSON: types of fields, and what does not fit them.

A reader takes a value and returns it in plain form: null is gone, quantities are
parsed, absent stays absent. All that is wrong is collected with its place, in the
spelling of the version that the document is written in.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from dractl.api.decode_fields import int64, mismatch, quantity
from dractl.api.problems import MalformedField
from dractl.rules.path import Path
from dractl.rules.reasons import shown
from dractl.rules.registry import Wanted

Wire = dict[str, Any]
_Place = tuple[Any, str | int] | None
_INT32: Final = range(-(2**31), 2**31)
_TIME: Final = re.compile(
    r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](?:[.,][0-9]+)?"
    r"(?:Z|[+-][0-2][0-9]:[0-5][0-9])",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that cannot be decoded, or a field that nobody knows.

    `wanted` is what the value had to be, where that is a string or a quantity.
    """

    path: Path
    message: str
    unknown: bool = False
    wanted: Wanted | None = None


@dataclass(slots=True)
class Reading:
    """What went wrong so far."""

    misfits: list[Misfit] = field(default_factory=list)

    def wrong(self, place: _Place, message: str, wanted: Wanted | None = None) -> None:
        """Note that a value does not fit."""
        self.misfits.append(Misfit(_path(place), message, wanted=wanted))

    def unknown(self, place: _Place, message: str) -> None:
        """Note that there is no such field."""
        self.misfits.append(Misfit(_path(place), message, unknown=True))


Reader = Callable[[Any, _Place, Reading], Any]


def _path(place: _Place) -> Path:
    steps: list[str | int] = []
    while place is not None:
        steps.append(place[1])
        place = place[0]
    path = Path()
    for step in reversed(steps):
        path = path.index(step) if isinstance(step, int) else path.field(step)
    return path


def text(value: Any, place: _Place, reading: Reading) -> str:
    """Read a string."""
    if isinstance(value, str):
        return value
    if value is not None:
        reading.wrong(place, mismatch("", "a string", value).message, "string")
    return ""


def flag(value: Any, place: _Place, reading: Reading) -> bool:
    """Read a boolean."""
    if value is not None and not isinstance(value, bool):
        reading.wrong(place, mismatch("", "true or false", value).message)
    return value is True


def integer(value: Any, place: _Place, reading: Reading) -> int:
    """Read an int64."""
    if value is None:
        return 0
    try:
        return int64(value)
    except MalformedField as bad:
        reading.wrong(place, bad.message)
        return 0


def short_integer(value: Any, place: _Place, reading: Reading) -> int:
    """Read an int32."""
    number = integer(value, place, reading)
    if number not in _INT32:
        reading.wrong(place, "does not fit into 32 bits")
    return number


def amount(value: Any, place: _Place, reading: Reading) -> Any:
    """Read a quantity."""
    try:
        return quantity(value)
    except MalformedField as bad:
        reading.wrong(place, bad.message, "quantity")
        return quantity(None)


def moment(value: Any, place: _Place, reading: Reading) -> str:
    """Read a time in the spelling of RFC 3339."""
    read = text(value, place, reading)
    if isinstance(value, str) and not _is_moment(value):
        reading.wrong(place, f"{shown(value)} is no time like 2026-01-31T12:00:00Z")
    return read


def _is_moment(value: str) -> bool:
    if not _TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value[:19])
    except ValueError:
        return False
    return True


def anything(value: Any, _place: _Place, _reading: Reading) -> Any:
    """Take whatever there is, as for parameters of drivers."""
    return value


def list_of(read: Reader) -> Reader:
    """Return the reader of a list."""

    def read_list(value: Any, place: _Place, reading: Reading) -> list[Any]:
        if not isinstance(value, list | tuple):
            reading.wrong(place, mismatch("", "a list", value).message)
            return []
        return [
            read(entry, (place, index), reading) for index, entry in enumerate(value)
        ]

    return read_list


def map_of(read: Reader) -> Reader:
    """Return the reader of a map with free keys."""

    def read_map(value: Any, place: _Place, reading: Reading) -> Wire:
        if not isinstance(value, Mapping):
            reading.wrong(place, mismatch("", "an object", value).message)
            return {}
        return {
            str(key): read(entry, (place, str(key)), reading)
            for key, entry in value.items()
        }

    return read_map


class Struct:
    """The reader of an object with known fields.

    `closed`: other fields are misfits; otherwise they are left out silently. A struct
    may be changed after it was made, for objects of the same shape in older versions.
    """

    def __init__(self, fields: Mapping[str, Reader], *, closed: bool = True) -> None:
        """Take the fields."""
        self.fields: Final = dict(fields)
        self.closed: Final = closed

    def __call__(self, value: Any, place: _Place, reading: Reading) -> Wire:
        """Read an object; null reads as an empty one."""
        if value is None:
            return {}
        if value.__class__ is not dict and not isinstance(value, Mapping):
            reading.wrong(place, mismatch("", "an object", value).message)
            return {}
        read: Wire = {}
        fields = self.fields
        for key, entry in value.items():
            reader = fields.get(key)
            if reader is None:
                if self.closed:
                    reading.unknown((place, str(key)), self._no_such(str(key)))
            elif entry is not None:
                read[key] = reader(entry, (place, key), reading)
        return read

    def without(self, *names: str) -> "Struct":
        """Return the same without some fields."""
        kept = {key: read for key, read in self.fields.items() if key not in names}
        return Struct(kept, closed=self.closed)

    def plus(self, **more: Reader) -> "Struct":
        """Return the same with more or other fields."""
        return Struct(self.fields | more, closed=self.closed)

    def _no_such(self, key: str) -> str:
        near = nearest(key, self.fields)
        hint = f"; {near} exists" if near else ""
        return f"there is no field {shown(key)} here{hint}"


def nearest(word: str, words: Mapping[str, object]) -> str | None:
    """Return the word that was probably meant."""
    from difflib import get_close_matches

    for each in words:
        if each.lower() == word.lower():
            return each
    return next(iter(get_close_matches(word[:80], words, n=1, cutoff=0.7)), None)
