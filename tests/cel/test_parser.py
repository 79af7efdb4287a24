"""Syntax trees, syntax errors and the limits on nesting."""

import pytest

from dractl.cel.errors import Issue, SelectorCompileError
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
from dractl.cel.parser import parse


def sketch(node: Node) -> str:  # noqa: C901, PLR0911, PLR0912 one line per kind
    """Write a tree with every bracket spelled out."""
    match node:
        case Literal(value=value):
            return repr(value)
        case Ident(name=name):
            return name
        case Select(operand=x, field=name, optional=mark):
            return f"{sketch(x)}.{'?' * mark}{name}"
        case Has(operand=x, field=name):
            return f"has({sketch(x)}.{name})"
        case Index(operand=x, key=key, optional=mark):
            return f"{sketch(x)}[{'?' * mark}{sketch(key)}]"
        case Unary(operator=operator, operand=x):
            return f"{operator}{sketch(x)}"
        case Binary(operator=operator, left=x, right=y):
            return f"({sketch(x)} {operator} {sketch(y)})"
        case Logic(operator=operator, terms=terms):
            return f"({f' {operator} '.join(map(sketch, terms))})"
        case Conditional(condition=c, then=x, otherwise=y):
            return f"({sketch(c)} ? {sketch(x)} : {sketch(y)})"
        case Call(function=name, target=target, arguments=xs):
            receiver = "" if target is None else f"{sketch(target)}->"
            return f"{receiver}{name}({', '.join(map(sketch, xs))})"
        case ListLiteral(elements=xs, optional=marks):
            parts = ["?" * m + sketch(x) for x, m in zip(xs, marks, strict=True)]
            return f"[{', '.join(parts)}]"
        case MapLiteral(entries=entries):
            pairs = [
                f"{'?' * e.optional}{sketch(e.key)}: {sketch(e.value)}" for e in entries
            ]
            return f"{{{', '.join(pairs)}}}"
        case Macro(name=name, range=x, variables=names, condition=c, body=body):
            where = "" if c is None else f" if {sketch(c)}"
            return f"{name}<{' '.join(names)} of {sketch(x)}{where}: {sketch(body)}>"
        case Bind(name=name, value=x, body=body):
            return f"bind<{name}={sketch(x)}: {sketch(body)}>"
    raise AssertionError(node)


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ("1 + 2 * 3 - 4", "((1 + (2 * 3)) - 4)"),
        ("a < b == c", "((a < b) == c)"),
        ("a && b && c || d", "((a && b && c) || d)"),
        ("a && (b && c)", "(a && (b && c))"),
        ("a || b && c == d + e * f", "(a || (b && (c == (d + (e * f)))))"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a ? b || c : d", "(a ? (b || c) : d)"),
        ("!a.b && -c[0] > 0", "(!a.b && (-c[0] > 0))"),
        ("!!a", "a"),
        ("!!!a", "!a"),
        ("--a", "a"),
        ("-5", "-5"),
        ("--5", "5"),
        ("---5", "-5"),
        ("!-5", "!-5"),
        ("1 -5", "(1 - 5)"),
        ("-1.5", "-1.5"),
        ("0x10", "16"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("18446744073709551615u", "18446744073709551615"),
        ("a.b.c(1)[2].?d[?e]", "a.b->c(1)[2].?d[?e]"),
        (".a(b)", "a(b)"),
        ("[1, ?a,]", "[1, ?a]"),
        ("[,]", "[]"),
        ('{"a": 1, ?b: c ? d : e,}', "{'a': 1, ?b: (c ? d : e)}"),
        ("{}", "{}"),
        ("a in [1]", "(a in [1])"),
    ],
)
def test_precedence_and_brackets_make_the_tree(source: str, tree: str) -> None:
    assert sketch(parse(source)) == tree


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ("has(a.b)", "has(a.b)"),
        ("has(has(a.b))", "has(a.b)"),
        ("a.has(b)", "a->has(b)"),
        ("a.all(x, x)", "all<x of a: x>"),
        ("a.all(i, x, x)", "all<i x of a: x>"),
        ("a.existsOne(x, x)", "exists_one<x of a: x>"),
        ("a.map(x, y)", "map<x of a: y>"),
        ("a.map(x, y, z)", "map<x of a if y: z>"),
        ("a.filter(x, y)", "filter<x of a: y>"),
        ("a.transformList(i, x, y)", "transformList<i x of a: y>"),
        ("a.transformMap(k, v, y, z)", "transformMap<k v of a if y: z>"),
        ("a.transformMapEntry(k, v, z)", "transformMapEntry<k v of a: z>"),
        ("a.sortBy(x, y)", "sortBy<x of a: y>"),
        ("a.optMap(x, y)", "optMap<x of a: y>"),
        ("a.optFlatMap(x, y)", "optFlatMap<x of a: y>"),
        ("cel.bind(x, a, y)", "bind<x=a: y>"),
        ("a.bind(x, a, y)", "a->bind(x, a, y)"),
        ("a.map(x)", "a->map(x)"),
        ("all(x, y)", "all(x, y)"),
        ("sets.contains(a, b)", "sets.contains(a, b)"),
        ("format.dns1123Label()", "format.dns1123Label()"),
        ("sets.nothing(a)", "sets->nothing(a)"),
    ],
)
def test_a_call_may_be_a_macro_or_have_dots_in_its_name(source: str, tree: str) -> None:
    assert sketch(parse(source)) == tree


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("device.driver", 6),
        ("a + b", 2),
        ("a && b && c", 7),
        ("f(1)", 1),
        ("a.f(1)", 3),
        ("a[1]", 1),
        ("a ? b : c", 2),
        ("  [1]", 2),
        ("!a", 0),
        ("(a)", 1),
        ("-5", 0),
        ("[1].map(x, x)", 7),
        ("a ||\n b == c", 2),
    ],
)
def test_a_node_is_shown_where_cel_go_shows_it(source: str, place: int) -> None:
    assert parse(source).at == place


