"""What differs between a device as a machine has it and as a driver publishes it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dractl.model.attributes import Attribute
from dractl.model.devices import Capacity, Device

_SAME_DEVICE: Final = frozenset({"uuid", "serial", "pciBusID", "pciAddress", "mac"})
"""Attributes by which a device is known again under another name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not the same on both sides, of one device or of many.

    `subject` is the attribute or the like; `here` is what the machine has, `there` what
    the cluster says, None for nothing. Where these are not the same of all devices,
    they are what holds for the first; `values` has those of each, as (device, here,
    there).
    """

    code: str
    message: str
    driver: str | None = None
    devices: tuple[str, ...] = ()
    subject: str | None = None
    here: str | None = None
    there: str | None = None
    fix: str = ""
    values: tuple[tuple[str, str | None, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class _Value:
    """A value that is not the same on both sides."""

    code: str
    subject: str
    here: str | None
    there: str | None


Devices = Mapping[str, Device]
Source = Callable[[str, str | None], str]
"""From where a driver has a value, by its subject and what the machine has: see
`Driver.source`."""


def device_differences(
    driver: str, here: Devices, there: Devices, source: Source
) -> Iterator[Difference]:
    """Yield what differs in the devices of one driver, by their names.

    What the driver has from elsewhere is not in one difference with other values.
    """
    lacking = {name: here[name] for name in here if name not in there}
    gone = {name: there[name] for name in there if name not in here}
    for old, new in list(_renamed(lacking, gone)):
        if lacking.pop(new, None) is None:
            continue  # something else of it is in another's name
        del gone[old]
        yield Difference(
            "device-renamed",
            f"the cluster still calls {old} what is {new} here",
            driver,
            (old,),
            here=new,
            there=old,
            fix="restart the driver's pod on this node",
        )
    if lacking:
        yield Difference(
            "device-missing",
            "here, but not published",
            driver,
            tuple(lacking),
            fix="restart the driver's pod on this node, and read its log",
        )
    if gone:
        yield Difference(
            "device-gone",
            "published, but not here: pods that get it will not start",
            driver,
            tuple(gone),
            fix="look for the device in the kernel's log, then restart the driver",
        )
    yield from _grouped(driver, here, there, source)


def _renamed(lacking: Devices, gone: Devices) -> Iterator[tuple[str, str]]:
    """Yield the old and the new name of devices that are the same by what they say."""
    known, published = _by_mark(lacking), _by_mark(gone)
    found: dict[str, str] = {}
    for mark in published.keys() & known.keys():
        found[published[mark]] = known[mark]
    for old in gone:
        if old in found:
            yield old, found[old]


def _by_mark(devices: Devices) -> dict[tuple[str, object], str]:
    """Return the names of devices by what no other of them says."""
    marks = [(mark, name) for name in devices for mark in _marks(devices[name])]
    often = Counter(mark for mark, _ in marks)
    # Partitions have the address of what they are parts of.
    return {mark: name for mark, name in marks if often[mark] == 1}


def _marks(device: Device) -> Iterator[tuple[str, object]]:
    for key, attribute in device.attributes.items():
        if key.rpartition("/")[2] in _SAME_DEVICE:
            yield key, attribute.value


def _grouped(
    driver: str, here: Devices, there: Devices, source: Source
) -> Iterator[Difference]:
    """Yield values that differ, once for all devices in which they do."""
    groups: dict[object, list[tuple[str, _Value]]] = {}
    for name, device in here.items():
        if name not in there:
            continue
        for value in _values(device, there[name]):
            sides = (value.here is None, value.there is None)
            known_from = source(value.subject, value.here)
            key = (value.code, value.subject, sides, known_from)
            groups.setdefault(key, []).append((name, value))
    for group in groups.values():
        name, first = group[0]
        is_same = all(value == first for _, value in group)
        whose = "" if is_same else f" (that is {name})"
        yield Difference(
            first.code,
            _message(first.subject, first.here, first.there) + whose,
            driver,
            tuple(name for name, _ in group),
            first.subject,
            first.here,
            first.there,
            values=tuple((name, value.here, value.there) for name, value in group),
        )


def _message(subject: str, here: str | None, there: str | None) -> str:
    if there is None:
        return f"{subject} is {here} here, and not published"
    if here is None:
        return f"{subject} is published as {there}, and not known here"
    return f"{subject} is {here} here, and published as {there}"


def _values(here: Device, there: Device) -> Iterator[_Value]:
    attributes = {each: _attribute(value) for each, value in here.attributes.items()}
    published = {each: _attribute(value) for each, value in there.attributes.items()}
    yield from _unequal("attribute-differs", attributes, published, here.driver)
    yield from _capacities(here.capacity, there.capacity)
    yield from _unequal("taint-differs", _taints(here), _taints(there), "")
    yield from _unequal("counters-differ", _drawn(here), _drawn(there), "")
    if here.allow_multiple_allocations != there.allow_multiple_allocations:
        mine, theirs = (
            str(each.allow_multiple_allocations).lower() for each in (here, there)
        )
        yield _Value("sharing-differs", "allowMultipleAllocations", mine, theirs)


def _unequal(
    code: str, here: Mapping[str, str], there: Mapping[str, str], domain: str
) -> Iterator[_Value]:
    for name in dict.fromkeys((*here, *there)):
        if here.get(name) != there.get(name):
            bare = name.removeprefix(f"{domain}/")
            yield _Value(code, bare, here.get(name), there.get(name))


def _capacities(
    here: Mapping[str, Capacity], there: Mapping[str, Capacity]
) -> Iterator[_Value]:
    for name in dict.fromkeys((*here, *there)):
        mine, theirs = here.get(name), there.get(name)
        # Amounts are compared, not how they are written.
        if (mine and mine.value) != (theirs and theirs.value):
            yield _Value(
                "capacity-differs",
                name,
                str(mine.value) if mine else None,
                str(theirs.value) if theirs else None,
            )


def _attribute(attribute: Attribute) -> str:
    value = attribute.value
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _taints(device: Device) -> dict[str, str]:
    return {
        f"taint {each.key}": f"{each.value}:{each.effect}" for each in device.taints
    }


def _drawn(device: Device) -> dict[str, str]:
    return {
        f"{each.counter_set}/{name}": str(amount)
        for each in device.consumes
        for name, amount in each.counters.items()
    }
