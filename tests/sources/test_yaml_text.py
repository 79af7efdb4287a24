"""YAML text: documents with their lines; bad ones do not spoil their neighbours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.sources.documents import Loaded
from dractl.sources.yaml_text import read_yaml


def read(text: str) -> Loaded:
    return read_yaml(text, "f.yaml")


def problems(text: str) -> list[tuple[str, str]]:
    return [(problem.where, problem.message) for problem in read(text).problems]


def test_documents_carry_the_line_that_they_start_on() -> None:
    text = "# hello\na: 1\n---\n\n# more\nb: 2\n--- {c: 3}\n...\n---\n---\nd: 4\n"

    assert read(text).documents == [
        ({"a": 1}, "f.yaml:2"),
        ({"b": 2}, "f.yaml:6"),
        ({"c": 3}, "f.yaml:7"),
        ({"d": 4}, "f.yaml:11"),
    ]


def test_items_of_a_list_carry_their_own_lines() -> None:
    text = "kind: List\nitems:\n- kind: A\n  x: {}\n- kind: B\n-\n  kind: C\n"

    assert read("---\n" + text).documents == [
        ({"kind": "A", "x": {}}, "f.yaml:4"),
        ({"kind": "B"}, "f.yaml:6"),
        ({"kind": "C"}, "f.yaml:8"),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# only words\n", "---\n---\n", "  \t"])
def test_text_without_content_has_no_documents(text: str) -> None:
    assert read(text) == Loaded([], [])


def test_windows_line_ends_and_directives_are_fine() -> None:
    text = "%YAML 1.1\r\n---\r\na: 1\r\n---\r\nb: |\r\n  x\r\n"

    assert [document for document, _ in read(text).documents] == [
        {"a": 1},
        {"b": "x\n"},
    ]


def test_a_broken_document_does_not_spoil_the_others() -> None:
    loaded = read("a: 1\n---\nb: [1,\nx\n---\nc: 3\n---\n*d\n---\ne: 5\n")

    assert [document for document, _ in loaded.documents] == [
        {"a": 1}, {"c": 3}, {"e": 5}
    ]  # fmt: skip
    assert [problem.where for problem in loaded.problems] == ["f.yaml:5", "f.yaml:8"]


def test_anchors_and_merges_are_followed() -> None:
    text = (
        "base: &base {x: 1, z: 2}\n"
        "one: {z: 3, <<: *base}\n"
        "two: {<<: [*base, {x: 8, w: 9}]}\n"
        "word: &w hello\n"
        "again: *w\n"
        "quoted: {'<<': 1}\n"
    )

    assert read(text).documents[0].document == {
        "base": {"x": 1, "z": 2},
        "one": {"x": 1, "z": 3},
        "two": {"x": 1, "z": 2, "w": 9},
        "word": "hello",
        "again": "hello",
        "quoted": {"<<": 1},
    }


def test_keys_become_strings_as_in_json() -> None:
    text = "{1: a, true: b, on: c2, 1.5: d}".replace("on: c2, ", "")

    assert read(text).documents[0].document == {"1": "a", "true": "b", "1.5": "d"}


def test_binary_text_may_be_wrapped() -> None:
    text = "a: !!binary |\n  aGVs\n  bG8=\n"

    assert read(text).documents[0].document == {"a": "hello"}


def test_quotes_and_tags_decide_over_looks() -> None:
    text = '["1", \'yes\', !!str 5, !!int "3", !!float 2, ! 7, !!bool "on"]'

    assert read(text).documents[0].document == ["1", "yes", "5", 3, 2, "7", True]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "key 'a' is there twice"),
        ("on: 1\ntrue: 2\n", 2, "key 'true' is there twice"),
        ("a: &a [*a]\n", 1, "inside its own anchor"),
        ("&a\nb:\n  c: *a\n", 3, "inside its own anchor"),
        ("a: *b\n", 1, "no anchor"),
        ("a: 1\nb: {<<: 1}\n", 2, "can only merge mappings"),
        ("? [a]\n: 1\n", 1, "key must be a string"),
        ("~: 1\n", 1, "key must be a string"),
        ("a: .nan\n", 1, "no place in JSON"),
        ("a: -.inf\n", 1, "no place in JSON"),
        ("a: !!python/object:os.system {}\n", 1, "tag"),
        ("a: !mine x\n", 1, "tag"),
        ("a: !!int x\n", 1, "tag"),
        ("a: !!binary '*'\n", 1, "base64"),
        ("a:\n  - b\n c\n", 3, "is not YAML"),
        ("a: '\n", 2, "is not YAML"),
        ("a: \x01\n", 1, "is not YAML"),
        ("\x00\x01\x02", 1, "is not YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, words: str) -> None:
    ((where, message),) = problems(text)

    assert where == f"f.yaml:{line}"
    assert words in message


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "- - "])
def test_nesting_without_end_is_refused(opening: str) -> None:
    ((_, message),) = problems(opening * 100_000)

    assert message == "is nested too deeply"


def test_a_billion_laughs_are_refused() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]

    ((_, message),) = problems("\n".join(lines))

    assert message == "aliases multiply to too many values"


def test_merges_multiply_like_aliases() -> None:
    lines = ["a0: &a0 {k: 1}"]
    lines += [
        f"a{number}: &a{number} {{<<: [{', '.join([f'*a{number - 1}'] * 10)}]}}"
        for number in range(1, 12)
    ]

    ((_, message),) = problems("\n".join(lines))

    assert message == "aliases multiply to too many values"


def test_a_hundred_thousand_documents_are_cut_in_linear_time() -> None:
    assert len(read("---\na: 1\n" * 20_000).documents) == 20_000
    assert read("---\n# nothing\n" * 20_000).documents == []


@given(st.text(alphabet="-:[]{}&*!|>'\"#%@`, \n\tab01<?~.", max_size=60))
def test_no_text_makes_it_fall_over(text: str) -> None:
    loaded = read(text)

    assert all(document is not None for document, _ in loaded.documents)
    assert all(problem.where.startswith("f.yaml:") for problem in loaded.problems)
