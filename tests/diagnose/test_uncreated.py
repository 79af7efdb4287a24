"""Workloads whose pods are not created."""

import pytest

from dractl.diagnose.answer import WorkloadReport
from dractl.diagnose.plugins import ailing
from dractl.diagnose.uncreated import uncreated, uncreated_of
from dractl.diagnose.world import World
from tests.diagnose.cluster import Wire, cluster, event, gpu_class, pod
from tests.diagnose.test_queues import NO_QUOTA, kueue

CEL = 'device.driver == "gpu.acme.com"'


def refused(
    kind: str = "DaemonSet",
    name: str = "acme-driver",
    message: str = "exceeded quota: x",
    reason: str = "FailedCreate",
    when: str = "1",
) -> Wire:
    about = {"kind": kind, "namespace": "default", "name": name}
    return event(
        f"{name}.{when}", reason, message, involvedObject=about, lastTimestamp=when
    )


def world(*documents: Wire) -> World:
    acme = gpu_class("gpu", selectors=[{"cel": {"expression": CEL}}])
    return World(cluster(acme, *documents))


def told(*documents: Wire) -> list[tuple[str, str]]:
    """Return what is told without being asked about, with the code of its cause."""
    found = uncreated(world(*documents), None)
    return [(each.name, each.causes[0].code) for each in found]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("exceeded quota: x", "quota-exceeded"),
        ("adminAccess needs a label", "admin-access-forbidden"),
        ("violates PodSecurity", "unknown"),
    ],
    ids=["quota", "admin access", "else"],
)
def test_the_cause_is_told_by_the_words_of_the_refusal(message: str, code: str) -> None:
    assert told(refused(message=message)) == [("acme-driver", code)]


def test_of_several_refusals_the_latest_is_told() -> None:
    (found,) = uncreated(
        world(refused(message="old"), refused(message="new", when="2")), None
    )

    assert found.causes[0].evidence["event"] == "new"


def test_what_was_created_since_is_not_refused() -> None:
    since = refused(reason="SuccessfulCreate", when="2")

    assert told(refused(), since) == []


def test_a_driver_of_another_vendor_is_not_told() -> None:
    assert told(refused(name="other-driver")) == []


def test_a_workload_that_is_refused_for_devices_is_told() -> None:
    message = "exceeded quota: x, requested: gpu.deviceclass.resource.k8s.io/devices=1"

    assert told(refused("Job", "train", message)) == [("train", "quota-exceeded")]


def test_a_workload_of_which_other_pods_have_claims_is_told() -> None:
    owner = {"kind": "StatefulSet", "name": "db", "uid": "u", "controller": True}
    first = pod("db-0", "claim/c")
    first["metadata"]["ownerReferences"] = [owner]

    assert told(refused("StatefulSet", "db"), first) == [("db", "quota-exceeded")]


def test_other_namespaces_are_left_out() -> None:
    assert list(uncreated(world(refused()), "ml")) == []


def named(owner: str, name: str, *documents: Wire) -> list[WorkloadReport]:
    return list(uncreated_of(world(*documents), owner, ("", name)))


@pytest.mark.parametrize(
    ("owner", "name", "number"),
    [
        ("ReplicaSet", "web-5d9f7c8b6d", 1),
        ("Deployment", "web", 1),
        ("Deployment", "we", 0),
        ("StatefulSet", "web", 0),
    ],
)
def test_a_deployment_has_the_events_of_its_replica_set(
    owner: str, name: str, number: int
) -> None:
    event = refused("ReplicaSet", "web-5d9f7c8b6d")

    assert len(named(owner, name, event)) == number


def test_a_replica_set_of_another_deployment_is_not_meant() -> None:
    assert named("Deployment", "web", refused("ReplicaSet", "web-api-5d9f7c8b6d")) == []


def job(*conditions: Wire) -> Wire:
    owners = [{"kind": "Job", "name": "train", "uid": "u"}]
    entry = {"name": "gpu", "resourceClaimTemplateName": "gpu"}
    spec = {"podSets": [{"template": {"spec": {"resourceClaims": [entry]}}}]}
    return kueue(
        "Workload",
        "job-train",
        metadata={"ownerReferences": owners},
        spec=spec,
        status={"conditions": list(conditions)},
    )


def test_a_job_that_kueue_holds_back_is_told() -> None:
    assert told(job(NO_QUOTA)) == [("train", "scheduling-gated")]
    assert len(named("Job", "train", job(NO_QUOTA))) == 1


@pytest.mark.parametrize("kind", ["Admitted", "Finished"])
def test_a_job_that_kueue_has_let_go_is_not(kind: str) -> None:
    assert told(job(NO_QUOTA, {"type": kind, "status": "True"})) == []


def test_a_job_with_pods_is_told_with_these() -> None:
    own = pod("train-x")
    owner = {"kind": "Job", "name": "train", "uid": "u", "controller": True}
    own["metadata"]["ownerReferences"] = [owner]

    assert told(job(NO_QUOTA), own) == []


def test_a_driver_whose_pods_are_refused_is_not_well() -> None:
    (said,) = ailing(world(refused(message="no quota")), ["gpu.acme.com"])

    assert said == (
        "pods of DaemonSet default/acme-driver cannot be created: no quota (it looks "
        "like driver gpu.acme.com's)"
    )
