"""Changes of documents: what is not on the way to one is the same object after it."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from dractl.migrate.inputs import Steps, Wire

_WEIGHT: Final = "weight"  # of a preference; it says nothing alone


def changed_at(value: Any, steps: Steps, change: Callable[[Any], object]) -> Any:
    """Return a document with another value at a place, which has to be there."""
    if not steps:
        return change(value)
    step, rest = steps[0], steps[1:]
    inner = changed_at(value[step], rest, change)
    if isinstance(value, Mapping):
        return {key: inner if key == step else old for key, old in value.items()}
    return [inner if at == step else old for at, old in enumerate(value)]


def made_at(
    value: object, steps: Steps, change: Callable[[object], object]
) -> dict[str, Any]:
    """Return a map with another value below some keys; what is no map becomes one."""
    holder = dict(value) if isinstance(value, Mapping) else {}
    first, rest = str(steps[0]), steps[1:]
    old = holder.get(first)
    holder[first] = made_at(old, rest, change) if rest else change(old)
    return holder


def without(value: Any, places: Collection[Steps]) -> Any:
    """Return a value without what stands at some places; what is not there is none.

    Maps and lists that this empties go too: None if nothing is left. A preference goes
    with its terms, whatever it weighs.
    """
    if () in places:
        return None
    below: dict[str | int, list[Steps]] = {}
    for first, *rest in places:
        below.setdefault(first, []).append(tuple(rest))
    pairs = _pairs(value) if below else []
    kept: list[tuple[Any, Any]] = []
    for key, old in pairs:
        new = without(old, below.get(key, ()))
        if new is not None or (old is None and () not in below.get(key, ())):
            kept.append((key, new))
    if len(kept) == len(pairs) and all(
        new is old for (_, new), (_, old) in zip(kept, pairs, strict=True)
    ):
        return value
    if isinstance(value, Mapping):
        return dict(kept) if {key for key, _ in kept} - {_WEIGHT} else None
    return [new for _, new in kept] or None


def _pairs(value: object) -> list[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list | tuple) else []


def renewed(old: Wire, kept: Wire, new: Wire) -> dict[str, Any]:
    """Return what is kept of a map, and new keys where the first one went, or last.

    What is new under a key of the map takes its place.
    """
    fresh = {key: value for key, value in new.items() if key not in old}
    found: dict[str, Any] = {}
    for key in old:
        if key in new or key in kept:
            found[key] = new[key] if key in new else kept[key]
        else:
            found |= fresh
    return {**found, **fresh}
