"""Lists of Kubernetes objects: `List`, and typed ones such as `ResourceClaimList`."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeGuard

Document = Mapping[str, object]

_MOST_NESTED: Final = 16


def is_list(document: object) -> TypeGuard[Document]:
    """Tell whether the document only carries others."""
    return (
        isinstance(document, Mapping)
        and isinstance(kind := document.get("kind"), str)
        and kind.endswith("List")
        and isinstance(document.get("items"), list | tuple | None)
    )


def items_of(document: Document) -> Iterator[object]:
    """Yield the items; those of a typed list may leave out what the list says."""
    items = document.get("items")
    if not isinstance(items, list | tuple):
        return
    kind = str(document["kind"]).removesuffix("List")
    implied = {"apiVersion": document.get("apiVersion"), "kind": kind} if kind else {}
    for item in items:
        complete = not isinstance(item, Mapping) or "kind" in item
        yield item if complete else {**implied, **item}


def flattened(documents: Iterable[tuple[object, str]]) -> Iterator[tuple[object, str]]:
    """Yield documents with their places, and in the place of a List its items."""
    waiting = [iter(documents)]
    while waiting:
        document, where = next(waiting[-1], (None, None))
        if where is None:
            waiting.pop()
        elif is_list(document) and len(waiting) <= _MOST_NESTED:
            waiting.append(_placed_items(document, where))
        else:
            yield document, where


def _placed_items(document: Document, where: str) -> Iterator[tuple[object, str]]:
    for number, item in enumerate(items_of(document)):
        yield item, f"{where} item {number}"
