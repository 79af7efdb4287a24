"""What the language's own functions cost (cel-go, checker/cost.go: functionCost)."""

from typing import Final

from dractl.cel.cost_operands import CallCost, Called, Operand, Rules
from dractl.cel.cost_ranges import ONE, REGEX, TRAVERSAL, UNKNOWN, CostRange
from dractl.cel.declared_operators import OPERATORS


def _size(operand: Operand) -> CostRange:
    # The language's rules do not ask for the device's limits again.
    return UNKNOWN if operand.known is None else operand.known


def _format(call: Called) -> CallCost:
    return CallCost(_size(call.subject).scaled(TRAVERSAL))


def _string_to_bytes(call: Called) -> CallCost:
    size = _size(call.subject)
    longest = size.maximum * 4 % 2**64  # overflows, as Go's number does
    return CallCost(size.scaled(TRAVERSAL), CostRange(size.minimum, longest))


def _bytes_to_string(call: Called) -> CallCost:
    size = _size(call.subject)
    return CallCost(size.scaled(TRAVERSAL), CostRange(size.minimum // 4, size.maximum))


def _quote(call: Called) -> CallCost:
    size = _size(call.subject)
    longest = (size.maximum * 2 + 2) % 2**64
    return CallCost(size.scaled(TRAVERSAL), CostRange(size.minimum + 2, longest))


def _affix(call: Called) -> CallCost:
    return CallCost(_size(call.arguments[0]).scaled(TRAVERSAL))


def _in_list(call: Called) -> CallCost:
    return CallCost(_size(call.arguments[1]).scaled(1))


def _matches(call: Called) -> CallCost:
    text = _size(call.subject).plus(ONE).scaled(TRAVERSAL)
    return CallCost(text.times(_size(call.arguments[0]).scaled(REGEX)))


def _contains(call: Called) -> CallCost:
    text = _size(call.subject).scaled(TRAVERSAL)
    return CallCost(text.times(_size(call.arguments[0]).scaled(TRAVERSAL)))


def _add_list(call: Called) -> CallCost:
    return CallCost(ONE, _sum(call))


def _add_text(call: Called) -> CallCost:
    return CallCost(_sum(call).scaled(TRAVERSAL), _sum(call))


def _sum(call: Called) -> CostRange:
    one, other = call.arguments
    return _size(one).plus(_size(other))


def _compare(call: Called) -> CallCost:
    smaller = min(_size(operand).maximum for operand in call.arguments)
    return CallCost(CostRange(min(smaller, 1), smaller).scaled(TRAVERSAL))


_COMPARISONS: Final = tuple(
    name
    for operator in ("_<_", "_>_", "_<=_", "_>=_", "_==_", "_!=_")
    for line in OPERATORS[operator]
    if (name := line.partition(":")[0]).endswith(("_string", "_bytes", "equals"))
)

STANDARD: Final[Rules] = {
    "string_format": _format,
    "string_to_bytes": _string_to_bytes,
    "bytes_to_string": _bytes_to_string,
    "strings_quote": _quote,
    "starts_with_string": _affix,
    "ends_with_string": _affix,
    "in_list": _in_list,
    "matches_string": _matches,
    "contains_string": _contains,
    "add_list": _add_list,
    "add_string": _add_text,
    "add_bytes": _add_text,
    **dict.fromkeys(_COMPARISONS, _compare),
}
"""Rules by overload; a call of any other costs one."""
