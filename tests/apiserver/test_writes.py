"""Creating, applying and changing objects."""

from typing import Any

import pytest

from tests.apiserver import ApiServer
from tests.apiserver.client import Client
from tests.apiserver.documents import DRA, PODS, RULE, RULES, pod, rule, slice_of

_MERGE = {"Content-Type": "application/merge-patch+json"}


def _causes(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["reason"], each["field"]) for each in document["details"]["causes"]]


def test_a_new_object_is_dated_and_numbered(api_server: ApiServer) -> None:
    document = rule(value="fw") | {"status": {"conditions": [{"type": "Invented"}]}}
    reply = Client(api_server).send("POST", RULES, document)
    made = api_server.object("DeviceTaintRule", "maint")
    assert (reply.status, made["status"]) == (201, {})
    assert made["apiVersion"] == "resource.k8s.io/v1"
    assert made["spec"]["taint"]["timeAdded"] == "2026-11-23T13:46:29Z"
    assert made["metadata"]["generation"] == 1


def test_a_dry_run_keeps_nothing(api_server: ApiServer) -> None:
    made = Client(api_server).apply(RULE, rule(), "dractl", "&dryRun=All")
    assert made.status == 201
    assert "resourceVersion" not in made.document["metadata"]
    assert api_server.objects("DeviceTaintRule") == []


def test_a_dry_run_of_a_change_keeps_nothing(api_server: ApiServer) -> None:
    Client(api_server).apply(RULE, rule("None"), "dractl")
    made = Client(api_server).apply(RULE, rule(), "dractl", "&dryRun=All")
    assert made.document["spec"]["taint"]["effect"] == "NoExecute"
    kept = api_server.object("DeviceTaintRule", "maint")
    assert kept["spec"]["taint"]["effect"] == "None"


def test_another_managers_fields_conflict(api_server: ApiServer) -> None:
    Client(api_server).apply(RULE, rule("None", value="a"), "dractl")
    refused = Client(api_server).apply(RULE, rule(value="b"), "other")
    assert refused.status == 409
    assert _causes(refused.document) == [
        ("FieldManagerConflict", ".spec.taint.effect"),
        ("FieldManagerConflict", ".spec.taint.value"),
    ]


def test_force_takes_fields_over(api_server: ApiServer) -> None:
    Client(api_server).apply(RULE, rule("None"), "dractl")
    forced = Client(api_server).apply(RULE, rule(), "other", "&force=true")
    assert forced.status == 200
    assert Client(api_server).apply(RULE, rule("None"), "dractl").status == 409


def test_equal_values_are_shared(api_server: ApiServer) -> None:
    Client(api_server).apply(RULE, rule(), "dractl")
    assert Client(api_server).apply(RULE, rule(), "other").status == 200
    managers = Client(api_server).get(RULE).document["metadata"]["managedFields"]
    assert [each["manager"] for each in managers] == ["dractl", "other"]


def test_what_is_no_longer_applied_goes(api_server: ApiServer) -> None:
    Client(api_server).apply(RULE, rule(value="fw"), "dractl")
    Client(api_server).apply(RULE, rule(), "dractl")
    assert "value" not in api_server.object("DeviceTaintRule", "maint")["spec"]["taint"]


def test_what_another_manager_applies_too_stays(api_server: ApiServer) -> None:
    Client(api_server).apply(RULE, rule(value="fw"), "dractl")
    Client(api_server).apply(RULE, rule(value="fw"), "other")
    Client(api_server).apply(RULE, rule(), "dractl")
    taint = api_server.object("DeviceTaintRule", "maint")["spec"]["taint"]
    assert taint["value"] == "fw"


def test_who_lost_a_field_is_not_asked_any_more(api_server: ApiServer) -> None:
    Client(api_server).apply(RULE, rule("None"), "dractl")
    Client(api_server).apply(RULE, rule(), "other", "&force=true")
    assert Client(api_server).apply(RULE, rule("NoSchedule"), "other").status == 200


