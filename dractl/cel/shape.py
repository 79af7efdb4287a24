"""How large a tree is: its height, and how deep loops nest in it."""

from collections.abc import Callable

from dractl.cel.nodes import Macro, Node, children


def height(root: Node) -> int:
    """Return the number of nodes on the longest way down."""
    return _longest(root, lambda _: 1)


def loops(root: Node) -> int:
    """Return how many macros stand within each other at most."""
    return _longest(root, lambda node: int(isinstance(node, Macro)))


def _longest(root: Node, count: Callable[[Node], int]) -> int:
    longest = 0
    pending = [(root, 0)]
    while pending:
        node, above = pending.pop()
        depth = above + count(node)
        longest = max(longest, depth)
        pending.extend((child, depth) for child in children(node))
    return longest
