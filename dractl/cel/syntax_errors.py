"""The words of the generated parser for a token that does not fit.

These follow ANTLR's default strategy as far as its *first* complaint goes; cel-go
would go on and complain about consequences, which help nobody.
"""

from collections.abc import Sequence
from typing import Final

from dractl.cel.lexer import WORDS, Token

_OPERAND_KINDS: Final = frozenset(
    (
        *("[", "{", "(", ".", "-", "!", "true", "false", "null"),
        *("double", "int", "uint", "string", "bytes", "ident"),
    )
)

_LITERALS: Final = (
    "'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER"
)

_OPERAND: Final = f"{{'[', '{{', '(', '.', '-', '!', {_LITERALS}}}"

_FIRST_OPERAND: Final = {
    "[": f"{{'[', ']', '{{', '(', '.', ',', '-', '!', '?', {_LITERALS}}}",
    "{": f"{{'[', '{{', '}}', '(', '.', ',', '-', '!', '?', {_LITERALS}}}",
    "call": f"{{'[', '{{', '(', ')', '.', '-', '!', {_LITERALS}}}",
}

_AFTER: Final = {
    "root": ("<EOF>", ("eof",)),
    "(": ("')'", (")",)),
    "call": ("')'", (")",)),
    "index": ("']'", ("]",)),
    "[": ("{']', ','}", ("]", ",")),
    "{": ("{'}', ','}", ("}", ",")),
    ":": ("':'", (":",)),
}


class SyntaxProblem(Exception):
    """A token that cannot stand where it stands, with the words for it."""

    def __init__(self, at: int, message: str) -> None:
        self.at = at
        super().__init__(message)


def bad_operand(
    inside: str, previous: Token | None, token: Token, following: Token
) -> SyntaxProblem:
    """Return the problem of a token where an operand should begin."""
    expected = _OPERAND
    before = previous.kind if previous else ""
    if before == inside or (inside, before) == ("call", "("):
        expected = _FIRST_OPERAND.get(inside, _OPERAND)
    if before == "-":
        text = "" if token.kind == "eof" else token.text
        return _problem(token, f"no viable alternative at input '-{text}'")
    if before == "!" or following.kind in _OPERAND_KINDS:
        return _problem(token, f"extraneous input {_shown(token)} expecting {expected}")
    return _problem(token, f"mismatched input {_shown(token)} expecting {expected}")


def bad_operator(
    expected: str, closers: Sequence[str], token: Token, following: Token
) -> SyntaxProblem:
    """Return the problem of a token after an operand; `expected` is a bracket's kind.

    `closers` end what surrounds the bracket: a token that could follow the missing
    one makes the message say so.
    """
    words, kinds = _AFTER[expected]
    if following.kind in kinds and token.kind != "eof":
        return _problem(token, f"extraneous input {_shown(token)} expecting {words}")
    if len(kinds) == 1 and expected != "root":
        follows = token.kind in closers
        if expected == ":":
            follows = token.kind in _OPERAND_KINDS
        if follows:
            return _problem(token, f"missing {words} at {_shown(token)}")
    return _problem(token, f"mismatched input {_shown(token)} expecting {words}")


def bad_field(token: Token, *, optional: bool) -> SyntaxProblem:
    """Return the problem of a token where the name of a field should stand."""
    if optional:
        words = "{IDENTIFIER, ESC_IDENTIFIER}"
        return _problem(token, f"mismatched input {_shown(token)} expecting {words}")
    if token.kind in WORDS:
        words = "IDENTIFIER"
        return _problem(token, f"mismatched input {_shown(token)} expecting {words}")
    text = "" if token.kind == "eof" else token.text
    return _problem(token, f"no viable alternative at input '.{text}'")


def _shown(token: Token) -> str:
    text = token.text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return f"'{text}'"


def _problem(token: Token, message: str) -> SyntaxProblem:
    return SyntaxProblem(token.start, message)
