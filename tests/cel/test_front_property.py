"""Whatever the text, the front answers or refuses, and does so quickly."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dractl.cel.checker import check
from dractl.cel.cost import estimate_cost
from dractl.cel.environment import STORED
from dractl.cel.errors import SelectorCompileError
from dractl.cel.nodes import walk
from dractl.cel.parser import parse

MARKS = ". .? ( ) [ ] [? { } , : ? + - * / % ! == != < && || = & //"
WORDS = "device driver attributes x in true null 1 0x 2u 1.5 'x' b'' .size() sum"
OPENINGS = "has( .all(x, .map(x, cel.bind(x, size( .optMap(x, sets.contains( .sortBy(x,"
BROKEN = ("\"'", "'''", "\\", "`", "r'", "\n", "é", "\0", "\ud800")

PIECES = st.sampled_from(
    [piece for text in (MARKS, WORDS, OPENINGS) for piece in text.split()] + [*BROKEN]
)


def refusal(source: str) -> SelectorCompileError | None:
    """Compile the source; return the refusal, None if it compiles."""
    try:
        checked = check(source, parse(source), STORED)
        estimate_cost(checked, STORED)
    except SelectorCompileError as error:
        return error
    return None


LEAVES = (
    *("1", "2.5", "'a'", "true", "null", "[]", "{}", "x", "dyn(1)", "[1, 2]", "device"),
    *("device.driver", "device.attributes['a'].b", "device.capacity['a'].b"),
)

SHAPES = (
    *("({} + {})", "({} == {})", "({} < {})", "({} && {})", "({} in {})", "[{}, {}]"),
    *("{{{}: {}}}", "{}[{}]", "{}.?a.or({})", "{}.includes({})", "{}.join({})"),
    *(
        "{}.exists(x, {})",
        "{}.map(x, {})",
        "{}.map(x, [x]).map(x, {})",
        "({} ? {} : x)",
    ),
    *("cel.bind(x, {}, {})", "{}.optMap(x, {})", "{}.transformMap(x, y, {})"),
    *("[{}].sortBy(x, {})", "{}.format([{}])"),
)


def expressions() -> st.SearchStrategy[str]:
    """Make expressions that parse, of any types."""
    shapes = st.sampled_from(SHAPES)

    def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.builds(str.format, shapes, inner, inner)

    return st.recursive(st.sampled_from(LEAVES), combined, max_leaves=25)


@pytest.mark.property
@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=30).map(" ".join) | st.text(max_size=60))
def test_any_text_compiles_or_is_refused_with_a_complaint(source: str) -> None:
    error = refusal(source)
    assert error is None or error.issues


@pytest.mark.property
@settings(max_examples=400, deadline=None)
@given(expressions())
def test_any_expression_compiles_or_is_refused_with_a_complaint(source: str) -> None:
    error = refusal(source)
    assert error is None or error.message


@pytest.mark.property
@settings(max_examples=200, deadline=None)
@given(expressions())
def test_a_node_lies_in_the_source(source: str) -> None:
    nodes = walk(parse(source))
    assert all(0 <= node.start <= node.at < node.end <= len(source) for node in nodes)


HOSTILE = {
    "terms": "&&".join(["1 == 1"] * 850),
    "deep mixture": "true || true && !(" * 240 + "true" + ")" * 240,
    "nested macros": "[1].exists(x, " * 240 + "true" + ")" * 240,
    "types that double": "cel.bind(x, [1], "
    + "cel.bind(x, {x: x}, " * 60
    + "true"
    + ")" * 61,
    "types that deepen": "size([1]" + ".map(x, [[[[[[[[x]]]]]]]])" * 200 + ") > 0",
    "types that tie": "".join(f"cel.bind(a{i}, [], " for i in range(100))
    + " && ".join(f"a{i} == [{{a{i + 1}: a{i + 1}}}]" for i in range(99))
    + ")" * 100,
    "optionals": "device.?driver" + ".optMap(x, x)" * 200 + ".hasValue()",
    "bad optionals": "foo.?driver" + ".optMap(x, x)" * 200 + ".hasValue()",
    "quotes": '"""' * 3_000,
    "unreadable": "@" * 10_000,
    "digits": "9" * 10_000,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_dealt_with_in_bounded_time(source: str) -> None:
    error = refusal(source)
    assert error is None or len(error.issues) <= 100
