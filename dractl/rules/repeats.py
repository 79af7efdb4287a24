"""Lists whose entries are to differ: each with its place, and whether it is new."""

from collections.abc import Iterator, Sequence

from dractl.rules.path import Path
from dractl.rules.wire import Wire


def placed(texts: Sequence[str], path: Path) -> Iterator[tuple[str, Path, bool]]:
    """Yield the texts of a list with their places, and whether each came before."""
    seen: set[str] = set()
    for index, each in enumerate(texts):
        yield each, path.index(index), each in seen
        seen.add(each)


def named(
    entries: Sequence[Wire], path: Path, key: str = "name"
) -> Iterator[tuple[Wire, Path, str, bool]]:
    """Yield objects with their places and names, and whether each name came before.

    An object without a name has an empty one.
    """
    names = [entry.get(key, "") for entry in entries]
    for entry, (name, where, again) in zip(entries, placed(names, path), strict=True):
        yield entry, where, name, again
