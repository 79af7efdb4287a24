"""Which devices there are: those that drivers publish, or those that one node sees."""

from collections.abc import Iterable, Iterator

from dractl.model.devices import ResourceSlice
from dractl.model.nodeselection import NodeSelectorError
from dractl.model.workloads import Node
from dractl.solver.allocator import Allocator
from dractl.solver.errors import AllocationAborted
from dractl.solver.inventory import Entry, PoolKey


def published(slices: Iterable[ResourceSlice]) -> tuple[Entry, ...]:
    """Return all devices, of each pool those of its newest generation.

    Pools come in the order of their first slice, also those that are incomplete.
    """
    pools: dict[PoolKey, list[ResourceSlice]] = {}
    for each in slices:
        pools.setdefault((each.driver, each.pool), []).append(each)
    return tuple(entry for pool in pools.values() for entry in _newest(pool))


def _newest(pool: list[ResourceSlice]) -> Iterator[Entry]:
    generation = max(each.generation for each in pool)
    for each in pool:
        if each.generation == generation:
            yield from (Entry(device, each) for device in each.devices)


def seen_by(node: Node, allocator: Allocator) -> tuple[Entry, ...]:
    """Return the devices that the scheduler could use for a node.

    Raises AllocationAborted where a node selector cannot be parsed.
    """
    return tuple(
        entry
        for entry in allocator.view(node).inventory.entries
        if not entry.slice.per_device_scope or _reaches(entry, node)
    )


def _reaches(entry: Entry, node: Node) -> bool:
    try:
        return entry.scope.includes(node.name, node.meta.labels)
    except NodeSelectorError as error:
        raise AllocationAborted(
            f"unusable node selector of {entry.device.id}: {error}"
        ) from error
