"""Devices have one name in a cluster, and a scope that says where they can be used."""

from dataclasses import FrozenInstanceError

import pytest

from dractl.model.devices import Device, DeviceId, NodeScope, Taint
from dractl.model.nodeselection import (
    NodeSelector,
    NodeSelectorError,
    NodeSelectorTerm,
    Requirement,
)
from tests.builders import device

LABELS = {"zone": "a"}


def in_zones(*zones: str) -> NodeSelector:
    return NodeSelector((NodeSelectorTerm((Requirement("zone", "In", zones),)),))


def test_a_device_is_named_by_driver_pool_and_device() -> None:
    name = DeviceId("gpu.example.com", "rack/1", "gpu-0")
    assert str(name) == "gpu.example.com/rack/1/gpu-0"


def test_names_sort_by_driver_then_pool_then_device() -> None:
    names = [
        DeviceId("b", "a", "a"),
        DeviceId("a", "b", "a"),
        DeviceId("a", "a", "b"),
        DeviceId("a", "a", "a"),
    ]
    assert sorted(names) == list(reversed(names))


def test_a_device_knows_the_parts_of_its_name() -> None:
    gpu = device("gpu-7", driver="other.example.com")
    assert (gpu.driver, gpu.name) == ("other.example.com", "gpu-7")


def test_two_devices_are_different_even_if_they_look_alike() -> None:
    first, second = device("gpu-0"), device("gpu-0")
    assert first.id == second.id
    assert len({first, second}) == 2


def test_devices_do_not_share_what_they_were_not_given() -> None:
    first, second = Device(DeviceId("d", "p", "1")), Device(DeviceId("d", "p", "2"))
    assert first.attributes is not second.attributes
    assert first.capacity is not second.capacity


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (device(), "allow_multiple_allocations"),
        (Taint("key", "", "NoSchedule"), "effect"),
        (NodeScope(all_nodes=True), "all_nodes"),
    ],
    ids=["device", "taint", "scope"],
)
def test_what_was_published_cannot_be_changed(value: object, name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(value, name, None)


def test_a_taint_of_a_rule_is_not_that_of_the_driver() -> None:
    own = Taint("example.com/broken", "", "NoSchedule")
    assert own != Taint("example.com/broken", "", "NoSchedule", rule="broken-gpus")


@pytest.mark.parametrize(
    ("scope", "included"),
    [
        (NodeScope(node_name="n"), True),
        (NodeScope(node_name="m"), False),
        (NodeScope(all_nodes=True), True),
        (NodeScope(selector=in_zones("a", "b")), True),
        (NodeScope(selector=in_zones("b")), False),
        (NodeScope(selector=NodeSelector()), False),
        (NodeScope(), False),
        (NodeScope(node_name=""), False),
        (NodeScope(node_name="", all_nodes=True), True),
        (NodeScope(node_name="m", all_nodes=True), False),
        (NodeScope(all_nodes=True, selector=in_zones("b")), True),
    ],
    ids=[
        "its own node",
        "another node",
        "all nodes",
        "a selector that matches",
        "a selector that does not",
        "a selector without terms",
        "nothing",
        "an empty name",
        "an empty name and all nodes",
        "a name is looked at before all nodes",
        "all nodes is looked at before a selector",
    ],
)
def test_a_scope_includes_the_nodes_it_states(
    scope: NodeScope, *, included: bool
) -> None:
    assert scope.includes("n", LABELS) is included


def test_a_scope_with_an_unparsable_selector_has_no_answer() -> None:
    with pytest.raises(NodeSelectorError):
        NodeScope(selector=in_zones()).includes("n", LABELS)
