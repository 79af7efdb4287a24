"""One cause is told once, by the check that knows it best."""

from typing import Any

import pytest

from dractl.rules.registry import Severity
from tests.doctor.healthy import (
    DRIVER,
    allocated,
    claim,
    device_class,
    driver_pod,
    examined,
    gpus,
    healthy,
    info,
    node,
    pod,
    worker,
)

Wire = dict[str, Any]


def daemons(desired: int, ready: int) -> list[Wire]:
    """Return the healthy cluster with the status of its driver's DaemonSet."""
    status = {"desiredNumberScheduled": desired, "numberReady": ready}
    return [
        {**each, "status": status} if each["kind"] == "DaemonSet" else each
        for each in healthy()
    ]


def down(name: str) -> Wire:
    """Return a node whose kubelet has gone silent."""
    made = node(name)
    made["status"]["conditions"][0] |= {
        "status": "Unknown",
        "reason": "NodeStatusUnknown",
    }
    return made


def on_lost_node() -> list[Wire]:
    """A node is down, with the driver's pod and a claim."""
    held = claim("c", status=allocated("n3", "gpu-0", reserved="p"))
    return [
        *daemons(3, 2), down("n3"), driver_pod("n3", ready=False), gpus("n3"),
        held, pod("p", node_name="n3", claims=["c"]),
    ]  # fmt: skip


def on_gone_node() -> list[Wire]:
    """A node is gone with its slices, and a pod is still bound to it."""
    held = claim("c", status=allocated("n3", "gpu-0", reserved="p"))
    return [*healthy(), held, pod("p", node_name="n3", claims=["c"])]


def ailing_driver() -> list[Wire]:
    """A driver's pod is not ready, so its DaemonSet lacks one."""
    return [*daemons(3, 2), node("n3"), driver_pod("n3", ready=False), gpus("n3")]


def missing_driver() -> list[Wire]:
    """A DaemonSet does not make a pod."""
    return [*daemons(3, 2), node("n3", role="storage")]


def no_driver() -> list[Wire]:
    """Nothing is published, so no class selects a thing."""
    return [info(), node("n1", role="storage"), device_class()]


def held_by_gone() -> list[Wire]:
    """A pod is gone, and so is the device that its claim still holds."""
    held = claim("c", status=allocated("n1", "gpu-9", reserved="gone"))
    return [*healthy(), held]


def deleted_claim() -> list[Wire]:
    """A claim does not go, since a pod that has ended is still entered."""
    times = {
        "deletionTimestamp": "2026-11-19T10:00:00Z",
        "deletionGracePeriodSeconds": 0,
    }
    guard = ["resource.kubernetes.io/delete-protection"]
    held = claim(
        "c",
        meta={**times, "finalizers": guard},
        status=allocated("n1", "gpu-1", reserved="p"),
    )
    ended = pod("p", node_name="n1", claims=["c"], phase="Succeeded")
    return [*healthy(), held, ended]


@pytest.mark.parametrize(
    ("cluster", "codes"),
    [
        (on_lost_node, ["node-lost"]),
        (on_gone_node, ["node-lost"]),
        (ailing_driver, ["driver-not-ready"]),
        (missing_driver, ["driver-daemonset"]),
        (no_driver, ["driver-none"]),
        (held_by_gone, ["claim-held-in-vain"]),
        (deleted_claim, ["claim-deletion-stuck"]),
    ],
)
def test_a_cause_is_told_once(cluster: Any, codes: list[str]) -> None:
    told = [each.code for each in examined(cluster()).findings]
    assert [each for each in told if each != "known-bug"] == codes


def test_slices_that_nobody_keeps_are_told_together() -> None:
    bare = [gpus(f"n{number}") for number in range(1, 9)]
    for each in bare:
        del each["metadata"]["ownerReferences"]
        each["metadata"]["name"] += "-hand"
        each["spec"]["pool"] = {**each["spec"]["pool"], "name": f"by-hand-{id(each)}"}
    nodes = [part for number in range(3, 9) for part in worker(f"n{number}")]
    (said,) = examined([*healthy(), *nodes, *bare], only=["slice-stale"]).findings
    assert said.severity is Severity.INFO
    assert said.subject == f"driver {DRIVER}"
    assert said.message.startswith("no driver has written 8 slices: n1-gpu.nvidia.com")
    assert len(said.evidence["slices"]) == 8  # type: ignore[arg-type]


def test_all_slices_of_a_driver_that_runs_nowhere_are_counted() -> None:
    slices = [gpus(name, driver="nic.example.com") for name in ("n1", "n2")]
    for each in slices:
        each["metadata"]["name"] += "-nic"
    (said,) = examined([*healthy(), *slices], only=["slice-stale"]).findings
    assert said.message.startswith("no pod or workload looks like that of the driver")
    assert said.evidence["slices"] == ["n1-gpu.nvidia.com-nic", "n2-gpu.nvidia.com-nic"]
