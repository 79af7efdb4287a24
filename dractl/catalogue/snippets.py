"""Expressions to copy: how to select the devices that have a value.

Every snippet asks whether the value is there before it reads it, as `cel.guard` does.
"""

from collections.abc import Sequence
from typing import Final

from dractl.catalogue.index import Entry, Seen
from dractl.catalogue.values import QUANTITY, Value, kind_of
from dractl.cel.errors import SelectorCompileError
from dractl.cel.guard import guarded
from dractl.cel.parser import parse
from dractl.cel.quoting import quoted, value_path, value_test
from dractl.model.attributes import LIST_KINDS, SemVer
from dractl.model.quantity import Quantity

_MOST_ELEMENTS: Final = 48  # beyond it, `includes` is an error


def snippet(entry: Entry, seen: Seen | None = None) -> str | None:
    """Return a guarded expression for a value, by default the most frequent one.

    Amounts and versions are compared with "at least". None where no expression can
    tell: an attribute without a value, or text that CEL cannot spell.
    """
    seen = seen or entry.values[0]
    text = _condition(entry, seen)
    if text is None:
        return None
    try:
        return guarded(text, parse(text)) or text
    except SelectorCompileError:
        return None


def _condition(entry: Entry, seen: Seen) -> str | None:
    path = value_path(entry.path)
    value = seen.value
    if value is None:
        return None
    if isinstance(value, tuple):
        if 0 < len(value) <= _MOST_ELEMENTS:
            return f"{path}.includes({literal(value[0])})"
        return value_test(entry.path)
    if len(entry.kinds) > 1:
        # An error where the left side of == is a version and the right side is not.
        if isinstance(value, SemVer):
            return f"{path} in [{literal(value)}]"
        return f"{literal(value)} == {path}"
    operator = ">=" if seen.kind in {"version", QUANTITY} else "=="
    return condition(entry.path, operator, value)


def condition(where: Sequence[str], operator: str, value: Value) -> str:
    """Return the comparison of an attribute or capacity with a value, unguarded.

    `where` is its path below `device`; `operator` is ==, !=, <, <=, > or >=.
    """
    path = value_path(where)
    if isinstance(value, SemVer | Quantity):
        return f"{path}.compareTo({literal(value)}) {operator} 0"
    if kind_of(value) in LIST_KINDS and isinstance(value, tuple):
        return f"{path} {operator} [{', '.join(map(literal, value))}]"
    if isinstance(value, bool) and operator in {"==", "!="}:
        return path if value is (operator == "==") else f"!{path}"
    return f"{path} {operator} {literal(value)}"


def literal(value: Value) -> str:
    """Return a single value as CEL spells it."""
    match value:
        case bool():
            return "true" if value else "false"
        case SemVer():
            return f"semver({quoted(str(value))})"
        case Quantity():
            return f"quantity({quoted(str(value))})"
        case str():
            return quoted(value)
    return str(value)
