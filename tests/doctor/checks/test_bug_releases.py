"""Of which releases known bugs are told, and which release has a fix."""

from typing import Final

import pytest

import dractl.doctor.checks.bugs  # noqa: F401 - enters its checks
from dractl.doctor.case import Case
from dractl.rules.registry import Severity
from tests.doctor.checks.test_quirks import TAINT
from tests.doctor.looking import Wire, case_of, only, said
from tests.solver.clusters import node, pod

SERVER: Final[Wire] = {
    "apiVersion": "dractl/v1",
    "kind": "ClusterInfo",
    "metadata": {"name": "cluster"},
    "served": ["v1", "v1beta2"],
}
RULES: Final[Wire] = {
    "apiVersion": "resource.k8s.io/v1beta2",
    "kind": "DeviceTaintRule",
    "metadata": {"name": "r"},
    "spec": {"taint": {**TAINT, "effect": "NoSchedule"},
             "deviceSelector": {"driver": "gpu.example.com"}},
}  # fmt: skip


def told(case: Case) -> set[str]:
    """Return the ids of the bugs that are told of."""
    return {each.subject for each in said("known-bug", case)}


def extending(kubelet: str) -> list[Wire]:
    """Return a node, and a pod there with an extended resource that DRA serves."""
    own = node("n1", status={"nodeInfo": {"kubeletVersion": kubelet}})
    has = {"resourceClaimName": "x", "requestMappings": []}
    status = {"phase": "Running", "extendedResourceClaimStatus": has}
    return [own, pod("p", status=status)]


@pytest.mark.parametrize(
    ("server", "is_told"),
    [("v1.36.2", True), ("v1.36.3", False), ("v1.36.3-gke.1", False), (None, True),
     ("v1.35.9", True)],
)  # fmt: skip
def test_a_server_with_the_fix_has_the_bug_no_more(
    server: str | None, *, is_told: bool
) -> None:
    info = SERVER | {"kubernetes": server}
    documents = [RULES, *([info] if server else [])]
    case = case_of(documents, "1.36", {"DRADeviceTaintRules": True})

    assert ("rules-crash-scheduler" in told(case)) is is_told


@pytest.mark.parametrize(
    ("kubelet", "is_told"), [("v1.35.4", True), ("v1.36.0", False), ("", False)]
)
def test_a_kubelet_that_is_older_than_the_server_has_its_own_bugs(
    kubelet: str, *, is_told: bool
) -> None:
    case = case_of(extending(kubelet), "1.36")

    found = {each.subject: each for each in said("known-bug", case)}

    assert ("kubelet-refuses-extended" in found) is is_told
    if is_told:
        bug = found["kubelet-refuses-extended"]
        assert (bug.where, bug.fix[:10]) == ("n1", "use claims")
        assert "the kubelet on n1 is v1.35.4; its fix was merged" in bug.message


def test_a_kubelet_has_no_bug_of_a_gate_that_is_off() -> None:
    documents = extending("v1.35.4")

    for is_on in (True, False):
        case = case_of(documents, "1.36", {"DRAExtendedResource": is_on})
        assert ("kubelet-refuses-extended" in told(case)) is is_on


def test_where_the_fix_is_known_it_is_named() -> None:
    case = case_of([RULES], "1.36", {"DRADeviceTaintRules": True})

    found = only("known-bug", case)

    assert found.severity is Severity.ERROR
    assert "kube-scheduler 1.36 may have it, fixed in 1.36.3" in found.message
    assert found.fix.startswith("upgrade to 1.36.3; until then use no DeviceTaint")
    assert found.evidence["releases"] == "1.36 before 1.36.3"
    assert found.evidence["gates"] == ["DRADeviceTaints", "DRADeviceTaintRules"]
