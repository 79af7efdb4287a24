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
_CONFLICT: Final = "gpu.amd.com/memory-partition-conflict"
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
    memory = sum(each.memory for each in gpu.parts)
    units = sum(each.compute_units for each in gpu.parts)
    simds = sum(each.simds for each in gpu.parts)
    capacities = {
        "partitions": _shared(1, mode, "DecimalSI"),
        "memory": _shared(memory // mode.partitions, mode, "BinarySI"),
        "computeUnits": _shared(units // mode.partitions, mode, "DecimalSI"),
        "simdUnits": _shared(simds // mode.partitions, mode, "DecimalSI"),
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


def details(mode: Mode) -> dict[str, str]:
    """Return what the driver adds to a device later on.

    Its taint comes and goes with allocations: the first one of a node settles the
    memory mode for all GPUs, whatever mode they are in now. So it is told, and no
    device that is found here has it.
    """
    return {
        "taint": f"{_CONFLICT}:NoExecute while claims of the node's pods use another "
        f"memory mode than {mode.memory}"
    }


def warnings(gpu: Gpu, mode: Mode) -> tuple[str, ...]:
    """Return what will not go as the driver says."""
    offered = gpu.pci.texts.get(_AVAILABLE, "").lower().replace(",", " ").split()
    if offered and mode.compute not in offered:
        return (f"the driver offers {mode.compute}, which this GPU does not have",)
    return ()
