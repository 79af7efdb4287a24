"""Which components of Kubernetes read a feature gate, and which gates need others.

Facts are those of pkg/features/kube_features.go and of the gates' users, 1.36 and 1.37.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dractl.model.claims import ObjectMeta

DRA: Final = "DynamicResourceAllocation"
SERVER, MANAGER, SCHEDULER, KUBELET = (
    "apiServer", "controllerManager", "scheduler", "kubelet",
)  # fmt: skip
CONTROL: Final = (SERVER, MANAGER, SCHEDULER)
ALL: Final = (*CONTROL, KUBELET)
"""Components as kubeadm's ClusterConfiguration calls them, and the kubelet."""
PROGRAMS: Final[Mapping[str, str]] = {
    SERVER: "kube-apiserver",
    MANAGER: "kube-controller-manager",
    SCHEDULER: "kube-scheduler",
    KUBELET: "kubelet",
}

_READERS: Final[Mapping[str, tuple[str, ...]]] = {
    DRA: ALL,
    "DRAAdminAccess": CONTROL,
    "DRAConsumableCapacity": (SERVER, SCHEDULER, KUBELET),
    "DRADeviceBindingConditions": (SERVER, SCHEDULER),
    "DRADeviceTaints": CONTROL,
    "DRADeviceTaintRules": CONTROL,
    "DRAExtendedResource": ALL,
    "DRAListTypeAttributes": (SERVER, SCHEDULER),
    "DRANodeAllocatableResources": (SERVER, SCHEDULER, KUBELET),
    "DRAPartitionableDevices": (SERVER, SCHEDULER),
    "DRAPrioritizedList": CONTROL,
    "DRAResourceClaimDeviceStatus": (SERVER, SCHEDULER),
    "DRAResourceClaimGranularStatusAuthorization": (SERVER,),
    "DRAResourcePoolStatus": (SERVER, MANAGER),
    "DRAPartitionableDevicesType": (SERVER, MANAGER),
    "DRASchedulerFilterTimeout": (SCHEDULER,),
    "DRAWorkloadResourceClaims": ALL,
    "DRAOptionalNodeOperations": (SERVER, SCHEDULER, KUBELET),
    "DRADerivedAttributes": CONTROL,
    "DRADeviceCompatibilityGroups": (SERVER, SCHEDULER),
    "ResourceHealthStatus": (SERVER, KUBELET),
    "ResourceHealthStatusMessage": (SERVER, KUBELET),
}
NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "DRADeviceTaintRules": ("DRADeviceTaints",),
    "DRADeviceBindingConditions": ("DRAResourceClaimDeviceStatus",),
    "DRAResourceClaimGranularStatusAuthorization": ("DRAResourceClaimDeviceStatus",),
    "DRADeviceCompatibilityGroups": ("DRAPartitionableDevices",),
    "DRAPartitionableDevicesType": ("DRAResourcePoolStatus",),
    "DRAFractionalCapacityRange": ("DRAConsumableCapacity",),
    "DRAWorkloadResourceClaims": ("GenericWorkload",),
    "ResourceHealthStatusMessage": ("ResourceHealthStatus",),
}
"""Beside DynamicResourceAllocation, which all that begin with DRA need."""


@dataclass(frozen=True, slots=True)
class KubeletConfiguration:
    """What kubeadm tells kubelets: the feature gates that it sets."""

    meta: ObjectMeta
    gates: Mapping[str, bool] = field(default_factory=dict)


def readers(gate: str) -> tuple[str, ...]:
    """Return the components that read a gate; all, where that is not known."""
    return _READERS.get(gate, ALL)
