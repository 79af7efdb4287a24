"""The fast form of an expression: one Python expression, made with the `ast` module.

It handles no errors. Whatever it raises, and whatever it returns that is no bool, means
"ask the exact form"; it may only answer with a bool where the exact form gives the
same. Nothing of the user's text becomes source: names are ours, texts are constants.
"""

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

from dractl.cel import pyast
from dractl.cel.codegen_calls import special_call, special_comparison
from dractl.cel.codegen_scope import (
    NotFast,
    Writer,
    cells,
    found,
    iterate_few,
    unpacked,
)
from dractl.cel.constants import constant, constant_list, named_type
from dractl.cel.device import has_domain, whole
from dractl.cel.library.table import function
from dractl.cel.nodes import (
    Binary,
    Bind,
    Call,
    Conditional,
    Has,
    Ident,
    Index,
    ListLiteral,
    Literal,
    Logic,
    Macro,
    Node,
    Select,
    Unary,
)
from dractl.cel.operators import (
    BINARY,
    has,
    look_up,
    look_up_optional,
    negate,
    select,
)
from dractl.cel.paths import Read, path_of, read_of, with_variables
from dractl.cel.types import BOOL, DOUBLE, INT, STRING, UINT, Type
from dractl.cel.values import NONE, OptionalValue, UInt

Predicate = Callable[[Any], object]  # of a Device, or what looks like one
_MAPS: Final = {("attributes",), ("capacity",)}
_PLAIN: Final = frozenset({BOOL, DOUBLE, INT, STRING, UINT})
_ORDERS: Final = frozenset({"<", "<=", ">", ">="})


def fast_form(root: Node, types: Mapping[Node, Type]) -> Predicate | None:
    """Return the predicate, or None if the expression has parts without a fast form."""
    writer = Writer(types, write)
    try:
        body = writer.boolean(root)
    except NotFast:
        return None
    tree = ast.Expression(pyast.function(["device"], body))
    code = compile(tree, "<selector>", "eval")
    made: Predicate = eval(code, writer.names)  # noqa: S307 our own tree, not text
    return made


def write(node: Node, to: Writer) -> ast.expr:
    """Return the Python expression of a node; raise NotFast if it has none."""
    read = read_of(node, to.aliases)
    if read is not None:
        return _READS[read.how](read, to)
    writer = _WRITERS.get(node.__class__)
    if writer is None:
        raise NotFast
    return writer(node, to)


# Reads of single values: one lookup


def _read_value(read: Read, to: Writer) -> ast.expr:  # noqa: ARG001 same shape for all
    device = pyast.name("device")
    if read.map == "driver":
        return pyast.item(pyast.attribute(device, "id"), 0)
    if not read.key:
        return pyast.attribute(device, "allow_multiple_allocations")
    return unpacked(read, pyast.item(cells(read.map), read.key))


def _read_has(read: Read, to: Writer) -> ast.expr:  # noqa: ARG001 same shape for all
    return pyast.compare(pyast.const(read.key), "in", cells(read.map))


def _read_optional(read: Read, to: Writer) -> ast.expr:
    held, bound = to.held(found(read))
    return pyast.choose(
        pyast.compare(bound, "is not", pyast.const(None)),
        pyast.call(to.constant(OptionalValue), unpacked(read, held)),
        to.constant(NONE),
    )


_READS: Final = {"value": _read_value, "has": _read_has, "optional": _read_optional}


# Everything else


def _literal(node: Literal, to: Writer) -> ast.expr:
    value = constant(node)
    return to.constant(value) if value.__class__ is UInt else pyast.const(value)


def _ident(node: Ident, to: Writer) -> ast.expr:
    variable = to.variables.get(node.name)
    if variable is not None:
        return pyast.name(variable)
    if path_of(node, to.aliases) is None:
        return to.constant(Type(node.name))
    return _path(node, to)


def _path(node: Node, to: Writer) -> ast.expr:
    """Write part of the device as the nested maps that it is."""
    value = pyast.call(to.constant(whole), pyast.name("device"))
    for field in path_of(node, to.aliases) or ():
        value = pyast.call(to.constant(select), value, pyast.const(field))
    return value


def _select(node: Select, to: Writer) -> ast.expr:
    named = named_type(node)
    if named is not None and named[0] not in to.variables:
        return to.constant(named[1])
    find = look_up_optional if node.optional else select
    return pyast.call(
        to.constant(find), to.write(node.operand), pyast.const(node.field)
    )