def test_who_writes_again_keeps_what_they_wrote(api_server: ApiServer) -> None:
    api_server.add(rule("None"))
    path = f"{RULE}?fieldManager=editor"
    effect = {"spec": {"taint": {"effect": "NoSchedule"}}}
    Client(api_server).send("PATCH", path, effect, _MERGE)
    value = {"spec": {"taint": {"value": "fw"}}}
    Client(api_server).send("PATCH", path, value, _MERGE)
    refused = Client(api_server).apply(RULE, rule("None"), "dractl")
    assert _causes(refused.document) == [("FieldManagerConflict", ".spec.taint.effect")]


def test_applying_the_same_again_changes_nothing(api_server: ApiServer) -> None:
    first = Client(api_server).apply(RULE, rule(), "dractl")
    api_server.clock.advance(60)
    assert Client(api_server).apply(RULE, rule(), "dractl").body == first.body


def test_another_effect_counts_from_now(api_server: ApiServer) -> None:
    Client(api_server).apply(RULE, rule("None"), "dractl")
    api_server.clock.advance(60)
    changed = Client(api_server).apply(RULE, rule(), "dractl").document
    assert changed["spec"]["taint"]["timeAdded"] == "2026-11-23T13:47:29Z"
    assert changed["metadata"]["generation"] == 2


def test_another_effect_counts_from_when_it_says(api_server: ApiServer) -> None:
    Client(api_server).apply(RULE, rule("None"), "dractl")
    said = rule(timeAdded="2026-11-01T00:00:00Z")
    changed = Client(api_server).apply(RULE, said, "dractl").document
    assert changed["spec"]["taint"]["timeAdded"] == "2026-11-01T00:00:00Z"


def test_a_patch_of_an_object_leaves_its_status(api_server: ApiServer) -> None:
    api_server.add(rule() | {"status": {"conditions": []}})
    patch = {"spec": {"taint": {"value": "b"}}, "status": {"conditions": [{}]}}
    reply = Client(api_server).send("PATCH", RULE, patch, _MERGE)
    assert reply.document["status"] == {"conditions": []}


