"""The static cost of an expression: what the API server limits.

Follows cel-go's estimate (checker/cost.go) on macros' expansions, with a stack of its
own like the checker.
"""

from collections.abc import Callable, Sequence
from typing import Final

from dractl.cel.checker import Checked
from dractl.cel.cost_knowledge import Entries, Knowledge, Local
from dractl.cel.cost_library import BY_FUNCTION, BY_OVERLOAD
from dractl.cel.cost_operands import CallCost, Called, Operand
from dractl.cel.cost_ranges import (
    NEW_LIST,
    NEW_MAP,
    NO_ELEMENTS,
    NOTHING,
    ONE,
    CostRange,
)
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


_Step = Node | Callable[[], None]


class _Estimate:
    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        self.costs: dict[Node, CostRange] = {}
        self.known = Knowledge(checked.types)

    def run(self) -> CostRange:
        """Visit nodes and call what is due after them."""
        root = self.checked.root
        pending: list[_Step] = [root]
        while pending:
            step = pending.pop()
            if isinstance(step, Node):
                # The operand of a macro on optionals comes up twice.
                if step not in self.costs:
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

    def plan(self, node: Node) -> Sequence[_Step]:  # noqa: C901, PLR0911, PLR0912 one line per kind
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
        self.known.copy(node, like)

    def ident(self, node: Ident) -> None:
        local = self.known.local(node.name)
        self.known.paths[node] = (node.name,) if local is None else local.path
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
            self.known.paths[node] = (*self.known.path(node.operand), node.field)
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
        self.known.copy(node, argument)
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
                entries = self.known.entries_of(arguments[0])
                size = None if entries is None else entries.values
                part = "@items" if overload == "index_list" else "@values"
                self.known.paths[node] = (*self.known.path(arguments[0]), part)
            elif overload in ("add_list", "add_string", "add_bytes"):
                self.known.unite_entries(node, *arguments)
            if size is None:
                size = self.known.size(node)
        if size is not None:
            self.known.sizes[node] = size
        parts = arguments if target is None else (*arguments, target)
        self.costs[node] = range_of_costs.plus(self.sum(*parts))

    def operand(self, node: Node) -> Operand:
        path = self.known.path(node)
        if path and path[0] == ACCUMULATOR:
            path = ()
        return Operand(node, self.checked.types.get(node), path, self.known.size(node))

    def logic(self, node: Logic) -> None:
        # Evaluation may stop after the first term.
        least = self.costs[node.terms[0]].minimum
        self.costs[node] = CostRange(least, self.sum(*node.terms).maximum)

    def conditional(self, node: Conditional) -> None:
        branches = (node.then, node.otherwise)
        one, other = (self.known.size_or_any(branch) for branch in branches)
        self.known.unite_entries(node, *branches)
        cost = self.costs[node.then].union(self.costs[node.otherwise])
        self.costs[node] = self.costs[node.condition].plus(cost)
        self.known.sizes[node] = one.union(other)

    def list(self, node: ListLiteral) -> None:
        values = self.known.largest([*node.elements])
        self.known.entries[node] = Entries("list", ONE, values)
        self.costs[node] = self.sum(*node.elements).plus(NEW_LIST)

    def map(self, node: MapLiteral) -> None:
        keys = self.known.largest([entry.key for entry in node.entries])
        values = self.known.largest([entry.value for entry in node.entries])
        self.known.entries[node] = Entries("map", keys, values)
        self.costs[node] = self.sum(*_entry_parts(node)).plus(NEW_MAP)

    def plan_bind(self, node: Comprehension) -> Sequence[_Step]:
        def leave() -> None:
            self.known.forget(node.accumulator)
            self.known.copy(node, node.result)
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
        entries = self.known.entries_of(value)
        local = Local(self.known.path(value), self.known.size(value), entries)
        self.known.name(name, local)

    def enter(self, node: Comprehension) -> None:
        self.name_value(node.accumulator, node.initial)
        entries = self.known.entries_of(node.range)
        is_list = self.checked.types[node.range].name == "list"
        if entries is not None:
            is_list = entries.container == "list"
        if node.second is not None:
            part = "@indices" if is_list else "@keys"
            self.name_part(node, node.variable, part, entries and entries.keys)
            part = "@items" if is_list else "@values"
            self.name_part(node, node.second, part, entries and entries.values)
        elif is_list:
            self.name_part(node, node.variable, "@items", entries and entries.values)
        else:
            self.name_part(node, node.variable, "@keys", entries and entries.keys)

    def name_part(
        self, node: Comprehension, name: str, part: str, size: CostRange | None
    ) -> None:
        path = (*self.known.path(node.range), part)
        self.known.name(name, Local(path, size, None))

    def leave_loop(self, node: Comprehension) -> None:
        self.known.forget(node.variable)
        if node.second is not None:
            self.known.forget(node.second)

    def leave(self, node: Comprehension) -> None:
        self.known.forget(node.accumulator)
        rounds = self.known.size_or_any(node.range)
        loop = rounds.times(self.sum(node.condition, node.step))
        self.costs[node] = self.sum(node.range, node.initial, node.result).plus(loop)
        if isinstance(node.initial, Literal):
            self.known.sizes[node] = self.known.size_or_any(node.initial)
        else:
            self.known.sizes[node] = rounds
            if (entries := self.known.entries_of(node.step)) is not None:
                self.known.entries[node] = entries


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
