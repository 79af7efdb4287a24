"""Values of attributes and capacities: their kinds, their order, their text."""

import re
from typing import Any, Final, Literal, TypeGuard

from dractl.model.attributes import Scalar, SemVer, SemVerError
from dractl.model.quantity import Quantity, QuantityError

MapName = Literal["attributes", "capacity"]
"""The maps of `device` in which an expression finds values."""

Value = Scalar | tuple[Scalar, ...] | Quantity | None
"""A value as devices publish it; None: an attribute that holds none."""

QUANTITY: Final = "quantity"
ORDERED: Final = frozenset({"int", "version", QUANTITY})
"""The kinds of which one value is larger than another."""

ELEMENTS: Final = {
    "strings": "string",
    "ints": "int",
    "bools": "bool",
    "versions": "version",
}
"""The kinds of lists, and of what stands in them."""

_INTEGER: Final = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_NOUNS: Final = {"": "an empty value", "int": "an int"}


def text_of(value: Value) -> str:
    """Return a value as people read it."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(text_of, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "<none>" if value is None else str(value)


def kind_of(value: Value | float) -> str:
    """Return the kind of a value: that of the wire, or `quantity`; "" if none."""
    match value:
        case tuple():
            return f"{kind_of(value[0])}s" if value else "strings"
        case bool():
            return "bool"
        case int():
            return "int"
        case SemVer():
            return "version"
        case Quantity():
            return QUANTITY
    return "" if value is None else "string"


def noun(kind: str) -> str:
    """Return a kind with its article."""
    return _NOUNS.get(kind) or ("a list" if kind in ELEMENTS else f"a {kind}")


Ordered = int | Quantity | SemVer


def is_ordered(value: Value) -> TypeGuard[Ordered]:
    """Tell whether the value is one of an ordered kind."""
    return kind_of(value) in ORDERED


def rank(value: Ordered) -> Any:
    """Return what to compare to order values of one kind."""
    return value.precedence if isinstance(value, SemVer) else value


def converted(value: Scalar | Quantity | float, kind: str) -> Value:
    """Return what the value says as one of another kind; None: it says nothing so."""
    text = text_of(value) if not isinstance(value, float) else str(value)
    try:
        match kind:
            case "quantity":
                return Quantity.parse(text)
            case "version":
                return SemVer.parse(text)
            case "int":
                return int(text) if _INTEGER.fullmatch(text) else None
            case "bool":
                return {"true": True, "false": False}.get(text)
    except (QuantityError, SemVerError):
        return None
    return text if kind == "string" else None
