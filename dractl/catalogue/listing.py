"""What some devices publish, driver by driver, of all names or of those that fit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import translate
from typing import Final

from dractl.catalogue.index import Catalogue, Entry
from dractl.catalogue.nearest import nearest
from dractl.model.devices import Device

_WILD: Final = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Section:
    """What the devices of one driver publish."""

    driver: str
    catalogue: Catalogue
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """The entries that were asked for: of all devices, and of each driver's.

    `near` are names that resemble the one asked for, where no entry has it.
    """

    catalogue: Catalogue
    entries: tuple[Entry, ...]
    sections: tuple[Section, ...]
    near: tuple[str, ...] = ()


def listing(devices: Sequence[Device], name: str | None = None) -> Listing:
    """Return what devices publish under names that contain `name`, in any case.

    With `*`, `?` or `[` in it, the qualified name or the one within its domain must
    fit; None stands for all names.
    """
    catalogue = Catalogue.of(devices)
    own: dict[str, list[Device]] = {driver: [] for driver in catalogue.drivers}
    for device in devices:
        own[device.driver].append(device)
    found = [
        # Where there is one driver, its devices are all.
        (driver, catalogue if len(own) == 1 else Catalogue.of(group))
        for driver, group in own.items()
    ]
    sections = [
        Section(driver, each, _fitting(each.entries, name)) for driver, each in found
    ]
    entries = _fitting(catalogue.entries, name)
    near: tuple[str, ...] = ()
    if name is not None and not entries:
        ids = {entry.id: entry.name for entry in catalogue.entries}
        near = nearest(name, [*ids, *ids.values()], most=3)
    return Listing(
        catalogue, entries, tuple(each for each in sections if each.entries), near
    )


def _fitting(entries: Sequence[Entry], name: str | None) -> tuple[Entry, ...]:
    if name is None:
        return tuple(entries)
    text = name if _WILD.intersection(name) else f"*{name}*"
    pattern = re.compile(translate(text), re.IGNORECASE)
    return tuple(
        each for each in entries if pattern.match(each.name) or pattern.match(each.id)
    )
