"""Tokens of a CEL expression to its syntax tree.

One loop with a stack of open brackets instead of one function per grammar rule: an
expression as deep as cel-go allows would not fit into Python's recursion limit.
"""

from dataclasses import dataclass, field
from typing import Final, NoReturn, cast
from typing import Literal as OneOf

from dractl.cel.declarations import NAMESPACED
from dractl.cel.depth import Depths, too_deep
from dractl.cel.errors import Issue, SelectorCompileError, issue_at
from dractl.cel.lexer import RESERVED, Token, tokens_of
from dractl.cel.literals import LITERAL_KINDS, literal_node
from dractl.cel.macros import MacroError, as_macro
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
from dractl.cel.syntax_errors import SyntaxProblem, bad_field, bad_operand, bad_operator

MAX_LENGTH: Final = 10 * 1024
"""How many bytes an expression may have (CELSelectorExpressionMaxLength)."""


def parse(source: str) -> Node:
    """Return the syntax tree of the source.

    Raises SelectorCompileError with the positions and, for the first syntax error, the
    words of cel-go 0.26 (parser/parser.go).
    """
    if len(source.encode("utf-8", "surrogatepass")) > MAX_LENGTH:
        text = f"Too long: may not be more than {MAX_LENGTH} bytes"
        raise SelectorCompileError(source, (Issue(0, 0, text),))
    lexed = tokens_of(source)
    parser = _Parser(source, lexed.tokens, lexed.issues)
    try:
        root = parser.run()
    except SyntaxProblem as problem:
        parser.complain(problem.at, f"Syntax error: {problem}")
        parser.fail()
    if parser.issues:
        parser.fail()
    if too_deep(root, len(lexed.tokens)):
        text = "max recursion depth exceeded"
        raise SelectorCompileError(source, (Issue(-1, 0, text),))
    return root


_BINDING: Final = {
    **dict.fromkeys(("*", "/", "%"), 6),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!=", "in"), 4),
    "&&": 3,
    "||": 2,
}
_CONDITIONAL: Final = 1
_LISTING: Final = ("[", "{")


@dataclass(slots=True)
class _Operator:
    """An operator that waits for its right operand.

    `?` becomes `:` once its first branch is read; `at` collects the places of a
    chain of `&&` or `||`.
    """

    text: str
    binding: int
    at: list[int]


@dataclass(slots=True)
class _Open:
    """An open bracket, or the whole expression, and what was read inside so far.

    kind: root, ( for parentheses, [ for a list, { for a map, call, index.
    """

    kind: OneOf["root", "(", "[", "{", "call", "index"]
    at: int
    start: int
    values: list[Node] = field(default_factory=list)
    operators: list[_Operator] = field(default_factory=list)
    unary: Token | None = None  # the first of an odd number of ! or -
    operand_start: int = 0
    elements: list[Node] = field(default_factory=list)
    flags: list[bool] = field(default_factory=list)
    optional: bool = False  # of the element being read, or of the index
    key: Node | None = None
    name: str = ""  # of the function called
    target: Node | None = None

    @property
    def chooses(self) -> bool:
        """Whether the first branch of a conditional is being read."""
        return any(operator.text == "?" for operator in self.operators[-6:])


