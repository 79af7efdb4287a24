"""Every rule of the API server is broken once, and the table is complete."""

import inspect
import sys

import pytest

from dractl.api.fields import FIELDS
from dractl.model.cluster import GATES, Profile
from dractl.rules.path import Path
from dractl.rules.registry import RULES, Severity
from dractl.rules.server import judged
from tests.batches import batched
from tests.rules.case import Case
from tests.rules.cases import CASES
from tests.rules.documents import (
    CLAIM,
    CLASS,
    COUNTERS,
    GROUP_OF_PODS,
    POD,
    SLICE,
    VALID,
    Wire,
    changed,
)

ALL_ON = {"AllAlpha": True, "AllBeta": True}
PROFILES = {
    "1.36": Profile.of("1.36", ALL_ON),
    "1.37": Profile.of("1.37", ALL_ON),
    "1.34": Profile.of("1.34", ALL_ON),
    "1.37 default": Profile.of("1.37"),
    "1.37 alpha3": Profile.of("1.37", {"DRAResourcePoolStatus": True}),
    "1.36 default": Profile.of("1.36"),
    "1.35 default": Profile.of("1.35"),
}
NOT_THE_SERVERS = ("advice", "references", "check", "subject", "world", "mending")
SHORT = {"Internal": "InternalError", "BadRequest": "BadRequest"}


def _as_printed(path: str) -> str:
    steps = [f"[{step}]" if step.isdigit() else f".{step}" for step in path.split(".")]
    return "".join(steps).removeprefix(".")


def _reason(case: Case) -> str:
    if case.code in {"kind-unknown", "version-not-served", "version-off"}:
        return case.reason
    return SHORT.get(case.reason, f"FieldValue{case.reason}")


@pytest.mark.parametrize("document", VALID, ids=lambda each: each["kind"])
def test_what_is_valid_is_created(document: Wire) -> None:
    judgement = judged(document, PROFILES["1.36"])
    assert judgement.violations == ()
    assert judgement.dropped == ()
    assert judgement.status == 201
    assert judgement.kind == document["kind"]


@batched(CASES, ids=lambda case: case.code)
def test_a_broken_rule_is_found_at_its_place(case: Case) -> None:
    document = changed(case.document, case.path, case.value)
    found = judged(document, PROFILES[case.release]).violations
    at = _as_printed(case.path) if case.at is None else case.at
    assert (case.code, at, _reason(case)) in {
        (each.code, str(each.path), each.reason) for each in found
    }


def test_every_rule_is_broken_by_some_case() -> None:
    manuals = {
        (value.__doc__ or "").strip()
        for name, module in sys.modules.items()
        if name.startswith("dractl.rules.")
        and not name.removeprefix("dractl.rules.").startswith(NOT_THE_SERVERS)
        for value in vars(module).values()
        if inspect.isfunction(value)
    }
    ours = {
        code
        for code, row in RULES.items()
        if row.severity is Severity.ERROR and row.manual in manuals
    }
    assert ours == {case.code for case in CASES}


@batched(CASES, ids=lambda case: case.code)
def test_a_rule_says_what_it_demands(case: Case) -> None:
    row = RULES[case.code]
    assert row.title.endswith((".", ":"))
    assert row.title[0].isupper() or row.title.startswith("`")


def test_messages_and_fixes_are_one_line_each() -> None:
    for case in CASES:
        if case.code == "cel-compile":
            continue
        document = changed(case.document, case.path, case.value)
        for found in judged(document, PROFILES[case.release]).violations:
            assert found.message
            assert "\n" not in found.message
            assert len(found.message) < 250


def test_a_document_is_not_changed() -> None:
    document = changed(CLAIM, "metadata.name", "c")
    judged(document, Profile.of("1.33", {"DynamicResourceAllocation": True}))
    assert document == CLAIM


def test_what_a_gate_keeps_is_dropped_without_it() -> None:
    judgement = judged(SLICE, Profile.of("1.35"))
    dropped = {(str(each.path), each.gate) for each in judgement.dropped}
    assert ("spec.devices[0].taints", "DRADeviceTaints") in dropped
    assert (
        "spec.devices[1].capacity[memory].requestPolicy",
        "DRAConsumableCapacity",
    ) in dropped
    since = {each.field: str(each.since) for each in judgement.dropped}
    assert since["taints"] == "1.36"


def test_a_pod_without_the_main_gate_loses_its_claims() -> None:
    judgement = judged(POD, Profile.of("1.33"))
    assert [str(each.path) for each in judgement.dropped] == [
        "spec.resourceClaims",
        "spec.containers[0].resources.claims",
    ]
    assert judgement.status == 201


def test_groups_of_pods_lose_their_claims_by_default() -> None:
    judgement = judged(GROUP_OF_PODS, Profile.of("1.36"))
    assert [str(each.path) for each in judgement.dropped] == ["spec.resourceClaims"]


