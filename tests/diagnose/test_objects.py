"""Causes in what a pod refers to: objects.py and refusals.py."""

from typing import Any

import pytest

from tests.diagnose.cluster import (
    Wire,
    claim,
    cluster,
    codes,
    event,
    gpu_class,
    gpus,
    held,
    made_pod,
    namespace,
    node,
    only,
    pod,
    report,
    template,
    wish,
)

CLUSTER = (node("n1"), gpu_class(), gpus("n1", "gpu-0", "gpu-1"))
CREATION = "FailedResourceClaimCreation"
LABEL = "resource.kubernetes.io/admin-access"


def of(*documents: Wire, kubernetes: str = "1.36") -> list[str]:
    return codes(cluster(*CLUSTER, *documents, kubernetes=kubernetes))


def test_a_pod_whose_claim_can_be_served_is_kept_by_nothing() -> None:
    assert of(pod("web", "claim/c"), claim("c")) == []
    assert of(pod("web", "template/two"), template("two")) != ["template-missing"]


# -- templates and claims


def test_a_template_that_does_not_exist_is_told_with_those_that_do() -> None:
    found = only(cluster(*CLUSTER, pod("web", "template/twoo"), template("two")))

    assert found.code == "template-missing"
    assert found.evidence == {
        "entry": "c0", "template": "twoo", "exist": ["two"], "event": None,
    }  # fmt: skip
    assert found.fixes[0] == "name template two in the pod: fits on n1"


def test_a_template_of_another_namespace_is_none() -> None:
    other = template("two")
    other["metadata"]["namespace"] = "ml"

    assert of(pod("web", "template/two"), other) == ["template-missing"]


def test_a_template_that_is_gone_matters_no_more_once_the_claim_is_made() -> None:
    made = claim("web-x", meta={"ownerReferences": [
        {"kind": "Pod", "name": "web", "uid": "uid-web"}]})  # fmt: skip

    assert of(made_pod("web", "web-x"), made) == []


def test_a_claim_that_does_not_exist_is_told_with_those_that_do() -> None:
    found = only(cluster(*CLUSTER, pod("web", "claim/min"), claim("mine")))

    assert (found.code, found.claim) == ("claim-missing", "min")
    assert found.evidence == {"entry": "c0", "exist": ["mine"]}
    assert found.fixes[0] == "name claim mine in the pod: fits on n1"


def test_a_claim_that_was_made_and_is_gone_is_missing() -> None:
    assert of(made_pod("web", "web-x"), template("two")) == ["claim-missing"]


def test_an_entry_that_names_nothing_is_a_claim_that_is_missing() -> None:
    web = pod("web")
    web["spec"]["resourceClaims"] = [{"name": "c0", "source": {}}]

    assert of(web) == ["claim-missing"]


def test_names_that_are_nothing_like_it_are_no_fix() -> None:
    found = only(cluster(*CLUSTER, pod("web", "claim/alpha"), claim("zulu")))

    assert [each for each in found.fixes if "zulu" in each] == []


# -- classes


def test_a_class_that_does_not_exist_is_told_with_those_that_do() -> None:
    wanted = claim("c", wish(1, deviceClassName="gpus"))

    found = only(cluster(*CLUSTER, pod("web", "claim/c"), wanted))

    assert (found.code, found.claim, found.request) == ("class-missing", "c", "gpu")
    assert found.evidence == {"deviceClass": "gpus", "exist": ["gpu"]}
    assert found.fixes[0] == "use class gpu in request gpu: fits on n1"


def test_every_alternative_without_its_class_is_told() -> None:
    options = [{"name": n, "deviceClassName": f"no-{n}"} for n in ("a", "b")]
    wanted = {"devices": {"requests": [{"name": "r", "firstAvailable": options}]}}

    assert of(pod("web", "claim/c"), claim("c", wanted)) == ["class-missing"] * 2


def test_a_class_that_is_gone_does_not_matter_to_a_claim_with_devices() -> None:
    mine = held("mine", "n1", "gpu-0")
    mine["spec"] = wish(1, deviceClassName="gone")

    assert of(pod("web", "claim/mine"), mine) == []


def test_a_class_is_missing_also_for_a_claim_that_is_yet_to_be_made() -> None:
    wanted = template("two", wish(1, deviceClassName="gone"))

    assert "class-missing" in of(pod("web", "template/two"), wanted)


# -- claims that are not made


def test_a_claim_that_nobody_made_yet_is_told() -> None:
    assert of(pod("web", "template/two"), template("two")) == ["claim-not-created"]


def test_of_a_pod_from_a_manifest_claims_are_made_up() -> None:
    manifest = pod("web", "template/two")
    del manifest["metadata"]["uid"]

    assert of(manifest, template("two")) == []


def test_an_entry_that_needs_no_claim_is_not_waited_for() -> None:
    assert of(made_pod("web"), template("two")) == []


def test_what_the_controller_says_is_the_evidence() -> None:
    said = "PodResourceClaim c0: create ResourceClaim : no luck"
    found = only(
        cluster(*CLUSTER, pod("web", "template/two"), template("two"),
                event("web", CREATION, said))
    )  # fmt: skip

    assert found.evidence == {"entry": "c0", "event": said}
    assert "no luck" in found.message


def test_what_the_controller_says_of_another_entry_is_no_evidence() -> None:
    said = "PodResourceClaim c7: create ResourceClaim : no luck"
    found = only(
        cluster(*CLUSTER, pod("web", "template/two"), template("two"),
                event("web", CREATION, said))
    )  # fmt: skip

    assert found.evidence["event"] is None


# -- admin access

ADMIN = template("two", wish(1, adminAccess=True))


