"""Clusters whose truth is known: upstream's own answers, and one in which pods wait."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import pytest

from dractl.api.snapshot import Snapshot
from dractl.diagnose.answer import PodReport
from dractl.diagnose.explain import explain
from tests.batches import batched
from tests.diagnose.generated import pod
from tests.diagnose.variants import PREFIX, VARIANTS, Documents, without
from tests.scenarios import SHARED, Scenario
from tests.solver.recorded import RELEASE, case_of, expected, lines

CLUSTER: Final = SHARED / "clusters" / "pending.json"
TRUTH: Final = SHARED / "clusters" / "pending.truth.json"
needs_cluster = pytest.mark.skipif(
    not (CLUSTER.is_file() and TRUTH.is_file()), reason="the cluster is not here"
)
# Every other one: test_vectors.py asks the allocator itself about all of them.
SCENARIOS: Final = [case_of(raw) for raw in lines("allocator-random")][::2]
ERRORS: Final = frozenset(
    {
        "class-missing", "constraint-unsatisfiable", "feature-disabled",
        "pool-incomplete", "pool-invalid", "selector-error", "too-many-devices",
        "unknown",
    }
)  # fmt: skip


# -- upstream's allocator


def told(scenario: Scenario) -> PodReport:
    """Return what keeps a pod that names all claims of a scenario."""
    documents = scenario.documents()
    waiting = [
        each
        for each in documents
        if each["kind"] == "ResourceClaim" and "status" not in each
    ]
    others = [each for each in documents if each not in waiting]
    # Claims of one scenario may have equal names; a pod needs to tell them apart.
    named = [
        {**each, "metadata": {"name": f"claim-{number}", "namespace": "default"}}
        for number, each in enumerate(waiting)
    ]
    names = [each["metadata"]["name"] for each in named]
    snapshot = Snapshot.from_documents(
        [*others, *named, pod("all", names)],
        kubernetes=RELEASE,
        feature_gates=scenario.gates,
    )
    (report,) = explain(snapshot).pods
    return report


def kind_of(report: PodReport) -> str:
    """Return which of upstream's outcomes a report stands for."""
    if not report.causes:
        return "allocated"
    is_error = len(report.causes) == 1 and report.causes[0].code in ERRORS
    return "none or aborted" if is_error else "none"


def kinds(scenario: Scenario) -> set[str]:
    """Return what a scheduler may do after upstream's answers for the nodes.

    It looks at every node of so few, so that an error on any of them counts.
    """
    answers = [
        {expected(each)[0] for each in answers} for answers in scenario.answers.values()
    ]
    found = set()
    if any("aborted" in each for each in answers):
        found |= {"none or aborted"}
    if not any({"aborted"} == each for each in answers):
        if any("allocated" in each for each in answers):
            found |= {"allocated"}
        if not any({"allocated"} == each for each in answers):
            found |= {"none", "none or aborted"}
    return found


@batched(SCENARIOS, ids=lambda each: each.name)
def test_a_pod_is_stuck_where_upstreams_allocator_gives_it_nothing(
    scenario: Scenario,
) -> None:
    assert kind_of(told(scenario)) in kinds(scenario)


# -- a cluster in which things wait for known reasons

Codes = Mapping[str, Sequence[str]]


@cache
def documents() -> Documents:
    """Return the objects of the cluster."""
    return tuple(json.loads(CLUSTER.read_text("utf-8"))["items"])


@cache
def truth() -> Sequence[Mapping[str, Any]]:
    """Return what keeps each pod, and what else may be told of it."""
    found: list[Mapping[str, Any]] = json.loads(TRUTH.read_text("utf-8"))
    return found


def reports(of: Documents) -> Mapping[str, PodReport]:
    """Return what is told of the pods that wait, by the case that they stand for."""
    found = explain(Snapshot.from_documents(of)).pods
    return {
        each.pod.meta.namespace: each
        for each in found
        if each.pod.meta.name not in {"holder", "first"}
    }


def codes(of: Mapping[str, PodReport]) -> Codes:
    """Return the codes, most decisive first."""
    return {name: [c.code for c in each.causes] for name, each in of.items()}


@needs_cluster
def test_the_true_causes_come_first_and_nothing_else_is_told() -> None:
    found = codes(reports(documents()))

    assert [
        (each["case"], found[each["namespace"]])
        for each in truth()
        if not is_true(found[each["namespace"]], each)
    ] == []


def is_true(found: Sequence[str], of: Mapping[str, Any]) -> bool:
    number = len(of["codes"])
    others = set(found[number:])
    return list(found[:number]) == of["codes"] and others <= set(of.get("also", ()))


@needs_cluster
def test_the_requests_that_are_blamed_are_the_true_ones() -> None:
    found = reports(documents())
    wanted = [each for each in truth() if "request" in each]

    assert [
        [cause.request for cause in found[each["namespace"]].causes] for each in wanted
    ] == [[each["request"]] for each in wanted]
    assert len(wanted) == 3


@needs_cluster
def test_the_extended_resource_that_no_node_has_is_named() -> None:
    found = reports(documents())
    (wanted,) = [each for each in truth() if "extendedResource" in each]

    (cause,) = found[wanted["namespace"]].causes

    assert wanted["extendedResource"] in cause.message
    assert cause.claim is None


