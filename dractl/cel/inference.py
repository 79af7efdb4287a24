"""The type of every node of an expression, as cel-go's checker finds it.

Follows checker/checker.go on macros' expansions. It walks with a stack of its own, as
expressions may nest deeper than Python's recursion limit allows.
"""

from collections.abc import Callable, Sequence
from typing import Final

from dractl.cel.declarations import field_of_device, overloads, variable
from dractl.cel.environment import Environment
from dractl.cel.errors import Issue, issue_at
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

MAX_VISITS: Final = 50_000
"""How often nodes are looked at; no expression of 10 KiB has half as many nodes."""

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


class Inference:
    """Finds types; what it found so far is in its attributes."""

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
        self._visits = 0

    def run(self, root: Node) -> None:
        """Visit nodes and call what is due after them."""
        pending: list[_Step] = [root]
        while pending:
            step = pending.pop()
            if isinstance(step, Node):
                # Macros on optionals look at their operand twice, as cel-go complains
                # twice; chains of them would take exponential time.
                if step in self.types and not self.issues:
                    continue
                self._visits += 1
                if self._visits > MAX_VISITS:
                    raise TooComplex
                pending.extend(reversed(self._plan(step)))
            else:
                step()

    def settle(self) -> None:
        """Replace what is left of type variables; unknown types are dyn."""
        for node in self.unsettled:
            kind = self.types[node]
            self.types[node] = self.substitution.resolved(kind, to_dyn=True)

    def _complain(self, node: Node, message: str) -> None:
        self.issues.append(issue_at(self.source, node.at, message))

    def _give(self, node: Node, kind: Type) -> None:
        self.types[node] = bounded(kind)
        if not kind.ground:
            self.unsettled.append(node)

    def _mismatch(self, node: Node, expected: Type, found: Type) -> None:
        text = f"expected type '{shown(expected)}' but found '{shown(found)}'"
        self._complain(node, text)

    # What to do for a node: a list of nodes to visit and things to do, in order.

    def _plan(self, node: Node) -> Sequence[_Step]:  # noqa: C901, PLR0911, PLR0912 one line per kind
        match node:
            case Literal():
                self._give(node, _LITERALS[node.kind])
                return ()
            case Ident():
                self._ident(node)
                return ()
            case Select() if (kind := _type_named(node)) is not None:
                self._give(node, kind)
                return ()
            case Select() | Has():
                return (node.operand, lambda: self._select(node))
            case Index():
                return (node.operand, node.key, lambda: self._index(node))
            case Binary():
                return (node.left, node.right, lambda: self._binary(node))
            case Unary():
                name = f"{node.operator}_"
                operand = node.operand
                return (operand, lambda: self._call(node, name, (operand,)))
            case Logic():
                return (*node.terms, lambda: self._logic(node))
            case Conditional():
                parts = (node.condition, node.then, node.otherwise)
                return (*parts, lambda: self._call(node, "_?_:_", parts))
            case Call():
                return self._plan_call(node)
            case ListLiteral():
                return self._plan_list(node)
            case MapLiteral():
                return self._plan_map(node)
            case Macro() | Bind():
                expansion = self.expansions[node] = expand(node)
                return (expansion, lambda: self._copy(node, expansion))
            case Comprehension():
                return self._plan_comprehension(node)
        raise AssertionError(node)

    def _copy(self, node: Node, like: Node) -> None:
        self._give(node, self.types[like])

    def _ident(self, node: Ident) -> None:
        scoped = self.scope.get(node.name)
        kind = scoped[-1] if scoped else variable(node.name)
        if kind is None:
            text = f"undeclared reference to '{node.name}' (in container '')"
            self._complain(node, text)
            kind = ERROR
        self._give(node, kind)

    def _select(self, node: Select | Has) -> None:
        operand = self.substitution.resolved(self.types[node.operand])
        inner = operand.parameters[0] if is_optional(operand) else operand
        result = self._field(node, inner)
        if isinstance(node, Has):
            result = BOOL
        else:
            if is_optional(operand) or node.optional:
                result = optional_of(result)
            result = self.substitution.resolved(result)
            if node.optional:
                self.overloads[node] = ("select_optional_field",)
        self._give(node, result)

    def _field(self, node: Select | Has, kind: Type) -> Type:
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
                self._complain(node, text)
                return ERROR
            found = field_of_device(node.field, self.environment)
            if found is None:
                self._complain(node, f"undefined field '{node.field}'")
                return ERROR
            return found
        if not is_dyn(kind) and kind != ERROR:
            text = f"type '{shown(kind)}' does not support field selection"
            self._complain(node, text)
        return DYN

    def _index(self, node: Index) -> None:
        name = "_[?_]" if node.optional else "_[_]"
        self._call(node, name, (node.operand, node.key))

    def _binary(self, node: Binary) -> None:
        name = "@in" if node.operator == "in" else f"_{node.operator}_"
        self._call(node, name, (node.left, node.right))

    def _logic(self, node: Logic) -> None:
        name = "logical_and" if node.operator == "&&" else "logical_or"
        self.overloads[node] = (name,)
        for term in node.terms:
            kind = self.types[term]
            if kind != BOOL and not self.substitution.fits(kind, BOOL):
                self._mismatch(term, BOOL, kind)
        self._give(node, BOOL)

    def _plan_call(self, node: Call) -> Sequence[_Step]:
        target = node.target
        operands = node.arguments if target is None else (target, *node.arguments)
        # cel-go checks the receiver after the arguments.
        order = (*operands[1:], operands[0]) if target is not None else operands

        def leave() -> None:
            self.formats -= node.function == "format"
            self._call(node, node.function, operands, is_member=target is not None)

        self.formats += node.function == "format"
        return (*order, leave)

    def _call(
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
            self._give(node, found.result)
            return
        self._give(node, ERROR)
        if not overloads(function, self.environment):
            text = f"undeclared reference to '{function}' (in container '')"
        else:
            known = [self.substitution.resolved(kind, to_dyn=True) for kind in kinds]
            signature = _signature(known, is_member=is_member)
            text = (
                f"found no matching overload for '{function}' applied to '{signature}'"
            )
        self._complain(node, text)

    def _plan_list(self, node: ListLiteral) -> Sequence[_Step]:
        if self.formats:
            self.exempt.add(node)

        def leave() -> None:
            element: Type | None = None
            for item, optional in zip(node.elements, node.optional, strict=True):
                kind = self._element_type(item, optional=optional)
                element = self._joined(element, kind)
            self._give(node, list_of(element or self.substitution.fresh()))

        return (*node.elements, leave)

    def _plan_map(self, node: MapLiteral) -> Sequence[_Step]:
        if self.formats:
            self.exempt.add(node)

        def leave() -> None:
            key: Type | None = None
            value: Type | None = None
            for entry in node.entries:
                key = self._joined(key, self.types[entry.key])
                kind = self._element_type(entry.value, optional=entry.optional)
                value = self._joined(value, kind)
            fresh = self.substitution.fresh
            self._give(node, map_of(key or fresh(), value or fresh()))

        parts = [part for entry in node.entries for part in (entry.key, entry.value)]
        return (*parts, leave)

    def _element_type(self, node: Node, *, optional: bool) -> Type:
        kind = self.types[node]
        if not optional:
            return kind
        if is_optional(kind):
            return kind.parameters[0]
        if not is_dyn(kind):
            self._mismatch(node, optional_of(kind), kind)
        return kind

    def _joined(self, previous: Type | None, current: Type) -> Type:
        """Return the type for elements of both types; mixtures are dyn, for now."""
        if previous is None:
            return current
        if self.substitution.fits(previous, current):
            return more_general(previous, current)
        return DYN

    def _plan_comprehension(self, node: Comprehension) -> Sequence[_Step]:
        return (
            node.range,
            node.initial,
            lambda: self._enter(node),
            node.condition,
            lambda: self._expect(node.condition, BOOL),
            node.step,
            lambda: self._leave_loop(node),
            node.result,
            lambda: self._leave(node),
        )

    def _enter(self, node: Comprehension) -> None:
        kind = self.substitution.resolved(self.types[node.range])
        first, second = self._loop_types(node, kind)
        self._bind(node.accumulator, self.types[node.initial])
        self._bind(node.variable, first if node.second is None else second[0])
        if node.second is not None:
            self._bind(node.second, second[1])

    def _loop_types(
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
        self._complain(node.range, text)
        return ERROR, (ERROR, ERROR)

    def _bind(self, name: str, kind: Type) -> None:
        self.scope.setdefault(name, []).append(kind)

    def _expect(self, node: Node, kind: Type) -> None:
        if not self.substitution.fits(kind, self.types[node]):
            self._mismatch(node, kind, self.types[node])

    def _leave_loop(self, node: Comprehension) -> None:
        self._expect(node.step, self.types[node.initial])
        self.scope[node.variable].pop()
        if node.second is not None:
            self.scope[node.second].pop()

    def _leave(self, node: Comprehension) -> None:
        self.scope[node.accumulator].pop()
        self._give(node, self.substitution.resolved(self.types[node.result]))


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
