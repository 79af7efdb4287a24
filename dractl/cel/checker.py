"""The type of every node of an expression, or what is wrong with it.

Follows cel-go's checker (checker/checker.go) on macros' expansions. It walks with a
stack of its own, as expressions may nest deeper than Python's recursion limit allows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from dractl.cel.declarations import attribute_type, field_of_device, overloads, variable
from dractl.cel.environment import Environment
from dractl.cel.errors import Issue, SelectorCompileError, issue_at
from dractl.cel.macros import Comprehension, expand
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
from dractl.cel.overloads import resolve
from dractl.cel.types import (
    BOOL,
    BYTES,
    DEVICE,
    DOUBLE,
    DYN,
    INT,
    NULL,
    STRING,
    UINT,
    Type,
    list_of,
    map_of,
    optional_of,
)
from dractl.cel.unification import (
    ERROR,
    Substitution,
    TooComplex,
    bounded,
    is_dyn,
    is_optional,
    is_struct,
    more_general,
    shown,
)
from dractl.cel.validators import constant_problem, literal_issues


@dataclass(frozen=True, slots=True)
class Checked:
    """An expression that compiles: its tree and the type of every node.

    `expansions` holds what each macro stands for, `overloads` the signatures that each
    call, operator and macro part may use at run time; both serve the cost estimate.
    """

    source: str
    root: Node
    types: Mapping[Node, Type]
    expansions: Mapping[Node, Node] = field(repr=False)
    overloads: Mapping[Node, tuple[str, ...]] = field(repr=False)


def check(source: str, root: Node, environment: Environment) -> Checked:
    """Return the types of the tree that was parsed from the source.

    Raises SelectorCompileError for everything that keeps the API server from accepting
    the expression, its cost excepted.
    """
    checker = _Checker(source, environment)
    try:
        checker.run(root)
        if not checker.issues:
            checker.settle()
    except TooComplex:
        text = "the types of this expression are too complex"
        raise SelectorCompileError(source, (Issue(0, 0, text),)) from None
    checked = Checked(
        source, root, checker.types, checker.expansions, checker.overloads
    )
    issues = checker.issues or [
        issue_at(source, at, text)
        for at, text in literal_issues(checked.types, checker.exempt)
    ]
    if issues:
        ordered = sorted(issues, key=lambda issue: (issue.line, issue.column))
        raise SelectorCompileError(source, tuple(ordered[:100]))
    _refuse_useless(checked, environment)
    return checked


def _refuse_useless(checked: Checked, environment: Environment) -> None:
    kind = checked.types[checked.root]
    problem = None
    if kind not in (BOOL, attribute_type(environment)):
        problem = f"must evaluate to bool or the unknown type, not {kind}"
    elif text := constant_problem(checked.types, checked.overloads):
        problem = f"program instantiation failed: {text}"
    if problem:
        raise SelectorCompileError(checked.source, (Issue(0, 0, problem),))


_LITERALS = {
    "null": NULL,
    "bool": BOOL,
    "int": INT,
    "uint": UINT,
    "double": DOUBLE,
    "string": STRING,
    "bytes": BYTES,
}

_Step = Node | Callable[[], None]


class _Checker:
    def __init__(self, source: str, environment: Environment) -> None:
        self.source = source
        self.environment = environment
        self.issues: list[Issue] = []
        self.types: dict[Node, Type] = {}
        self.expansions: dict[Node, Node] = {}
        self.overloads: dict[Node, tuple[str, ...]] = {}
        self.exempt: set[Node] = set()
        self.substitution = Substitution()
        self.scope: dict[str, list[Type]] = {}
        self.formats = 0
        self.unsettled: list[Node] = []

    def run(self, root: Node) -> None:
        """Visit nodes and call what is due after them."""
        pending: list[_Step] = [root]
        while pending:
            step = pending.pop()
            if isinstance(step, Node):
                pending.extend(reversed(self.plan(step)))
            else:
                step()

    def settle(self) -> None:
        """Replace what is left of type variables; unknown types are dyn."""
        for node in self.unsettled:
            kind = self.types[node]
            self.types[node] = self.substitution.resolved(kind, to_dyn=True)

    def complain(self, node: Node, message: str) -> None:
        self.issues.append(issue_at(self.source, node.at, message))

    def give(self, node: Node, kind: Type) -> None:
        self.types[node] = bounded(kind)
        if not kind.ground:
            self.unsettled.append(node)

    def mismatch(self, node: Node, expected: Type, found: Type) -> None:
        text = f"expected type '{shown(expected)}' but found '{shown(found)}'"
        self.complain(node, text)

    # What to do for a node: a list of nodes to visit and things to do, in order.

    def plan(self, node: Node) -> Sequence[_Step]:  # noqa: C901, PLR0911, PLR0912 a table
        match node:
            case Literal():
                self.give(node, _LITERALS[node.kind])
                return ()
            case Ident():
                self.ident(node)
                return ()
            case Select() if (kind := _type_named(node)) is not None:
                self.give(node, kind)
                return ()
            case Select() | Has():
                return (node.operand, lambda: self.select(node))
            case Index():
                return (node.operand, node.key, lambda: self.index(node))
            case Binary():
                return (node.left, node.right, lambda: self.binary(node))
            case Unary():
                name = f"{node.operator}_"
                operand = node.operand
                return (operand, lambda: self.call(node, name, (operand,)))
            case Logic():
                return (*node.terms, lambda: self.logic(node))
            case Conditional():
                parts = (node.condition, node.then, node.otherwise)
                return (*parts, lambda: self.call(node, "_?_:_", parts))
            case Call():
                return self.plan_call(node)
            case ListLiteral():
                return self.plan_list(node)
            case MapLiteral():
                return self.plan_map(node)
            case Macro() | Bind():
                expansion = self.expansions[node] = expand(node)
                return (expansion, lambda: self.copy(node, expansion))
            case Comprehension():
                return self.plan_comprehension(node)
        raise AssertionError(node)

    def copy(self, node: Node, like: Node) -> None:
        self.give(node, self.types[like])

    def ident(self, node: Ident) -> None:
        scoped = self.scope.get(node.name)
        kind = scoped[-1] if scoped else variable(node.name)
        if kind is None:
            text = f"undeclared reference to '{node.name}' (in container '')"
            self.complain(node, text)
            kind = ERROR
        self.give(node, kind)

    def select(self, node: Select | Has) -> None:
        operand = self.substitution.resolved(self.types[node.operand])
        inner = operand.parameters[0] if is_optional(operand) else operand
        result = self.field(node, inner)
        if isinstance(node, Has):
            result = BOOL
        else:
            if is_optional(operand) or node.optional:
                result = optional_of(result)
            result = self.substitution.resolved(result)
            if node.optional:
                self.overloads[node] = ("select_optional_field",)
        self.give(node, result)

    def field(self, node: Select | Has, kind: Type) -> Type:
        """Return the type of a field of a value of that type."""
        if kind.name == "map":
            return kind.parameters[1]
        if kind.is_variable:
            self.substitution.fits(DYN, kind)
            return DYN
        if is_struct(kind):
            if kind != DEVICE:
                # Only the device's fields are declared; other objects are opaque.
                text = f"unexpected failed resolution of '{kind}'"
                self.complain(node, text)
                return ERROR
            found = field_of_device(node.field, self.environment)
            if found is None:
                self.complain(node, f"undefined field '{node.field}'")
                return ERROR
            return found
        if not is_dyn(kind) and kind != ERROR:
            text = f"type '{shown(kind)}' does not support field selection"
            self.complain(node, text)
        return DYN

    def index(self, node: Index) -> None:
        name = "_[?_]" if node.optional else "_[_]"
        self.call(node, name, (node.operand, node.key))

    def binary(self, node: Binary) -> None:
        name = "@in" if node.operator == "in" else f"_{node.operator}_"
        self.call(node, name, (node.left, node.right))

    def logic(self, node: Logic) -> None:
        name = "logical_and" if node.operator == "&&" else "logical_or"
        self.overloads[node] = (name,)
        for term in node.terms:
            kind = self.types[term]
            if kind != BOOL and not self.substitution.fits(kind, BOOL):
                self.mismatch(term, BOOL, kind)
        self.give(node, BOOL)

    def plan_call(self, node: Call) -> Sequence[_Step]:
        target = node.target
        operands = node.arguments if target is None else (target, *node.arguments)
        # cel-go checks the receiver after the arguments.
        order = (*operands[1:], operands[0]) if target is not None else operands

        def leave() -> None:
            self.formats -= node.function == "format"
            self.call(node, node.function, operands, is_member=target is not None)

        self.formats += node.function == "format"
        return (*order, leave)

    def call(
        self,
        node: Node,
        function: str,
        operands: Sequence[Node],
        *,
        is_member: bool = False,
    ) -> None:
        """Give the node the result of the overloads that fit the operands."""
        kinds = [self.types[operand] for operand in operands]
        found = resolve(
            function, kinds, self.substitution, self.environment, is_member=is_member
        )
        if found is not None:
            self.overloads[node] = found.names
            self.give(node, found.result)
            return
        self.give(node, ERROR)
        if not overloads(function, self.environment):
            text = f"undeclared reference to '{function}' (in container '')"
        else:
            known = [self.substitution.resolved(kind, to_dyn=True) for kind in kinds]
            signature = _signature(known, is_member=is_member)
            text = (
                f"found no matching overload for '{function}' applied to '{signature}'"
            )
        self.complain(node, text)

    def plan_list(self, node: ListLiteral) -> Sequence[_Step]:
        if self.formats:
            self.exempt.add(node)

        def leave() -> None:
            element: Type | None = None
            for item, optional in zip(node.elements, node.optional, strict=True):
                kind = self.element_type(item, optional=optional)
                element = self.joined(element, kind)
            self.give(node, list_of(element or self.substitution.fresh()))

        return (*node.elements, leave)

    def plan_map(self, node: MapLiteral) -> Sequence[_Step]:
        if self.formats:
            self.exempt.add(node)

        def leave() -> None:
            key: Type | None = None
            value: Type | None = None
            for entry in node.entries:
                key = self.joined(key, self.types[entry.key])
                kind = self.element_type(entry.value, optional=entry.optional)
                value = self.joined(value, kind)
            fresh = self.substitution.fresh
            self.give(node, map_of(key or fresh(), value or fresh()))

        parts = [part for entry in node.entries for part in (entry.key, entry.value)]
        return (*parts, leave)

    def element_type(self, node: Node, *, optional: bool) -> Type:
        kind = self.types[node]
        if not optional:
            return kind
        if is_optional(kind):
            return kind.parameters[0]
        if not is_dyn(kind):
            self.mismatch(node, optional_of(kind), kind)
        return kind

    def joined(self, previous: Type | None, current: Type) -> Type:
        """Return the type for elements of both types; mixtures are dyn, for now."""
        if previous is None:
            return current
        if self.substitution.fits(previous, current):
            return more_general(previous, current)
        return DYN

    def plan_comprehension(self, node: Comprehension) -> Sequence[_Step]:
        return (
            node.range,
            node.initial,
            lambda: self.enter(node),
            node.condition,
            lambda: self.expect(node.condition, BOOL),
            node.step,
            lambda: self.leave_loop(node),
            node.result,
            lambda: self.leave(node),
        )

    def enter(self, node: Comprehension) -> None:
        kind = self.substitution.resolved(self.types[node.range])
        first, second = self.loop_types(node, kind)
        self.bind(node.accumulator, self.types[node.initial])
        self.bind(node.variable, first if node.second is None else second[0])
        if node.second is not None:
            self.bind(node.second, second[1])

    def loop_types(
        self, node: Comprehension, kind: Type
    ) -> tuple[Type, tuple[Type, Type]]:
        """Return the type of the only variable, or of both where there are two."""
        if kind.name == "list":
            return kind.parameters[0], (INT, kind.parameters[0])
        if kind.name == "map":
            key, value = kind.parameters
            return key, (key, value)
        if kind.name == "dyn" or kind == ERROR or kind.is_variable:
            self.substitution.fits(DYN, kind)
            return DYN, (DYN, DYN)
        text = (
            f"expression of type '{shown(kind)}' cannot be range of a comprehension "
            "(must be list, map, or dynamic)"
        )
        self.complain(node.range, text)
        return ERROR, (ERROR, ERROR)

    def bind(self, name: str, kind: Type) -> None:
        self.scope.setdefault(name, []).append(kind)

    def expect(self, node: Node, kind: Type) -> None:
        if not self.substitution.fits(kind, self.types[node]):
            self.mismatch(node, kind, self.types[node])

    def leave_loop(self, node: Comprehension) -> None:
        self.expect(node.step, self.types[node.initial])
        self.scope[node.variable].pop()
        if node.second is not None:
            self.scope[node.second].pop()

    def leave(self, node: Comprehension) -> None:
        self.scope[node.accumulator].pop()
        self.give(node, self.substitution.resolved(self.types[node.result]))


def _signature(kinds: Sequence[Type], *, is_member: bool) -> str:
    names = [shown(kind) for kind in kinds]
    receiver = f"{names.pop(0)}." if is_member else ""
    return f"{receiver}({', '.join(names)})"


def _type_named(node: Select) -> Type | None:
    """Return the type of a dotted global name such as net.IP."""
    if node.field not in ("IP", "CIDR", "Duration", "Timestamp") or node.optional:
        return None
    names = [node.field]
    operand = node.operand
    while isinstance(operand, Select) and not operand.optional:
        names.append(operand.field)
        operand = operand.operand
    if not isinstance(operand, Ident):
        return None
    return variable(".".join([operand.name, *reversed(names)]))
