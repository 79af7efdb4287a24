"""From v1 back: what a real API server shows, and what no other version can say."""

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dractl
from dractl.api.conversion import convert
from dractl.api.versions import VERSIONS, to_hub
from dractl.api.versions_back import ConversionError, Loss, from_hub
from tests.api.test_versions import WRONG, every_record, timeless
from tests.batches import batched


def stable(document: Any) -> Any:
    """Return the object without what a controller may have changed in between."""
    if document["kind"] != "DeviceTaintRule":
        return document
    return {key: value for key, value in document.items() if key != "status"}


def sent(document: Any) -> Any:
    """Return what a user sent: no status, no times."""

    def cut(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: cut(each) for key, each in value.items() if key != "timeAdded"}
        return [cut(each) for each in value] if isinstance(value, list) else value

    return {key: cut(value) for key, value in document.items() if key != "status"}


@every_record
def test_a_conversion_with_defaults_is_what_the_server_shows(
    record: dict[str, Any],
) -> None:
    shown = record["as"]

    for source, target in product(shown, shown):
        made = convert(shown[source], target, defaults=True)
        assert stable(made) == stable(shown[target]), (source, target)


@every_record
def test_defaults_of_a_manifest_are_those_that_the_server_set(
    record: dict[str, Any],
) -> None:
    for target, shown in record["as"].items():
        made = convert(record["manifest"], target, defaults=True)
        assert sent(made) == sent(shown), target


@every_record
def test_there_and_back_says_the_same(record: dict[str, Any]) -> None:
    for source, target in product(record["as"], record["as"]):
        hub = to_hub(record["as"][source])
        assert to_hub(convert(record["as"][source], target)) == hub, (source, target)


def test_nothing_is_added_without_defaults() -> None:
    claim = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaim",
        "spec": {
            "devices": {
                "requests": [
                    {"name": "a", "exactly": {"deviceClassName": "gpu"}},
                    {"name": "b", "firstAvailable": [{"name": "c"}]},
                ]
            }
        },
    }

    assert convert(claim, "v1beta1") == {
        "apiVersion": "resource.k8s.io/v1beta1",
        "kind": "ResourceClaim",
        "spec": {
            "devices": {
                "requests": [
                    {"name": "a", "deviceClassName": "gpu"},
                    {"name": "b", "firstAvailable": [{"name": "c"}]},
                ]
            }
        },
    }


def claim(*requests: object) -> dict[str, object]:
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaim",
        "spec": {"devices": {"requests": list(requests)}},
    }


def slice_of(**spec: object) -> dict[str, object]:
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceSlice",
        "spec": spec,
    }


@pytest.mark.parametrize(
    ("document", "target", "path"),
    [
        (
            claim({"name": "a", "exactly": {}}),
            "v1beta1",
            "spec.devices.requests[0].exactly",
        ),
        (
            claim({"name": "a", "count": 2}),
            "v1beta1",
            "spec.devices.requests[0].count",
        ),
        (
            claim({"name": "a", "exactly": {"count": 2, "else": 1}}),
            "v1beta1",
            "spec.devices.requests[0].exactly.else",
        ),
        (slice_of(nodeName=""), "v1beta1", "spec.nodeName"),
        (slice_of(allNodes=False), "v1beta1", "spec.allNodes"),
        (
            slice_of(
                devices=[
                    {
                        "name": "d",
                        "capacity": {"m": {"value": "1", "requestPolicy": {}}},
                    },
                    {"name": "e", "capacity": {"m": "1"}},
                ]
            ),
            "v1alpha3",
            "spec.devices[1].capacity.m",
        ),
        (
            {"apiVersion": "resource.k8s.io/v1", "kind": "DeviceTaintRule"},
            "v1beta1",
            "apiVersion",
        ),
        (
            {"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClass"},
            "v1beta1",
            "apiVersion",
        ),
    ],
)
def test_what_the_target_cannot_express_is_named(
    document: dict[str, object], target: str, path: str
) -> None:
    with pytest.raises(ConversionError) as caught:
        convert(document, target)

    assert path in [loss.path for loss in caught.value.fields]
    assert path in str(caught.value)
    assert caught.value.version == target


def test_a_rule_for_a_class_is_an_error_that_names_the_field() -> None:
    rule = {
        "apiVersion": "resource.k8s.io/v1alpha3",
        "kind": "DeviceTaintRule",
        "spec": {"deviceSelector": {"selectors": [{"cel": {"expression": "true"}}]}},
    }

    with pytest.raises(dractl.ConversionError) as caught:
        dractl.convert(rule, "v1")

    (loss,) = caught.value.fields
    assert loss.path == "spec.deviceSelector.selectors"


def test_a_loss_without_a_path_is_its_reason() -> None:
    assert str(Loss("", "why")) == "why"


def test_the_version_may_be_named_with_its_group() -> None:
    made = dractl.convert(slice_of(driver="d"), "resource.k8s.io/v1beta2")

    assert made["apiVersion"] == "resource.k8s.io/v1beta2"


def test_other_groups_are_copied() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod"}

    assert dractl.convert(pod, "v1beta1") == pod
    assert dractl.convert(pod, "v1beta1") is not pod


