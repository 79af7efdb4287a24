"""Placeholder."""

from collections.abc import Sequence
from dataclasses import dataclass

from dractl.legacy.construct import Document


@dataclass(frozen=True)
class Modern:
    """What became of one document: others in its place, or the reason why not.

    `documents` are its successors, none if others tell what it told; the document
    itself where there was nothing to do. With a `refusal`, it stays as it was.
    """

    documents: tuple[Document, ...]
    notes: tuple[str, ...] = ()
    refusal: str | None = None


def modernised(documents: Sequence[Document]) -> tuple[Modern, ...]:
    """Return what becomes of each document, in their order."""
    return tuple(Modern((document,)) for document in documents)
