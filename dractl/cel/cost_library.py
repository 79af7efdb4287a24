"""What functions of the libraries cost.

By overload as ext/lists.go and ext/sets.go of cel-go have it, by function as
apiserver/pkg/cel/library/cost.go; `includes` as dynamic-resource-allocation has it.
"""

import math
from typing import Final

from dractl.cel.cost_operands import CallCost, Called, Rule, Rules
from dractl.cel.cost_ranges import (
    MOST,
    NEW_LIST,
    NOTHING,
    ONE,
    REGEX,
    TRAVERSAL,
    CostRange,
    exactly,
)
from dractl.cel.cost_sizes import MAX_VALUES
from dractl.cel.declared_functions import FUNCTIONS
from dractl.cel.types import BYTES, CIDR, FORMAT, IP, QUANTITY, SEMVER, STRING, URL

_WRAP: Final = 2**64


def _includes(_call: Called) -> CallCost:
    return CallCost(CostRange(0, MAX_VALUES))


def _list_call(factor: float, size: CostRange) -> CallCost:
    return CallCost(size.scaled(factor).plus(ONE).plus(NEW_LIST), size)


def _slice(call: Called) -> CallCost:
    start, end = call.arguments
    length = end.integer(call.subject.size.maximum) - start.integer(0)
    return _list_call(1, exactly(length % _WRAP))


def _range(call: Called) -> CallCost:
    return _list_call(1, exactly(call.subject.integer(MOST)))


def _reverse(call: Called) -> CallCost:
    return _list_call(1, call.subject.size)


def _flatten(call: Called) -> CallCost:
    depth = call.arguments[0].integer(MOST) if call.arguments else 1
    return _list_call(depth, call.subject.size)


def _distinct(call: Called) -> CallCost:
    size = call.subject.size
    return _list_call(2, size.times(size))


def _sort(call: Called) -> CallCost:
    keys = call.arguments[0] if call.arguments else call.subject
    has_text = call.overload.startswith(("list_string_", "list_bytes_"))
    size = keys.size.times(keys.size)
    return _list_call(2 + TRAVERSAL if has_text else 2, size)


def _sets(call: Called) -> CallCost:
    one, other = call.arguments
    factor = 2 if "equivalent" in call.overload else 1
    return CallCost(one.size.times(other.size).scaled(factor).plus(ONE))


def _each_element(call: Called) -> CallCost | None:
    if call.target is None:
        return None
    element = call.target.element()
    if element is None:
        return CallCost(call.target.size.scaled(TRAVERSAL))
    cost = ONE
    if element.kind in (STRING, BYTES):
        cost = cost.plus(element.size.scaled(TRAVERSAL))
    return CallCost(call.target.size.times(cost))


def _read(call: Called) -> CallCost:
    """Read the text once; the result is as long."""
    return CallCost(call.subject.size.scaled(TRAVERSAL), call.subject.size)


def _parsed(call: Called) -> CallCost:
    """Read the text once; the result has no size."""
    return CallCost(call.arguments[0].size.scaled(TRAVERSAL))


def _parsed_and_compared(call: Called) -> CallCost:
    return CallCost(call.arguments[0].size.scaled(2 * TRAVERSAL))


def _ip(call: Called) -> CallCost:
    return CallCost(ONE) if call.overload == "cidr_ip" else _parsed(call)


def _replace(call: Called) -> CallCost:
    text, old, new = call.subject.size, call.arguments[0].size, call.arguments[1].size
    most, kept_at_most = _longest_replacement(text.maximum, old, new)
    least, kept_at_least = _shortest_replacement(text.minimum, old, new)
    size = CostRange(least, most).times(new)
    size = size.plus(CostRange(kept_at_least, kept_at_most))
    return CallCost(text.scaled(2 * TRAVERSAL), size)


def _longest_replacement(text: int, old: CostRange, new: CostRange) -> tuple[int, int]:
    """Return how often something is put in for the longest result, what is kept."""
    if old.minimum == 0:
        return min(text + 1, MOST), text
    if new.maximum <= old.minimum:
        return 0, text
    return _quotient(text, old.minimum), 0


def _shortest_replacement(text: int, old: CostRange, new: CostRange) -> tuple[int, int]:
    """Return how often something is put in for the shortest result, what is kept."""
    if old.maximum == 0:
        return min(text + 1, MOST), text
    if old.maximum <= new.minimum:
        return 0, text
    return _quotient(text, old.maximum), 0


