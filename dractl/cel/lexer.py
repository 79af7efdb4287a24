"""Text of a CEL expression to tokens, by the lexical rules of cel-go's grammar."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from dractl.cel.errors import Issue, issue_at

RESERVED = frozenset(
    (
        *("as", "break", "const", "continue", "else", "for", "function", "if"),
        *("import", "let", "loop", "package", "namespace", "return", "var", "void"),
        "while",
    )
)
"""Words that are no variable names, though they may name fields."""

WORDS = frozenset(("true", "false", "null", "in"))


class Token(NamedTuple):
    """A token; `kind` is its own text for operators and words, else its class.

    The classes: int uint double string bytes ident quoted eof.
    """

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lexed:
    """All tokens up to and including `eof`, and what could not be read on the way."""

    tokens: list[Token]
    issues: list[Issue]


def tokens_of(source: str) -> Lexed:
    """Return the tokens of the source; text that is no token becomes an issue."""
    tokens: list[Token] = []
    issues: list[Issue] = []
    position, end = 0, len(source)
    match = _TOKEN.match
    while position < end:
        found = match(source, position)
        if found is None:
            after = _end_of_unreadable(source, position)
            shown = source[position:after]
            text = f"Syntax error: token recognition error at: '{shown}'"
            issues.append(issue_at(source, position, text))
            position = after
            continue
        kind = found.lastgroup or ""
        text, start, position = found.group(), position, found.end()
        if kind == "space":
            continue
        if kind == "op" or (kind == "ident" and text in WORDS):
            kind = text
        tokens.append(Token(kind, text, start, position))
    tokens.append(Token("eof", "<EOF>", end, end))
    return Lexed(tokens, issues)


_ESCAPE = (
    r"\\(?:[abfnrtv\"'\\?`]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}"
    r"|U[0-9a-fA-F]{8}|[0-3][0-7]{2})"
)

# Longest match wins, as in the generated lexer: the three-quoted forms stand before
# the one-quoted (which would read an empty string), floats before integers.
_STRING = (
    rf"""[rR](?:\"{{3}}[\s\S]*?\"{{3}}|'{{3}}[\s\S]*?'{{3}}|"[^"\n\r]*"|'[^'\n\r]*')"""
    rf"""|\"{{3}}(?:{_ESCAPE}|[^\\])*?\"{{3}}|'{{3}}(?:{_ESCAPE}|[^\\])*?'{{3}}"""
    rf"""|"(?:{_ESCAPE}|[^\\"\n\r])*"|'(?:{_ESCAPE}|[^\\'\n\r])*'"""
)

_TOKEN = re.compile(
    rf"""(?P<space>[ \t\r\n\f]+|//[^\n]*)
    |(?P<bytes>[bB](?:{_STRING}))
    |(?P<string>{_STRING})
    |(?P<ident>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<double>[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+
      |\.[0-9]+(?:[eE][+-]?[0-9]+)?)
    |(?P<uint>(?:0x[0-9a-fA-F]+|[0-9]+)[uU])
    |(?P<int>0x[0-9a-fA-F]+|[0-9]+)
    |(?P<op>==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()\[\]{{}}])
    |(?P<quoted>`[A-Za-z0-9_.\-/\ ]+`)
    """,
    re.VERBOSE,
)

# What the lexer had read of a token before it met a character that fits nothing.
_BEGUN = re.compile(
    rf"""(?:"(?:{_ESCAPE}|[^\\"\n\r])*|'(?:{_ESCAPE}|[^\\'\n\r])*)"""
    r"""(?:\\(?:[xX][0-9a-fA-F]?|u[0-9a-fA-F]{0,3}|U[0-9a-fA-F]{0,7}|[0-3][0-7]?)?)?"""
    r"|=|&|\||`[A-Za-z0-9_.\-/ ]*|"
)


def _end_of_unreadable(source: str, position: int) -> int:
    begun = _BEGUN.match(source, position)
    assert begun is not None, "the pattern matches the empty text"
    return min(max(begun.end(), position) + 1, len(source))


class LiteralError(ValueError):
    """The text of a literal means no value; `str()` is cel-go's complaint."""


def string_value(text: str) -> str:
    """Return what a string literal means; raises LiteralError."""
    raw, body = _unquoted(text)
    if raw or "\\" not in body:
        return body
    return _ESCAPED.sub(_character, body)


def bytes_value(text: str) -> bytes:
    """Return what a bytes literal means; raises LiteralError."""
    raw, body = _unquoted(text[1:])
    if raw or "\\" not in body:
        return body.encode("utf-8", "surrogatepass")
    chunks: list[bytes] = []
    position = 0
    for found in _ESCAPED.finditer(body):
        chunks.append(body[position : found.start()].encode("utf-8", "surrogatepass"))
        chunks.append(_octets(found.group(1)))
        position = found.end()
    chunks.append(body[position:].encode("utf-8", "surrogatepass"))
    return b"".join(chunks)


_ESCAPED = re.compile(r"\\([xX]..|u.{4}|U.{8}|[0-3]..|.)", re.DOTALL)

_SHORT = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    **{char: char for char in "\\'\"`?"},
}

_SURROGATES = range(0xD800, 0xE000)
_CODE_POINTS = range(0x110000)


def _unquoted(text: str) -> tuple[bool, str]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    raw = text[0] in "rR"
    if raw:
        text = text[1:]
    if len(text) >= 6 and text[:3] in ('"""', "'''"):  # noqa: PLR2004 two fences
        return raw, text[3:-3]
    return raw, text[1:-1]


def _character(found: re.Match[str]) -> str:
    escape = found.group(1)
    if escape in _SHORT:
        return _SHORT[escape]
    digits, base = (escape, 8) if escape[0] in "0123" else (escape[1:], 16)
    code = int(digits, base)
    if code not in _CODE_POINTS or code in _SURROGATES:
        raise LiteralError("invalid unicode code point")
    return chr(code)


def _octets(escape: str) -> bytes:
    if escape in _SHORT:
        return _SHORT[escape].encode()
    if escape[0] in "uU":
        raise LiteralError("unable to unescape string")
    digits, base = (escape, 8) if escape[0] in "0123" else (escape[1:], 16)
    return bytes((int(digits, base),))
