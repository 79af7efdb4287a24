from collections.abc import Mapping

import pytest

from dractl.api.snapshot import Snapshot
from dractl.diagnose.answer import Cause
from dractl.diagnose.features import FIELDS
from dractl.model.cluster import GATES
from tests.diagnose.cluster import (
    Wire,
    claim,
    cluster,
    codes,
    gpu_class,
    gpus,
    held,
    made_pod,
    node,
    only,
    pod,
    template,
    wish,
)

CLUSTER = (node("n1"), gpu_class(), gpus("n1", "gpu-0"))
FIRST = {
    "devices": {
        "requests": [
            {"name": "gpu", "firstAvailable": [{"name": "a", "deviceClassName": "gpu"}]}
        ]
    }
}


def state(
    *documents: Wire, kubernetes: str = "1.36", gates: Mapping[str, bool] | None = None
) -> Snapshot:
    return cluster(*CLUSTER, *documents, kubernetes=kubernetes, gates=gates)


@pytest.mark.parametrize("gate", FIELDS)
def test_the_gates_of_fields_exist(gate: str) -> None:
    assert gate in GATES


# -- alternatives


def test_alternatives_need_their_gate() -> None:
    off = {"DRAPrioritizedList": False}

    found = only(state(pod("web", "claim/c"), claim("c", FIRST), gates=off))

    assert (found.code, found.claim) == ("feature-disabled", "c")
    assert found.evidence == {"gate": "DRAPrioritizedList", "release": "1.36"}
    assert "which is off" in found.message


def test_a_release_that_lacks_the_gate_is_told_apart_from_a_gate_that_is_off() -> None:
    found = only(state(pod("web", "claim/c"), claim("c", FIRST), kubernetes="1.32"))

    assert "which 1.32 does not have" in found.message
    assert found.fixes == ("use a newer release of Kubernetes, or do without",)


# -- fields that were dropped


def dropped(spec: Wire) -> list[Wire]:
    """Return a pod with a template, and a claim that lost something of it."""
    owner = {"kind": "Pod", "name": "web", "uid": "uid-web"}
    made = claim("web-x", wish(), meta={"ownerReferences": [owner]})
    return [made_pod("web", "web-x"), template("two", spec), made]


TOLERATING = wish(
    tolerations=[{"key": "broken", "operator": "Exists", "effect": "NoSchedule"}]
)
TAINTED = gpus(
    "n2",
    {"name": "gpu-0", "taints": [{"key": "broken", "effect": "NoSchedule"}]},
)


def tainted_cluster(gates: Mapping[str, bool]) -> Snapshot:
    return cluster(node("n2"), gpu_class(), TAINTED, *dropped(TOLERATING), gates=gates)


def test_a_toleration_that_was_dropped_is_told() -> None:
    found: Cause = only(tainted_cluster({"DRADeviceTaints": True}))

    assert found.code == "feature-disabled"
    assert found.evidence == {
        "gate": "DRADeviceTaints",
        "gates": ["DRADeviceTaints"],
        "lost": ["tolerations"],
    }
    assert found.fixes == (
        "turn DRADeviceTaints on, then delete the pod for a new claim: fits on n2",
    )


def test_what_was_dropped_without_harm_is_not_told() -> None:
    assert codes(state(*dropped(TOLERATING))) == []


def test_what_was_dropped_and_would_not_help_is_not_told() -> None:
    exact = TOLERATING["devices"]["requests"][0]["exactly"]
    documents = dropped(wish(9, tolerations=exact["tolerations"]))
    documents[2]["spec"] = wish(9)

    assert codes(state(*documents)) == ["not-enough-devices"]


# -- extended resources

NAMED = gpu_class(extendedResourceName="example.com/gpu")
ASKING = pod(
    "web",
    containers=[{"name": "main", "resources": {"requests": {"example.com/gpu": "1"}}}],
)
BARE = (node("n1"), NAMED, gpus("n1", "gpu-0"))


def test_extended_resources_need_their_gate() -> None:
    off = {"DRAExtendedResource": False}

    found = only(cluster(*BARE, ASKING, gates=off))

    assert found.evidence["gate"] == "DRAExtendedResource"
    assert "example.com/gpu" in found.message
    assert codes(cluster(*BARE, ASKING, gates={"DRAExtendedResource": True})) == []


def test_a_device_plugin_serves_them_without_the_gate() -> None:
    served = node("n1", status={"allocatable": {"example.com/gpu": "1", "pods": "9"}})
    off = {"DRAExtendedResource": False}

    assert "feature-disabled" not in codes(cluster(served, NAMED, ASKING, gates=off))


# -- devices that need a gate


def partitioned() -> list[Wire]:
    draws = [{"counterSet": "set", "counters": {"memory": {"value": "1"}}}]
    parts = gpus("n1", {"name": "part", "consumesCounters": draws})
    parts["spec"]["pool"]["resourceSliceCount"] = 2
    sets = gpus("n1", sharedCounters=[
        {"name": "set", "counters": {"memory": {"value": "4"}}}])  # fmt: skip
    sets["metadata"]["name"] = "sets"
    sets["spec"]["pool"]["resourceSliceCount"] = 2
    del sets["spec"]["devices"]
    return [node("n1"), gpu_class(), parts, sets]


def test_partitions_need_their_gate() -> None:
    waits = [*partitioned(), pod("web", "claim/c"), claim("c")]
    off = {"DRAPartitionableDevices": False}

    found = only(cluster(*waits, gates=off))

    assert codes(cluster(*waits, gates={"DRAPartitionableDevices": True})) == []
    assert found.code == "feature-disabled"
    assert found.evidence["gate"] == "DRAPartitionableDevices"


def test_a_gate_that_would_not_help_is_not_told() -> None:
    waits = [*partitioned(), pod("web", "claim/c"), claim("c", wish(9))]

    assert "feature-disabled" not in codes(
        cluster(*waits, gates={"DRAPartitionableDevices": False})
    )


BINDING = gpus(
    "n1", {"name": "gpu-0", "bindingConditions": ["a"],
           "bindingFailureConditions": ["b"]},
)  # fmt: skip


def test_devices_with_binding_conditions_need_their_gate() -> None:
    waits = [node("n1"), gpu_class(), BINDING, pod("web", "claim/c"), claim("c")]
    off = {"DRADeviceBindingConditions": False}
    on = {"DRADeviceBindingConditions": True, "DRAResourceClaimDeviceStatus": True}

    found = only(cluster(*waits, gates=off))

    assert found.code == "feature-disabled"
    assert found.evidence["gate"] == "DRADeviceBindingConditions"
    assert codes(cluster(*waits, gates=on)) == []


def test_a_device_that_several_may_have_needs_a_gate_for_that() -> None:
    memory = {"value": "80Gi", "requestPolicy": {"default": "10Gi"}}
    shared = {"name": "gpu-0", "allowMultipleAllocations": True,
              "capacity": {"memory": memory}}  # fmt: skip
    holder = held("mine", "n1", "gpu-0")
    (result,) = holder["status"]["allocation"]["devices"]["results"]
    result |= {"shareID": "x", "consumedCapacity": {"memory": "10Gi"}}
    waits = [node("n1"), gpu_class(), gpus("n1", shared), holder,
             pod("web", "claim/c"), claim("c")]  # fmt: skip

    found = only(cluster(*waits, gates={"DRAConsumableCapacity": False}))

    assert found.code == "feature-disabled"
    assert found.evidence["gate"] == "DRAConsumableCapacity"
