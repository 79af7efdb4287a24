"""Laws of judging, on valid objects that were changed at random."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.api.versions import to_hub
from dractl.model.cluster import Profile
from dractl.rules.server import judged
from tests.rules.documents import CLAIM, CLASS, SLICE, TEMPLATE, VALID, Wire

PROFILES = [
    Profile.of(release, gates)
    for release in ("1.31", "1.33", "1.35", "1.36", "1.37")
    for gates in ({}, {"AllAlpha": True, "AllBeta": True})
]
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["", "a", "A-", "a/b", "a/b/c", "1Gi", "0", "-1", "All", "\ud800"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    entries: Any = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    for key, entry in entries:
        yield (*path, key)
        yield from _places(entry, (*path, key))


@st.composite
def mutated(draw: st.DrawFn) -> Wire:
    """Return a valid object in which up to three places hold something else."""
    document = copy.deepcopy(draw(st.sampled_from(VALID)))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from([*_places(document), ("spec",)]))
        holder: Any = document
        for step in path[:-1]:
            holder = holder[step]
        action = draw(st.sampled_from(["replace", "remove", "extra", "swap"]))
        if action == "remove" and path[-1] != "spec":
            del holder[path[-1]]
        elif action == "extra" and isinstance(holder, dict):
            holder[draw(st.text(max_size=5))] = draw(_JSON)
        elif action == "swap":
            other = draw(st.sampled_from(list(_places(document))))
            value: Any = document
            for step in other:
                value = value[step]
            holder[path[-1]] = copy.deepcopy(value)
        else:
            holder[path[-1]] = draw(_JSON)
    return document


@pytest.mark.property
@given(mutated(), st.sampled_from(PROFILES))
def test_judging_never_raises(document: Wire, profile: Profile) -> None:
    before = copy.deepcopy(document)
    judgement = judged(document, profile)
    assert repr(document) == repr(before)
    assert (judgement.status in {201, None}) == (not judgement.violations)
    for found in judgement.violations:
        assert found.reason
        assert str(found.path) is not None
    assert judged(document, profile) == judgement


@pytest.mark.property
@given(mutated())
def test_v1beta2_is_judged_like_v1(document: Wire) -> None:
    profile = PROFILES[-3]
    if document.get("apiVersion") == "resource.k8s.io/v1":
        other = {**document, "apiVersion": "resource.k8s.io/v1beta2"}
        first, second = judged(document, profile), judged(other, profile)
        assert (first.violations, first.dropped) == (second.violations, second.dropped)


@pytest.mark.parametrize("document", [CLASS, CLAIM, TEMPLATE, SLICE])
def test_what_is_fine_in_v1beta1_is_fine_in_v1(document: Wire) -> None:
    profile = PROFILES[-3]
    old = _v1beta1(document)
    assert judged(old, profile).violations == ()
    assert judged(to_hub(old), profile).violations == ()


def _v1beta1(document: Wire) -> Wire:
    old = {**copy.deepcopy(document), "apiVersion": "resource.k8s.io/v1beta1"}
    spec = old["spec"]
    if old["kind"] == "ResourceSlice":
        spec["devices"] = [
            {"name": device.pop("name"), "basic": device} for device in spec["devices"]
        ]
    for request in (
        spec.get("spec", spec).get("devices", {}).get("requests", ())
        if (old["kind"].startswith("ResourceClaim"))
        else ()
    ):
        request.update(request.pop("exactly", {}))
    return old
