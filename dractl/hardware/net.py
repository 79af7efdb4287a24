"""The network interfaces of a host, from /sys/class/net and its routing tables."""

import re
from collections.abc import Iterator
from typing import Final

from dractl.hardware.addresses import last_address
from dractl.hardware.host import Folder, Host
from dractl.model.hosts import NetInterface

_CLASS: Final = "sys/class/net"
_VIRTUAL: Final = "sys/devices/virtual/"
_ETHERNET: Final = 1
_TYPE: Final = re.compile(r"^DEVTYPE=([a-z0-9_]{1,32})$", re.MULTILINE)
_NO_LINK_TYPES: Final = frozenset(
    {"wlan", "wwan"}
)  # real ones, of which netlink is silent
_MOST_ROUTES: Final = 1 << 22
_ANYWHERE: Final = "00000000"
_ANYWHERE_6: Final = "0" * 32
_UP: Final = 0x1
_REJECT: Final = 0x200


def net_interfaces(host: Host) -> tuple[NetInterface, ...]:
    """Return the interfaces in the order of their names."""
    interfaces = host.folder(_CLASS)
    if interfaces is None:
        return ()
    uplinks = _uplinks(host)
    folders = ((name, interfaces.folder(name)) for name in interfaces.names)
    return tuple(
        _interface(name, folder, uplinks)
        for name, folder in folders
        if folder and "type" in folder.names
    )


def _interface(name: str, folder: Folder, uplinks: frozenset[str]) -> NetInterface:
    speed = folder.number("speed")
    return NetInterface(
        name=name,
        mac=folder.text("address") or "",
        mtu=folder.number("mtu"),
        state=folder.text("operstate") or "",
        speed=None if speed is None or speed <= 0 else speed,
        kind=folder.number("type"),
        pci=last_address(folder.path),
        is_virtual=folder.path.startswith(_VIRTUAL),
        is_uplink=name in uplinks,
        rdma=folder.inside("device/infiniband"),
        alias=folder.text("ifalias") or "",
        port_name=folder.text("phys_port_name") or "",
        switch_id=folder.text("phys_switch_id") or "",
        master=folder.link("master") or "",
        link_type=_link_type(folder),
    )


def _link_type(folder: Folder) -> str:
    """Return what netlink calls the type, as far as sysfs tells it."""
    match = _TYPE.search(folder.text("uevent") or "")
    if match:
        return "" if match[1] in _NO_LINK_TYPES else match[1]
    if "tun_flags" in folder.names:
        return "tun"
    return "veth" if _has_peer(folder) else ""


def _has_peer(folder: Folder) -> bool:
    """Tell whether this is Ethernet with another end, but with nothing below it."""
    other = folder.number("iflink")
    return (
        folder.path.startswith(_VIRTUAL)
        and folder.number("type") == _ETHERNET
        and other not in {None, 0, folder.number("ifindex")}
        and not any(name.startswith("lower_") for name in folder.names)
    )


def _uplinks(host: Host) -> frozenset[str]:
    """Return the interfaces of default routes.

    The routes of a mounted host are those of its first process: `proc/net` shows what
    this process has, perhaps in a container.
    """
    folders = ("proc/net",) if host.is_this else ("proc/1/net", "proc/net")
    folder = next((each for each in folders if host.kind(each)), "proc/net")
    return frozenset(_routes(host, folder)) | frozenset(_routes_6(host, folder))


def _routes(host: Host, folder: str) -> Iterator[str]:
    text = host.text(f"{folder}/route", _MOST_ROUTES) or ""
    for line in text.splitlines():
        match line.split():
            case [name, where, _, flags, _, _, _, mask, *_] if (
                where == mask == _ANYWHERE and _is_usable(flags)
            ):
                yield name


def _routes_6(host: Host, folder: str) -> Iterator[str]:
    text = host.text(f"{folder}/ipv6_route", _MOST_ROUTES) or ""
    for line in text.splitlines():
        match line.split():
            case [where, "00", _, _, _, _, _, _, flags, name] if (
                where == _ANYWHERE_6 and _is_usable(flags)
            ):
                yield name


def _is_usable(flags: str) -> bool:
    """Tell whether a route leads anywhere, by its flags in hexadecimal."""
    try:
        bits = int(flags, 16)
    except ValueError:
        return False
    return bits & _UP != 0 and bits & _REJECT == 0
