"""What a machine has against what its cluster says of it.

Devices are compared by driver, pool and name: names of slices tell nothing. Of the
ways in which a driver may publish (its version, its mode), that one counts which fits
best, so that a new release of dractl does not accuse an old driver.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.discovery.differences import Devices, Difference, device_differences
from dractl.discovery.inventory import Inventory, inventory
from dractl.discovery.slices import slices
from dractl.model.cluster import Profile
from dractl.model.devices import Device, ResourceSlice
from dractl.model.hosts import HostFacts
from dractl.vendors import VENDORS
from dractl.vendors.base import BACKGROUND, Found, Vendor, Wishes

_PARTS: Final = frozenset({"partition", "vf"})
_DRIVERS: Final = tuple(driver for vendor in VENDORS for driver in vendor.drivers)
_BY_NAME: Final = {each.name: each for each in _DRIVERS}
_RANDOM: Final = frozenset(each.name for each in _DRIVERS if each.has_random_names)
_SELECTIVE: Final = frozenset(each.name for each in _DRIVERS if each.is_selective)
_OF_NVML: Final = frozenset(each.name for each in _DRIVERS if each.of_nvml)
_KERNEL_DRIVER: Final = "nvidia"
_OF_DEVICES: Final = frozenset({"device-missing", "device-gone"})

Ways = Mapping[str, Inventory]
"""A machine as drivers may publish it, by the words for that; the first is meant."""


@dataclass(frozen=True)
class Comparison:
    """The differences of a node, and what explains others that are none."""

    node: str
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()


def ways(
    facts: HostFacts,
    wishes: Wishes,
    node: str | None = None,
    vendors: Sequence[Vendor] = VENDORS,
) -> dict[str, Inventory]:
    """Return a machine in all the ways in which its drivers may publish it."""
    found = {"": inventory(facts, wishes, vendors, node)}
    present = {each.driver for each in found[""].found}
    for vendor in vendors:
        for driver in vendor.drivers:
            if driver.name not in present and not driver.schemas:
                continue
            stated = wishes.schemas.get(driver.vendor)
            for schema in (stated,) if stated else (*reversed(driver.schemas), ""):
                schemas = {**wishes.schemas, driver.vendor: schema} if schema else {}
                for whole in (False, True):
                    wish = replace(wishes, schemas=schemas, partitionable=whole)
                    words = _words(driver.vendor, schema or "", in_parts=whole)
                    found[words] = inventory(facts, wish, (vendor,), node)
    return found


def _words(vendor: str, schema: str, *, in_parts: bool) -> str:
    name = f"{vendor} {schema}".strip()
    return f"{name}, with partitions on demand" if in_parts else name


def comparison(seen: Ways, cluster: Snapshot) -> Comparison:
    """Return what the machine and the cluster do not agree on."""
    main = next(iter(seen.values()))
    there = _There.of(main.node, cluster)
    found: list[Difference] = list(_node(main, there, cluster))
    notes: list[str] = []
    drivers = dict.fromkeys(each.driver for each in main.found if each.driver)
    for driver in dict.fromkeys((*drivers, *there.devices)):
        if driver in there.devices:
            found += _pools(driver, there)
            words, differences = _best(driver, seen, there, cluster.profile)
            found += _registration(driver, main)
            found += [each for each in differences if not _source(main, each)]
            if words:
                notes.append(f"{driver} publishes as {words} does")
            notes += _unchecked(driver, main, differences)
        else:
            note, absent = _absent(driver, main, cluster)
            notes += note
            found += absent
    parts = list(_partitions(main, there, cluster))
    found = [*_without(found, parts), *parts, *_cdi(main)]
    if main.registered is None:
        notes.append(
            "not checked which drivers the kubelet knows: its folder is not seen here"
        )
    return Comparison(main.node, tuple(found), tuple(notes))


@dataclass(frozen=True)
class _There:
    """What the cluster says of a node: its slices, and their newest devices."""

    slices: tuple[ResourceSlice, ...]
    devices: Mapping[str, Devices]

    @staticmethod
    def of(node: str, cluster: Snapshot) -> "_There":
        local = tuple(s for s in cluster.slices if s.scope.node_name == node)
        newest: dict[tuple[str, str], int] = {}
        for each in local:
            key = (each.driver, each.pool)
            newest[key] = max(each.generation, newest.get(key, each.generation))
        devices: dict[str, dict[str, Device]] = {}
        for each in local:
            mine = devices.setdefault(each.driver, {})
            if each.generation == newest[each.driver, each.pool]:
                mine |= {device.name: device for device in each.devices}
        return _There(local, devices)


def _here(whole: Inventory, driver: str, profile: Profile) -> Devices:
    """Return the devices as they would be read from the driver's slices."""
    kept = tuple(each for each in whole.found if each.driver == driver)
    read = Snapshot.from_documents(slices(replace(whole, found=kept), profile))
    return {device.name: device for each in read.slices for device in each.devices}


