"""JSON patches (RFC 6902) on values: what they make, and what of it they touch."""

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from dractl.migrate.inputs import Wire
from dractl.migrate.steps import Patch

_ABSENT: Final = object()
_END: Final = "-"


class PatchMisfit(ValueError):
    """A patch does not go with the object: a `test` fails, or a place is not there."""


def patched(document: Wire, patch: Patch) -> Wire:
    """Return a copy of the object with the patch; raise PatchMisfit if it fits not."""
    result: Any = copy.deepcopy(document)
    for operation in patch:
        result = _done(result, operation)
    if not isinstance(result, Mapping):
        raise PatchMisfit("nothing is left of the object")
    return result


def fingerprint(document: Wire, patch: Patch) -> str:
    """Return a digest of what stands where the patch changes something.

    Two objects with the same one are the same there; of an element of a list, the whole
    list counts, since the patch moves the others. Values cannot be read out of it.
    """
    found = {place: _found(document, place) for place in sorted(set(_touched(patch)))}
    text = json.dumps(found, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def contains(live: object, wanted: object) -> bool:
    """Tell whether an object says all that is wanted; a server adds defaults to it."""
    if isinstance(wanted, Mapping):
        return isinstance(live, Mapping) and all(
            key in live and contains(live[key], value) for key, value in wanted.items()
        )
    if isinstance(wanted, list | tuple):
        return (
            isinstance(live, list | tuple)
            and len(live) == len(wanted)
            and all(map(contains, live, wanted))
        )
    # A server may give a number back as text, as for quantities.
    return live == wanted or (wanted is not None and str(live) == str(wanted))


def _touched(patch: Patch) -> Iterator[str]:
    for operation in patch:
        if operation.get("op") == "test":
            continue
        for key in ("path", "from"):
            if key in operation:
                place = str(operation[key])
                holder, _, last = place.rpartition("/")
                yield holder if last == _END or last.isdecimal() else place


def _found(document: Wire, place: str) -> list[object]:
    try:
        return [_at(document, _steps(place))]
    except PatchMisfit:
        return []


def _done(document: Any, operation: Mapping[str, Any]) -> Any:
    kind, steps = operation.get("op"), _steps(operation.get("path"))
    value = operation.get("value")
    match kind:
        case "test":
            if _at(document, steps) != value:
                raise PatchMisfit(f"{operation['path']} has another value")
            return document
        case "remove":
            return _without(document, steps)
        case "replace":
            _at(document, steps)
            return _with(_without(document, steps), steps, copy.deepcopy(value))
        case "add":
            return _with(document, steps, copy.deepcopy(value))
        case "move" | "copy":
            source = _steps(operation.get("from"))
            value = copy.deepcopy(_at(document, source))
            rest = _without(document, source) if kind == "move" else document
            return _with(rest, steps, value)
        case _:
            raise PatchMisfit(f"{kind!r} is no operation")


def _steps(pointer: object) -> list[str]:
    if not isinstance(pointer, str) or not pointer.startswith("/"):
        raise PatchMisfit(f"{pointer!r} is no JSON pointer to a field")
    return [
        each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]
    ]


def _at(document: Any, steps: list[str]) -> Any:
    for step in steps:
        document = _inner(document, step)
    return document


def _inner(holder: Any, step: str) -> Any:
    if isinstance(holder, list):
        return holder[_index(step, len(holder) - 1)]
    found = holder.get(step, _ABSENT) if isinstance(holder, Mapping) else _ABSENT
    if found is _ABSENT:
        raise PatchMisfit(f"there is no {step}")
    return found


def _index(step: str, most: int) -> int:
    if not (step.isascii() and step.isdecimal()) or int(step) > most:
        raise PatchMisfit(f"there is no element {step}")
    return int(step)


def _without(document: Any, steps: list[str]) -> Any:
    holder, last = _at(document, steps[:-1]), steps[-1]
    _inner(holder, last)
    del holder[int(last) if isinstance(holder, list) else last]
    return document


def _with(document: Any, steps: list[str], value: Any) -> Any:
    holder, last = _at(document, steps[:-1]), steps[-1]
    if isinstance(holder, list):
        where = len(holder) if last == _END else _index(last, len(holder))
        holder.insert(where, value)
    elif isinstance(holder, dict):
        holder[last] = value
    else:
        raise PatchMisfit(f"nothing can stand at {last}")
    return document
