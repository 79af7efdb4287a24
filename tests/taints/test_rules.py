"""Rules as documents, and how dractl knows its own."""

from dractl.api.decode import Decoded, decode
from dractl.api.spelling import taint
from dractl.model.taintrules import DeviceSelector, DeviceTaintRule
from dractl.taints.rules import Remarks, is_ours, marked, rule_document

SELECTOR = DeviceSelector("gpu.example.com", "n1")
TAINT = taint("example.com/hot=very:NoExecute")
REMARKS = Remarks("ops", "new fans", "2026-11-26T12:00:00Z")


def test_a_rule_selects_and_taints() -> None:
    assert rule_document(SELECTOR, TAINT) == {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "DeviceTaintRule",
        "metadata": {"name": "gpu.example.com--n1--hot.example.com"},
        "spec": {
            "deviceSelector": {"driver": "gpu.example.com", "pool": "n1"},
            "taint": {"key": "example.com/hot", "value": "very", "effect": "NoExecute"},
        },
    }


def test_a_rule_for_all_devices_has_an_empty_selector() -> None:
    document = rule_document(DeviceSelector(), TAINT, "everything")
    assert document["spec"]["deviceSelector"] == {}
    assert document["metadata"] == {"name": "everything"}


def test_a_marked_rule_is_known_again_with_its_remarks() -> None:
    decoded = decode(marked(rule_document(SELECTOR, TAINT), REMARKS))
    assert isinstance(decoded, Decoded)
    assert isinstance(decoded.value, DeviceTaintRule)
    assert is_ours(decoded.value)
    assert Remarks.of(decoded.value) == REMARKS


def test_a_rule_without_remarks_has_no_annotations() -> None:
    document = marked(rule_document(SELECTOR, TAINT, "r"), Remarks())
    assert document["metadata"] == {
        "name": "r",
        "labels": {"app.kubernetes.io/managed-by": "dractl"},
    }


def test_a_rule_without_the_label_is_not_ours() -> None:
    assert not is_ours(DeviceTaintRule("r", TAINT))
