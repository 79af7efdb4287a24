"""Autoscalers, queues and schedulers: told only where claims depend on them."""

from typing import Any, Final

import pytest

import dractl.doctor.checks.scaling  # noqa: F401 - enters its checks
from dractl.rules.registry import Severity
from tests.doctor.looking import Wire, case_of, only, said, skipped
from tests.solver.clusters import (
    claim,
    given,
    gpu_class,
    gpus,
    node,
    pod,
    template,
    wish,
)

RUNNING: Final = {"phase": "Running"}
PENDING: Final = {"phase": "Pending"}


def pool() -> Wire:
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": "gpus"},
    }


def runs(name: str = "p", **spec: Any) -> list[Wire]:
    """Return a pod that runs with a device, and its claim."""
    status = {**given("gpu-0", "n1"), "reservedFor": [
        {"resource": "pods", "name": name, "uid": f"uid-{name}"}
    ]}  # fmt: skip
    own = claim(f"{name}-claim", status=status)
    return [
        own,
        pod(name, f"claim/{name}-claim", status=RUNNING, nodeName="n1", **spec),
    ]


def waits(name: str = "w", **spec: Any) -> list[Wire]:
    """Return a pod that waits for a device, and its claim."""
    own = claim(f"{name}-claim")
    return [own, pod(name, f"claim/{name}-claim", status=PENDING, **spec)]


CODES: Final = (
    "autoscaler-empty-group", "karpenter-ignores-claims", "cluster-autoscaler",
    "kueue-unmapped-class", "scheduler-support", "no-preemption",
)  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_said_where_pods_run_and_wait_by_themselves(code: str) -> None:
    case = case_of([node("n1"), *runs(), *waits()])

    assert [*said(code, case), *skipped(code, case)] == []


@pytest.mark.parametrize(
    ("documents", "severity"),
    [
        ([pool(), *runs()], Severity.INFO),
        ([pool(), *waits()], Severity.WARNING),
        ([node("n", labels={"karpenter.sh/nodepool": "x"}), *runs()], Severity.INFO),
    ],
)
def test_karpenter_is_told_of_and_warned_of_while_pods_wait(
    documents: list[Wire], severity: Severity
) -> None:
    assert only("karpenter-ignores-claims", case_of(documents)).severity is severity


def test_karpenter_matters_not_where_nobody_has_claims() -> None:
    assert said("karpenter-ignores-claims", case_of([pool(), pod("p")])) == []


def status(report: str) -> Wire:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "cluster-autoscaler-status",
            "namespace": "kube-system",
        },
        "data": {"status": report},
    }


HEALTHY: Final = """\
clusterWide:
  health:
    status: Healthy
nodeGroups:
- name: gpus
  health:
    status: Healthy
  scaleUp:
    status: NoActivity
"""


@pytest.mark.parametrize(
    ("report", "kubernetes", "words"),
    [
        (HEALTHY, "1.34", "from 1.35 on"),
        (HEALTHY.replace("Healthy", "Unhealthy", 1), "1.36", "is Unhealthy"),
        (HEALTHY.replace("NoActivity", "Backoff"), "1.36", "tries again: gpus"),
    ],
)
def test_a_cluster_autoscaler_that_does_not_help(
    report: str, kubernetes: str, words: str
) -> None:
    case = case_of([status(report), *runs()], kubernetes)

    assert words in only("cluster-autoscaler", case).message


def test_a_cluster_autoscaler_that_is_well_is_not_told() -> None:
    assert said("cluster-autoscaler", case_of([status(HEALTHY), *runs()])) == []


EMPTY: Final = HEALTHY.replace(
    "  health:\n    status: Healthy\n  scaleUp",
    "  health:\n    status: Healthy\n    cloudProviderTarget: 0\n  scaleUp",
)
CLOSED: Final = EMPTY.replace("Target: 0", "Target: 0\n    maxSize: 0")


def of_driver(name: str) -> Wire:
    """Return the class that claims name, for devices of a driver."""
    texts = [{"cel": {"expression": f"device.driver == '{name}'"}}]
    return gpu_class(selectors=texts)


