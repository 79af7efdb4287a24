from collections.abc import Mapping
from typing import Any

import pytest

from dractl.diagnose.answer import DeviceReport
from dractl.diagnose.device import explain_device, parsed
from dractl.diagnose.world import World
from dractl.errors import DractlError, ExitStatus
from dractl.model.devices import DeviceId
from tests.diagnose.cluster import (
    DRIVER,
    Wire,
    claim,
    cluster,
    gpu_class,
    gpus,
    held,
    node,
    taint,
    wish,
)

NAME = f"{DRIVER}/n1/gpu-0"


def told(
    *documents: Wire, name: str = NAME, gates: Mapping[str, bool] | None = None
) -> DeviceReport:
    """Return what is told of a device in a cluster with one node."""
    given = cluster(node("n1"), gpu_class(), *documents, gates=gates)
    return explain_device(World(given), name)


# -- names


@pytest.mark.parametrize(
    ("name", "device"),
    [
        ("a/b/c", DeviceId("a", "b", "c")),
        ("a/b/with/slashes/c", DeviceId("a", "b/with/slashes", "c")),
    ],
)
def test_a_pool_may_have_slashes_in_its_name(name: str, device: DeviceId) -> None:
    assert parsed(name) == device
    assert str(device) == name


@pytest.mark.parametrize("name", ["", "gpu-0", "a/b", "/b/c", "a//c", "a/b/", "//"])
def test_what_is_no_name_of_a_device_is_wrong_usage(name: str) -> None:
    with pytest.raises(DractlError) as caught:
        parsed(name)

    assert caught.value.status is ExitStatus.USAGE


def test_a_name_that_is_nearly_right_is_proposed() -> None:
    with pytest.raises(DractlError) as caught:
        told(gpus("n1", "gpu-0"), name=f"{DRIVER}/n1/gpu-O")

    assert caught.value.status is ExitStatus.USAGE
    assert caught.value.hint == f"did you mean {NAME}?"


def test_where_nothing_is_like_it_the_number_of_devices_is_told() -> None:
    with pytest.raises(DractlError) as caught:
        told(gpus("n1", "gpu-0"), name="other/zzz/yyy")

    assert caught.value.hint.startswith("1 devices are published")


# -- what is known


def test_a_device_is_told_with_slice_node_and_class() -> None:
    found = told(gpus("n1", "gpu-0"))

    assert (found.slice, found.nodes, found.classes) == ("n1-gpu", ("n1",), ("gpu",))
    assert (found.holders, found.claims, found.notes) == ((), (), ())


def test_who_holds_it_is_told() -> None:
    (holder,) = told(gpus("n1", "gpu-0"), held("mine", "n1", "gpu-0")).holders

    assert holder["claim"] == {"namespace": "default", "name": "mine"}


def test_a_device_that_is_gone_and_still_held_is_told() -> None:
    found = told(gpus("n1", "gpu-1"), held("mine", "n1", "gpu-0"))

    assert (found.slice, found.nodes, len(found.holders)) == ("", (), 1)
    assert found.notes == ("no slice has it any more, though a claim still holds it",)


def test_a_class_that_does_not_select_it_is_left_out() -> None:
    other = {"cel": {"expression": 'device.driver == "other"'}}

    found = told(gpus("n1", "gpu-0"), gpu_class("other", selectors=[other]))

    assert found.classes == ("gpu",)


def test_claims_that_wait_and_would_have_it_are_told() -> None:
    none = {"cel": {"expression": "false"}}

    found = told(
        gpus("n1", "gpu-0"),
        claim("c"),
        claim("d", wish(1, selectors=[none])),
        claim("e", wish(1, deviceClassName="gone")),
        held("mine", "n1", "gpu-1"),
    )

    assert found.claims == ("claim default/c request gpu",)


def test_a_taint_that_keeps_a_claim_from_it_is_told() -> None:
    found = told(gpus("n1", {"name": "gpu-0", "taints": [taint("xid")]}), claim("c"))

    assert found.claims == ("claim default/c request gpu, which does not tolerate xid",)


def test_a_claim_is_named_once_whatever_its_alternatives() -> None:
    options = [{"name": n, "deviceClassName": "gpu"} for n in ("a", "b")]
    spec = {"devices": {"requests": [{"name": "r", "firstAvailable": options}]}}

    assert len(told(gpus("n1", "gpu-0"), claim("c", spec)).claims) == 1