@needs_cluster
def test_the_pods_that_hold_the_devices_are_named() -> None:
    found = reports(documents())
    (wanted,) = [each for each in truth() if "holders" in each]

    (cause,) = found[wanted["namespace"]].causes

    held = cause.evidence["held"]
    assert isinstance(held, list)
    assert {who for each in held for who in each["consumers"]} == {
        f"pod {each}" for each in wanted["holders"]
    }
    assert all(f"pod {each}" in " ".join(cause.fixes) for each in wanted["holders"])


# -- variants


@needs_cluster
@pytest.mark.parametrize("name", VARIANTS)
def test_the_same_cluster_is_told_the_same(name: str) -> None:
    found = reports(VARIANTS[name](documents()))

    assert codes({key.removeprefix(PREFIX): each for key, each in found.items()}) == (
        codes(reports(documents()))
    )


NO_DEVICES: Final = {
    name: ["no-devices-published"]
    for name in (
        "capacity", "constraint", "counters", "extended", "in-use", "node-mismatch",
        "not-enough", "pool-incomplete", "selector-error", "selector-no-match",
        "tainted-rule",
    )
}  # fmt: skip
TWICE: Final = ["no-devices-published", "no-devices-published"]
LACKING: Final[Mapping[str, Codes]] = {
    "Event": {"prepare-failed": []},
    "Node": {"node-cpu": ["unknown"]},
    "ResourceSlice": {
        **NO_DEVICES,
        "alternatives": TWICE,
        "node-cpu": ["no-devices-published", "node-mismatch"],
    },
    "Namespace": {},
    "ResourceClaimTemplate": {"admin-access": ["template-missing"]},
    # The scheduler saw a taint that dractl has no means to know of.
    "DeviceTaintRule": {"tainted-rule": ["unknown"]},
}
"""What is told instead where a kind of objects is left out."""


@needs_cluster
@pytest.mark.parametrize("kind", LACKING)
def test_without_a_kind_only_that_changes_which_needs_it(kind: str) -> None:
    found = codes(reports(without(kind)(documents())))

    assert found == {**codes(reports(documents())), **LACKING[kind]}


@needs_cluster
def test_without_classes_every_claim_that_is_open_misses_its_class() -> None:
    found = codes(reports(without("DeviceClass")(documents())))
    of_objects = {"template-missing", "claim-missing", "admin-access-forbidden"}
    allocated = {"pinned", "prepare-failed", "healthy"}

    assert {
        name
        for name, each in found.items()
        if each[:1] != ["class-missing"] and not of_objects & set(each)
    } == allocated


@needs_cluster
def test_without_claims_those_that_were_made_are_missing() -> None:
    found = codes(reports(without("ResourceClaim")(documents())))
    unmade = {"template-missing", "admin-access", "extended"}
    running = {"healthy", "prepare-failed"}

    assert {name for name, each in found.items() if each[:1] != ["claim-missing"]} == {
        *unmade,
        *running,
    }


@needs_cluster
def test_without_pods_the_claims_tell_what_keeps_them() -> None:
    found = explain(Snapshot.from_documents(without("Pod")(documents())))
    told = {
        each.claim.meta.namespace: [cause.code for cause in each.causes]
        for each in found.claims
    }
    # A claim by itself knows of no gates, schedulers, node selectors and resources.
    of_pods = {"gated", "no-scheduler", "node-mismatch", "node-cpu"}

    assert found.pods == ()
    assert told == {
        each["namespace"]: each["codes"]
        for each in truth()
        if each["namespace"] not in of_pods | UNMADE and each["codes"]
    }


UNMADE: Final = {
    "admin-access", "claim-missing", "extended", "pinned", "prepare-failed",
    "template-missing",
}  # fmt: skip


@needs_cluster
@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("Event", "no Events in the snapshot"),
        ("Node", "no Nodes in the snapshot"),
        ("Pod", "no Pods in the snapshot"),
        ("ResourceSlice", "no ResourceSlices in the snapshot"),
        ("DeviceClass", "no DeviceClasses in the snapshot"),
        ("ResourceClaim", "no ResourceClaims in the snapshot"),
        ("Namespace", "no Namespaces in the snapshot"),
    ],
)
def test_a_kind_that_is_left_out_is_said_to_be_unchecked(kind: str, first: str) -> None:
    (found,) = explain(Snapshot.from_documents(without(kind)(documents()))).unchecked

    assert found.partition(":")[0] == first


@needs_cluster
def test_templates_that_are_left_out_are_said_to_be_unchecked() -> None:
    kinds = without("ResourceClaimTemplate")

    (found,) = explain(Snapshot.from_documents(kinds(documents()))).unchecked

    assert found.startswith("no ResourceClaimTemplates in the snapshot")


@needs_cluster
def test_without_nodes_nobody_claims_to_have_looked_at_them() -> None:
    found = reports(without("Node")(documents()))["node-cpu"]

    assert "CPU" not in found.causes[0].message.partition(", but")[0]


@needs_cluster
def test_all_kinds_are_there_and_nothing_is_unchecked() -> None:
    assert explain(Snapshot.from_documents(documents())).unchecked == ()
