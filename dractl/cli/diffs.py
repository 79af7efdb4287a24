"""Changed texts: as unified differences, and several as one stream of YAML."""

import difflib
from collections.abc import Iterable
from typing import Final

_SEPARATOR: Final = "---"


def difference(before: str, after: str, old: str, new: str) -> str:
    """Return the unified difference of two texts; `old` and `new` are their names."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), old, new
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in lines
    )


def joined(texts: Iterable[str]) -> str:
    """Return YAML texts as one, each in a document of its own at least."""
    whole = ""
    for text in texts:
        if whole and text and not text.startswith(_SEPARATOR):
            whole += f"{_SEPARATOR}\n"
        whole += text
        if whole and not whole.endswith("\n"):
            whole += "\n"
    return whole
