"""What an expression holds as constants: literals, lists of them, folded calls."""

from dractl.cel.library.table import FUNCTIONS
from dractl.cel.nodes import Call, ListLiteral, Literal, Node
from dractl.cel.values import EvalFailure, UInt, Value


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
        return FUNCTIONS[node.function](*values)
    except EvalFailure:
        return None  # it fails each time it is evaluated, and only then
