from typing import Any

import pytest

from dractl.api.snapshot import Snapshot
from dractl.diagnose.explain import explain
from dractl.diagnose.scheduled import ADVICE, is_bad
from dractl.model.claims import Condition
from tests.diagnose.cluster import (
    DRIVER,
    Wire,
    claim,
    cluster,
    codes,
    condition,
    event,
    gpu_class,
    gpus,
    held,
    node,
    only,
    pod,
)

PREPARE = "FailedPrepareDynamicResources"
CLUSTER = (node("n1"), gpu_class(), gpus("n1", "gpu-0"))


def bound(phase: str = "Pending", **status: Any) -> Wire:
    """Return a pod with a node and one claim."""
    said = {"phase": phase, "conditions": [condition("PodScheduled")], **status}
    return pod("web", "claim/mine", nodeName="n1", status=said)


def mine(**fields: Any) -> Wire:
    """Return its claim, allocated and reserved."""
    found = held("mine", "n1", "gpu-0", pod="web")
    found["status"] |= fields
    return found


def state(*documents: Wire) -> Snapshot:
    return cluster(*CLUSTER, *documents)


def test_a_pod_that_is_about_to_start_is_well() -> None:
    assert codes(state(bound(), mine())) == []
    assert codes(state(bound("Running"), mine())) == []


# -- what the kubelet says


def test_the_event_of_the_kubelet_is_the_evidence() -> None:
    said = event("web", PREPARE, "out of luck", count=7, lastTimestamp="T2")

    found = only(state(bound(), mine(), said))

    assert (found.code, found.claim, found.nodes) == (
        "prepare-failed", "mine", ("n1",),
    )  # fmt: skip
    assert {
        key: found.evidence[key] for key in ("reason", "event", "count", "lastSeen")
    } == {"reason": PREPARE, "event": "out of luck", "count": 7, "lastSeen": "T2"}
    assert found.evidence["drivers"] == [DRIVER]
    assert found.evidence["goneDevices"] == []


def test_of_several_events_the_latest_counts() -> None:
    first = event("web", PREPARE, "first", lastTimestamp="2026-01-01T00:00:00Z")
    later = event("web", PREPARE, "later", lastTimestamp="2026-01-02T00:00:00Z")
    later["metadata"]["name"] = "another"

    found = only(state(bound(), mine(), later, first))

    assert found.evidence["event"] == "later"


def test_what_was_said_before_a_pod_ran_is_over() -> None:
    said = event("web", PREPARE, "out of luck")

    assert codes(state(bound("Running"), mine(), said)) == []


def test_an_event_about_another_pod_is_none_of_its_business() -> None:
    assert codes(state(bound(), mine(), event("other", PREPARE, "x"))) == []


@pytest.mark.parametrize("words", ADVICE)
def test_words_of_the_message_lead_to_advice(words: str) -> None:
    found = only(state(bound(), mine(), event("web", PREPARE, f"so: {words}!")))

    assert ADVICE[words] in found.fixes


def test_a_message_without_such_words_leads_to_the_drivers_log() -> None:
    found = only(state(bound(), mine(), event("web", PREPARE, "hm")))

    assert found.fixes == (f"read the log of driver {DRIVER} on node n1",)


def test_a_sandbox_that_fails_for_other_reasons_is_no_matter_of_devices() -> None:
    network = event("web", "FailedCreatePodSandBox", "no network")
    devices = event("web", "FailedCreatePodSandBox", "unresolvable CDI devices")

    assert codes(state(bound(), mine(), network)) == []
    assert codes(state(bound(), mine(), devices)) == ["prepare-failed"]


def test_a_device_that_no_slice_has_any_more_is_told() -> None:
    gone = held("mine", "n1", "gpu-9", pod="web")

    found = only(state(bound(), gone, event("web", PREPARE, "hm")))

    assert found.evidence["goneDevices"] == [f"{DRIVER}/n1/gpu-9"]


