"""What becomes of one legacy document."""

from dataclasses import dataclass

from dractl.legacy.construct import Document


@dataclass(frozen=True, slots=True)
class Modern:
    """Others in the place of a document, or the reason why there are none.

    `documents` are its successors, none if others tell what it told; the document
    itself where there was nothing to do. With a `refusal`, it stays as it was.
    """

    documents: tuple[Document, ...]
    notes: tuple[str, ...] = ()
    refusal: str | None = None


class Refused(Exception):
    """The document has no equivalent; the message says why."""
