"""Patches that say only what differs, and lead back to the very same."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.migrate.differences import Conflict, carried, patches, pointer
from dractl.migrate.patches import PatchMisfit, patched

OLD = {
    "spec": {
        "nodeSelector": {"pool": "a", "nvidia.com/gpu.product": "T4"},
        "containers": [
            {"name": "side", "env": [{"name": "TOKEN", "value": "secret"}]},
            {
                "name": "main",
                "env": [{"name": "TOKEN", "value": "secret"}],
                "resources": {"limits": {"nvidia.com/gpu": "1", "cpu": "1"}},
            },
        ],
    }
}
NEW = {
    "spec": {
        "nodeSelector": {"pool": "a"},
        "containers": [
            {"name": "side", "env": [{"name": "TOKEN", "value": "secret"}]},
            {
                "name": "main",
                "env": [{"name": "TOKEN", "value": "secret"}],
                "resources": {
                    "limits": {"cpu": "1"},
                    "claims": [{"name": "gpu", "request": "main"}],
                },
            },
        ],
        "resourceClaims": [{"name": "gpu", "resourceClaimTemplateName": "t"}],
    }
}


def test_a_patch_says_only_what_differs() -> None:
    there, back = patches(OLD, NEW)

    assert [(each["op"], each["path"]) for each in there] == [
        ("test", "/spec/nodeSelector/nvidia.com~1gpu.product"),
        ("remove", "/spec/nodeSelector/nvidia.com~1gpu.product"),
        ("test", "/spec/containers/1/name"),
        ("test", "/spec/containers/1/resources/limits/nvidia.com~1gpu"),
        ("remove", "/spec/containers/1/resources/limits/nvidia.com~1gpu"),
        ("add", "/spec/containers/1/resources/claims"),
        ("add", "/spec/resourceClaims"),
    ]
    assert "secret" not in str((there, back))


def test_the_way_back_leads_to_the_very_same() -> None:
    there, back = patches(OLD, NEW)

    assert patched(OLD, there) == NEW
    assert patched(NEW, back) == OLD


@pytest.mark.parametrize(
    "change",
    [
        lambda spec: spec["containers"].reverse(),
        lambda spec: spec["containers"].pop(0),
        lambda spec: spec["containers"][1]["resources"]["limits"].update(
            {"nvidia.com/gpu": "2"}
        ),
        lambda spec: spec["nodeSelector"].clear(),
    ],
)
def test_a_patch_does_not_fit_what_has_changed(change: Any) -> None:
    there, _ = patches(OLD, NEW)
    other = copy.deepcopy(OLD)
    change(other["spec"])

    with pytest.raises(PatchMisfit):
        patched(other, there)


def test_no_difference_is_no_patch() -> None:
    assert patches(OLD, copy.deepcopy(OLD)) == ((), ())


def test_elements_that_go_are_taken_one_by_one() -> None:
    old = {"a": [{"key": "x"}, {"key": "y"}, {"key": "z"}]}
    new = {"a": [{"key": "y"}]}
    there, back = patches(old, new)

    removed = [each["path"] for each in there if each["op"] == "remove"]
    assert removed == ["/a/2", "/a/0"]
    assert patched(new, back) == old


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"containers": [{"env": 1}]}, {"containers": []}),
        ({"containers": [{"name": "a", "env": 1}]}, {"containers": 1}),
        ({"containers": [{"name": "a", "args": 1}]}, {"containers": [{"name": "a"}]}),
        ({"a": {"env": [1]}}, {"a": {"env": [1, 2]}}),
    ],
)
def test_what_may_be_a_secret_is_never_written(old: Any, new: Any) -> None:
    with pytest.raises(Conflict):
        patches(old, new)


_KEYS = st.sampled_from(["a", "b/c", "d~e", "name", "0"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "x", "y"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.property
@given(st.dictionaries(_KEYS, _VALUES), st.dictionaries(_KEYS, _VALUES))
def test_any_two_forms_lead_to_each_other(old: Any, new: Any) -> None:
    there, back = patches(old, new)

    assert patched(old, there) == new
    assert patched(new, back) == old
    assert carried(old, new, old) == new


# -- carrying


def test_a_live_form_gets_the_change_and_keeps_its_defaults() -> None:
    live = copy.deepcopy(OLD)
    live["spec"]["containers"].insert(0, {"name": "injected"})  # type: ignore[attr-defined]
    live["spec"]["dnsPolicy"] = "ClusterFirst"
    old = copy.deepcopy(OLD)
    old["spec"]["containers"][1]["resources"]["limits"]["nvidia.com/gpu"] = 1  # type: ignore[index]

    found = carried(old, NEW, live)

    assert found["spec"]["dnsPolicy"] == "ClusterFirst"
    assert [each["name"] for each in found["spec"]["containers"]] == [
        "injected",
        "side",
        "main",
    ]
    assert found["spec"]["containers"][2] == NEW["spec"]["containers"][1]  # type: ignore[index]
    there, back = patches(live, found)
    assert patched(patched(live, there), back) == live


@pytest.mark.parametrize(
    ("live", "where"),
    [
        ({"a": {"x": 2}}, "/a/x"),
        ({"a": {}}, "/a/x"),
        ({"a": {"x": 1, "y": 2}}, "/a/y"),
        ({"a": []}, "/a"),
    ],
)
def test_what_differs_where_it_changes_is_a_conflict(live: Any, where: str) -> None:
    with pytest.raises(Conflict, match=where):
        carried({"a": {"x": 1}}, {"a": {"x": 5, "y": 3}}, live)


def test_what_is_gone_already_may_go() -> None:
    assert carried({"a": 1, "b": 1}, {"a": 1}, {"a": 1}) == {"a": 1}


def test_elements_go_as_often_as_they_went() -> None:
    assert carried({"a": ["x", "x", "y"]}, {"a": ["x", "y"]}, {"a": ["x", "x"]}) == {
        "a": ["x"]
    }


def test_pointers_escape_what_they_have_to() -> None:
    assert pointer(("a/b", "~", 0)) == "/a~1b/~0/0"
