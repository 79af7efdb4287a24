"""Pods, nodes and what surrounds them, read from the wire."""

from typing import Any

import pytest

from dractl.api.decode import Decoded, decode
from dractl.api.problems import Problem
from dractl.model.claims import Condition, ObjectMeta, Toleration
from dractl.model.nodeselection import NodeSelector, NodeSelectorTerm, Requirement
from dractl.model.quantity import Quantity
from dractl.model.workloads import (
    Container,
    ContainerClaim,
    Event,
    Namespace,
    Node,
    NodeTaint,
    Pod,
    PodClaim,
    PodDisruptionBudget,
    ResourceQuota,
    Waiting,
)

Q = Quantity.parse


def read(kind: str, version: str = "v1", **fields: Any) -> object:
    decoded = decode(
        {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}, **fields}
    )
    assert isinstance(decoded, Decoded)
    return decoded.value


def pod(**fields: Any) -> Pod:
    value = read("Pod", **fields)
    assert isinstance(value, Pod)
    return value


def test_a_pod_says_where_it_can_run() -> None:
    expression = {"key": "zone", "operator": "In", "values": ["a"]}
    required = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    name = "requiredDuringSchedulingIgnoredDuringExecution"

    found = pod(
        spec={
            "nodeName": "n",
            "nodeSelector": {"disk": "ssd"},
            "affinity": {"nodeAffinity": {name: required}, "podAffinity": {}},
            "tolerations": [{"key": "k", "effect": "NoSchedule"}],
            "schedulingGates": [{"name": "g"}],
        }
    )

    assert found == Pod(
        ObjectMeta("x", "default"),
        node_name="n",
        scheduler_name="default-scheduler",
        gates=("g",),
        node_selector={"disk": "ssd"},
        affinity=NodeSelector(
            (NodeSelectorTerm((Requirement("zone", "In", ("a",)),)),)
        ),
        tolerations=(Toleration("k", "Equal", "", "NoSchedule"),),
    )


def test_a_preferred_affinity_requires_nothing() -> None:
    assert pod(spec={"affinity": {"nodeAffinity": {}}}).affinity is None


def test_a_container_requests_its_limits_unless_it_says_otherwise() -> None:
    resources = {
        "limits": {"cpu": "2", "memory": "1Gi"},
        "requests": {"cpu": "500m"},
        "claims": [{"name": "gpu"}, {"name": "nic", "request": "fast"}],
    }

    (container,) = pod(
        spec={"containers": [{"name": "c", "resources": resources}]}
    ).containers

    assert container == Container(
        "c",
        requests={"cpu": Q("500m"), "memory": Q("1Gi")},
        claims=(ContainerClaim("gpu"), ContainerClaim("nic", "fast")),
    )


def test_a_sidecar_is_told_from_an_init_container() -> None:
    found = pod(
        spec={
            "initContainers": [{"name": "a"}, {"name": "b", "restartPolicy": "Always"}]
        }
    )

    assert [each.sidecar for each in found.init_containers] == [False, True]


@pytest.mark.parametrize(
    ("host_network", "ports"),
    [
        (False, (("10.0.0.1", "UDP", 53),)),
        (True, (("0.0.0.0", "TCP", 80), ("10.0.0.1", "UDP", 53))),
    ],
)
def test_ports_of_the_host_are_read(
    host_network: bool, ports: tuple[tuple[str, str, int], ...]
) -> None:
    wire = [
        {"containerPort": 80},
        {
            "containerPort": 5353,
            "hostPort": 53,
            "hostIP": "10.0.0.1",
            "protocol": "UDP",
        },
    ]
    containers = [{"name": "c", "ports": wire}]

    (container,) = pod(
        spec={"hostNetwork": host_network, "containers": containers}
    ).containers

    assert container.host_ports == ports


def test_the_claims_of_a_pod_are_read() -> None:
    found = pod(
        spec={
            "resourceClaims": [
                {"name": "a", "resourceClaimName": "claim"},
                {"name": "b", "resourceClaimTemplateName": "template"},
            ]
        },
        status={
            "phase": "Pending",
            "resourceClaimStatuses": [
                {"name": "b", "resourceClaimName": "x-b-12345"},
                {"name": "c"},
            ],
            "extendedResourceClaimStatus": {"resourceClaimName": "extended"},
            "conditions": [{"type": "PodScheduled", "status": "False"}],
        },
    )

    assert found.claims == (PodClaim("a", "claim"), PodClaim("b", None, "template"))
    assert found.claim_names == {"b": "x-b-12345", "c": None}
    assert found.extended_claim == "extended"
    assert found.phase == "Pending"
    assert found.conditions == (Condition("PodScheduled", "False"),)


def test_resources_of_the_pod_as_a_whole_are_read() -> None:
    found = pod(
        spec={
            "resources": {"limits": {"memory": "2Gi"}, "requests": {"cpu": 1}},
            "overhead": {"cpu": "250m"},
        }
    )

    assert found.pod_requests == {"memory": Q("2Gi"), "cpu": Q("1")}
    assert found.overhead == {"cpu": Q("250m")}


