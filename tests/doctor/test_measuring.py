"""Which components of a cluster are asked for their metrics."""

from typing import Any

from dractl.api.snapshot import Snapshot
from dractl.doctor.measuring import Endpoint, endpoints
from dractl.model.gates import KUBELET, MANAGER, SCHEDULER
from tests.doctor.healthy import control_plane, gpus, healthy, node

Wire = dict[str, Any]


def asked(documents: list[Wire]) -> tuple[list[str], list[str]]:
    """Return the nodes whose kubelets are asked, and what is said of the others."""
    found, unread = endpoints(Snapshot.from_documents(documents))
    nodes = [each.name for each in found if each.part == KUBELET]
    return nodes, [each.why for each in unread]


def test_the_control_plane_and_the_nodes_with_devices_are_asked() -> None:
    found, unread = endpoints(Snapshot.from_documents(healthy()))
    assert set(found) == {
        Endpoint(SCHEDULER, "kube-scheduler-control-1", 10259),
        Endpoint(MANAGER, "kube-controller-manager-control-1", 10257),
        Endpoint(KUBELET, "n1"),
        Endpoint(KUBELET, "n2"),
    }
    assert unread == ()


def test_pods_elsewhere_or_that_do_not_run_are_not_asked() -> None:
    elsewhere, waiting = (control_plane() for _ in range(2))
    for each in elsewhere:
        each["metadata"]["namespace"] = "default"
    for each in waiting:
        each["status"]["phase"] = "Pending"
    for documents in (elsewhere, waiting):
        assert endpoints(Snapshot.from_documents(documents)) == ((), ())


def test_of_nodes_without_devices_one_of_each_kind_is_asked() -> None:
    old = [node(f"old-{n}", kubelet="v1.35.1") for n in range(3)]
    assert asked([*healthy(), *old]) == (["n1", "old-0", "n2"], [])


def test_lost_nodes_are_not_asked() -> None:
    lost = node("n1")
    lost["status"]["conditions"] = [{"type": "Ready", "status": "Unknown"}]
    assert asked([lost, gpus("n1")]) == ([], [])


def test_of_many_nodes_some_of_each_kind_are_asked() -> None:
    names = [f"n{n}" for n in range(60)]
    nodes = [node(name) for name in names[:-1]]
    documents = [*nodes, node("n59", kubelet="v1.35.1"), *map(gpus, names)]
    found, unread = asked(documents)
    assert len(found) == 50
    assert {"n0", "n59"} <= set(found)
    assert unread == [
        "50 kubelets are asked; 10 more nodes have devices, and -f takes their metrics"
    ]
