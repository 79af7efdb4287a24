"""`"...".format([...])`: text with values in it.

Follows cel-go ext/formatting.go: the verbs s d f e b o x X and %%, and a precision for
f and e.
"""

import math
import re
from typing import Final

from dractl.cel.library.conversions import plain_text
from dractl.cel.library.signature import LIST, STRING, Functions, takes
from dractl.cel.library.times import duration_text, timestamp_text
from dractl.cel.types import Type
from dractl.cel.values import (
    Duration,
    EvalFailure,
    Timestamp,
    UInt,
    Value,
    bounded,
    is_list,
    is_map,
    map_keys,
    type_name,
)

_CLAUSE: Final = re.compile(r"%(?:%|(?:\.([0-9]+))?(.))", re.DOTALL | re.ASCII)
_WIDEST: Final = 1000  # digits behind the point
_DEFAULT: Final = 6
_DEEPEST: Final = 60


def _format(pattern: str, arguments: Value) -> str:
    made: list[str] = []
    place = used = 0
    total = 0
    while (percent := pattern.find("%", place)) >= 0:
        made.append(pattern[place:percent])
        clause = _CLAUSE.match(pattern, percent)
        if clause is None:
            raise EvalFailure("unexpected end of string")
        place = clause.end()
        if clause[0] == "%%":
            made.append("%")
            continue
        if used >= len(arguments):
            raise EvalFailure(f"index {used} out of range")
        made.append(_clause(clause[2], clause[1], arguments[used]))
        total += len(made[-1])
        bounded(total)
        used += 1
    made.append(pattern[place:])
    return "".join(made)


def _clause(verb: str, precision: str | None, value: Value) -> str:
    if verb in "fe":
        digits = _DEFAULT if precision is None else min(int(precision[:5]), _WIDEST + 1)
        if digits > _WIDEST:
            raise EvalFailure("precision too large")
        return _floating(verb, digits, value)
    if verb == "s":
        return _text(value, 0)
    if verb == "d":
        return _decimal(value)
    if verb in "boxX":
        return _based(verb, value)
    raise EvalFailure(
        f'could not parse formatting clause: unrecognized formatting clause "{verb}"'
    )


def _refusal(verb: str, wanted: str, value: Value) -> EvalFailure:
    return EvalFailure(
        f"error during formatting: {verb} clause can only be used on {wanted}, "
        f"was given {type_name(value)}"
    )


def _floating(verb: str, digits: int, value: Value) -> str:
    kind = value.__class__
    if kind is str and value in {"NaN", "Infinity", "-Infinity"}:
        return str(value)
    if kind is not float and kind is not int and kind is not UInt:
        raise _refusal("fixed-point" if verb == "f" else "scientific", "doubles", value)
    if kind is float and not math.isfinite(value):
        return _special(value)
    return f"{float(value):.{digits}{verb}}"


def _special(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _decimal(value: Value) -> str:
    if value.__class__ is int or value.__class__ is UInt:
        return str(int(value))
    if value.__class__ is float:
        return _special(value) if not math.isfinite(value) else plain_text(value)
    if value.__class__ is str and value in {"NaN", "Infinity", "-Infinity"}:
        return str(value)
    raise _refusal("decimal", "numbers", value)


def _based(verb: str, value: Value) -> str:
    kind = value.__class__
    if kind is int or kind is UInt:
        return format(int(value), verb)
    if kind is bool and verb == "b":
        return "1" if value else "0"
    if verb in "xX" and kind in {str, bytes}:
        data = value if kind is bytes else value.encode()
        return str(data.hex().upper() if verb == "X" else data.hex())
    name = {"b": "binary", "o": "octal"}.get(verb, "hex")
    raise _refusal(name, "integers", value)


def _text(value: Value, depth: int) -> str:
    kind = value.__class__
    if depth > _DEEPEST:
        raise EvalFailure("value nests too deeply to be formatted")
    if kind is str:
        return str(value)
    if is_list(value):
        parts = [_text(each, depth + 1) for each in value]
        bounded(sum(map(len, parts)) + len(parts))
        return f"[{', '.join(parts)}]"
    if is_map(value):
        shown = sorted(
            (_text(key, depth + 1), _text(held, depth + 1))
            for key, held in zip(map_keys(value), value.values(), strict=True)
        )
        bounded(sum(len(key) + len(held) for key, held in shown))
        return "{" + ", ".join(f"{key}: {held}" for key, held in shown) + "}"
    return _simple_text(value)


def _simple_text(value: Value) -> str:  # noqa: PLR0911 one line per type
    kind = value.__class__
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is int or kind is UInt:
        return str(int(value))
    if kind is float:
        return plain_text(value) if math.isfinite(value) else _special(value)
    if kind is bytes:
        return str(value, "utf-8", "replace")
    if kind is Duration:
        return duration_text(value)
    if kind is Timestamp:
        return timestamp_text(value)
    if kind is Type:
        return str(value.name)
    raise _refusal("string", "strings, bools, numbers, lists and maps", value)


FUNCTIONS: Final[Functions] = {"format": takes("format", STRING, LIST, call=_format)}
