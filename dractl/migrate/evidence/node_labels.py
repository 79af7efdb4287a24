"""What labels of nodes tell of an extended resource, and selectors on such labels.

The labels are those of GPU Feature Discovery 0.20, of GKE, and of AMD's node labeller.
They say what the plugin or the cloud did last.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dractl.migrate.answer import Meaning
from dractl.migrate.evidence.mig import INVALID, profile_of
from dractl.migrate.evidence.plugin_config import GPU, MIG, PREFIX, SHARED
from dractl.vendors.plugins import Unit

Labels = Mapping[str, str]

STRATEGY: Final = "nvidia.com/mig.strategy"
LAYOUT: Final = "nvidia.com/mig.config"
LAYOUT_STATE: Final = "nvidia.com/mig.config.state"
CONFIG: Final = "nvidia.com/device-plugin.config"
COUNT: Final = "nvidia.com/gpu.count"

_IN_PRODUCT: Final = "-MIG-"
_SHARED_PRODUCT: Final = "-SHARED"
_UNITS: Final[Mapping[str, Unit]] = {
    "time-slicing": "time-slice",
    "time-sharing": "time-slice",
    "mps": "mps-share",
}
_GKE: Final = "cloud.google.com/gke-"
_GKE_MODEL: Final = f"{_GKE}accelerator"
_GKE_COUNT: Final = f"{_GKE}accelerator-count"
_GKE_PARTITION: Final = f"{_GKE}gpu-partition-size"
_GKE_SHARING: Final = f"{_GKE}gpu-sharing-strategy"
_GKE_CLIENTS: Final = f"{_GKE}max-shared-clients-per-gpu"
_AMD: Final = "amd.com/"
_AMD_GPU: Final = "amd.com/gpu"
_AMD_PARTITION: Final = (
    "amd.com/gpu.compute-memory-partition",
    "amd.com/compute-memory-partition",
    "beta.amd.com/gpu.compute-memory-partition",
)
_AMD_WHOLE: Final = "spx_"
_AMD_MODE: Final = re.compile("[a-z]+_[a-z0-9]+")
_NUMBER: Final = re.compile("[0-9]{1,9}", re.ASCII)


@dataclass(slots=True)
class _Told:
    """What has been read so far; `is_told`: some label speaks of the resource."""

    profile: str = ""
    unit: Unit | None = None
    replicas: int = 0
    is_partition: bool = False
    is_told: bool = False
    evidence: tuple[str, ...] = ()

    def cite(self, key: str, value: str) -> None:
        self.is_told = True
        self.evidence += (f"label {key}={value}",)


def told(labels: Labels, resource: str, *, has_all: bool) -> Meaning | None:
    """Return what labels say that one of a resource is, None if they say nothing.

    `has_all`: they are all that a node has, so that what is missing tells something,
    and not only those that a pod selects by.
    """
    if resource == _AMD_GPU:
        return _told_by_amd(labels)
    if not resource.startswith(PREFIX):
        return None
    found = _Told()
    base = resource.removesuffix(SHARED)
    _read_gfd(labels, base, found)
    if base == GPU:
        _read_gke(labels, found, has_all=has_all)
    if not found.is_told:
        return None
    if base.startswith(MIG):
        found.profile = profile_of(base.removeprefix(MIG)) or ""
        found.is_partition = True
    return _meaning(found)


def _meaning(found: _Told) -> Meaning:
    unit: Unit = "partition" if found.is_partition else "device"
    if found.replicas > 1 or found.unit is not None:
        unit = found.unit or "time-slice"
    replicas = found.replicas if unit in _UNITS.values() else 0
    return Meaning(unit, found.profile, replicas, found.evidence)


def _read_gfd(labels: Labels, base: str, found: _Told) -> None:
    product = labels.get(f"{base}.product", "")
    if product:
        model = product.removesuffix(_SHARED_PRODUCT)
        _, mark, profile = model.rpartition(_IN_PRODUCT)
        is_shared = model != product
        if mark and profile != INVALID:
            found.profile = profile_of(profile) or ""
            found.is_partition = True
        if is_shared:
            found.unit = "time-slice"
        if profile != INVALID or not mark:
            found.cite(f"{base}.product", product)
    replicas = labels.get(f"{base}.replicas", "")
    if amount := whole(replicas):
        found.replicas = amount
        found.cite(f"{base}.replicas", replicas)
    if base.startswith(MIG) and (amount_text := labels.get(f"{base}.count")):
        found.cite(f"{base}.count", amount_text)
    # Of a node without resources of its own the strategy is that of its GPUs.
    for key in (f"{base}.sharing-strategy", f"{GPU}.sharing-strategy"):
        if unit := _UNITS.get(labels.get(key, "")):
            if base == GPU or found.replicas > 1 or key.startswith(base):
                found.unit = unit
                found.cite(key, labels[key])
            break


def _read_gke(labels: Labels, found: _Told, *, has_all: bool) -> None:
    if size := labels.get(_GKE_PARTITION):
        found.profile, found.is_partition = profile_of(size) or "", True
        found.cite(_GKE_PARTITION, size)
    if unit := _UNITS.get(labels.get(_GKE_SHARING, "")):
        found.unit = unit
        found.cite(_GKE_SHARING, labels[_GKE_SHARING])
    clients = labels.get(_GKE_CLIENTS, "")
    if amount := whole(clients):
        found.replicas = amount
        found.unit = found.unit or "time-slice"
        found.cite(_GKE_CLIENTS, clients)
    if has_all and not found.is_told and (model := labels.get(_GKE_MODEL)):
        found.cite(_GKE_MODEL, model)


def _told_by_amd(labels: Labels) -> Meaning | None:
    for key in _AMD_PARTITION:
        if value := labels.get(key):
            mode = value.lower()
            evidence = (f"label {key}={value}",)
            if mode.startswith(_AMD_WHOLE):
                return Meaning("device", evidence=evidence)
            profile = mode if _AMD_MODE.fullmatch(mode) else ""
            return Meaning("partition", profile, evidence=evidence)
    return None


def count(labels: Labels) -> int:
    """Return how many GPUs of NVIDIA a node has by its labels, 0 if they do not say."""
    return whole(labels.get(COUNT) or labels.get(_GKE_COUNT) or "")


def whole(text: str) -> int:
    """Return a label's number, 0 if it is none or beyond any machine."""
    return int(text) if _NUMBER.fullmatch(text) else 0


def by_amount(labels: Labels, resource: str, amount: int) -> Meaning | None:
    """Return what follows from a node having more of a resource than it has GPUs."""
    devices = count(labels)
    if resource != GPU or not devices or amount <= devices or amount % devices:
        return None
    evidence = (f"{amount} are allocatable of {devices} GPUs",)
    return Meaning("time-slice", replicas=amount // devices, evidence=evidence)