def test_a_claim_that_is_not_reserved_for_the_pod_cannot_be_used() -> None:
    found = only(state(bound(), held("mine", "n1", "gpu-0", pod="other")))

    assert (found.code, found.evidence) == (
        "prepare-failed", {"reservedFor": ["pod other"]},
    )  # fmt: skip


def test_a_claim_that_is_reserved_for_an_earlier_pod_of_the_name_is_not() -> None:
    other = mine()
    other["status"]["reservedFor"][0]["uid"] = "earlier"

    assert codes(state(bound(), other)) == ["prepare-failed"]


def test_a_claim_that_is_reserved_for_a_group_is_let_be() -> None:
    group = [{"resource": "podgroups", "name": "gang"}]

    assert codes(state(bound(), mine(reservedFor=group))) == []


# -- a node that was given by hand


def by_hand(**status: Any) -> Wire:
    return pod("web", "claim/c", nodeName="n1", status={"phase": "Pending", **status})


def test_a_pod_whose_node_was_given_by_hand_bypasses_the_scheduler() -> None:
    found = only(state(by_hand(), claim("c")))

    assert (found.code, found.claim) == ("no-scheduler", "c")
    assert found.evidence == {"nodeName": "n1", "claims": ["c"]}


def test_what_the_kubelet_says_then_is_no_other_cause() -> None:
    said = event("web", PREPARE, "resource claim is not allocated")

    assert codes(state(by_hand(), claim("c"), said)) == ["no-scheduler"]


def test_a_pod_that_a_scheduler_bound_does_not() -> None:
    said = event("web", "Scheduled", "Successfully assigned default/web to n1")
    placed = by_hand(conditions=[condition("PodScheduled")])

    assert "no-scheduler" not in codes(state(placed, claim("c"), said))


# -- health


def reported(health: str, **fields: str) -> Wire:
    resource = {"resourceID": f"{DRIVER}/gpu-0", "health": health, **fields}
    claims = [{"name": "claim:c0", "resources": [resource]}]
    statuses = [{"name": "main", "allocatedResourcesStatus": claims}]
    return bound("Running", containerStatuses=statuses)


def test_a_device_that_the_kubelet_calls_unhealthy_is_told() -> None:
    found = only(state(reported("Unhealthy", message="ECC"), mine()))

    assert found.code == "device-unhealthy"
    assert found.evidence == {
        "container": "main",
        "resource": "claim:c0",
        "device": f"{DRIVER}/gpu-0",
        "health": "Unhealthy",
        "message": "ECC",
    }


@pytest.mark.parametrize("health", ["Healthy", "Unknown"])
def test_other_states_are_no_cause(health: str) -> None:
    assert codes(state(reported(health), mine())) == []


def with_condition(given: Wire) -> Wire:
    device = {"driver": DRIVER, "pool": "n1", "device": "gpu-0"}
    return mine(devices=[{**device, "conditions": [given]}])


def test_a_device_that_the_driver_calls_bad_is_told() -> None:
    given = condition("Ready", "False", reason="Xid", message="79")

    found = only(state(bound("Running"), with_condition(given)))

    assert (found.code, found.claim) == ("device-unhealthy", "mine")
    assert found.evidence == {
        "device": f"{DRIVER}/n1/gpu-0",
        "condition": "Ready",
        "status": "False",
        "reason": "Xid",
        "message": "79",
    }


@pytest.mark.parametrize(
    ("kind", "status", "bad"),
    [
        ("Ready", "True", False),
        ("Ready", "False", True),
        ("Ready", "Unknown", False),
        ("Healthy", "False", True),
        ("Degraded", "True", True),
        ("Degraded", "False", False),
        ("Unhealthy", "True", True),
        ("NetworkConfigured", "False", False),
        ("Overheated", "True", False),
    ],
)
def test_only_conditions_whose_names_are_plain_count(
    kind: str, status: str, *, bad: bool
) -> None:
    assert is_bad(Condition(kind, status)) is bad


def test_a_pod_that_has_ended_is_not_asked_about() -> None:
    assert explain(state(bound("Succeeded"), mine())).pods == ()
