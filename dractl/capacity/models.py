"""What model a device is, by the attribute that its driver tells it with."""

import functools
from collections.abc import Iterator, Mapping
from typing import Final

from dractl.model.attributes import qualified
from dractl.model.devices import Device
from dractl.vendors import VENDORS
from dractl.vendors.base import Driver

_USUAL: Final = ("productName", "model", "pciDevice")
_PROFILE: Final = "profile"  # of a partition, by which it differs from the whole


def _told_by(driver: Driver) -> Iterator[str]:
    shared = driver.shared.get("model")
    if shared is not None:
        yield shared
    yield from (each for each in _USUAL if each in driver.attributes)


_OF_DRIVER: Final[Mapping[str, str]] = {
    driver.name: name
    for vendor in VENDORS
    for driver in vendor.drivers
    for name in list(_told_by(driver))[:1]
}


def model_of(device: Device) -> str:
    """Return the model; "" if the device tells none. A partition adds its profile."""
    models, profile = _names(device.driver)
    model = ""
    for name in models:
        if model := _text(device, name):
            break
    part = _text(device, profile)
    return f"{model} {part}".strip() if part else model


@functools.cache
def _names(driver: str) -> tuple[tuple[str, ...], str]:
    """Return the attributes that may tell a model, and the one for a profile."""
    known = _OF_DRIVER.get(driver)
    names = _USUAL if known is None else (known, *_USUAL)
    return tuple(qualified(each, driver) for each in names), qualified(_PROFILE, driver)


def _text(device: Device, name: str) -> str:
    attribute = device.attributes.get(name)
    if attribute is None or attribute.kind != "string":
        return ""
    return str(attribute.value)
