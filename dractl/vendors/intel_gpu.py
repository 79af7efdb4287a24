"""Intel's GPUs as gpu.intel.com publishes them (0.11): discrete, integrated, virtual.

What counts are the defaults of the chart: the driver binds GPUs to kernel drivers by
itself (manageBinding), so that it does not taint those without one UnboundUnmanaged.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from dractl.model.hosts import HostFacts, PciDevice
from dractl.vendors import wire
from dractl.vendors.attributes import absent, located
from dractl.vendors.base import Class, Driver, Found, Health, Vendor, Wire, Wishes
from dractl.vendors.intel_plugins import GPU_PLUGIN

_NAME: Final = "intel"
_VENDOR: Final = 0x8086
_CLASSES: Final = frozenset({0x030000, 0x038000})
_DRM: Final = frozenset({"i915", "xe"})
_VFIO: Final = frozenset({"vfio-pci", "xe-vfio-pci"})
_MILLICORES: Final = 1000
_UNMANAGED: Final = "0.11-unmanaged"
_UNBOUND: Final = {"key": "UnboundUnmanaged", "effect": "NoSchedule"}
_UNKNOWN: Final = "Unknown"
_MEMORY_FILES: Final = frozenset({"lmem_total_bytes", "physical_vram_size_bytes"})
"""That of i915, and those of xe's tiles."""

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,18}|0x[0-9a-f]{1,16}")

_DRIVER: Final = Driver(
    _NAME,
    "gpu.intel.com",
    (
        Class("gpu.intel.com", extended_resource="intel.com/gpu"),
        Class("gpu-vfio.intel.com"),
    ),
    {
        **dict.fromkeys(
            (
                "model", "family", "driver", "type", "pciId", "health", "pciAddress",
                "pciRoot",
            ),
            "string",
        ),
        "sriov": "bool",
    },
    frozenset({"memory", "millicores"}),
    schemas=(_UNMANAGED, "0.11"),
    elsewhere={"health": "xpumd", "memory": "an ioctl, or xpumd"},
    conditional={"taint HealthIssues-*": "xpumd"},
    stand_ins={"health": _UNKNOWN, "memory": "0"},
    health=Health(
        {"health": {"Healthy": True, "Unhealthy": False}},
        {"HealthIssues-*": "xpumd found what the key names"},
        {"UnboundUnmanaged": "no kernel driver is bound to it"},
        "health monitoring of its chart (kubeletPlugin.healthMonitoring), with xpumd",
    ),
)  # fmt: skip


class Model(NamedTuple):
    """What the driver calls a GPU."""

    name: str
    family: str


def _models(family: str, names: Mapping[int, str]) -> dict[int, Model]:
    return {number: Model(name, family) for number, name in names.items()}


_MODELS: Final[Mapping[int, Model]] = {
    **_models("Iris Xe", {0x4626: "Alder Lake-P", 0xA7A0: "Raptor Lake-P"}),
    **_models("Intel Graphics", {0x7D67: "Arrow Lake-S"}),
    **_models(
        "Arc A-Series",
        {
            0x56A0: "A770",
            0x56A1: "A750",
            0x56A2: "A580",
            0x56A5: "A380",
            0x56A6: "A310",
        },
    ),
    **_models(
        "Arc Pro A-Series",
        {0x56B0: "A30M", 0x56B1: "A40/A50", 0x56B2: "A60M", 0x56B3: "A60"},
    ),
    **_models("Data Center Flex", {0x56C0: "Flex 170", 0x56C1: "Flex 140"}),
    **_models(
        "Data Center Max",
        {
            **dict.fromkeys((0x0B69, 0x0BD0, 0x0BD5), "Max 1550"),
            0x0BD6: "Max 1450",
            **dict.fromkeys((0x0BD9, 0x0BDA, 0x0BDB), "Max 1100"),
        },
    ),
    **_models(
        "Arc B-Series",
        {
            **dict.fromkeys((0xB080, 0xB082, 0xB084, 0xB086), "B390"),
            **dict.fromkeys((0xB081, 0xB083, 0xB085, 0xB087), "B370"),
            0xE20B: "B580",
            0xE20C: "B570",
        },
    ),
    **_models(
        "Arc Pro B-Series",
        {0xE211: "B60", 0xE212: "B50", 0xE222: "B65", 0xE223: "B70"},
    ),
}


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    is_managed = wishes.schema(_DRIVER) != _UNMANAGED
    for function in sorted(facts.pci, key=lambda each: each.address):
        if function.vendor == _VENDOR and function.class_code in _CLASSES:
            yield _found(function, facts, is_managed=is_managed)


