"""Google's TPUs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from dractl.model.hosts import HostFacts, PciDevice
from dractl.vendors.attributes import Known, attributes, located
from dractl.vendors.base import Class, Driver, Found, Vendor, Wishes
from dractl.vendors.other_plugins import TPU_PLUGIN
from dractl.vendors.wire import device

_VENDOR: Final = 0x1AE0
_OTHERS: Final = frozenset({0x001F, 0x0042, 0xABCD})  # a disk, gVNIC, a phone's chip
_V2_V3: Final = 0x0027
_TITLES: Final = {
    0x005E: "TPU v4",
    0x0063: "TPU v5e",
    0x0062: "TPU v5p",
    0x006F: "TPU v6e",
    0x0076: "TPU v7x",
}
_SUBSYSTEMS: Final = {0x004E: "TPU v2", 0x004F: "TPU v3"}
# Ids with one name of generation. v4 and v5e have two each: node labels tell which.
_GENERATIONS: Final[Mapping[str, str]] = {
    "TPU v3": "v3",
    "TPU v5p": "v5p",
    "TPU v6e": "v6e",
}
_UNSUPPORTED: Final = frozenset({"TPU v2", "TPU v7x"})
_LABELS: Final = "labels of the node, or the metadata server"
_DRIVER: Final = Driver(
    "tpu",
    "tpu.google.com",
    (Class("tpu.google.com"),),
    {
        **dict.fromkeys(
            ("uuid", "tpuGen", "brand", "accelerator", "topology"), "string"
        ),
        **dict.fromkeys(("index", "chipCount"), "int"),
    },
    shared={"model": "tpuGen"},
    elsewhere={
        "uuid": "the name of the node; it is the same for all chips of one",
        **dict.fromkeys(("accelerator", "topology", "tpuGen"), _LABELS),
    },
)
_VFIO: Final = "vfio-pci"
_ACCEL: Final = re.compile(r"/dev/(accel\d+)")
_GROUP: Final = re.compile(r"/dev/vfio/(\d+)")


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    """Yield chips by their addresses."""
    del wishes
    chips = [
        each
        for each in facts.pci
        if each.vendor == _VENDOR and each.device not in _OTHERS and _is_chip(each)
    ]
    names = _names(facts, chips)
    for chip in chips:
        yield _chip(facts, chip, names)


TPU: Final = Vendor("tpu", "Google TPUs", (_DRIVER,), _find, (TPU_PLUGIN,))


def _is_chip(function: PciDevice) -> bool:
    # A chip that is newer than this table is one by its class, not a network card.
    return function.device in {*_TITLES, _V2_V3} or function.kind >> 8 in {0x12, 0xFF}


def _names(facts: HostFacts, chips: Sequence[PciDevice]) -> Mapping[str, str]:
    """Return the names of devices by the chips' addresses.

    They are those of files in /dev: accelN of older chips, the IOMMU group of others.
    The driver looks for files of the first kind, and then only for those.
    """
    accels = sorted(
        (match[1] for each in facts.nodes if (match := _ACCEL.fullmatch(each.path))),
        key=lambda name: int(name.removeprefix("accel")),
    )
    if accels:
        by_chip = dict(zip((each.address for each in chips), accels, strict=False))
        own = {
            chip.address: name
            for chip in chips
            for name in chip.accels
            if name in accels
        }
        return by_chip | own
    groups = _groups(facts)
    return {
        each.address: each.iommu_group
        for each in chips
        if each.iommu_group in groups and each.iommu_group is not None
    }


def _chip(facts: HostFacts, chip: PciDevice, names: Mapping[str, str]) -> Found:
    model = _model(chip)
    found = replace(located("tpu", "npu", model, chip), driver=_DRIVER.name)
    if model in _UNSUPPORTED:
        return replace(found, why_not=f"the driver does not know {model} yet")
    name = names.get(chip.address)
    if name is None:
        return replace(found, why_not=_unserved(chip))
    values: dict[str, Known] = {
        # The driver numbers files in the order of their names as texts.
        "index": sorted(names.values()).index(name),
        "brand": "Google",
        "chipCount": len(names),
        "tpuGen": _GENERATIONS.get(model),
    }
    return replace(
        found,
        device=device(name, attributes(values), {}),
        warnings=tuple(_warnings(facts, names, name)),
    )


def _model(chip: PciDevice) -> str:
    if chip.device == _V2_V3:
        return _SUBSYSTEMS.get(chip.subsystem_device or 0, "TPU v2 or v3")
    return _TITLES.get(chip.device, f"TPU {chip.device:04x}")


def _unserved(chip: PciDevice) -> str:
    if chip.driver == _VFIO and chip.iommu_group is not None:
        return f"there is no /dev/vfio/{chip.iommu_group}"
    if chip.driver is None:
        return "no kernel driver is bound"
    return f"{chip.driver} is bound, and no file in /dev is its chip's"


def _groups(facts: HostFacts) -> frozenset[str]:
    """Return the IOMMU groups that have a file in /dev."""
    matches = (_GROUP.fullmatch(each.path) for each in facts.nodes)
    return frozenset(match[1] for match in matches if match)


def _warnings(facts: HostFacts, names: Mapping[str, str], name: str) -> Iterator[str]:
    foreign = sorted(_groups(facts) - set(names.values()), key=int)
    if name.isdigit() and foreign:
        yield (
            f"/dev/vfio has other groups too ({', '.join(foreign)}), which the driver "
            "takes for chips; then it publishes nothing"
        )