def test_a_node_is_read() -> None:
    node = read(
        "Node",
        spec={"taints": [{"key": "k", "effect": "NoSchedule"}], "unschedulable": True},
        status={
            "allocatable": {"cpu": "4"},
            "conditions": [{"type": "Ready", "status": "True"}],
            "nodeInfo": {"kubeletVersion": "v1.36.2"},
        },
    )

    assert node == Node(
        ObjectMeta("x"),
        taints=(NodeTaint("k", "", "NoSchedule"),),
        unschedulable=True,
        allocatable={"cpu": Q("4")},
        conditions=(Condition("Ready", "True"),),
        kubelet_version="v1.36.2",
    )


def test_a_namespace_is_read_for_its_labels() -> None:
    metadata = {"name": "x", "labels": {"a": "b"}}

    assert read("Namespace", metadata=metadata) == Namespace(
        ObjectMeta("x", labels={"a": "b"})
    )


SUBJECT = {"kind": "Pod", "name": "p", "namespace": "ns"}


@pytest.mark.parametrize(
    ("version", "wire", "count", "last_seen"),
    [
        ("v1", {"involvedObject": SUBJECT, "message": "m"}, 1, None),
        (
            "v1",
            {
                "involvedObject": SUBJECT,
                "message": "m",
                "count": 3,
                "lastTimestamp": "t1",
                "eventTime": "t0",
            },
            3,
            "t1",
        ),
        (
            "events.k8s.io/v1",
            {
                "regarding": SUBJECT,
                "note": "m",
                "series": {"count": 7, "lastObservedTime": "t2"},
                "eventTime": "t0",
            },
            7,
            "t2",
        ),
        (
            "events.k8s.io/v1",
            {
                "regarding": SUBJECT,
                "note": "m",
                "deprecatedCount": 2,
                "deprecatedLastTimestamp": "t3",
            },
            2,
            "t3",
        ),
    ],
)
def test_an_event_of_either_group_is_read(
    version: str, wire: dict[str, Any], count: int, last_seen: str | None
) -> None:
    assert read("Event", version, reason="Failed", type="Warning", **wire) == Event(
        ObjectMeta("x", "default"),
        involved_kind="Pod",
        involved_name="p",
        involved_namespace="ns",
        reason="Failed",
        message="m",
        type="Warning",
        count=count,
        last_seen=last_seen,
    )


@pytest.mark.parametrize(("status", "hard"), [({}, "4"), ({"hard": {"gpu": "2"}}, "2")])
def test_a_quota_counts_by_its_status(status: dict[str, Any], hard: str) -> None:
    quota = read(
        "ResourceQuota",
        spec={"hard": {"gpu": "4"}},
        status={**status, "used": {"gpu": "1"}},
    )

    assert quota == ResourceQuota(
        ObjectMeta("x", "default"), {"gpu": Q(hard)}, {"gpu": Q("1")}
    )


@pytest.mark.parametrize(
    ("selector", "requirements"),
    [
        (None, None),
        ({}, ()),
        (
            {
                "matchLabels": {"app": "web"},
                "matchExpressions": [{"key": "tier", "operator": "Exists"}],
            },
            (Requirement("app", "In", ("web",)), Requirement("tier", "Exists")),
        ),
    ],
    ids=["none", "everything", "labels and expressions"],
)
def test_a_budget_keeps_what_its_selector_requires(
    selector: dict[str, Any] | None, requirements: tuple[Requirement, ...] | None
) -> None:
    budget = read(
        "PodDisruptionBudget",
        "policy/v1",
        spec={"selector": selector},
        status={"disruptionsAllowed": 1},
    )

    assert budget == PodDisruptionBudget(ObjectMeta("x", "default"), requirements, 1)


def test_a_budget_with_an_operator_that_labels_have_not_is_a_problem() -> None:
    expression = {"key": "tier", "operator": "Gt", "values": ["1"]}

    found = decode(
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": {"name": "x"},
            "spec": {"selector": {"matchExpressions": [expression]}},
        }
    )

    assert isinstance(found, Problem)
    assert found.path == "spec.selector.matchExpressions[0].operator"


def test_a_pod_says_why_its_containers_wait() -> None:
    waiting = {"waiting": {"reason": "CreateContainerError", "message": "no CDI"}}
    status = {
        "reason": "Late",
        "message": "too late",
        "initContainerStatuses": [{"name": "first", "state": waiting}],
        "containerStatuses": [
            {"name": "main", "state": {"waiting": {"reason": "PodInitializing"}}},
            {"name": "other", "state": {"running": {}}},
        ],
    }

    found = pod(status=status)

    assert (found.reason, found.message) == ("Late", "too late")
    assert found.waiting == (
        Waiting("first", "CreateContainerError", "no CDI"),
        Waiting("main", "PodInitializing"),
    )