def test_workloads_are_judged_at_the_pod_inside() -> None:
    broken = changed(POD, "spec.resourceClaims.0.name", "A")
    template = {"spec": broken["spec"]}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "d"},
        "spec": {"replicas": 1, "template": template},
    }
    cron = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "d"},
        "spec": {"jobTemplate": {"spec": {"template": template}}},
    }
    for document, prefix in (
        (deployment, "spec.template.spec"),
        (cron, "spec.jobTemplate.spec.template.spec"),
    ):
        paths = [str(v.path) for v in judged(document, PROFILES["1.36"]).violations]
        assert paths == [
            f"{prefix}.resourceClaims[0].name",
            f"{prefix}.containers[0].resources.claims[0]",
        ]


def test_workloads_have_claims_per_template() -> None:
    broken = {"resourceClaims": [{"name": "a"}]}
    workload = {
        "apiVersion": "scheduling.k8s.io/v1alpha2",
        "kind": "Workload",
        "metadata": {"name": "w"},
        "spec": {"podGroupTemplates": [{"name": "t", **broken}]},
    }
    (found,) = judged(workload, PROFILES["1.36"]).violations
    assert str(found.path) == "spec.podGroupTemplates[0].resourceClaims[0]"


def test_other_kinds_are_not_judged() -> None:
    document = {"apiVersion": "v1", "kind": "ConfigMap", "spec": 3}
    assert judged(document, PROFILES["1.36"]).status is None


def test_a_labelled_namespace_may_ask_for_admin_access() -> None:
    document = changed(CLAIM, "metadata.namespace", "ops")
    document = changed(document, "spec.devices.requests.0.exactly.adminAccess", True)
    profile = PROFILES["1.36"]
    assert judged(document, profile).status == 422
    assert judged(document, profile, {"ops"}).status == 201
    nowhere = changed(document, "metadata", {"name": "c"})
    assert judged(nowhere, profile, {"ops"}).status == 422
    assert judged(nowhere, profile, {"default"}).status == 201
    assert judged(document, Profile.of("1.32", ALL_ON)).status == 404


def test_the_name_of_an_object_may_be_left_to_the_server() -> None:
    document = changed(CLAIM, "metadata", {"generateName": "c-"})
    assert judged(document, PROFILES["1.36"]).status == 201


def test_a_generated_name_has_to_be_one() -> None:
    document = changed(CLASS, "metadata", {"generateName": "C-"})
    paths = [str(each.path) for each in judged(document, PROFILES["1.36"]).violations]
    assert paths == ["metadata.name"]


@pytest.mark.parametrize(
    ("count", "reasons"),
    [
        (1, {"FieldValueRequired", "FieldValueNotSupported"}),
        (0, {"FieldValueRequired"}),
    ],
)
def test_v1beta1_fills_in_only_beside_a_class(count: int, reasons: set[str]) -> None:
    document = {
        "apiVersion": "resource.k8s.io/v1beta1",
        "kind": "ResourceClaim",
        "metadata": {"name": "c"},
        "spec": {"devices": {"requests": [{"name": "r", "count": count}]}},
    }
    found = judged(document, PROFILES["1.36"]).violations
    assert {each.reason for each in found} == reasons


def test_beta_versions_are_not_served_by_default() -> None:
    beta = changed(CLASS, "apiVersion", "resource.k8s.io/v1beta1")
    assert judged(CLASS, PROFILES["1.36 default"]).default
    judgement = judged(beta, PROFILES["1.36 default"])
    assert judgement.status == 201
    assert not judgement.default


def test_null_is_absent() -> None:
    document = changed(CLAIM, "spec.devices.requests.1.exactly", None)
    document = changed(document, "status", None)
    assert judged(document, PROFILES["1.36"]).status == 201
    nothing = changed(SLICE, "spec.devices.0", None)
    assert [str(v.path) for v in judged(nothing, PROFILES["1.36"]).violations] == [
        "spec.devices[0].name"
    ]


def test_paths_compare_by_their_steps() -> None:
    path = Path.of("spec").field("a", "b").index(1).key("k" * 9, "k...k")
    assert str(path) == "spec.a.b[1][k...k]"
    assert path == Path(path.steps)
    assert hash(path) == hash(Path(path.steps))
    assert path != Path()
    assert repr(path) == "Path('spec.a.b[1][k...k]')"


def test_gates_of_the_table_exist() -> None:
    named = {
        gate for rows in FIELDS.values() for row in rows.values() for gate in row.gates
    }
    assert named <= GATES.keys()


def test_counters_were_beside_devices_up_to_134() -> None:
    document = changed(SLICE, "spec.sharedCounters", COUNTERS["spec"]["sharedCounters"])
    assert judged(document, PROFILES["1.34"]).status == 201
    assert judged(document, PROFILES["1.36"]).status == 422
