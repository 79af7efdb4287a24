"""The exact form of an expression: closures with CEL's errors and the cost limit.

One closure per node, one Python frame per level. Failures are EvalFailure; `&&`, `||`
and the macros absorb them as cel-go does. Every step is charged for (`cel.charges`).
"""

from collections.abc import Callable, Mapping
from typing import Final

from dractl.cel import charges
from dractl.cel.constants import constant, constant_list, is_constant, named_type
from dractl.cel.exact_macros import build_bind, build_macro
from dractl.cel.frame import Frame, Lazy, Run, Scope, boolean
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
    MapLiteral,
    Node,
    Select,
    Unary,
)
from dractl.cel.operators import (
    BINARY,
    has,
    invert,
    look_up,
    look_up_optional,
    negate,
    select,
)
from dractl.cel.types import Type
from dractl.cel.values import (
    NONE,
    EvalFailure,
    OptionalValue,
    Value,
    map_key,
    no_such_overload,
)

_LONG_LIST: Final = 1000
"""No device that the API server accepts has longer lists; reading those costs."""


def exact_form(
    root: Node, types: Mapping[Node, Type]
) -> Callable[[Value], tuple[Value, int]]:
    """Return a function from the variable `device` to the value and its cost.

    It raises EvalFailure and LimitExceeded.
    """
    scope = Scope(_BUILDERS, types)
    run = scope.build(root)

    def evaluate(device: Value) -> tuple[Value, int]:
        frame = Frame(device, scope.variables)
        return run(frame), frame.cost

    return evaluate


def _located(failure: EvalFailure, node: Node) -> EvalFailure:
    if failure.node is None:
        failure.node = node
    return failure


# Names and paths


def _literal(node: Literal, scope: Scope) -> Run:  # noqa: ARG001 same shape for all
    value = constant(node)
    return lambda frame: value  # noqa: ARG005 every closure takes the frame


def _ident(node: Ident, scope: Scope) -> Run:
    slot = scope.slot(node.name)
    if slot is None and node.name != "device":
        kind = Type(node.name)
        return lambda frame: kind  # noqa: ARG005 every closure takes the frame

    def device(frame: Frame) -> Value:
        frame.cost += charges.STEP
        return frame.device

    def variable(frame: Frame) -> Value:
        frame.cost += charges.STEP
        value = frame.variables[slot or 0]
        return value.read(frame) if value.__class__ is Lazy else value

    return device if slot is None else variable


def _select(node: Select, scope: Scope) -> Run:
    named = named_type(node)
    if named is not None and scope.slot(named[0]) is None:
        return lambda frame: named[1]  # noqa: ARG005 every closure takes the frame
    operand, field = scope.build(node.operand), node.field
    find = look_up_optional if node.optional else select
    cost = _path_step(node)

    def run(frame: Frame) -> Value:
        value = operand(frame)
        frame.cost += cost
        try:
            found = find(value, field)
        except EvalFailure as failure:
            raise _located(failure, node)  # noqa: B904 the same exception
        if found is NONE:
            frame.cost -= charges.STEP
        return found

    return run


def _is_path(node: Node) -> bool:
    while isinstance(node, Select | Index):
        node = node.operand
    return isinstance(node, Ident)


def _path_step(node: Select | Index) -> int:
    """Return the cost of one step; the first one from a computed value costs two."""
    is_path = isinstance(node.operand, Ident | Select | Index)
    return charges.STEP if is_path else 2 * charges.STEP


def _has(node: Has, scope: Scope) -> Run:
    operand, field = scope.build(node.operand), node.field

    def run(frame: Frame) -> bool:
        value = operand(frame)
        try:
            return has(value, field)
        except EvalFailure as failure:
            raise _located(failure, node)  # noqa: B904 the same exception

    return run


def _index(node: Index, scope: Scope) -> Run:
    operand, key = scope.build(node.operand), scope.build(node.key)
    find = look_up_optional if node.optional else look_up
    cost = _path_step(node)
    if isinstance(node.key, Ident | Select | Index):
        cost -= charges.STEP  # the key is charged for as a path of its own

    def run(frame: Frame) -> Value:
        value = operand(frame)
        place = key(frame)
        frame.cost += cost
        try:
            found = find(value, place)
        except EvalFailure as failure:
            raise _located(failure, node)  # noqa: B904 the same exception
        if found is NONE:
            frame.cost -= charges.STEP
        return found

    return run


# Operators


def _unary(node: Unary, scope: Scope) -> Run:
    operand = scope.build(node.operand)
    compute = invert if node.operator == "!" else negate

    def run(frame: Frame) -> Value:
        try:
            return compute(operand(frame))
        except EvalFailure as failure:
            raise _located(failure, node)  # noqa: B904 the same exception
        finally:
            frame.cost += charges.STEP

    return run


