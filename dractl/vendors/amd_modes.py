"""What AMD's driver publishes with AutoPartition: each GPU in each mode it may take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dractl.model.quantity import Format
from dractl.vendors import wire
from dractl.vendors.amd_gpus import WHOLE, Gpu
from dractl.vendors.base import Wire


@dataclass(frozen=True, slots=True)
class Mode:
    """A pair of modes that go together, and the partitions that come of them."""

    compute: str
    memory: str
    partitions: int

    @property
    def is_whole(self) -> bool:
        """Whether the GPU stays in one piece."""
        return self.compute == WHOLE


MODES: Final = (
    Mode("spx", "nps1", 1),
    Mode("dpx", "nps1", 2),
    Mode("dpx", "nps2", 2),
    Mode("qpx", "nps1", 4),
    Mode("cpx", "nps1", 8),
    Mode("cpx", "nps4", 8),
)
_COUNTER: Final = (("partition-mode", 1),)
_AVAILABLE: Final = "available_compute_partition"


def mutex(index: int) -> Wire:
    """Return the counter set by which a GPU is in one mode at a time."""
    return wire.counters(_mutex_name(index), _COUNTER)


def _mutex_name(index: int) -> str:
    return f"gpu-{index}-mutex"


def attributes(gpu: Gpu, index: int, mode: Mode) -> dict[str, Wire]:
    """Return what tells a mode from the others."""
    return {
        "type": wire.text("amdgpu" if mode.is_whole else "amdgpu-partition"),
        "computePartition": wire.text(mode.compute),
        "memoryPartition": wire.text(mode.memory),
        "gpuIndex": wire.number(index),
        "pciAddr": wire.text(gpu.pci.address),
    }


def device(
    gpu: Gpu, index: int, mode: Mode, all_attributes: Mapping[str, Wire]
) -> Wire:
    """Return the device: all partitions of the mode, of which claims take one each."""
    part = gpu.parts[0]
    capacities = {
        "partitions": _shared(1, mode, "DecimalSI"),
        "memory": _shared(part.memory // mode.partitions, mode, "BinarySI"),
        "computeUnits": _shared(
            part.compute_units // mode.partitions, mode, "DecimalSI"
        ),
        "simdUnits": _shared(part.simds // mode.partitions, mode, "DecimalSI"),
    }
    name = f"gpu-{index}-{mode.compute}-{mode.memory}"
    fields = wire.device(name, all_attributes, capacities)
    fields["consumesCounters"] = [wire.consumption(_mutex_name(index), _COUNTER)]
    if mode.partitions > 1:
        fields["allowMultipleAllocations"] = True
    return fields


def _shared(each: int, mode: Mode, form: Format) -> Wire:
    """Return a capacity of which every claim gets a partition's share, no more."""
    total: dict[str, Any] = {"value": wire.amount(each * mode.partitions, form)}
    if mode.partitions > 1:
        share = wire.amount(each, form)
        total["requestPolicy"] = {"default": share, "validValues": [share]}
    return total


def warnings(gpu: Gpu, mode: Mode) -> tuple[str, ...]:
    """Return what will not go as the driver says."""
    found: list[str] = []
    offered = gpu.pci.texts.get(_AVAILABLE, "").lower().replace(",", " ").split()
    if offered and mode.compute not in offered:
        found.append(f"the driver offers {mode.compute}, which this GPU does not have")
    if gpu.is_divided:
        found.append(
            f"it is in {gpu.profile} now: amounts are shares of its first partition "
            "until the driver starts with the GPU in spx"
        )
    return tuple(found)
