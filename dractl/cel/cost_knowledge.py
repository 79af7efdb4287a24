"""What the cost estimate knows of nodes: paths from the device, sizes, and locals."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from dractl.cel.cost_ranges import (
    NO_ELEMENTS,
    NOTHING,
    ONE,
    UNKNOWN,
    CostRange,
    exactly,
)
from dractl.cel.cost_sizes import size_at
from dractl.cel.nodes import Ident, ListLiteral, Literal, MapLiteral, Node
from dractl.cel.types import BOOL, DOUBLE, DURATION, INT, TIMESTAMP, UINT, Type

Path = tuple[str, ...]


class Entries(NamedTuple):
    """How large the keys and the values of a list or map are.

    `container` is "list" or "map".
    """

    container: str
    keys: CostRange
    values: CostRange

    def union(self, other: "Entries | None") -> "Entries | None":
        """Return what holds for both, None if nothing is known of the other."""
        if other is None:
            return None
        keys, values = self.keys.union(other.keys), self.values.union(other.values)
        return Entries(self.container, keys, values)


class Local(NamedTuple):
    """A variable of a macro: the path to its value, and sizes as far as known."""

    path: Path
    size: CostRange | None
    entries: Entries | None


class Knowledge:
    """Collects what is known; nodes below must be dealt with first."""

    def __init__(self, types: Mapping[Node, Type]) -> None:
        self._types = types
        self.paths: dict[Node, Path] = {}
        self.sizes: dict[Node, CostRange] = {}
        self.entries: dict[Node, Entries] = {}
        self._locals: dict[str, list[Local]] = {}

    def name(self, variable: str, local: Local) -> None:
        """Let the name mean that value from now on."""
        self._locals.setdefault(variable, []).append(local)

    def forget(self, variable: str) -> None:
        """Let the name mean what it meant before."""
        self._locals[variable].pop()

    def local(self, variable: str) -> Local | None:
        """Return what is known of a variable of a macro, None for any other name."""
        stack = self._locals.get(variable)
        return stack[-1] if stack else None

    def path(self, node: Node) -> Path:
        """Return the names that lead to the node, none if no variable does."""
        if isinstance(node, Ident) and (local := self.local(node.name)) is not None:
            return local.path
        return self.paths.get(node, ())

    def size(self, node: Node) -> CostRange | None:
        """Return the size of a list, map or text; one for numbers and the like."""
        if (size := self.sizes.get(node)) is not None:
            return size
        if (size := _written_size(node)) is not None:
            return size
        if (size := size_at(self.path(node))) is not None:
            self.sizes[node] = size
            return size
        if _is_scalar(self._types[node]):
            return ONE
        local = self.local(node.name) if isinstance(node, Ident) else None
        return None if local is None else local.size

    def size_or_any(self, node: Node) -> CostRange:
        """Return the size of the node, anything if it is unknown."""
        size = self.size(node)
        return UNKNOWN if size is None else size

    def entries_of(self, node: Node) -> Entries | None:
        """Return how large the entries of a list or map are, None if unknown."""
        if (entries := self.entries.get(node)) is not None:
            return entries
        local = self.local(node.name) if isinstance(node, Ident) else None
        return None if local is None else local.entries

    def largest(self, nodes: list[Node]) -> CostRange:
        """Return a range that holds the sizes of all the nodes."""
        sizes = NO_ELEMENTS if nodes else NOTHING
        for node in nodes:
            sizes = sizes.union(self.size_or_any(node))
        return sizes

    def copy(self, node: Node, like: Node) -> None:
        """Give the node the sizes of another."""
        if (size := self.size(like)) is not None:
            self.sizes[node] = size
        if (entries := self.entries_of(like)) is not None:
            self.entries[node] = entries

    def unite_entries(self, node: Node, one: Node, other: Node) -> None:
        """Give the node the entries of either of two others."""
        first = self.entries_of(one)
        if first and (united := first.union(self.entries_of(other))):
            self.entries[node] = united


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


_SCALARS: Final = frozenset((BOOL, INT, UINT, DOUBLE, DURATION, TIMESTAMP))


def _is_scalar(kind: Type) -> bool:
    while kind.name == "optional_type":
        kind = kind.parameters[0]
    return kind in _SCALARS
