"""What the objects of a smoke test say, and how far they came."""

from typing import Any, Final

import pytest

from dractl.api.snapshot import Snapshot
from dractl.doctor.smoke import Step, documents, has_run, hops, is_ours, is_over
from tests.doctor.looking import Wire

NAME: Final = "dractl-smoke-test-0"
PAIR: Final = documents(NAME, "team", "gpu")
RESULT: Final = {
    "request": "device", "driver": "gpu.example.com", "pool": "n1", "device": "g",
}  # fmt: skip
GIVEN: Final = {"allocation": {"devices": {"results": [RESULT]}}}
USER: Final = {"resource": "pods", "name": NAME, "uid": "u"}


def seen(claim: Wire, pod: Wire, *events: Wire, node: str = "") -> Snapshot:
    made, run = PAIR
    run = run | {
        "metadata": run["metadata"] | {"uid": "u"},
        "spec": run["spec"] | ({"nodeName": node} if node else {}),
        "status": pod,
    }
    return Snapshot.from_documents([made | {"status": claim}, run, *events])


def done(snapshot: Snapshot) -> list[str]:
    return [each.step.value for each in hops(snapshot, "team", NAME) if each.is_done]


def waiting(reason: str) -> Wire:
    state = {"waiting": {"reason": reason, "message": "m"}}
    return {"phase": "Pending", "containerStatuses": [{"name": "c", "state": state}]}


REFUSED: Final = {
    "phase": "Failed", "reason": "UnexpectedAdmissionError", "message": "no cpu",
}  # fmt: skip
STEPS: Final = [each.value for each in Step]


@pytest.mark.parametrize(
    ("claim", "pod", "number"),
    [
        ({}, {"phase": "Pending"}, 1),
        (GIVEN, {"phase": "Pending"}, 2),
        ({**GIVEN, "reservedFor": [USER]}, {"phase": "Pending"}, 3),
        ({**GIVEN, "reservedFor": [USER]}, waiting("ContainerCreating"), 3),
        ({**GIVEN, "reservedFor": [USER]}, waiting("ImagePullBackOff"), 4),
        ({**GIVEN, "reservedFor": [USER]}, {"phase": "Failed"}, 4),
        ({**GIVEN, "reservedFor": [USER]}, REFUSED, 3),
        ({**GIVEN, "reservedFor": [USER]}, {"phase": "Running"}, 5),
        ({**GIVEN, "reservedFor": [USER]}, {"phase": "Succeeded"}, 5),
    ],
)
def test_how_far_a_device_came(claim: Any, pod: Any, number: int) -> None:
    snapshot = seen(claim, pod)

    assert done(snapshot) == STEPS[:number]
    assert has_run(hops(snapshot, "team", NAME)) is (number == len(STEPS))


def test_a_claim_that_is_reserved_for_another_pod_is_not_ours() -> None:
    other = {**USER, "uid": "v"}

    assert done(seen({**GIVEN, "reservedFor": [other]}, {})) == STEPS[:2]


def test_what_is_gone_is_told() -> None:
    (found,) = hops(Snapshot.from_documents([PAIR[0]]), "team", NAME)

    assert (found.is_done, found.said) == (False, "the pod is not there any more")
    assert is_over((found,))


def test_what_the_kubelet_says_is_told() -> None:
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "e", "namespace": "team"},
        "involvedObject": {"kind": "Pod", "name": NAME, "namespace": "team"},
        "reason": "FailedPrepareDynamicResources",
        "message": "driver gpu.example.com is not registered",
    }
    found = hops(seen({**GIVEN, "reservedFor": [USER]}, {}, event), "team", NAME)

    assert found[3].said == "driver gpu.example.com is not registered"


def test_a_malformed_answer_is_no_crash() -> None:
    assert done(seen({"allocation": []}, {"phase": 3})) == []


@pytest.mark.parametrize(
    ("pod", "is_final"),
    [({"phase": "Failed"}, True), (REFUSED, True), ({"phase": "Pending"}, False)],
)
def test_what_has_failed_is_not_waited_for(pod: Any, is_final: bool) -> None:
    found = hops(seen({**GIVEN, "reservedFor": [USER]}, pod), "team", NAME)

    assert is_over(found) is is_final
    assert not has_run(found)


def test_why_a_kubelet_has_not_taken_the_pod_is_told() -> None:
    found = hops(seen({**GIVEN, "reservedFor": [USER]}, REFUSED), "team", NAME)

    assert found[-1].said == "UnexpectedAdmissionError: no cpu"


@pytest.mark.parametrize(
    ("found", "ours"),
    [
        (PAIR[0], True),
        ({}, False),
        ({"metadata": []}, False),
        ({"metadata": {"labels": 3}}, False),
        ({"metadata": {"labels": {"app.kubernetes.io/managed-by": "dractl"}}}, False),
    ],
)
def test_only_objects_with_its_labels_are_its_own(found: Any, ours: bool) -> None:
    assert is_ours(found) is ours
