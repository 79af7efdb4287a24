"""What differs between two looks at the same machine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Final

from dractl.discovery.inventory import Inventory
from dractl.vendors.base import Found

Identity = tuple[str, str, str]


class How(Enum):
    """What became of a device."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """A device that came, went or changed; `texts` tell what of it is other now."""

    how: How
    device: Found
    texts: tuple[str, ...] = ()


_TOLD: Final = {
    "model": "model",
    "numa_node": "NUMA node",
    "root": "PCIe root",
    "kernel_driver": "kernel driver",
    "driver": "DRA driver",
    "why_not": "not published",
}


def changes(before: Inventory, after: Inventory) -> Iterator[Change]:
    """Yield what has changed: first what is gone, then what is new or other."""
    old, new = _named(before), _named(after)
    for name, device in old.items():
        if name not in new:
            yield Change(How.GONE, device)
    for name, device in new.items():
        if name not in old:
            yield Change(How.NEW, device)
        elif texts := tuple(_differences(old[name], device)):
            yield Change(How.CHANGED, device, texts)


def _named(whole: Inventory) -> dict[Identity, Found]:
    return {identity(each): each for each in whole.found}


def identity(found: Found) -> Identity:
    """Return what tells a device from others, whether or not it works."""
    name = found.device["name"] if found.device is not None else ""
    # A part has no address of its own, and a GPU that is lost has no name any more.
    is_part = found.address is None or found.address == found.parent
    own = str(name) if is_part else found.address or ""
    return (found.vendor, f"{found.driver or ''} {found.kind}", own or found.model)


def _differences(old: Found, new: Found) -> Iterator[str]:
    for each in fields(Found):
        was, now = getattr(old, each.name), getattr(new, each.name)
        if each.name in _TOLD and was != now:
            yield f"{_TOLD[each.name]}: {_shown(was)} -> {_shown(now)}"
    for text in new.warnings:
        if text not in old.warnings:
            yield f"warning: {text}"
    for text in old.warnings:
        if text not in new.warnings:
            yield f"no longer: {text}"
    yield from _inner("", _published(old), _published(new))


def _published(found: Found) -> Mapping[str, object]:
    device = found.device or {}
    return {key: device[key] for key in device if key != "name"}


def _inner(path: str, old: object, new: object) -> Iterator[str]:
    """Yield what differs in what is published: whole attributes, capacities, taints."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping) and "." not in path:
        for key in dict.fromkeys((*old, *new)):
            name = f"{path}.{key}".removeprefix(".")
            yield from _inner(name, old.get(key), new.get(key))
        return
    yield f"{path}: {_shown(old)} -> {_shown(new)}"


def _shown(value: object) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, Mapping) and len(value) == 1:
        return _shown(next(iter(value.values())))
    return str(value)
