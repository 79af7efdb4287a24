"""A call as the rules about costs see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from dractl.cel.cost_ranges import UNKNOWN, CostRange
from dractl.cel.cost_sizes import size_at
from dractl.cel.nodes import Literal, Node
from dractl.cel.types import Type


@dataclass(frozen=True, slots=True)
class Operand:
    """A receiver or an argument.

    `path` leads to it from a variable, empty if it is not simply reached from one;
    `node` is None for any element of a list; `known` is None without any idea of the
    size.
    """

    node: Node | None
    kind: Type | None
    path: tuple[str, ...]
    known: CostRange | None

    @property
    def size(self) -> CostRange:
        """How large it is, anything if that is unknown."""
        return self.known or size_at(self.path) or UNKNOWN

    def element(self) -> "Operand | None":
        """Return any element of a list, None if the operand is none."""
        if self.kind is None or not self.kind.parameters:
            return None
        path = (*self.path, "@items") if self.path else ()
        return Operand(None, self.kind.parameters[0], path, None)

    def integer(self, otherwise: int) -> int:
        """Return the value of an int literal, at least zero; else the other value."""
        node = self.node
        if isinstance(node, Literal) and node.kind == "int":
            assert isinstance(node.value, int), "an int literal"
            return max(node.value, 0)
        return otherwise


class Called(NamedTuple):
    """One overload of a function with its operands."""

    overload: str
    target: Operand | None
    arguments: tuple[Operand, ...]

    @property
    def subject(self) -> Operand:
        """The receiver, or the first argument of a call without one."""
        return self.target or self.arguments[0]


class CallCost(NamedTuple):
    """What a call costs besides its operands, and how large its result can be.

    `size` is None where the rule says nothing about it.
    """

    cost: CostRange
    size: CostRange | None = None


Rule = Callable[[Called], CallCost | None]
"""What a call costs, None if the rule does not concern it."""

Rules = Mapping[str, Rule]
