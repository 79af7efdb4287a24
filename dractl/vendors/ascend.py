"""Huawei's Ascend NPUs, as the driver of HAMi publishes them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from dractl.model.hosts import HostFacts
from dractl.vendors.attributes import Known, attributes, is_node, located
from dractl.vendors.base import Class, Driver, Found, Vendor, Wishes
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
    """Yield devices by their addresses; those that are served are numbered."""
    del wishes
    number = 0
    for function in facts.pci:
        if function.vendor != _VENDOR or function.device not in _MODELS:
            continue
        found = located("ascend", "npu", _MODELS[function.device], function)
        found = replace(found, driver=_DRIVER.name)
        if function.driver is None:
            yield replace(found, why_not="no kernel driver is bound")
        else:
            yield _numbered(facts, found, number)
            number += 1


ASCEND: Final = Vendor("ascend", "Huawei Ascend", (_DRIVER,), _find)


def _numbered(facts: HostFacts, found: Found, number: int) -> Found:
    values: dict[str, Known] = {"index": number, "brand": "Huawei", "type": "NPU"}
    path = f"/dev/davinci{number}"
    return replace(
        found,
        device=device(f"npu-{number}-0", attributes(values), {}),
        warnings=() if is_node(facts, path) else (f"there is no {path}",),
        details={"number": f"{number}, taken from the order of addresses"},
    )
