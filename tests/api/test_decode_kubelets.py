"""What kubeadm keeps of the configuration of kubelets."""

from typing import Any

import pytest

from dractl.api.decode_kubelets import kubelet_configuration

TEXT = """apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
featureGates:
  DynamicResourceAllocation: true
  DRAConsumableCapacity: false
  Odd: maybe
kind: KubeletConfiguration
"""


def read(data: Any) -> dict[str, bool]:
    document = {"metadata": {"name": "kubelet-config"}, "data": data}
    return dict(kubelet_configuration(document).gates)


def test_feature_gates_are_read() -> None:
    assert read({"kubelet": TEXT}) == {
        "DynamicResourceAllocation": True, "DRAConsumableCapacity": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["", "featureGates: {}", "featureGates:", "featureGates: true", "{"]
)
def test_a_text_without_gates_sets_none(text: str) -> None:
    assert read({"kubelet": text}) == {}
    assert read(None) == {}
