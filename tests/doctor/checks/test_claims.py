"""Classes and claims."""

from typing import Any

import pytest

from dractl.rules.registry import Severity
from tests.doctor.healthy import (
    allocated,
    claim,
    device_class,
    found,
    gpus,
    healthy,
    info,
    pod,
    template,
    wish,
)

Wire = dict[str, Any]

NOTHING = "device.driver == 'none.example.com'"
FRAGILE = "device.attributes['gpu.nvidia.com'].lacking == 'x'"


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        (NOTHING, "no device of none.example.com is published"),
        ("device.driver == 'gpu.nvidia.com' && false", "passes its selectors"),
    ],
)
def test_a_class_that_selects_nothing(selector: str, said: str) -> None:
    useless = device_class("useless", selector)
    (idle,) = found("class-selects-nothing", [*healthy(), useless])
    wanted = claim("c", wish("useless"))
    (used,) = found("class-selects-nothing", [*healthy(), useless, wanted])
    assert said in used.message
    assert (idle.severity, used.severity) == (Severity.INFO, Severity.WARNING)


def test_where_the_driver_is_set_up_for_compute_domains_alone_that_is_told() -> None:
    rest = [info(), device_class(), template("t")]
    domains = gpus("n1", 1, driver="compute-domain.nvidia.com")

    (finding,) = found("class-selects-nothing", [*rest, domains])
    (other,) = found("class-selects-nothing", [*rest, gpus("n1", driver="dra.net")])

    assert finding.fix.startswith("NVIDIA's driver is there, and set up for Compute")
    assert other.fix == "install or look at driver gpu.nvidia.com"


def test_a_class_whose_selector_fails_on_devices() -> None:
    (finding,) = found("class-selector-fails", [*healthy(), device_class("c", FRAGILE)])
    assert "fails on gpu.nvidia.com/n1/gpu-0: no such key: lacking" in finding.message


def test_a_class_whose_selector_does_not_compile() -> None:
    (finding,) = found("class-selector-fails", [*healthy(), device_class("c", "1 +")])
    assert "\n" not in finding.message
    assert finding.severity is Severity.ERROR
    assert finding.commands == ("dractl cel '1 +'",)


def test_a_resource_of_two_classes() -> None:
    resource = {"extendedResourceName": "nvidia.com/gpu"}
    classes = [device_class(name, **resource) for name in ("b", "a")]
    (finding,) = found("class-resource-twice", [info(), *classes])
    assert finding.evidence == {"classes": ["b", "a"], "counts": "a"}
    assert not found("class-resource-twice", [info(), classes[0]])


def test_a_class_that_is_not_there() -> None:
    documents = [*healthy(), template("t", wish("none")), claim("c", wish("none"))]
    (finding,) = found("class-missing", documents)
    users = finding.evidence["users"]
    assert users == ["ResourceClaim/default/c", "ResourceClaimTemplate/default/t"]


def test_an_alternative_whose_class_is_not_there_is_done_without() -> None:
    names = ("none", "gpu.nvidia.com")
    options = [
        {"name": f"s{number}", "deviceClassName": name}
        for number, name in enumerate(names)
    ]
    spec = {"devices": {"requests": [{"name": "r", "firstAvailable": options}]}}
    assert not found("class-missing", [*healthy(), template("t", spec)])


# -- claims


def deleting(since: str = "2026-11-19T12:00:00Z", **status: Any) -> Wire:
    """Return a claim that is being deleted."""
    finalizers = ["resource.kubernetes.io/delete-protection"]
    meta = {"deletionTimestamp": since, "finalizers": finalizers}
    return claim("c", meta=meta, status=status)


def test_a_claim_that_a_pod_keeps_from_going() -> None:
    held = deleting(**allocated("n1", "gpu-1", reserved="work-0"))
    (finding,) = found("claim-deletion-stuck", [*healthy(), held])
    assert finding.severity is Severity.WARNING
    assert "pod work-0 still use it" in finding.message


def test_a_claim_that_the_controller_does_not_let_go() -> None:
    held = deleting(**allocated("n1", "gpu-1", reserved="gone"))
    (finding,) = found("claim-deletion-stuck", [*healthy(), held])
    assert finding.severity is Severity.ERROR
    assert "kube-controller-manager" in finding.fix


def test_a_claim_that_only_a_finalizer_keeps() -> None:
    (finding,) = found("claim-deletion-stuck", [*healthy(), deleting()])
    assert "delete-protection" in finding.message


def test_a_claim_that_has_just_been_deleted_is_given_time() -> None:
    just = deleting("2026-11-19T23:58:00Z")
    assert not found("claim-deletion-stuck", [*healthy(), just])


def test_a_claim_whose_device_is_not_published_any_more() -> None:
    held = claim("c", status=allocated("n1", "gpu-9", reserved="work-0"))
    (finding,) = found("claim-device-gone", [*healthy(), held])
    assert finding.evidence["devices"] == ["gpu.nvidia.com/n1/gpu-9"]


def test_a_pod_that_waits_for_long() -> None:
    waits = pod("p", claims=["c"], node_name="", phase="Pending")
    (finding,) = found("claim-pending", [*healthy(), claim("c"), waits])
    assert finding.commands == ("dractl explain pod p -n default",)


def test_a_pod_that_has_just_come_is_given_time() -> None:
    waits = pod("p", claims=["c"], node_name="", phase="Pending")
    waits["metadata"]["creationTimestamp"] = "2026-11-19T23:55:00Z"
    assert not found("claim-pending", [*healthy(), claim("c"), waits])


def test_a_young_pod_that_the_scheduler_has_refused_is_to_know() -> None:
    waits = pod("p", claims=["c"], node_name="", phase="Pending")
    waits["metadata"]["creationTimestamp"] = "2026-11-19T23:55:00Z"
    refused = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    waits["status"]["conditions"] = [refused]
    (finding,) = found("claim-pending", [*healthy(), claim("c"), waits])
    assert finding.severity is Severity.INFO
    assert "Pod/default/p" in finding.message


def failed(name: str, reason: str) -> Wire:
    """Return an event of a pod."""
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{name}.1", "namespace": "default"},
        "involvedObject": {"kind": "Pod", "name": name, "namespace": "default"},
        "reason": reason,
        "message": "rpc error",
    }


def test_a_pod_whose_claims_are_not_prepared() -> None:
    waits = pod("p", claims=["c"], node_name="n1", phase="Pending")
    event = failed("p", "FailedPrepareDynamicResources")
    (finding,) = found("prepare-failed", [*healthy(), waits, event, event])
    assert (finding.message, finding.where) == ("rpc error", "node n1")
    other = failed("p", "Scheduled")
    assert not found("prepare-failed", [*healthy(), waits, other])


def test_names_in_commands_are_quoted() -> None:
    waits = pod("$(reboot)", claims=["c"], node_name="", phase="Pending")
    (finding,) = found("claim-pending", [*healthy(), claim("c"), waits])
    assert finding.commands == ("dractl explain pod '$(reboot)' -n default",)


def test_a_class_of_many_devices_is_looked_at_once_for_each_kind() -> None:
    documents = [info(), gpus("n1", 100), device_class("c", FRAGILE)]
    (finding,) = found("class-selector-fails", documents)
    assert "more kinds" not in finding.message
