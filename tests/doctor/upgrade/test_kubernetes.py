"""What stands in the way of an upgrade of Kubernetes: one cluster for each finding."""

from typing import Any

import pytest

from dractl.doctor.upgrade.answer import Verdict
from dractl.doctor.upgrade.registry import RELEASES
from dractl.doctor.upgrade.run import release_upgrade
from dractl.rules.registry import Severity
from tests.doctor.healthy import (
    API,
    claim,
    control_plane,
    device_class,
    gpus,
    info,
    meta,
    node,
    template,
    wish,
)
from tests.doctor.looking import bound, role, rule
from tests.doctor.upgrade.asking import cluster, of_release, only, said, skipped

GROUP = "resource.k8s.io"


def written(document: dict[str, Any], version: str, who: str) -> dict[str, Any]:
    """Return an object that somebody wrote in a version."""
    fields = [{"manager": who, "operation": "Update", "apiVersion": version}]
    metadata = {**document["metadata"], "managedFields": fields}
    return {**document, "metadata": metadata}


def test_a_healthy_cluster_can_go() -> None:
    answer = release_upgrade(of_release(cluster()))

    assert (answer.current, answer.target) == ("1.36", "1.37")
    assert answer.verdict is Verdict.GO
    assert {each.severity for each in answer.findings} == {Severity.INFO}
    assert any("kubeadm upgrade" in c for s in answer.steps for c in s.commands)
    assert any("kubelet" in each for each in answer.interruptions)


@pytest.mark.parametrize("code", RELEASES.rows)
def test_a_manual_says_what_it_is(code: str) -> None:
    assert RELEASES.rows[code].title.endswith(".")


def test_there_is_no_way_back() -> None:
    answer = release_upgrade(of_release(cluster(), "1.35"))

    assert answer.verdict is Verdict.STOP
    assert answer.findings[0].code == "target-not-newer"


def test_releases_are_not_skipped() -> None:
    question = of_release(cluster(), "1.38")
    plans = [each.text for each in release_upgrade(question).steps]

    assert "1.37, 1.38" in only("several-releases", question).message
    assert sum("control plane" in each for each in plans) == 2
    assert only("target-unknown", question).severity is Severity.WARNING


@pytest.mark.parametrize(
    ("version", "kind", "to", "gone"),
    [
        ("v1beta1", "ResourceClaimTemplate", "1.38", "1.38"),
        ("v1beta2", "ResourceClaimTemplate", "1.39", "1.39"),
        ("v1alpha3", "ResourceClaimTemplate", "1.37", "1.34"),
        ("v1alpha3", "DeviceTaintRule", "1.39", "1.39"),
    ],
)
def test_a_manifest_is_in_a_version_that_goes(
    version: str, kind: str, to: str, gone: str
) -> None:
    manifest = {"apiVersion": f"{GROUP}/{version}", "kind": kind, "metadata": meta("a")}

    found = only("version-gone", of_release(cluster(), to, manifest))

    assert found.evidence["removedIn"] == gone
    assert found.commands == ("dractl convert m.yaml --to v1 --in-place",)


def test_a_manifest_is_in_a_version_that_is_off() -> None:
    manifest = {**template("a"), "apiVersion": f"{GROUP}/v1beta2"}
    question = of_release(cluster(), "1.37", manifest)

    found = only("version-off", question)
    assert found.subject == "ResourceClaimTemplate/default/a"
    assert found.message == (
        f"{GROUP}/v1beta2 of ResourceClaimTemplate is off by default in 1.37"
    )
    assert not said("version-gone", question)

    several = of_release(cluster(), "1.39", manifest, {**manifest, "metadata": {}})
    gone = only("version-gone", several)
    assert gone.message.endswith("on; also ResourceClaimTemplate")