def test_a_group_without_nodes_does_not_grow_for_devices_that_no_node_has() -> None:
    others = gpus("n1", "a")
    documents = [status(EMPTY), of_driver("tpu.example.com"), others, *waits()]

    found = only("autoscaler-empty-group", case_of(documents))

    assert found.message == (
        "no node has the devices; default/w waits; without nodes: gpus"
    )


@pytest.mark.parametrize(
    "documents",
    [
        [status(HEALTHY), of_driver("tpu.example.com"), gpus("n1", "a"), *waits()],
        [status(EMPTY), of_driver("tpu.example.com"), gpus("n1", "a"), *runs()],
        [status(CLOSED), of_driver("tpu.example.com"), gpus("n1", "a"), *waits()],
        [status(EMPTY), of_driver("gpu.example.com"), gpus("n1", "a"), *waits()],
        [status(EMPTY), gpu_class(), gpus("n1", "a"), *waits()],
    ],
)
def test_other_groups_are_not_told(documents: list[Wire]) -> None:
    assert said("autoscaler-empty-group", case_of(documents)) == []


def queued() -> list[Wire]:
    pod_spec = {
        "containers": [],
        "resourceClaims": [{"name": "c", "resourceClaimTemplateName": "t"}],
    }
    workload = {
        "apiVersion": "kueue.x-k8s.io/v1beta2",
        "kind": "Workload",
        "metadata": {"name": "train", "namespace": "default"},
        "spec": {"queueName": "q", "podSets": [{"template": {"spec": pod_spec}}]},
    }
    return [workload, template("t")]


def mapping(*classes: str) -> Wire:
    names = "".join(f"\n    - {each}" for each in classes)
    head = "resources:\n  deviceClassMappings:\n  - name: gpus\n"
    text = f"{head}    deviceClassNames:{names}\n"
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "kueue-manager-config", "namespace": "kueue-system"},
        "data": {"controller_manager_config.yaml": text},
    }


def test_a_class_that_kueue_does_not_count() -> None:
    found = only("kueue-unmapped-class", case_of([*queued(), mapping("nic")]))

    assert found.subject == "DeviceClass/gpu"
    assert "default/train" in found.message


def test_a_class_that_kueue_counts_is_not_told() -> None:
    case = case_of([*queued(), mapping("gpu")])

    assert [*said("kueue-unmapped-class", case)] == []
    assert skipped("kueue-unmapped-class", case) == []


def test_without_its_configuration_nothing_is_known_of_kueue() -> None:
    assert skipped("kueue-unmapped-class", case_of(queued())) == [
        "Kueue's configuration was not read"
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("volcano", "DynamicResourceAllocationEnable"),
        ("kai-scheduler", "counters"),
        ("mine", "has to allocate claims itself"),
    ],
)
def test_pods_that_wait_for_another_scheduler(name: str, words: str) -> None:
    found = only("scheduler-support", case_of(waits(schedulerName=name)))

    assert found.severity is Severity.WARNING
    assert words in found.message


def test_a_scheduler_whose_pods_run_knows_claims() -> None:
    assert said("scheduler-support", case_of(runs(schedulerName="mine"))) == []


@pytest.mark.parametrize("kept", [{"schedulingGates": [{"name": "x"}]}])
def test_pods_that_are_held_back_wait_for_no_scheduler(kept: Any) -> None:
    found = only("scheduler-support", case_of(waits(schedulerName="mine", **kept)))

    assert found.severity is Severity.INFO


def test_a_pod_that_waits_behind_one_of_lower_priority() -> None:
    case = case_of([*runs("low", priority=1), *waits("high", priority=100)])

    found = only("no-preemption", case)

    assert found.subject == "DeviceClass/gpu"
    assert "default/high wait for it with priority up to 100" in found.message
    assert "default/low" in found.message


@pytest.mark.parametrize(("low", "high"), [(5, 5), (10, 1)])
def test_pods_of_the_same_or_lower_priority_wait_rightly(low: int, high: int) -> None:
    case = case_of([*runs("low", priority=low), *waits("high", priority=high)])

    assert said("no-preemption", case) == []


def test_devices_of_another_class_are_none_to_wait_for() -> None:
    other = claim("high-claim", wish(deviceClassName="nic"))
    documents = [
        *runs("low", priority=1),
        other,
        pod("high", "claim/high-claim", status=PENDING, priority=9),
    ]

    assert said("no-preemption", case_of(documents)) == []
