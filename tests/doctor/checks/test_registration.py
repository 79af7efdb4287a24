"""Whether kubelets have drivers registered, by their metrics and by events."""

from typing import Any

import pytest

from dractl.api.component_metrics import ComponentMetrics
from dractl.api.snapshot import Snapshot
from dractl.doctor.answer import Examination, Finding
from dractl.doctor.case import Case
from dractl.doctor.measuring import Measured, Unread
from dractl.doctor.run import examine
from dractl.model.gates import KUBELET
from dractl.rules.registry import Severity
from tests.doctor.healthy import (
    DRIVER,
    NOW,
    claim,
    driver_pod,
    gpus,
    healthy,
    info,
    node,
    pod,
    worker,
)
from tests.doctor.metered import kubelet, read, scheduler

Wire = dict[str, Any]
UID = "0a1b2c3d-0000-4000-8000-00000000000f"
BOTH = [read(kubelet(name), f"node {name}") for name in ("n1", "n2")]


def examined(
    documents: list[Wire], *metrics: ComponentMetrics, unread: tuple[Unread, ...] = ()
) -> Examination:
    """Return what the two checks say of a cluster."""
    snapshot = Snapshot.from_documents(documents)
    assert snapshot.problems == ()
    case = Case(snapshot, NOW, measured=Measured(metrics, unread))
    return examine(case, only=["driver-not-registered", "driver-calls-fail"])


def only(documents: list[Wire], *metrics: ComponentMetrics) -> Finding:
    """Return the one thing that is found."""
    (finding,) = examined(documents, *metrics).findings
    return finding


def test_a_healthy_cluster_has_its_drivers_registered() -> None:
    answer = examined(healthy(), *BOTH)
    assert answer.passed == ("driver-not-registered", "driver-calls-fail")


def test_without_metrics_it_is_said_how_to_have_them() -> None:
    answer = examined(healthy())
    assert answer.findings == ()
    assert {(each.code, each.why) for each in answer.skipped} == {
        (code, "only the metrics of kubelets tell: --component-metrics, or -f")
        for code in ("driver-not-registered", "driver-calls-fail")
    }


@pytest.mark.parametrize(
    "file", [f"{DRIVER}-reg.sock", f"{DRIVER}-{UID}-reg.sock", f"{DRIVER}.sock"]
)
def test_sockets_have_names_of_their_drivers(file: str) -> None:
    there = read(kubelet(sockets={file: True}))
    assert examined([info(), *worker("n1")], there).findings == ()


@pytest.mark.parametrize(
    "file", [f"{DRIVER}.example.com-reg.sock", "compute-domain.nvidia.com-reg.sock"]
)
def test_the_socket_of_another_driver_is_not_that_of_this(file: str) -> None:
    finding = only([info(), *worker("n1")], read(kubelet(sockets={file: True})))
    assert finding.severity is Severity.ERROR
    assert finding.message == (
        "it publishes devices, and the kubelet has no socket of it, on n1"
    )


def test_one_of_two_instances_is_enough() -> None:
    sockets = {f"{DRIVER}-{UID}-reg.sock": True, f"{DRIVER}-reg.sock": False}
    there = read(kubelet(sockets=sockets))
    assert examined([info(), *worker("n1")], there).findings == ()


def test_a_socket_that_the_kubelet_does_not_take_is_an_error() -> None:
    finding = only(healthy(), BOTH[0], read(kubelet("n2", sockets={
        f"{DRIVER}-reg.sock": False,
    })))  # fmt: skip
    assert finding.subject == f"driver {DRIVER}"
    assert finding.message == (
        "the kubelet sees its socket, and has not registered it, on n2"
    )
    assert finding.evidence == {"driver": DRIVER, "nodes": ["n2"]}


def test_a_driver_that_runs_and_is_not_registered_has_no_slices() -> None:
    documents = [info(), *worker("n1"), node("n2"), driver_pod("n2")]
    finding = only(documents, read(kubelet("n2", sockets={})))
    assert finding.severity is Severity.WARNING
    assert finding.message.startswith("its pod runs, and the kubelet has no socket")


def test_a_socket_of_another_name_is_no_lack_if_the_driver_is_called() -> None:
    there = read(kubelet(sockets={"odd.sock": True}, calls=[(DRIVER, "OK", 1)]))
    assert examined([info(), *worker("n1")], there).findings == ()


def test_a_driver_that_was_called_is_lacking_if_its_socket_is_named_as_usual() -> None:
    gone = read(kubelet("n2", sockets={}, calls=[(DRIVER, "OK", 1)]))
    assert only(healthy(), BOTH[0], gone).evidence["nodes"] == ["n2"]


