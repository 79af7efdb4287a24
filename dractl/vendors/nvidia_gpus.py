"""What NVIDIA's DRA driver publishes of a GPU: whole, in partitions, passed through.

From cmd/gpu-kubelet-plugin of its branches release-25.12 (0.3), release-0.4 and main
(0.5).
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dractl.model.hosts import HostFacts, MigDevice, MigProfile, NvmlGpu, PciDevice
from dractl.vendors import nvidia_ids, nvidia_profiles, wire
from dractl.vendors.attributes import NUMA_NODE, Known, attributes, is_node
from dractl.vendors.base import Wire
from dractl.vendors.nvidia_cards import Card

OLDEST: Final = "0.3"
MAIN: Final = "0.5"
_NO_TOGGLE: Final = frozenset({"Ampere"})
_PARTS: Final = 3
_BARS: Final = 6
_MEMORY_TYPE: Final = 0x6  # of a base address register, as in its flags
_MEMORY_64: Final = 0x4


@dataclass(frozen=True)
class View:
    """How the driver looks at a machine: in which version of it."""

    facts: HostFacts
    schema: str
    partitionable: bool = False

    @property
    def release(self) -> str:
        """The version alone, without its mode."""
        return self.schema.partition("-")[0]


def whole(card: Card, view: View) -> dict[str, Any]:
    """Return the device of a whole GPU, as far as it is known."""
    own = {"type": "gpu", "uuid": card.uuid or None}
    known = {**_common(card, view), **attributes(own)}
    gpu = card.gpu
    memory = gpu.memory if gpu is not None else None
    amounts = {} if memory is None else {"memory": memory}
    if gpu is None or not (view.partitionable and is_partitionable(gpu, view)):
        return _device(f"gpu-{card.minor}", known, amounts)
    if view.release == OLDEST:
        known.pop("addressingMode", None)
    most = nvidia_profiles.most(gpu) or amounts
    device = _device(f"gpu-{card.minor}", known, most)
    if counter_sets(card):
        slices = range(nvidia_profiles.memory_slices(gpu))
        device["consumesCounters"] = [_consumption(card, most, slices)]
    return device


def is_partitionable(gpu: NvmlGpu, view: View) -> bool:
    """Tell whether the driver would make partitions on demand (gate DynamicMIG).

    Before Hopper the mode changes only with a reset, which it does not do.
    """
    if view.release == OLDEST:
        return True
    if gpu.mig_mode is None or gpu.is_virtual:
        return False
    return gpu.mig_mode or gpu.architecture not in _NO_TOGGLE


def is_whole_published(gpu: NvmlGpu, view: View) -> bool:
    """Tell whether the whole GPU is a device, beside partitions or alone."""
    if not gpu.mig_mode:
        return True
    if not view.partitionable:
        return False
    return view.release == OLDEST or (
        not gpu.is_virtual and gpu.architecture not in _NO_TOGGLE
    )


def possible(card: Card, view: View) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the partitions that could be, with the names of their profiles."""
    gpu = card.gpu
    if gpu is None or card.minor is None:
        return
    for profile in gpu.profiles:
        name = nvidia_profiles.profile_name(profile, gpu.memory or 0)
        for start, size in profile.placements if name else ():
            assert name is not None
            yield name, _possible(card, view, profile, name, range(start, start + size))


def _possible(
    card: Card, view: View, profile: MigProfile, name: str, slices: range
) -> dict[str, Any]:
    assert card.minor is not None
    known = _of_partition(card, view, name)
    if view.release == OLDEST:
        known.pop("addressingMode", None)
        known.pop(wire.PCIE_ROOT, None)
    amounts = nvidia_profiles.engines(profile)
    title = nvidia_profiles.device_name(card.minor, name, profile.number, slices.start)
    device = _device(title, known, amounts)
    device["consumesCounters"] = [_consumption(card, amounts, slices)]
    return device


def existing(
    card: Card, view: View, mig: MigDevice, profile: MigProfile
) -> dict[str, Any] | None:
    """Return the device of a partition that is there; None if not all is known."""
    gpu = card.gpu
    if gpu is None or card.minor is None or mig.start is None or mig.size is None:
        return None
    name = nvidia_profiles.profile_name(profile, gpu.memory or 0)
    if name is None:
        return None
    known = _of_partition(card, view, name) | attributes({"uuid": mig.uuid or None})
    amounts = nvidia_profiles.engines(profile) | {
        f"memorySlice{number}": 1 for number in range(mig.start, mig.start + mig.size)
    }
    title = nvidia_profiles.device_name(card.minor, name, profile.number, mig.start)
    return _device(title, known, amounts)


