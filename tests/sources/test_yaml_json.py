"""Changes to JSON that leave the rest of its text alone."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.sources.yaml_edit import edited_json
from tests.sources.test_yaml_lists_property import VALUES

JSON: list[Any] = [
    ('{"a": [1, 2]}', {"a": [2, 3]}, '{"a": [2, 3]}'),
    ('{"a":[1],"b":2}', {"a": [1, {"c": "d"}], "b": 2}, '{"a":[1,{"c":"d"}],"b":2}'),
    (
        '{\n "a": {"b":  1},\n "c": [\n  1\n ]\n}',
        {"a": {"b": 1}, "c": [1, {"d": 2}]},
        '{\n "a": {"b":  1},\n "c": [\n  1,\n  {\n   "d": 2\n  }\n ]\n}',
    ),
    (
        '{"a": "\\u00e4"}',
        {"a": "\u00e4", "b": "\u00f6"},
        '{"a": "\\u00e4", "b": "\\u00f6"}',
    ),
    ('{\r\n "a": 1,\r\n "b": 2\r\n}', {"b": 2}, '{\r\n "b": 2\r\n}'),
    ('{"a": 1}', {"a": {"b": 1}}, '{"a": {"b": 1}}'),
    ('{"a": 1}', {}, "{}"),
    ('[null, {"a": true}]', [None, True], "[null, true]"),
]


@pytest.mark.parametrize(("before", "new", "after"), JSON)
def test_json_stays_as_it_is_written(before: str, new: object, after: str) -> None:
    assert edited_json(before, json.loads(before), new) == after


def test_json_with_tabs_is_left_to_others() -> None:
    text = '{\n\t"a": 1\n}'

    assert edited_json(text, {"a": 1}, {"a": 2}) in {None, '{\n\t"a": 2\n}'}


@pytest.mark.property
@given(
    old=VALUES,
    new=VALUES,
    indent=st.sampled_from([None, 2, 4]),
    separators=st.sampled_from([None, (",", ":")]),
)
def test_json_says_what_it_should_whatever_changed(
    old: Any, new: Any, indent: int | None, separators: tuple[str, str] | None
) -> None:
    text = json.dumps(old, indent=indent, separators=separators)

    after = edited_json(text, old, new)

    assert after is not None
    assert json.loads(after) == new