def _found(function: PciDevice, facts: HostFacts, *, is_managed: bool) -> Found:
    reason = _refusal(function)
    taints = () if is_managed or function.driver else (_UNBOUND,)
    return replace(
        located(_NAME, _type(function), _title(function), function),
        driver=_DRIVER.name,
        device=None if reason else _device(function, taints),
        why_not=reason,
        warnings=()
        if reason
        else (
            *_warnings(function, is_managed=is_managed),
            *absent(facts, *(f"/dev/dri/card{card}" for card in function.cards)),
        ),
    )


def _type(function: PciDevice) -> str:
    return "vf" if function.sriov is not None and function.sriov.parent else "gpu"


def _title(function: PciDevice) -> str:
    model = _MODELS.get(function.device)
    if model is None:
        where = "GPU" if _is_discrete(function) else "integrated GPU"
        return f"Intel {where} {function.device:04x}"
    words = model.family.removeprefix("Intel ").split()
    # The numbers of cards in data centres begin with their series, those of Arc with
    # a letter of it.
    series = [each for each in words if not each.endswith("-Series")]
    return " ".join(["Intel", *([] if words[0] == "Data" else series), model.name])


def _is_discrete(function: PciDevice) -> bool:
    """Tell whether it is a card: graphics in processors are on the first bus."""
    return function.address.split(":")[1] != "00"


def _refusal(function: PciDevice) -> str:
    """Return why the driver passes it over, "" if it does not."""
    if function.driver in _DRM:
        return "" if function.cards else "it has no card in /sys/class/drm"
    if function.device not in _MODELS:
        bound = f"{function.driver or 'no kernel driver'} is bound"
        return f"{bound}, and the DRA driver does not know whether i915 or xe should be"
    if function.driver not in _VFIO:
        return ""
    if function.iommu_group is None:
        return "it is bound to VFIO, but in no IOMMU group: turn the IOMMU on"
    if len(function.vfio_devices) != 1:
        return "it is bound to VFIO, but has no file in vfio-dev: is the kernel old?"
    return ""


def _device(function: PciDevice, taints: Sequence[Wire]) -> Wire:
    model = _MODELS.get(function.device, Model(_UNKNOWN, _UNKNOWN))
    number = wire.hexadecimal(function.device)
    # The driver writes a root that it does not know as an empty text.
    root = function.root or ""
    attributes = {
        "model": wire.text(model.name),
        "family": wire.text(model.family),
        "driver": wire.text(function.driver or ""),
        "sriov": wire.truth(_makes_functions(function)),
        "type": wire.text(_type(function)),
        "pciId": wire.text(number),
        "pciAddress": wire.text(function.address),
        "health": wire.text(_UNKNOWN),
        **wire.place(function),
        wire.PCIE_ROOT: wire.text(root),
    }
    if root:
        attributes["pciRoot"] = wire.text(root.partition(":")[2])
    capacities = {
        "memory": wire.capacity(_memory(function) >> 20 << 20, "BinarySI"),
        "millicores": wire.capacity(_MILLICORES),
    }
    name = f"{wire.label(function.address)}-{number}"
    device = wire.device(name, attributes, capacities)
    return {**device, "taints": list(taints)} if taints else device


def _makes_functions(function: PciDevice) -> bool:
    """Tell whether it may have virtual functions that drivers pick up."""
    is_left_alone = function.texts.get("sriov_drivers_autoprobe", "").strip() == "0"
    return function.sriov is not None and function.sriov.total > 0 and not is_left_alone


def _memory(function: PciDevice) -> int:
    """Return the bytes of its own memory, 0 where there is none or nobody tells."""
    told = [
        text.strip()
        for name, text in function.texts.items()
        if name.rpartition("/")[2] in _MEMORY_FILES
    ]
    return sum(int(each, 0) for each in told if _NUMBER.fullmatch(each))


def _warnings(function: PciDevice, *, is_managed: bool) -> Iterator[str]:
    if function.driver is None and is_managed:
        yield "no kernel driver is bound: the DRA driver binds one for a claim"
    elif function.driver is None:
        yield "no kernel driver is bound: it cannot be used before one is bound"
    elif function.driver not in _DRM | _VFIO:
        yield f"{function.driver} is bound, none of Intel's drivers for GPUs"
    if function.driver in _DRM and not _memory(function) and _is_discrete(function):
        yield (
            "its memory is told only by an ioctl or xpumd; the DRA driver publishes 0 "
            "without these"
        )


INTEL: Final = Vendor(_NAME, "Intel GPUs", (_DRIVER,), _find, (GPU_PLUGIN,))
