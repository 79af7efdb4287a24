"""Intel's Gaudi accelerators as gaudi.intel.com publishes them (0.7)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from dractl.model.hosts import HostFacts, PciDevice
from dractl.vendors import wire
from dractl.vendors.attributes import absent, located, missing
from dractl.vendors.base import Class, Driver, Found, Health, Vendor, Wire, Wishes
from dractl.vendors.intel_plugins import GAUDI_PLUGIN

_NAME: Final = "gaudi"
_HABANA: Final = 0x1DA3
_MODULE: Final = "habanalabs"
_MODELS: Final[Mapping[int, str]] = {
    **dict.fromkeys((0x1000, 0x1001, 0x1010, 0x1011), "Gaudi"),
    0x1020: "Gaudi2",
    **dict.fromkeys((0x1030, 0x1060, 0x1061, 0x1062, 0x1063), "Gaudi3"),
}
_INFERENCE: Final[Mapping[int, str]] = {0x0001: "Goya", 0x0030: "Greco"}

_DRIVER: Final = Driver(
    _NAME,
    "gaudi.intel.com",
    (Class("gaudi.intel.com", extended_resource="intel.com/gaudi"),),
    {**dict.fromkeys(("model", "serial", "pciRoot"), "string"), "healthy": "bool"},
    elsewhere={"serial": "HLML", "healthy": "HLML"},
    stand_ins={"healthy": "true"},
    health=Health({"healthy": {True: True, False: False}}),
)


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    del wishes  # one version, which looks the same in all releases
    for function in sorted(facts.pci, key=lambda each: each.address):
        if function.vendor == _HABANA:
            yield _found(function, facts)


def _found(function: PciDevice, facts: HostFacts) -> Found:
    reason = _refusal(function, facts)
    return replace(
        located(_NAME, "accelerator", _title(function), function),
        driver=_DRIVER.name,
        device=None if reason else _device(function),
        why_not=reason,
        warnings=()
        if reason
        else tuple(absent(facts, *(f"/dev/accel/{name}" for name in _nodes(function)))),
        details=_details(function, facts),
    )


def _title(function: PciDevice) -> str:
    number = function.device
    known = _MODELS.get(number) or _INFERENCE.get(number) or f"{number:04x}"
    return f"Intel {known}" if known.startswith("Gaudi") else f"Habana {known}"


def _refusal(function: PciDevice, facts: HostFacts) -> str:
    """Return why the driver passes it over, "" if it does not."""
    if function.driver != _MODULE:
        return missing(function, _MODULE, facts)
    if len(_nodes(function)) != 1:
        return "it has no node in /sys/class/accel"
    if not function.texts.get("module_id", "").strip().isdecimal():
        return "its file module_id, which tells its slot, cannot be read"
    return ""


def _nodes(function: PciDevice) -> list[str]:
    """Return the nodes that jobs open; those for control are beside them."""
    return [name for name in function.accels if name.removeprefix("accel").isdecimal()]


def _device(function: PciDevice) -> Wire:
    number = wire.hexadecimal(function.device)
    # The driver writes a root that it does not know as an empty text.
    root = function.root or ""
    attributes = {
        "model": wire.text(_MODELS.get(function.device, "Unknown")),
        "healthy": wire.truth(True),
        wire.PCIE_ROOT: wire.text(root),
    }
    if root:
        attributes["pciRoot"] = wire.text(root.partition(":")[2])
    return wire.device(f"{wire.label(function.address)}-{number}", attributes, {})


def _details(function: PciDevice, facts: HostFacts) -> dict[str, str]:
    ports = sorted(net.name for net in facts.nets if net.pci == function.address)
    known = {
        "module": function.texts.get("module_id", "").strip(),
        "accel": ",".join(_nodes(function)),
        "ports": str(len(ports)) if ports else "",
    }
    return {name: value for name, value in known.items() if value}


GAUDI: Final = Vendor(_NAME, "Intel Gaudi", (_DRIVER,), _find, (GAUDI_PLUGIN,))