def test_who_writes_in_an_old_version_is_told() -> None:
    old = written(template("work"), f"{GROUP}/v1beta1", "helm")
    question = of_release(cluster(old), "1.38")

    found = only("version-gone", question)

    assert found.where == "written by helm"
    assert not found.commands
    assert not skipped("version-gone", question)
    assert not said("version-gone", of_release(cluster(old), "1.37"))


def test_who_wrote_may_not_be_known() -> None:
    assert skipped("version-gone", of_release(cluster()))


def test_a_version_that_is_served_goes() -> None:
    served = info(served=["v1", "v1beta1"])

    found = only("served-version-gone", of_release(cluster(served), "1.38"))

    assert "v1beta1" in found.message
    unstated = [each for each in cluster() if each["kind"] != "ClusterInfo"]
    assert skipped("served-version-gone", of_release(unstated))


def test_a_kubelet_would_be_too_old() -> None:
    question = of_release(cluster(node("n1", kubelet="v1.33.1")))

    found = [
        each
        for each in said("not-ready-then", question)
        if each.severity is Severity.ERROR
    ]

    assert [each.subject for each in found] == ["Node/n1"]
    assert "too old" in found[0].message


def test_a_locked_gate_keeps_a_component_from_starting() -> None:
    planes = control_plane("DRAExtendedResource=false")

    found = said("not-ready-then", of_release(cluster(*planes)))

    assert [(each.subject, each.severity) for each in found] == [
        ("DRAExtendedResource", Severity.ERROR)
    ]


def test_a_driver_needs_more_rights_in_1_36() -> None:
    account = "ServiceAccount dra/driver"
    pods = [each for each in cluster() if each["metadata"].get("namespace") == "dra"]
    for each in pods:
        if each["kind"] == "Pod":
            each["spec"]["serviceAccountName"] = "driver"
    rights = [
        role(
            "driver",
            rule("list watch create update delete", "resourceslices"),
            rule("get", "resourceclaims"),
            rule("update patch", "resourceclaims/status"),
        ),
        bound("driver", account),
    ]
    documents = cluster(*pods, *rights, info(kubernetes="v1.35.2"))

    found = said("not-ready-then", of_release(documents, "1.36"))

    assert any("associated-node:update" in each.message for each in found)


def test_an_object_is_refused_by_the_target() -> None:
    counters = {"name": "gpu-0", "counters": {"memory": {"value": "1"}}}
    both = gpus("n1", 1, sharedCounters=[counters])
    gates = {"DRAPartitionableDevices": True}
    question = of_release(cluster(both), "1.36", kubernetes="1.34", gates=gates)

    found = only("refused-then", question)

    assert found.subject == "ResourceSlice/n1-gpu.nvidia.com"
    assert found.evidence["release"] == "1.35"
    layout = only("counters-layout", question)
    assert layout.subject == "driver gpu.nvidia.com"
    assert not said("counters-layout", of_release(cluster(both)))


def test_what_is_refused_now_is_no_news() -> None:
    broken = template("broken", {"devices": {"requests": [{"name": "No Name"}]}})

    assert not said("refused-then", of_release(cluster(), "1.37", broken))


def test_a_field_comes_alive() -> None:
    alive = device_class("shared", extendedResourceName="example.com/gpu")
    question = of_release(cluster(), "1.36", alive, kubernetes="1.35")

    found = only("fields-change", question)

    assert "spec.extendedResourceName is dropped now, and kept then" in found.message
    assert found.where == "m.yaml"


def test_a_gate_comes_on_that_something_uses() -> None:
    rule_ = {
        "apiVersion": f"{GROUP}/v1beta2",
        "kind": "DeviceTaintRule",
        "metadata": meta("broken"),
        "spec": {
            "deviceSelector": {"driver": "gpu.nvidia.com"},
            "taint": {"key": "a", "effect": "NoSchedule"},
        },
    }
    question = of_release(cluster(rule_), gates={"DRADeviceTaintRules": False})

    (found,) = (
        each
        for each in said("gate-default", question)
        if each.severity is Severity.WARNING
    )

    assert found.subject == "DRADeviceTaintRules"
    assert found.message.startswith("it comes on by default with 1.37")
    assert found.evidence["objects"] == ["DeviceTaintRule/broken"]


