"""Lists and sets: Kubernetes' list functions, cel-go's lists and sets, `includes`.

Follows Kubernetes' library/lists.go and dynamic-resource-allocation/cel, and cel-go's
ext/lists.go and ext/sets.go.
"""

import functools
import itertools
from collections.abc import Callable
from typing import Final

from dractl.cel.equality import is_equal
from dractl.cel.library import strings
from dractl.cel.library.signature import (
    COMPARABLE,
    INT,
    LIST,
    STRING,
    Functions,
    begins_with,
    one_of,
    takes,
)
from dractl.cel.operators import add, contains, length
from dractl.cel.values import (
    NONE,
    Duration,
    EvalFailure,
    OptionalValue,
    UInt,
    Value,
    bounded,
    is_list,
    no_such_overload,
)

_SUMMABLE: Final = frozenset({int, UInt, float, Duration})
_NUMBERS: Final = frozenset({int, UInt, float})
_INCLUDES_MOST: Final = 48  # resource/v1: ResourceSliceMaxAttributeValuesPerDevice


def compare(left: Value, right: Value) -> int | None:
    """Return -1, 0 or 1; None where CEL's comparison fails."""
    kind, other = left.__class__, right.__class__
    if kind is other or (kind in _NUMBERS and other in _NUMBERS):
        if left != left or right != right:  # noqa: PLR0124 NaN
            return None
        return int(left > right) - int(left < right)
    return None


def _comparables(name: str, elements: Value) -> None:
    if not begins_with(elements, COMPARABLE):
        raise no_such_overload(name, elements)
    for element in elements:
        if element.__class__ not in COMPARABLE:
            raise EvalFailure("no such overload")


def _is_sorted(elements: Value) -> bool:
    _comparables("isSorted", elements)
    pairs = itertools.pairwise(elements)
    return all(compare(left, right) != 1 for left, right in pairs)


def _extreme(name: str, better: int) -> Callable[[Value], Value]:
    def extreme(elements: Value) -> Value:
        _comparables(name, elements)
        if not elements:
            raise EvalFailure(f"{name} called on empty list")
        best = elements[0]
        for element in elements[1:]:
            if compare(best, element) == better:
                best = element
        return best

    return extreme


def _sum(elements: Value) -> Value:
    if not begins_with(elements, _SUMMABLE):
        raise no_such_overload("sum", elements)
    return functools.reduce(add, elements) if elements else 0


def _index_of(elements: Value, wanted: Value) -> int:
    for place, element in enumerate(elements):
        if is_equal(element, wanted):
            return place
    return -1


def _last_index_of(elements: Value, wanted: Value) -> int:
    for place in range(len(elements) - 1, -1, -1):
        if is_equal(elements[place], wanted):
            return place
    return -1


def includes(value: Value, wanted: Value) -> bool:
    """Tell whether a list holds the value, or a single value is it."""
    if is_list(value):
        if len(value) > _INCLUDES_MOST:
            raise EvalFailure(
                "'includes' function cannot be applied to lists longer than "
                f"{_INCLUDES_MOST} values"
            )
        return contains(wanted, value)
    return is_equal(value, wanted)


def _slice(elements: Value, start: int, end: int) -> Value:
    what = f"cannot slice({start}, {end}),"
    if start < 0 or end < 0:
        raise EvalFailure(f"{what} negative indexes not supported")
    if start > end:
        raise EvalFailure(f"{what} start index must be less than or equal to end index")
    if end > len(elements):
        raise EvalFailure(f"{what} list is length {len(elements)}")
    return elements[start:end]


def _flatten(elements: Value, levels: int = 1) -> Value:
    if levels < 0:
        raise EvalFailure("level must be non-negative")
    for _ in range(levels):
        if not any(map(is_list, elements)):
            break
        bounded(sum(len(each) if is_list(each) else 1 for each in elements))
        flat: list[Value] = []
        for element in elements:
            flat.extend(element if is_list(element) else (element,))
        elements = flat
    return elements


def _distinct(elements: Value) -> Value:
    bounded(len(elements) ** 2)
    kept: list[Value] = []
    for element in elements:
        if not any(is_equal(other, element) for other in kept):
            kept.append(element)
    return kept


def sorted_by(elements: Value, keys: list[Value]) -> Value:
    """Return the elements in the order of their keys, which must be of one type."""
    if keys and keys[0].__class__ not in COMPARABLE:
        raise EvalFailure("list elements must be comparable")
    if any(key.__class__ is not keys[0].__class__ for key in keys):
        raise EvalFailure("list elements must have the same type")
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return [elements[place] for place in order]


def _sort(elements: Value) -> Value:
    return sorted_by(elements, list(elements))


def _range(count: int) -> list[int]:
    bounded(count)
    return list(range(count))


def _reverse(elements: Value) -> Value:
    return elements[::-1]


def _first(elements: Value) -> OptionalValue:
    return OptionalValue(elements[0]) if elements else NONE


def _last(elements: Value) -> OptionalValue:
    return OptionalValue(elements[-1]) if elements else NONE


def _contains_all(elements: Value, wanted: Value) -> bool:
    bounded(len(elements) * len(wanted))
    return all(contains(each, elements) for each in wanted)


def _equivalent(left: Value, right: Value) -> bool:
    return _contains_all(left, right) and _contains_all(right, left)


def _intersects(left: Value, right: Value) -> bool:
    bounded(len(left) * len(right))
    return any(contains(each, right) for each in left)


_INDEX_OF: Final = takes("indexOf", STRING, STRING, INT, call=strings.index_of)
_LAST_INDEX: Final = takes(
    "lastIndexOf", STRING, STRING, INT, call=strings.last_index_of
)

FUNCTIONS: Final[Functions] = {
    "isSorted": takes("isSorted", LIST, call=_is_sorted),
    "max": takes("max", LIST, call=_extreme("max", -1)),
    "min": takes("min", LIST, call=_extreme("min", 1)),
    "sum": takes("sum", LIST, call=_sum),
    "indexOf": one_of("indexOf", (STRING, _INDEX_OF), (LIST, _index_of)),
    "lastIndexOf": one_of("lastIndexOf", (STRING, _LAST_INDEX), (LIST, _last_index_of)),
    "includes": includes,
    "slice": takes("slice", LIST, INT, INT, call=_slice),
    "flatten": takes("flatten", LIST, INT, call=_flatten),
    "distinct": takes("distinct", LIST, call=_distinct),
    "sort": takes("sort", LIST, call=_sort),
    "reverse": one_of("reverse", (STRING, strings.reverse), (LIST, _reverse)),
    "lists.range": takes("lists.range", INT, call=_range),
    "first": takes("first", LIST, call=_first),
    "last": takes("last", LIST, call=_last),
    "size": length,
    "sets.contains": takes("sets.contains", LIST, LIST, call=_contains_all),
    "sets.equivalent": takes("sets.equivalent", LIST, LIST, call=_equivalent),
    "sets.intersects": takes("sets.intersects", LIST, LIST, call=_intersects),
}
