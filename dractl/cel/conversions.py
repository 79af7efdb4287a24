"""Conversions of constants, as far as the API server computes them when compiling.

cel-go folds `int("5")` while it prepares the program (interpreter/decorators.go:
maybeOptimizeConstUnary), so `int("x")` keeps an expression from being accepted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from dractl.cel.nodes import Binary, Call, ListLiteral, Literal, MapLiteral, Node


class ConversionError(ValueError):
    """The constant cannot be converted; `str()` is cel-go's text."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A value known when compiling; `kind` is the name of its type.

    `value` is None where only the fact that it is constant matters.
    """

    kind: str
    value: bool | int | float | str | bytes | None


CONVERSIONS: Final = frozenset(
    ("bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp")
) | {"type", "uint"}


def constant(  # noqa: PLR0911 one return per kind of node
    node: Node,
    known: Mapping[Node, Constant],
    overloads: Mapping[Node, tuple[str, ...]],
) -> Constant | None:
    """Return the node's value if cel-go computes it when compiling, else None.

    `known` holds the constants below the node. Raises ConversionError.
    """
    if isinstance(node, Literal):
        return Constant(node.kind, node.value)
    if isinstance(node, Call):
        if (
            node.function in CONVERSIONS
            and len(node.arguments) == 1
            and not node.target
        ):
            argument = known.get(node.arguments[0])
            return None if argument is None else _converted(node.function, argument)
        return None
    if isinstance(node, ListLiteral):
        constant_list = all(item in known for item in node.elements)
        return Constant("list", None) if constant_list else None
    if isinstance(node, MapLiteral):
        parts = (part for entry in node.entries for part in (entry.key, entry.value))
        return Constant("map", None) if all(part in known for part in parts) else None
    if isinstance(node, Binary) and overloads.get(node) == ("in_list",):
        # Nothing is in an empty list, whatever is looked for.
        empty = isinstance(node.right, ListLiteral) and not node.right.elements
        return Constant("bool", value=False) if empty else None
    return None


def _converted(  # noqa: PLR0911 one return per target
    function: str, constant: Constant
) -> Constant:
    kind, value = constant.kind, constant.value
    if function in ("dyn", kind):
        return constant
    if value is None:
        return Constant(function, None)
    match function:
        case "int" if isinstance(value, int | float):
            return Constant("int", _within(value, _INTS, "integer overflow"))
        case "uint" if isinstance(value, int | float):
            overflow = "unsigned integer overflow"
            return Constant("uint", _within(value, _UINTS, overflow))
        case "timestamp" if isinstance(value, int):
            _within(value, _SECONDS, "timestamp overflow")
            return Constant("timestamp", None)
        case "string" if isinstance(value, bytes):
            return Constant("string", _text(value))
        case "int" | "uint" | "double" | "bool" | "duration" | "timestamp":
            return _parsed(function, str(value))
        case "string" if isinstance(value, int) and kind != "bool":
            return Constant("string", str(value))
    return Constant(function, None)


def _parsed(function: str, text: str) -> Constant:
    """Return what a constant string converts to."""
    full_name = {
        "duration": "google.protobuf.Duration",
        "timestamp": "google.protobuf.Timestamp",
    }.get(function, function)
    failure = ConversionError(f"type conversion error from 'string' to '{full_name}'")
    if not _TEXTS[function].fullmatch(text):
        raise failure
    match function:
        case "int" | "uint":
            digits = text.lstrip("+-").lstrip("0") or "0"
            if len(digits) > _MOST_DIGITS:
                raise failure
            number = int(digits) * (-1 if text.startswith("-") else 1)
            if number not in (_INTS if function == "int" else _UINTS):
                raise failure
            return Constant(function, number)
        case "double":
            return Constant("double", _double(text, failure))
        case "bool":
            return Constant("bool", text in ("1", "t", "T", "TRUE", "true", "True"))
        case "duration" if is_duration(text):
            return Constant(function, None)
        case "timestamp" if is_timestamp(text):
            return Constant(function, None)
    raise failure


def _double(text: str, failure: ConversionError) -> float:
    number = float.fromhex(text) if "x" in text.lower() else float(text)
    if number in (_INFINITY, -_INFINITY) and "inf" not in text.lower():
        raise failure
    return number


_INFINITY: Final = float("inf")
_INTS: Final = range(-(2**63), 2**63)
_UINTS: Final = range(2**64)
_SECONDS: Final = range(-62_135_596_800, 253_402_300_800)
_MOST_DIGITS: Final = 20

_TEXTS: Final = {
    "int": re.compile(r"[+-]?[0-9]+"),
    "uint": re.compile(r"[0-9]+"),
    "double": re.compile(
        r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|(?i:inf(?:inity)?)"
        r"|0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+)"
        r"|[+-]?(?i:nan)"
    ),
    "bool": re.compile(r"1|t|T|TRUE|true|True|0|f|F|FALSE|false|False"),
    "duration": re.compile(r"(?s:.*)"),
    "timestamp": re.compile(r"(?s:.*)"),
}


def _within(value: float, allowed: range, otherwise: str) -> int:
    """Return the value as an integer; floating-point bounds are excluded as in Go."""
    if not isinstance(value, int):
        inside = allowed.start <= value < allowed.stop
        if not inside or (allowed.start < 0 and value == allowed.start):
            raise ConversionError(otherwise)
        return int(value)
    if value not in allowed:
        raise ConversionError(otherwise)
    return value


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        text = "invalid UTF-8 in bytes, cannot convert to string"
        raise ConversionError(text) from None


_UNITS: Final = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,  # Go takes both the micro sign and the Greek letter
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PART: Final = re.compile(r"([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)")
_LONGEST: Final = 2**63
_MOST_PARTS_DIGITS: Final = 40


def is_duration(text: str) -> bool:
    """Tell whether Go's time.ParseDuration reads the text."""
    negative = text.startswith("-")
    text = text[1:] if text[:1] in ("+", "-") else text
    if text == "0":
        return True
    total, place = 0, 0
    while place < len(text):
        found = _PART.match(text, place)
        if found is None:
            return False
        whole, fraction, unit = found.groups(default="")
        if not whole and not fraction:
            return False
        whole = whole.lstrip("0")
        if len(whole) > _MOST_DIGITS:
            return False
        scale = _UNITS[unit]
        fraction = fraction[:_MOST_PARTS_DIGITS]
        total += int(whole or "0") * scale
        total += int(fraction or "0") * scale // 10 ** len(fraction)
        place = found.end()
    return bool(text) and total < _LONGEST + negative


_RFC3339: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{1,2}):([0-9]{2}):([0-9]{2})"
    r"(?:[.,][0-9]+)?(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_MAX_ZONE_HOUR: Final = 24
_MINUTES: Final = 60


def is_timestamp(text: str) -> bool:
    """Tell whether Go's time.Parse reads the text as RFC 3339, and CEL takes it."""
    found = _RFC3339.fullmatch(text)
    if found is None:
        return False
    sign, zone_hours, zone_minutes = found.group(7, 8, 9)
    offset = timedelta()
    if sign:
        if int(zone_hours) > _MAX_ZONE_HOUR or int(zone_minutes) >= _MINUTES:
            return False
        offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
        offset = -offset if sign == "-" else offset
    try:
        year, month, day, hour, minute, second = map(int, found.groups()[:6])
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        _ = moment - offset
    except (ValueError, OverflowError):
        return False  # no such day, or outside of the years 1 to 9999
    return True