def test_gates_that_nothing_uses_come_in_one_line() -> None:
    found = said("gate-default", of_release(cluster()))

    messages = " ".join(each.message for each in found)
    assert {each.severity for each in found} == {Severity.INFO}
    assert "comes on by default: DRADeviceTaintRules (1.37)" in messages
    assert "is locked from then on: DRAResourceClaimDeviceStatus" in messages
    assert "is new, and off: DRADerivedAttributes" in messages


def test_an_extended_resource_comes_alive_in_1_36() -> None:
    stored = device_class(extendedResourceName="nvidia.com/gpu")

    question = of_release(cluster(stored), "1.36", kubernetes="1.35")

    (found,) = (
        each
        for each in said("gate-default", question)
        if each.subject == "DRAExtendedResource"
    )
    assert found.severity is Severity.WARNING
    assert found.evidence["objects"] == ["DeviceClass/gpu.nvidia.com"]


def test_bugs_come_and_go() -> None:
    upward = of_release(cluster(), "1.36", kubernetes="1.35")

    assert "counters-by-pool-name" in {
        each.subject for each in said("bug-comes", upward)
    }
    gone = only("bug-goes", of_release(cluster()))
    assert "counters-by-pool-name" in gone.evidence["bugs"]  # type: ignore[operator]


def test_plans_of_1_38_are_told() -> None:
    planes = control_plane("DynamicResourceAllocation=true")
    odd = gpus("n1", 1)
    odd["spec"]["devices"][0]["attributes"]["a.example.com/b/c"] = {"int": 1}

    found = said("planned-change", of_release(cluster(*planes, odd), "1.38"))

    assert {each.subject for each in found} == {
        "DynamicResourceAllocation", "ResourceSlice/n1-gpu.nvidia.com"
    }  # fmt: skip
    assert all("planned" in each.message for each in found)
    assert not said("planned-change", of_release(cluster(*planes, odd)))


def test_selectors_with_several_terms_are_planned_to_go() -> None:
    terms = [
        {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [each]}]}
        for each in ("n1", "n2")
    ]
    wide = gpus("n1", 1, perDeviceNodeSelection=True)
    del wide["spec"]["nodeName"]
    wide["spec"]["devices"][0]["nodeSelector"] = {"nodeSelectorTerms": terms}
    gates = {"DRAPartitionableDevices": True}

    found = said("planned-change", of_release(cluster(wide), "1.38", gates=gates))

    assert [each.subject for each in found] == ["ResourceSlice/n1-gpu.nvidia.com"]


@pytest.mark.parametrize(
    "document",
    [
        {"apiVersion": API, "kind": "ResourceClaim"},
        {"apiVersion": API, "kind": "ResourceClaim", "metadata": [], "spec": 3},
        {"apiVersion": API, "kind": ["x"], "metadata": {"managedFields": "x"}},
        {"apiVersion": f"{GROUP}/v9", "kind": "Unheard", "metadata": {"name": 1}},
        {"apiVersion": 1, "kind": None},
        {**claim("a", wish()), "metadata": {"name": "a", "managedFields": [None, {}]}},
    ],
)
def test_malformed_manifests_do_no_harm(document: dict[str, Any]) -> None:
    answer = release_upgrade(of_release(cluster(), "1.38", document))

    assert answer.target == "1.38"


def test_the_target_may_be_there_already() -> None:
    found = only("target-not-newer", of_release(cluster(), "1.36"))

    assert found.severity is Severity.INFO


def test_what_is_not_served_yet_is_judged_by_the_target() -> None:
    broken = template("broken", {"devices": {"requests": [{"name": "No Name"}]}})
    question = of_release(cluster(), "1.34", broken, kubernetes="1.33")

    assert said("refused-then", question)
