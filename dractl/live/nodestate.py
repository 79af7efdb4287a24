"""What a node has now: resources of device plugins, and devices of DRA drivers."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dractl.api.decode import Decoded, decode
from dractl.legacy.shapes import mapping_at
from dractl.live.changing import Wire
from dractl.live.connection import Connection
from dractl.live.draining import items
from dractl.live.kinds import SLICE
from dractl.live.served import Served
from dractl.model.devices import ResourceSlice


class Published(NamedTuple):
    """Devices of a driver on a node in complete pools; `why` some may be missing."""

    devices: int
    why: str = ""


def allocatable(node: Wire, resources: Iterable[str]) -> Mapping[str, str]:
    """Return the amounts of resources that a node has to give, none that are 0."""
    found = mapping_at(node, "status", "allocatable")
    amounts = {name: str(found.get(name, 0)) for name in sorted(resources)}
    return {name: amount for name, amount in amounts.items() if amount != "0"}


def published(
    connection: Connection, served: Served, node: str, driver: str
) -> Published:
    """Return how many devices a driver has published for a node.

    Only the newest generation of a pool counts, and only once it is complete.
    """
    place = served.of_kind(SLICE)
    query = [("fieldSelector", f"spec.driver={driver}")]
    pools: dict[str, list[ResourceSlice]] = {}
    for item in items(connection, place, query):
        head = {"apiVersion": f"{place.group}/{place.version}", "kind": SLICE.kind}
        found = decode({**head, **item})
        if isinstance(found, Decoded) and isinstance(found.value, ResourceSlice):
            pools.setdefault(found.value.pool, []).append(found.value)
    here = [_newest(each) for each in pools.values() if _is_on(each, node)]
    if not here:
        return Published(0, "no slices yet")
    complete = [each for each in here if len(each) == each[0].slice_count]
    count = sum(len(part.devices) for each in complete for part in each)
    missing = [each[0].pool for each in here if each not in complete]
    return Published(count, f"pool {missing[0]} is not complete" if missing else "")


def _newest(slices: list[ResourceSlice]) -> list[ResourceSlice]:
    newest = max(each.generation for each in slices)
    return [each for each in slices if each.generation == newest]


def _is_on(slices: list[ResourceSlice], node: str) -> bool:
    return any(each.scope.node_name == node for each in slices)