def test_the_items_of_lists_are_converted() -> None:
    item = slice_of(driver="d")
    bare = {key: item[key] for key in item if key not in {"apiVersion", "kind"}}
    made = dractl.convert(item, "v1beta1")

    mixed = {"apiVersion": "v1", "kind": "List", "items": [item, "odd"]}
    typed = {**mixed, "apiVersion": "resource.k8s.io/v1", "kind": "ResourceSliceList"}

    assert dractl.convert(mixed, "v1beta1") == {**mixed, "items": [made, "odd"]}
    assert dractl.convert({**typed, "items": [bare]}, "v1beta1") == {
        **typed,
        "apiVersion": "resource.k8s.io/v1beta1",
        "items": [made],
    }


def test_a_device_always_gets_its_basic() -> None:
    made = convert(slice_of(devices=[{"name": "d"}]), "v1beta1")

    assert made["spec"] == {"devices": [{"name": "d", "basic": {}}]}


def test_amounts_stand_alone_in_v1alpha3() -> None:
    devices = [{"name": "d", "capacity": {"memory": {"value": "1Gi"}}}]

    made = convert(slice_of(devices=devices), "v1alpha3")

    assert made["spec"] == {
        "devices": [{"name": "d", "basic": {"capacity": {"memory": "1Gi"}}}]
    }


def test_the_multiplier_of_release_1_36_has_a_default() -> None:
    devices = [{"name": "d", "nodeAllocatableResourceMappings": {"cpu": {}}}]

    made = convert(slice_of(devices=devices), "v1beta2", defaults=True)

    assert made["spec"] == {
        "devices": [
            {
                "name": "d",
                "nodeAllocatableResourceMappings": {
                    "cpu": {"allocationMultiplier": "1"}
                },
            }
        ]
    }


FIELDS: st.SearchStrategy[dict[str, object]] = st.dictionaries(
    st.sampled_from(
        [
            *("deviceClassName", "selectors", "allocationMode", "count"),
            *("adminAccess", "tolerations", "capacity", "unheardOf"),
        ]
    ),
    st.sampled_from([None, "", "x", 0, 2, False, True, [], [{}], {}]),
)
REQUESTS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from("ab")},
        optional={
            "exactly": FIELDS,
            "firstAvailable": st.lists(FIELDS),
            "count": FIELDS,
        },
    ),
    max_size=3,
)
DEVICES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.just("d"),
            "attributes": st.sampled_from([{}, {"a": {"int": 1}}]),
            "capacity": st.sampled_from([{}, {"m": {"value": "1"}}, {"m": "1"}]),
            "taints": st.sampled_from([[], [{"key": "k"}]]),
            "nodeName": st.sampled_from(["", "n"]),
            "allNodes": st.booleans(),
            "basic": st.just({}),
        },
    ),
    max_size=3,
)
SPECS = st.one_of(
    st.builds(
        lambda each: ("ResourceClaim", {"devices": {"requests": each}}), REQUESTS
    ),
    st.builds(
        lambda each, name: ("ResourceSlice", {"devices": each, "nodeName": name}),
        DEVICES,
        st.sampled_from(["", "n"]),
    ),
)
EMPTY_SAYS_NOTHING = {"attributes", "capacity", "taints", "tolerations"}


def meaning(value: Any) -> Any:
    """Return a value without what means the same as nothing."""
    if isinstance(value, dict):
        return {
            key: meaning(each)
            for key, each in value.items()
            if each is not None and not (key in EMPTY_SAYS_NOTHING and not each)
        }
    return [meaning(each) for each in value] if isinstance(value, list) else value


@pytest.mark.property
@given(spec=SPECS, target=st.sampled_from(["v1beta1", "v1beta2", "v1alpha3"]))
def test_no_conversion_loses_anything_that_it_does_not_refuse(
    spec: tuple[str, dict[str, object]], target: str
) -> None:
    kind, body = spec
    hub = {"apiVersion": "resource.k8s.io/v1", "kind": kind, "spec": body}
    before = json.dumps(hub)
    try:
        there = from_hub(hub, target)
    except ConversionError as error:
        assert error.fields  # noqa: PT017 - refusing is one of the two right answers
        return

    assert meaning(to_hub(there)) == meaning(hub)
    assert json.dumps(hub) == before


@batched(list(product(VERSIONS, WRONG)))
def test_a_spec_of_the_wrong_shape_passes_through(
    case: tuple[tuple[str, str], object],
) -> None:
    (kind, version), shape = case
    document = {"apiVersion": "resource.k8s.io/v1", "kind": kind, "spec": shape}

    assert convert(document, version, defaults=True)["spec"] == shape


def test_times_are_left_to_the_server() -> None:
    rule = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "DeviceTaintRule",
        "spec": {"taint": {"key": "k", "effect": "NoSchedule"}},
    }

    assert timeless(convert(rule, "v1beta2", defaults=True)["spec"]) == rule["spec"]


def test_amounts_are_spelt_as_a_server_does() -> None:
    memory = {"value": "1024Mi", "requestPolicy": {
        "default": 2048, "validValues": ["1000m", True, "odd"],
        "validRange": {"min": "0.5", "max": "1e3", "step": 1},
    }}  # fmt: skip
    device = {"name": "a", "capacity": {"memory": memory}}

    made: Any = convert(slice_of(devices=[device]), "resource.k8s.io/v1", defaults=True)

    assert made["spec"]["devices"][0]["capacity"]["memory"] == {
        "value": "1Gi",
        "requestPolicy": {
            "default": "2048",
            "validValues": ["1", True, "odd"],
            "validRange": {"min": "500m", "max": "1e3", "step": "1"},
        },
    }
