from collections.abc import Mapping

import pytest

from dractl.diagnose.owners import owner_of
from dractl.model.claims import ObjectMeta, OwnerReference
from dractl.model.workloads import Pod


def pod(*owners: OwnerReference, labels: Mapping[str, str] | None = None) -> Pod:
    return Pod(ObjectMeta("web", "ml", owners=owners, labels=labels or {}))


def controller(kind: str, name: str) -> OwnerReference:
    return OwnerReference(kind, name, "u", controller=True)


@pytest.mark.parametrize(
    ("owner", "labels", "told"),
    [
        (controller("Job", "train"), {}, "Job train"),
        (controller("StatefulSet", "db"), {}, "StatefulSet db"),
        (controller("DaemonSet", "agent"), {}, "DaemonSet agent"),
        (controller("ReplicaSet", "web-5b9"), {}, "ReplicaSet web-5b9"),
        (
            controller("ReplicaSet", "web-5b9"),
            {"pod-template-hash": "5b9"},
            "Deployment web",
        ),
        (
            controller("ReplicaSet", "a-b-5b9"),
            {"pod-template-hash": "5b9"},
            "Deployment a-b",
        ),
        (
            controller("ReplicaSet", "web"),
            {"pod-template-hash": "5b9"},
            "ReplicaSet web",
        ),
        (
            controller("ReplicaSet", "web-5b9"),
            {"pod-template-hash": ""},
            "ReplicaSet web-5b9",
        ),
        (
            controller("Job", "x"),
            {"jobset.sigs.k8s.io/jobset-name": "llm"},
            "JobSet llm",
        ),
        (
            controller("StatefulSet", "x"),
            {"leaderworkerset.sigs.k8s.io/name": "serve"},
            "LeaderWorkerSet serve",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_the_workload_that_people_know_is_told(
    owner: OwnerReference, labels: Mapping[str, str], told: str
) -> None:
    assert owner_of(pod(owner, labels=labels)) == told


def test_a_pod_of_its_own_has_no_owner() -> None:
    assert owner_of(pod()) == ""


def test_of_several_owners_the_controller_counts() -> None:
    other = OwnerReference("Node", "n1")

    assert owner_of(pod(other, controller("Job", "train"))) == "Job train"
    assert owner_of(pod(other)) == "Node n1"
