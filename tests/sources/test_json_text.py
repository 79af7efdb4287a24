"""JSON text: strict where Go is strict, and one flaw spoils one document."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.sources.documents import Loaded
from dractl.sources.json_text import NotJson, read_json
from dractl.sources.text import read_text


def read(text: str) -> Loaded:
    return read_json(text, "f.json")


def documents(text: str) -> list[tuple[object, str]]:
    return [(each.document, each.where) for each in read(text).documents]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}', [({"a": 1}, "f.json")]),
        (' \n{"a": 1}\n ', [({"a": 1}, "f.json")]),
        (
            '{"a": 1}{"b": 2}\n\n{"c": 3}',
            [
                ({"a": 1}, "f.json document 0"),
                ({"b": 2}, "f.json document 1"),
                ({"c": 3}, "f.json document 2"),
            ],
        ),
        ('[{"a": 1}, 2]', [({"a": 1}, "f.json item 0"), (2, "f.json item 1")]),
        ("", []),
    ],
)
def test_one_document_or_several_are_read(
    text: str, expected: list[tuple[object, str]]
) -> None:
    assert documents(text) == expected


@pytest.mark.parametrize(
    ("flawed", "words"),
    [
        ('{"a": 1, "b": 2, "a": 3}', "key 'a' is there twice"),
        ('{"x": {"a": "1", "a": "1"}}', "key 'a' is there twice"),
        ('{"a": NaN}', "NaN is not a JSON value"),
        ('{"a": [-Infinity]}', "-Infinity is not a JSON value"),
        ('{"a": 1e999}', "1e999 is too large"),
        ('{"a": 1' + "0" * 5000 + "}", "is too large"),
    ],
)
@pytest.mark.parametrize("kind", ["List", "PodList"])
def test_a_flaw_spoils_the_item_that_it_is_in(
    flawed: str, words: str, kind: str
) -> None:
    good = '{"kind": "Pod", "apiVersion": "v1"}'

    loaded = read(
        f'{{"kind": "{kind}", "apiVersion": "v1", "items": [{good}, {flawed}]}}'
    )

    assert loaded.documents == [({"kind": "Pod", "apiVersion": "v1"}, "f.json item 0")]
    assert [problem.where for problem in loaded.problems] == ["f.json item 1"]
    assert words in loaded.problems[0].message


def test_a_flaw_in_a_document_spoils_that_document() -> None:
    loaded = read('{"a": NaN} {"b": 1}')

    assert loaded.documents == [({"b": 1}, "f.json document 1")]
    assert len(loaded.problems) == 1


@pytest.mark.parametrize("text", ['{"a": [1,', "{'a': 1}", "{", '{"a" 1}', "tru"])
def test_text_that_does_not_begin_with_json_is_told_from_damaged_json(
    text: str,
) -> None:
    with pytest.raises(NotJson) as caught:
        read(text)

    assert caught.value.where.startswith("f.json:1:")


def test_documents_before_the_damage_are_kept() -> None:
    loaded = read('{"a": 1}\n{"b": ')

    assert loaded.documents == [({"a": 1}, "f.json document 0")]
    assert [problem.where for problem in loaded.problems] == ["f.json:2:7"]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_nesting_without_end_is_refused(text: str) -> None:
    loaded = read(text)

    assert [problem.message for problem in loaded.problems] == ["is nested too deeply"]


def test_more_objects_than_fit_into_memory_are_refused() -> None:
    loaded = read("[" + "[]," * 9_000_000)

    assert [problem.message for problem in loaded.problems] == [
        "holds more objects than dractl reads"
    ]


def test_objects_of_numbers_are_not_confused_with_those_of_truths() -> None:
    text = '[{"a": 1}, {"a": true}, {"a": 1.0}, {"a": "1"}]'

    assert [repr(document) for document, _ in documents(text)] == [
        "{'a': 1}", "{'a': True}", "{'a': 1.0}", "{'a': '1'}"
    ]  # fmt: skip


SCALARS = st.none() | st.booleans() | st.integers() | st.text()
VALUES = SCALARS | st.dictionaries(st.text(), SCALARS, max_size=2) | st.lists(SCALARS)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_what_json_writes_is_read_back(value: dict[str, object]) -> None:
    assert documents(json.dumps(value)) == [(value, "f.json")]


def test_yaml_in_braces_is_read_as_yaml() -> None:
    assert read_text("{a: 1}", "f").documents == [({"a": 1}, "f:1")]


def test_damaged_json_by_name_is_not_tried_as_yaml() -> None:
    loaded = read_text("{a: 1}", "f.json", is_json=True)

    assert loaded.documents == []
    assert loaded.problems[0].where == "f.json:1:2"
    assert loaded.problems[0].message.startswith("is not JSON")
