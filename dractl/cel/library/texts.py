"""`"...".format([...])`: text with values in it.

Follows cel-go ext/formatting.go: the verbs s d f e b o x X and %%, and a precision for
f and e.
"""

import math
import re
from typing import Final

from dractl.cel.library.conversions import string
from dractl.cel.library.signature import LIST, STRING, Functions, takes
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
_SPECIAL: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_RAISED: Final = str.maketrans(
    "0123456789-",
    "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b",
)
_TEXTUAL: Final = frozenset({str, bool, int, UInt, float, bytes, Duration, Timestamp})
_ESCAPES: Final = {
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
    "\v": "\\v", "\\": "\\\\", '"': '\\"',
}  # fmt: skip


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
        return _text(value)
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
    number = value
    if value.__class__ is str and value in _SPECIAL:
        number = _SPECIAL[value]
    if number.__class__ is not float:
        raise _refusal("fixed-point" if verb == "f" else "scientific", "doubles", value)
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "\u221e" if number > 0 else "-\u221e"
    if verb == "f":
        return f"{number:,.{digits}f}"
    # cel-go prints for readers of American English, and so with a real power of ten.
    mantissa, _, exponent = f"{number:.{digits}e}".partition("e")
    return f"{mantissa} \u00d7 10{exponent.removeprefix('+').translate(_RAISED)}"


def _decimal(value: Value) -> str:
    if value.__class__ is int or value.__class__ is UInt:
        return str(int(value))
    raise _refusal("decimal", "integers", value)


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


def _text(value: Value, depth: int = 0) -> str:
    """Return what %s makes of a value."""
    if depth > _DEEPEST:
        raise EvalFailure("value nests too deeply to be formatted")
    if is_list(value):
        parts = [_part(each, depth + 1) for each in value]
        bounded(sum(map(len, parts)) + len(parts))
        return f"[{', '.join(parts)}]"
    if is_map(value):
        parts = sorted(
            f"{_key(key)}:{_part(held, depth + 1)}"
            for key, held in zip(map_keys(value), value.values(), strict=True)
        )
        bounded(sum(map(len, parts)) + len(parts))
        return f"{{{', '.join(parts)}}}"
    if value is None:
        return "null"
    if value.__class__ is Type:
        return str(value.name)
    if value.__class__ in _TEXTUAL:
        return string(value)
    raise _refusal("string", "strings, bools, numbers, lists and maps", value)


def _part(value: Value, depth: int) -> str:
    """Return an element of a list or a map, as CEL would spell it."""
    kind = value.__class__
    if kind is str:
        return _quoted(value)
    if kind is bytes:
        return f"b{_quoted(string(value))}"
    if kind is Timestamp:
        return f'timestamp("{string(value)}")'
    if kind is Duration:
        return f'duration("{string(value)}")'
    if kind is float:
        return f"{value:.6f}" if math.isfinite(value) else f'"{string(value)}"'
    return _text(value, depth)


def _key(key: Value) -> str:
    return _quoted(key) if key.__class__ is str else string(key)


def _quoted(text: str) -> str:
    """Return the text as Go's %q has it."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code <= 0x7F:  # noqa: PLR2004 the end of ASCII
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 four digits hold no more


FUNCTIONS: Final[Functions] = {"format": takes("format", STRING, LIST, call=_format)}
