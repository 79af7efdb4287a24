"""Pools as drivers publish them: slices with as many devices as a release takes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from dractl.api.versions import HUB
from dractl.model.cluster import Profile
from dractl.model.limits import COUNTERS_APART, limit
from dractl.vendors.base import Wire

Document = dict[str, Any]
Offer = tuple[Wire, Sequence[Wire]]
"""A device, and the counter sets that it draws from."""

_MOST_NAME: Final = 253  # bytes of a DNS subdomain
_LISTS: Final = frozenset({"ints", "bools", "strings", "versions"})


def pool(
    driver: str, node: str, offers: Iterable[Offer], profile: Profile
) -> Iterator[Document]:
    """Yield the slices in v1 of a complete pool that is named as its node.

    Names are made up, but the same for the same node: those of drivers end in
    something random.
    """
    parts = list(_parts(offers, profile))
    for number, part in enumerate(parts):
        name = _name(node, driver, number if len(parts) > 1 else None)
        yield _slice(name, driver, node, len(parts), part)


def _slice(
    name: str, driver: str, node: str, count: int, part: Mapping[str, Any]
) -> Document:
    pool = {"name": node, "generation": 1, "resourceSliceCount": count}
    return {
        "apiVersion": HUB,
        "kind": "ResourceSlice",
        "metadata": {"name": name},
        "spec": {"driver": driver, "pool": pool, "nodeName": node, **part},
    }


def _name(node: str, driver: str, number: int | None) -> str:
    ending = driver.lower() + ("" if number is None else f"-{number}")
    room = _MOST_NAME - len(ending) - 1
    return f"{node[:room].rstrip('.-')}-{ending}"


def _parts(offers: Iterable[Offer], profile: Profile) -> Iterator[Document]:
    """Yield what the slices of a pool have beside their place in it.

    Devices that draw from the same counters stay together. Since 1.35 counters have
    slices of their own, which come first; before, they are with their devices.
    """
    groups = list(_groups(offers))
    apart = profile.since(COUNTERS_APART)
    if apart:
        sets = [each for _, counters in groups for each in counters]
        for some in _chunks(sets, limit("counter-sets", profile.version)):
            yield {"sharedCounters": some}
    for devices, counters in groups:
        most = "devices-with-more" if any(map(_has_more, devices)) else "devices"
        for some in _chunks(devices, limit(most, profile.version)):
            with_them = {"sharedCounters": counters} if counters and not apart else {}
            yield {**with_them, "devices": some}


def _groups(
    offers: Iterable[Offer],
) -> Iterator[tuple[Sequence[Wire], Sequence[Wire]]]:
    """Yield devices with their counter sets, first those that need none."""
    alone: list[Wire] = []
    groups: list[tuple[list[Wire], dict[str, Wire]]] = []
    for device, counters in offers:
        if not counters:
            alone.append(device)
            continue
        sets = {one["name"]: one for one in counters}
        sharing = [group for group in groups if group[1].keys() & sets.keys()]
        first = sharing[0] if sharing else ([], {})
        for group in sharing[1:]:
            first[0].extend(group[0])
            first[1].update(group[1])
            groups.remove(group)
        first[0].append(device)
        first[1].update(sets)
        if not sharing:
            groups.append(first)
    if alone:
        yield alone, ()
    for devices, named in groups:
        yield devices, list(named.values())


def _has_more(device: Wire) -> bool:
    attributes = device.get("attributes", {}).values()
    return bool(device.get("taints") or device.get("consumesCounters")) or any(
        not _LISTS.isdisjoint(each) for each in attributes
    )


def _chunks(listed: Sequence[Wire], most: int) -> Iterable[list[Wire]]:
    """Return the parts of a list that have at most so many, as even as can be."""
    count = -(-len(listed) // most)
    for number in range(count):
        start, end = (len(listed) * each // count for each in (number, number + 1))
        yield list(listed[start:end])