def test_some_kinds_count_no_generations(api_server: ApiServer) -> None:
    api_server.add({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n0"}})
    patch = {"spec": {"unschedulable": True}}
    reply = Client(api_server).send("PATCH", "/api/v1/nodes/n0", patch, _MERGE)
    assert reply.document["spec"] == {"unschedulable": True}
    assert "generation" not in reply.document["metadata"]


def test_another_value_counts_from_before(api_server: ApiServer) -> None:
    Client(api_server).apply(RULE, rule(value="a"), "dractl")
    api_server.clock.advance(60)
    changed = Client(api_server).apply(RULE, rule(value="b"), "dractl").document
    assert changed["spec"]["taint"]["timeAdded"] == "2026-11-23T13:46:29Z"


def test_who_created_an_object_owns_its_fields(api_server: ApiServer) -> None:
    Client(api_server).send("POST", RULES, rule(), {"User-Agent": "kubectl/v1.36"})
    refused = Client(api_server).apply(RULE, rule("None"), "dractl")
    assert refused.status == 409


@pytest.mark.parametrize("manager", ["dractl", ""])
def test_an_unknown_field_cannot_be_applied(
    manager: str, api_server: ApiServer
) -> None:
    document = rule(colour="red")
    reply = Client(api_server).apply(RULE, document, manager)
    assert reply.status == (500 if manager else 400)
    assert reply.document.get("reason") == (None if manager else "BadRequest")


def test_a_strict_create_refuses_unknown_fields(api_server: ApiServer) -> None:
    path = f"{RULES}?fieldValidation=Strict"
    reply = Client(api_server).send("POST", path, rule(colour="red"))
    assert (reply.status, reply.document["reason"]) == (400, "BadRequest")


def test_another_create_drops_unknown_fields(api_server: ApiServer) -> None:
    reply = Client(api_server).send("POST", RULES, rule(colour="red"))
    assert reply.status == 201
    assert reply.document["spec"]["taint"].keys() == {"key", "effect", "timeAdded"}


def test_a_second_object_of_a_name_is_refused(api_server: ApiServer) -> None:
    api_server.add(rule())
    reply = Client(api_server).send("POST", RULES, rule())
    assert (reply.status, reply.document["reason"]) == (409, "AlreadyExists")


def test_names_are_generated(api_server: ApiServer) -> None:
    document = rule() | {"metadata": {"generateName": "maint-"}}
    names = {
        Client(api_server).send("POST", RULES, document).document["metadata"]["name"]
        for _ in range(2)
    }
    assert len(names) == 2


def test_a_merge_patch_changes_and_removes(api_server: ApiServer) -> None:
    api_server.add(rule(value="a"))
    patch = {"spec": {"taint": {"value": None, "effect": "NoSchedule"}}}
    reply = Client(api_server).send("PATCH", RULE, patch, _MERGE)
    taint = reply.document["spec"]["taint"]
    assert (taint.get("value"), taint["effect"]) == (None, "NoSchedule")


def test_a_patch_of_the_status_changes_only_it(api_server: ApiServer) -> None:
    api_server.add(rule())
    patch = {"spec": {"taint": {"value": "b"}}, "status": {"conditions": []}}
    reply = Client(api_server).send("PATCH", f"{RULE}/status", patch, _MERGE)
    assert reply.document["status"] == {"conditions": []}
    assert "value" not in reply.document["spec"]["taint"]
    assert reply.document["metadata"]["generation"] == 1


def test_an_update_of_an_older_state_conflicts(api_server: ApiServer) -> None:
    api_server.add(rule())
    old = Client(api_server).get(RULE).document
    changed = old | {"spec": rule("None")["spec"]}
    assert Client(api_server).send("PUT", RULE, changed).status == 200
    refused = Client(api_server).send("PUT", RULE, old)
    assert (refused.status, refused.document["reason"]) == (409, "Conflict")
    assert refused.document["details"]["kind"] == "devicetaintrules"


def test_a_body_in_yaml_is_read_as_kubernetes_reads_it(api_server: ApiServer) -> None:
    body = b"""
apiVersion: resource.k8s.io/v1beta2
kind: DeviceTaintRule
metadata: {name: maint}
spec:
  taint: {key: example.com/maint, effect: None, timeAdded: 2026-01-31T12:00:00Z}
"""
    made = Client(api_server).apply(RULE, body, "dractl")
    assert made.document["spec"]["taint"]["timeAdded"] == "2026-01-31T12:00:00Z"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (("POST", RULES, b"- 1", {}), 400),
        (("POST", RULES, pod("p"), {}), 400),
        (("POST", RULES, {**rule(), "metadata": {}}, {}), 400),
        (("POST", RULES, rule(), {"Content-Type": "text/csv"}), 415),
        (("PATCH", RULE, {}, {"Content-Type": "application/strategic-merge"}), 415),
        (("PATCH", f"{PODS}/p", {}, _MERGE), 404),
        (("POST", PODS, pod("p", namespace="other"), {}), 400),
        (("PUT", RULES, rule(), {}), 405),
        (("POST", f"{DRA}/v1/devicetaintrules", rule(), {}), 404),
        (("GET", "/apis/nobody.example.com/v1/things", None, {}), 404),
    ],
)
def test_what_cannot_be_done_is_refused(
    request_: tuple[str, str, object, dict[str, str]],
    status: int,
    api_server: ApiServer,
) -> None:
    assert Client(api_server).send(*request_).status == status


def test_an_invalid_change_is_refused(api_server: ApiServer) -> None:
    api_server.add(slice_of("n0"))
    path = f"{DRA}/v1/resourceslices/n0"
    patch = {"spec": {"pool": {"generation": -1}}}
    reply = Client(api_server).send("PATCH", path, patch, _MERGE)
    assert reply.status == 422
    assert ("FieldValueInvalid", "spec.pool.generation") in _causes(reply.document)
