"""What drivers and admins publish, read from the wire."""

from typing import Any

import pytest

from dractl.api.decode import Decoded, decode
from dractl.model.attributes import Attribute, SemVer
from dractl.model.claims import Condition, ObjectMeta
from dractl.model.devices import (
    Capacity,
    CounterConsumption,
    CounterSet,
    DeviceId,
    NodeScope,
    RequestPolicy,
    ResourceSlice,
    Taint,
)
from dractl.model.nodeselection import NodeSelector, NodeSelectorTerm, Requirement
from dractl.model.quantity import Quantity
from dractl.model.taintrules import DeviceTaintRule

Q = Quantity.parse


def slice_of(*devices: dict[str, Any], **spec: Any) -> ResourceSlice:
    decoded = decode(
        {
            "apiVersion": "resource.k8s.io/v1",
            "kind": "ResourceSlice",
            "metadata": {"name": "s"},
            "spec": {
                "driver": "d.example.com",
                "pool": {"name": "p", "generation": 3, "resourceSliceCount": 2},
                "devices": list(devices),
                **spec,
            },
        }
    )
    assert isinstance(decoded, Decoded)
    assert isinstance(decoded.value, ResourceSlice)
    return decoded.value


def rule(spec: dict[str, Any]) -> DeviceTaintRule:
    decoded = decode(
        {
            "apiVersion": "resource.k8s.io/v1beta2",
            "kind": "DeviceTaintRule",
            "metadata": {"name": "r"},
            "spec": spec,
        }
    )
    assert isinstance(decoded, Decoded)
    assert isinstance(decoded.value, DeviceTaintRule)
    return decoded.value


def test_a_slice_names_its_pool_and_its_devices() -> None:
    found = slice_of({"name": "a"}, {"name": "b"}, nodeName="n")

    assert (found.name, found.driver, found.pool) == ("s", "d.example.com", "p")
    assert (found.generation, found.slice_count) == (3, 2)
    assert found.scope == NodeScope(node_name="n")
    assert [device.id for device in found.devices] == [
        DeviceId("d.example.com", "p", "a"),
        DeviceId("d.example.com", "p", "b"),
    ]


@pytest.mark.parametrize(
    ("wire", "attribute"),
    [
        ({"string": "x"}, Attribute("string", "x")),
        ({"string": ""}, Attribute("string", "")),
        ({"int": 0}, Attribute("int", 0)),
        ({"int": 1}, Attribute("int", 1)),
        ({"bool": True}, Attribute("bool", True)),
        ({"bool": False}, Attribute("bool", False)),
        ({"version": "1.2.3"}, Attribute("version", SemVer.parse("1.2.3"))),
        ({"strings": ["a", "b"]}, Attribute("strings", ("a", "b"))),
        ({"ints": [1, 2]}, Attribute("ints", (1, 2))),
        ({"bools": []}, Attribute("bools", ())),
        ({"versions": ["1.0.0"]}, Attribute("versions", (SemVer.parse("1.0.0"),))),
        ({"string": None, "int": 2}, Attribute("int", 2)),
        ({}, Attribute("", None)),
        ({"color": "red"}, Attribute("", None)),
    ],
)
def test_an_attribute_keeps_its_kind(
    wire: dict[str, object], attribute: Attribute
) -> None:
    device = slice_of({"name": "a", "attributes": {"x": wire}}).devices[0]

    found = device.attributes["d.example.com/x"]
    assert found == attribute
    assert type(found.value) is type(attribute.value)


def test_equal_numbers_and_truths_stay_apart() -> None:
    bodies: dict[str, dict[str, object]] = {
        "one": {"int": 1},
        "yes": {"bool": True},
        "none": {"int": 0},
        "no": {"bool": False},
    }

    device = slice_of({"name": "a", "attributes": bodies}).devices[0]

    assert [repr(each.value) for each in device.attributes.values()] == [
        "1", "True", "0", "False",
    ]  # fmt: skip


def test_bare_names_belong_to_the_driver() -> None:
    device = slice_of(
        {
            "name": "a",
            "attributes": {"x": {"int": 1}, "other.io/x": {"int": 2}},
            "capacity": {"m": {"value": "1Gi"}, "other.io/m": {"value": "2"}},
        }
    ).devices[0]

    assert set(device.attributes) == {"d.example.com/x", "other.io/x"}
    assert device.capacity == {
        "m": Capacity(Q("1Gi")),
        "other.io/m": Capacity(Q("2")),
    }
    assert device.qualified_capacity == {
        "d.example.com/m": Q("1Gi"),
        "other.io/m": Q("2"),
    }


@pytest.mark.parametrize("names", [("x", "d.example.com/x"), ("d.example.com/x", "x")])
def test_the_spelled_out_name_wins_over_the_bare_one(names: tuple[str, str]) -> None:
    values = {"x": 1, "d.example.com/x": 2}
    device = slice_of(
        {
            "name": "a",
            "attributes": {name: {"int": values[name]} for name in names},
            "capacity": {name: {"value": values[name]} for name in names},
        }
    ).devices[0]

    assert device.attributes == {"d.example.com/x": Attribute("int", 2)}
    assert device.qualified_capacity == {"d.example.com/x": Q("2")}


@pytest.mark.parametrize(
    ("value", "amount"),
    [(5, "5"), (1.5, "1500m"), (" 1Gi ", "1Gi"), (None, "0"), ("1e3", "1e3")],
)
def test_a_quantity_may_be_text_or_a_number(value: object, amount: str) -> None:
    device = slice_of({"name": "a", "capacity": {"m": {"value": value}}}).devices[0]

    assert str(device.capacity["m"].value) == amount


