"""Metrics of components through the API server, which may refuse or lie."""

from collections.abc import Sequence

import pytest

from dractl.doctor.measuring import Endpoint, Measured
from dractl.live.connection import Connection
from dractl.live.measuring import measured
from dractl.model.gates import KUBELET, MANAGER, SCHEDULER
from tests.apiserver import ApiServer, Fault, Kind, Rule, User
from tests.apiserver.messages import Answer
from tests.doctor.metered import kubelet, manager, scheduler, text

NODE = Endpoint(KUBELET, "n1")
POD = Endpoint(SCHEDULER, "kube-scheduler-c", 10259)
UNLIKE = "what it answers are no metrics of its own"


def plain(lines: Sequence[str]) -> Answer:
    """Return what a component answers."""
    return Answer(200, text(lines).encode(), "text/plain; version=0.0.4")


def why(found: Measured) -> list[str]:
    """Return why there are no metrics."""
    assert found.metrics == ()
    return [each.why for each in found.unread]


def test_what_components_tell_is_read(
    api_server: ApiServer, connection: Connection
) -> None:
    other = Endpoint(MANAGER, "kube-controller-manager-c", 10257)
    api_server.proxied |= {
        "nodes/n1/metrics": plain(kubelet("n1")),
        f"pods/https:{POD.name}:10259/metrics": plain(scheduler()),
        f"pods/https:{other.name}:10257/metrics": plain(manager()),
    }
    found = measured(connection, [POD, other, NODE])
    assert found.unread == ()
    assert [(each.where, each.parts) for each in found.metrics] == [
        ("pod kube-scheduler-c", (SCHEDULER,)),
        ("pod kube-controller-manager-c", (MANAGER,)),
        ("node n1", (KUBELET,)),
    ]
    space = "/api/v1/namespaces/kube-system/pods/https%3A"
    assert {each.path for each in api_server.requests} == {
        "/api/v1/nodes/n1/proxy/metrics",
        f"{space}{POD.name}%3A10259/proxy/metrics",
        f"{space}{other.name}%3A10257/proxy/metrics",
    }


def test_what_nobody_answers_is_told(connection: Connection) -> None:
    found = measured(connection, [POD, *(Endpoint(KUBELET, f"n{n}") for n in range(9))])
    through = "the API server does not get through to it (503)"
    assert why(found) == [
        f"metrics of kube-scheduler, pod kube-scheduler-c: {through}",
        f"metrics of kubelet, node n0, n1, n2 and 6 more: {through}",
    ]


def test_a_right_that_is_lacking_is_named(
    api_server: ApiServer, connection: Connection
) -> None:
    api_server.access.change(User("admin", deny=(Rule("get", "", "nodes/proxy"),)))
    (told,) = why(measured(connection, [NODE]))
    assert told == (
        "metrics of kubelet, node n1: these credentials may not get nodes/proxy; "
        "--explain-permissions has the role"
    )


@pytest.mark.parametrize("status", [401, 403])
def test_a_component_that_refuses_is_no_lack_of_rights(
    api_server: ApiServer, connection: Connection, status: int
) -> None:
    refusal = b'forbidden: User "system:anonymous" cannot get path "/metrics"'
    path = f"pods/https:{POD.name}:10259/metrics"
    api_server.proxied[path] = Answer(status, refusal, "text/plain")
    (told,) = why(measured(connection, [POD]))
    assert told == (
        "metrics of kube-scheduler, pod kube-scheduler-c: it tells its metrics to "
        "nobody without credentials; save them, for -f"
    )


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<html>log in</html>", "text/html"),
        (b'{"kind": "Status"}', "application/json"),
        (b"\x00\xff" * 100_000, "text/plain"),
        (b"", "text/plain"),
        (text(scheduler()).encode(), "text/plain"),
    ],
)
def test_an_answer_that_is_no_kubelets_is_none(
    api_server: ApiServer, connection: Connection, body: bytes, content_type: str
) -> None:
    api_server.proxied["nodes/n1/metrics"] = Answer(200, body, content_type)
    assert why(measured(connection, [NODE])) == [
        f"metrics of kubelet, node n1: {UNLIKE}"
    ]


def test_an_answer_without_end_is_left(
    api_server: ApiServer, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dractl.live.measuring._MOST_BYTES", 1 << 16)
    many = text(kubelet("n1") * 200).encode()
    api_server.proxied["nodes/n1/metrics"] = Answer(200, many, "text/plain")
    assert why(measured(connection, [NODE])) == [
        "metrics of kubelet, node n1: it answers without end"
    ]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.DROP_BEFORE, "the connection broke"),
        (Kind.TRUNCATE, "the connection broke"),
        (Kind.TRUNCATE_CHUNKED, "the connection broke"),
        (Kind.NOT_SERVED, "the API server answers 404"),
        (Kind.UNAVAILABLE, "the API server does not get through to it (503)"),
        (Kind.WRONG_TYPE, UNLIKE),
        (Kind.GARBAGE, UNLIKE),
    ],
)
def test_a_connection_that_fails_is_told(
    api_server: ApiServer, connection: Connection, kind: Kind, said: str
) -> None:
    api_server.proxied["nodes/n1/metrics"] = plain(kubelet("n1"))
    api_server.faults.add(Fault(kind, path="*/proxy/*"))
    assert why(measured(connection, [NODE])) == [f"metrics of kubelet, node n1: {said}"]


def test_those_that_answer_late_are_left(
    api_server: ApiServer, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dractl.live.measuring._ONE", 0.2)
    monkeypatch.setattr("dractl.live.measuring._ALL", 0.3)
    slow = Fault(Kind.LATENCY, path="*/proxy/*", seconds=0.6, times=None)
    api_server.faults.add(slow)
    found = measured(connection, [Endpoint(KUBELET, f"n{n}") for n in range(20)])
    assert {each.split(": ")[-1] for each in why(found)} <= {
        "no answer in time",
        "the others took too long",
    }
