"""Huawei's Ascend NPUs, as the driver of HAMi publishes them."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from dractl.model.hosts import HostFacts, PciDevice
from dractl.vendors.attributes import Known, attributes, located, numbered
from dractl.vendors.base import Class, Driver, Found, Vendor, Wire, Wishes
from dractl.vendors.other_plugins import ASCEND_PLUGIN
from dractl.vendors.wire import device

_VENDOR: Final = 0x19E5
_MODELS: Final = {
    0xD100: "Ascend 310",
    0xD105: "Ascend 310B",
    0xD500: "Ascend 310P",
    0xD801: "Ascend 910",
    0xD802: "Ascend 910B",
    0xD803: "Ascend 910C",
}
_LIBRARY: Final = "the vendor's library"
_DRIVER: Final = Driver(
    "ascend",
    "ascend.project-hami.io",
    # The driver makes classes when it runs, one for each model and share of it.
    (Class("ascend.project-hami.io", is_shipped=False),),
    {
        **dict.fromkeys(("uuid", "model", "productName", "brand", "type"), "string"),
        **dict.fromkeys(("index", "physicalID", "cores", "memory"), "int"),
    },
    elsewhere={
        "uuid": "the name of the node",
        **dict.fromkeys(
            ("physicalID", "model", "productName", "cores", "memory"), _LIBRARY
        ),
    },
)


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    device_of = partial(_device, wishes.node)
    return numbered(facts, "/dev/davinci", _listed(facts), device_of)


def _listed(facts: HostFacts) -> Iterator[tuple[PciDevice, Found]]:
    for function in facts.pci:
        if function.vendor != _VENDOR or function.device not in _MODELS:
            continue
        found = located("ascend", "npu", _MODELS[function.device], function)
        why_not = "" if function.driver else "no kernel driver is bound"
        yield function, replace(found, driver=_DRIVER.name, why_not=why_not)


ASCEND: Final = Vendor("ascend", "Huawei Ascend", (_DRIVER,), _find, (ASCEND_PLUGIN,))


def _device(node: str, function: PciDevice, number: int) -> Wire:
    del function
    values: dict[str, Known] = {
        "uuid": f"{node}-{number}" if node else None,
        "index": number,
        "brand": "Huawei",
        "type": "NPU",
    }
    return device(f"npu-{number}-0", attributes(values), {})
