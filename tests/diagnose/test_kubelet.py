"""What the kubelet says of a pod that has a node."""

from typing import Any

import pytest

from dractl.diagnose.answer import View
from dractl.diagnose.kubelet import Word, told_once
from tests.diagnose.cluster import Wire, cluster, condition, held, node, pod, report


def views(phase: str = "Pending", **status: Any) -> tuple[View, ...]:
    bound = pod("web", "claim/c", nodeName="n1", status={"phase": phase, **status})
    return report(cluster(node("n1"), held("c", "n1", "gpu-0", pod="web"), bound)).views


def container(reason: str, message: str = "") -> list[Wire]:
    waiting = {"reason": reason, "message": message}
    return [{"name": "main", "state": {"waiting": waiting}}]


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ((), ""),
        (
            (condition("PodReadyToStartContainers", "False"),),
            "; its sandbox is not there, and maybe its devices are not prepared",
        ),
        (
            (condition("PodReadyToStartContainers"),),
            "; its sandbox is there, so its devices are prepared",
        ),
    ],
    ids=["not known", "no sandbox", "sandbox"],
)
def test_how_far_a_pod_has_come_is_told(
    conditions: tuple[Wire, ...], said: str
) -> None:
    (view,) = views(
        containerStatuses=container("ContainerCreating"), conditions=list(conditions)
    )

    assert view.by == "kubelet on n1"
    assert view.message == f"says of container main: ContainerCreating{said}"


def test_containers_that_wait_for_the_same_are_told_once() -> None:
    statuses = [*container("PodInitializing"), *container("PodInitializing")]

    assert len(views(containerStatuses=statuses)) == 1


def test_a_pod_that_the_kubelet_refused_is_told_with_its_reason() -> None:
    (view,) = views("Failed", reason="UnexpectedAdmissionError", message="no device")

    assert view.message == "says of pod: UnexpectedAdmissionError: no device"


def test_a_pod_that_has_ended_well_is_no_matter() -> None:
    assert views("Succeeded", reason="Completed") == ()


def test_what_a_cause_says_is_not_told_again() -> None:
    statuses = container("RunContainerError", "unresolvable CDI devices")

    assert views(containerStatuses=statuses) == ()


def test_a_status_that_says_what_an_event_says_is_left_out() -> None:
    said = [
        Word("event", "Failed", "Error: no device x", 3, "T"),
        Word("container main", "CreateContainerError", "no device x"),
        Word("container other", "CreateContainerError", "no device y"),
    ]

    assert told_once(said) == [said[0], said[2]]
