"""Literals: tokens to values."""

from typing import Final

from dractl.cel.lexer import LiteralError, Token, bytes_value, string_value
from dractl.cel.nodes import Literal

LITERAL_KINDS: Final = frozenset(
    ("int", "uint", "double", "string", "bytes", "true", "false", "null")
)
"""Kinds of tokens that are a value by themselves."""

_INTS: Final = range(-(2**63), 2**63)
_UINTS: Final = range(2**64)
_MOST_DIGITS: Final = 400  # Python refuses to read integers of thousands of digits


def literal_node(  # noqa: PLR0911 one line per kind of literal
    token: Token, sign: Token | None = None
) -> tuple[Literal, str]:
    """Return the literal and cel-go's complaint about it, empty if there is none.

    `sign` is the minus that stands before an int or a double.
    """
    start = token.start if sign is None else sign.start
    span = (start, token.end, start)
    match token.kind:
        case "true" | "false":
            return Literal(*span, "bool", token.kind == "true"), ""
        case "null":
            return Literal(*span, "null", None), ""
        case "int":
            number = _integer(token.text) * (1 if sign is None else -1)
            problem = "" if number in _INTS else "invalid int literal"
            return Literal(*span, "int", number), problem
        case "uint":
            number = _integer(token.text[:-1])
            problem = "" if number in _UINTS else "invalid uint literal"
            return Literal(*span, "uint", number), problem
        case "double":
            return _double(span, token.text, sign)
    try:
        if token.kind == "bytes":
            return Literal(*span, "bytes", bytes_value(token.text)), ""
        return Literal(*span, "string", string_value(token.text)), ""
    except LiteralError as error:
        return Literal(*span, "string", ""), str(error)


def _integer(text: str) -> int:
    if text.startswith("0x"):
        return int(text, 0)
    text = text.lstrip("0")
    return int(text or "0") if len(text) < _MOST_DIGITS else 2**64


def _double(
    span: tuple[int, int, int], text: str, sign: Token | None
) -> tuple[Literal, str]:
    number = float(text)
    if sign is not None:
        number = -number
    problem = "invalid double literal" if number in (_INFINITY, -_INFINITY) else ""
    return Literal(*span, "double", number), problem


_INFINITY: Final = float("inf")
