"""Healthy clusters that are unusual: nothing is wrong with them."""

from typing import Any, Final

import pytest

from dractl.doctor.answer import Examination
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
    owner,
    pod,
    worker,
    workload,
)

Wire = dict[str, Any]

JUST_NOW: Final = "2026-11-19T23:58:30Z"


def wrong(answer: Examination) -> list[str]:
    """Return what is said to be wrong."""
    return [
        f"{each.code}: {each.subject}: {each.message}"
        for each in answer.findings
        if each.severity is not Severity.INFO
    ]


def without(*kinds: str) -> list[Wire]:
    """Return the healthy cluster without these kinds."""
    return [each for each in healthy() if each["kind"] not in kinds]


def new(document: Wire) -> Wire:
    """Return an object that has just been made."""
    document["metadata"]["creationTimestamp"] = JUST_NOW
    return document


def shared(name: str, driver: str, **scope: Any) -> Wire:
    """Return a slice for several nodes."""
    made = gpus(name, driver=driver, **scope)
    del made["spec"]["nodeName"], made["metadata"]["ownerReferences"]
    controller = owner("Deployment", "controller")
    made["metadata"]["ownerReferences"] = [{**controller, "apiVersion": "apps/v1"}]
    return made


def bare_driver() -> list[Wire]:
    """Drivers that systemd runs have no pods."""
    return [
        each
        for each in healthy()
        if each["kind"] != "DaemonSet" and "kubelet-plugin" not in str(each["metadata"])
    ]


def fabric() -> list[Wire]:
    """A network driver publishes for all nodes, or for some by their labels."""
    some = {"nodeSelectorTerms": [{"matchExpressions": [
        {"key": "fabric", "operator": "In", "values": ["a"]}]}]}  # fmt: skip
    names = "fabric.example.com", "nic.example.com"
    return [
        *healthy(),
        shared("all", names[0], allNodes=True),
        shared("some", names[1], nodeSelector=some),
        device_class("fabric", f"device.driver == '{names[0]}'"),
        device_class("nic", f"device.driver == '{names[1]}'"),
    ]