@pytest.mark.parametrize(
    ("wire", "policy"),
    [
        ({}, RequestPolicy()),
        ({"default": "1"}, RequestPolicy(default=Q("1"))),
        ({"validValues": ["1", 2]}, RequestPolicy(valid_values=(Q("1"), Q("2")))),
        ({"validRange": {}}, RequestPolicy(has_range=True)),
        (
            {"validRange": {"min": "1", "max": "4", "step": "0"}},
            RequestPolicy(minimum=Q("1"), maximum=Q("4"), step=Q("0"), has_range=True),
        ),
    ],
)
def test_a_policy_says_what_may_be_asked_for(
    wire: dict[str, object], policy: RequestPolicy
) -> None:
    capacity = {"m": {"value": "4", "requestPolicy": wire}}
    device = slice_of({"name": "a", "capacity": capacity}).devices[0]

    assert device.capacity["m"] == Capacity(Q("4"), policy)


def test_everything_that_a_device_can_say_is_read() -> None:
    counters = {"c": {"value": "1"}}
    device = slice_of(
        {
            "name": "a",
            "allowMultipleAllocations": True,
            "consumesCounters": [{"counterSet": "cs", "counters": counters}],
            "nodeName": "n",
            "taints": [{"key": "k", "value": "v", "effect": "NoExecute"}],
            "bindsToNode": True,
            "bindingConditions": ["a/Ready"],
            "bindingFailureConditions": ["a/Failed"],
            "someday": {"a": "field"},
        }
    ).devices[0]

    assert device.allow_multiple_allocations
    assert device.consumes == (CounterConsumption("cs", {"c": Q("1")}),)
    assert device.scope == NodeScope(node_name="n")
    assert device.taints == (Taint("k", "v", "NoExecute"),)
    assert device.binds_to_node
    assert device.binding_conditions == ("a/Ready",)
    assert device.binding_failure_conditions == ("a/Failed",)


def test_no_binding_conditions_are_the_same_as_none_stated() -> None:
    stated, silent = slice_of(
        {"name": "a", "bindingConditions": []}, {"name": "b"}
    ).devices

    assert stated.binding_conditions == silent.binding_conditions == ()


def test_a_device_without_a_scope_of_its_own_has_none() -> None:
    assert slice_of({"name": "a", "taints": []}).devices[0].scope is None


def test_an_empty_node_name_is_not_an_absent_one() -> None:
    assert slice_of(nodeName="").scope == NodeScope(node_name="")


def test_a_slice_for_some_nodes_keeps_the_selector() -> None:
    field = {"key": "metadata.name", "operator": "In", "values": ["n"]}
    selector = {"nodeSelectorTerms": [{"matchFields": [field]}, {}]}

    assert slice_of(nodeSelector=selector, allNodes=False).scope == NodeScope(
        selector=NodeSelector(
            (
                NodeSelectorTerm(
                    match_fields=(Requirement("metadata.name", "In", ("n",)),)
                ),
                NodeSelectorTerm(),
            )
        )
    )


def test_counters_of_a_slice_are_read() -> None:
    sets = [{"name": "cs", "counters": {"c": {"value": "4"}}}]
    found = slice_of(sharedCounters=sets, perDeviceNodeSelection=True)

    assert found.shared_counters == (CounterSet("cs", {"c": Q("4")}),)
    assert found.per_device_scope is True


def test_a_slice_of_ten_thousand_devices_is_read_whole() -> None:
    found = slice_of(*({"name": f"d{number}"} for number in range(10_000)))

    assert len(found.devices) == 10_000


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({}, (False, None, None, None)),
        ({"deviceSelector": None}, (False, None, None, None)),
        ({"deviceSelector": {}}, (True, None, None, None)),
        (
            {"deviceSelector": {"driver": "d", "pool": "p", "device": "x"}},
            (True, "d", "p", "x"),
        ),
    ],
)
def test_a_rule_without_a_selector_is_told_from_one_that_selects_all(
    selector: dict[str, object], expected: tuple[object, ...]
) -> None:
    found = rule({**selector, "taint": {"key": "k", "effect": "None"}})

    assert (found.selects, found.driver, found.pool, found.device) == expected
    assert found.taint == Taint("k", "", "None", rule="r")


def test_a_rule_tells_how_far_its_eviction_is() -> None:
    condition = {
        "type": "EvictionInProgress",
        "status": "True",
        "reason": "PodsPendingEviction",
        "observedGeneration": 2,
    }

    decoded = decode(
        {
            "apiVersion": "resource.k8s.io/v1",
            "kind": "DeviceTaintRule",
            "metadata": {"name": "r", "generation": 3, "labels": {"a": "b"}},
            "spec": {"taint": {"key": "k", "effect": "NoExecute"}},
            "status": {"conditions": [condition]},
        }
    )

    assert isinstance(decoded, Decoded)
    assert decoded.value == DeviceTaintRule(
        "r",
        Taint("k", "", "NoExecute", rule="r"),
        selects=False,
        meta=ObjectMeta("r", labels={"a": "b"}),
        generation=3,
        conditions=(
            Condition(
                "EvictionInProgress",
                "True",
                "PodsPendingEviction",
                observed_generation=2,
            ),
        ),
    )
