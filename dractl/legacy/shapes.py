"""Looking into documents that may have any shape."""

from collections.abc import Mapping, Sequence
from typing import Final

from dractl.legacy.construct import Document

_NOTHING: Final[Document] = {}


def mapping_at(document: object, *names: str) -> Document:
    """Return the mapping below these fields, an empty one where there is none."""
    for name in names:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document if isinstance(document, Mapping) else _NOTHING


def sequence_at(document: object, *names: str) -> Sequence[object]:
    """Return the list below these fields, an empty one where there is none."""
    found = mapping_at(document, *names[:-1]).get(names[-1])
    return found if isinstance(found, list | tuple) else ()


def text_at(document: object, *names: str) -> str:
    """Return the text below these fields, "" where there is none."""
    found = mapping_at(document, *names[:-1]).get(names[-1])
    return found if isinstance(found, str) else ""
