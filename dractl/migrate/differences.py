"""What differs between two forms of an object, as a JSON patch and its inverse.

Only the fields that differ stand in a patch: others may be secrets.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from dractl.migrate.inputs import Steps, Wire
from dractl.migrate.steps import Patch

_NAME: Final = "name"
_MISSING: Final = object()
_SECRET: Final = frozenset({"env", "envFrom", "args", "command"})


class Conflict(Exception):
    """Two changes of one field; the text names it."""


def patches(old: Wire, new: Wire) -> tuple[Patch, Patch]:
    """Return the patch that makes the new form of the old one, and the one back.

    Each tests what it changes. Raises Conflict where a change cannot be told without
    the values of containers' variables and commands.
    """
    there: list[dict[str, Any]] = []
    back: list[dict[str, Any]] = []
    for forth, inverse in _changes(old, new, ()):
        there += forth
        back[:0] = inverse
    return tuple(there), tuple(back)


def carried(old: Any, new: Any, live: Any, steps: Steps = ()) -> Any:
    """Return the live form with what became of the old one on the way to the new one.

    Lists of named things go by their names. Raises Conflict where the live form has
    something else than the old one in a field that changes.
    """
    if old == new:
        return live
    if live == old:
        return new
    if all(isinstance(each, Mapping) for each in (old, new, live)):
        return _carried_map(old, new, live, steps)
    if all(isinstance(each, list | tuple) for each in (old, new, live)):
        return _carried_list(old, new, live, steps)
    if live is _MISSING and old is _MISSING:
        return new
    if _same(live, old):
        return new
    raise Conflict(pointer(steps))


def pointer(steps: Steps) -> str:
    """Return the JSON pointer (RFC 6901) of a place."""
    return "".join(
        "/" + str(each).replace("~", "~0").replace("/", "~1") for each in steps
    )


# -- differences

Change = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def _changes(old: Any, new: Any, steps: Steps) -> Iterator[Change]:
    """Yield operations there and back again; the way back runs from the last one."""
    if old == new and type(old) is type(new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(each for each in new if each not in old)]:
            here = (*steps, key)
            if key not in new:
                yield _gone(old[key], here)
            elif key not in old:
                yield _come(new[key], here)
            else:
                yield from _changes(old[key], new[key], here)
    elif _is_list(old) and _is_list(new):
        yield from _list_changes(old, new, steps)
    else:
        yield _replaced(old, new, steps)


def _list_changes(old: Any, new: Any, steps: Steps) -> Iterator[Change]:
    pairs = _named_pairs(old, new)
    is_named = pairs is not None
    if pairs is None and len(old) == len(new):
        pairs = list(zip(old, new, strict=True))
    if pairs is not None and all(after is not _MISSING for _, after in pairs):
        for index, (before, after) in enumerate(pairs):
            yield from _element_changes(
                before, after, (*steps, index), is_named=is_named
            )
        return
    gone = _removals(old, new)
    if gone is None:
        yield _replaced(list(old), list(new), steps)
        return
    for index in reversed(gone):  # from the end, so that places stay what they are
        yield _gone(old[index], (*steps, index))


def _element_changes(
    before: Any, after: Any, steps: Steps, *, is_named: bool
) -> Iterator[Change]:
    """Yield the changes of an element of a list, which is still that of its name."""
    if before is _MISSING:
        yield _come(after, steps)
    elif before != after:
        test = [_test(before[_NAME], (*steps, _NAME))] if is_named else []
        yield test, []
        yield from _changes(before, after, steps)
        yield [], test


def _named_pairs(old: Any, new: Any) -> list[tuple[Any, Any]] | None:
    """Return elements of one name together, new ones last; None if that is not so."""
    names, others = _names(old), _names(new)
    if names is None or others is None:
        return None
    kept = [each for each in names if each in others]
    if others[: len(kept)] != kept:
        return None
    by_name = dict(zip(others, new, strict=True))
    pairs = [
        (each, by_name.get(name, _MISSING))
        for name, each in zip(names, old, strict=True)
    ]
    return [*pairs, *((_MISSING, each) for each in new[len(kept) :])]


def _names(elements: Any) -> list[str] | None:
    """Return the names of a list's elements; None unless all have one of their own."""
    found = [
        each.get(_NAME) if isinstance(each, Mapping) else None for each in elements
    ]
    names = [each for each in found if isinstance(each, str) and each]
    return names if len(set(names)) == len(elements) else None


