"""What the slices of a cluster offer to a node, found the slow and simple way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dractl.api.snapshot import Snapshot
from dractl.model.cluster import COUNTER_POOLS_FOLLOW_NODES, Profile
from dractl.model.devices import Device, DeviceId, NodeScope, ResourceSlice
from dractl.model.workloads import Node

PoolKey = tuple[str, str]


@dataclass(frozen=True)
class PoolFacts:
    """A pool: its counters in nanos, and who draws from them."""

    key: PoolKey
    counters: Mapping[tuple[str, str], int]
    consumers: Sequence[Device]


@dataclass(frozen=True)
class Offer:
    """A device in the newest generation that the node knows of its pool.

    `defect` is "" or why nothing of the pool may be given.
    """

    device: Device
    slice: ResourceSlice
    pool: PoolFacts
    reaches_node: bool
    defect: str

    @property
    def scope(self) -> NodeScope:
        """Where the device can be used."""
        if self.slice.per_device_scope:
            return self.device.scope or NodeScope()
        return self.slice.scope


def offers(snapshot: Snapshot, node: Node) -> dict[DeviceId, Offer]:
    """Return the devices of all pools that the node knows, in defective ones, too."""
    pools: dict[PoolKey, list[ResourceSlice]] = {}
    for each in snapshot.slices:
        pools.setdefault((each.driver, each.pool), []).append(each)
    return {
        offer.device.id: offer
        for key, slices in pools.items()
        for offer in _offers(key, slices, node, snapshot.profile)
    }


def _offers(
    key: PoolKey, slices: Sequence[ResourceSlice], node: Node, profile: Profile
) -> Iterator[Offer]:
    known = [each for each in slices if _is_known(each, node, profile)]
    if not known:
        return
    newest = max(each.generation for each in known)
    mine = [each for each in known if each.generation == newest]
    every = [each for each in slices if each.generation == newest]
    whole = len(mine) == mine[0].slice_count
    if not whole and any(each.generation > newest for each in slices):
        return  # outdated: the pool does not exist here
    used = mine if whole else every
    pool = PoolFacts(key, _counters(used), [d for s in used for d in s.devices])
    defect = "" if whole or len(every) == mine[0].slice_count else "incomplete"
    if not defect and _is_invalid(mine, used, pool, profile):
        defect = "invalid"
    for each in mine:
        for device in each.devices:
            offer = Offer(device, each, pool, True, defect)
            reaches = offer.scope.includes(node.name, node.meta.labels)
            yield Offer(device, each, pool, reaches, defect)


def _is_known(each: ResourceSlice, node: Node, profile: Profile) -> bool:
    if not profile.enabled("DRAPartitionableDevices") and (
        each.per_device_scope is not None or each.shared_counters
    ):
        return False
    stable = not any(
        profile.enabled(gate)
        for gate in (
            "DRAConsumableCapacity",
            "DRADeviceBindingConditions",
            "DRAListTypeAttributes",
        )
    )
    everywhere = stable or not profile.since(COUNTER_POOLS_FOLLOW_NODES)
    if each.shared_counters and everywhere:
        return True
    scopes = [each.scope]
    if each.per_device_scope:
        scopes = [device.scope or NodeScope() for device in each.devices]
    return any(scope.includes(node.name, node.meta.labels) for scope in scopes)


def _counters(slices: Sequence[ResourceSlice]) -> dict[tuple[str, str], int]:
    return {
        (counter_set.name, name): amount.nanos
        for each in slices
        for counter_set in each.shared_counters
        for name, amount in counter_set.counters.items()
    }


def _is_invalid(
    mine: Sequence[ResourceSlice],
    used: Sequence[ResourceSlice],
    pool: PoolFacts,
    profile: Profile,
) -> bool:
    names = [device.name for each in mine for device in each.devices]
    sets = [each.name for piece in used for each in piece.shared_counters]
    if len(set(names)) < len(names) or len(set(sets)) < len(sets):
        return True
    wanted = {
        (use.counter_set, name)
        for device in pool.consumers
        for use in device.consumes
        for name in use.counters
    }
    return profile.enabled("DRAPartitionableDevices") and not wanted <= set(
        pool.counters
    )
