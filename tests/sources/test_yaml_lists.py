"""Lists and mappings whose elements come and go, and what else stands in the text."""

import time
from textwrap import dedent
from typing import Any

import pytest

from dractl.sources.yaml_edit import edited, values_of
from dractl.sources.yaml_write import block

CASES: list[Any] = [
    pytest.param(
        "- a # one\n# about b\n- b # two\n- c\n",
        ["a", "c"],
        "- a # one\n- c\n",
        id="an element goes with its comments",
    ),
    pytest.param(
        "- a\n- b\n# end\n", ["a"], "- a\n# end\n", id="what follows the last one stays"
    ),
    pytest.param(
        "x:\n  # a\n  - a\n\n  # b\n  - b\nv: 1\n",
        {"x": ["b"], "v": 1},
        "x:\n\n  # b\n  - b\nv: 1\n",
        id="the first one goes",
    ),
    pytest.param(
        "x:\n- a # one\n- b\nv: 1\n",
        {"x": ["q", "a", "m", "b", "z"], "v": 1},
        "x:\n- q\n- a # one\n- m\n- b\n- z\nv: 1\n",
        id="elements come at their places, dashes below the key",
    ),
    pytest.param(
        "x:\n   -   a\n   -   b\nv: 1\n",
        {"x": ["a", "b", {"c": 1, "d": 2}], "v": 1},
        "x:\n   -   a\n   -   b\n   -   c: 1\n       d: 2\nv: 1\n",
        id="wide dashes",
    ),
    pytest.param(
        'x:\n  - "a"\n', {"x": ["a", "b"]}, 'x:\n  - "a"\n  - "b"\n', id="quotes"
    ),
    pytest.param(
        "x:\n  - {name: a, value: 1} # one\n",
        {"x": [{"name": "a", "value": 1}, {"name": "b", "value": 2}]},
        "x:\n  - {name: a, value: 1} # one\n  - {name: b, value: 2}\n",
        id="braces as neighbours have",
    ),
    pytest.param(
        'x: ["a", "b"] # all\n', {"x": ["b", "c"]}, 'x: ["b", "c"] # all\n', id="flow"
    ),
    pytest.param(
        "x: [\n  a,\n  b,\n]\n",
        {"x": ["a", "c", "b"]},
        "x: [\n  a,\n  c,\n  b,\n]\n",
        id="flow over lines",
    ),
    pytest.param("x: [\ta,\tb]\n", {"x": ["b"]}, "x: [\tb]\n", id="flow with tabs"),
    pytest.param(
        '{"x": [{"name": "a"}]}\n',
        {"x": [{"name": "a"}, {"name": "b"}]},
        '{"x": [{"name": "a"}, {"name": "b"}]}\n',
        id="JSON in YAML",
    ),
    pytest.param(
        "c:\n- name: a # A\n  image: x # X\n- name: b # B\n  image: y # Y\n",
        {"c": [{"name": "b", "image": "z"}, {"name": "q"}]},
        "c:\n- name: b # B\n  image: z # Y\n- name: q\n",
        id="elements of the same name are the same",
    ),
    pytest.param(
        "e:\n  - key: a\n    operator: Exists # why\n  - operator: Exists # all\n",
        {"e": [{"operator": "Exists"}]},
        "e:\n  - operator: Exists # all\n",
        id="equal ones are the same first",
    ),
    pytest.param(
        "x:\n  # these\n  - a # one\n  - b\n# below\nv: 1\n",
        {"x": [], "v": 1},
        "x: []\n# below\nv: 1\n",
        id="a list that becomes empty",
    ),
    pytest.param(
        "x: # these\n  # above\n  a: 1 # one\nv: 1\n",
        {"x": {}, "v": 1},
        "x: {} # these\n  # above\nv: 1\n",
        id="a mapping that becomes empty",
    ),
    pytest.param(
        "x:\n  # these\n  - a # one\n  - b\n# below\nv: 1\n",
        {"v": 1},
        "# below\nv: 1\n",
        id="a list goes with its key",
    ),
    pytest.param(
        "x:\n    v: 1\n",
        {"x": {"v": 1}, "z": {"q": [{"k": {"m": 1}}]}},
        "x:\n    v: 1\nz:\n    q:\n    - k:\n          m: 1\n",
        id="the document's own step",
    ),
    pytest.param(
        "x:\n  - 1\nz: 2\n",
        {"x": [1], "z": 2, "q": [1, {"a": [2]}]},
        "x:\n  - 1\nz: 2\nq:\n  - 1\n  - a:\n      - 2\n",
        id="the document's own dashes",
    ),
    pytest.param(
        "x:\n - a: 1\n   b:\n    c: 2\n",
        {"x": [{"a": 1, "b": {"c": 2, "d": {"e": 3}}}, {"f": {"g": 1}}]},
        "x:\n - a: 1\n   b:\n    c: 2\n    d:\n     e: 3\n - f:\n    g: 1\n",
        id="a step of one",
    ),
    pytest.param(
        "x:\n   v: 1\n   z:\n   - a\n   # x\n\n# about w\nw: 1\n",
        {"x": {"v": 1, "z": ["a"], "q": {"o": 1}}, "w": 1},
        "x:\n   v: 1\n   z:\n   - a\n   # x\n   q:\n      o: 1\n\n# about w\nw: 1\n",
        id="a new field stands before what belongs to the next",
    ),
    pytest.param("x:\n  - a\n  - b", {"x": ["a"]}, "x:\n  - a", id="no line break"),
    pytest.param(
        "x:\n  - a", {"x": ["a", "b"]}, "x:\n  - a\n  - b", id="none, and more"
    ),
    pytest.param(
        "- - a\n  - b\n- - c\n",
        [["b"], ["q", "c"]],
        "- - b\n- - q\n  - c\n",
        id="in dashes",
    ),
    pytest.param(
        "---\n- a\n- b\n...\n", ["b", "c"], "---\n- b\n- c\n...\n", id="marks around"
    ),
    pytest.param(
        "x:\n- |\n  a\n   b\n- c\n",
        {"x": ["a\n b\n"]},
        "x:\n- |\n  a\n   b\n",
        id="a text in a block",
    ),
    pytest.param(
        "- x # c\n- v\n",
        [{"a": 1, "b": 2}, "v"],
        "- # c\n  a: 1\n  b: 2\n- v\n",
        id="an item becomes a mapping",
    ),
    pytest.param("a:\nb: 1\n", {"a": 2, "b": 1}, "a: 2\nb: 1\n", id="into nothing"),
    pytest.param(
        "a: {}\nb: 1\n",
        {"a": {"c": [1]}, "b": 1},
        "a:\n  c:\n  - 1\nb: 1\n",
        id="into empty braces",
    ),
]


