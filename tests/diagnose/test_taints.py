from typing import Any

from dractl.api.snapshot import Snapshot
from tests.diagnose.cluster import (
    DRIVER,
    Wire,
    causes,
    claim,
    cluster,
    codes,
    gpu_class,
    gpus,
    held,
    node,
    only,
    pod,
    taint,
    wish,
)


def gpu(name: str, *taints: Wire) -> Wire:
    return {"name": name, "taints": list(taints)}


def rule(name: str = "maintenance", **selector: str) -> Wire:
    return {
        "apiVersion": "resource.k8s.io/v1beta2",
        "kind": "DeviceTaintRule",
        "metadata": {"name": name, "uid": "u"},
        "spec": {"deviceSelector": selector, "taint": taint("fw", "old")},
    }


def state(*documents: Wire, count: int = 1, **fields: Any) -> Snapshot:
    gates = {"DRADeviceTaints": True, "DRADeviceTaintRules": True}
    wanted = claim("c", wish(count, **fields))
    return cluster(
        node("n1"), gpu_class(), *documents, pod("web", "claim/c"), wanted, gates=gates
    )


def test_a_taint_of_the_driver_is_told_with_its_devices() -> None:
    found = only(state(gpus("n1", gpu("gpu-0", taint("xid", "79")))))

    assert (found.code, found.claim, found.request) == ("devices-tainted", "c", "gpu")
    assert found.evidence == {
        "wants": 1,
        "matching": 1,
        "taints": [
            {
                "key": "xid",
                "value": "79",
                "effect": "NoSchedule",
                "timeAdded": None,
                "rule": None,
                "driver": DRIVER,
                "devices": [f"{DRIVER}/n1/gpu-0"],
                "deviceCount": 1,
            }
        ],
    }
    assert found.fixes == ("tolerate xid=79:NoSchedule: fits on n1",)


def test_a_taint_of_a_rule_is_told_with_the_rule() -> None:
    found = only(state(gpus("n1", "gpu-0"), rule(driver=DRIVER)))

    taints = found.evidence["taints"]
    assert isinstance(taints, list)
    assert [(each["rule"], each["driver"]) for each in taints] == [
        ("maintenance", None)
    ]
    assert "DeviceTaintRule maintenance" in found.message
    assert found.fixes == (
        "tolerate fw=old:NoSchedule: fits on n1",
        "remove DeviceTaintRule maintenance: fits on n1",
    )


def test_a_rule_for_other_devices_taints_none_of_these() -> None:
    assert codes(state(gpus("n1", "gpu-0"), rule(driver="other.example.com"))) == []


def test_a_taint_that_is_tolerated_is_none() -> None:
    tolerations = [{"key": "xid", "operator": "Exists", "effect": "NoSchedule"}]

    assert (
        codes(state(gpus("n1", gpu("gpu-0", taint("xid"))), tolerations=tolerations))
        == []
    )


def test_several_taints_have_to_be_tolerated_together() -> None:
    found = only(state(gpus("n1", gpu("a", taint("x")), gpu("b", taint("y"))), count=2))

    assert found.fixes[0] == "tolerate x:NoSchedule, y:NoSchedule: fits on n1"


def test_one_of_two_devices_is_enough() -> None:
    found = only(state(gpus("n1", gpu("a", taint("x")), gpu("b", taint("y")))))

    assert found.fixes == (
        "tolerate x:NoSchedule: fits on n1",
        "tolerate y:NoSchedule: fits on n1",
    )


def test_less_is_proposed_where_some_device_has_no_taint() -> None:
    found = only(state(gpus("n1", gpu("a", taint("x")), "b"), count=2))

    assert "ask for 1 device instead of 2: fits on n1" in found.fixes


def test_a_device_that_is_held_and_tainted_needs_both_to_go() -> None:
    found = causes(
        state(gpus("n1", gpu("gpu-0", taint("x"))), held("mine", "n1", "gpu-0"))
    )

    assert [each.code for each in found] == ["devices-in-use", "devices-tainted"]
    (joint, *_) = found[0].fixes
    assert joint.startswith("free claim default/mine")
    assert joint.endswith(", and tolerate x:NoSchedule: fits on n1")


def test_of_a_tainted_and_a_held_device_either_would_do() -> None:
    found = causes(
        state(gpus("n1", gpu("a", taint("x")), "b"), held("mine", "n1", "b"))
    )

    assert [each.code for each in found] == ["devices-in-use", "devices-tainted"]
    assert all(": fits on n1" in each.fixes[0] for each in found)
