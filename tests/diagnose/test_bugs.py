"""Known bugs are told of pods that can meet them, and of no others."""

import re
from collections.abc import Sequence
from typing import Final

import pytest

from dractl.api.snapshot import Snapshot
from dractl.diagnose.bugs import SIGNS
from dractl.diagnose.explain import explain_pod
from dractl.diagnose.world import World
from dractl.model.bugs import BUG_BY_ID, BUGS, Bug
from dractl.model.cluster import GATES
from tests.batches import batched
from tests.diagnose.scenarios.reading import FOLDER, Wire, read

REFERENCE: Final = re.compile(r"[\w.-]+/[\w.-]+(#\d+|@v[\d.]+:[\w./-]+)")


def notes(documents: Sequence[Wire], **profile: object) -> str:
    """Return what is noted of the pod `ml/train`."""
    snapshot = Snapshot.from_documents(documents, **profile)  # type: ignore[arg-type]
    report = explain_pod(World(snapshot), snapshot.pod_by_key["ml", "train"])
    return "\n".join(report.notes)


def noted(scenario: str, *, kubernetes: str | None = None) -> str:
    """Return what is noted of the pod of a scenario, in another release if named."""
    found = read(FOLDER / f"{scenario}.yaml")
    snapshot = Snapshot.from_sourced(
        found.documents,
        kubernetes=kubernetes or found.header.get("kubernetes"),
        feature_gates=found.header.get("gates"),
    )
    namespace, _, name = found.header["ask"]["pod"].partition("/")
    report = explain_pod(World(snapshot), snapshot.pod_by_key[namespace, name])
    return "\n".join(report.notes)


def reference(bug: str) -> str:
    return BUG_BY_ID[bug].reference


MEETS: Final = {
    "allocated-and-fresh-claim": "fabric/allocated-claim-and-fresh-claim",
    "all-mode-counters-panic": "partitions/all-mode-panics",
    "all-mode-takes-spent-device": "capacity/all-mode-and-exhausted",
    "all-mode-in-alternatives": "bugs/all-in-alternatives",
    "counters-stay-reserved": "partitions/fits-but-scheduler-says-no",
    "counters-by-pool-name": "partitions/two-drivers-one-pool-name",
    "counters-given-out-twice": "partitions/counters-overcommitted",
    "timeout-taken-for-unschedulable": "bugs/timed-out",
    "qualified-capacity-name": "capacity/qualified-name",
    "extended-with-node-allocatable": "extended/with-node-allocatable",
    "eviction-skips-extended": "extended/unhealthy-pod-runs",
    "tolerations-not-stored": "bugs/tolerated-but-evicted",
    "rules-crash-scheduler": "bugs/refused-beside-rules",
    "rule-without-selector": "bugs/rule-without-selector",
    "finished-pod-keeps-claim": "in-use/reserved-for-finished",
    "kubelet-deadlock": "prepare/hangs-1-34",
    "kubelet-loses-driver": "prepare/driver-not-registered-1-34",
    "kubelet-refuses-extended": "extended/alpha-release",
    "kubelet-skips-claims": "prepare/second-claim-not-prepared",
    "unprepare-without-claim": "prepare/unprepare-not-created",
    "kai-without-counters": "pod/other-scheduler-ignores-counters",
}
"""A scenario of each bug."""