def test_admin_access_needs_the_label_of_the_namespace() -> None:
    found = only(
        cluster(*CLUSTER, pod("web", "template/two"), ADMIN, namespace("default"))
    )

    assert found.code == "admin-access-forbidden"
    assert found.evidence["label"] == LABEL
    assert f"kubectl label namespace default {LABEL}=true" in found.fixes[0]


@pytest.mark.parametrize(
    ("labels", "kubernetes", "told"),
    [
        ({LABEL: "true"}, "1.36", "claim-not-created"),
        ({LABEL: "false"}, "1.36", "admin-access-forbidden"),
        ({"resource.k8s.io/admin-access": "true"}, "1.36", "admin-access-forbidden"),
    ],
    ids=["labelled", "labelled false", "old label"],
)
def test_only_the_label_of_the_release_counts(
    labels: dict[str, str], kubernetes: str, told: str
) -> None:
    documents = [pod("web", "template/two"), ADMIN, namespace("default", **labels)]

    assert of(*documents, kubernetes=kubernetes) == [told]


def test_without_namespaces_the_controllers_word_is_enough() -> None:
    said = "PodResourceClaim c0: adminAccess: Forbidden: admin access to devices ..."
    documents = [pod("web", "template/two"), ADMIN]

    assert of(*documents) == ["claim-not-created"]
    assert of(*documents, event("web", CREATION, said)) == ["admin-access-forbidden"]


# -- quotas


def quota(hard: str) -> Wire:
    devices = "gpu.deviceclass.resource.k8s.io/devices"
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "limits", "namespace": "default"},
        "status": {"hard": {devices: hard}, "used": {devices: "1"}},
    }


def test_a_quota_that_is_full_keeps_the_claim_from_being_made() -> None:
    documents = [pod("web", "template/two"), template("two")]

    assert of(*documents, quota("1")) == ["quota-exceeded"]
    assert of(*documents, quota("2")) == ["claim-not-created"]


def test_a_quota_does_not_matter_to_a_claim_that_exists() -> None:
    assert of(pod("web", "claim/c"), claim("c"), quota("1")) == []


def test_a_quota_that_is_not_in_the_snapshot_is_told_from_the_event() -> None:
    said = "PodResourceClaim c0: create ResourceClaim : exceeded quota: limits"
    found = only(
        cluster(*CLUSTER, pod("web", "template/two"), template("two"),
                event("web", CREATION, said))
    )  # fmt: skip

    assert (found.code, found.evidence["quotas"]) == ("quota-exceeded", [])
    assert found.evidence["event"] == said


# -- claims on their way out


def leaving(**fields: Any) -> Wire:
    meta = {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["f"]}
    return held("c", "n1", "gpu-0", meta=meta, **fields)


def test_a_claim_that_is_being_deleted_is_told_with_who_uses_it() -> None:
    user = pod("user", "claim/c", nodeName="n1", status={"phase": "Running"})
    found = only(
        cluster(*CLUSTER, pod("web", "claim/c"), leaving(pod="user"), user), "web"
    )

    assert (found.code, found.claim) == ("claim-being-deleted", "c")
    assert found.evidence == {
        "deletionTimestamp": "2026-01-01T00:00:00Z",
        "finalizers": ["f"],
        "reservedFor": ["pod user"],
        "gone": [],
        "finished": [],
    }
    assert found.fixes == ("delete pod user, or let it end",)


def test_users_that_are_gone_or_have_ended_are_told_apart() -> None:
    ended = pod("user", "claim/c", nodeName="n1", status={"phase": "Failed"})
    found = only(cluster(*CLUSTER, pod("web", "claim/c"), leaving(pod="user"), ended))

    assert found.evidence["finished"] == ["pod user"]
    assert "kube-controller-manager" in found.fixes[0]


# -- the pod itself


def test_gates_keep_a_pod_from_being_scheduled() -> None:
    web = pod("web", "claim/c", schedulingGates=[{"name": "a.b/c"}])

    found = only(cluster(*CLUSTER, web, claim("c")))

    assert (found.code, found.evidence) == ("scheduling-gated", {"gates": ["a.b/c"]})


def test_what_comes_after_the_gates_is_told() -> None:
    web = pod("web", "claim/c", schedulingGates=[{"name": "a.b/c"}])
    fits = report(cluster(*CLUSTER, web, claim("c")))
    waits = report(cluster(*CLUSTER, web, claim("c", wish(9))))

    assert fits.notes == ("after that it fits on n1",)
    assert waits.notes[0].startswith("after that it still waits: request gpu")


OTHER: dict[str, Any] = {"schedulerName": "volcano"}


def test_a_scheduler_that_never_did_anything_is_no_scheduler() -> None:
    assert of(pod("web", "claim/c", **OTHER), claim("c")) == ["no-scheduler"]


@pytest.mark.parametrize(
    "sign",
    [
        pod("other", schedulerName="volcano", nodeName="n1"),
        event("other", "Scheduled", "x", source={"component": "volcano"}),
        event("other", "Scheduled", "x", reportingComponent="volcano"),
    ],
    ids=["bound pod", "event", "event of the new kind"],
)
def test_a_scheduler_that_did_something_is_one(sign: Wire) -> None:
    assert of(pod("web", "claim/c", **OTHER), claim("c"), sign) == []


def test_somebody_who_has_looked_at_the_pod_is_a_scheduler() -> None:
    seen = [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]
    web = pod("web", "claim/c", status={"conditions": seen}, **OTHER)

    assert "no-scheduler" not in of(web, claim("c"))


def test_causes_in_objects_come_together_and_in_order() -> None:
    web = pod("web", "template/no", "claim/no", schedulingGates=[{"name": "g"}])

    assert of(web) == ["template-missing", "claim-missing", "scheduling-gated"]