def cordoned() -> list[Wire]:
    """A node is kept for maintenance."""
    documents = healthy()
    for each in documents:
        if each["metadata"]["name"] == "n2" and each["kind"] == "Node":
            each["spec"] = {
                "unschedulable": True,
                "taints": [
                    {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
                ],
            }
    return documents


def without_hardware() -> list[Wire]:
    """The driver also runs where there is nothing for it."""
    return [*healthy(), node("plain", role="storage"), driver_pod("plain")]


def joining() -> list[Wire]:
    """Nodes have just come: without driver, with one that starts, and one that runs."""
    starts = new(driver_pod("new-2"))
    starts["status"] = {"phase": "Pending"}
    sets = [each for each in healthy() if each["kind"] == "DaemonSet"]
    for each in sets:
        each["status"] = {"desiredNumberScheduled": 5, "numberReady": 3}
    return [
        *without("DaemonSet"),
        *sets,
        *(new(node(f"new-{number}")) for number in range(1, 4)),
        starts,
        new(driver_pod("new-3")),
    ]


def upgrading() -> list[Wire]:
    """The driver of a node is being replaced."""
    leaving = driver_pod("n1")
    leaving["metadata"]["deletionTimestamp"] = JUST_NOW
    return [*healthy(), leaving]  # in the place of the one that runs


def told_by_metrics() -> list[Wire]:
    """A server tells of all its gates, and of groups that nobody has set."""
    gates = {"AllAlpha": False, "AllBeta": False, "DynamicResourceAllocation": True}
    return [info(featureGates=gates), *healthy()[1:]]


def only_cpus() -> list[Wire]:
    """The driver for CPUs is the only one."""
    name = "dra.cpu"
    plugin = driver_pod("n1")
    plugin["metadata"]["name"] = "dracpu-n1"
    plugin["metadata"]["ownerReferences"][0]["name"] = "dracpu"
    return [
        info(),
        node("n1", role="storage"),
        plugin,
        gpus("n1", driver=name),
        device_class("dra.cpu", f'device.driver == "{name}"'),
    ]


def in_files() -> list[Wire]:
    """There are only the objects of DRA, as files have them."""
    held = claim("c", status=allocated("n1", "gpu-0", reserved="p"))
    return [gpus("n1"), device_class(), held]


def empty_pools() -> list[Wire]:
    """The driver publishes an empty pool where there is no hardware."""
    empty = node("plain", role="storage")
    return [*healthy(), empty, driver_pod("plain"), gpus("plain", 0)]


def scaled_to_zero() -> list[Wire]:
    """The driver waits for nodes that an autoscaler is to bring."""
    sleeping = workload("DaemonSet", "nvidia-dra-driver-gpu-kubelet-plugin", "dra")
    nobody = {"desiredNumberScheduled": 0, "numberReady": 0}
    return [
        info(),
        node("n1", role="storage"),
        {**sleeping, "status": nobody},
        shared("all", "fabric.example.com", allNodes=True),
    ]


def gone_to_sleep() -> list[Wire]:
    """A node without devices, and without pods that matter, is down."""
    down = node("down", role="storage")
    down["status"]["conditions"][0] |= {"status": "Unknown"}
    return [*healthy(), down]


def jobs_that_ended() -> list[Wire]:
    """Pods that have ended keep their entry, and their claims are free."""
    ended = pod("ended", node_name="n1", claims=["free"], phase="Succeeded")
    return [*healthy(), ended, claim("free")]


def young_claims() -> list[Wire]:
    """A pod has just been made, and another waits for a gate."""
    young = new(pod("young", node_name="", claims=["c"], phase="Pending"))
    gated = pod("gated", node_name="", claims=["c"], phase="Pending")
    gated["spec"]["schedulingGates"] = [{"name": "kueue.x-k8s.io/admission"}]
    return [*healthy(), claim("c"), young, gated]


@pytest.mark.parametrize(
    "cluster",
    [
        bare_driver, fabric, cordoned, without_hardware, joining, upgrading,
        told_by_metrics, only_cpus, in_files, empty_pools, scaled_to_zero,
        gone_to_sleep, jobs_that_ended, young_claims,
    ],
)  # fmt: skip
def test_nothing_is_wrong(cluster: Any) -> None:
    assert wrong(examined(cluster())) == []


@pytest.mark.parametrize("cause", ["forbidden", "failed", "left-out"])
@pytest.mark.parametrize(
    ("kind", "resource", "group"),
    [
        ("Pod", "pods", ""),
        ("Node", "nodes", ""),
        ("Namespace", "namespaces", ""),
        ("Event", "events", ""),
        ("ResourceSlice", "resourceslices", "resource.k8s.io"),
        ("DeviceClass", "deviceclasses", "resource.k8s.io"),
        ("ResourceClaim", "resourceclaims", "resource.k8s.io"),
        ("ResourceClaimTemplate", "resourceclaimtemplates", "resource.k8s.io"),
        ("DaemonSet", "daemonsets", "apps"),
        ("Deployment", "deployments", "apps"),
        ("ConfigMap", "configmaps", ""),
    ],
)
def test_what_may_not_be_read_is_not_missing(
    kind: str, resource: str, group: str, cause: str
) -> None:
    gap = {"kind": kind, "resource": resource, "group": group, "cause": cause}
    documents = [each for each in without(kind) if each["kind"] != "ClusterInfo"]
    answer = examined([info(unread=[gap]), *documents])
    assert wrong(answer) == []
    assert (answer.unread == ()) is (cause == "left-out")


def test_1_33_with_its_beta_is_old_and_nothing_else() -> None:
    documents = [
        info(
            kubernetes="v1.33.4",
            served=["v1beta1"],
            featureGates={"DynamicResourceAllocation": True},
        ),
        node("n1", kubelet="v1.33.4"),
        *worker("n1")[1:],
        device_class(),
    ]
    (said,) = wrong(examined(documents))
    assert said.startswith("release-old: ")


def test_a_driver_that_stays_silent_is_told_of() -> None:
    # What joining() says of new nodes is wrong of old ones.
    documents = [*healthy(), node("n3"), driver_pod("n3")]
    (said,) = wrong(examined(documents))
    assert said == (
        f"driver-silent: driver {DRIVER}: its pod runs on n3, and publishes no device "
        "there; its labels tell of the hardware"
    )
