"""Lists of Kubernetes objects: `List`, and typed ones such as `ResourceClaimList`."""

from collections.abc import Iterator, Mapping
from typing import TypeGuard

Document = Mapping[str, object]


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
