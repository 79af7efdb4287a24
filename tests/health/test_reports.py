"""What kubelets report."""

import pytest

from dractl.health.answer import Level, Thing
from dractl.health.assess import health
from dractl.health.scope import Scope
from dractl.model.devices import DeviceId
from tests.health.asked import codes, said, state_of
from tests.health.cluster import (
    DRIVER,
    claim,
    pod,
    report,
    result,
    snapshot,
    usual,
)

NIC = "nic.example.com"


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


def test_shares_of_one_device_are_one_device() -> None:
    shares = (result(shareID="a"), result(shareID="b"))
    assert said(claim(*shares), pod(report("cdi", "Unhealthy"))).level is (
        Level.UNHEALTHY
    )


@pytest.mark.parametrize(
    ("name", "device"),
    [
        ("k8s.gpu.example.com/claim=uid-gpu-0", DeviceId(DRIVER, "n1", "gpu-0")),
        ("k8s.nic.example.com/claim=uid-gpu-0", DeviceId(NIC, "n1", "gpu-0")),
        (
            "gpu.example.com/claim=uid-old-gpu-0",
            DeviceId(DRIVER, "n1", "old-gpu-0"),
        ),
        ("example.com/claim=uid-gpu-0", None),
    ],
)
def test_of_several_devices_the_one_is_meant_whose_name_fits_best(
    name: str, device: DeviceId | None
) -> None:
    results = (result(), result("old-gpu-0"), result(driver=NIC))
    told = pod(report(name, "Unhealthy"))
    found = health(snapshot(*usual(claim(*results), told)))
    ill = [each for each in found.states if each.level is Level.UNHEALTHY]
    expected = device or Thing("claim:gpu", name, "n1")
    assert [each.subject for each in ill if "kubelet" in codes(each)] == [expected]


@pytest.mark.parametrize(
    ("scope", "number"),
    [
        (Scope(claims=frozenset({("ml", "train-gpu")})), 1),
        (Scope(devices=frozenset({DeviceId(DRIVER, "n1", "gpu-1")})), 1),
        (Scope(driver=DRIVER), 1),
        (Scope(driver=NIC), 0),
        (Scope(claims=frozenset({("ml", "other")})), 0),
    ],
)
def test_a_report_that_may_mean_a_device_is_told_with_it(
    scope: Scope, number: int
) -> None:
    told = pod(report("example.com/all=0", "Unhealthy"))
    cluster = snapshot(*usual(claim(result(), result("gpu-1")), told))
    assert health(cluster, scope).counts[Level.UNHEALTHY] == number


def test_what_a_plugin_serves_is_not_taken_for_the_claim_of_an_extended_resource() -> (
    None
):
    told = pod(report("dev-3", "Unhealthy"), resource="example.com/fpga")
    told["spec"]["resourceClaims"] = []
    told["status"]["extendedResourceClaimStatus"] = {
        "resourceClaimName": "train-gpu",
        "requestMappings": [
            {"containerName": "main", "resourceName": "x/gpu", "requestName": "gpu"}
        ],
    }
    found = health(snapshot(*usual(told)))
    ill = [each.subject for each in found.states if each.level is Level.UNHEALTHY]
    assert ill == [Thing("example.com/fpga", "dev-3", "n1")]


def test_unknown_has_its_reason() -> None:
    (sign,) = said(pod(report("gpu-0", "Unknown"))).signs
    assert sign.message == (
        "the kubelet reports Unknown, so that its driver tells it nothing, or has not "
        "for long"
    )


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
