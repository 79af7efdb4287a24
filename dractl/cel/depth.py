"""How deep an expression nests, measured as cel-go's two guards measure it."""

from typing import Final

from dractl.cel.nodes import (
    Binary,
    Bind,
    Call,
    Conditional,
    Has,
    Index,
    Macro,
    Node,
    Select,
    children,
)

MAX_DEPTH: Final = 250
"""cel-go's limit for both guards (parser/options.go: maxRecursionDepth)."""

_ARITHMETIC: Final = (5, 6)
_RELATION: Final = 4


class Depths:
    """How many grammar rules of each kind are open: expr, relation and calc.

    cel-go counts every kind by itself (parser/parser.go: recursionListener). The other
    rules never nest deeper than these.
    """

    def __init__(self) -> None:
        self.expression = self.relation = self.arithmetic = 1

    @property
    def exceeded(self) -> bool:
        """Whether one of the rules nests too deep."""
        return max(self.expression, self.relation, self.arithmetic) > MAX_DEPTH

    def enter(self) -> None:
        """Note that a nested expression begins."""
        self.expression += 1
        self.relation += 1
        self.arithmetic += 1

    def leave(self) -> None:
        """Note that a nested expression ended."""
        self.expression -= 1
        self.relation -= 1
        self.arithmetic -= 1

    def push(self, binding: int) -> None:
        """Note that the right side of an operator begins."""
        if binding in _ARITHMETIC:
            self.arithmetic += 1
        elif binding == _RELATION:
            self.relation += 1

    def pop(self, binding: int) -> None:
        """Note that the right side of an operator ended."""
        if binding in _ARITHMETIC:
            self.arithmetic -= 1
        elif binding == _RELATION:
            self.relation -= 1


def too_deep(root: Node, tokens: int) -> bool:
    """Tell whether cel-go's walk over the parse tree would exceed its limit.

    It counts conditionals, relations, arithmetic, selections, indexing and calls of
    methods on the way down (parser/parser.go: checkAndIncrementRecursionDepth).
    """
    if tokens <= MAX_DEPTH:
        return False  # each level takes a token at least
    pending = [(root, 0)]
    while pending:
        node, depth = pending.pop()
        depth += _levels(node)
        if depth > MAX_DEPTH:
            return True
        pending.extend((child, depth) for child in children(node))
    return False


def _levels(node: Node) -> int:
    if isinstance(node, Select | Has | Index | Binary | Conditional | Macro | Bind):
        return 1
    if isinstance(node, Call):
        return node.function.count(".") + (node.target is not None)
    return 0
