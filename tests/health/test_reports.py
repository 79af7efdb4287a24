"""What kubelets report."""

import pytest

from dractl.health.answer import Level, Thing
from dractl.health.assess import health
from tests.health.asked import said, state_of
from tests.health.cluster import (
    DRIVER,
    claim,
    pod,
    report,
    result,
    snapshot,
    usual,
)


@pytest.mark.parametrize(
    ("word", "level"),
    [
        ("Healthy", Level.HEALTHY),
        ("Unhealthy", Level.UNHEALTHY),
        ("Unknown", Level.UNKNOWN),
        ("Sideways", Level.UNKNOWN),
    ],
)
@pytest.mark.parametrize(
    "name",
    [
        "gpu-0",
        f"{DRIVER}/n1/gpu-0",
        "k8s.gpu.example.com/device=gpu-0",
        "k8s.gpu.example.com/claim=0b0e-gpu-0",
    ],
)
def test_kubelets_report_by_any_name_of_a_device(
    word: str, level: Level, name: str
) -> None:
    state = said(
        claim(result(), result("gpu-1")), pod(report(name, word, "XID 79 on it"))
    )
    assert (state.level, state.signs[0].code) == (level, "kubelet")
    assert state.signs[0].message == f"the kubelet reports {word}: XID 79 on it"
    assert [each.pod.meta.name for each in state.users] == ["train"]


def test_a_report_for_a_claim_with_one_device_needs_no_name() -> None:
    assert said(pod(report("whatever", "Unhealthy"))).level is Level.UNHEALTHY


def test_a_report_of_one_request_is_of_its_devices() -> None:
    results = (result(request="a/sub"), result("gpu-1", request="b"))
    told = pod(report("cdi", "Unhealthy"), resource="claim:gpu/a")
    assert said(claim(*results), told).level is Level.UNHEALTHY


def test_devices_of_plugins_are_told_as_pods_name_them() -> None:
    told = pod(report("GPU-1", "Unhealthy"), resource="nvidia.com/gpu")
    found = health(snapshot(*usual(told)))
    state = state_of(found, Thing("nvidia.com/gpu", "GPU-1", "n1"))
    assert (state.level, state.is_published) == (Level.UNHEALTHY, False)
    assert str(state.subject) == "nvidia.com/gpu GPU-1 on node n1"
    assert [each.pod.meta.name for each in state.users] == ["train"]


def test_pods_that_have_ended_say_nothing() -> None:
    found = health(snapshot(*usual(pod(report("gpu-0", "Unhealthy"), phase="Failed"))))
    assert found.counts[Level.UNHEALTHY] == 0


def test_several_containers_say_it_once() -> None:
    told = pod(report("gpu-0", "Unhealthy"))
    statuses = told["status"]["containerStatuses"]
    statuses.append({**statuses[0], "name": "other"})
    assert len(said(told).signs) == 1
