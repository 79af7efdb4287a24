"""AMD's GPUs that are passed to virtual machines, with the gate VFIOPassthrough."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Final

from dractl.model.hosts import HostFacts, PciDevice
from dractl.vendors import wire
from dractl.vendors.amd_gpus import VENDOR, Gpu
from dractl.vendors.attributes import located
from dractl.vendors.base import Found, Wire

SCHEMA: Final = "1.0-vfio"
_SLOTS: Final = "vf-slots"
_PROFILES: Final[Mapping[int, str]] = {
    1: "spx", 2: "dpx", 3: "tpx", 4: "qpx", 8: "cpx",
}  # fmt: skip


def published(gpus: Iterable[Gpu], facts: HostFacts) -> dict[str, Found]:
    """Return those that the driver publishes by their addresses.

    They are numbered by IOMMU groups as texts, first the physical functions.
    """
    usable = [each for each in gpus if each.pci.iommu_group is not None]
    physical = [
        each
        for each in usable
        if each.pci.driver == "vfio-pci" and _parent(each.pci) is None
    ]
    virtual = [each for each in usable if _is_offered(each.pci, facts)]
    ordered = sorted(physical, key=_order) + sorted(virtual, key=_order)
    return {
        each.pci.address: _found(each, index, facts)
        for index, each in enumerate(ordered)
    }


def numa(function: PciDevice) -> Wire:
    """Return the NUMA node in the driver's own domain, where -1 stays -1."""
    return wire.number(-1 if function.numa_node is None else function.numa_node)


def _order(gpu: Gpu) -> tuple[str, str]:
    return gpu.pci.iommu_group or "", gpu.pci.address


def _parent(function: PciDevice) -> str | None:
    """Return the address of the physical function of a virtual one."""
    return function.sriov.parent if function.sriov is not None else None


def _is_offered(function: PciDevice, facts: HostFacts) -> bool:
    """Tell whether it is a virtual function of gim, AMD's driver for SR-IOV hosts."""
    physical = facts.function(_parent(function))
    return (
        physical is not None
        and physical.driver == "gim"
        and function.driver in {None, "vfio-pci"}
    )


def _found(gpu: Gpu, index: int, facts: HostFacts) -> Found:
    pci = gpu.pci
    parent = _parent(pci)
    physical = facts.function(parent) or pci
    total = physical.sriov.total if physical.sriov is not None else 0
    device = wire.device(f"gpu-vfio-{index}", _attributes(gpu, physical), {})
    kind = "gpu" if parent is None else "vf"
    found = dataclasses.replace(
        located("amd", kind, gpu.model, pci), driver="gpu.amd.com", device=device
    )
    if not total:
        return found
    family = f"pf-{wire.label(physical.address)}-counter-set"
    taken = total if parent is None else 1
    device["consumesCounters"] = [wire.consumption(family, [(_SLOTS, taken)])]
    counters = (wire.counters(family, [(_SLOTS, total)]),)
    return dataclasses.replace(found, counters=counters)


def _attributes(gpu: Gpu, physical: PciDevice) -> dict[str, Wire]:
    is_virtual = physical is not gpu.pci
    product = dataclasses.replace(gpu, pci=physical).product
    enabled = physical.sriov.enabled if physical.sriov is not None else 0
    attributes = {
        "type": wire.text("vfio"),
        "numaNode": numa(gpu.pci),
        "iommuGroup": wire.text(gpu.pci.iommu_group or ""),
        "pciAddr": wire.text(gpu.pci.address),
        "isVF": wire.truth(is_virtual),
        "deviceID": wire.text(wire.hexadecimal(gpu.pci.device)),
        "vendorID": wire.text(wire.hexadecimal(VENDOR)),
        **wire.place(gpu.pci),
    }
    if product:
        attributes["productName"] = wire.text(product)
    if is_virtual and enabled in _PROFILES:
        attributes["partitionProfile"] = wire.text(_PROFILES[enabled])
    return attributes
