"""The syntax tree of a CEL expression: what the parser makes and all else reads.

Nodes compare by identity, so side tables (types, costs) can key on them. Positions
count code points of the source: `start` and `end` span the text of the node, `at` is
the place that cel-go reports in messages (the operator, the dot, the bracket or the
opening parenthesis of a call).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal as OneOf


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Any expression."""

    start: int
    end: int
    at: int


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Node):
    """A constant; `kind` tells an int from a uint and a double."""

    kind: OneOf["null", "bool", "int", "uint", "double", "string", "bytes"]
    value: bool | int | float | str | bytes | None


@dataclass(frozen=True, slots=True, eq=False)
class Ident(Node):
    """A name: `device`, a variable of a macro, or a type such as `int`."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Select(Node):
    """`operand.field`, or `operand.?field` when optional."""

    operand: Node
    field: str
    optional: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Has(Node):
    """`has(operand.field)`."""

    operand: Node
    field: str


@dataclass(frozen=True, slots=True, eq=False)
class Index(Node):
    """`operand[key]`, or `operand[?key]` when optional."""

    operand: Node
    key: Node
    optional: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """A function call; namespaced functions (`sets.contains`) have no target."""

    function: str
    target: Node | None
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Unary(Node):
    """`!operand` or `-operand`; doubled operators are already cancelled."""

    operator: OneOf["!", "-"]
    operand: Node


@dataclass(frozen=True, slots=True, eq=False)
class Binary(Node):
    """A comparison, a membership test or arithmetic."""

    operator: OneOf["==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class Logic(Node):
    """A chain of `&&` or of `||`, flattened: at least two terms, in source order."""

    operator: OneOf["&&", "||"]
    terms: tuple[Node, ...]
    operators_at: tuple[int, ...]  # one place per operator: len(terms) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Conditional(Node):
    """`condition ? then : otherwise`."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True, eq=False)
class ListLiteral(Node):
    """`[a, ?b]`; `optional[i]` tells whether element i has a question mark."""

    elements: tuple[Node, ...]
    optional: tuple[bool, ...]


@dataclass(frozen=True, slots=True, eq=False)
class MapEntry(Node):
    """`key: value` or `?key: value` of a map literal."""

    key: Node
    value: Node
    optional: bool


@dataclass(frozen=True, slots=True, eq=False)
class MapLiteral(Node):
    """`{k: v, ?k: v}`."""

    entries: tuple[MapEntry, ...]


type_of_macro = OneOf[
    "all",
    "exists",
    "exists_one",
    "map",
    "filter",
    "transformList",
    "transformMap",
    "transformMapEntry",
    "sortBy",
    "optMap",
    "optFlatMap",
]


@dataclass(frozen=True, slots=True, eq=False)
class Macro(Node):
    """A macro that binds one or two variables over a range (or an optional).

    `existsOne` is spelled `exists_one`. `condition` is the filter of a three-argument
    `map` or of a four-argument `transform…`; elsewhere None.
    """

    name: type_of_macro
    range: Node
    variables: tuple[str, ...]
    condition: Node | None
    body: Node


@dataclass(frozen=True, slots=True, eq=False)
class Bind(Node):
    """`cel.bind(name, value, body)`: the value is computed when first read."""

    name: str
    value: Node
    body: Node


def children(node: Node) -> tuple[Node, ...]:  # noqa: PLR0911 one line per kind of node
    """Return the direct sub-expressions in source order."""
    match node:
        case Select(operand=x) | Has(operand=x) | Unary(operand=x):
            return (x,)
        case Index(operand=x, key=y) | Binary(left=x, right=y):
            return (x, y)
        case Call(target=x, arguments=xs):
            return xs if x is None else (x, *xs)
        case Logic(terms=xs) | ListLiteral(elements=xs) | MapLiteral(entries=xs):
            return xs
        case Conditional(condition=x, then=y, otherwise=z):
            return (x, y, z)
        case MapEntry(key=x, value=y) | Bind(value=x, body=y):
            return (x, y)
        case Macro(range=x, condition=c, body=y):
            return (x, y) if c is None else (x, c, y)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and everything below it, parents first, without recursion."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(children(node)))
