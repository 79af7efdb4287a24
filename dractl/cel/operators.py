"""CEL's operators on values: order, arithmetic, lookup, iteration.

Each follows cel-go's common/types; where that says "no such overload" only, so does
this. All raise EvalFailure where CEL has an error.
"""

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from dractl.cel.equality import differ, equal, is_equal
from dractl.cel.values import (
    INT_MAX,
    INT_MIN,
    NONE,
    UINT_MAX,
    Duration,
    EvalFailure,
    OptionalValue,
    Timestamp,
    UInt,
    Value,
    bounded,
    go_type_name,
    is_list,
    is_map,
    map_key,
    map_keys,
    timestamp,
    type_name,
)

_NUMBERS: Final = frozenset({int, UInt, float})
_OVERLOAD: Final = "no such overload"
_ABSENT: Final = object()


# Order

_ORDERED: Final = frozenset({str, bytes, bool, Duration, Timestamp})
_ORDERS: Final[dict[str, Callable[[Value, Value], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _order(symbol: str) -> Callable[[Value, Value], bool]:
    holds = _ORDERS[symbol]

    def ordered(left: Value, right: Value) -> bool:
        kind, other = left.__class__, right.__class__
        if kind in _NUMBERS and other in _NUMBERS:
            if left != left or right != right:  # noqa: PLR0124 NaN
                raise EvalFailure("NaN values cannot be ordered")
            return holds(left, right)
        if kind in _ORDERED:
            if kind is other:
                return holds(left, right)
            raise EvalFailure(_OVERLOAD)
        if kind in _NUMBERS:
            raise EvalFailure(_OVERLOAD)
        raise EvalFailure(f"no such overload: _{symbol}_")

    return ordered


# Arithmetic


def _in_range(value: int, kind: type) -> int:
    if kind is int:
        if INT_MIN <= value <= INT_MAX:
            return value
        raise EvalFailure("integer overflow")
    if 0 <= value <= UINT_MAX:
        return UInt(value)
    raise EvalFailure("unsigned integer overflow")


def _missing(symbol: str, left: Value) -> EvalFailure:
    # Types that know no such operation at all are told apart by name.
    if symbol in _ARITHMETIC.get(left.__class__, ""):
        return EvalFailure(_OVERLOAD)
    return EvalFailure(f"no such overload: _{symbol}_")


_ARITHMETIC: Final[dict[type, str]] = {
    int: "+-*/%",
    UInt: "+-*/%",
    float: "+-*/",
    str: "+",
    bytes: "+",
    list: "+",
    tuple: "+",
    Duration: "+-",
    Timestamp: "+-",
}


def add(left: Value, right: Value) -> Value:
    """Return `left + right`."""
    kind, other = left.__class__, right.__class__
    if kind is other:
        if kind is int or kind is UInt:
            return _in_range(int(left) + int(right), kind)
        if kind is float:
            return left + right
        if kind is str or kind is bytes:
            bounded(len(left) + len(right))
            return left + right
        if kind is Duration:
            return Duration(_in_range(left.nanos + right.nanos, int))
    if is_list(left) and is_list(right):
        bounded(len(left) + len(right))
        return [*left, *right]
    if {kind, other} == {Duration, Timestamp}:
        return timestamp(left.nanos + right.nanos)
    raise _missing("+", left)


def subtract(left: Value, right: Value) -> Value:
    """Return `left - right`."""
    kind, other = left.__class__, right.__class__
    if kind is other:
        if kind is int or kind is UInt:
            return _in_range(int(left) - int(right), kind)
        if kind is float:
            return left - right
        if kind is Duration or kind is Timestamp:
            return Duration(_in_range(left.nanos - right.nanos, int))
    if kind is Timestamp and other is Duration:
        return timestamp(left.nanos - right.nanos)
    raise _missing("-", left)


def multiply(left: Value, right: Value) -> Value:
    """Return `left * right`."""
    kind = left.__class__
    if kind is right.__class__:
        if kind is int or kind is UInt:
            return _in_range(int(left) * int(right), kind)
        if kind is float:
            return left * right
    raise _missing("*", left)


def divide(left: Value, right: Value) -> Value:
    """Return `left / right`; integers round towards zero."""
    kind = left.__class__
    if kind is right.__class__:
        if kind is int or kind is UInt:
            if right == 0:
                raise EvalFailure("division by zero")
            size = abs(left) // abs(right)
            return _in_range(size if (left < 0) == (right < 0) else -size, kind)
        if kind is float:
            return _float_divide(left, right)
    raise _missing("/", left)


def _float_divide(left: float, right: float) -> float:
    if right != 0:
        return left / right
    if left == 0 or math.isnan(left):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1, right)


def modulo(left: Value, right: Value) -> Value:
    """Return `left % right`, with the sign of the left side."""
    kind = left.__class__
    if kind is right.__class__ and (kind is int or kind is UInt):
        if right == 0:
            raise EvalFailure("modulus by zero")
        if left == INT_MIN and right == -1:
            raise EvalFailure("integer overflow")
        size = abs(left) % abs(right)
        return _in_range(-size if left < 0 else size, kind)
    raise _missing("%", left)


def negate(value: Value) -> Value:
    """Return `-value`."""
    kind = value.__class__
    if kind is int:
        return _in_range(-value, int)
    if kind is float:
        return -value
    if kind is Duration:
        return Duration(-value.nanos)
    raise EvalFailure(_OVERLOAD if kind in {bool, str} else "no such overload: -_")


def invert(value: Value) -> bool:
    """Return `!value`."""
    if value is True:
        return False
    if value is False:
        return True
    raise EvalFailure(_OVERLOAD)


# Lookup


def select(operand: Value, field: str) -> Value:
    """Return `operand.field`."""
    if not is_map(operand):
        if operand.__class__ is OptionalValue:
            return look_up_optional(operand, field)
        raise EvalFailure(f"no such key: {field}")
    found = operand.get(field, _ABSENT)
    if found is _ABSENT:
        raise EvalFailure(f"no such key: {field}")
    return found


def look_up(operand: Value, key: Value) -> Value:
    """Return `operand[key]`."""
    if is_list(operand):
        return _element(operand, key)
    if operand.__class__ is OptionalValue:
        return look_up_optional(operand, key)
    place = _qualifier(key)
    found = operand.get(place, _ABSENT) if is_map(operand) else _ABSENT
    if found is _ABSENT:
        raise EvalFailure(f"no such key: {_key_text(key)}")
    return found


def _element(elements: Value, key: Value) -> Value:
    place = key
    if key.__class__ is float and key.is_integer():
        place = int(key)
    elif key.__class__ is not int and key.__class__ is not UInt:
        _qualifier(key)
        raise EvalFailure(f"unsupported index type '{type_name(key)}' in list")
    if 0 <= place < len(elements):
        return elements[place]
    raise EvalFailure(f"index out of bounds: {place}")


def _qualifier(key: Value) -> Value:
    if key.__class__ in {str, int, UInt, bool, float}:
        if key.__class__ is float and not key.is_integer():
            return _ABSENT
        return map_key(key)
    raise EvalFailure(f"invalid qualifier type: {go_type_name(key)}")


def _key_text(key: Value) -> str:
    return str(key).lower() if key.__class__ is bool else str(key)


def look_up_optional(operand: Value, key: Value) -> OptionalValue:
    """Return `operand[?key]`."""
    if operand.__class__ is OptionalValue:
        return NONE if operand is NONE else look_up_optional(operand.value, key)
    if is_list(operand):
        number: Value = key
        if key.__class__ in _NUMBERS and not 0 <= number < len(operand):
            return NONE
        return OptionalValue(_element(operand, key))
    place = _qualifier(key)
    found = operand.get(place, _ABSENT) if is_map(operand) else _ABSENT
    return NONE if found is _ABSENT else OptionalValue(found)


def has(operand: Value, field: str) -> bool:
    """Return `has(operand.field)`."""
    if operand.__class__ is OptionalValue:
        return operand is not NONE and has(operand.value, field)
    if is_list(operand):
        _element(operand, field)  # which fails: no field is a number
    # What has no fields at all lacks this one (interpreter/attributes.go: refQualify).
    return is_map(operand) and operand.get(field, _ABSENT) is not _ABSENT


def contains(element: Value, collection: Value) -> bool:
    """Return `element in collection`."""
    if is_list(collection):
        return any(is_equal(element, each) for each in collection)
    if is_map(collection):
        if element.__class__ not in {str, int, UInt, bool, float}:
            return False
        if element.__class__ is float and not element.is_integer():
            return False
        return map_key(element) in collection
    raise EvalFailure(_OVERLOAD)


# Iteration


def iterate(value: Value) -> Iterable[Value]:
    """Return what a macro of one variable runs over: elements or keys."""
    if is_list(value):
        return value  # type: ignore[no-any-return]  # a list or a tuple, as just seen
    if is_map(value):
        return map_keys(value)
    raise EvalFailure(f"got '{go_type_name(value)}', expected iterable type")


def iterate_pairs(value: Value) -> Iterable[tuple[Value, Value]]:
    """Return what a macro of two variables runs over: index or key, and value."""
    if is_list(value):
        return enumerate(value)
    if is_map(value):
        return _items(value)
    raise EvalFailure(f"got '{go_type_name(value)}', expected iterable type")


def _items(value: Mapping[Value, Value]) -> Iterable[tuple[Value, Value]]:
    return zip(map_keys(value), value.values(), strict=True)


def length(value: Value) -> int:
    """Return `size(value)`; strings count code points."""
    if value.__class__ in {str, bytes, list, tuple} or is_map(value):
        return len(value)
    raise EvalFailure("no such overload: size")


BINARY: Final[dict[str, Callable[[Value, Value], Value]]] = {
    "==": equal,
    "!=": differ,
    "<": _order("<"),
    "<=": _order("<="),
    ">": _order(">"),
    ">=": _order(">="),
    "in": contains,
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": modulo,
}
