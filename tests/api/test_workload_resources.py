"""Objects that make pods or name claims, whatever their kind is."""

from typing import Any

import pytest

from dractl.api.decode import Decoded, decode
from dractl.api.snapshot import Snapshot
from dractl.model.workloads import WorkloadResource

Wire = dict[str, Any]

POD: Wire = {
    "containers": [{"name": "main"}],
    "resourceClaims": [
        {"name": "a", "resourceClaimTemplateName": "one"},
        {"name": "b", "resourceClaimName": "shared"},
    ],
}
TEMPLATE: Wire = {"template": {"spec": POD}}


def document(kind: str, spec: object, version: str = "apps/v1") -> Wire:
    """Return an object."""
    metadata = {"name": "web", "namespace": "team", "uid": f"uid-{kind}"}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}


def read(given: Wire) -> WorkloadResource:
    """Return the object as it is read."""
    found = decode(given)
    assert isinstance(found, Decoded)
    assert isinstance(found.value, WorkloadResource)
    return found.value


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("Deployment", TEMPLATE),
        ("CronJob", {"jobTemplate": {"spec": TEMPLATE}}),
        ("JobSet", {"replicatedJobs": [{"template": {"spec": TEMPLATE}}]}),
        ("LeaderWorkerSet", {"leaderWorkerTemplate": {"workerTemplate": TEMPLATE}}),
        ("RayJob", {"rayClusterSpec": {"workerGroupSpecs": [TEMPLATE]}}),
        ("PyTorchJob", {"pytorchReplicaSpecs": {"Worker": TEMPLATE}}),
        ("VirtualMachine", {"template": {"spec": {**POD, "containers": None}}}),
        ("Workload", {"podGroupTemplates": [{**POD, "containers": None}]}),
    ],
)
def test_claims_are_found_wherever_pods_are_described(kind: str, spec: Wire) -> None:
    found = read(document(kind, spec))
    assert (found.templates, found.claims) == (("one",), ("shared",))


def test_the_template_of_a_compute_domain_is_found() -> None:
    spec = {"channel": {"resourceClaimTemplate": {"name": "channel"}}}
    assert read(document("ComputeDomain", spec)).templates == ("channel",)


def test_replicas_are_read_where_they_are_stated() -> None:
    assert read(document("Deployment", {"replicas": 0, **TEMPLATE})).replicas == 0
    assert read(document("DaemonSet", TEMPLATE)).replicas is None


def test_a_workload_without_claims_is_read_too_since_it_may_own_others() -> None:
    found = read(document("Job", {"template": {"spec": {"containers": []}}}))
    assert (found.templates, found.claims) == ((), ())


@pytest.mark.parametrize(
    ("kind", "spec"),
    [("Service", {"ports": []}), ("Thing", None), ("ControllerRevision", TEMPLATE)],
)
def test_other_objects_are_not_read(kind: str, spec: Wire) -> None:
    assert decode(document(kind, spec)) is None


def test_a_workload_without_a_name_is_no_problem() -> None:
    assert decode({"apiVersion": "a/v1", "kind": "B", "spec": TEMPLATE}) is None


def test_workloads_of_one_name_and_several_kinds_are_all_kept() -> None:
    kinds = ["Deployment", "ReplicaSet"]
    snapshot = Snapshot.from_documents(document(kind, TEMPLATE) for kind in kinds)
    assert [each.kind for each in snapshot.workload_resources] == kinds
