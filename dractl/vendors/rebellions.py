"""Rebellions' NPUs."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from dractl.model.hosts import HostFacts, PciDevice
from dractl.vendors.attributes import (
    Known,
    attributes,
    bound,
    ids,
    located,
    numbered,
    standard,
)
from dractl.vendors.base import Class, Driver, Found, Vendor, Wire, Wishes
from dractl.vendors.other_plugins import REBELLIONS_PLUGIN
from dractl.vendors.wire import device

_VENDOR: Final = 0x1EFF
_MODELS: Final = {
    0x1020: "RBLN-CA2",
    0x1110: "RBLN-CA11",
    0x1120: "RBLN-CA12",
    0x1210: "RBLN-CA21",
    0x1220: "RBLN-CA22",
    0x1250: "RBLN-CA25",
    0x2030: "RBLN-CR03",
    0x2130: "RBLN-CR13",
    0x2230: "RBLN-CR23",
}
_VIRTUAL: Final = 1  # the lowest bit of a device id: that of a virtual function has it
_LIBRARY: Final = "the vendor's library"
_DRIVER: Final = Driver(
    "rebellions",
    "npu.rebellions.ai",
    (Class("npu.rebellions.ai", extended_resource="rebellions.ai/npu"),),
    dict.fromkeys(
        (
            "type", "productName", "sid", "uuid", "pciDeviceID", "pciLinkSpeed",
            "pciLinkWidth", "firmwareVersion", "driverVersion",
        ),
        "string",
    ),
    frozenset({"memory"}),
    {"model": "productName"},
    elsewhere=dict.fromkeys(
        (
            "sid", "uuid", "pciDeviceID", "pciLinkSpeed", "pciLinkWidth",
            "firmwareVersion", "memory",
        ),
        _LIBRARY,
    ),
)  # fmt: skip
_KERNEL_DRIVER: Final = "rebellions"


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    del wishes
    return numbered(facts, "/dev/rbln", _listed(facts), partial(_device, facts))


def _listed(facts: HostFacts) -> Iterator[tuple[PciDevice, Found]]:
    for function in facts.pci:
        if function.vendor != _VENDOR:
            continue
        is_virtual = bool(function.device & _VIRTUAL)
        model = _MODELS.get(function.device & ~_VIRTUAL, ids(function))
        found = located("rebellions", "vf" if is_virtual else "npu", model, function)
        why_not = bound(function, _KERNEL_DRIVER)
        yield function, replace(found, driver=_DRIVER.name, why_not=why_not)


REBELLIONS: Final = Vendor(
    "rebellions", "Rebellions NPUs", (_DRIVER,), _find, (REBELLIONS_PLUGIN,)
)


def _device(facts: HostFacts, function: PciDevice, number: int) -> Wire:
    values: dict[str, Known] = {
        "type": "npu",
        "productName": _MODELS.get(function.device & ~_VIRTUAL),
        "driverVersion": facts.modules.get(_KERNEL_DRIVER) or None,
        **standard(function),
    }
    return device(f"rbln{number}", attributes(values), {})
