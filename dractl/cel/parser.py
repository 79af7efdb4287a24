"""Tokens of a CEL expression to its syntax tree.

One loop with a stack of open brackets instead of one function per grammar rule: an
expression as deep as cel-go allows would not fit into Python's recursion limit.
"""

from dataclasses import replace
from typing import Final, NoReturn

from dractl.cel.brackets import BINDING, CONDITIONAL, OpenBracket, Operator
from dractl.cel.depth import Depths, too_deep
from dractl.cel.errors import MOST_ISSUES, Issue, SelectorCompileError, issue_at
from dractl.cel.lexer import RESERVED, Token, tokens_of
from dractl.cel.literals import LITERAL_KINDS, literal_node
from dractl.cel.macros import MacroError, as_macro
from dractl.cel.nodes import Call, Ident, Node, Select
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


class _Parser:
    def __init__(self, source: str, tokens: list[Token], issues: list[Issue]) -> None:
        self.source = source
        self.tokens = tokens
        self.issues = issues
        self.position = 0
        self.token = tokens[0]
        self.root: Node | None = None
        self.open = OpenBracket("root", 0, 0)
        self.outer: list[OpenBracket] = []
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
        raise SelectorCompileError(self.source, tuple(ordered[:MOST_ISSUES]))

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
            return self.enter(OpenBracket("(", token.start, token.start))
        if kind == "[":
            self.advance()
            return self.elements(OpenBracket("[", token.start, token.start))
        if kind == "{":
            self.advance()
            return self.elements(OpenBracket("{", token.start, token.start))
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
            return self.elements(OpenBracket("call", at, start, name=name.text))
        if self.token.kind == "{":
            # Kubernetes declares no message types that a selector could make.
            at = self.token.start
            text = f"undeclared reference to '{name.text}' (in container '')"
            self.complain(at, text)
            self.fail()
        self.open.values.append(Ident(start, name.end, name.start, name.text))
        return False

    def elements(self, opened: OpenBracket) -> bool:
        """Begin a list, a map or arguments, which may be empty."""
        self.enter(opened)
        kinds = (self.token.kind, self.following().kind)
        if opened.is_listing and kinds == (",", opened.end):
            self.advance()
        if self.token.kind == opened.end:
            self.leave(self.advance())
            return False
        return self.begin_element()

    def begin_element(self) -> bool:
        self.open.optional = self.open.is_listing and self.token.kind == "?"
        if self.open.optional:
            self.advance()
        return True

    def enter(self, opened: OpenBracket) -> bool:
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
        opened = self.open
        opened.apply_unary()
        if kind in BINDING:
            opened.push(self.advance(), self.depths)
            return True
        if kind == "?" and not opened.chooses:
            opened.reduce(CONDITIONAL + 1, self.depths)
            place = self.advance().start
            opened.operators.append(Operator("?", CONDITIONAL, [place]))
            return True
        if kind == ":" and opened.chooses:
            opened.reduce(CONDITIONAL + 1, self.depths)
            self.advance()
            opened.operators[-1].text = ":"
            self.depths.enter()
            return True
        return self.close()

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
            called = OpenBracket(
                "call", at, operand.start, name=name.text, target=operand
            )
            return self.elements(called)
        span = (operand.start, name.end, dot.start)
        self.open.values.append(Select(*span, operand, name.text, optional))
        return False

    def index(self) -> bool:
        bracket = self.advance()
        operand = self.open.values.pop()
        opened = OpenBracket("index", bracket.start, operand.start, target=operand)
        if self.token.kind == "?":
            self.advance()
            opened.optional = True
        return self.enter(opened)

    def close(self) -> bool:
        """Read what may stand between or after the elements of the open bracket."""
        opened, token = self.open, self.token
        in_branch = opened.chooses
        if not in_branch:
            opened.reduce(0, self.depths)
            if opened.lacks_value:
                if token.kind == ":":
                    opened.key = opened.values.pop()
                    self.advance()
                    return True
            elif token.kind == opened.end:
                self.leave(self.advance())
                return False
            elif token.kind == "," and opened.kind in ("[", "{", "call"):
                return self.next_element()
        expected = ":" if in_branch or opened.lacks_value else opened.kind
        closers = [one.end for one in self.outer]
        raise bad_operator(expected, closers, token, self.following())

    def next_element(self) -> bool:
        opened = self.open
        self.advance()
        opened.take_element()
        if opened.is_listing and self.token.kind == opened.end:
            self.leave(self.advance())
            return False
        return self.begin_element()

    def leave(self, end: Token) -> None:
        """Close the bracket: its node is an operand of what surrounds it."""
        opened = self.open
        opened.take_element()
        node = opened.node(end.end)
        if opened.kind == "(":
            # Its text has the parentheses, so that the text of what it is part of is
            # balanced; messages point at `at`, which stays.
            node = replace(node, start=opened.start, end=end.end)
        if opened.kind == "root":
            self.root = node
            return
        if opened.kind == "call":
            node = self.with_macro(node)
        self.depths.leave()
        self.open = self.outer.pop()
        self.open.values.append(node)

    def with_macro(self, node: Node) -> Node:
        assert isinstance(node, Call), "the bracket of a call gives a call"
        try:
            return as_macro(node)
        except MacroError as problem:
            self.complain(problem.at, str(problem))
            return node
