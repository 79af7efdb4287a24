import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.rules.path import Path
from dractl.sources.alignment import aligned
from dractl.sources.located import Places, Source, read_located, spot_at
from dractl.sources.spots import place_in

YAML = """\
# a comment, as Helm writes them
kind: A
spec: &spec
  list:
  - name: one
  -   name: "two"
      flow: {a: 1, b: [x, "y"]}
  block: |-
    first &&
      second
  folded: >
    third
    fourth
  quoted: "a\\tb \\"c\\" \\
    d"
  single: 'it''s
    here'
---
# Source: only a comment
---
kind: List
items:
- kind: B
  copy: *other
- kind: List
  items:
  - {kind: C, deep: 7}
""".replace("  copy: *other\n", "  copy: 2\n")


def place(source: Source, number: int, path: Path) -> tuple[int, int, bool]:
    located = source.objects[number]
    spot, is_exact = spot_at(Places().root(located), path)
    line, column = spot.place
    return located.part.skipped + line, column, is_exact


def word_place(key: str, word: str) -> tuple[int, int]:
    """Where a word of a scalar stands, by way of the offset in its value."""
    located = read_located(YAML, "f").objects[0]
    spot, _ = spot_at(Places().root(located), Path.of("spec", key))
    document = located.document
    assert isinstance(document, dict)
    value = document["spec"][key]
    return place_in(spot, located.part.text, value, value.index(word))


LIST = Path.of("spec", "list")


@pytest.mark.parametrize(
    ("number", "path", "expected"),
    [
        (0, Path.of("kind"), (2, 7, True)),
        (0, Path.of("spec"), (3, 1, True)),
        (0, LIST.index(0), (5, 5, True)),
        (0, LIST.index(0).field("name"), (5, 11, True)),
        (0, LIST.index(1).field("name"), (6, 13, True)),
        (0, LIST.index(1).field("flow", "b").index(1), (7, 27, True)),
        (0, LIST.index(1).field("flow", "c"), (7, 7, False)),
        (0, LIST.index(5), (4, 3, False)),
        (1, Path.of("copy"), (24, 9, True)),
        (2, Path.of("deep"), (27, 21, True)),
        (2, Path.of("missing"), (27, 5, False)),
    ],
)
def test_a_value_of_yaml_is_found(
    number: int, path: Path, expected: tuple[int, int, bool]
) -> None:
    assert place(read_located(YAML, "f"), number, path) == expected


def test_documents_are_numbered_and_lists_count_as_one() -> None:
    source = read_located(YAML, "f")
    found = [(each.number, each.items) for each in source.objects]
    assert found == [(0, ()), (1, (0,)), (1, (1, 0))]
    assert (source.documents, source.problems) == (2, [])


@pytest.mark.parametrize(
    ("key", "word"),
    [
        ("block", "first"),
        ("block", "&&"),
        ("block", "second"),
        ("folded", "third"),
        ("folded", "fourth"),
        ("quoted", "c"),
        ("quoted", "d"),
        ("single", "here"),
        ("single", "s"),
    ],
)
def test_a_word_of_a_scalar_is_found(key: str, word: str) -> None:
    line, column = word_place(key, word)
    assert YAML.split("\n")[line - 1][column - 1 :].startswith(word)


def test_anchors_lead_to_what_they_stand_for() -> None:
    text = "base: &b {x: 1}\ncopy: *b\nmore:\n  <<: *b\n  y: 2\n"
    source = read_located(text, "f")
    assert place(source, 0, Path.of("copy", "x")) == (1, 14, True)
    assert place(source, 0, Path.of("more", "x")) == (1, 14, True)


def test_paths_of_v1_are_found_in_older_versions() -> None:
    text = "spec:\n  devices:\n  - name: d\n    basic:\n      capacity: {m: 1}\n"
    device = Path.of("spec", "devices").index(0)
    old = read_located(text, "f")
    assert place(old, 0, device.field("capacity").key("m")) == (5, 21, True)
    text = "spec:\n  requests:\n  - name: r\n    count: 2\n"
    path = Path.of("spec", "requests").index(0).field("exactly", "count")
    assert place(read_located(text, "f"), 0, path) == (4, 12, True)


JSON = json.dumps(
    [{"kind": "A", "s": 'x\n"y"\u00e9\U0001f600 z'}, {"l": [1, {"d": None}]}], indent=2
)


def test_a_value_of_json_is_found() -> None:
    source = read_located(JSON, "f", is_json=True)
    path = Path.of("l").index(1).field("d")
    assert place(source, 1, path) == (10, 14, True)
    located = source.objects[0]
    spot, _ = spot_at(Places().root(located), Path.of("s"))
    document = located.document
    assert isinstance(document, dict)
    line, column = place_in(
        spot, located.part.text, document["s"], document["s"].index("z")
    )
    assert JSON.split("\n")[line - 1][column - 1] == "z"


def test_json_documents_in_a_row() -> None:
    text = '{"a": 1}\n\n  {"b":\n 2}\n'
    source = read_located(text, "f")
    assert [each.number for each in source.objects] == [0, 1]
    assert place(source, 1, Path.of("b")) == (4, 2, True)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a: 1\n---\nb: [\n---\nc: 3\n", "f:4"),
        ('{"a": 1}\n{"b": }', "f:2:7"),
        ('{"a": 1, "a": 2}', "f:1"),
        ("a: 1\na: 2\n", "f:2"),
    ],
)
def test_what_is_unreadable_has_a_place_and_spoils_nothing_else(
    text: str, where: str
) -> None:
    source = read_located(text, "f")
    assert [each.where for each in source.problems] == [where]
    assert source.documents == len(source.objects) + 1


SAFE = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)


@pytest.mark.property
@given(SAFE, st.booleans())
def test_every_character_of_json_text_is_found(text: str, ascii_only: bool) -> None:
    raw = json.dumps(text, ensure_ascii=ascii_only)
    offsets = aligned(raw, text, '"')
    assert offsets is not None
    for offset, character in zip(offsets, text, strict=True):
        assert raw[offset] in {"\\", character}
    assert offsets == sorted(set(offsets))