OPERAND = (
    "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, "
    "NUM_UINT, STRING, BYTES, IDENTIFIER}"
)


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("", 0, f"Syntax error: mismatched input '<EOF>' expecting {OPERAND}"),
        ("1 +", 4, f"Syntax error: mismatched input '<EOF>' expecting {OPERAND}"),
        ("1 + +", 5, f"Syntax error: mismatched input '+' expecting {OPERAND}"),
        ("*a", 1, f"Syntax error: extraneous input '*' expecting {OPERAND}"),
        ("!", 2, f"Syntax error: extraneous input '<EOF>' expecting {OPERAND}"),
        ("--", 3, "Syntax error: no viable alternative at input '-'"),
        ("true true", 6, "Syntax error: extraneous input 'true' expecting <EOF>"),
        ("a b c", 3, "Syntax error: mismatched input 'b' expecting <EOF>"),
        ("a{}()", 2, "undeclared reference to 'a' (in container '')"),
        ("(1", 3, "Syntax error: missing ')' at '<EOF>'"),
        ("(1 2)", 4, "Syntax error: extraneous input '2' expecting ')'"),
        ("[1 2]", 4, "Syntax error: extraneous input '2' expecting {']', ','}"),
        ("{a}", 3, "Syntax error: mismatched input '}' expecting ':'"),
        ("a ? b", 6, "Syntax error: mismatched input '<EOF>' expecting ':'"),
        ("a.", 3, "Syntax error: no viable alternative at input '.'"),
        ('a."b"', 3, "Syntax error: no viable alternative at input '.\"b\"'"),
        ("a.true", 3, "Syntax error: mismatched input 'true' expecting IDENTIFIER"),
        ("a.`b`", 3, "unsupported syntax: '`'"),
        ("import", 1, "reserved identifier: import"),
        ("has(a)", 5, "invalid argument to has() macro"),
        ("has(a.?b)", 6, "invalid argument to has() macro"),
        ("a.all(1, b)", 7, "argument must be a simple name"),
        ("a.map(1, b)", 7, "argument is not an identifier"),
        ("a.all(x, x, b)", 10, "duplicate variable name: x"),
        ("9223372036854775808", 1, "invalid int literal"),
        ("18446744073709551616u", 1, "invalid uint literal"),
        ("1.99e90000009", 1, "invalid double literal"),
    ],
)
def test_the_first_complaint_is_cel_go_s(
    source: str, column: int, message: str
) -> None:
    with pytest.raises(SelectorCompileError) as caught:
        parse(source)
    assert caught.value.issues[0] == Issue(1, column, message)


def test_the_message_shows_the_line_and_a_caret() -> None:
    with pytest.raises(SelectorCompileError) as caught:
        parse("a ==\n 'é' b")
    head = "ERROR: <input>:2:6: Syntax error: extraneous input 'b' expecting <EOF>"
    assert caught.value.message == f"{head}\n |  'é' b\n | ..\uff0e..^"


RECURSION = Issue(-1, 0, "expression recursion limit exceeded: 250")
DEPTH = Issue(-1, 0, "max recursion depth exceeded")


@pytest.mark.parametrize(
    ("source", "issue"),
    [
        ("(" * 250 + "1" + ")" * 250, RECURSION),
        ("[" * 251 + "]" * 251, RECURSION),
        ("f(" * 251 + ")" * 251, RECURSION),
        ("-(" * 250 + "1" + ")" * 250, RECURSION),
        ("a ? b : " * 250 + "c", RECURSION),
        ("(1 + " * 125 + "1" + ")" * 125, RECURSION),
        ("+".join("1" * 252), DEPTH),
        ("a" + ".b" * 251, DEPTH),
        ("a" + "[0]" * 251, DEPTH),
    ],
    ids=lambda value: str(value)[:20],
)
def test_nesting_is_limited_where_cel_go_limits_it(source: str, issue: Issue) -> None:
    with pytest.raises(SelectorCompileError) as caught:
        parse(source)
    assert caught.value.issues == (issue,)


@pytest.mark.parametrize(
    "source",
    [
        "(" * 249 + "1" + ")" * 249,
        "a ? b : " * 249 + "c",
        "(1 + " * 124 + "1" + ")" * 124,
        "+".join("1" * 251),
        "a" + ".b" * 250,
        "a || a && !f(" * 249 + "a" + ")" * 249,
        "&&".join(["true"] * 1_700),
    ],
    ids=lambda value: str(value)[:20],
)
def test_anything_below_the_limits_is_read(source: str) -> None:
    assert isinstance(parse(source), Node)


def test_ten_kibibytes_are_the_longest_expression() -> None:
    longest = "'" + "é" * 5_119 + "'"
    assert isinstance(parse(longest), Literal)
    with pytest.raises(SelectorCompileError, match="may not be more than 10240 bytes"):
        parse(longest + " ")