class _Parser:
    def __init__(self, source: str, tokens: list[Token], issues: list[Issue]) -> None:
        self.source = source
        self.tokens = tokens
        self.issues = issues
        self.position = 0
        self.token = tokens[0]
        self.root: Node | None = None
        self.open = _Open("root", 0, 0)
        self.outer: list[_Open] = []
        self.depths = Depths()

    def run(self) -> Node:
        """Read everything; operands and operators alternate."""
        operand_next = True
        while self.root is None:
            if self.depths.exceeded:
                text = "expression recursion limit exceeded: 250"
                self.issues.append(Issue(-1, 0, text))
                self.fail()
            operand_next = self.operand() if operand_next else self.operator()
        return self.root

    def complain(self, at: int, message: str) -> None:
        self.issues.append(issue_at(self.source, at, message))

    def fail(self) -> NoReturn:
        ordered = sorted(self.issues, key=lambda issue: (issue.line, issue.column))
        raise SelectorCompileError(self.source, tuple(ordered[:100]))

    def advance(self) -> Token:
        """Return the token at hand and go on to the next."""
        token = self.token
        if token.kind != "eof":
            self.position += 1
            self.token = self.tokens[self.position]
        return token

    def following(self) -> Token:
        """Return the token after the one at hand."""
        return self.tokens[min(self.position + 1, len(self.tokens) - 1)]

    # Operands: each method returns whether an operand is still to come.

    def operand(self) -> bool:
        opened = self.open
        token = self.token
        opened.operand_start = token.start
        opened.unary = None
        if token.kind in ("!", "-") and not self.is_negative_number():
            token = self.unary()
        kind = token.kind
        if kind in LITERAL_KINDS or self.is_negative_number():
            opened.values.append(self.literal())
            return False
        if kind == "ident" or (kind == "." and self.following().kind == "ident"):
            return self.name()
        if kind == "(":
            self.advance()
            return self.enter(_Open("(", token.start, token.start))
        if kind == "[":
            self.advance()
            return self.elements(_Open("[", token.start, token.start))
        if kind == "{":
            self.advance()
            return self.elements(_Open("{", token.start, token.start))
        previous = self.tokens[self.position - 1] if self.position else None
        raise bad_operand(opened.kind, previous, token, self.following())

    def is_negative_number(self) -> bool:
        number = self.following().kind in ("int", "double")
        return self.token.kind == "-" and number

    def unary(self) -> Token:
        """Read a run of one unary operator; two of them cancel out."""
        first = self.advance()
        count = 1
        while self.token.kind == first.kind:
            self.advance()
            count += 1
        self.open.unary = first if count % 2 else None
        return self.token

    def literal(self) -> Node:
        sign = self.advance() if self.token.kind == "-" else None
        token = self.advance()
        node, problem = literal_node(token, sign)
        if problem:
            self.complain(node.start, problem)
        return node

    def name(self) -> bool:
        """Read a variable, or the beginning of a call, perhaps with a leading dot."""
        start = self.token.start
        dotted = self.token.kind == "."
        if dotted:
            self.advance()
        name = self.advance()
        if name.text in RESERVED:
            self.complain(start, f"reserved identifier: {name.text}")
        if self.token.kind == "(":
            at = self.advance().start
            return self.elements(_Open("call", at, start, name=name.text))
        if self.token.kind == "{":
            # Kubernetes declares no message types that a selector could make.
            at = self.token.start
            text = f"undeclared reference to '{name.text}' (in container '')"
            self.complain(at, text)
            self.fail()
        self.open.values.append(Ident(start, name.end, name.start, name.text))
        return False

    def elements(self, opened: _Open) -> bool:
        """Begin a list, a map or arguments, which may be empty."""
        self.enter(opened)
        end = _ENDS[opened.kind]
        kinds = (self.token.kind, self.following().kind)
        if opened.kind in _LISTING and kinds == (",", end):
            self.advance()
        if self.token.kind == end:
            self.leave(self.advance())
            return False
        return self.begin_element()

    def begin_element(self) -> bool:
        takes_mark = self.open.kind in _LISTING
        self.open.optional = takes_mark and self.token.kind == "?"
        if self.open.optional:
            self.advance()
        return True

    def enter(self, opened: _Open) -> bool:
        self.outer.append(self.open)
        self.open = opened
        self.depths.enter()
        return True

    # After an operand: what follows it.

    def operator(self) -> bool:
        kind = self.token.kind
        if kind == ".":
            return self.member()
        if kind == "[":
            return self.index()
        self.apply_unary()
        if kind in _BINDING:
            self.binary(self.advance())
            return True
        if kind == "?" and not self.open.chooses:
            self.reduce(_CONDITIONAL + 1)
            token = self.advance()
            self.open.operators.append(_Operator("?", _CONDITIONAL, [token.start]))
            return True
        if kind == ":" and self.open.chooses:
            self.reduce(_CONDITIONAL + 1)
            self.advance()
            self.open.operators[-1].text = ":"
            self.depths.enter()
            return True
        return self.close()

    def apply_unary(self) -> None:
        opened = self.open
        if (token := opened.unary) is not None:
            operand = opened.values.pop()
            operator = cast("OneOf['!', '-']", token.kind)
            span = (opened.operand_start, operand.end, token.start)
            opened.values.append(Unary(*span, operator, operand))
            opened.unary = None

    def member(self) -> bool:
        dot = self.advance()
        optional = self.token.kind == "?"
        if optional:
            self.advance()
        if self.token.kind not in ("ident", "quoted"):
            raise bad_field(self.token, optional=optional)
        quoted = self.token.kind == "quoted"
        name = self.advance()
        if quoted:
            self.complain(name.start, "unsupported syntax: '`'")
        operand = self.open.values.pop()
        if self.token.kind == "(" and not optional and not quoted:
            at = self.advance().start
            called = _Open("call", at, operand.start, name=name.text, target=operand)
            return self.elements(called)
        span = (operand.start, name.end, dot.start)
        self.open.values.append(Select(*span, operand, name.text, optional))
        return False

    def index(self) -> bool:
        bracket = self.advance()
        operand = self.open.values.pop()
        opened = _Open("index", bracket.start, operand.start, target=operand)
        if self.token.kind == "?":
            self.advance()
            opened.optional = True
        return self.enter(opened)

    def binary(self, token: Token) -> None:
        binding = _BINDING[token.kind]
        operators = self.open.operators
        is_logic = token.kind in ("&&", "||")
        self.reduce(binding + 1 if is_logic else binding)
        if is_logic and operators and operators[-1].binding == binding:
            operators[-1].at.append(token.start)
            return
        operators.append(_Operator(token.kind, binding, [token.start]))
        self.depths.push(binding)

    def reduce(self, binding: int) -> None:
        """Build the nodes of all waiting operators that bind at least as tightly."""
        operators = self.open.operators
        while operators and operators[-1].binding >= binding:
            self.build(operators.pop())

    def build(self, operator: _Operator) -> None:
        values = self.open.values
        if operator.text == ":":
            condition, then, otherwise = values[-3:]
            span = (condition.start, otherwise.end, operator.at[0])
            values[-3:] = [Conditional(*span, condition, then, otherwise)]
            self.depths.leave()
            return
        self.depths.pop(operator.binding)
        count = len(operator.at) + 1
        terms = tuple(values[-count:])
        start, end = terms[0].start, terms[-1].end
        if operator.text in ("&&", "||"):
            # cel-go balances a chain; the operator in its middle is on top.
            middle = operator.at[len(operator.at) // 2]
            logic = cast("OneOf['&&', '||']", operator.text)
            values[-count:] = [
                Logic(start, end, middle, logic, terms, tuple(operator.at))
            ]
            return
        symbol = cast("_Symbol", operator.text)
        values[-2:] = [Binary(start, end, operator.at[0], symbol, *terms)]

    def close(self) -> bool:
        """Read what may stand between or after the elements of the open bracket."""
        opened, token = self.open, self.token
        in_branch = opened.chooses
        if not in_branch:
            self.reduce(0)
            if token.kind == _ENDS[opened.kind] and not self.lacks_value():
                self.leave(self.advance())
                return False
            if token.kind == "," and opened.kind in ("[", "{", "call"):
                if not self.lacks_value():
                    return self.next_element()
            elif token.kind == ":" and self.lacks_value():
                opened.key = opened.values.pop()
                self.advance()
                return True
        colon = in_branch or self.lacks_value()
        closers = [_ENDS[one.kind] for one in self.outer]
        expected = ":" if colon else opened.kind
        raise bad_operator(expected, closers, token, self.following())

    def lacks_value(self) -> bool:
        return self.open.kind == "{" and self.open.key is None

    def next_element(self) -> bool:
        opened = self.open
        self.advance()
        self.take_element()
        if opened.kind in _LISTING and self.token.kind == _ENDS[opened.kind]:
            self.leave(self.advance())
            return False
        return self.begin_element()

    def take_element(self) -> None:
        opened = self.open
        if not opened.values:
            return
        value = opened.values.pop()
        if opened.key is not None:
            span = (opened.key.start, value.end, opened.key.at)
            value = MapEntry(*span, opened.key, value, opened.optional)
            opened.key = None
        opened.elements.append(value)
        opened.flags.append(opened.optional)

    def leave(self, end: Token) -> None:
        """Close the bracket: its node is an operand of what surrounds it."""
        opened = self.open
        self.take_element()
        if opened.kind == "root":
            self.root = opened.elements[0]
            return
        self.depths.leave()
        self.open = self.outer.pop()
        self.open.values.append(self.closed(opened, end.end))

    def closed(self, opened: _Open, end: int) -> Node:
        span = (opened.start, end, opened.at)
        elements = tuple(opened.elements)
        match opened.kind:
            case "[":
                return ListLiteral(*span, elements, tuple(opened.flags))
            case "{":
                return MapLiteral(*span, cast("tuple[MapEntry, ...]", elements))
            case "index":
                assert opened.target is not None, "an index has an operand"
                return Index(*span, opened.target, elements[0], opened.optional)
            case "call":
                return self.call(span, opened, elements)
        return elements[0]

    def call(
        self, span: tuple[int, int, int], opened: _Open, arguments: tuple[Node, ...]
    ) -> Node:
        target = opened.target
        if target is not None and (prefix := _qualified(target)):
            name = f"{prefix}.{opened.name}"
            if name in NAMESPACED:
                return Call(*span, name, None, arguments)
        plain = Call(*span, opened.name, target, arguments)
        try:
            return as_macro(plain)
        except MacroError as problem:
            self.complain(problem.at, str(problem))
            return plain


_Symbol = OneOf["==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"]

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
