"""Which values of attributes tell one machine from all others."""

import re
from typing import Final

_WORDS: Final = ("uuid", "guid", "serial", "hostname", "macaddress", "ipaddress")
_NAMES: Final = frozenset({
    "busid", "pciaddress", "pcibusid", "pcieroot", "pciroot", "mac", "ip",
    "address", "wwn", "asset", "assettag",
})  # fmt: skip
_SHAPE: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # a UUID
    r"|\b[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\b"  # the address of a PCI device
    r"|\b[0-9a-f]{2}(?::[0-9a-f]{2}){5,}\b"  # a MAC address, or a longer one
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b",  # an address of IPv4
    re.IGNORECASE,
)


def is_identifying(name: str, value: str) -> bool:
    """Tell whether the value says which device or machine that is.

    Products, versions and the like are the same on many machines, and selectors compare
    them; they stay.
    """
    plain = "".join(filter(str.isalnum, name)).lower()
    by_name = plain in _NAMES or any(word in plain for word in _WORDS)
    return bool(value) and (by_name or _SHAPE.search(value) is not None)


def has_identifier(value: str) -> bool:
    """Tell whether a name, such as that of a device, has an identifier in it."""
    return _SHAPE.search(value) is not None
