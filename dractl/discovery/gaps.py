"""What slices that are made from a machine's files lack of those of its drivers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from dractl.discovery.inventory import Inventory
from dractl.vendors import VENDORS
from dractl.vendors.base import Driver, Found

_FEW: Final = 3  # devices that are named
_NVML: Final = "NVML"


def doubts(found: Iterable[Found]) -> Iterator[str]:
    """Yield the warnings of what is published, each once, with the devices."""
    told = ((each, text) for each in found if each.device for text in each.warnings)
    for text, devices in _alike(told):
        yield f"{_named(devices)}: {text}"


def left_out(found: Iterable[Found]) -> Iterator[str]:
    """Yield why devices are not published, each reason once, with the devices."""
    told = ((each, each.why_not) for each in found if each.why_not)
    for text, devices in _alike(told):
        yield f"not published: {_named(devices)}: {text}"


def unknown(whole: Inventory) -> Iterator[str]:
    """Yield for each driver what it publishes from where nobody has looked."""
    for vendor in VENDORS:
        for driver in vendor.drivers:
            published = [
                each.device
                for each in whole.found
                if each.driver == driver.name and each.device is not None
            ]
            known = {
                name.removeprefix(f"{driver.name}/")
                for device in published
                for part in ("attributes", "capacity")
                for name in device.get(part, {})
            }
            lacking = _by_source(driver, whole, known) if published else {}
            if lacking:
                texts = [f"{', '.join(names)} ({of})" for of, names in lacking.items()]
                yield f"{driver.name}: not known here: {'; '.join(texts)}"


def _by_source(
    driver: Driver, whole: Inventory, known: Iterable[str]
) -> Mapping[str, Sequence[str]]:
    sources = dict(driver.elsewhere)
    if whole.nvml:
        sources |= dict.fromkeys(driver.of_nvml, _NVML)
    lacking: dict[str, list[str]] = {}
    for name, source in sources.items():
        if name not in known:
            lacking.setdefault(source, []).append(name)
    return lacking


def _alike(told: Iterable[tuple[Found, str]]) -> Iterator[tuple[str, list[Found]]]:
    by_text: dict[str, list[Found]] = {}
    for each, text in told:
        by_text.setdefault(text, []).append(each)
    yield from by_text.items()


def _named(devices: Sequence[Found]) -> str:
    names = [
        each.device["name"]
        if each.device is not None
        else each.address or each.details.get("interface", each.model)
        for each in devices
    ]
    rest = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + rest
