"""Many names in few words: those that are numbered, from the first to the last."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, NamedTuple

_NUMBERED: Final = re.compile(r"(.*?)(\d{1,9})([^\d]*)", re.DOTALL)
_LEAST: Final = 3  # names that are worth a span


class _Name(NamedTuple):
    stem: str
    number: int
    digits: str
    end: str
    whole: str


def spans(names: Iterable[str]) -> Sequence[str]:
    """Return names sorted by their numbers, and spans of them: `gpu-3 … gpu-17`."""
    parsed = sorted(map(_parsed, set(names)))
    found: list[str] = []
    indexed = enumerate(parsed)
    for _, run in groupby(
        indexed, lambda each: (each[1].stem, each[1].end, each[1].number - each[0])
    ):
        alike = [name.whole for _, name in run]
        if len(alike) < _LEAST:
            found += alike
        else:
            found.append(f"{alike[0]} … {alike[-1]}")
    return found


def _parsed(name: str) -> _Name:
    parts = _NUMBERED.fullmatch(name)
    if parts is None:
        return _Name(name, 0, "", "", name)
    stem, digits, end = parts.groups()
    return _Name(stem, int(digits), digits, end, name)
