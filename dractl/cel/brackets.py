"""What the parser has read inside of a bracket that is still open."""

from dataclasses import dataclass, field
from typing import Final, cast
from typing import Literal as OneOf

from dractl.cel.declarations import NAMESPACED
from dractl.cel.depth import Depths
from dractl.cel.lexer import Token
from dractl.cel.nodes import (
    Binary,
    Call,
    Conditional,
    Ident,
    Index,
    ListLiteral,
    Logic,
    MapEntry,
    MapLiteral,
    Node,
    Select,
    Unary,
)

BINDING: Final = {
    **dict.fromkeys(("*", "/", "%"), 6),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!=", "in"), 4),
    "&&": 3,
    "||": 2,
}
"""How tightly the binary operators bind."""

CONDITIONAL: Final = 1
"""How tightly `?` binds."""

_LOGIC: Final = ("&&", "||")
_Symbol = OneOf["==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"]


@dataclass(slots=True)
class Operator:
    """An operator that waits for its right operand.

    `?` becomes `:` once its first branch is read; `at` collects the places of a
    chain of `&&` or `||`.
    """

    text: str
    binding: int
    at: list[int]


@dataclass(slots=True)
class OpenBracket:
    """An open bracket, or the whole expression, and what was read inside so far.

    kind: root, ( for parentheses, [ for a list, { for a map, call, index.
    """

    kind: OneOf["root", "(", "[", "{", "call", "index"]
    at: int
    start: int
    values: list[Node] = field(default_factory=list)
    operators: list[Operator] = field(default_factory=list)
    unary: Token | None = None  # the first of an odd number of ! or -
    operand_start: int = 0
    elements: list[Node] = field(default_factory=list)
    flags: list[bool] = field(default_factory=list)
    optional: bool = False  # of the element being read, or of the index
    key: Node | None = None
    name: str = ""  # of the function called
    target: Node | None = None

    @property
    def end(self) -> str:
        """The kind of token that closes it."""
        return _ENDS[self.kind]

    @property
    def is_listing(self) -> bool:
        """Whether elements may be optional and a comma may follow the last."""
        return self.kind in ("[", "{")

    @property
    def chooses(self) -> bool:
        """Whether the first branch of a conditional is being read."""
        # Five operators can wait after the question mark, one of each precedence.
        return any(operator.text == "?" for operator in self.operators[-6:])

    @property
    def lacks_value(self) -> bool:
        """Whether the key of a map's entry is being read."""
        return self.kind == "{" and self.key is None

    def apply_unary(self) -> None:
        """Let a waiting ! or - take the operand that is complete now."""
        if (token := self.unary) is not None:
            operand = self.values.pop()
            operator = cast("OneOf['!', '-']", token.kind)
            span = (self.operand_start, operand.end, token.start)
            self.values.append(Unary(*span, operator, operand))
            self.unary = None

    def push(self, token: Token, depths: Depths) -> None:
        """Let a binary operator wait for its right operand."""
        binding = BINDING[token.kind]
        is_logic = token.kind in _LOGIC
        self.reduce(binding + 1 if is_logic else binding, depths)
        if is_logic and self.operators and self.operators[-1].binding == binding:
            self.operators[-1].at.append(token.start)
            return
        self.operators.append(Operator(token.kind, binding, [token.start]))
        depths.push(binding)

    def reduce(self, binding: int, depths: Depths) -> None:
        """Build the nodes of all waiting operators that bind at least as tightly."""
        while self.operators and self.operators[-1].binding >= binding:
            operator = self.operators.pop()
            if operator.text == ":":
                depths.leave()
                self._build_conditional(operator)
            else:
                depths.pop(operator.binding)
                self._build_binary(operator)

    def _build_conditional(self, operator: Operator) -> None:
        condition, then, otherwise = self.values[-3:]
        span = (condition.start, otherwise.end, operator.at[0])
        self.values[-3:] = [Conditional(*span, condition, then, otherwise)]

    def _build_binary(self, operator: Operator) -> None:
        places = operator.at
        terms = tuple(self.values[-len(places) - 1 :])
        # cel-go balances a chain; the operator in its middle is on top.
        span = (terms[0].start, terms[-1].end, places[len(places) // 2])
        node: Node
        if operator.text in _LOGIC:
            logic = cast("OneOf['&&', '||']", operator.text)
            node = Logic(*span, logic, terms, tuple(places))
        else:
            left, right = terms
            node = Binary(*span, cast("_Symbol", operator.text), left, right)
        self.values[-len(terms) :] = [node]

    def take_element(self) -> None:
        """Keep the operand as an element, an argument or the value of an entry."""
        if not self.values:
            return
        value = self.values.pop()
        if self.key is not None:
            span = (self.key.start, value.end, self.key.at)
            value = MapEntry(*span, self.key, value, self.optional)
            self.key = None
        self.elements.append(value)
        self.flags.append(self.optional)

    def node(self, end: int) -> Node:
        """Return the node of the bracket, closed at that place; a call is no macro."""
        span = (self.start, end, self.at)
        elements = tuple(self.elements)
        match self.kind:
            case "[":
                return ListLiteral(*span, elements, tuple(self.flags))
            case "{":
                return MapLiteral(*span, cast("tuple[MapEntry, ...]", elements))
            case "index":
                assert self.target is not None, "an index has an operand"
                return Index(*span, self.target, elements[0], self.optional)
            case "call":
                return self._call(span, elements)
        return elements[0]

    def _call(self, span: tuple[int, int, int], arguments: tuple[Node, ...]) -> Call:
        if self.target is not None and (prefix := _qualified(self.target)):
            name = f"{prefix}.{self.name}"
            if name in NAMESPACED:
                return Call(*span, name, None, arguments)
        return Call(*span, self.name, self.target, arguments)


_ENDS: Final = {
    "root": "eof",
    "(": ")",
    "[": "]",
    "{": "}",
    "call": ")",
    "index": "]",
}


def _qualified(node: Node) -> str:
    """Return the dotted name that the node spells, empty if it is no name."""
    names: list[str] = []
    while isinstance(node, Select) and not node.optional:
        names.append(node.field)
        node = node.operand
    if not isinstance(node, Ident):
        return ""
    return ".".join([node.name, *reversed(names)])
