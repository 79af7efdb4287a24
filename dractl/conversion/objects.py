"""The objects in a document: itself, the items of a List, and what others carry."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from dractl.api.lists import is_list, items_of
from dractl.api.versions import GROUP

Document = Mapping[str, object]
Steps = tuple[str | int, ...]
Changes = dict[Steps, tuple[Document, ...]]

_DEEPEST: Final = 24
_NEVER_INSIDE: Final = frozenset({"metadata", "status", "parameters"})


class Held(NamedTuple):
    """An object, the way to it, and whether it is one of many, so that it can grow."""

    steps: Steps
    value: Document
    in_list: bool = False


def objects_in(document: object, steps: Steps = ()) -> Iterator[Held]:
    """Yield the objects that a document consists of, or carries.

    Another kind's object comes itself, and after it the objects of resource.k8s.io that
    stand inside it whole, with metadata or spec.
    """
    if isinstance(document, list | tuple):
        yield from _items(document, document, steps)
    elif is_list(document):
        items = document.get("items")
        given = items if isinstance(items, list | tuple) else ()
        yield from _items(given, list(items_of(document)), (*steps, "items"))
    elif isinstance(document, Mapping):
        yield Held(steps, document)
        if not _is_ours(document):
            yield from _inside(document, steps)


def _items(
    given: Sequence[object], complete: Sequence[object], steps: Steps
) -> Iterator[Held]:
    for index, (_, item) in enumerate(zip(given, complete, strict=True)):
        for held in objects_in(item, (*steps, index)):
            own = held.steps == (*steps, index)
            yield held._replace(in_list=own or held.in_list)


def _inside(value: object, steps: Steps) -> Iterator[Held]:
    if len(steps) > _DEEPEST:
        return
    if isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _found(each, (*steps, index))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if key not in _NEVER_INSIDE:
                yield from _found(each, (*steps, str(key)))


def _found(value: object, steps: Steps) -> Iterator[Held]:
    if isinstance(value, Mapping) and _is_ours(value) and _is_whole(value):
        yield Held(steps, value)
    else:
        yield from _inside(value, steps)


def _is_ours(value: Document) -> bool:
    version = value.get("apiVersion")
    return isinstance(version, str) and version.startswith(f"{GROUP}/")


def _is_whole(value: Document) -> bool:
    return isinstance(value.get("kind"), str) and (
        isinstance(value.get("metadata"), Mapping)
        or isinstance(value.get("spec"), Mapping)
    )


def put_back(document: object, changes: Changes, depth: int = 0) -> object:
    """Return the document with the objects at those places replaced."""
    below: dict[str | int, Changes] = {}
    for steps, made in changes.items():
        if len(steps) == depth:
            document = made[0]
        else:
            below.setdefault(steps[depth], {})[steps] = made
    if isinstance(document, list | tuple):
        return [
            each
            for index, item in enumerate(document)
            for each in _several(item, below.get(index, {}), depth + 1)
        ]
    if isinstance(document, Mapping) and below:
        return {
            key: put_back(value, below[key], depth + 1) if key in below else value
            for key, value in document.items()
        }
    return document


def _several(item: object, changes: Changes, depth: int) -> Sequence[object]:
    """Return what stands in the place of a list's element: none, it, or several."""
    for steps, made in changes.items():
        if len(steps) == depth and len(made) != 1:
            return made
    return (put_back(item, changes, depth) if changes else item,)
