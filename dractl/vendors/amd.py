"""AMD's GPUs and their partitions, as gpu.amd.com publishes them.

Schema 0.1 is that of the chart of October 2025, 1.0 that of 2026; 1.0-vfio is 1.0 with
the driver's gate VFIOPassthrough, which is off unless asked for.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Final

from dractl.model.hosts import HostFacts
from dractl.vendors import amd_modes, amd_vfio, wire
from dractl.vendors.amd_gpus import INTEGRATED, Gpu, Part, gpus
from dractl.vendors.amd_plugin import PLUGIN
from dractl.vendors.attributes import absent, located, missing
from dractl.vendors.base import Class, Driver, Found, Vendor, Wire, Wishes

_FIRST: Final = "0.1"
_NAME: Final = "amd"
_MODULE: Final = "amdgpu"
_FAMILIES: Final[Mapping[int, str]] = {7: "CI", 8: "VI", 9: "AI", 10: "NV"}
_RAVEN: Final = frozenset({90002, 90009, 90012})
_GUESSED_WHOLE: Final = 80 << 30
_GUESSED_PART: Final = 20 << 30

DRIVER: Final = Driver(
    _NAME,
    "gpu.amd.com",
    (Class("gpu.amd.com", extended_resource="amd.com/gpu"),),
    {
        **dict.fromkeys(
            (
                "type", "deviceID", "productName", "partitionProfile",
                "computePartition", "memoryPartition", "driverVersionFull",
                "pciAddr", "iommuGroup", "vendorID",
            ),
            "string",
        ),
        **dict.fromkeys(("numaNode", "gpuIndex"), "int"),
        "isVF": "bool",
        "driverVersion": "version",
    },
    frozenset({"memory", "computeUnits", "simdUnits", "partitions"}),
    {"model": "productName"},
    schemas=(_FIRST, amd_vfio.SCHEMA, "1.0"),
    elsewhere={"memory": "KFD, which may not be read here"},
    stand_ins={"memory": "0"},
    partitioned=(
        Class("gpu.amd.com"),
        Class(
            "gpu.amd.com-spx",
            extended_resource="amd.com/gpu",
            selector='!has(device.attributes["gpu.amd.com"].computePartition) || '
            'device.attributes["gpu.amd.com"].computePartition == "spx"',
        ),
    ),
)  # fmt: skip


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    schema = wishes.schema(DRIVER)
    all_gpus = tuple(gpus(facts))
    bound = [each for each in all_gpus if each.pci.driver == _MODULE]
    indices = {
        gpu.pci.address: index
        for index, gpu in enumerate(each for each in bound if not each.fault)
    }
    passed = amd_vfio.published(all_gpus, facts) if schema == amd_vfio.SCHEMA else {}
    for gpu in all_gpus:
        if gpu.pci.driver != _MODULE:
            yield passed.get(gpu.pci.address) or _unbound(gpu, facts)
        elif reason := _refusal(gpu, schema):
            yield dataclasses.replace(_found(gpu), why_not=reason)
        elif wishes.partitionable and schema != _FIRST and gpu.compute:
            yield from _modes(gpu, indices[gpu.pci.address], facts)
        else:
            yield from _present(gpu, facts, schema)


def _found(gpu: Gpu) -> Found:
    modes = {"computePartition": gpu.compute, "memoryPartition": gpu.memory}
    kind = "vf" if gpu.pci.sriov and gpu.pci.sriov.parent else "gpu"
    return dataclasses.replace(
        located(_NAME, kind, gpu.model, gpu.pci),
        driver=DRIVER.name,
        details={name: mode for name, mode in modes.items() if mode},
        warnings=_integrated(gpu),
    )


def _integrated(gpu: Gpu) -> tuple[str, ...]:
    if gpu.pci.device not in INTEGRATED:
        return ()
    return ("these are a processor's own graphics, and rarely meant for jobs",)


def _unbound(gpu: Gpu, facts: HostFacts) -> Found:
    found = _found(gpu)
    match gpu.pci.driver:
        case "vfio-pci":
            reason = (
                "it is bound to vfio-pci, for virtual machines; the DRA driver "
                "publishes it only with its gate VFIOPassthrough (schema 1.0-vfio)"
            )
        case "gim":
            reason = "gim is bound: its virtual functions are what is used"
        case _:
            reason = missing(gpu.pci, _MODULE, facts)
    return dataclasses.replace(found, why_not=reason)


def _refusal(gpu: Gpu, schema: str) -> str:
    if gpu.fault:
        return gpu.fault
    if not gpu.compute and schema == _FIRST:
        return "charts before 1.0 publish only GPUs with current_compute_partition"
    return ""


def _modes(gpu: Gpu, index: int, facts: HostFacts) -> Iterator[Found]:
    """Yield what AutoPartition publishes of a GPU: each mode that it could be in."""
    counters = (amd_modes.mutex(index),)
    for mode in amd_modes.MODES:
        attributes = _now(gpu, facts) | amd_modes.attributes(gpu, index, mode)
        attributes.pop("partitionProfile", None)
        found = _found(gpu)
        yield dataclasses.replace(
            found,
            kind="gpu" if mode.is_whole else "partition",
            parent=None if mode.is_whole else gpu.pci.address,
            device=amd_modes.device(gpu, index, mode, attributes),
            counters=counters,
            details={**found.details, **amd_modes.details(mode)},
            warnings=(*amd_modes.warnings(gpu, mode), *found.warnings),
        )


def _present(gpu: Gpu, facts: HostFacts, schema: str) -> Iterator[Found]:
    """Yield the GPU, and if it is divided, its partitions."""
    found = _found(gpu)
    if not gpu.is_divided:
        device = _device(gpu, gpu.parts[0], facts, schema)
        warnings = _doubts(gpu, gpu.parts[0], facts, schema)
        yield dataclasses.replace(
            found, device=device, warnings=(*warnings, *found.warnings)
        )
        return
    yield dataclasses.replace(found, why_not="its partitions are the devices")
    for part in gpu.parts:
        yield _partition(gpu, part, facts, schema)


def _partition(gpu: Gpu, part: Part, facts: HostFacts, schema: str) -> Found:
    found = dataclasses.replace(
        _found(gpu), kind="partition", parent=gpu.pci.address, warnings=()
    )
    if part.name and gpu.pci.numa_node is None:
        reason = "the driver leaves out partitions of a GPU without a NUMA node"
        return dataclasses.replace(found, why_not=reason)
    return dataclasses.replace(
        found,
        device=_device(gpu, part, facts, schema),
        warnings=_doubts(gpu, part, facts, schema),
    )


def _device(gpu: Gpu, part: Part, facts: HostFacts, schema: str) -> Wire:
    attributes = _then(gpu, part, facts) if schema == _FIRST else _now(gpu, facts)
    form: Final = "BinarySI"
    memory = part.memory or (_guess(gpu) if schema == _FIRST else 0)
    capacities = {
        "memory": wire.capacity(memory, form),
        "computeUnits": wire.capacity(part.compute_units, form),
        "simdUnits": wire.capacity(part.simds, form),
    }
    return wire.device(f"gpu-{part.card}-{part.render}", attributes, capacities)


def _guess(gpu: Gpu) -> int:
    return _GUESSED_PART if gpu.is_divided else _GUESSED_WHOLE


def _type(gpu: Gpu) -> str:
    return "amdgpu-partition" if gpu.is_divided else "amdgpu"


def _then(gpu: Gpu, part: Part, facts: HostFacts) -> dict[str, Wire]:
    """Return the attributes of schema 0.1, where deviceID is KFD's."""
    names = ("parentPciAddr", "parentDeviceID") if gpu.is_divided else (
        "pciAddr", "deviceID",
    )  # fmt: skip
    sources = facts.module_sources.get(_MODULE, "") if _full_version(facts) else ""
    place = wire.place(gpu.pci)
    place.pop(wire.PCI_BUS_ID)
    return {
        "type": wire.text(_type(gpu)),
        names[0]: wire.text(gpu.pci.address),
        names[1]: wire.text(gpu.unique),
        "cardIndex": wire.number(part.card),
        "renderIndex": wire.number(part.render),
        "family": wire.text(_family(gpu)),
        "productName": wire.text(gpu.product),
        "driverSrcVersion": wire.text(sources),
        "partitionProfile": wire.text(gpu.profile),
        **_version(_full_version(facts)),
        **place,
    }


