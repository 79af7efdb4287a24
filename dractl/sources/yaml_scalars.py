"""What plain words mean in YAML, as kubectl reads it.

Follows sigs.k8s.io/yaml 1.6, goyaml.v2 resolve.go: YAML 1.1 booleans and octals, but
dates and `1:30` are strings; integers beyond 64 bits become floats.
"""

import math
import re
from typing import Final

_WORDS: Final[dict[str, object]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_NUMERIC: Final = frozenset("+-.0123456789")
_INTEGER: Final = re.compile(
    r"([-+]?)(?:0[bB]([01]+)|0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))",
    re.ASCII,
)
_BASES: Final = (2, 16, 8, 10)
_FLOAT: Final = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII
)
_LONGEST: Final = 400  # float64 ends at 309 digits
_INTEGERS: Final = range(-(2**63), 2**64)
# From here on Go prints a float with an exponent, so it stays one in JSON.
_PRINTED_WHOLE: Final = 1e21


def plain_value(word: str) -> object:
    """Return what a plain scalar stands for: None, bool, int, float or str."""
    if word in _WORDS:
        return _WORDS[word]
    if word[0] not in _NUMERIC or len(word) > _LONGEST:
        return word
    digits = word if word[0] == "." else word.replace("_", "")
    number = _integer(digits)
    if number is not None:
        return number
    return float_value(digits) if _FLOAT.fullmatch(digits) else word


def _integer(digits: str) -> int | None:
    match = _INTEGER.fullmatch(digits)
    if match is None:
        return None
    for base, found in zip(_BASES, match.groups()[1:], strict=True):
        if found is not None:
            number = int(found, base) * (-1 if match[1] == "-" else 1)
            return number if number in _INTEGERS else None
    return None


def float_value(digits: str) -> float | int | str:
    """Return the float; as an int where JSON would show it without a fraction."""
    value = float(digits)
    if not math.isfinite(value):
        return digits
    if value.is_integer() and abs(value) < _PRINTED_WHOLE:
        return int(value)
    return value
