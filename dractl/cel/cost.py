"""The static cost of an expression: what the API server limits.

Follows cel-go's estimate (checker/cost.go) on macros' expansions, with a stack of its
own like the checker.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from dractl.cel.checker import Checked
from dractl.cel.cost_library import BY_FUNCTION, BY_OVERLOAD
from dractl.cel.cost_operands import CallCost, Called, Operand
from dractl.cel.cost_ranges import (
    NEW_LIST,
    NEW_MAP,
    NO_ELEMENTS,
    NOTHING,
    ONE,
    UNKNOWN,
    CostRange,
    exactly,
)
from dractl.cel.cost_sizes import size_at
from dractl.cel.cost_standard import STANDARD
from dractl.cel.environment import Environment
from dractl.cel.macros import ACCUMULATOR, Comprehension
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
from dractl.cel.types import BOOL, DOUBLE, DURATION, INT, TIMESTAMP, UINT, Type

MAX_COST: Final = 1_000_000
"""What the API server accepts (resource/v1: CELSelectorExpressionMaxCost)."""

TOO_EXPENSIVE: Final = "too complex, exceeds cost limit"
"""What the API server says about an expression that may cost more."""

__all__ = ["MAX_COST", "TOO_EXPENSIVE", "CostRange", "estimate_cost"]


def estimate_cost(checked: Checked, _environment: Environment) -> CostRange:
    """Return what evaluating the expression costs at least and at most.

    The unit is cel-go's; an int of 64 bits, where the largest means "or more". Sizes
    are those that the newest declarations allow, whatever gates are enabled.
    """
    return _Estimate(checked).run()


class _Entries(NamedTuple):
    """How large the keys and values of a list or map are."""

    container: str
    keys: CostRange
    values: CostRange

    def union(self, other: "_Entries | None") -> "_Entries | None":
        if other is None:
            return None
        keys, values = self.keys.union(other.keys), self.values.union(other.values)
        return _Entries(self.container, keys, values)


class _Local(NamedTuple):
    """A variable of a macro: the path to its value, and sizes as far as known."""

    path: tuple[str, ...]
    size: CostRange | None
    entries: _Entries | None


_Step = Node | Callable[[], None]
_SCALARS: Final = frozenset((BOOL, INT, UINT, DOUBLE, DURATION, TIMESTAMP))


class _Estimate:
    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        self.costs: dict[Node, CostRange] = {}
        self.paths: dict[Node, tuple[str, ...]] = {}
        self.sizes: dict[Node, CostRange] = {}
        self.entries: dict[Node, _Entries] = {}
        self.locals: dict[str, list[_Local]] = {}

    def run(self) -> CostRange:
        """Visit nodes and call what is due after them."""
        root = self.checked.root
        pending: list[_Step] = [root]
        while pending:
            step = pending.pop()
            if isinstance(step, Node):
                pending.extend(reversed(self.plan(step)))
            else:
                step()
        return self.costs[root]

    def sum(self, *nodes: Node) -> CostRange:
        total = NOTHING
        for node in nodes:
            total = total.plus(self.costs[node])
        return total

    # What to do for a node: a list of nodes to visit and things to do, in order.

    def plan(self, node: Node) -> Sequence[_Step]:  # noqa: C901, PLR0911, PLR0912 a table
        match node:
            case Literal():
                self.costs[node] = NOTHING
                return ()
            case Ident():
                self.ident(node)
                return ()
            case Select() if node.operand not in self.checked.types:
                # A type with dots in its name, such as net.IP.
                self.costs[node] = ONE
                return ()
            case Select() | Has():
                return (node.operand, lambda: self.select(node))
            case Call():
                return self.plan_call(node)
            case Index():
                name = "_[?_]" if node.optional else "_[_]"
                return self.plan_operator(node, name, (node.operand, node.key))
            case Binary():
                name = "@in" if node.operator == "in" else f"_{node.operator}_"
                return self.plan_operator(node, name, (node.left, node.right))
            case Unary():
                return self.plan_operator(node, f"{node.operator}_", (node.operand,))
            case Logic():
                return (*node.terms, lambda: self.logic(node))
            case Conditional():
                return (*_parts(node), lambda: self.conditional(node))
            case ListLiteral():
                return (*node.elements, lambda: self.list(node))
            case MapLiteral():
                return (*_entry_parts(node), lambda: self.map(node))
            case Macro() | Bind():
                expansion = self.checked.expansions[node]
                return (expansion, lambda: self.copy(node, expansion))
            case Comprehension():
                if node.is_bind:
                    return self.plan_bind(node)
                return self.plan_comprehension(node)
        raise AssertionError(node)

    def copy(self, node: Node, like: Node) -> None:
        self.costs[node] = self.costs[like]
        self.copy_sizes(node, like)

    def copy_sizes(self, node: Node, like: Node) -> None:
        if (size := self.size(like)) is not None:
            self.sizes[node] = size
        if (entries := self.entry_sizes(like)) is not None:
            self.entries[node] = entries

    def ident(self, node: Ident) -> None:
        local = self.local(node.name)
        self.paths[node] = (node.name,) if local is None else local.path
        self.costs[node] = ONE

    def select(self, node: Select | Has) -> None:
        cost = self.costs[node.operand]
        if isinstance(node, Select):
            if node.optional:
                self.call(node, "_?._", None, (node.operand,))
                return
            kind = self.checked.types[node.operand]
            if kind.name == "map" or kind.name.startswith("kubernetes."):
                cost = cost.plus(ONE)
            self.paths[node] = (*self.path(node.operand), node.field)
        self.costs[node] = cost

    def plan_call(self, node: Call) -> Sequence[_Step]:
        if node.function == "dyn":
            argument = node.arguments[0]
            return (argument, lambda: self.dyn(node, argument))
        target = () if node.target is None else (node.target,)

        def leave() -> None:
            self.call(node, node.function, node.target, node.arguments)

        return (*node.arguments, *target, leave)

    def dyn(self, node: Call, argument: Node) -> None:
        self.copy_sizes(node, argument)
        self.costs[node] = self.costs[argument].plus(ONE)

    def plan_operator(
        self, node: Node, name: str, operands: tuple[Node, ...]
    ) -> Sequence[_Step]:
        return (*operands, lambda: self.call(node, name, None, operands))

    def call(
        self,
        node: Node,
        function: str,
        target: Node | None,
        arguments: tuple[Node, ...],
    ) -> None:
        """Give the node what its dearest overload costs, and the size of its result."""
        receiver = None if target is None else self.operand(target)
        operands = tuple(self.operand(argument) for argument in arguments)
        range_of_costs = NO_ELEMENTS
        size: CostRange | None = None
        for overload in self.checked.overloads[node]:
            called = Called(overload, receiver, operands)
            cost, result = _call_cost(function, called)
            range_of_costs = range_of_costs.union(cost)
            if result is not None:
                size = result if size is None else size.union(result)
            if overload in ("index_list", "index_map"):
                entries = self.entry_sizes(arguments[0])
                size = None if entries is None else entries.values
                part = "@items" if overload == "index_list" else "@values"
                self.paths[node] = (*self.path(arguments[0]), part)
            elif overload in ("add_list", "add_string", "add_bytes"):
                self.unite_entries(node, *arguments)
            if size is None:
                size = self.size(node)
        if size is not None:
            self.sizes[node] = size
        parts = arguments if target is None else (*arguments, target)
        self.costs[node] = range_of_costs.plus(self.sum(*parts))

    def operand(self, node: Node) -> Operand:
        path = self.path(node)
        if path and path[0] == ACCUMULATOR:
            path = ()
        return Operand(node, self.checked.types.get(node), path, self.size(node))

    def logic(self, node: Logic) -> None:
        # Evaluation may stop after the first term.
        least = self.costs[node.terms[0]].minimum
        self.costs[node] = CostRange(least, self.sum(*node.terms).maximum)

    def conditional(self, node: Conditional) -> None:
        branches = (node.then, node.otherwise)
        one, other = (self.size(branch) or UNKNOWN for branch in branches)
        self.unite_entries(node, *branches)
        cost = self.costs[node.then].union(self.costs[node.otherwise])
        self.costs[node] = self.costs[node.condition].plus(cost)
        self.sizes[node] = one.union(other)

    def unite_entries(self, node: Node, one: Node, other: Node) -> None:
        first = self.entry_sizes(one)
        if first and (united := first.union(self.entry_sizes(other))):
            self.entries[node] = united

    def list(self, node: ListLiteral) -> None:
        values = self.largest(node.elements)
        self.entries[node] = _Entries("list", ONE, values)
        self.costs[node] = self.sum(*node.elements).plus(NEW_LIST)

    def map(self, node: MapLiteral) -> None:
        keys = self.largest([entry.key for entry in node.entries])
        values = self.largest([entry.value for entry in node.entries])
        self.entries[node] = _Entries("map", keys, values)
        self.costs[node] = self.sum(*_entry_parts(node)).plus(NEW_MAP)

    def largest(self, nodes: Sequence[Node]) -> CostRange:
        sizes = NO_ELEMENTS if nodes else NOTHING
        for node in nodes:
            sizes = sizes.union(self.size(node) or UNKNOWN)
        return sizes

    def plan_bind(self, node: Comprehension) -> Sequence[_Step]:
        def leave() -> None:
            self.locals[node.accumulator].pop()
            self.copy_sizes(node, node.result)
            self.costs[node] = self.sum(node.range, node.initial, node.result)

        return (
            node.range,
            node.initial,
            lambda: self.name_value(node.accumulator, node.initial),
            node.result,
            leave,
        )

    def plan_comprehension(self, node: Comprehension) -> Sequence[_Step]:
        return (
            node.range,
            node.initial,
            lambda: self.enter(node),
            node.condition,
            node.step,
            lambda: self.leave_loop(node),
            node.result,
            lambda: self.leave(node),
        )

    def name_value(self, name: str, value: Node) -> None:
        entries = self.entry_sizes(value)
        local = _Local(self.path(value), self.size(value), entries)
        self.locals.setdefault(name, []).append(local)

    def enter(self, node: Comprehension) -> None:
        self.name_value(node.accumulator, node.initial)
        entries = self.entry_sizes(node.range)
        container = (
            entries.container if entries else self.checked.types[node.range].name
        )
        is_list = container == "list"
        if node.second is None:
            self.name_part(node, node.variable, entries, is_key=not is_list)
        else:
            self.name_part(node, node.variable, entries, is_key=True, is_list=is_list)
            self.name_part(node, node.second, entries, is_key=False, is_list=is_list)

    def name_part(
        self,
        node: Comprehension,
        name: str,
        entries: _Entries | None,
        *,
        is_key: bool,
        is_list: bool | None = None,
    ) -> None:
        """Name a key or a value of the range; a lone variable's kind tells the list."""
        if is_key:
            part = "@indices" if is_list else "@keys"
            size = entries.keys if entries else None
        else:
            part = "@values" if is_list is False else "@items"
            size = entries.values if entries else None
        path = (*self.path(node.range), part)
        self.locals.setdefault(name, []).append(_Local(path, size, None))

    def leave_loop(self, node: Comprehension) -> None:
        self.locals[node.variable].pop()
        if node.second is not None:
            self.locals[node.second].pop()

    def leave(self, node: Comprehension) -> None:
        self.locals[node.accumulator].pop()
        rounds = self.size(node.range) or UNKNOWN
        loop = rounds.times(self.sum(node.condition, node.step))
        self.costs[node] = self.sum(node.range, node.initial, node.result).plus(loop)
        if isinstance(node.initial, Literal):
            size = self.size(node.initial)
            if size is not None:
                self.sizes[node] = size
        else:
            self.sizes[node] = rounds
            if (entries := self.entry_sizes(node.step)) is not None:
                self.entries[node] = entries

    # What is known of a node.

    def local(self, name: str) -> _Local | None:
        stack = self.locals.get(name)
        return stack[-1] if stack else None

    def path(self, node: Node) -> tuple[str, ...]:
        if isinstance(node, Ident) and (local := self.local(node.name)) is not None:
            return local.path
        return self.paths.get(node, ())

    def size(self, node: Node) -> CostRange | None:
        """Return the size of a list, map or string; one for numbers and the like."""
        if (size := self.sizes.get(node)) is not None:
            return size
        if (size := _written_size(node)) is not None:
            return size
        if (size := size_at(self.path(node))) is not None:
            self.sizes[node] = size
            return size
        if _is_scalar(self.checked.types[node]):
            return ONE
        local = self.local(node.name) if isinstance(node, Ident) else None
        return None if local is None else local.size

    def entry_sizes(self, node: Node) -> _Entries | None:
        if (entries := self.entries.get(node)) is not None:
            return entries
        local = self.local(node.name) if isinstance(node, Ident) else None
        return None if local is None else local.entries


def _call_cost(function: str, called: Called) -> CallCost:
    for rules, name in (
        (BY_OVERLOAD, called.overload),
        (BY_FUNCTION, function),
        (STANDARD, called.overload),
    ):
        rule = rules.get(name)
        if rule is not None and (found := rule(called)) is not None:
            return found
    return CallCost(ONE)


def _parts(node: Conditional) -> tuple[Node, Node, Node]:
    return node.condition, node.then, node.otherwise


def _entry_parts(node: MapLiteral) -> list[Node]:
    return [part for entry in node.entries for part in (entry.key, entry.value)]


def _written_size(node: Node) -> CostRange | None:
    match node:
        case Literal(value=str(text)):
            return exactly(len(text))
        case Literal(value=bytes(text)):
            return exactly(len(text))
        case Literal():
            return ONE
        case ListLiteral(elements=parts) | MapLiteral(entries=parts):
            return exactly(len(parts))
    return None


def _is_scalar(kind: Type) -> bool:
    while kind.name == "optional_type":
        kind = kind.parameters[0]
    return kind in _SCALARS
