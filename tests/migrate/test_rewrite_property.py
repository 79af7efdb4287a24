"""There and back again: any pod asks for the same as before."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dractl.migrate.answer import Meaning
from dractl.migrate.reverse import reversed_
from dractl.model.cluster import Profile
from dractl.rules.server import judged
from tests.migrate.builders import inputs, order
from tests.migrate.rewriting import GONE, PRODUCT, applied, rewrite
from tests.migrate.test_reverse import plain

_MIG = "nvidia.com/mig-1g.5gb"
_RESOURCES = ("nvidia.com/gpu", _MIG, "amd.com/gpu", "furiosa.ai/rngd", "cpu")
_AMOUNT = st.one_of(st.integers(1, 4), st.integers(10, 32))
_AMOUNTS = st.dictionaries(st.sampled_from(_RESOURCES), _AMOUNT, max_size=3)
_EXPRESSIONS = st.lists(
    st.sampled_from(
        [
            {"key": PRODUCT, "operator": "In", "values": ["NVIDIA-A100"]},
            {"key": PRODUCT, "operator": "NotIn", "values": ["T4"]},
            {"key": GONE, "operator": "Exists"},
            {"key": "zone", "operator": "In", "values": ["a", "b"]},
        ]
    ),
    min_size=1,
    max_size=3,
)
_TERMS = st.lists(
    st.fixed_dictionaries({"matchExpressions": _EXPRESSIONS}), min_size=1, max_size=3
)
_PREFERENCES = st.lists(
    st.fixed_dictionaries(
        {
            "weight": st.integers(1, 9),
            "preference": st.fixed_dictionaries({"matchExpressions": _EXPRESSIONS}),
        }
    ),
    min_size=1,
    max_size=3,
)
_AFFINITY = st.fixed_dictionaries(
    {},
    optional={
        "requiredDuringSchedulingIgnoredDuringExecution": st.fixed_dictionaries(
            {"nodeSelectorTerms": _TERMS}
        ),
        "preferredDuringSchedulingIgnoredDuringExecution": _PREFERENCES,
    },
)
_SELECTOR = st.dictionaries(
    st.sampled_from([PRODUCT, GONE, "zone"]), st.just("x"), min_size=1
)


@st.composite
def _pods(draw: st.DrawFn) -> dict[str, Any]:
    """Return a pod whose containers ask for all sorts of things."""
    listed: dict[str, list[Any]] = {"initContainers": [], "containers": []}
    for key, least in (("initContainers", 0), ("containers", 1)):
        for number in range(draw(st.integers(least, 3))):
            one: dict[str, Any] = {"name": f"{key[0]}{number}", "image": "x"}
            if amounts := draw(_AMOUNTS):
                one["resources"] = {"limits": amounts}
                if draw(st.booleans()):
                    one["resources"]["requests"] = dict(amounts)
            if key == "initContainers" and draw(st.booleans()):
                one["restartPolicy"] = "Always"
            listed[key].append(one)
    spec: dict[str, Any] = {key: each for key, each in listed.items() if each}
    if draw(st.booleans()):
        spec["nodeSelector"] = draw(_SELECTOR)
    if affinity := draw(_AFFINITY):
        spec["affinity"] = {"nodeAffinity": affinity}
    metadata = {"name": "it", "namespace": "ns"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(_pods(), st.sampled_from(["1.32", "1.34", "1.36", "1.37"]))
def test_comes_back_as_it_was(pod: dict[str, Any], release: str) -> None:
    text = yaml.safe_dump(pod)
    made = rewrite(text, {_MIG: Meaning("partition")}, kubernetes=release)
    there = applied(text, made)
    profile = Profile.of(release, {"DynamicResourceAllocation": True})
    for each in there:
        answer = judged(each, profile)
        assert (answer.status, answer.dropped) == (201, ()), answer.violations
    told = yaml.safe_dump_all(there)
    back = reversed_(inputs(told), order(release))
    assert plain(applied(told, back)) == plain([pod])
    assert back.findings == ()
