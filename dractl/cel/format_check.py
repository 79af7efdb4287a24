"""Whether a constant format string fits the list it formats (ext/formatting.go)."""

from collections.abc import Mapping
from typing import Final

from dractl.cel.nodes import Call, ListLiteral, Literal, MapLiteral, Node
from dractl.cel.types import DYN, Type


class _Mismatch(Exception):
    """What is wrong, and the argument at fault if there is one."""

    def __init__(self, message: str, node: Node | None = None) -> None:
        self.node = node
        super().__init__(message)


def format_issue(call: Call, types: Mapping[Node, Type]) -> tuple[int, str] | None:
    """Return place and message of what is wrong with a call of `format`, or None.

    Only literals are looked at: a string literal that formats a list literal.
    """
    text, arguments = call.target, call.arguments
    if not (isinstance(text, Literal) and isinstance(text.value, str)):
        return None
    if len(arguments) != 1 or not isinstance(arguments[0], ListLiteral):
        return None
    elements = arguments[0].elements
    try:
        used = _used(text.value, elements, types)
    except _Mismatch as problem:
        return (problem.node or call).at, str(problem)
    if len(elements) > used:
        expected = f"(expected {used}, got {len(elements)})"
        return call.at, f"too many arguments supplied to string.format {expected}"
    return None


def _used(text: str, elements: tuple[Node, ...], types: Mapping[Node, Type]) -> int:
    """Return how many elements the format string asks for."""
    used = place = 0
    while (place := text.find("%", place)) >= 0:
        place += 1
        if text[place : place + 1] == "%":
            place += 1
            continue
        if place >= len(text):
            raise _Mismatch("unexpected end of string")
        if used >= len(elements):
            raise _Mismatch(f"index {used} out of range")
        place = _after_precision(text, place)
        clause = text[place]
        if clause not in _CLAUSES:
            head = "could not parse formatting clause"
            raise _Mismatch(f'{head}: unrecognized formatting clause "{clause}"')
        _check(clause, elements[used], types)
        place += 1
        used += 1
    return used


def _after_precision(text: str, place: int) -> int:
    if text[place] != ".":
        return place
    end = place + 1
    while end < len(text) and text[end] in "0123456789":
        end += 1
    head = "could not parse formatting clause: error while parsing precision"
    if end >= len(text):
        raise _Mismatch(f"{head}: could not find end of precision specifier")
    if end == place + 1:
        cause = 'strconv.Atoi: parsing "": invalid syntax'
        text = f"error while converting precision to integer: {cause}"
        raise _Mismatch(f"{head}: {text}")
    return end


_INTEGERS: Final = ("int", "uint")
_FORMATTED: Final = frozenset(
    ("list", "map", "int", "uint", "double", "bool", "string", "bytes", "type")
) | {"null_type", "google.protobuf.Timestamp", "google.protobuf.Duration"}

_STRING_CLAUSE: Final = (
    "string clause can only be used on strings, bools, bytes, ints, doubles, maps, "
    "lists, types, durations, and timestamps"
)

_CLAUSES: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "s": (_FORMATTED, _STRING_CLAUSE),
    "d": (frozenset(_INTEGERS), "decimal clause can only be used on integers"),
    "f": (
        frozenset(("double", "string")),
        "fixed-point clause can only be used on doubles",
    ),
    "e": (
        frozenset(("double", "string")),
        "scientific clause can only be used on doubles",
    ),
    "b": (
        frozenset((*_INTEGERS, "bool")),
        "only integers and bools can be formatted as binary",
    ),
    **dict.fromkeys(
        ("x", "X"),
        (
            frozenset((*_INTEGERS, "string", "bytes")),
            "only integers, byte buffers, and strings can be formatted as hex",
        ),
    ),
    "o": (frozenset(_INTEGERS), "octal clause can only be used on integers"),
}


def _check(clause: str, node: Node, types: Mapping[Node, Type]) -> None:
    allowed, complaint = _CLAUSES[clause]
    pending = [node]
    while pending:
        node = pending.pop()
        kind = types[node]
        if kind != DYN and kind.name not in allowed:
            text = f"error during formatting: {complaint}, was given {kind.name}"
            raise _Mismatch(text, node)
        if clause == "s" and isinstance(node, ListLiteral):
            pending.extend(reversed(node.elements))
        elif clause == "s" and isinstance(node, MapLiteral):
            for entry in reversed(node.entries):
                pending.extend((entry.value, entry.key))