def _best(
    driver: str, seen: Ways, there: _There, profile: Profile
) -> tuple[str, list[Difference]]:
    """Return the words for the way that fits best, "" for the first, and what is left.

    The later of two ways that fit equally well explains nothing.
    """
    best: tuple[int, str, list[Difference]] | None = None
    for words, whole in seen.items():
        here = _here(whole, driver, profile)
        if words and not here:
            continue
        published = there.devices[driver]
        if driver in _RANDOM:
            published = _named(published, here)
        if driver in _SELECTIVE:
            here = {name: here[name] for name in here if name in published}
        known = _BY_NAME.get(driver)
        source = known.source if known is not None else _nowhere
        found = list(device_differences(driver, here, published, source))
        weight = sum(
            len(each.devices)
            for each in found
            if not (each.subject and source(each.subject, each.here))
        )
        if best is None or weight < best[0]:
            best = (weight, words, found)
    assert best is not None
    return best[1], best[2]


def _named(published: Devices, here: Devices) -> Devices:
    """Return devices under the names that those with the same attributes have here."""
    named: dict[str, Device] = {}
    for device in published.values():
        attributes = device.attributes
        same = (name for name in here if here[name].attributes == attributes)
        named[next(same, device.name)] = device
    return named


def _nowhere(subject: str, here: str | None) -> str:
    del subject, here
    return ""


def _unchecked(
    driver: str, main: Inventory, differences: Sequence[Difference]
) -> Iterator[str]:
    """Yield what may be no differences, with where the driver knows it from."""
    by_source: dict[str, dict[str, None]] = {}
    for each in differences:
        if source := _source(main, each):
            subject = each.subject or "which devices there are"
            by_source.setdefault(source, {})[subject] = None
    told = [f"{', '.join(names)} ({source})" for source, names in by_source.items()]
    if told:
        yield f"not checked of {driver}: {'; '.join(told)}"


def _source(whole: Inventory, each: Difference) -> str:
    """Return from where the driver knows what a machine cannot tell, "" if it can.

    A GPU that NVIDIA's kernel driver has may be divided, which only NVML tells.
    """
    driver = _BY_NAME.get(each.driver or "")
    told = driver.source(each.subject, each.here) if driver and each.subject else ""
    if told or not whole.nvml or each.driver not in _OF_NVML:
        return told
    mine = (found for found in whole.found if found.driver == each.driver)
    is_bound = any(found.kernel_driver == _KERNEL_DRIVER for found in mine)
    is_hidden = is_bound and each.code in _OF_DEVICES
    return whole.nvml if is_hidden or (each.subject and each.here is None) else ""


def _node(main: Inventory, there: _There, cluster: Snapshot) -> Iterator[Difference]:
    is_known = main.node in cluster.node_by_name or there.slices
    if cluster.nodes and not is_known:
        yield Difference(
            "node-unknown",
            f"the cluster has no node {main.node}",
            fix="name the node that this machine is with --node-name",
        )


def _pools(driver: str, there: _There) -> Iterator[Difference]:
    pools: dict[str, list[ResourceSlice]] = {}
    for each in there.slices:
        if each.driver == driver:
            pools.setdefault(each.pool, []).append(each)
    for name, listed in pools.items():
        newest = max(each.generation for each in listed)
        latest = [each for each in listed if each.generation == newest]
        if len(latest) < latest[0].slice_count:
            yield Difference(
                "pool-incomplete",
                f"pool {name} has {len(latest)} of {latest[0].slice_count} slices, so "
                "the scheduler does not use it",
                driver,
                fix="read the log of the driver's pod on this node",
            )
        if old := len(listed) - len(latest):
            yield Difference(
                "pool-outdated",
                f"pool {name} still has {old} slices older than generation {newest}",
                driver,
                fix="dractl cleanup tells which",
            )


