"""NVIDIA's GPUs in a machine: what the kernel, its driver and NVML tell of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dractl.model.hosts import HostFacts, NvmlGpu, PciDevice
from dractl.vendors import nvidia_ids

_DISPLAY: Final = frozenset({0x0300, 0x0302})
"""VGA and 3D controllers: audio functions and NVSwitches are none."""


@dataclass(frozen=True)
class Card:
    """A GPU; at least one of `pci` and `gpu` is there.

    `proc` are the lines of /proc/driver/nvidia/gpus/ADDRESS/information. `number` is
    its place among the physical GPUs on PCI, None for others.
    """

    pci: PciDevice | None
    gpu: NvmlGpu | None
    proc: Mapping[str, str] = field(default_factory=dict)
    number: int | None = None

    @property
    def address(self) -> str | None:
        """Its PCI address, if known."""
        if self.pci is not None:
            return self.pci.address
        return self.gpu.pci if self.gpu is not None else None

    @property
    def model(self) -> str:
        """What to call it."""
        told = (self.gpu.name if self.gpu else "") or self.proc.get("Model", "")
        if told:
            return told
        return nvidia_ids.model(self.pci.device) if self.pci else "NVIDIA GPU"

    @property
    def uuid(self) -> str:
        """Its UUID, "" if not known."""
        told = self.gpu.uuid if self.gpu else ""
        known = told or self.proc.get("GPU UUID", "")
        # Before its first use the driver shows a UUID of question marks.
        return "" if "?" in known else known

    @property
    def minor(self) -> int | None:
        """N of /dev/nvidiaN."""
        if self.gpu is not None and self.gpu.minor is not None:
            return self.gpu.minor
        told = self.proc.get("Device Minor", "")
        return int(told) if told.isascii() and told.isdecimal() else None

    @property
    def is_virtual_function(self) -> bool:
        """Whether it is a part of another GPU, made for virtual machines."""
        return bool(self.pci and self.pci.sriov and self.pci.sriov.parent)


def has_hidden_partitions(card: Card, facts: HostFacts) -> bool:
    """Tell whether the kernel shows MIG partitions that NVML did not tell of."""
    if card.gpu is not None and card.gpu.mig_mode is not None:
        return False
    instances = f"capabilities/gpu{card.minor}/mig/gi"
    return any(path.startswith(instances) for path in facts.proc_nvidia)


def cards(facts: HostFacts) -> Iterator[Card]:
    """Yield the GPUs by their addresses, then those that are not on PCI."""
    functions = [
        each
        for each in facts.pci
        if each.vendor == nvidia_ids.VENDOR and each.kind in _DISPLAY
    ]
    told = _told(functions, facts.nvml.gpus)
    number = 0
    for function in functions:
        is_physical = not (function.sriov and function.sriov.parent)
        yield Card(
            function,
            told.get(function.address),
            _proc(facts, function.address),
            number if is_physical else None,
        )
        number += is_physical
    listed = {gpu.index for gpu in told.values()}
    for gpu in facts.nvml.gpus:
        if gpu.index not in listed:
            yield Card(None, gpu)


def _told(
    functions: Sequence[PciDevice], gpus: Sequence[NvmlGpu]
) -> dict[str, NvmlGpu]:
    """Return what NVML tells by addresses.

    A GPU that is lost or closed tells no address; but NVML keeps the order of the bus,
    so that it is the next function that has NVIDIA's driver and is not told of.
    """
    told = {gpu.pci: gpu for gpu in gpus if gpu.pci is not None}
    silent = [gpu for gpu in gpus if gpu.pci is None]
    open_ones = [
        each.address
        for each in functions
        if each.driver == "nvidia" and each.address not in told
    ]
    known = {each.address for each in functions}
    found = {address: gpu for address, gpu in told.items() if address in known}
    return found | dict(zip(open_ones, silent, strict=False))


def _proc(facts: HostFacts, address: str) -> Mapping[str, str]:
    text = facts.proc_nvidia.get(f"gpus/{address}/information", "")
    lines = (line.partition(":") for line in text.splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}
