"""What changes in a YAML text, and what does not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.sources.yaml_edit import edited, values_of
from dractl.sources.yaml_write import block, inline


def changed(text: str, new: object) -> str:
    """Return the text that says `new`; fail if comments would be lost."""
    (old,) = values_of(text)
    result = edited(text, old, new)
    assert result.kept
    assert values_of(result.text) == [new]
    return result.text


def test_a_document_without_a_change_keeps_every_byte() -> None:
    text = "---\n# a\n{a:   1, 'b': \"c\"}   # d\n\n...\n"

    assert changed(text, {"a": 1, "b": "c"}) == text


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ("a: 1  # x\n", {"a": 2}, "a: 2  # x\n"),
        ("a: 'x'\n", {"a": "y"}, "a: 'y'\n"),
        ('a: "x"\n', {"a": "y"}, 'a: "y"\n'),
        ('a: "x"\n', {"a": 'say "y"'}, 'a: "say \\"y\\""\n'),
        ("a: x\n", {"a": "it's"}, 'a: "it\'s"\n'),
        ("a: x\n", {"a": "yes"}, 'a: "yes"\n'),
        ("- 1\n- 2 # x\n", [1, 3], "- 1\n- 3 # x\n"),
        ("a: [1, 2]\n", {"a": [1, 3]}, "a: [1, 3]\n"),
        ("a: 1\n", {"a": {"b": 1}}, "a:\n  b: 1\n"),
        ("a: 1 # x\n", {"a": {"b": 1}}, "a:\n  b: 1 # x\n"),
        ("a: {b: 1} # x\n", {"a": 1}, "a: 1 # x\n"),
        ("a:\n  b: 1 # x\n", {"a": 1}, "a: 1 # x\n"),
        ("{a: 1}\n", {"a": {"b": 1}}, "{a: {b: 1}}\n"),
        ("a: 1\n", {"a": {"b": 2}}, "a:\n  b: 2\n"),
        ("a: {}\n", {"a": [1]}, "a:\n  - 1\n"),
        ("a: 1\n", {"a": []}, "a: []\n"),
        ("a:\n  b: 1\nc: 2\n", {"a": 5, "c": 2}, "a:\n  5\nc: 2\n"),
        ("a:\n", {"a": {"b": 1}}, "a:\n  b: 1\n"),
    ],
)
def test_a_value_is_replaced(before: str, new: object, after: str) -> None:
    assert changed(before, new) == after


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        pytest.param(
            "k: x\n# about a\na: 1 # one\nb:\n  - 2\n",
            {"k": "x", "in": {"a": 1, "b": [2]}},
            "k: x\nin:\n  # about a\n  a: 1 # one\n  b:\n    - 2\n",
            id="fields move in with their comments",
        ),
        pytest.param(
            "a: 1\nk: x # name\nb: 2\n",
            {"k": "x", "in": {"a": 1, "b": 2}},
            "in:\n  a: 1\n  b: 2\nk: x # name\n",
            id="what stood apart comes together",
        ),
        pytest.param(
            "- a: 1\n  k: x\n- k: z\n",
            [{"k": "x", "in": {"a": 1}}, {"k": "z"}],
            "- in:\n    a: 1\n  k: x\n- k: z\n",
            id="in a list",
        ),
        pytest.param(
            "in: # outer\n    # inner\n    a: 1\n    b: |\n      x\n       y\nk: x\n",
            {"a": 1, "b": "x\n y\n", "k": "x"},
            "# outer\n# inner\na: 1\nb: |\n  x\n   y\nk: x\n",
            id="fields move out with their comments",
        ),
        pytest.param(
            "k: x\nin: {a: 1, b: 2}\n",
            {"k": "x", "a": 1, "b": 2},
            "k: x\na: 1\nb: 2\n",
            id="out of braces",
        ),
        pytest.param(
            "{k: x, a: 1,  b: 2}\n",
            {"k": "x", "in": {"a": 1, "b": 2}},
            "{k: x, in: {a: 1, b: 2}}\n",
            id="within braces",
        ),
        pytest.param(
            '{"k": "x", "a": 1}\n',
            {"k": "x", "in": {"a": 1}, "more": True},
            '{"k": "x", "in": {"a": 1}, "more": true}\n',
            id="within braces, as JSON",
        ),
        pytest.param(
            "{k: x, in: {a: 1}}\n",
            {"k": "x", "a": 1},
            "{k: x, a: 1}\n",
            id="out of braces in braces",
        ),
        pytest.param(
            "a: 1\n# gone\nb: 2 # too\nc: 3\n",
            {"a": 1, "c": 3},
            "a: 1\n# gone\nc: 3\n",
            id="comments above outlive their field, one behind it does not",
        ),
        pytest.param(
            "a: 1\nb: 2 # about\nc: 3\n",
            {"a": 1, "m": 2, "c": 3},
            "a: 1\n# about\nm: 2\nc: 3\n",
            id="a comment behind a field stays where another takes its place",
        ),
        pytest.param(
            "a: 1\nold: x\nb: 2\n",
            {"a": 1, "new": ["x"], "b": 2},
            "a: 1\nnew:\n- x\nb: 2\n",
            id="a new field takes the place of an old one",
        ),
        pytest.param(
            "a: 1\n# end\n",
            {"a": 1, "b": "2"},
            'a: 1\n# end\nb: "2"\n',
            id="a new field comes last",
        ),
        pytest.param(
            "x:\n  a: 1\n\n  b: 2\n",
            {"x": {"b": 2}},
            "x:\n\n  b: 2\n",
            id="the first field goes, and leaves no blanks on an empty line",
        ),
        pytest.param("- a: 1\n\n  b: 2\n", [{"b": 2}], "- b: 2\n", id="behind a dash"),
        pytest.param("{}\n", {"a": 1}, "{a: 1}\n", id="into empty braces"),
        pytest.param("- a: 1\n", [{}], "- {}\n", id="nothing is left"),
        pytest.param(
            "r:\n  - a: 1\n    # own\n\n  # next\n  - a: 2\n",
            {"r": [{"in": {"a": 1}}, {"in": {"a": 2}}]},
            "r:\n  - in:\n      a: 1\n      # own\n\n  # next\n  - in:\n      a: 2\n",
            id="comments below belong to what they are indented like",
        ),
    ],
)
def test_fields_move(before: str, new: object, after: str) -> None:
    assert changed(before, new) == after


def test_line_breaks_stay_as_they_are() -> None:
    text = "k: x\r\na: 1 # c\r\n"

    assert changed(text, {"k": "x", "in": {"a": 1}}) == (
        "k: x\r\nin:\r\n  a: 1 # c\r\n"
    )


def test_anchors_and_merges_stay_where_they_do_not_stand_in_the_way() -> None:
    text = "x: &x {a: 1}\nz:\n  <<: *x # merged\n  b: 2\nv: 1\n"
    new = {"x": {"a": 1}, "z": {"a": 1, "b": 2}, "v": 2}

    assert changed(text, new) == text.replace("v: 1", "v: 2")


def test_a_merged_field_that_must_move_costs_the_comments_and_nothing_else() -> None:
    text = "# head\nx: &x {a: 1}\nz:\n  <<: *x # merged\n  b: 2\n"
    (old,) = values_of(text)
    new = {"x": {"a": 1}, "z": {"b": 2, "in": {"a": 1}}}

    result = edited(text, old, new)

    assert not result.kept
    assert values_of(result.text) == [new]
    assert result.text.startswith("# head\nx:\n")


def test_an_alias_that_must_change_is_written_out() -> None:
    text = "x: &x [1]\nz: *x\n"
    (old,) = values_of(text)
    new = {"x": [1], "z": [2]}

    assert edited(text, old, new) == ("x: &x [1]\nz:\n  - 2\n", True, True)


def test_complex_keys_cost_the_comments_and_nothing_else() -> None:
    text = "? a\n: 1\n? b\n: 2\n"
    (old,) = values_of(text)
    new = {"in": {"a": 1, "b": 2}}

    assert values_of(edited(text, old, new).text) == [new]


WORDS = st.sampled_from(["a", "b", "c", "yes", "1", "x y", "#", "it's", 'say "x"', ""])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.property
@given(old=VALUES, new=VALUES, style=st.sampled_from([block, inline]))
def test_the_text_says_what_it_should_whatever_changed(
    old: Any, new: Any, style: Any
) -> None:
    text = style(old) + "\n"
    assert values_of(text) == [old]

    assert values_of(edited(text, old, new).text) == [new]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": "x\ny"}, "a: |-\n  x\n  y"),
        ({"a": 'b == "c"'}, "a: 'b == \"c\"'"),
        ({"a": "on"}, 'a: "on"'),
        ({"a": "\x1b"}, 'a: "\\e"'),
        ([], "[]"),
        ("x", "x"),
        (1, "1"),
    ],
)
def test_values_are_written_so_that_nothing_is_taken_for_something_else(
    value: object, text: str
) -> None:
    assert block(value) == text
    assert values_of(block(value)) == [value]
    assert values_of(inline(value)) == [value]