def _binary(node: Binary, scope: Scope) -> Run:
    if node.operator == "in" and constant_list(node.right) == ():
        return lambda frame: False  # noqa: ARG005 cel-go folds it, unevaluated
    left, right = scope.build(node.left), scope.build(node.right)
    compute, operator = BINARY[node.operator], node.operator
    fixed = _membership_cost(node, scope) if operator == "in" else None

    def run(frame: Frame) -> Value:
        try:
            first = left(frame)
            second = right(frame)
        except EvalFailure:
            frame.cost += charges.STEP
            raise
        if fixed is None:
            frame.charge(charges.of_operator(operator, first, second))
        else:
            frame.charge(fixed + max(charges.size(second) - _LONG_LIST, 0))
        try:
            return compute(first, second)
        except EvalFailure as failure:
            raise _located(failure, node)  # noqa: B904 the same exception

    return run


def _membership_cost(node: Binary, scope: Scope) -> int | None:
    """Return what `in` costs; None: it depends on the list."""
    if charges.is_set(constant_list(node.right)):
        return 0
    # Of a dyn, cel-go does not know in time that it is a list.
    return None if scope.types[node.right].name == "list" else charges.STEP


def _logic(node: Logic, scope: Scope) -> Run:
    terms = tuple(map(scope.build, node.terms))
    decisive = node.operator == "||"

    def run(frame: Frame) -> bool:
        failed: EvalFailure | None = None
        for term in terms:
            try:
                if boolean(term(frame)) is decisive:
                    return decisive
            except EvalFailure as failure:
                failed = failed or failure
        if failed is not None:
            raise _located(failed, node)
        return not decisive

    return run


def _conditional(node: Conditional, scope: Scope) -> Run:
    condition, then, otherwise = map(
        scope.build, (node.condition, node.then, node.otherwise)
    )
    then_discount = charges.STEP if _is_path(node.then) else 0
    otherwise_discount = charges.STEP if _is_path(node.otherwise) else 0

    def run(frame: Frame) -> Value:
        try:
            answer = boolean(condition(frame))
        except EvalFailure as failure:
            raise _located(failure, node)  # noqa: B904 the same exception
        if answer:
            frame.cost -= then_discount
            return then(frame)
        frame.cost -= otherwise_discount
        return otherwise(frame)

    return run


# Literals of collections


def _list(node: ListLiteral, scope: Scope) -> Run:
    known = constant_list(node)
    if known is not None:
        return lambda frame: known  # noqa: ARG005 every closure takes the frame
    elements = tuple(map(scope.build, node.elements))
    pairs = tuple(zip(elements, node.optional, strict=True))
    cost = 0 if is_constant(node) else charges.LIST

    def run(frame: Frame) -> list[Value]:
        made: list[Value] = []
        for element, optional in pairs:
            value = element(frame)
            if not optional:
                made.append(value)
            elif value.__class__ is not OptionalValue:
                raise EvalFailure("no such overload")
            elif value is not NONE:
                made.append(value.value)
        frame.charge(cost)
        return made

    return run


def _map(node: MapLiteral, scope: Scope) -> Run:
    entries = tuple(
        (scope.build(entry.key), scope.build(entry.value), entry.optional)
        for entry in node.entries
    )
    cost = 0 if is_constant(node) else charges.MAP

    def run(frame: Frame) -> dict[Value, Value]:
        made: dict[Value, Value] = {}
        for key, value, optional in entries:
            place, held = map_key(key(frame)), value(frame)
            if optional:
                if held is NONE:
                    made.pop(place, None)
                    continue
                held = held.value
            made[place] = held  # the last of equal keys wins
        frame.charge(cost)
        return made

    return run


# Calls


def _call(node: Call, scope: Scope) -> Run:
    if node.target is not None and node.function in {"or", "orValue"}:
        return _or_value(node, scope)
    name, compute = node.function, function(node.function)
    given = node.arguments if node.target is None else (node.target, *node.arguments)
    arguments = tuple(map(scope.build, given))
    is_free = is_constant(node)

    def run(frame: Frame) -> Value:
        try:
            values = [argument(frame) for argument in arguments]
        except EvalFailure:
            frame.cost += charges.STEP
            raise
        result: Value = None
        try:
            result = compute(*values)
        except EvalFailure as failure:
            raise _located(failure, node)  # noqa: B904 the same exception
        finally:
            if not is_free:
                frame.charge(charges.of_call(name, values, result))
        return result

    return run


def _or_value(node: Call, scope: Scope) -> Run:
    """Build `or` and `orValue`, whose argument only runs if it is needed."""
    target = scope.build(node.target) if node.target is not None else None
    otherwise = scope.build(node.arguments[0])
    name = node.function

    def run(frame: Frame) -> Value:
        value = target(frame) if target is not None else None
        if value is NONE:
            return otherwise(frame)
        if value.__class__ is not OptionalValue:
            raise _located(no_such_overload(name, value), node)
        return value if name == "or" else value.value

    return run


_BUILDERS: Final[dict[type, Callable[..., Run]]] = {
    Literal: _literal,
    Ident: _ident,
    Select: _select,
    Has: _has,
    Index: _index,
    Unary: _unary,
    Binary: _binary,
    Logic: _logic,
    Conditional: _conditional,
    ListLiteral: _list,
    MapLiteral: _map,
    Call: _call,
    Macro: build_macro,
    Bind: build_bind,
}
