"""What devices publish: every attribute and capacity with its kinds and values."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dractl.catalogue.nearest import likeness, nearest
from dractl.catalogue.values import (
    ORDERED,
    QUANTITY,
    MapName,
    Value,
    rank,
    text_of,
)
from dractl.model.attributes import Attribute
from dractl.model.devices import Device
from dractl.model.quantity import Quantity

MOST_VALUES: Final = 20
"""How many values of one name are kept; `Entry.distinct` counts all."""

Key = tuple[MapName, str]  # the map and the qualified name


@dataclass(frozen=True, slots=True)
class Seen:
    """A value, its kind, and how many devices have it."""

    value: Value
    kind: str
    devices: int

    def __str__(self) -> str:
        """Return the value as people read it."""
        return text_of(self.value)


@dataclass(frozen=True, slots=True)
class Entry:
    """One attribute or capacity, as all devices publish it.

    `kinds` are the fields of the wire (`string`, `int` ...; "" for an attribute without
    a value) or `quantity`. `values` holds the most frequent ones, most frequent first;
    `least` and `largest` are None where the kind has no order or there are several.
    """

    map: MapName
    name: str  # domain/identifier
    kinds: tuple[str, ...]
    devices: int
    drivers: Mapping[str, int]
    distinct: int
    values: tuple[Seen, ...]
    least: Value = None
    largest: Value = None

    @property
    def path(self) -> tuple[str, str, str]:
        """Where an expression finds it below `device`."""
        return self.map, self.domain, self.id

    @property
    def domain(self) -> str:
        """The part of the name before the first slash."""
        return self.name.partition("/")[0]

    @property
    def id(self) -> str:
        """The name within its domain."""
        return self.name.partition("/")[2]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that some devices publish. Entries come in the order of their names."""

    devices: int
    drivers: Mapping[str, int]
    entries: tuple[Entry, ...]
    _by_key: Mapping[Key, Entry] = field(repr=False)

    @staticmethod
    def of(devices: Iterable[Device]) -> "Catalogue":
        """Return the catalogue of the devices."""
        total = 0
        tallies: dict[str, _Tally] = {}
        for device in devices:
            total += 1
            tally = tallies.get(device.driver)
            if tally is None:
                tally = tallies[device.driver] = _Tally()
            tally.add(device)
        names = sorted({key for tally in tallies.values() for key in tally.values})
        ordered = dict(sorted(tallies.items()))
        entries = [_entry(key, ordered) for key in sorted(names, key=_by_name)]
        return Catalogue(
            total,
            {driver: tally.devices for driver, tally in ordered.items()},
            tuple(entries),
            {(entry.map, entry.name): entry for entry in entries},
        )

    def entry(self, kind_map: MapName, name: str) -> Entry | None:
        """Return what is published under `domain/identifier`; None: nothing is."""
        return self._by_key.get((kind_map, name))

    def nearest_entry(self, kind_map: MapName, domain: str, name: str) -> Entry | None:
        """Return the entry that an expression meant; None: nothing resembles it.

        The name counts most, then the domain, then whether it is in the map that was
        read: so a capacity is found that was taken for an attribute.
        """
        ranked = [
            (-alike, -likeness(domain, entry.domain), entry.map != kind_map, place)
            for place, entry in enumerate(self.entries)
            if (alike := likeness(name, entry.id))
        ]
        return self.entries[min(ranked)[-1]] if ranked else None

    def nearest_name(self, kind_map: MapName, domain: str, name: str) -> str | None:
        """Return the qualified name of the nearest entry, see there."""
        found = self.nearest_entry(kind_map, domain, name)
        return None if found is None else found.name

    def nearest_driver(self, name: str) -> str | None:
        """Return the driver whose name resembles this one most; None: none does."""
        return next(iter(nearest(name, self.drivers)), None)


@dataclass(slots=True)
class _Tally:
    """How often the devices of one driver have which value."""

    devices: int = 0
    values: dict[Key, dict[Any, int]] = field(default_factory=dict)

    def add(self, device: Device) -> None:
        self.devices += 1
        values = self.values
        for name, attribute in device.attributes.items():
            key: Key = ("attributes", name)
            counts = values.get(key)
            if counts is None:
                counts = values[key] = {}
            counts[attribute] = counts.get(attribute, 0) + 1
        for name, amount in device.qualified_capacity.items():
            key = ("capacity", name)
            counts = values.get(key)
            if counts is None:
                counts = values[key] = {}
            counts[amount] = counts.get(amount, 0) + 1


def _by_name(key: Key) -> tuple[str, str]:
    return key[1], key[0]


def _entry(key: Key, tallies: Mapping[str, _Tally]) -> Entry:
    counts: Counter[Attribute | Quantity] = Counter()
    drivers = {}
    for driver, tally in tallies.items():
        own = tally.values.get(key)
        if own is not None:
            drivers[driver] = sum(own.values())
            counts.update(own)
    seen = tallied(counts)
    kinds = tuple(sorted({each.kind for each in seen}))
    least, largest = bounds(seen)
    return Entry(
        *key,
        kinds=kinds,
        devices=sum(drivers.values()),
        drivers=drivers,
        distinct=len(seen),
        values=tuple(most_frequent(seen)),
        least=least,
        largest=largest,
    )


def tallied(counts: Mapping[Attribute | Quantity, int]) -> list[Seen]:
    """Return the values with their counts, in no order that matters."""
    return [
        Seen(each, QUANTITY, number)
        if isinstance(each, Quantity)
        else Seen(each.value, each.kind, number)
        for each, number in counts.items()
    ]


def most_frequent(seen: Iterable[Seen], most: int = MOST_VALUES) -> list[Seen]:
    """Return the values that most devices have; equals in the order of their texts."""
    by_number: dict[int, list[Seen]] = {}
    for each in seen:
        by_number.setdefault(each.devices, []).append(each)
    found: list[Seen] = []
    for number in sorted(by_number, reverse=True):
        found += sorted(by_number[number], key=_text)
        if len(found) >= most:
            break
    return found[:most]


def _text(each: Seen) -> tuple[str, str, str]:
    # Values of different lists may look the same, as [] and [""] do.
    return text_of(each.value), each.kind, repr(each.value)


def bounds(seen: Iterable[Seen]) -> tuple[Value, Value]:
    """Return the least and the largest value; None if they have no common order."""
    values: list[Any] = []
    kinds = set()
    for each in seen:
        kinds.add(each.kind)
        values.append(each.value)
    if len(kinds) != 1 or not kinds <= ORDERED:
        return None, None
    return min(values, key=rank), max(values, key=rank)
