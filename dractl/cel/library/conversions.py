"""Conversions between types: `int()`, `string()`, `type()` and their like.

Follows cel-go common/types; texts of numbers are those of Go's strconv.
"""

import math
import re
from typing import Final

from dractl.cel.library.signature import Functions
from dractl.cel.library.times import (
    duration_text,
    read_duration,
    read_timestamp,
    timestamp_text,
)
from dractl.cel.types import Type
from dractl.cel.values import (
    INT_MAX,
    INT_MIN,
    UINT_MAX,
    Cidr,
    Duration,
    EvalFailure,
    Ip,
    Timestamp,
    UInt,
    Value,
    no_such_overload,
    timestamp,
    type_name,
)

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,4000}", re.ASCII)
_NUMBER: Final = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|inf(?:inity)?|nan)",
    re.ASCII | re.IGNORECASE,
)
_TRUE: Final = frozenset({"1", "t", "T", "true", "TRUE", "True"})
_FALSE: Final = frozenset({"0", "f", "F", "false", "FALSE", "False"})
_NANO: Final = 10**9
_LEAST_PLAIN: Final = -4
_MOST_PLAIN: Final = 5


def _unreadable(kind: str) -> EvalFailure:
    return EvalFailure(f"type conversion error from 'string' to '{kind}'")


def _int(value: Value) -> int:
    kind = value.__class__
    if kind is str:
        number = int(value) if _INTEGER.fullmatch(value) else None
        if number is None or not INT_MIN <= number <= INT_MAX:
            raise _unreadable("int")
        return number
    if kind is Timestamp:
        return int(value.nanos) // _NANO
    if kind is Duration:
        return int(value.nanos)
    return _whole(value, "int", INT_MIN, INT_MAX, "integer overflow")


def _uint(value: Value) -> UInt:
    if value.__class__ is str:
        digits = _INTEGER.fullmatch(value) and value[:1] not in {"+", "-"}
        number = int(value) if digits else -1
        if not 0 <= number <= UINT_MAX:
            raise _unreadable("uint")
        return UInt(number)
    return UInt(_whole(value, "uint", 0, UINT_MAX, "unsigned integer overflow"))


def _whole(value: Value, name: str, least: int, most: int, complaint: str) -> int:
    kind = value.__class__
    if kind is float:
        # Go refuses the bounds themselves, which doubles cannot tell from beyond.
        inside = math.isfinite(value) and (least < value < most or value == least == 0)
        if not inside:
            raise EvalFailure(complaint)
    elif kind is not int and kind is not UInt:
        raise no_such_overload(name, value)
    number = int(value)
    if not least <= number <= most:
        raise EvalFailure(complaint)
    return number


def _double(value: Value) -> float:
    kind = value.__class__
    if kind is str:
        number = float(value) if _NUMBER.fullmatch(value) else None
        if number is None or (math.isinf(number) and value[-1:].isdecimal()):
            raise _unreadable("double")
        return number
    if kind is float or kind is int or kind is UInt:
        return float(value)
    raise no_such_overload("double", value)


def double_text(value: float) -> str:
    """Return a double as Go's shortest %g has it."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    exponent = int(f"{value:e}".partition("e")[2])
    if value and not _LEAST_PLAIN <= exponent <= _MOST_PLAIN:
        sign = "-" if exponent < 0 else "+"
        return f"{_mantissa(repr(value))}e{sign}{abs(exponent):02d}"
    return repr(value).removesuffix(".0")


def _mantissa(shortest: str) -> str:
    """Return the digits of repr() with one of them before the point."""
    sign = "-" if shortest.startswith("-") else ""
    digits = shortest.lstrip("-").partition("e")[0].replace(".", "")
    digits = digits.strip("0") or "0"
    return f"{sign}{digits[0]}.{digits[1:]}" if digits[1:] else f"{sign}{digits}"


def string(value: Value) -> str:
    """Return the text of a value, as `string()` makes it."""
    kind = value.__class__
    if kind is str:
        return str(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is int or kind is UInt:
        return str(int(value))
    if kind is float:
        return double_text(value)
    if kind is bytes:
        try:
            return str(value, "utf-8")
        except UnicodeDecodeError as error:
            raise EvalFailure(
                "invalid UTF-8 in bytes, cannot convert to string"
            ) from error
    return _other_text(value)


def _other_text(value: Value) -> str:
    kind = value.__class__
    if kind is Duration:
        return duration_text(value)
    if kind is Timestamp:
        return timestamp_text(value)
    if kind is Ip:
        return str(value.text)
    if kind is Cidr:
        return f"{value.ip.text}/{value.prefix}"
    raise no_such_overload("string", value)


def _bytes(value: Value) -> bytes:
    if value.__class__ is str:
        return bytes(value, "utf-8")
    if value.__class__ is bytes:
        return bytes(value)
    raise no_such_overload("bytes", value)


def _bool(value: Value) -> bool:
    if value.__class__ is bool:
        return bool(value)
    if value.__class__ is not str:
        raise no_such_overload("bool", value)
    if value in _TRUE or value in _FALSE:
        return value in _TRUE
    raise _unreadable("bool")


def _duration(value: Value) -> Duration:
    if value.__class__ is str:
        return read_duration(value)
    if value.__class__ is int:
        return Duration(value)
    if value.__class__ is Duration:
        return value
    raise no_such_overload("duration", value)


def _timestamp(value: Value) -> Timestamp:
    if value.__class__ is str:
        return read_timestamp(value)
    if value.__class__ is int:
        return timestamp(value * _NANO)
    if value.__class__ is Timestamp:
        return value
    raise no_such_overload("timestamp", value)


def _type(value: Value) -> Type:
    return Type(type_name(value))


def _dyn(value: Value) -> Value:
    return value


FUNCTIONS: Final[Functions] = {
    "int": _int,
    "uint": _uint,
    "double": _double,
    "string": string,
    "bytes": _bytes,
    "bool": _bool,
    "duration": _duration,
    "timestamp": _timestamp,
    "type": _type,
    "dyn": _dyn,
}