def _registration(driver: str, main: Inventory) -> Iterator[Difference]:
    if main.registered is not None and driver not in main.registered:
        yield Difference(
            "driver-not-registered",
            "it has slices, but the kubelet has no plugin of that name: pods with its "
            "devices will not start",
            driver,
            fix="look for the driver's pod on this node",
        )


def _absent(
    driver: str, main: Inventory, cluster: Snapshot
) -> tuple[list[str], list[Difference]]:
    """Return what to say of devices whose driver publishes nothing of this node."""
    mine = [each for each in main.found if each.driver == driver]
    names = tuple(each.device["name"] for each in mine if each.device is not None)
    if not names:
        return [], []
    is_registered = driver in (main.registered or ())
    is_used = any(each.driver == driver for each in cluster.slices)
    is_wanted = any(each in main.accelerators for each in mine)
    if not (is_registered or is_used or is_wanted):
        # Nobody misses a driver for what every machine has.
        is_odd = any(each.kind not in BACKGROUND for each in mine)
        return [f"{driver} is not used in this cluster"] if is_odd else [], []
    known = "is registered with the kubelet, but" if is_registered else "runs not here:"
    message = f"the driver {known} it publishes nothing of this node"
    fix = (
        "read the log of the driver's pod on this node"
        if is_registered
        else "install the driver, or let its DaemonSet run on this node"
    )
    return [], [Difference("driver-absent", message, driver, names, fix=fix)]


def _partitions(
    main: Inventory, there: _There, cluster: Snapshot
) -> Iterator[Difference]:
    """Yield partitions that exist, of what the driver would give away whole.

    What it makes on demand draws from counters, and a claim holds it.
    """
    held = {
        result.device
        for claim in cluster.claims
        if claim.allocation is not None
        for result in claim.allocation.results
    }
    by_whole: dict[tuple[str, str], list[str]] = {}
    for part in main.found:
        driver, whole = part.driver or "", _whole(main, part)
        if part.kind not in _PARTS or whole is None or driver not in there.devices:
            continue
        if part.device is not None and part.device.get("consumesCounters"):
            continue  # it could be made, which does not say that it was
        published = there.devices[driver]
        name, whole_name = _name(part), _name(whole)
        device = published.get(name)
        if device is not None and (not device.consumes or device.id in held):
            continue
        # A NIC does as well with virtual functions that nobody publishes.
        is_harmless = part.device is None and whole.kind == "nic"
        if device is not None or (whole_name in published and not is_harmless):
            names = by_whole.setdefault((driver, whole_name), [])
            names.append(name or part.address or part.model)
    for (driver, whole_name), names in by_whole.items():
        yield Difference(
            "partition-unmanaged",
            f"DRA did not make these parts of {whole_name}",
            driver,
            tuple(names),
            subject=whole_name,
            fix="remove them, or restart the driver if it is to publish them",
        )


def _whole(main: Inventory, part: Found) -> Found | None:
    """Return that of which it is a part; None: it is a whole, or that is not found."""
    if part.parent is None:
        return None
    wholes = (each for each in main.found if each.parent is None)
    return next((each for each in wholes if each.address == part.parent), None)


def _name(found: Found) -> str:
    return str(found.device["name"]) if found.device is not None else ""


def _without(
    found: Sequence[Difference], parts: Sequence[Difference]
) -> Iterator[Difference]:
    """Yield differences, without devices that are missing for a reason that is told."""
    told = {(each.driver, name) for each in parts for name in each.devices}
    for each in found:
        left = tuple(n for n in each.devices if (each.driver, n) not in told)
        if each.code != "device-missing":
            yield each
        elif left:
            yield replace(each, devices=left)


def _cdi(main: Inventory) -> Iterator[Difference]:
    for each in main.cdi:
        yield Difference(
            "cdi-node-missing",
            f"{each.path} ({each.kind}) names device nodes that are not there: "
            f"{', '.join(each.nodes)}",
            fix="let the driver or its toolkit write the file anew",
        )
