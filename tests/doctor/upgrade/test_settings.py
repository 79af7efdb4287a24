"""What the chart of a driver sets: gates and webhook."""

from typing import Any

import pytest

from dractl.doctor.upgrade.answer import Verdict
from dractl.doctor.upgrade.run import driver_upgrade
from dractl.rules.registry import Severity
from tests.doctor.healthy import gpus, meta, template, wish
from tests.doctor.upgrade.asking import (
    cluster,
    daemon,
    hook,
    of_driver,
    only,
    said,
    skipped,
)

NUMA = 'device.attributes["resource.kubernetes.io"].numaNode == 0'


@pytest.mark.parametrize(
    ("gates", "number"),
    [
        ("DynamicMIG=true,PassthroughSupport=true", 1),
        ("DynamicMIG=true, MPSSupport=true,NVMLDeviceHealthCheck=true", 3),
        ("DynamicMIG=true,PassthroughSupport=false", 0),
        ("DynamicMIG,=,true=,MPSSupport", 0),
    ],
)
def test_gates_of_a_driver_exclude_each_other(gates: str, number: int) -> None:
    found = said("driver-gates", of_driver(cluster(daemon(gates=gates))))

    assert [each.severity for each in found] == [Severity.ERROR] * number


def test_gates_of_a_rendered_chart_are_looked_at() -> None:
    target = daemon("v0.4.1", gates="DynamicMIG=true,MPSSupport=true")

    answer = driver_upgrade(of_driver(cluster(), "0.4.1", target))

    assert answer.verdict is Verdict.PREPARE
    assert "driver-gates" in {each.code for each in answer.findings}


def test_gates_may_not_be_in_the_source() -> None:
    cut = daemon(gates="")

    assert "FEATURE_GATES" in skipped("driver-gates", of_driver(cluster(cut)))[0]
    assert not skipped("driver-gates", of_driver(cluster()))


def test_an_attribute_becomes_a_list() -> None:
    asking = template("near", wish(selectors=[{"cel": {"expression": NUMA}}]))
    listed = daemon(gates="DRAListTypeAttributes=true")

    found = only("attribute-listed", of_driver(cluster(listed, asking), "0.5.0"))

    assert found.subject == "ResourceClaimTemplate/default/near"
    assert not said("attribute-listed", of_driver(cluster(asking), "0.5.0"))
    assert not said("attribute-listed", of_driver(cluster(listed, asking), "0.4.1"))


def test_a_webhook_refuses_claims_meanwhile() -> None:
    found = only("webhook-fails", of_driver(cluster(hook())))

    assert found.subject == "ValidatingWebhookConfiguration/hook"
    assert said("webhook-fails", of_driver(cluster(), "0.4.1", hook()))


@pytest.mark.parametrize(
    "fields",
    [
        {"failurePolicy": "Ignore"},
        {"rules": [{"apiGroups": ["apps"]}]},
        {"rules": [{"apiGroups": "resource.k8s.io"}, None]},
        {"clientConfig": {"service": {"namespace": "kyverno", "name": "hooks"}}},
        {"clientConfig": []},
    ],
)
def test_other_webhooks_are_let_be(fields: dict[str, Any]) -> None:
    assert not said("webhook-fails", of_driver(cluster(hook(**fields))))


def test_webhooks_may_not_be_in_the_source() -> None:
    assert skipped("webhook-fails", of_driver(cluster()))


def test_parameters_are_those_of_the_target() -> None:
    body = {
        "apiVersion": "resource.nvidia.com/v1beta1",
        "kind": "GpuConfig",
        "sharing": {"strategy": "MPS", "mpsConfig": {"multiUser": True}},
    }
    spec = wish()
    spec["devices"]["config"] = [
        {"opaque": {"driver": "gpu.nvidia.com", "parameters": body}}
    ]
    documents = cluster(template("shared", spec))

    found = only("parameters-refused", of_driver(documents, "0.4.1"))

    assert found.message == "sharing.mpsConfig.multiUser is known from 0.5 on"
    assert not said("parameters-refused", of_driver(documents, "0.5.0"))


def test_a_driver_may_not_be_there() -> None:
    bare = [
        each for each in cluster() if each["kind"] not in {"DaemonSet", "ResourceSlice"}
    ]

    assert only("driver-absent", of_driver(bare)).severity is Severity.WARNING
    assert not said("driver-absent", of_driver(cluster()))


def test_the_target_may_be_there_already() -> None:
    found = only("already-there", of_driver(cluster(), "0.4.0"))

    assert found.message == "it is v0.4.0 already"
    assert not said("downgrade", of_driver(cluster(), "0.4.0"))


def test_slices_by_hand_of_others_are_left_out() -> None:
    other = gpus("n1", 1, driver="other.example.com")
    other["metadata"] = meta("other", managedFields=[{"manager": "kubectl"}])

    answer = driver_upgrade(of_driver(cluster(other)))

    assert "slice-stale" not in {each.code for each in answer.findings}
