"""Pieces of a text, and what is put in their place."""

from collections.abc import Iterable
from typing import NamedTuple

from dractl.sources.yaml_layout import Unwritable


class Edit(NamedTuple):
    """A piece of the text and what to put in its place."""

    start: int
    end: int
    text: str


def spliced(text: str, start: int, end: int, edits: Iterable[Edit]) -> str:
    """Return a stretch of the text with the edits that lie in it made.

    Those at the same place are made in their order; Unwritable if others overlap.
    """
    pieces = []
    for edit in sorted(edits, key=lambda each: each[:2]):
        if edit.start < start or edit.end > end:
            raise Unwritable
        pieces += [text[start : edit.start], edit.text]
        start = edit.end
    return "".join([*pieces, text[start:end]])
