"""JSON patches (RFC 6902), as an API server applies them."""

import copy
from typing import Any, Final

from tests.apiserver.resources import Resource, Wire
from tests.apiserver.statuses import ApiError, bad_request, described

_MISSING: Final = object()
_OPERATIONS: Final = frozenset({"add", "remove", "replace", "move", "copy", "test"})


class _Misfit(Exception):
    """An operation does not go with the object."""


def patched(document: Wire, operations: object, resource: Resource, name: str) -> Wire:
    """Return a copy of the object with the operations done, all or none.

    What does not fit the object, a failed `test` included, is answered as apiserver's
    patch handler does: 422 without causes.
    """
    if not isinstance(operations, list):
        raise bad_request("a JSON patch is a list")
    result: Any = copy.deepcopy(document)
    try:
        for each in operations:
            if not isinstance(each, dict) or each.get("op") not in _OPERATIONS:
                raise bad_request(f"{each!r} is no operation of a JSON patch")
            result = _done(result, each)
    except _Misfit as error:
        said = f"the patch does not fit: {error}"
        raise ApiError(422, "Invalid", said, described(resource, name)) from None
    if not isinstance(result, dict):
        raise bad_request("the patch leaves no object")
    return result


def _done(document: Any, operation: Wire) -> Any:
    kind, steps = operation["op"], _steps(operation.get("path"))
    if kind == "test":
        if _at(document, steps) != operation.get("value"):
            raise _Misfit(f"{operation['path']} has another value")
        return document
    if kind == "remove":
        return _without(document, steps)
    if kind == "replace":
        _at(document, steps)
        return _with(_without(document, steps), steps, operation.get("value"))
    if kind == "add":
        return _with(document, steps, copy.deepcopy(operation.get("value")))
    source = _steps(operation.get("from"))
    value = copy.deepcopy(_at(document, source))
    return _with(
        _without(document, source) if kind == "move" else document, steps, value
    )


def _steps(pointer: object) -> list[str]:
    if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")):
        raise bad_request(f"{pointer!r} is no JSON pointer")
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
    found = holder.get(step, _MISSING) if isinstance(holder, dict) else _MISSING
    if found is _MISSING:
        raise _Misfit(f"there is no {step!r}")
    return found


def _index(step: str, most: int) -> int:
    if not step.isdecimal() or int(step) > most:
        raise _Misfit(f"there is no element {step!r}")
    return int(step)


def _without(document: Any, steps: list[str]) -> Any:
    if not steps:
        return None
    holder = _at(document, steps[:-1])
    _inner(holder, steps[-1])
    del holder[int(steps[-1]) if isinstance(holder, list) else steps[-1]]
    return document


def _with(document: Any, steps: list[str], value: Any) -> Any:
    if not steps:
        return value
    holder, last = _at(document, steps[:-1]), steps[-1]
    if isinstance(holder, list):
        where = len(holder) if last == "-" else _index(last, len(holder))
        holder.insert(where, value)
    elif isinstance(holder, dict):
        holder[last] = value
    else:
        raise _Misfit(f"nothing can be put at {last!r}")
    return document
