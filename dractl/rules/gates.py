"""Which fields a release drops silently, and the feature gates that they need."""

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dractl.model.cluster import GATES, NEWEST, OLDEST, KubernetesVersion, Profile
from dractl.rules.path import Path
from dractl.rules.wire import Wire

_ON: Final = frozenset("BGL")
_LIST: Final = "[]"
_MAP: Final = "{}"

_CAPACITY: Final = ("DRAConsumableCapacity",)
_PARTITIONS: Final = ("DRAPartitionableDevices",)
_BINDING: Final = ("DRADeviceBindingConditions", "DRAResourceClaimDeviceStatus")
_LISTS: Final = ("DRAListTypeAttributes",)
_TAINTS: Final = ("DRADeviceTaints",)
_DERIVED: Final = ("DRADerivedAttributes",)
_DRA: Final = ("DynamicResourceAllocation",)
_WORKLOADS: Final = ("DRAWorkloadResourceClaims",)

_CLAIM: Final[Mapping[str, tuple[str, ...]]] = {
    "devices.requests.[].firstAvailable": ("DRAPrioritizedList",),
    "devices.requests.[].exactly.adminAccess": ("DRAAdminAccess",),
    "devices.requests.[].exactly.tolerations": _TAINTS,
    "devices.requests.[].exactly.capacity": _CAPACITY,
    "devices.requests.[].exactly.derivedAttributes": _DERIVED,
    "devices.requests.[].firstAvailable.[].tolerations": _TAINTS,
    "devices.requests.[].firstAvailable.[].capacity": _CAPACITY,
    "devices.requests.[].firstAvailable.[].derivedAttributes": _DERIVED,
    "devices.constraints.[].distinctAttribute": _CAPACITY,
}
_SLICE: Final[Mapping[str, tuple[str, ...]]] = {
    "sharedCounters": _PARTITIONS,
    "perDeviceNodeSelection": _PARTITIONS,
    "devices.[].consumesCounters": _PARTITIONS,
    "devices.[].nodeName": _PARTITIONS,
    "devices.[].nodeSelector": _PARTITIONS,
    "devices.[].allNodes": _PARTITIONS,
    "devices.[].taints": _TAINTS,
    "devices.[].bindsToNode": _BINDING,
    "devices.[].bindingConditions": _BINDING,
    "devices.[].bindingFailureConditions": _BINDING,
    "devices.[].allowMultipleAllocations": _CAPACITY,
    "devices.[].capacity.{}.requestPolicy": _CAPACITY,
    "devices.[].attributes.{}.ints": _LISTS,
    "devices.[].attributes.{}.bools": _LISTS,
    "devices.[].attributes.{}.strings": _LISTS,
    "devices.[].attributes.{}.versions": _LISTS,
    "devices.[].nodeAllocatableResourceMappings": ("DRANodeAllocatableResources",),
    "devices.[].nodeAllocatableResources": ("DRANodeAllocatableResources",),
    "devices.[].consumesCounters.[].compatibilityGroups": (
        "DRADeviceCompatibilityGroups",
    ),
}
_POD: Final[Mapping[str, tuple[str, ...]]] = {
    "resourceClaims": _DRA,
    "containers.[].resources.claims": _DRA,
    "initContainers.[].resources.claims": _DRA,
    "ephemeralContainers.[].resources.claims": _DRA,
}
_GATED: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "DeviceClass": {"extendedResourceName": ("DRAExtendedResource",)},
    "ResourceClaim": _CLAIM,
    "ResourceClaimTemplate": {f"spec.{path}": gates for path, gates in _CLAIM.items()},
    "ResourceSlice": _SLICE,
    "Pod": _POD,
    "PodGroup": {"resourceClaims": _WORKLOADS},
    "Workload": {"podGroupTemplates.[].resourceClaims": _WORKLOADS},
}


@dataclass(frozen=True, slots=True)
class Dropped:
    """A field that the release takes without a word and does not keep.

    `path` is in the spelling of v1. `gate` is off and would keep the field; `since` is
    the first release in which that gate is on by default, None if there is none yet.
    """

    path: Path
    field: str
    gate: str
    since: KubernetesVersion | None


@functools.lru_cache(maxsize=256)
def _off(kind: str, profile: Profile) -> tuple[tuple[tuple[str, ...], str], ...]:
    rows: list[tuple[tuple[str, ...], str]] = []
    for path, gates in _GATED.get(kind, {}).items():
        gate = next((each for each in gates if not profile.enabled(each)), None)
        if gate is not None:
            rows.append((tuple(path.split(".")), gate))
    return tuple(rows)


@functools.cache
def on_since(gate: str) -> KubernetesVersion | None:
    """Return the first release that has the gate on by default."""
    for minor, letter in enumerate(GATES[gate], OLDEST.minor):
        if letter in _ON and minor <= NEWEST.minor:
            return KubernetesVersion(1, minor)
    return None


def drop(kind: str, spec: Any, at: Path, profile: Profile) -> Iterator[Dropped]:
    """Remove from a spec, which is changed, what the profile's gates do not keep."""
    for steps, gate in _off(kind, profile):
        field = steps[-1]
        for holder, trail in _holders(spec, steps, None):
            value = holder.pop(field)
            # An empty list or map is not printed in any case.
            if value is not None and value not in ([], {}):
                path = _path(at, trail).field(field)
                yield Dropped(path, field, gate, on_since(gate))


_Trail = tuple[Any, int | str, str] | None


def _holders(
    value: Any, steps: tuple[str, ...], trail: _Trail
) -> Iterator[tuple[Wire, _Trail]]:
    """Yield the objects that have the field which the last step names."""
    step, rest = steps[0], steps[1:]
    if not rest:
        if step in value:
            yield value, trail
    elif step == _LIST:
        for index, entry in enumerate(value):
            yield from _holders(entry, rest, (trail, index, step))
    elif step == _MAP:
        for key, entry in value.items():
            yield from _holders(entry, rest, (trail, key, step))
    elif step in value:
        yield from _holders(value[step], rest, (trail, step, ""))


def _path(at: Path, trail: _Trail) -> Path:
    if trail is None:
        return at
    earlier, step, kind = trail
    path = _path(at, earlier)
    if isinstance(step, int):
        return path.index(step)
    return path.key(step) if kind == _MAP else path.field(step)
