"""Text of strangers made safe to show, and columns that line up."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from dractl.model.shown import visible

__all__ = ["NARROW", "columns", "counted", "filled", "indented", "visible", "width"]

NARROW: Final = 80  # columns of the terminal that everybody has
_LEAST: Final = 20  # columns that text is never squeezed below
_GAP: Final = "  "


def width(text: str) -> int:
    """Return how many terminal cells the text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows as lines of left-aligned columns; the last one is not padded."""
    sizes = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [_line(row, sizes) for row in rows]


def _line(row: Sequence[str], sizes: Sequence[int]) -> str:
    cells = [
        cell + " " * (size - width(cell)) for cell, size in zip(row, sizes, strict=True)
    ]
    return _GAP.join(cells).rstrip()


def filled(words: Iterable[str], limit: int, joint: str = " ") -> list[str]:
    """Return the words in lines of at most `limit` cells; a longer word stays whole."""
    lines: list[str] = []
    for word in words:
        if lines and width(lines[-1]) + width(joint) + width(word) <= limit:
            lines[-1] += joint + word
        else:
            lines.append(word)
    return lines


def indented(text: str, limit: int, first: str, rest: str) -> Iterator[str]:
    """Yield the text of strangers in lines of at most `limit` cells.

    `first` and `rest` stand before the first line and the others.
    """
    lines = filled(visible(text).split(" "), max(limit - width(rest), _LEAST))
    for number, line in enumerate(lines):
        yield f"{rest if number else first}{line}"


def counted(number: int, noun: str) -> str:
    """Return `1 node`, `2 nodes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
