"""Values of attributes as CEL expressions mention them."""

from collections.abc import Iterator, Mapping
from typing import Final

from dractl.cel.lexer import LiteralError, Token, string_value, tokens_of
from dractl.cel.quoting import quoted

# Of these functions, what they look for is part of a value, or they make another one.
_LOOK_INTO: Final = frozenset({
    "charAt", "contains", "endsWith", "find", "findAll", "indexOf", "lastIndexOf",
    "lowerAscii", "matches", "replace", "size", "split", "startsWith", "string",
    "substring", "trim", "upperAscii",
})  # fmt: skip


def looked_into(expression: str) -> set[str]:
    """Return what an expression names, if it looks into the values of anything."""
    tokens = tokens_of(expression).tokens
    functions = {token.text for token in tokens if token.kind == "ident"}
    return mentioned(expression) if functions & _LOOK_INTO else set()


def mentioned(expression: str) -> set[str]:
    """Return the identifiers and strings in an expression."""
    return {
        word for token in tokens_of(expression).tokens if (word := _word(token)) != ""
    }


def with_values(expression: str, values: Mapping[str, str]) -> str:
    """Return the expression with the strings replaced that are values."""
    return "".join(_pieces(expression, values))


def _pieces(expression: str, values: Mapping[str, str]) -> Iterator[str]:
    done = 0
    for token in tokens_of(expression).tokens:
        if token.kind == "string" and (word := _word(token)) in values:
            yield expression[done : token.start]
            yield quoted(values[word])
            done = token.end
    yield expression[done:]


def _word(token: Token) -> str:
    if token.kind == "ident":
        return token.text
    if token.kind != "string":
        return ""
    try:
        return string_value(token.text)
    except LiteralError:
        return ""  # then the expression does not compile, and compares nothing