@pytest.mark.parametrize("state", ["young", "Pending"])
def test_a_driver_may_have_to_come_yet(state: str) -> None:
    starting = driver_pod("n2")
    if state == "young":
        starting["metadata"]["creationTimestamp"] = NOW.isoformat()
    else:
        starting["status"]["phase"] = state
    documents = [info(), *worker("n1"), node("n2"), starting]
    assert examined(documents, read(kubelet("n2", sockets={}))).findings == ()


def test_nodes_that_are_lost_are_not_judged() -> None:
    lost = node("n1")
    lost["status"]["conditions"] = [{"type": "Ready", "status": "Unknown"}]
    documents = [info(), lost, gpus("n1")]
    assert examined(documents, read(kubelet(sockets={}))).findings == ()


def test_metrics_of_which_nothing_follows_are_told() -> None:
    cut = [each for each in kubelet("n1", sockets={}) if "process" not in each]
    anonymous = [each for each in kubelet("n2") if "node_name" not in each]
    answer = examined(
        healthy(),
        read(cut, "cut"),
        read(anonymous, "anonymous"),
        read(kubelet("n9"), "foreign"),
        read(scheduler(), "pod s"),
        unread=(Unread(KUBELET, "the rest is not asked"),),
    )
    assert answer.findings == ()
    told = [each.why for each in answer.skipped if each.code == "driver-not-registered"]
    assert told == [
        "the rest is not asked",
        "cut: the metrics break off, or are not all of them",
        "anonymous: the metrics do not name the node",
        "foreign: they are of node n9, which is not here",
    ]


# -- what pods tell


def event(message: str) -> Wire:
    """Return what a kubelet says of the pod p."""
    return {
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": "e", "namespace": "default"},
        "involvedObject": {"kind": "Pod", "name": "p", "namespace": "default"},
        "reason": "FailedPrepareDynamicResources", "message": message,
    }  # fmt: skip


@pytest.mark.parametrize(
    "message",
    [
        f"prepare: DRA driver {DRIVER} is not registered",
        f"plugin name {DRIVER} not found in the list of registered DRA plugins",
        f"plugin {DRIVER} not found in the list of registered DRA plugins or",
    ],
)
def test_events_of_pods_tell_what_is_not_registered(message: str) -> None:
    waiting = pod("p", node_name="n1", claims=["c"], phase="Pending")
    finding = only([*healthy(), claim("c"), waiting, event(message)])
    assert (finding.subject, finding.severity) == (f"driver {DRIVER}", Severity.ERROR)
    assert finding.evidence["nodes"] == ["n1"]


@pytest.mark.parametrize("is_there", [True, False])
def test_events_from_before_a_driver_has_come_are_of_the_past(is_there: bool) -> None:
    waiting = pod("p", node_name="n1", claims=["c"], phase="Pending")
    told = event(f"DRA driver {DRIVER} is not registered")
    sockets = {f"{DRIVER}-reg.sock": is_there}
    documents = [*healthy(), claim("c"), waiting, told]
    answer = examined(documents, read(kubelet("n1", sockets=sockets)), BOTH[1])
    said = [each for each in answer.findings if "so that pods wait" in each.message]
    assert bool(said) is not is_there


def test_events_of_pods_that_run_by_now_are_of_the_past() -> None:
    runs = pod("p", node_name="n1", claims=["c"])
    told = event(f"DRA driver {DRIVER} is not registered")
    assert examined([*healthy(), claim("c"), runs, told]).findings == ()


# -- calls


def test_calls_of_which_most_fail_are_a_warning() -> None:
    calls = [(DRIVER, "OK", 1), (DRIVER, "Unavailable", 3), (DRIVER, "Unknown", 1)]
    finding = only([info(), *worker("n1")], read(kubelet(calls=calls)))
    assert (finding.code, finding.severity) == ("driver-calls-fail", Severity.WARNING)
    assert finding.message == (
        "4 of 5 calls of NodePrepareResources failed on n1 (Unavailable: 3, Unknown: 1)"
    )
    assert finding.fix == "it does not answer at its socket: look at its pod"


def test_calls_of_which_few_fail_are_to_know() -> None:
    calls = [(DRIVER, "OK", 7), (DRIVER, "DeadlineExceeded", 1)]
    finding = only([info(), *worker("n1")], read(kubelet(calls=calls)))
    assert finding.severity is Severity.INFO


def test_the_same_of_several_nodes_is_told_once() -> None:
    calls = [(DRIVER, "Unavailable", 2)]
    metrics = [read(kubelet(name, calls=calls)) for name in ("n1", "n2")]
    finding = only(healthy(), *metrics)
    assert "4 of 4 calls of NodePrepareResources failed on n1, n2" in finding.message
