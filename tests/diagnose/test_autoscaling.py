"""What autoscalers would do for a pod that waits."""

import pytest

from tests.diagnose.cluster import (
    Wire,
    claim,
    cluster,
    event,
    gpu_class,
    gpus,
    node,
    pod,
    report,
    wish,
)

SCALER = {"reportingComponent": "cluster-autoscaler"}
KARPENTER = {"reportingComponent": "karpenter"}
NO = event("web", "NotTriggerScaleUp", "no group fits", **SCALER)


def told(
    *documents: Wire,
    asked: Wire | None = None,
    device: Wire | str = "gpu-0",
    release: str = "1.36",
) -> list[str]:
    """Return what is said of a pod that wants more GPUs than the node has."""
    snapshot = cluster(
        node("n1"),
        gpu_class(),
        gpus("n1", device),
        claim("c", asked or wish(5)),
        pod("web", "claim/c"),
        *documents,
        kubernetes=release,
    )
    return [f"{each.by} {each.message}" for each in report(snapshot).views]


def test_without_an_autoscaler_nothing_is_said() -> None:
    assert told() == []


def test_the_latest_event_counts() -> None:
    later = event(
        "web", "TriggeredScaleUp", "n 1->2", lastTimestamp="2026-10-05", **SCALER
    )

    assert told(NO, later) == ["Cluster Autoscaler is adding nodes for it: n 1->2"]


def test_events_of_others_are_no_word_of_an_autoscaler() -> None:
    assert told(event("web", "NotTriggerScaleUp", "x", reportingComponent="y")) == []


def test_a_pod_that_waits_for_an_object_gets_no_node() -> None:
    assert told(NO, asked=wish(deviceClassName="nope")) == []


def test_old_releases_do_not_look_at_admin_access() -> None:
    asked = wish(5, adminAccess=True)
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": "default",
            "labels": {"resource.kubernetes.io/admin-access": "true"},
        },
    }

    found = told(NO, namespace, asked=asked, release="1.34")

    assert found[-1].endswith("claims with adminAccess into account only from 1.35 on")


def test_old_releases_do_not_look_at_counters() -> None:
    uses = [{"counterSet": "s", "counters": {"memory": {"value": "1"}}}]
    part = {"name": "gpu-0", "consumesCounters": uses}
    words = (
        "Cluster Autoscaler takes devices that draw on counters into account only from "
        "1.36 on"
    )

    assert words in told(NO, device=part, release="1.35")
    assert words not in told(NO, device=part, release="1.36")


def test_a_node_that_karpenter_has_in_mind_is_told() -> None:
    found = told(event("web", "Nominated", "nodeclaim/x", **KARPENTER))

    assert found == ["Karpenter has a node for it: nodeclaim/x"]


def test_a_node_that_is_on_its_way_is_told_by_its_next_step() -> None:
    pool = {"apiVersion": "karpenter.sh/v1", "kind": "NodePool"}
    steps = [
        {"type": "Initialized", "status": "Unknown"},
        {"type": "Registered", "status": "Unknown", "reason": "NodeNotFound"},
        {"type": "Launched", "status": "True"},
    ]
    claim_ = {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodeClaim",
        "metadata": {"name": "x"},
        "status": {"conditions": steps},
    }

    found = told({**pool, "metadata": {"name": "p"}}, claim_)

    assert found[-1] == (
        "Karpenter waits for NodeClaim x to be Registered (NodeNotFound)"
    )


@pytest.mark.parametrize(
    ("scope", "device", "is_told"),
    [
        ({"allNodes": True}, {}, True),
        ({"nodeName": "n1"}, {}, False),
        ({"perDeviceNodeSelection": True}, {"allNodes": True}, True),
        ({"perDeviceNodeSelection": True}, {"nodeName": "n1"}, False),
    ],
    ids=["all nodes", "one node", "a device for all nodes", "a device for one"],
)
def test_devices_for_several_nodes_come_with_no_node(
    scope: Wire, device: Wire, *, is_told: bool
) -> None:
    fabric = gpus("fabric", {"name": "x", **device}, **scope)

    found = told(NO, fabric)

    assert any("devices for several nodes" in each for each in found) is is_told