@pytest.mark.parametrize(("before", "new", "after"), CASES)
def test_elements_come_and_go(before: str, new: object, after: str) -> None:
    (old,) = values_of(before)

    assert edited(before, old, new) == (after, True, False)


@pytest.mark.parametrize(("before", "new", "after"), CASES)
def test_line_breaks_of_windows_stay(before: str, new: object, after: str) -> None:
    text = before.replace("\n", "\r\n")
    (old,) = values_of(text)

    assert edited(text, old, new).text == after.replace("\n", "\r\n")


def test_line_breaks_of_both_kinds_stay() -> None:
    text = "a: 1\r\nx:\n- a\r\n- b\n- c\r\nz: 1\n"
    (old,) = values_of(text)

    after = edited(text, old, {"a": 1, "x": ["a", "c", "d"], "z": 2}).text

    assert after == "a: 1\r\nx:\n- a\r\n- c\r\n- d\nz: 2\n"


ANCHORS = {
    "both change": (
        """\
        a: &r # mine
          gpu: 1 # one
          cpu: 2
        b: *r # too
        """,
        {"a": {"cpu": 2}, "b": {"cpu": 2}},
        """\
        a: &r # mine
          cpu: 2
        b: *r # too
        """,
        False,
    ),
    "the anchor changes": (
        "a: &r\n  gpu: 1\n  cpu: 2\nb: *r # too\nc: [*r, 1]\n",
        {"a": {"cpu": 2}, "b": {"gpu": 1, "cpu": 2}, "c": [{"cpu": 2}, 1]},
        "a: &r\n  cpu: 2\nb: # too\n  gpu: 1\n  cpu: 2\nc: [*r, 1]\n",
        True,
    ),
    "an alias changes": (
        "a: &r {gpu: 1, cpu: 2}\nb: *r # too\nc: *r\n",
        {"a": {"gpu": 1, "cpu": 2}, "b": {"cpu": 2}, "c": {"gpu": 1, "cpu": 2}},
        "a: &r {gpu: 1, cpu: 2}\nb: # too\n  cpu: 2\nc: *r\n",
        True,
    ),
    "the anchor goes": (
        "x:\n- &r {a: 1} # first\n- b\nv: *r\n",
        {"x": ["b"], "v": {"a": 1}},
        "x:\n- b\nv:\n  a: 1\n",
        True,
    ),
    "a word with an anchor": (
        "x: &n 1 # one\nv: *n\nz: *n\n",
        {"x": 2, "v": 2, "z": 1},
        "x: &n 2 # one\nv: *n\nz: 1\n",
        True,
    ),
    "a merged field changes": (
        "x: &n {a: 1, b: 2}\nv:\n  <<: *n # all\n  c: 3\n",
        {"x": {"a": 1, "b": 2}, "v": {"a": 1, "b": 5, "c": 3}},
        "x: &n {a: 1, b: 2}\nv:\n  <<: *n # all\n  c: 3\n  b: 5\n",
        False,
    ),
    "a merged field goes": (
        "x: &n {a: 1, b: 2}\nv:\n  <<: *n # all\n  c: 3\n",
        {"x": {"a": 1, "b": 2}, "v": {"a": 1, "c": 3}},
        "x: &n {a: 1, b: 2}\nv:\n  # all\n  a: 1\n  c: 3\n",
        True,
    ),
    "what is merged changes alike": (
        "x: &n\n  a: 1\n  b: 2\nv:\n  <<: *n # all\n  c: 3\n",
        {"x": {"a": 1, "d": [4]}, "v": {"a": 1, "d": [4], "c": 3}},
        "x: &n\n  a: 1\n  d:\n  - 4\nv:\n  <<: *n # all\n  c: 3\n",
        False,
    ),
    "what is merged changes, but not there": (
        "x: &n\n  a: 1\n  b: 2\nv:\n  <<: *n # all\n  c: 3\n",
        {"x": {"a": 1}, "v": {"a": 1, "b": 2, "c": 3}},
        "x: &n\n  a: 1\nv:\n  <<: *n # all\n  c: 3\n  b: 2\n",
        False,
    ),
    "a list with an anchor becomes empty": (
        "x: &n\n- a\nv: *n\nz: 1\n",
        {"x": [], "v": [], "z": 1},
        "x: &n []\nv: *n\nz: 1\n",
        False,
    ),
    "in braces": (
        "{x: &n {a: 1, b: 2}, v: *n, z: {<<: *n, c: 1}}\n",
        {"x": {"a": 1}, "v": {"a": 1, "b": 2}, "z": {"a": 1, "b": 2, "c": 1}},
        "{x: &n {a: 1}, v: {a: 1, b: 2}, z: {<<: *n, c: 1, b: 2}}\n",
        True,
    ),
}


