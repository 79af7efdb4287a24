"""Text: the standard functions, cel-go's strings extension (v2) and find/findAll.

Lengths and places count code points. Follows cel-go ext/strings.go and Kubernetes'
library/regex.go.
"""

from typing import Final

from dractl.cel.library.signature import (
    INT,
    LIST,
    STRING,
    Function,
    Functions,
    begins_with,
    takes,
)
from dractl.cel.regex import RegexError, TooMuchWork, compile_pattern
from dractl.cel.values import (
    EvalFailure,
    LimitExceeded,
    Value,
    bounded,
    no_such_overload,
)

_UPPER: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TO_LOWER: Final = str.maketrans(_UPPER, _UPPER.lower())
_TO_UPPER: Final = str.maketrans(_UPPER.lower(), _UPPER)
# What Go's strings.TrimSpace drops; str.strip() would drop four control codes more.
_SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_QUOTES: Final = str.maketrans(
    {
        "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
        "\v": "\\v", "\\": "\\\\", '"': '\\"',
    }
)  # fmt: skip


def lower_ascii(text: str) -> str:
    """Lower the letters of ASCII only."""
    return text.lower() if text.isascii() else text.translate(_TO_LOWER)


def upper_ascii(text: str) -> str:
    """Raise the letters of ASCII only."""
    return text.upper() if text.isascii() else text.translate(_TO_UPPER)


def matches(text: str, pattern: str) -> bool:
    """Tell whether the expression matches anywhere in the text."""
    try:
        return compile_pattern(pattern).matches(text)
    except RegexError as error:
        raise EvalFailure(str(error)) from error
    except TooMuchWork as error:
        raise LimitExceeded from error


def _find_all(text: str, pattern: str, most: int = -1) -> list[str]:
    found: list[str] = []
    if most == 0:
        return found
    try:
        for each in compile_pattern(pattern).find_all(text):
            found.append(each)
            if len(found) == most:
                break
    except RegexError as error:
        raise EvalFailure(str(error)) from error
    except TooMuchWork as error:
        raise LimitExceeded from error
    return found


def _find(text: str, pattern: str) -> str:
    return "".join(_find_all(text, pattern, 1))


def _out_of_range(place: int) -> EvalFailure:
    return EvalFailure(f"index out of range: {place}")


def _char_at(text: str, place: int) -> str:
    if not 0 <= place <= len(text):
        raise _out_of_range(place)
    return text[place : place + 1]


def index_of(text: str, part: str, start: int = 0) -> int:
    """Return the first place of `part` from `start` on, or -1."""
    if not part:
        return start
    if start < 0:
        raise _out_of_range(start)
    return text.find(part, start)


def last_index_of(text: str, part: str, start: int | None = None) -> int:
    """Return the last place of `part` that is not after `start`, or -1."""
    if not part:
        return len(text) if start is None else start
    if start is None:
        start = len(text) - 1
    if start < 0:
        raise _out_of_range(start)
    return -1 if start >= len(text) else text.rfind(part, 0, start + len(part))


def _replace(text: str, old: str, new: str, most: int = -1) -> str:
    times = text.count(old)
    bounded(len(text) + times * (len(new) - len(old)))
    return text.replace(old, new, most)


def _split(text: str, separator: str, most: int = -1) -> list[str]:
    if most == 0:
        return []
    if separator:
        return text.split(separator, most - 1 if most > 0 else -1)
    if most < 0 or most >= len(text):
        return list(text)
    return [*text[: most - 1], text[most - 1 :]]


def _substring(text: str, start: int, end: int | None = None) -> str:
    if end is not None and start > end:
        raise EvalFailure(f"invalid substring range. start: {start}, end: {end}")
    for place in (start, len(text) if end is None else end):
        if not 0 <= place <= len(text):
            raise _out_of_range(place)
    return text[start:end]


def _join(parts: list[str], separator: str = "") -> str:
    if not begins_with(parts, STRING):
        raise no_such_overload("join", parts, separator)
    if any(part.__class__ is not str for part in parts):
        raise EvalFailure("no such overload")
    bounded(sum(map(len, parts)) + len(parts) * len(separator))
    return separator.join(parts)


def _quote(text: str) -> str:
    return f'"{text.translate(_QUOTES)}"'


def _contains(text: str, part: str) -> bool:
    return part in text


def _trim(text: str) -> str:
    return text.strip(_SPACE)


def reverse(text: str) -> str:
    """Return the text from its end."""
    return text[::-1]


def _plainly(call: Function) -> Function:
    """Return a function of texts that, given others, does not say which."""

    def checked(text: Value, argument: Value, *more: Value) -> Value:
        if text.__class__ is str and argument.__class__ is str:
            return call(text, argument, *more)
        raise EvalFailure("no such overload")

    return checked


FUNCTIONS: Final[Functions] = {
    "contains": _plainly(_contains),
    "startsWith": _plainly(str.startswith),
    "endsWith": _plainly(str.endswith),
    "matches": _plainly(matches),
    "find": _plainly(_find),
    "findAll": _plainly(_find_all),
    "charAt": takes("charAt", STRING, INT, call=_char_at),
    "lowerAscii": takes("lowerAscii", STRING, call=lower_ascii),
    "upperAscii": takes("upperAscii", STRING, call=upper_ascii),
    "replace": takes("replace", STRING, STRING, STRING, INT, call=_replace),
    "split": takes("split", STRING, STRING, INT, call=_split),
    "substring": takes("substring", STRING, INT, INT, call=_substring),
    "trim": takes("trim", STRING, call=_trim),
    "join": takes("join", LIST, STRING, call=_join),
    "strings.quote": takes("strings.quote", STRING, call=_quote),
}
