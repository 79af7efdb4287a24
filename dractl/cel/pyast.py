"""Short constructors for Python's syntax trees."""

import ast
from collections.abc import Iterable
from typing import Any, Final

_AT: Final[dict[str, Any]] = {"lineno": 1, "col_offset": 0}
_LOAD: Final = ast.Load()
_STORE: Final = ast.Store()

COMPARE: Final[dict[str, ast.cmpop]] = {
    "==": ast.Eq(),
    "!=": ast.NotEq(),
    "<": ast.Lt(),
    "<=": ast.LtE(),
    ">": ast.Gt(),
    ">=": ast.GtE(),
    "in": ast.In(),
    "is": ast.Is(),
    "is not": ast.IsNot(),
}


def name(text: str) -> ast.expr:
    """Return a name that is read."""
    return ast.Name(text, _LOAD, **_AT)


def const(value: str | bool | float | bytes | None) -> ast.expr:
    """Return a constant."""
    return ast.Constant(value, **_AT)


def attribute(value: ast.expr, field: str) -> ast.expr:
    """Return `value.field`."""
    return ast.Attribute(value, field, _LOAD, **_AT)


def item(value: ast.expr, key: str | int) -> ast.expr:
    """Return `value[key]`."""
    return ast.Subscript(value, const(key), _LOAD, **_AT)


def call(function: ast.expr, *arguments: ast.expr) -> ast.expr:
    """Return `function(*arguments)`."""
    return ast.Call(function, list(arguments), [], **_AT)


def compare(left: ast.expr, operator: str, right: ast.expr) -> ast.expr:
    """Return `left operator right`."""
    return ast.Compare(left, [COMPARE[operator]], [right], **_AT)


def choose(test: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    """Return `then if test else otherwise`."""
    return ast.IfExp(test, then, otherwise, **_AT)


def assign(variable: str, value: ast.expr) -> ast.expr:
    """Return `(variable := value)`."""
    return ast.NamedExpr(ast.Name(variable, _STORE, **_AT), value, **_AT)


def both(terms: Iterable[ast.expr]) -> ast.expr:
    """Return the terms joined by `and`."""
    return ast.BoolOp(ast.And(), list(terms), **_AT)


def either(terms: Iterable[ast.expr]) -> ast.expr:
    """Return the terms joined by `or`."""
    return ast.BoolOp(ast.Or(), list(terms), **_AT)


def negated(value: ast.expr) -> ast.expr:
    """Return `not value`."""
    return ast.UnaryOp(ast.Not(), value, **_AT)


def sequence(elements: Iterable[ast.expr]) -> ast.expr:
    """Return a list display."""
    return ast.List(list(elements), _LOAD, **_AT)


def function(parameters: Iterable[str], body: ast.expr) -> ast.expr:
    """Return `lambda parameters: body`."""
    arguments = [ast.arg(parameter, None, **_AT) for parameter in parameters]
    return ast.Lambda(ast.arguments([], arguments, None, [], [], None, []), body, **_AT)
