"""Macros: which calls are one, and the comprehension that each stands for.

The tree keeps macros as they were written. Checking and costing follow cel-go, which
sees only their expansions (parser/macro.go, ext/comprehensions.go, ext/bindings.go,
ext/lists.go, cel/library.go there), so both expand on demand.
"""

from dataclasses import dataclass
from typing import Final
from typing import Literal as OneOf

from dractl.cel.nodes import (
    Binary,
    Bind,
    Call,
    Conditional,
    Has,
    Ident,
    ListLiteral,
    Literal,
    Logic,
    Macro,
    MapLiteral,
    Node,
    Select,
    Unary,
    type_of_macro,
)

ACCUMULATOR: Final = "__result__"
"""The name under which cel-go's comprehensions collect their result."""

NOT_STRICTLY_FALSE: Final = "@not_strictly_false"
MAP_INSERT: Final = "cel.@mapInsert"
SORT_BY_KEYS: Final = "@sortByAssociatedKeys"

_UNUSED = "#unused"
_SORT_INPUT = "@__sortBy_input__"


class MacroError(ValueError):
    """A macro was called with something it cannot take; `at` is the place to show."""

    def __init__(self, at: int, message: str) -> None:
        self.at = at
        super().__init__(message)


@dataclass(frozen=True, slots=True, eq=False)
class Comprehension(Node):
    """cel-go's loop: fold the range into an accumulator.

    `second` is the second loop variable, None for loops over one. A bind is a loop
    over nothing whose `condition` is the literal false.
    """

    range: Node
    variable: str
    second: str | None
    accumulator: str
    initial: Node
    condition: Node
    step: Node
    result: Node

    @property
    def is_bind(self) -> bool:
        """Whether this only names a value, so that cel-go does not count a loop."""
        return (
            isinstance(self.range, ListLiteral)
            and not self.range.elements
            and isinstance(self.condition, Literal)
            and self.condition.value is False
            and self.accumulator != ACCUMULATOR
        )


_ONE_VARIABLE: dict[tuple[str, int], type_of_macro] = {
    ("all", 2): "all",
    ("exists", 2): "exists",
    ("exists_one", 2): "exists_one",
    ("existsOne", 2): "exists_one",
    ("map", 2): "map",
    ("map", 3): "map",
    ("filter", 2): "filter",
    ("sortBy", 2): "sortBy",
    ("optMap", 2): "optMap",
    ("optFlatMap", 2): "optFlatMap",
}

_TWO_VARIABLES: dict[tuple[str, int], type_of_macro] = {
    ("all", 3): "all",
    ("exists", 3): "exists",
    ("exists_one", 3): "exists_one",
    ("existsOne", 3): "exists_one",
    ("transformList", 3): "transformList",
    ("transformList", 4): "transformList",
    ("transformMap", 3): "transformMap",
    ("transformMap", 4): "transformMap",
    ("transformMapEntry", 3): "transformMapEntry",
    ("transformMapEntry", 4): "transformMapEntry",
}

_NOT_AN_IDENTIFIER: dict[str, str] = {
    "map": "argument is not an identifier",
    "filter": "argument is not an identifier",
    "sortBy": "argument is not an identifier",
    "optMap": "optMap() variable name must be a simple identifier",
    "optFlatMap": "optFlatMap() variable name must be a simple identifier",
}


def as_macro(call: Call) -> Node:
    """Return the macro that the call is, or the call itself; raises MacroError."""
    target, arguments, count = call.target, call.arguments, len(call.arguments)
    if target is None:
        if call.function == "has" and count == 1:
            return _has(call)
        return call
    if (key := (call.function, count)) in _ONE_VARIABLE:
        return _one_variable(call, target, _ONE_VARIABLE[key])
    if key in _TWO_VARIABLES:
        return _two_variables(call, target, _TWO_VARIABLES[key])
    if key == ("bind", 3) and isinstance(target, Ident) and target.name == "cel":
        name = arguments[0]
        if not isinstance(name, Ident):
            text = "cel.bind() variable names must be simple identifiers"
            raise MacroError(name.at, text)
        span = (call.start, call.end, call.at)
        return Bind(*span, name.name, arguments[1], arguments[2])
    return call


def _has(call: Call) -> Node:
    argument = call.arguments[0]
    # A test of a test is a test: cel-go's expansion of the inner has() is a selection.
    if isinstance(argument, Has) or (
        isinstance(argument, Select) and not argument.optional
    ):
        return Has(call.start, call.end, call.at, argument.operand, argument.field)
    raise MacroError(argument.at, "invalid argument to has() macro")


def _one_variable(call: Call, target: Node, name: type_of_macro) -> Macro:
    if name == "sortBy" and isinstance(target, Literal | MapLiteral):
        text = (
            "sortBy can only be applied to a list, identifier, comprehension, call or "
            "select expression"
        )
        raise MacroError(target.at, text)
    not_a_name = _NOT_AN_IDENTIFIER.get(name, "argument must be a simple name")
    variable = _variable(call.arguments[0], not_a_name)
    if not name.startswith("opt"):
        _keep_from_accumulator(variable, call.arguments[0])
    *condition, body = call.arguments[1:]
    span = (call.start, call.end, call.at)
    return Macro(
        *span, name, target, (variable,), condition[0] if condition else None, body
    )


