"""Changed texts: as unified differences, and several as one stream of YAML."""

import difflib
import json
from collections.abc import Iterable
from typing import Final

_SEPARATOR: Final = "---"


def difference(before: str, after: str, old: str, new: str) -> str:
    """Return the unified difference of two texts; `old` and `new` are their names.

    `git apply -p0` and `patch -p0` take it.
    """
    # No splitlines, which knows breaks that are none to them.
    lines = difflib.unified_diff(_lines(before), _lines(after), _name(old), _name(new))
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in lines
    )


def _lines(text: str) -> list[str]:
    *whole, last = text.split("\n")
    return [*(f"{each}\n" for each in whole), *([last] if last else [])]


def _name(path: str) -> str:
    """Return a file's name as Git writes it: a tab ends one with blanks."""
    if not path.isprintable() or '"' in path or "\\" in path:
        return json.dumps(path, ensure_ascii=False)
    return f"{path}\t" if " " in path else path


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
