"""Where Kueue's Workloads stand, and which of them is a pod's."""

from dataclasses import replace
from typing import Any

import pytest

from dractl.diagnose.queues import standing, workload_of
from dractl.diagnose.world import World
from dractl.model.cluster_info import Cause as Missing
from dractl.model.cluster_info import ClusterInfo, Gap
from tests.diagnose.cluster import Wire, cluster, condition, node, only, pod

KUEUE = "kueue.x-k8s.io/v1beta2"
GATE = {"name": "kueue.x-k8s.io/admission"}


def kueue(kind: str, name: str, **fields: Any) -> Wire:
    meta = {"name": name, "namespace": "default", **fields.pop("metadata", {})}
    if kind == "ClusterQueue":
        del meta["namespace"]
    return {"apiVersion": KUEUE, "kind": kind, "metadata": meta, **fields}


def owned(name: str, kind: str, owner: str) -> Wire:
    owners = [{"kind": kind, "name": owner, "uid": "u"}]
    return kueue("Workload", name, metadata={"ownerReferences": owners})


def made(name: str, labels: Wire, kind: str = "", owner: str = "") -> Wire:
    found = pod(name)
    found["metadata"]["labels"] = labels
    if kind:
        owners = [{"kind": kind, "name": owner, "uid": "u", "controller": True}]
        found["metadata"]["ownerReferences"] = owners
    return found


@pytest.mark.parametrize(
    ("workload", "of"),
    [
        (owned("w", "Pod", "web"), made("web", {})),
        (owned("w", "Job", "train"), made("web", {}, "Job", "train")),
        (
            owned("w", "JobSet", "all"),
            made("web", {"jobset.sigs.k8s.io/jobset-name": "all"}, "Job", "all-0"),
        ),
        (
            kueue("Workload", "team"),
            made("web", {"kueue.x-k8s.io/pod-group-name": "team"}),
        ),
    ],
    ids=["pod", "job", "owner of the job", "group of pods"],
)
def test_a_pod_has_the_workload_of(workload: Wire, of: Wire) -> None:
    snapshot = cluster(node("n1"), workload, of)

    assert workload_of(World(snapshot), snapshot.pods[0]) == snapshot.workloads[0]


def test_a_pod_that_kueue_does_not_know_has_none() -> None:
    snapshot = cluster(owned("w", "Pod", "other"), pod("web"))

    assert workload_of(World(snapshot), snapshot.pods[0]) is None


def messages(*documents: Wire) -> list[str]:
    """Return what holds the one workload."""
    snapshot = cluster(*documents)
    return [e.message for e in standing(World(snapshot), snapshot.workloads[0]).holds]


def waiting(*conditions: Wire, **spec: Any) -> Wire:
    spec = {"queueName": "batch", **spec}
    return kueue("Workload", "w", spec=spec, status={"conditions": list(conditions)})


NO_QUOTA = condition("QuotaReserved", "False", reason="Pending", message="full")


def test_a_workload_without_conditions_was_not_looked_at() -> None:
    assert messages(waiting()) == ["Kueue has not looked at it yet"]


def test_without_queues_in_the_source_none_is_missing() -> None:
    assert messages(waiting(NO_QUOTA)) == ["no quota is reserved: Pending: full"]


def test_a_cluster_queue_that_is_not_there_is_told() -> None:
    local = kueue("LocalQueue", "batch", spec={"clusterQueue": "gpus"})

    found = messages(waiting(NO_QUOTA), local, kueue("ClusterQueue", "cpus"))

    assert found[0] == "ClusterQueue gpus does not exist; there is cpus"


def quota(name: str, nominal: int, **spec: Any) -> Wire:
    resources = [{"name": name, "nominalQuota": nominal}]
    flavors = [{"name": "any", "resources": resources}]
    spec = {"resourceGroups": [{"flavors": flavors}], **spec}
    return kueue("ClusterQueue", "gpus", spec=spec)


LOCAL = kueue("LocalQueue", "batch", spec={"clusterQueue": "gpus"})


def test_without_the_configuration_only_spent_quotas_are_told() -> None:
    assert messages(waiting(NO_QUOTA), LOCAL, quota("cpu", 9)) == [
        "no quota is reserved: Pending: full"
    ]


def test_what_a_cohort_lends_is_not_forgotten() -> None:
    found = messages(waiting(NO_QUOTA), LOCAL, quota("x/gpu", 0, cohortName="all"))

    assert found[1] == (
        "ClusterQueue gpus has 0 of x/gpu in flavor any, beside what cohort all "
        "lends, and 0 are reserved"
    )


def test_an_admitted_workload_whose_gates_stay_is_told() -> None:
    admitted = (condition("QuotaReserved"), condition("Admitted"))

    assert messages(waiting(*admitted)) == ["it is admitted, so its gates should go"]


def test_the_time_of_the_next_try_is_told() -> None:
    evicted = condition("Evicted", reason="Preempted")
    workload = waiting(NO_QUOTA, evicted)
    workload["status"]["requeueState"] = {"requeueAt": "T"}

    assert messages(workload)[0] == (
        "it was evicted: Preempted; it is tried again at T"
    )


def test_gates_of_others_are_not_explained_by_kueue() -> None:
    gates = [{"name": "example.com/wait"}]
    snapshot = cluster(owned("w", "Pod", "web"), pod("web", schedulingGates=gates))

    assert only(snapshot).fixes == (
        "look for the controller that removes example.com/wait",
    )


def test_without_kueues_objects_the_gate_is_all_that_is_known() -> None:
    cause = only(cluster(pod("web", schedulingGates=[GATE])))

    assert cause.evidence == {"gates": ["kueue.x-k8s.io/admission"]}
    assert cause.message.endswith("kueue.x-k8s.io/admission")


def test_a_pod_without_a_workload_among_others_is_not_in_a_queue() -> None:
    cause = only(
        cluster(owned("w", "Pod", "other"), pod("web", schedulingGates=[GATE]))
    )

    assert cause.message.endswith("; Kueue has no Workload for it")
    assert cause.fixes[0].endswith("names a LocalQueue")


def test_workloads_that_may_not_be_read_are_told() -> None:
    gap = Gap("Workload", "workloads", "kueue.x-k8s.io", Missing.FORBIDDEN, needs="ask")
    info = ClusterInfo(gaps=(gap,))
    snapshot = replace(cluster(pod("web", schedulingGates=[GATE])), info=info)

    assert only(snapshot).message.endswith(
        "; what Kueue says of it is not known, since workloads may not be read"
    )
    assert only(snapshot).fixes[0] == "ask"
