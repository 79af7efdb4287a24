"""Which release brought a field of the API, and the feature gates that keep it."""

from collections.abc import Mapping
from typing import Final, NamedTuple

ITEMS: Final = "[]"
VALUES: Final = "{}"


class Field(NamedTuple):
    """The minor releases of 1.x from `since` to `last` have it; None: all later ones.

    A release drops the field silently while one of the gates is off.
    """

    since: int
    gates: tuple[str, ...] = ()
    last: int | None = None


_CAPACITY: Final = Field(34, ("DRAConsumableCapacity",))
_TAINTS: Final = Field(33, ("DRADeviceTaints",))
_PARTITIONS: Final = Field(33, ("DRAPartitionableDevices",))
_BINDING: Final = Field(
    34, ("DRADeviceBindingConditions", "DRAResourceClaimDeviceStatus")
)
_LISTS: Final = Field(36, ("DRAListTypeAttributes",))
_DERIVED: Final = Field(37, ("DRADerivedAttributes",))
_RESOURCES: Final = ("DRANodeAllocatableResources",)
_OLD: Final = 31  # the first release that is known
_DRA: Final = Field(_OLD, ("DynamicResourceAllocation",))
_WORKLOADS: Final = Field(36, ("DRAWorkloadResourceClaims",))

_OPTION: Final[Mapping[str, Field]] = {
    "tolerations": _TAINTS,
    "capacity": _CAPACITY,
    "derivedAttributes": _DERIVED,
}
_CLAIM: Final[Mapping[str, Field]] = {
    "devices.requests.[].firstAvailable": Field(33, ("DRAPrioritizedList",)),
    "devices.constraints.[].distinctAttribute": _CAPACITY,
    "devices.requests.[].exactly.adminAccess": Field(_OLD, ("DRAAdminAccess",)),
    **{f"devices.requests.[].exactly.{key}": row for key, row in _OPTION.items()},
    **{
        f"devices.requests.[].firstAvailable.[].{key}": row
        for key, row in _OPTION.items()
    },
}
_DEVICE: Final[Mapping[str, Field]] = {
    "taints": _TAINTS,
    **dict.fromkeys(("consumesCounters", "nodeName"), _PARTITIONS),
    **dict.fromkeys(("nodeSelector", "allNodes"), _PARTITIONS),
    **dict.fromkeys(("bindsToNode", "bindingConditions"), _BINDING),
    "bindingFailureConditions": _BINDING,
    "allowMultipleAllocations": _CAPACITY,
    "capacity.{}.requestPolicy": _CAPACITY,
    "nodeAllocatableResourceMappings": Field(36, _RESOURCES, last=36),
    "nodeAllocatableResources": Field(37, _RESOURCES),
    **{
        f"attributes.{{}}.{key}": _LISTS
        for key in ("ints", "bools", "strings", "versions")
    },
    "consumesCounters.[].compatibilityGroups": Field(
        37, ("DRADeviceCompatibilityGroups",)
    ),
}
_POD: Final[Mapping[str, Field]] = {
    "resourceClaims": _DRA,
    "containers.[].resources.claims": _DRA,
    "initContainers.[].resources.claims": _DRA,
    "ephemeralContainers.[].resources.claims": _DRA,
}
FIELDS: Final[Mapping[str, Mapping[str, Field]]] = {
    "DeviceClass": {"extendedResourceName": Field(34, ("DRAExtendedResource",))},
    "ResourceClaim": _CLAIM,
    "ResourceClaimTemplate": {f"spec.{path}": row for path, row in _CLAIM.items()},
    "ResourceSlice": {
        "perDeviceNodeSelection": _PARTITIONS,
        "sharedCounters": _PARTITIONS,
        "partitionTypeAttribute": Field(37),  # refused without its gate, not dropped
        "skipNodeOperations": Field(37),
        **{f"devices.[].{path}": row for path, row in _DEVICE.items()},
    },
    "Pod": _POD,
    "PodGroup": {"resourceClaims": _WORKLOADS},
    "Workload": {"podGroupTemplates.[].resourceClaims": _WORKLOADS},
}
"""Fields that not every known release has or keeps, by kind.

Paths go from `spec`, in v1 spelling; ITEMS stands for every element of a list, VALUES
for every value of a map. The types.go files of 1.32 to 1.37 name the gates.
"""
