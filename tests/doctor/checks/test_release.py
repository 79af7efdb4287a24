"""The release, what it serves, and what objects need of it."""

import pytest

from dractl.rules.registry import Severity
from tests.doctor.healthy import (
    claim,
    device_class,
    examined,
    found,
    gpus,
    healthy,
    info,
    node,
    wish,
)


def test_a_release_before_the_stable_api_is_told() -> None:
    (finding,) = found("release-old", healthy(), kubernetes="1.33")
    assert "stable from 1.34" in finding.message
    assert not found("release-old", healthy(), kubernetes="1.34")


def test_a_release_that_is_not_known_yet_is_told() -> None:
    assert found("release-unknown", healthy(), kubernetes="1.38")
    assert not found("release-unknown", healthy(), kubernetes="1.37")


def test_an_api_that_is_not_served_is_an_error() -> None:
    gap = {"kind": "ResourceSlice", "resource": "resourceslices"}
    gaps = [{**gap, "group": "resource.k8s.io", "cause": "not-served"}]
    (finding,) = found("api-not-served", [info(unread=gaps)])
    assert "resourceslices" in finding.message
    assert found("api-not-served", [info(served=[])])


def test_a_stable_version_that_is_turned_off_is_an_error() -> None:
    (finding,) = found("api-not-served", [info(served=["v1beta1"])])
    assert finding.severity is Severity.ERROR
    assert "only v1beta1" in finding.message


def test_where_it_is_not_known_what_is_served_the_check_is_not_made() -> None:
    without = {key: value for key, value in info().items() if key != "served"}
    answer = examined([without], only=["api-not-served", "version-ends"])
    assert not answer.findings
    assert {each.code for each in answer.skipped} == {"api-not-served", "version-ends"}


def test_a_version_that_a_coming_release_drops_is_told() -> None:
    documents = [info(served=["v1", "v1beta1", "v1beta2"])]
    (finding,) = found("version-ends", documents)
    assert "v1beta1" in finding.message
    assert "1.38" in finding.message


@pytest.mark.parametrize(
    ("gate", "document"),
    [
        ("DRAAdminAccess", claim("a", wish(adminAccess=True))),
        ("DRAPrioritizedList", claim("a", {"devices": {"requests": [
            {"name": "r", "firstAvailable": [{"name": "s", "deviceClassName": "c"}]},
        ]}})),
        ("DRADeviceTaints", gpus("n1", devices=[
            {"name": "d", "taints": [{"key": "k", "effect": "NoSchedule"}]},
        ])),
        ("DRAPartitionableDevices", gpus("n1", devices=[
            {"name": "d", "consumesCounters": [
                {"counterSet": "s", "counters": {"c": {"value": "1"}}},
            ]},
        ])),
        ("DRAPartitionableDevices", gpus("n1", perDeviceNodeSelection=True)),
        ("DRAPartitionableDevices", gpus("n1", 0, sharedCounters=[
            {"name": "s", "counters": {"c": {"value": "1"}}},
        ])),
        ("DRAConsumableCapacity", gpus("n1", devices=[
            {"name": "d", "allowMultipleAllocations": True},
        ])),
        ("DRAAdminAccess", claim("a", wish(adminAccess=False))),
        ("DRADeviceTaints", claim("a", wish(tolerations=[{"operator": "Exists"}]))),
        ("DRAConsumableCapacity", claim("a", wish(
            capacity={"requests": {"memory": "1Gi"}},
        ))),
        ("DRAConsumableCapacity", claim("a", {
            **wish(), "devices": {**wish()["devices"], "constraints": [
                {"distinctAttribute": "d.example.com/x"},
            ]},
        })),
        ("DRADeviceBindingConditions", gpus("n1", devices=[
            {"name": "d", "bindingConditions": ["ready"],
             "bindingFailureConditions": ["broken"]},
        ])),
        ("DRAExtendedResource", device_class(extendedResourceName="a.example.com/b")),
        ("DRADeviceTaintRules", {
            "apiVersion": "resource.k8s.io/v1", "kind": "DeviceTaintRule",
            "metadata": {"name": "rule"},
            "spec": {"taint": {"key": "k", "effect": "NoSchedule"}},
        }),
        ("DRAListTypeAttributes", gpus("n1", devices=[
            {"name": "d", "attributes": {"a": {"strings": ["x", "y"]}}},
        ])),
        ("DRAResourceClaimDeviceStatus", claim("a", status={"devices": [
            {"driver": "d.example.com", "pool": "p", "device": "d", "data": {"a": 1}},
        ]})),
        ("DRAWorkloadResourceClaims", {
            "apiVersion": "scheduling.k8s.io/v1alpha2", "kind": "PodGroup",
            "metadata": {"name": "g", "namespace": "default"},
            "spec": {"resourceClaims": [{"name": "c", "resourceClaimName": "c"}]},
        }),
        ("DRADerivedAttributes", claim("a", wish(derivedAttributes=[
            {"name": "d.example.com/x", "expression": "device.driver"},
        ]))),
    ],
)  # fmt: skip
def test_what_objects_use_has_to_be_on(gate: str, document: dict[str, object]) -> None:
    judged = {"kubernetes": "1.36"}
    off = found("gate-needed", [document], gates={gate: False}, **judged)
    on = found("gate-needed", [document], gates={gate: True}, **judged)
    assert [each.subject for each in off] == [gate]
    assert on == ()


@pytest.mark.parametrize(
    ("release", "gate", "served", "wanted"),
    [
        ("1.36", "DRADeviceTaintRules", ["v1"], "v1beta2"),
        ("1.35", "DRADeviceTaintRules", ["v1", "v1beta2"], "v1alpha3"),
        ("1.36", "DRAResourcePoolStatus", ["v1"], "v1alpha3"),
        ("1.36", "DRADeviceTaintRules", ["v1", "v1beta2"], None),
        ("1.37", "DRADeviceTaintRules", ["v1"], None),
        ("1.36", None, ["v1"], None),
        ("1.36", "DRADeviceTaintRules", [], None),  # api-not-served tells of it
    ],
)
def test_a_gate_whose_api_is_not_served_is_told(
    release: str, gate: str | None, served: list[str], wanted: str | None
) -> None:
    gates = {gate: True} if gate else {}
    documents = [info(kubernetes=f"v{release}.1", served=served)]

    told = found("gate-without-api", documents, kubernetes=release, gates=gates)

    assert [each.evidence["version"] for each in told] == ([wanted] if wanted else [])


def test_a_gate_that_no_server_tells_of_is_only_told() -> None:
    parts = [{"counterSet": "s", "counters": {"c": {"value": "1"}}}]
    cut = gpus("n1", devices=[{"name": "d", "consumesCounters": parts}])
    silent = info(kubernetes="v1.34.1")
    del silent["featureGates"]
    (finding,) = found("gate-needed", [silent, cut])
    assert finding.severity is Severity.INFO
    assert "is off unless the API server was told in 1.34" in finding.message


def test_a_kubelet_may_be_three_releases_older_and_never_newer() -> None:
    kubelets = {"a": "v1.32.1", "b": "v1.33.0", "c": "v1.37.0", "d": "odd"}
    nodes = [node(name, kubelet=kubelet) for name, kubelet in kubelets.items()]
    findings = found("kubelet-skew", [info(), *nodes])
    assert [each.subject for each in findings] == ["Node/a", "Node/c"]


def test_an_old_kubelet_with_devices_is_a_warning() -> None:
    documents = [info(), node("n1", kubelet="v1.33.0"), gpus("n1")]
    (finding,) = found("kubelet-skew", documents)
    assert finding.severity is Severity.WARNING