def _two_variables(call: Call, target: Node, name: type_of_macro) -> Macro:
    one, two = call.arguments[:2]
    first = _variable(one, "argument must be a simple name")
    second = _variable(two, "argument must be a simple name")
    if first == second:
        raise MacroError(two.at, f"duplicate variable name: {first}")
    _keep_from_accumulator(first, one)
    _keep_from_accumulator(second, two)
    *condition, body = call.arguments[2:]
    span = (call.start, call.end, call.at)
    variables = (first, second)
    return Macro(
        *span, name, target, variables, condition[0] if condition else None, body
    )


def _variable(node: Node, otherwise: str) -> str:
    if isinstance(node, Ident):
        return node.name
    raise MacroError(node.at, otherwise)


def _keep_from_accumulator(variable: str, node: Node) -> None:
    if variable == ACCUMULATOR:
        raise MacroError(node.at, "iteration variable overwrites accumulator variable")


def expand(node: Macro | Bind) -> Node:
    """Return what cel-go makes of a macro; the operands are the same nodes."""
    make = _Maker(node)
    if isinstance(node, Bind):
        return make.bind(node.name, node.value, node.body)
    if node.name == "sortBy":
        return make.sort_by(node)
    if node.name in ("optMap", "optFlatMap"):
        return make.optional_map(node)
    return make.loop(node)


class _Maker:
    """Makes nodes that stand where the macro's opening parenthesis stands."""

    def __init__(self, node: Macro | Bind) -> None:
        self.span = (node.start, node.end, node.at)

    def bind(self, name: str, value: Node, body: Node) -> Comprehension:
        nothing = self.list()
        false = self.literal("bool", value=False)
        step = self.ident(name)
        span = self.span
        return Comprehension(
            *span, nothing, _UNUSED, None, name, value, false, step, body
        )

    def sort_by(self, node: Macro) -> Node:
        keys = Macro(
            *self.span, "map", self.ident(_SORT_INPUT), node.variables, None, node.body
        )
        sort = Call(*self.span, SORT_BY_KEYS, self.ident(_SORT_INPUT), (keys,))
        return self.bind(_SORT_INPUT, node.range, sort)

    def optional_map(self, node: Macro) -> Node:
        value = Call(*self.span, "value", node.range, ())
        inner: Node = self.bind(node.variables[0], value, node.body)
        if node.name == "optMap":
            inner = Call(*self.span, "optional.of", None, (inner,))
        present = Call(*self.span, "hasValue", node.range, ())
        return Conditional(
            *self.span, present, inner, Call(*self.span, "optional.none", None, ())
        )

    def loop(self, node: Macro) -> Comprehension:
        initial, condition, step, result = self.parts(node)
        first, *rest = node.variables
        second = rest[0] if rest else None
        span = self.span
        return Comprehension(
            *span,
            node.range,
            first,
            second,
            ACCUMULATOR,
            initial,
            condition,
            step,
            result,
        )

    def parts(self, node: Macro) -> tuple[Node, Node, Node, Node]:
        """Return the initial value, the condition, the step and the result."""
        match node.name:
            case "all":
                condition: Node = Call(
                    *self.span, NOT_STRICTLY_FALSE, None, (self.accumulated(),)
                )
                step: Node = self.logic("&&", node.body)
                return self.truth(), condition, step, self.accumulated()
            case "exists":
                negated = Unary(*self.span, "!", self.accumulated())
                condition = Call(*self.span, NOT_STRICTLY_FALSE, None, (negated,))
                step = self.logic("||", node.body)
                false = self.literal("bool", value=False)
                return false, condition, step, self.accumulated()
            case "exists_one":
                more = Binary(*self.span, "+", self.accumulated(), self.number(1))
                step = self.when(node.body, more)
                result = Binary(*self.span, "==", self.accumulated(), self.number(1))
                return self.number(0), self.truth(), step, result
        step = self.growing(node)
        if node.condition is not None:
            step = self.when(node.condition, step)
        elif node.name == "filter":
            step = self.when(node.body, step)
        empty: Node = self.list()
        if node.name.startswith("transformMap"):
            empty = MapLiteral(*self.span, ())
        return empty, self.truth(), step, self.accumulated()

    def growing(self, node: Macro) -> Node:
        """Return the step of a macro that collects into a list or a map."""
        match node.name:
            case "transformMap":
                key = self.ident(node.variables[0])
                inserted: tuple[Node, ...] = (self.accumulated(), key, node.body)
                return Call(*self.span, MAP_INSERT, None, inserted)
            case "transformMapEntry":
                inserted = (self.accumulated(), node.body)
                return Call(*self.span, MAP_INSERT, None, inserted)
            case "filter":
                item: Node = self.ident(node.variables[0])
            case _:
                item = node.body
        return Binary(*self.span, "+", self.accumulated(), self.list(item))

    def accumulated(self) -> Ident:
        return self.ident(ACCUMULATOR)

    def ident(self, name: str) -> Ident:
        return Ident(*self.span, name)

    def literal(self, kind: OneOf["bool", "int"], *, value: int) -> Literal:
        return Literal(*self.span, kind, value)

    def number(self, value: int) -> Literal:
        return self.literal("int", value=value)

    def truth(self) -> Literal:
        return self.literal("bool", value=True)

    def list(self, *elements: Node) -> ListLiteral:
        return ListLiteral(*self.span, elements, (False,) * len(elements))

    def logic(self, operator: OneOf["&&", "||"], body: Node) -> Logic:
        terms = (self.accumulated(), body)
        return Logic(*self.span, operator, terms, (self.span[2],))

    def when(self, condition: Node, then: Node) -> Conditional:
        return Conditional(*self.span, condition, then, self.accumulated())
