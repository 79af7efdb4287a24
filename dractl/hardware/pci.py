"""The PCI functions of a host, from /sys/bus/pci/devices."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from dractl.hardware.addresses import DEVICES, addresses, is_address, pcie_root
from dractl.hardware.cpus import cpu_list
from dractl.hardware.host import Folder, Host, number
from dractl.hardware.texts import pci_texts
from dractl.model.hosts import PciDevice, PciLink, Sriov

_SPEED: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9])?) GT/s\b.*")
_UNKNOWN_WIDTHS: Final = frozenset({0, 0xFF})
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class _Place:
    """The folder of a function, and what the link in /sys/bus/pci/devices says."""

    address: str
    target: str
    folder: Folder


def pci_devices(host: Host) -> tuple[PciDevice, ...]:
    """Return the functions in the order of their addresses."""
    bus = host.folder(DEVICES)
    if bus is None:
        return ()
    places = [
        _Place(name, host.target(f"{bus.path}/{name}") or "", folder)
        for name in bus.names
        if is_address(name)
        if (folder := bus.folder(name)) is not None
    ]
    virtual = _virtual_functions(places)
    found = (_device(place, virtual) for place in places)
    known = [each for each in found if each is not None]
    # Domains have at least four digits, and those with more come after all others.
    return tuple(sorted(known, key=lambda each: (len(each.address), each.address)))


def drm_numbers(folder: Folder | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the numbers of the cards and of the render nodes of a device."""
    nodes = None if folder is None else folder.folder("drm")
    if nodes is None:
        return (), ()
    return nodes.numbered("card"), nodes.numbered("renderD")


def _virtual_functions(places: Iterable[_Place]) -> dict[str, tuple[str, int]]:
    """Return the physical function and the number of each virtual function."""
    return {
        target: (place.address, number)
        for place in places
        for number in place.folder.numbered("virtfn")
        if (target := place.folder.link(f"virtfn{number}")) is not None
    }


def _device(place: _Place, virtual: Mapping[str, tuple[str, int]]) -> PciDevice | None:
    """Return a function; None where not even its ids can be read."""
    folder = place.folder
    vendor, device = folder.number("vendor"), folder.number("device")
    class_code = folder.number("class")
    if vendor is None or device is None or class_code is None:
        return None
    numa_node = folder.number("numa_node")
    cards, renders = drm_numbers(folder)
    return PciDevice(
        address=place.address,
        vendor=vendor,
        device=device,
        class_code=class_code,
        subsystem_vendor=folder.number("subsystem_vendor"),
        subsystem_device=folder.number("subsystem_device"),
        revision=folder.number("revision"),
        driver=folder.link("driver"),
        driver_override=_override(folder.text("driver_override")),
        numa_node=None if numa_node is None or numa_node < 0 else numa_node,
        local_cpus=cpu_list(folder.text("local_cpulist")),
        root=pcie_root(place.address, place.target),
        path=addresses(folder.path),
        iommu_group=folder.link("iommu_group"),
        sriov=_sriov(place, virtual),
        link=_link(folder),
        cards=cards,
        renders=renders,
        accels=_accels(folder),
        vfio_devices=folder.inside("vfio-dev"),
        mdevs=_mediated(folder),
        texts=pci_texts(folder, vendor, class_code),
    )


def _override(text: str | None) -> str | None:
    return None if text in {None, "", "(null)"} else text


def _sriov(place: _Place, virtual: Mapping[str, tuple[str, int]]) -> Sriov | None:
    parent = place.folder.link("physfn")
    if parent is not None:
        physical, index = virtual.get(place.address, (None, None))
        return Sriov(parent=parent, index=index if physical == parent else None)
    total = place.folder.number("sriov_totalvfs")
    if not total or total < 0:
        return None
    return Sriov(total=total, enabled=max(place.folder.number("sriov_numvfs") or 0, 0))


def _link(folder: Folder) -> PciLink:
    return PciLink(
        speed=_speed(folder.text("current_link_speed")),
        most_speed=_speed(folder.text("max_link_speed")),
        width=_width(folder.text("current_link_width")),
        most_width=_width(folder.text("max_link_width")),
    )


def _speed(text: str | None) -> float | None:
    match = _SPEED.fullmatch(text or "")
    return float(match[1]) if match else None


def _width(text: str | None) -> int | None:
    lanes = number(text)
    return None if lanes is None or lanes in _UNKNOWN_WIDTHS else lanes


def _accels(folder: Folder) -> tuple[str, ...]:
    """Return the names of accelerators, but not those of nodes that control them."""
    names = folder.folder("accel")
    numbers = () if names is None else names.numbered("accel")
    return tuple(f"accel{number}" for number in numbers)


def _mediated(folder: Folder) -> tuple[str, ...]:
    """Return the mediated devices, such as vGPUs: they are folders named by UUIDs."""
    if "mdev_supported_types" not in folder.names:
        return ()
    return tuple(name for name in folder.names if _UUID.fullmatch(name))