def _quotient(one: int, other: int) -> int:
    return min(math.ceil(float(one) / float(other)), MOST)


def _split(call: Called) -> CallCost:
    size = call.subject.size
    most = size.maximum
    if len(call.arguments) > 1:
        # A negative limit means none; cel-go takes it for a huge one here.
        most = call.arguments[1].integer(most) or most
    return CallCost(size.scaled(2 * TRAVERSAL), CostRange(0, most))


def _join(call: Called) -> CallCost:
    count = call.subject.size
    size = NOTHING
    if (element := call.subject.element()) is not None:
        size = count.times(element.size)
    if call.arguments:
        between = CostRange(max(count.minimum - 1, 0), max(count.maximum - 1, 0))
        size = size.plus(call.arguments[0].size.times(between))
    return CallCost(size.scaled(TRAVERSAL), size)


def _find(call: Called) -> CallCost:
    size = call.subject.size
    pattern = call.arguments[0].size.scaled(REGEX)
    cost = size.plus(ONE).scaled(TRAVERSAL).times(pattern)
    return CallCost(cost, CostRange(0, size.maximum))


_ADDRESS: Final = CostRange(4, 16)
_FORMAT_SIZE: Final = CostRange(1, 64)
_FORMAT_REGEX: Final = 128


def _contains_address(call: Called) -> CallCost:
    cost = _ADDRESS.plus(_ADDRESS).scaled(TRAVERSAL)
    if call.overload.startswith("cidr_contains_cidr"):
        cost = cost.plus(_ADDRESS.scaled(TRAVERSAL)).plus(ONE)
    if call.overload.endswith("_string"):
        cost = cost.plus(call.arguments[0].size.scaled(TRAVERSAL))
    return CallCost(cost)


def _validate(call: Called) -> CallCost:
    text = call.arguments[0].size.scaled(TRAVERSAL)
    return CallCost(text.scaled(_FORMAT_REGEX * REGEX))


def _equals(call: Called) -> CallCost | None:
    """Compare objects; anything else is left to the language's own rule."""
    one, other = call.arguments
    if one.kind != other.kind:
        return None
    if one.kind in (IP, CIDR, QUANTITY, SEMVER):
        return CallCost(ONE)
    if one.kind == FORMAT:
        return CallCost(_FORMAT_SIZE.scaled(TRAVERSAL))
    if one.kind == URL:
        most = 1 if other.known is None else other.known.maximum
        return CallCost(CostRange(1, most).scaled(TRAVERSAL))
    return None


def _names(function: str) -> list[str]:
    return [line.partition(":")[0] for line in FUNCTIONS[function]]


def _table(*groups: tuple[Rule, tuple[str, ...]]) -> Rules:
    return {name: rule for rule, names in groups for name in names}


BY_OVERLOAD: Final[Rules] = _table(
    (_slice, ("list_slice",)),
    (_range, ("lists_range",)),
    (_reverse, ("list_reverse",)),
    (_flatten, ("list_flatten", "list_flatten_int")),
    (_distinct, ("list_distinct",)),
    (_sort, (*_names("sort"), *_names("@sortByAssociatedKeys"))),
    (_sets, (*_names("sets.contains"), *_names("sets.intersects"))),
    (_sets, (*_names("sets.equivalent"),)),
    (_includes, (*_names("includes"),)),
)
"""Rules that concern one overload of a function; they go first."""

BY_FUNCTION: Final[Rules] = _table(
    (_each_element, ("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf")),
    (_read, ("url", "lowerAscii", "upperAscii", "substring", "trim")),
    (_replace, ("replace",)),
    (_split, ("split",)),
    (_join, ("join",)),
    (_find, ("find", "findAll")),
    (_parsed, ("cidr", "isIP", "isCIDR")),
    (_parsed, ("quantity", "isQuantity", "semver", "isSemver")),
    (_ip, ("ip",)),
    (_parsed_and_compared, ("ip.isCanonical",)),
    (_contains_address, ("containsIP", "containsCIDR")),
    (_validate, ("validate",)),
    (_equals, ("_==_",)),
)
"""Rules that concern every overload of a function; all else costs what CEL says."""