@pytest.mark.parametrize("case", ANCHORS)
def test_what_shares_an_anchor_keeps_its_value(case: str) -> None:
    before, new, after, spelled = ANCHORS[case]
    text = dedent(before)
    (old,) = values_of(text)

    assert edited(text, old, new) == (dedent(after), True, spelled)


IN_BRACES: list[Any] = [
    pytest.param(
        "r: {\n  limits: {\n    gpu: 1,  # the card\n    memory: 8Gi,   # the model\n"
        "  },  # at most\n}\n",
        {"r": {"limits": {"memory": "8Gi"}, "claims": [{"name": "a"}]}},
        "r: {\n  limits: {\n    memory: 8Gi,   # the model\n"
        "  },  # at most\n  claims: [{name: a}],\n}\n",
        id="fields go and come",
    ),
    pytest.param(
        "x: { # all\n  # one\n  a: 1, # a\n\n  # two\n  b: 2 # b\n  # end\n}\n",
        {"x": {"a": 1}},
        "x: { # all\n  # one\n  a: 1 # a\n\n  # two\n  # end\n}\n",
        id="the last field goes",
    ),
    pytest.param(
        "x: { # all\n  # one\n  a: 1, # a\n\n  # two\n  b: 2 # b\n  # end\n}\n",
        {"x": {"b": 2}},
        "x: { # all\n  # one\n\n  # two\n  b: 2 # b\n  # end\n}\n",
        id="the first field goes",
    ),
    pytest.param(
        "x: { # all\n  # one\n  a: 1, # a\n  b: 2 # b\n  # end\n}\n",
        {"x": {"a": 1, "m": 3}},
        "x: { # all\n  # one\n  a: 1, # a\n  m: 3 # b\n  # end\n}\n",
        id="a field takes another one's place",
    ),
    pytest.param(
        "x: {\n  a: 1 # a\n  , b: 2 # b\n}\n",
        {"x": {"a": 1, "b": 2, "c": 3}},
        "x: {\n  a: 1 # a\n  , b: 2, # b\n   c: 3\n}\n",
        id="commas first",
    ),
    pytest.param(
        "x: {\n  a: 1, # a\n  b: 2, c: 3, # both\n  d: 4\n}\n",
        {"x": {"a": 1, "b": 2, "d": 4}},
        "x: {\n  a: 1, # a\n  b: 2, # both\n  d: 4\n}\n",
        id="a comment of a line that stays",
    ),
    pytest.param(
        "x: {a: 1, # a\n    b: 2, c: 3}\n",
        {"x": {"a": 1, "c": 3}},
        "x: {a: 1, # a\n    c: 3}\n",
        id="the beginning of a line goes",
    ),
    pytest.param(
        "x: {a: 1, # a\n    b: 2}\n",
        {"x": {"a": 1}},
        "x: {a: 1 # a\n    }\n",
        id="the brace may not become a comment",
    ),
    pytest.param(
        "x: {\n  # why\n  a: 1,\n}\n",
        {"x": {}},
        "x: {\n  # why\n}\n",
        id="nothing is left but a comment above",
    ),
    pytest.param(
        "x: [\n  a, # one\n  # about b\n  b, # two\n]\n",
        {"x": ["a"]},
        "x: [\n  a, # one\n]\n",
        id="elements take their comments with them",
    ),
    pytest.param(
        "x: [\n  a, # one\n  # about b\n  b # two\n]\n",
        {"x": ["m", "b", "z"]},
        "x: [\n  m, # one\n  # about b\n  b, # two\n  z\n]\n",
        id="elements come",
    ),
]


@pytest.mark.parametrize(("before", "new", "after"), IN_BRACES)
def test_comments_in_braces_stay(before: str, new: Any, after: str) -> None:
    (old,) = values_of(before)

    assert edited(before, old, new) == (after, True, False)


def test_comments_in_braces_that_are_lost_are_told() -> None:
    text = "x: {\n  a: 1, # one\n  b: 2, # two\n}\n# rest\nv: 1 # own\n"
    (old,) = values_of(text)

    result = edited(text, old, {"x": {"in": {"a": 1, "b": 2}}, "v": 1})

    assert result == (
        "x: {\n  in: {a: 1, b: 2}, # one\n}\n# rest\nv: 1 # own\n",
        False,
        False,
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([0] * 3000, [1, *[0] * 3000]),
        ([{"a": 1}] * 1000, [{"b": 2}] * 999),
        ([{"name": str(i)} for i in range(2000)], [{"name": "1", "x": 1}]),
    ],
)
def test_long_lists_take_no_long_time(old: list[Any], new: list[Any]) -> None:
    began = time.monotonic()

    text = edited(f"{block(old)}\n", old, new).text

    assert values_of(text) == [new]
    assert time.monotonic() - began < 10
