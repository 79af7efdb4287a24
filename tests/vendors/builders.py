"""Facts of machines that tests put together: `pci("0000:65:00.0", 0x1002, 0x74A1)`."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from dractl.model.hosts import DeviceNode, HostFacts, NetInterface, PciDevice
from dractl.vendors.base import Found, Vendor, Wishes

DISPLAY = 0x038000


def pci(address: str, vendor: int, device: int, **fields: Any) -> PciDevice:
    """Return a function: by itself, with no kernel driver, on root pci0000:00."""
    known = {"class_code": DISPLAY, "root": "pci0000:00", "numa_node": 0, **fields}
    return PciDevice(address, vendor, device, **known)


def net(name: str, pci: str | None, **fields: Any) -> NetInterface:
    """Return an interface that is up; one without a function is virtual."""
    usual = {"mac": "02:00:00:00:00:01", "mtu": 1500, "state": "up", "kind": 1}
    return NetInterface(name, pci=pci, **{"is_virtual": pci is None, **usual, **fields})


def nodes(*paths: str) -> tuple[DeviceNode, ...]:
    """Return files below /dev."""
    return tuple(map(DeviceNode, paths))


def host(*functions: PciDevice, **fields: Any) -> HostFacts:
    """Return a machine with these functions."""
    return dataclasses.replace(HostFacts(pci=functions), **fields)


def found(vendor: Vendor, facts: HostFacts, **wishes: Any) -> list[Found]:
    """Return what a vendor finds on a machine."""
    return list(vendor.find(facts, Wishes(**wishes)))


def only(vendor: Vendor, facts: HostFacts, **wishes: Any) -> Found:
    """Return the only device that a vendor finds."""
    (device,) = found(vendor, facts, **wishes)
    return device


def device(each: Found) -> dict[str, Any]:
    """Return the device that is published."""
    assert each.device is not None
    return dict(each.device)


def attribute(each: Found, name: str) -> object:
    """Return the value of a published attribute, whatever its kind."""
    (value,) = device(each)["attributes"][name].values()
    return value


def names(devices: list[Found]) -> list[str | None]:
    """Return the names of published devices, None for the others."""
    return [each.device["name"] if each.device else None for each in devices]


def published(devices: Iterable[Found]) -> dict[str, dict[str, Any]]:
    """Return the attributes of published devices by their names, as plain values."""
    return {
        each.device["name"]: {
            name: next(iter(value.values()))
            for name, value in each.device["attributes"].items()
        }
        for each in devices
        if each.device is not None
    }


def reasons(devices: Iterable[Found]) -> dict[str, str]:
    """Return why devices are not published, by their addresses or interfaces."""
    return {
        each.address or each.details.get("interface", ""): each.why_not
        for each in devices
        if each.device is None
    }