SPARED: Final = {
    "allocated-and-fresh-claim": "pinned/other-claim-busy-there",
    "all-mode-counters-panic": "counts/all-but-none-free",
    "all-mode-takes-spent-device": "capacity/used-up",
    "all-mode-in-alternatives": "alternatives/all-busy",
    "counters-stay-reserved": "partitions/half-left",
    "counters-by-pool-name": "partitions/fits-but-scheduler-says-no",
    "counters-given-out-twice": "partitions/counters-spent",
    "timeout-taken-for-unschedulable": "bugs/timed-out-as-error",
    "qualified-capacity-name": "capacity/too-much-asked",
    "extended-with-node-allocatable": "extended/fits",
    "eviction-skips-extended": "bugs/tolerated-but-evicted",
    "tolerations-not-stored": "healthy/running",
    "rules-crash-scheduler": "taints/rule-without-effect",
    "rule-without-selector": "taints/rule-selects-everything",
    "finished-pod-keeps-claim": "in-use/all-taken",
    "kubelet-deadlock": "healthy/starting",
    "kubelet-loses-driver": "prepare/driver-not-registered",
    "kubelet-refuses-extended": "extended/fits",
    "kubelet-skips-claims": "prepare/unknown-field",
    "unprepare-without-claim": "prepare/unknown-field",
    "kai-without-counters": "partitions/fits-but-scheduler-says-no",
}
"""A scenario that comes near each bug and does not meet it."""


@batched(MEETS)
def test_a_bug_is_told_of_a_pod_that_can_meet_it(bug: str) -> None:
    assert reference(bug) in noted(MEETS[bug])


@batched(SPARED)
def test_a_bug_is_not_told_of_a_pod_that_cannot_meet_it(bug: str) -> None:
    assert reference(bug) not in noted(SPARED[bug])


def test_every_sign_has_a_scenario_of_each_sort() -> None:
    assert sorted(MEETS) == sorted(SPARED) == sorted(SIGNS)
    assert SIGNS.keys() <= {each.id for each in BUGS}


@pytest.mark.parametrize(
    ("bug", "scenario", "release"),
    [
        ("allocated-and-fresh-claim", "fabric/allocated-claim-and-fresh-claim", "1.34"),
        ("allocated-and-fresh-claim", "fabric/allocated-claim-and-fresh-claim", "1.37"),
        ("all-mode-counters-panic", "partitions/all-mode-panics", "1.37"),
        ("timeout-taken-for-unschedulable", "bugs/timed-out", "1.36"),
        ("tolerations-not-stored", "bugs/tolerated-but-evicted", "1.35"),
        ("all-mode-in-alternatives", "bugs/all-in-alternatives", "1.36"),
    ],
)
def test_a_bug_is_not_told_in_a_release_without_it(
    bug: str, scenario: str, release: str
) -> None:
    assert reference(bug) not in noted(scenario, kubernetes=release)


def test_a_bug_of_the_scheduler_is_told_as_a_possibility() -> None:
    assert "kube-scheduler 1.36 may have it" in noted("partitions/all-mode-panics")


def test_the_release_of_a_kubelet_is_that_of_the_pods_node() -> None:
    assert "the kubelet on gpu-1 is v1.34.0; fixed in 1.34.2" in noted(
        "prepare/hangs-1-34", kubernetes="1.36"
    )


@pytest.mark.parametrize(
    "version", ["v1.34.2", "v1.34.2-eks-1", "v1.33.9", "v1.35.0", ""]
)
def test_a_kubelet_with_the_fix_or_without_the_bug_is_spared(version: str) -> None:
    found = read(FOLDER / "prepare/hangs-1-34.yaml")
    node = next(
        each
        for each, _ in reversed(found.documents)
        if isinstance(each, dict) and each["kind"] == "Node"
    )
    node["status"]["nodeInfo"]["kubeletVersion"] = version
    documents = [each for each, _ in found.documents]
    assert notes(documents, kubernetes="1.34") == ""  # type: ignore[arg-type]


@batched(BUGS, ids=lambda each: each.id)
def test_a_reference_can_be_looked_up(bug: Bug) -> None:
    assert REFERENCE.fullmatch(bug.reference)


def test_ids_are_unique() -> None:
    ids = [each.id for each in BUGS]
    assert len(set(ids)) == len(ids)


@batched(BUGS, ids=lambda each: each.id)
def test_an_id_is_in_kebab_case(bug: Bug) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", bug.id)


@batched(BUGS, ids=lambda each: each.id)
def test_gates_are_those_of_some_release(bug: Bug) -> None:
    assert set(bug.gates) <= GATES.keys()
