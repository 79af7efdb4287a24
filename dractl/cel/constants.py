"""What an expression holds as constants: literals, lists of them, folded calls."""

from typing import Final

from dractl.cel.library.table import function
from dractl.cel.nodes import (
    Call,
    Ident,
    ListLiteral,
    Literal,
    MapEntry,
    MapLiteral,
    Node,
    Select,
)
from dractl.cel.types import CIDR, DURATION, IP, TIMESTAMP, Type
from dractl.cel.values import EvalFailure, UInt, Value

_CONVERSIONS: Final = frozenset(
    {
        *("bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp"),
        *("type", "uint"),
    }
)
"""Functions that cel-go computes beforehand if it can (planner: decOptimize)."""

_DOTTED: Final = {str(kind): kind for kind in (TIMESTAMP, DURATION, IP, CIDR)}


def constant(node: Literal) -> Value:
    """Return the value of a literal."""
    if node.kind == "uint" and isinstance(node.value, int):
        return UInt(node.value)
    return node.value


def constant_list(node: Node) -> tuple[Value, ...] | None:
    """Return the elements of a list literal of constants, else None."""
    if not isinstance(node, ListLiteral) or any(node.optional):
        return None
    values: list[Value] = []
    for element in node.elements:
        if isinstance(element, Literal):
            values.append(constant(element))
            continue
        inner = constant_list(element)
        if inner is None:
            return None
        values.append(inner)
    return tuple(values)


def named_type(node: Node) -> tuple[str, Type] | None:
    """Return the first name of a dotted type such as `net.IP`, and the type."""
    names: list[str] = []
    while isinstance(node, Select) and not node.optional:
        names.append(node.field)
        node = node.operand
    if not isinstance(node, Ident):
        return None
    kind = _DOTTED.get(".".join([node.name, *reversed(names)]))
    return None if kind is None else (node.name, kind)


def is_constant(node: Node) -> bool:
    """Tell whether cel-go computes the node beforehand, once for all devices."""
    match node:
        case Literal():
            return True
        case Call(function=name, target=None, arguments=arguments):
            return name in _CONVERSIONS and all(map(is_constant, arguments))
        case ListLiteral(elements=elements, optional=optional):
            return not any(optional) and all(map(is_constant, elements))
        case MapLiteral(entries=entries):
            return all(map(is_constant, entries))
        case MapEntry(key=key, value=value, optional=optional):
            return not optional and is_constant(key) and is_constant(value)
    return False


def constant_amount(node: Node) -> Value:
    """Return the quantity or version that a call with literals makes, else None."""
    if not isinstance(node, Call) or node.target is not None:
        return None
    if node.function not in {"quantity", "semver"}:
        return None
    values = [constant(each) for each in node.arguments if isinstance(each, Literal)]
    if len(values) < len(node.arguments):
        return None
    try:
        return function(node.function)(*values)
    except EvalFailure:
        return None  # it fails each time it is evaluated, and only then