# -- counters and capacity

PARTS = {"DRAPartitionableDevices": True}


def partitions(memory: str) -> list[Wire]:
    def part(name: str) -> Wire:
        draws = {"counterSet": "set", "counters": {"memory": {"value": "8Gi"}}}
        return {"name": name, "consumesCounters": [draws]}

    devices = gpus("n1", part("gpu-0"), part("gpu-1"))
    counters = {"name": "set", "counters": {"memory": {"value": memory}}}
    sets = gpus("n1", sharedCounters=[counters])
    sets["metadata"]["name"] = "sets"
    del sets["spec"]["devices"]
    for each in (devices, sets):
        each["spec"]["pool"]["resourceSliceCount"] = 2
    return [devices, sets]


def test_what_it_draws_is_told_with_what_is_left_and_who_draws_too() -> None:
    found = told(*partitions("10Gi"), held("mine", "n1", "gpu-1"), gates=PARTS)

    assert found.counters == (
        {
            "counterSet": "set",
            "counter": "memory",
            "needed": "8Gi",
            "left": "2Gi",
            "suffices": False,
            "drawnBy": [f"{DRIVER}/n1/gpu-1"],
        },
    )


def test_counters_that_suffice_are_told_as_such() -> None:
    (counter,) = told(*partitions("10Gi"), gates=PARTS).counters

    assert (counter["suffices"], counter["left"], counter["drawnBy"]) == (
        True, "10Gi", [],
    )  # fmt: skip


def shared(**fields: Any) -> Wire:
    return {"name": "gpu-0", "capacity": {"memory": {"value": "80Gi"}}, **fields}


def test_a_capacity_is_told_and_of_a_shared_device_what_is_given() -> None:
    share = held("mine", "n1", "gpu-0")
    (result,) = share["status"]["allocation"]["devices"]["results"]
    result |= {"shareID": "x", "consumedCapacity": {"memory": "30Gi"}}
    gates = {"DRAConsumableCapacity": True}

    whole = told(gpus("n1", shared()), gates=gates)
    parted = told(gpus("n1", shared(allowMultipleAllocations=True)), share, gates=gates)

    assert whole.capacity == ({"name": "memory", "value": "80Gi", "used": None},)
    assert parted.capacity == ({"name": "memory", "value": "80Gi", "used": "30Gi"},)
    assert parted.notes == ("several claims may have it at once",)


# -- notes


def test_half_a_pool_is_told() -> None:
    half = gpus("n1", "gpu-0")
    half["spec"]["pool"]["resourceSliceCount"] = 2

    found = told(half)

    assert found.nodes == ()
    assert found.notes == ("its pool has 1 of 2 slices, so nobody gets it",)


def test_a_device_for_a_node_that_is_not_there_is_told() -> None:
    found = told(gpus("gone", "gpu-0"), name=f"{DRIVER}/gone/gpu-0")

    assert found.notes == ("no node of the snapshot can use it",)


def test_conditions_before_pods_start_are_told() -> None:
    device = {"name": "gpu-0", "bindingConditions": ["Attached"]}

    found = told(
        gpus("n1", device),
        gates={
            "DRADeviceBindingConditions": True,
            "DRAResourceClaimDeviceStatus": True,
        },
    )

    assert found.notes == ("pods wait for Attached before they start",)


def test_a_taint_of_a_rule_is_the_devices() -> None:
    rule = {
        "apiVersion": "resource.k8s.io/v1beta2",
        "kind": "DeviceTaintRule",
        "metadata": {"name": "maintenance", "uid": "u"},
        "spec": {"deviceSelector": {"driver": DRIVER}, "taint": taint("fw")},
    }

    found = told(
        gpus("n1", "gpu-0"),
        rule,
        gates={"DRADeviceTaints": True, "DRADeviceTaintRules": True},
    )

    assert [(each.key, each.rule) for each in found.device.taints] == [
        ("fw", "maintenance")
    ]


def test_the_newest_generation_counts() -> None:
    old, new = gpus("n1", "gpu-0"), gpus("n1", "gpu-0")
    new["metadata"]["name"] = "new"
    new["spec"]["pool"]["generation"] = 2

    assert told(old, new).slice == "new"