def _now(gpu: Gpu, facts: HostFacts) -> dict[str, Wire]:
    """Return the attributes of schema 1.0, where deviceID is the PCI device's."""
    full = _full_version(facts)
    attributes = {
        "type": wire.text(_type(gpu)),
        "productName": wire.text(gpu.product),
        "deviceID": wire.text(wire.hexadecimal(gpu.pci.device)),
        "numaNode": amd_vfio.numa(gpu.pci),
        **_version(".".join(full.split(".")[:3])),
        **wire.place(gpu.pci),
    }
    if full:
        attributes["driverVersionFull"] = wire.text(full)
    if gpu.profile:
        attributes["partitionProfile"] = wire.text(gpu.profile)
    return attributes


def _full_version(facts: HostFacts) -> str:
    return facts.modules.get(_MODULE, "").strip()


def _version(text: str) -> Mapping[str, Wire]:
    return {"driverVersion": wire.version(text)} if wire.is_version(text) else {}


def _family(gpu: Gpu) -> str:
    """Return the family as libdrm numbers it, by KFD's version of the instruction set.

    There are names up to the tenth generation (AMDGPU_FAMILY_NV); APUs of the ninth
    are of a family of their own.
    """
    if gpu.target in _RAVEN:
        return "RV"
    family = _FAMILIES.get(gpu.target // 10_000, "")
    return "" if family == "NV" and gpu.pci.device in INTEGRATED else family


def _doubts(gpu: Gpu, part: Part, facts: HostFacts, schema: str) -> tuple[str, ...]:
    warnings: list[str] = []
    if schema == _FIRST and not wire.is_version(_full_version(facts)):
        warnings.append(
            f"driver 0.1 writes {_full_version(facts)!r} as driverVersion, and the API "
            "server refuses the slice: use chart 1.0 or newer"
        )
    if not part.memory and schema == _FIRST:
        guess = wire.amount(_guess(gpu), "BinarySI")
        warnings.append(f"its memory cannot be read; the driver writes {guess}")
    elif not part.memory:
        warnings.append("its memory cannot be read; 0 stands for not known")
    warnings += absent(facts, "/dev/kfd", f"/dev/dri/renderD{part.render}")
    return tuple(warnings)


AMD: Final = Vendor(_NAME, "AMD GPUs", (DRIVER,), _find, (PLUGIN,))
