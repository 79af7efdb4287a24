"""Calls and comparisons that have a shorter fast form than calling their function."""

import ast
from collections.abc import Callable
from typing import Final

from dractl.cel import pyast
from dractl.cel.codegen_scope import NotFast, Writer, found, stop, unpacked
from dractl.cel.constants import constant, constant_amount
from dractl.cel.library.table import function
from dractl.cel.nodes import Binary, Call, Literal, Node
from dractl.cel.operators import BINARY
from dractl.cel.paths import read_of
from dractl.cel.regex import RegexError, compile_pattern
from dractl.cel.types import QUANTITY, STRING
from dractl.cel.values import NONE, OptionalValue, Value
from dractl.model.attributes import SemVer
from dractl.model.quantity import Quantity

_TEXT_LENGTH: Final = 64  # of attribute values
_METHODS: Final = {"startsWith": "startswith", "endsWith": "endswith"}
_CASES: Final = {"lowerAscii": "lower", "upperAscii": "upper"}
_ORDERS: Final = {"isGreaterThan": ">", "isLessThan": "<"}
_MIRRORED: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})


def special_comparison(node: Binary, to: Writer) -> ast.expr | None:
    """Return the fast form of a comparison with a literal, if that is what it is."""
    if node.operator not in _MIRRORED or not isinstance(node.right, Literal):
        return None
    value = constant(node.right)
    if node.operator == "!=" and value.__class__ is str:
        # Of all that is not this text, nothing equals it, nor fails to compare.
        return pyast.compare(to.write(node.left), "!=", pyast.const(value))
    if value.__class__ not in {str, int, bool}:
        return None
    amount = _compared_amount(node, value)
    if amount is not None:
        return _ordered(node.left, amount, node.operator, to)
    if value.__class__ is bool and node.operator not in {"==", "!="}:
        return None
    held, bound = to.held(to.write(node.left))
    return pyast.choose(
        to.is_class(bound, value.__class__),
        pyast.compare(held, node.operator, pyast.const(value)),
        pyast.call(to.constant(BINARY[node.operator]), held, pyast.const(value)),
    )


def _compared_amount(node: Binary, value: Value) -> Value:
    """Return X of `a.compareTo(X) == 0` if it is a constant, else None."""
    left = node.left
    if (
        value.__class__ is int
        and value == 0
        and isinstance(left, Call)
        and left.function == "compareTo"
    ):
        return constant_amount(left.arguments[0])
    return None


def _ordered(node: Node, amount: Value, operator: str, to: Writer) -> ast.expr:
    """Compare the target of a call with a constant quantity or version."""
    target = node.target if isinstance(node, Call) and node.target else node
    is_version = amount.__class__ is SemVer
    field = "precedence" if is_version else "nanos"
    kind: type = SemVer if is_version else Quantity
    key = getattr(amount, field)
    written = to.write(target)
    if kind is Quantity and to.types.get(target) == QUANTITY:
        own = pyast.attribute(written, field)
        return pyast.compare(own, operator, to.constant(key))
    held, bound = to.held(written)
    return pyast.choose(
        to.is_class(bound, kind),
        pyast.compare(pyast.attribute(held, field), operator, to.constant(key)),
        pyast.call(to.constant(stop)),
    )


def special_call(node: Call, to: Writer) -> ast.expr | None:
    """Return the fast form of a call that has one of its own."""
    folded = constant_amount(node)
    if folded is not None:
        return to.constant(folded)
    if node.target is None:
        return None
    if node.function in {"or", "orValue"}:
        return _or_value(node, node.target, to)
    if node.function in _ORDERS:
        amount = constant_amount(node.arguments[0])
        if amount is not None:
            return _ordered(node, amount, _ORDERS[node.function], to)
    return _text_call(node, node.target, to)


def _text_call(  # noqa: PLR0911 one per function
    node: Call, target: Node, to: Writer
) -> ast.expr | None:
    name = node.function
    if name in {"find", "findAll"}:
        raise NotFast
    if name in _CASES:
        return _cased(name, target, to)
    argument = node.arguments[0] if len(node.arguments) == 1 else None
    if not isinstance(argument, Literal) or argument.kind != "string":
        if name == "matches":
            raise NotFast
        return None
    value = constant(argument)
    if name in _METHODS:
        return _on_text(
            target,
            to,
            lambda text: pyast.call(
                pyast.attribute(text, _METHODS[name]), pyast.const(value)
            ),
        )
    if name == "contains":
        return _on_text(
            target, to, lambda text: pyast.compare(pyast.const(value), "in", text)
        )
    if name == "matches":
        try:
            pattern = compile_pattern(value)
        except RegexError:
            return None
        if not pattern.is_quick(_TEXT_LENGTH):
            raise NotFast
        return _on_text(
            target, to, lambda text: pyast.call(to.constant(pattern.matches), text)
        )
    return None


def _cased(name: str, target: Node, to: Writer) -> ast.expr:
    """Use Python's method where it does the same: on texts of ASCII."""
    held, bound = to.held(to.write(target))
    return pyast.choose(
        pyast.both(
            [to.is_class(bound, str), pyast.call(pyast.attribute(held, "isascii"))]
        ),
        pyast.call(pyast.attribute(held, _CASES[name])),
        pyast.call(to.constant(function(name)), held),
    )


def _on_text(target: Node, to: Writer, use: Callable[[ast.expr], ast.expr]) -> ast.expr:
    written = to.write(target)
    if to.types.get(target) == STRING:
        return use(written)
    held, bound = to.held(written)
    return pyast.choose(
        to.is_class(bound, str), use(held), pyast.call(to.constant(stop))
    )


def _or_value(node: Call, target: Node, to: Writer) -> ast.expr:
    otherwise = to.write(node.arguments[0])
    read = read_of(target, to.aliases)
    if node.function == "orValue" and read is not None and read.how == "optional":
        held, bound = to.held(found(read))
        is_there = pyast.compare(bound, "is not", pyast.const(None))
        return pyast.choose(is_there, unpacked(read, held), otherwise)
    held, bound = to.held(to.write(target))
    value = held if node.function == "or" else pyast.attribute(held, "value")
    return pyast.choose(
        pyast.compare(bound, "is", to.constant(NONE)),
        otherwise,
        pyast.choose(
            to.is_class(held, OptionalValue), value, pyast.call(to.constant(stop))
        ),
    )
