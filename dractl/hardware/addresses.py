"""PCI addresses in paths, and the host bridges that functions are below."""

import posixpath
import re
from typing import Final

_ADDRESS: Final = re.compile(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]")
# What kubernetes 1.36 accepts; domains of Intel VMD have five digits
# (dynamic-resource-allocation/deviceattribute/pci_linux.go).
_ACCEPTED: Final = re.compile(r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]")
DEVICES: Final = "sys/bus/pci/devices"


def is_address(text: str) -> bool:
    """Tell whether this is the address of a PCI function."""
    return _ADDRESS.fullmatch(text) is not None


def addresses(path: str) -> tuple[str, ...]:
    """Return the addresses of the functions on a path, from the bridge down."""
    return tuple(part for part in path.split("/") if is_address(part))


def last_address(path: str) -> str | None:
    """Return the function that something belongs to, by its path."""
    found = addresses(path)
    return found[-1] if found else None


def pcie_root(address: str, target: str) -> str | None:
    """Return the standard attribute pcieRoot; None where the upstream helper fails.

    `target` is what the link in /sys/bus/pci/devices says. It is followed by its words
    alone, so that a host bridge below a platform device is none.
    """
    if not _ACCEPTED.fullmatch(address):
        return None
    place = posixpath.normpath(posixpath.join(f"/{DEVICES}", target))
    if not place.startswith("/sys/devices/pci") or posixpath.basename(place) != address:
        return None
    return place.split("/")[3]