def counter_sets(card: Card) -> tuple[Wire, ...]:
    """Return what partitions of the GPU draw from."""
    gpu = card.gpu
    amounts = nvidia_profiles.most(gpu) if gpu is not None else {}
    if gpu is None or not amounts:
        return ()
    slices = range(nvidia_profiles.memory_slices(gpu))
    return (
        {
            "name": _set_name(card),
            "counters": nvidia_profiles.counters(amounts, slices),
        },
    )


def _consumption(card: Card, amounts: Mapping[str, int], slices: range) -> Wire:
    counters = nvidia_profiles.counters(amounts, slices)
    return {"counterSet": _set_name(card), "counters": counters}


def _set_name(card: Card) -> str:
    return f"gpu-{card.minor}-counter-set"


def passed_through(card: Card, view: View) -> dict[str, Any] | None:
    """Return the device of a GPU for virtual machines (gate PassthroughSupport)."""
    pci = card.pci
    if pci is None or card.number is None:
        return None
    is_old = view.release in {OLDEST, "0.4"}
    own: dict[str, Known] = {
        "type": "vfio",
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_DNS, pci.address)),
        "deviceID": wire.hexadecimal(pci.device),
        "vendorID": wire.hexadecimal(pci.vendor),
        "productName": nvidia_ids.product(pci.device),
    }
    if view.release != OLDEST:
        own["iommuFDEnabled"] = is_node(view.facts, "/dev/iommu")
    if is_old:
        own["numa"] = -1 if pci.numa_node is None else pci.numa_node
    known = attributes(own) | wire.place(pci) | ({} if is_old else _numa(pci))
    memory = _addressable(pci.texts.get("resource", ""))
    amounts = {} if memory is None else {"addressableMemory": memory}
    return _device(f"gpu-vfio-{card.number}", known, amounts)


def _addressable(resource: str) -> int | None:
    """Return the size of 64-bit memory windows, up to the next power of two.

    A line of the file is start, end and flags of a region; the first six are the base
    address registers.
    """
    total = 0
    for line in resource.splitlines()[:_BARS]:
        words = line.split()
        if len(words) != _PARTS:
            return None
        try:
            start, end, flags = (int(word, 16) for word in words)
        except ValueError:
            return None
        if end > start and flags & _MEMORY_TYPE == _MEMORY_64:
            total += end - start + 1
    return 1 << (total - 1).bit_length() if total else None


def _device(
    name: str, known: Mapping[str, Wire], amounts: Mapping[str, int]
) -> dict[str, Any]:
    return wire.device(name, known, nvidia_profiles.capacities(amounts))


def _of_partition(card: Card, view: View, profile: str) -> dict[str, Wire]:
    own = {"type": "mig", "parentUUID": card.uuid or None, "profile": profile}
    return {**_common(card, view), **attributes(own)}


def _common(card: Card, view: View) -> dict[str, Wire]:
    """Return the attributes that a GPU and its partitions share."""
    gpu = card.gpu or NvmlGpu(0)
    told = card.gpu.name if card.gpu else ""
    known = attributes({
        "productName": told or card.proc.get("Model") or None,
        "brand": gpu.brand or None,
        "architecture": gpu.architecture or None,
        "addressingMode": gpu.addressing_mode or None,
    })  # fmt: skip
    versions = {
        "cudaComputeCapability": _dotted(gpu.compute_capability),
        "driverVersion": driver_version(view.facts),
        "cudaDriverVersion": _cuda(view.facts.nvml.cuda_version),
    }
    known |= {name: wire.version(each) for name, each in versions.items() if each}
    if card.pci is not None:
        known |= wire.place(card.pci)
        known |= _numa(card.pci) if view.release == MAIN else {}
    elif card.address is not None:
        known[wire.PCI_BUS_ID] = wire.text(card.address)
    return known


def _numa(pci: PciDevice) -> dict[str, Wire]:
    return attributes({NUMA_NODE: pci.numa_node})


def driver_version(facts: HostFacts) -> str | None:
    """Return the version of NVIDIA's kernel driver as a semantic one."""
    told = facts.nvml.driver_version or facts.modules.get("nvidia", "")
    parts = told.split(".")
    if not all(part.isascii() and part.isdecimal() for part in parts):
        return None
    if len(parts) > _PARTS:
        return None
    # The driver reads it leniently: 570.172.08 is 570.172.8, and 390.12 is 390.12.0.
    return _dotted([int(part) for part in parts])


def _cuda(version: int | None) -> str | None:
    if version is None:
        return None
    return _dotted((version // 1000, version % 1000 // 10))


def _dotted(numbers: "tuple[int, ...] | list[int] | None") -> str | None:
    if not numbers:
        return None
    return ".".join(map(str, [*numbers, 0, 0][:_PARTS]))
