"""Known bugs: of each, a cluster that can meet it, and one that cannot."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

import dractl.doctor.checks.bugs  # noqa: F401 - enters its checks
from dractl.api.snapshot import Snapshot
from dractl.doctor.case import Case
from dractl.doctor.signs import TRIGGERS
from dractl.model.bugs import BUG_BY_ID, BUGS, Part
from dractl.rules.registry import Severity
from tests.batches import batched
from tests.diagnose.scenarios.reading import FOLDER, read
from tests.diagnose.test_bugs import MEETS
from tests.doctor.checks.test_quirks import MET
from tests.doctor.checks.test_traps import MET_TRAPS
from tests.doctor.looking import NOW, Wire, case_of, only, said
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


def scenario(name: str) -> Case:
    """Return the cluster of a scenario of `explain`."""
    found = read(FOLDER / f"{name}.yaml")
    snapshot = Snapshot.from_sourced(
        found.documents,
        kubernetes=found.header.get("kubernetes"),
        feature_gates=found.header.get("gates"),
    )
    return Case(snapshot, NOW)


def bugs_of(case: Case) -> set[str]:
    return {each.subject for each in said("known-bug", case)}


@pytest.mark.parametrize("bug", sorted(MEETS))
def test_what_a_pod_meets_the_cluster_can_meet(bug: str) -> None:
    assert bug in bugs_of(scenario(MEETS[bug]))


def rule(selector: Any, effect: str = "NoSchedule") -> Wire:
    taint = {"key": "example.com/x", "effect": effect}
    chosen = {} if selector is None else {"deviceSelector": selector}
    return {
        "apiVersion": "resource.k8s.io/v1beta2",
        "kind": "DeviceTaintRule",
        "metadata": {"name": "r"},
        "spec": {"taint": taint, **chosen},
    }


def event(message: str) -> Wire:
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "e", "namespace": "default"},
        "involvedObject": {"kind": "Pod", "name": "p", "namespace": "default"},
        "reason": "FailedPrepareDynamicResources",
        "message": message,
    }


def asks(*requests: Wire, **spec: Any) -> Wire:
    return template("t", {"devices": {"requests": list(requests), **spec}})


def exactly(name: str = "gpu", **fields: Any) -> Wire:
    return {"name": name, "exactly": {"deviceClassName": "gpu", **fields}}


def first(*modes: str) -> Wire:
    options = [
        {"name": f"o{place}", "deviceClassName": "gpu", "allocationMode": mode}
        for place, mode in enumerate(modes)
    ]
    return {"name": "gpu", "firstAvailable": options}


def sized(step: str) -> Wire:
    ranged = {"min": "1Gi", "step": step}
    policy = {"default": "1Gi", "validRange": ranged}
    capacity = {"memory": {"value": "8Gi", "requestPolicy": policy}}
    return {"name": "g", "allowMultipleAllocations": True, "capacity": capacity}


DISTINCT: Final = [{"distinctAttribute": "gpu.example.com/x"}]
CONFIG: Final = [
    {
        "requests": ["a", "b"],
        "opaque": {"driver": "gpu.example.com", "parameters": {"a": 1}},
    },
]
FOR_ALL: Final = [{"opaque": CONFIG[0]["opaque"]}]
RULES: Final = {"DRADeviceTaintRules": True}
EXTENDED: Final = pod(
    "p", status={"phase": "Running", "extendedResourceClaimStatus": {
        "resourceClaimName": "x", "requestMappings": []}},
)  # fmt: skip

Gates = Mapping[str, bool]
MORE: Final[list[tuple[str, list[Wire], Gates]]] = [
    (
        "distinct-attribute-forgets",
        [asks(exactly(count=3), constraints=DISTINCT)],
        {},
    ),
    ("admin-before-others", [asks(exactly("a", adminAccess=True), exactly("b"))], {}),
    ("alternatives-abort", [asks(first("All", "ExactCount"))], {}),
    ("alternatives-with-all", [asks(first("All"))], {}),
    ("config-given-twice", [asks(exactly("a"), exactly("b"), config=CONFIG)], {}),
    ("zero-step-panic", [gpus("n1", sized("0"))], {}),
    ("rule-for-all-devices", [rule({})], RULES),
    ("extended-scoring", [EXTENDED], {}),
    ("partial-prepare", [event("claim x is already prepared")], {}),
    ("dead-driver-slices", [event("driver x is not registered")], {}),
]
SPARED: Final[list[tuple[str, list[Wire], Gates]]] = [
    (
        "distinct-attribute-forgets",
        [asks(exactly(count=2), constraints=DISTINCT)],
        {},
    ),
    ("distinct-attribute-forgets", [asks(exactly(count=3))], {}),
    ("admin-before-others", [asks(exactly("b"), exactly("a", adminAccess=True))], {}),
    ("admin-before-others", [asks(exactly("a", adminAccess=True))], {}),
    ("alternatives-abort", [asks(first("ExactCount")), asks(exactly())], {}),
    (
        "config-given-twice",
        [asks(exactly("a"), config=[CONFIG[0] | {"requests": ["a"]}])],
        {},
    ),
    ("config-given-twice", [asks(exactly("a"), exactly("b"))], {}),
    ("config-given-twice", [asks(exactly("a"), exactly("b"), config=FOR_ALL)], {}),
    ("zero-step-panic", [gpus("n1", sized("1Gi"))], {}),
    ("rule-for-all-devices", [rule({"driver": "gpu.example.com"})], RULES),
    ("rule-for-all-devices", [rule(None)], RULES),
    ("rule-without-selector", [rule({})], RULES),
    ("rules-crash-scheduler", [rule({})], {"DRADeviceTaintRules": False}),
    ("extended-scoring", [pod("p", status={"phase": "Running"})], {}),
    ("partial-prepare", [event("no device")], {}),
    (
        "all-mode-counters-panic",
        [gpu_class(), gpus("n1", "g"), asks(exactly(allocationMode="All"))],
        {},
    ),
]


@pytest.mark.parametrize(("bug", "documents", "gates"), MORE)
def test_what_can_meet_a_bug_is_named(
    bug: str, documents: list[Wire], gates: Gates
) -> None:
    case = case_of(documents, gates=gates)

    assert bug in bugs_of(case)
    (found,) = (each for each in said("known-bug", case) if each.subject == bug)
    assert found.fix.endswith(BUG_BY_ID[bug].avoid)
    assert BUG_BY_ID[bug].reference in found.message


@pytest.mark.parametrize(("bug", "documents", "gates"), SPARED)
def test_what_cannot_is_not(bug: str, documents: list[Wire], gates: Gates) -> None:
    assert bug not in bugs_of(case_of(documents, gates=gates))


def test_every_bug_has_a_cluster_that_can_meet_it() -> None:
    told = {bug for bug, *_ in (*MORE, *MET, *MET_TRAPS)} | MEETS.keys()

    assert told == {each.id for each in BUGS}


def test_a_bug_without_a_sign_is_one_of_kubelets_whose_release_is_known() -> None:
    for bug in BUGS:
        is_told = bug.part is Part.KUBELET and bool(bug.affected)
        assert (bug.id in TRIGGERS) is not is_told


@batched(BUGS, ids=lambda each: each.id)
def test_it_is_said_how_to_do_without(bug: Any) -> None:
    assert bug.avoid


def kubelet(name: str, version: str) -> Wire:
    return node(name, status={"nodeInfo": {"kubeletVersion": version}})


def test_nodes_whose_kubelets_have_a_bug_are_counted() -> None:
    nodes = [
        kubelet("n1", "v1.34.1"),
        kubelet("n2", "v1.34.1"),
        kubelet("n3", "v1.34.2"),
    ]
    found = said("known-bug", case_of(nodes, "1.34"))

    assert {each.subject for each in found} == {
        "kubelet-deadlock",
        "kubelet-loses-driver",
    }
    assert {each.where for each in found} == {"n1, n2"}
    assert "on n1 is v1.34.1; fixed in 1.34.2 (and on 1 more)" in found[0].message


def test_what_crashes_the_scheduler_is_an_error() -> None:
    case = case_of([rule({"driver": "gpu.example.com"})], gates=RULES)

    (found,) = said("known-bug", case)

    assert (found.subject, found.severity) == ("rules-crash-scheduler", Severity.ERROR)


@pytest.mark.parametrize("release", ["1.34", "1.35", "1.36", "1.37"])
def test_a_cluster_in_order_has_only_bugs_that_nothing_meets(release: str) -> None:
    holder = [{"resource": "pods", "name": "p", "uid": "uid-p"}]
    documents = [
        kubelet("n1", f"v{release}.9"),
        gpu_class(),
        gpus("n1", "gpu-0", "gpu-1"),
        claim("c", status={**given("gpu-0", "n1"), "reservedFor": holder}),
        pod("p", "claim/c", status={"phase": "Running"}, nodeName="n1"),
        template("t", wish(2)),
    ]
    case = case_of(documents, release)

    assert said("known-bug", case) == []
    found = only("known-bug-unmet", case)
    assert found.severity is Severity.INFO


ISSUES: Final = (
    "131660", "133669", "133920", "133926", "134434", "134711", "135725", "136269",
    "136709", "137347", "137607", "137819", "138882", "139016", "139034", "139651",
    "139772", "140431", "140433", "140434", "140769", "140802", "141213", "141276",
    "141290", "141422", "141467", "141620", "141912", "142202",
)  # fmt: skip
"""What users have met by release, as far as it is a bug of Kubernetes."""


@batched(ISSUES)
def test_what_users_have_met_is_known(issue: str) -> None:
    assert [each.id for each in BUGS if each.reference.endswith(f"#{issue}")]
