"""Whether a workload has all its pods, by what its status says."""

from typing import Any

import pytest

from dractl.migrate.readiness import unready_pods


def workload(kind: str, status: object, replicas: object = 2) -> dict[str, Any]:
    return {
        "kind": kind,
        "metadata": {"generation": 3},
        "spec": {"replicas": replicas},
        "status": status,
    }


FULL = {"observedGeneration": 3, "updatedReplicas": 2, "readyReplicas": 2}
DAEMONS = {
    "observedGeneration": 3,
    "desiredNumberScheduled": 4,
    "updatedNumberScheduled": 4,
    "numberReady": 4,
}


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("Deployment", FULL, ""),
        ("Deployment", {**FULL, "observedGeneration": 2}, "has not looked"),
        ("Deployment", {**FULL, "updatedReplicas": 1}, "updatedReplicas is 1 of 2"),
        ("StatefulSet", {**FULL, "readyReplicas": 0}, "readyReplicas is 0 of 2"),
        ("ReplicaSet", {"observedGeneration": 3, "readyReplicas": 2}, ""),
        ("DaemonSet", DAEMONS, ""),
        ("DaemonSet", {**DAEMONS, "numberReady": 3}, "numberReady is 3 of 4"),
        ("Deployment", None, "has not looked"),
        ("Deployment", [1], "has not looked"),
        ("Deployment", {**FULL, "readyReplicas": "2"}, "readyReplicas is 0 of 2"),
    ],
)
def test_all_pods_have_to_be_of_the_new_kind(
    kind: str, status: object, said: str
) -> None:
    found = unready_pods(workload(kind, status))

    assert found is not None
    assert (said in found) if said else found == ""


@pytest.mark.parametrize("kind", ["Job", "InferenceService", "DeviceClass", 5])
def test_some_kinds_tell_nothing(kind: str) -> None:
    assert unready_pods(workload(kind, {})) is None


@pytest.mark.parametrize(
    ("replicas", "is_ready"), [(0, True), (None, True), ("3", True), (3, False)]
)
def test_as_many_as_are_wanted_count(replicas: object, is_ready: bool) -> None:
    assert (unready_pods(workload("Deployment", FULL, replicas)) == "") is is_ready
