"""What drivers call things: the rows of their vendors, and how names lead to them.

Names that several drivers share (model, memory) lead to what each driver calls them.
"""

from collections.abc import Mapping
from typing import Final

from dractl.vendors import VENDORS
from dractl.vendors.base import Driver

_STANDARD: Final = "resource.kubernetes.io"
STANDARD: Final[Mapping[str, str]] = {
    "pcieRoot": "string",
    "pciBusID": "string",
    "numaNode": "int",
}
"""The attributes that Kubernetes defines, and their kinds."""


PRESETS: Final = tuple(driver for vendor in VENDORS for driver in vendor.drivers)
VENDOR_NAMES: Final = tuple(preset.vendor for preset in PRESETS)


def preset_of(name: str) -> Driver | None:
    """Return the driver of a vendor, a driver or a class; None if none is known."""
    for preset in PRESETS:
        if name in {preset.vendor, preset.name, *(c.name for c in preset.classes)}:
            return preset
    return None


def qualified_attribute(name: str, preset: Driver | None) -> str | None:
    """Return the full name of an attribute; None if nobody knows whose it is."""
    if "/" in name:
        return name
    if preset is not None and name in preset.attributes:
        return f"{preset.name}/{name}"
    if name in STANDARD:
        return f"{_STANDARD}/{name}"
    if preset is not None and name in preset.shared:
        return f"{preset.name}/{preset.shared[name]}"
    return None
