"""JSON patches on values, and what of an object they touch."""

from typing import Any

import pytest

from dractl.migrate.patches import PatchMisfit, contains, fingerprint, patched

NIL, ONE = {"n": 0}, {"n": 1}
OBJECT = {"a": {"x/y": 1, "b~c": 2}, "list": [NIL, ONE], "other": 5}


@pytest.mark.parametrize(
    ("operation", "changed"),
    [
        ({"op": "remove", "path": "/a/x~1y"}, {"a": {"b~c": 2}}),
        ({"op": "replace", "path": "/a/b~0c", "value": 3}, {"a": {"x/y": 1, "b~c": 3}}),
        ({"op": "add", "path": "/new", "value": []}, {"new": []}),
        ({"op": "remove", "path": "/list/0"}, {"list": [ONE]}),
        ({"op": "add", "path": "/list/-", "value": 9}, {"list": [NIL, ONE, 9]}),
        ({"op": "add", "path": "/list/0", "value": 9}, {"list": [9, NIL, ONE]}),
        ({"op": "move", "from": "/list/0", "path": "/list/1"}, {"list": [ONE, NIL]}),
        (
            {"op": "copy", "from": "/other", "path": "/list/0/m"},
            {"list": [{"n": 0, "m": 5}, ONE]},
        ),
        ({"op": "test", "path": "/list/1/n", "value": 1}, {}),
    ],
)
def test_operations_are_done_on_a_copy(
    operation: dict[str, Any], changed: dict[str, Any]
) -> None:
    before = repr(OBJECT)

    assert patched(OBJECT, (operation,)) == {**OBJECT, **changed}
    assert repr(OBJECT) == before


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/other", "value": 6},
        {"op": "test", "path": "/nowhere", "value": 6},
        {"op": "remove", "path": "/nowhere"},
        {"op": "replace", "path": "/nowhere", "value": 1},
        {"op": "remove", "path": "/list/2"},
        {"op": "remove", "path": "/list/x"},
        {"op": "add", "path": "/list/5", "value": 1},
        {"op": "add", "path": "/other/x", "value": 1},
        {"op": "move", "path": "/a"},
        {"op": "remove", "path": ""},
        {"op": "remove", "path": 7},
        {"op": "drop", "path": "/a"},
        {},
    ],
)
def test_what_does_not_fit_is_said(operation: dict[str, Any]) -> None:
    with pytest.raises(PatchMisfit):
        patched(OBJECT, (operation,))


def test_only_what_a_patch_touches_counts() -> None:
    patch = ({"op": "replace", "path": "/other", "value": 6},)

    same = fingerprint({**OBJECT, "list": []}, patch)

    assert same == fingerprint(OBJECT, patch)
    assert same != fingerprint({**OBJECT, "other": 6}, patch)
    assert same != fingerprint({"a": {}}, patch)


def test_of_an_element_the_whole_list_counts() -> None:
    patch = ({"op": "remove", "path": "/list/0"},)
    after = patched(OBJECT, patch)

    assert fingerprint(OBJECT, patch) != fingerprint(after, patch)
    assert fingerprint(after, patch) != fingerprint({"list": [{"n": 2}]}, patch)


def test_what_is_only_tested_does_not_count() -> None:
    patch = (
        {"op": "test", "path": "/other", "value": 5},
        {"op": "remove", "path": "/list"},
    )

    assert fingerprint({**OBJECT, "other": 7}, patch) == fingerprint(OBJECT, patch)


@pytest.mark.parametrize(
    ("live", "wanted", "is_so"),
    [
        ({"a": 1, "default": 2}, {"a": 1}, True),
        ({"a": [{"b": 1, "c": 2}]}, {"a": [{"b": 1}]}, True),
        ({"hard": {"x": "8"}}, {"hard": {"x": 8}}, True),
        ({"a": [1, 2]}, {"a": [1]}, False),
        ({"a": "x"}, {"a": None}, False),
        ({"a": [1]}, {"a": {"0": 1}}, False),
        ({}, {"a": {}}, False),
        (None, {"a": 1}, False),
    ],
)
def test_a_server_may_say_more_than_is_wanted(
    live: object, wanted: object, is_so: bool
) -> None:
    assert contains(live, wanted) is is_so