def _removals(old: Any, new: Any) -> list[int] | None:
    """Return which elements the new list lacks; None if that is not all."""
    rest = list(new)
    gone = []
    for index, each in enumerate(old):
        if rest and rest[0] == each:
            rest.pop(0)
        else:
            gone.append(index)
    return None if rest else gone


def _gone(value: Any, steps: Steps) -> Change:
    _refuse_secrets(value, steps)
    remove = {"op": "remove", "path": pointer(steps)}
    return [_test(value, steps), remove], [_added(value, steps)]


def _come(value: Any, steps: Steps) -> Change:
    _refuse_secrets(value, steps)
    remove = {"op": "remove", "path": pointer(steps)}
    return [_added(value, steps)], [_test(value, steps), remove]


def _replaced(old: Any, new: Any, steps: Steps) -> Change:
    for each in (old, new):
        _refuse_secrets(each, steps)
    path = pointer(steps)
    return (
        [_test(old, steps), {"op": "replace", "path": path, "value": new}],
        [_test(new, steps), {"op": "replace", "path": path, "value": old}],
    )


def _added(value: Any, steps: Steps) -> dict[str, Any]:
    return {"op": "add", "path": pointer(steps), "value": value}


def _test(value: Any, steps: Steps) -> dict[str, Any]:
    return {"op": "test", "path": pointer(steps), "value": value}


def _refuse_secrets(value: Any, steps: Steps) -> None:
    if any(each in _SECRET for each in steps) or _has_secrets(value):
        raise Conflict(pointer(steps))


def _has_secrets(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(key in _SECRET or _has_secrets(v) for key, v in value.items())
    return _is_list(value) and any(map(_has_secrets, value))


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


# -- carrying


def _carried_map(old: Wire, new: Wire, live: Wire, steps: Steps) -> dict[str, Any]:
    result = dict(live)
    for key in [*old, *(each for each in new if each not in old)]:
        before, after = old.get(key, _MISSING), new.get(key, _MISSING)
        there = live.get(key, _MISSING)
        here = (*steps, key)
        if before == after:
            continue
        if after is _MISSING:
            if there is not _MISSING and not _covers(there, before):
                raise Conflict(pointer(here))
            result.pop(key, None)
        elif before is _MISSING:
            if there is not _MISSING and there != after:
                raise Conflict(pointer(here))
            result[key] = after
        elif there is _MISSING:
            raise Conflict(pointer(here))
        else:
            result[key] = carried(before, after, there, here)
    return result


def _carried_list(
    old: Sequence[Any], new: Sequence[Any], live: Sequence[Any], steps: Steps
) -> list[Any]:
    pairs, names = _named_pairs(old, new), _names(live)
    if pairs is not None and names is not None:
        return _carried_named(pairs, live, names, steps)
    gone = _removals(old, new)
    if gone is not None and all(old[index] in live for index in gone):
        rest = list(live)
        for index in gone:
            if old[index] in rest:
                rest.remove(old[index])
        return rest
    if _same(live, old):
        return list(new)
    raise Conflict(pointer(steps))


def _carried_named(
    pairs: Iterable[tuple[Any, Any]],
    live: Sequence[Any],
    names: Sequence[str],
    steps: Steps,
) -> list[Any]:
    result = list(live)
    for before, after in pairs:
        if before is _MISSING:
            result.append(after)
            continue
        if before == after:
            continue
        if before[_NAME] not in names:
            raise Conflict(pointer(steps))
        place = names.index(before[_NAME])
        here = (*steps, place)
        if after is not _MISSING:
            result[place] = carried(before, after, result[place], here)
        elif _covers(result[place], before):
            result[place] = _MISSING
        else:
            raise Conflict(pointer(here))
    return [each for each in result if each is not _MISSING]


def _covers(live: Any, old: Any) -> bool:
    """Tell whether the live form says what the old one says, and maybe defaults."""
    if isinstance(live, Mapping) and isinstance(old, Mapping):
        return all(key in live and _covers(live[key], old[key]) for key in old)
    return _same(live, old)


def _same(live: Any, old: Any) -> bool:
    """Tell whether two values are the same to a server: it writes amounts as text."""
    if isinstance(live, Mapping) and isinstance(old, Mapping):
        return live.keys() == old.keys() and all(_same(live[k], old[k]) for k in old)
    if _is_list(live) and _is_list(old):
        return len(live) == len(old) and all(map(_same, live, old))
    if isinstance(live, bool) or isinstance(old, bool):
        return live is old
    return live == old or str(live) == str(old)
