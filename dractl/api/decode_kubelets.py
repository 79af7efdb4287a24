"""Decoding of the kubelets' configuration that kubeadm keeps in a ConfigMap.

It is kube-system/kubelet-config, from which kubeadm writes the file of each node that
joins or is upgraded (cmd/kubeadm/app/phases/kubelet).
"""

from collections.abc import Mapping
from typing import Final

from dractl.api.block_yaml import entries
from dractl.api.decode_fields import Wire, text, within
from dractl.api.decode_shared import namespaced_meta
from dractl.model.gates import KubeletConfiguration

CONFIGURATION: Final = "kubelet-config"
_KEY: Final = "featureGates"
_STATES: Final[Mapping[str, bool]] = {"true": True, "false": False}


def kubelet_configuration(document: Wire) -> KubeletConfiguration:
    """Read the ConfigMap; of its text only the feature gates."""
    stated = within(document, "data", lambda data: text(data, "kubelet"))
    gates = {
        path[1]: _STATES[value]
        for path, value, _ in entries(stated)
        if len(path) == 2 and path[0] == _KEY and value in _STATES  # noqa: PLR2004
    }
    return KubeletConfiguration(namespaced_meta(document), gates)