def _has(node: Has, to: Writer) -> ast.expr:
    return pyast.call(to.constant(has), to.write(node.operand), pyast.const(node.field))


def _index(node: Index, to: Writer) -> ast.expr:
    find = look_up_optional if node.optional else look_up
    return pyast.call(to.constant(find), to.write(node.operand), to.write(node.key))


def _unary(node: Unary, to: Writer) -> ast.expr:
    if node.operator == "!":
        return pyast.negated(to.boolean(node.operand))
    return pyast.call(to.constant(negate), to.write(node.operand))


def _logic(node: Logic, to: Writer) -> ast.expr:
    terms = map(to.boolean, node.terms)
    return pyast.both(terms) if node.operator == "&&" else pyast.either(terms)


def _conditional(node: Conditional, to: Writer) -> ast.expr:
    return pyast.choose(
        to.boolean(node.condition), to.write(node.then), to.write(node.otherwise)
    )


def _list(node: ListLiteral, to: Writer) -> ast.expr:
    known = constant_list(node)
    if known is not None:
        return to.constant(known)
    if any(node.optional):
        raise NotFast
    return pyast.sequence(map(to.write, node.elements))


def _binary(node: Binary, to: Writer) -> ast.expr:
    operator = node.operator
    if operator == "in":
        return _membership(node, to)
    quick = special_comparison(node, to)
    if quick is not None:
        return quick
    left, right = to.types.get(node.left), to.types.get(node.right)
    if (
        left == right
        and left in _PLAIN
        and (operator in {"==", "!="} or (operator in _ORDERS and left != DOUBLE))
    ):
        return pyast.compare(to.write(node.left), operator, to.write(node.right))
    compute = to.constant(BINARY[operator])
    return pyast.call(compute, to.write(node.left), to.write(node.right))


def _membership(node: Binary, to: Writer) -> ast.expr:
    elements = constant_list(node.right)
    if elements == ():
        return pyast.const(value=False)
    path = path_of(node.right, to.aliases)
    if path in _MAPS and isinstance(node.left, Literal):
        return pyast.call(to.constant(has_domain), cells(path[0]), to.write(node.left))
    general = to.constant(BINARY["in"])
    if elements is None or any(each.__class__ is not str for each in elements):
        return pyast.call(general, to.write(node.left), to.write(node.right))
    held, bound = to.held(to.write(node.left))
    return pyast.choose(
        to.is_class(bound, str),
        pyast.compare(held, "in", to.constant(frozenset(elements))),
        pyast.call(general, held, to.constant(elements)),
    )


def _call(node: Call, to: Writer) -> ast.expr:
    quick = special_call(node, to)
    if quick is not None:
        return quick
    given = node.arguments if node.target is None else (node.target, *node.arguments)
    return pyast.call(to.constant(function(node.function)), *map(to.write, given))


def _bind(node: Bind, to: Writer) -> ast.expr:
    aliases = with_variables(to.aliases, node)
    if aliases[node.name] is not None:
        return to.inside(aliases, {}, node.body)
    value = to.write(node.value)
    variable = to.fresh()
    body = to.inside(aliases, {node.name: variable}, node.body)
    return pyast.call(pyast.function([variable], body), value)


def _macro(node: Macro, to: Writer) -> ast.expr:
    wrap = _MACROS.get(node.name)
    if wrap is None or node.condition is not None or len(node.variables) != 1:
        raise NotFast
    source = pyast.call(to.constant(iterate_few), to.write(node.range))
    variable = to.fresh()
    body = to.inside(
        with_variables(to.aliases, node),
        {node.variables[0]: variable},
        node.body,
        boolean=node.name != "map",
    )
    rounds = pyast.call(
        to.constant(filter if node.name == "filter" else map),
        pyast.function([variable], body),
        source,
    )
    made = pyast.call(to.constant(wrap), rounds)
    if node.name == "exists_one":
        return pyast.compare(made, "==", pyast.const(1))
    return made


_MACROS: Final[dict[str, Callable[..., object]]] = {
    "all": all,
    "exists": any,
    "exists_one": sum,
    "map": list,
    "filter": list,
}
_WRITERS: Final[dict[type, Callable[..., ast.expr]]] = {
    Literal: _literal,
    Ident: _ident,
    Select: _select,
    Has: _has,
    Index: _index,
    Unary: _unary,
    Logic: _logic,
    Conditional: _conditional,
    ListLiteral: _list,
    Binary: _binary,
    Call: _call,
    Bind: _bind,
    Macro: _macro,
}
