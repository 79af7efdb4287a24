"""The block YAML that controllers write into ConfigMaps: keys, lists, plain scalars.

The core has no YAML reader. Anchors, tags and block scalars are not understood; what
is read of a text that has them is less, but nothing else.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_KEY = re.compile(r"([A-Za-z][\w./-]*):(?:\s+(.*))?")
_QUOTED = re.compile(r"""'((?:[^']|'')*)'|"((?:[^"\\]|\\.)*)\"""")
_DASH = "-"


class Entry(NamedTuple):
    """A scalar or the start of a mapping, with the keys that lead to it.

    `starts` tells that it is the first of a mapping in a list.
    """

    path: tuple[str, ...]
    value: str
    starts: bool


def entries(text: str) -> Iterator[Entry]:
    """Yield what the text says, in its order; folded scalars are joined."""
    above: list[tuple[int, str]] = []
    last: Entry | None = None
    starts = False
    for line in text.splitlines():
        bare = line.strip()
        indent = len(line) - len(line.lstrip())
        if not bare or bare.startswith("#"):
            continue
        if last is not None and last.value and indent > above[-1][0]:
            last = last._replace(value=f"{last.value} {bare}")
            continue
        if last is not None:
            yield _plain(last)
            last = None
        if bare == _DASH or bare.startswith(f"{_DASH} "):
            # The keys of an item stand where its first one does, behind the dash.
            _leave(above, indent + 1)
            inner = bare.removeprefix(_DASH).lstrip()
            indent += len(bare) - len(inner)
            bare, starts = inner, True
        key = _KEY.fullmatch(bare)
        if key is not None:
            _leave(above, indent)
            above.append((indent, key[1]))
        if not bare or not above:
            continue
        value = bare if key is None else key[2] or ""
        path = tuple(name for _, name in above)
        last = Entry(path, value, starts and key is not None)
        starts = False
    if last is not None:
        yield _plain(last)


def _leave(above: list[tuple[int, str]], indent: int) -> None:
    """Drop the keys that a line of this indentation is not below."""
    while above and above[-1][0] >= indent:
        above.pop()


def _plain(entry: Entry) -> Entry:
    """Return the entry with its scalar as it is meant, without quotes or comment."""
    quoted = _QUOTED.match(entry.value)
    if quoted is None:
        return entry._replace(value=entry.value.partition(" #")[0].rstrip())
    single, double = quoted.groups()
    if single is not None:
        return entry._replace(value=single.replace("''", "'"))
    return entry._replace(value=double.replace('\\"', '"'))


def listed(value: str) -> tuple[str, ...]:
    """Return the scalars of a list in brackets, or the one that stands alone."""
    inner = value.removeprefix("[").removesuffix("]") if value[:1] == "[" else value
    parts = (part.strip().strip("\"'") for part in inner.split(","))
    return tuple(part for part in parts if part)
