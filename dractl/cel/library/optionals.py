"""Optional values: making them and asking them. Follows cel-go cel/optional.go.

`or` and `orValue` are not here: their argument is only computed when needed.
"""

from typing import Final

from dractl.cel.library.signature import LIST, OPTIONAL, Functions, takes
from dractl.cel.values import (
    NONE,
    Duration,
    EvalFailure,
    OptionalValue,
    UInt,
    Value,
    is_list,
    is_map,
)

_ZEROABLE: Final = frozenset({bool, int, UInt, float, str, bytes, Duration})


def _of_non_zero(value: Value) -> OptionalValue:
    if is_list(value) or is_map(value):
        is_zero = len(value) == 0
    elif value.__class__ is Duration:
        is_zero = value.nanos == 0
    else:
        is_zero = value is None or (value.__class__ in _ZEROABLE and not value)
    return NONE if is_zero else OptionalValue(value)


def _none() -> OptionalValue:
    return NONE


def _has_value(optional: OptionalValue) -> bool:
    return optional is not NONE


def _value(optional: OptionalValue) -> Value:
    if optional is NONE:
        raise EvalFailure("optional.none() dereference")
    return optional.value


def _unwrap(optionals: Value) -> list[Value]:
    if any(each.__class__ is not OptionalValue for each in optionals):
        raise EvalFailure("no such overload")
    return [each.value for each in optionals if each is not NONE]


FUNCTIONS: Final[Functions] = {
    "optional.of": OptionalValue,
    "optional.ofNonZeroValue": _of_non_zero,
    "optional.none": _none,
    "optional.unwrap": takes("optional.unwrap", LIST, call=_unwrap),
    "unwrapOpt": takes("unwrapOpt", LIST, call=_unwrap),
    "hasValue": takes("hasValue", OPTIONAL, call=_has_value),
    "value": takes("value", OPTIONAL, call=_value),
}
