"""Which pools and devices a node can use, in the scheduler's order.

Follows Kubernetes 1.36, dynamic-resource-allocation structured/internal/incubating:
pools_incubating.go, and the stable and 1.37 copies of that file where Rules say so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dractl.model.devices import Device, NodeScope, ResourceSlice
from dractl.model.nodeselection import NodeSelectorError
from dractl.solver.errors import AllocationAborted
from dractl.solver.rules import Rules

PoolKey = tuple[str, str]  # driver and pool name
CounterKey = tuple[str, str]  # counter set and counter

_FELT_DEFECTS = frozenset({"incomplete", "invalid"})


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A device as it stands in its slice."""

    device: Device
    slice: ResourceSlice

    @property
    def scope(self) -> NodeScope:
        """Where it can be used: its own scope, or that of its slice."""
        if self.slice.per_device_scope:
            return self.device.scope or NodeScope()
        return self.slice.scope


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """A pool as one node sees it. A defective one offers no devices.

    Of an obsolete one, slices elsewhere have a newer generation; it is as if it did not
    exist. The other defects make requests for all devices fail.
    `counters` holds what is declared, in nanos; `consumers` the devices, here or on
    other nodes, that draw from it.
    """

    key: PoolKey
    defect: str = ""  # "", "incomplete", "invalid" or "obsolete"
    entries: tuple[Entry, ...] = ()
    consumers: tuple[Device, ...] = ()
    counters: Mapping[CounterKey, int] = field(default_factory=dict)
    has_binding_conditions: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class NodeInventory:
    """Everything that one node can be given devices from."""

    pools: tuple[Pool, ...]  # with devices or a defect only, in the scheduler's order
    entries: tuple[Entry, ...]  # position in here is position in the search
    pool_of: tuple[Pool, ...]  # the pool of each entry
    has_invalid_pool: bool
    obsolete: tuple[Pool, ...] = ()


@dataclass(slots=True)
class _Group:
    """All slices of one pool in the cluster, by how they become relevant."""

    key: PoolKey
    slices: list[ResourceSlice] = field(default_factory=list)
    everywhere: list[int] = field(default_factory=list)
    by_node: dict[str, list[int]] = field(default_factory=dict)
    conditional: list[int] = field(default_factory=list)
    seen: dict[tuple[int, ...], Pool] = field(default_factory=dict)


class Inventory:
    """The slices of a cluster, indexed once and asked node by node."""

    def __init__(self, slices: Iterable[ResourceSlice], rules: Rules) -> None:
        self._rules = rules
        self._slices = tuple(slices)
        self._groups: dict[PoolKey, _Group] = {}
        self._local: dict[str, list[_Group]] = {}
        for index, each in enumerate(self._slices):
            self._add(index, each)
        self._conditional = [g for g in self._groups.values() if g.conditional]
        self._common: list[tuple[_Group, Pool]] | None = None
        self._nodes: dict[str, NodeInventory] = {}

    def _add(self, index: int, each: ResourceSlice) -> None:
        key = (each.driver, each.pool)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(key)
        group.slices.append(each)
        scope = each.scope
        if not self._rules.partitionable and (
            each.per_device_scope is not None or each.shared_counters
        ):
            return  # never relevant, though it still counts as a part of its pool
        if each.shared_counters and self._rules.counter_pools_everywhere:
            group.everywhere.append(index)
        elif scope.node_name:
            local = group.by_node.setdefault(scope.node_name, [])
            if not local:
                self._local.setdefault(scope.node_name, []).append(group)
            local.append(index)
        elif scope.all_nodes:
            group.everywhere.append(index)
        elif scope.selector is not None or each.per_device_scope:
            group.conditional.append(index)

    def slices_of(self, key: PoolKey) -> Sequence[ResourceSlice]:
        """Return all slices of a pool, whatever their generation."""
        group = self._groups.get(key)
        return () if group is None else group.slices

    @property
    def pools(self) -> Iterable[PoolKey]:
        """The pools of the cluster, in the order of their first slices."""
        return self._groups

    def nodes_of(self, key: PoolKey) -> str | None:
        """Return the only node that can see the pool; None: several may."""
        group = self._groups.get(key)
        if group is None or group.everywhere or group.conditional:
            return None
        return next(iter(group.by_node)) if len(group.by_node) == 1 else None

    def of(self, name: str, labels: Mapping[str, str]) -> NodeInventory:
        """Return what the node can use.

        Raises AllocationAborted where a node selector cannot be parsed.
        """
        known = self._nodes.get(name)
        if known is None:
            known = self._nodes[name] = self._gather(name, labels)
        return known

    def _gather(self, name: str, labels: Mapping[str, str]) -> NodeInventory:
        pools = [
            self._judged(group, self._relevant(group, name, labels))
            for group in self._groups_of(name)
        ]
        pools += [pool for group, pool in self._shared() if name not in group.by_node]
        usable = [
            pool
            for pool in pools
            if pool and (pool.entries or pool.defect in _FELT_DEFECTS)
        ]
        if len(usable) > 1:
            usable.sort(
                key=lambda pool: (pool.has_binding_conditions, *_bytes(pool.key))
            )
        return NodeInventory(
            tuple(usable),
            tuple([entry for pool in usable for entry in pool.entries]),
            tuple([pool for pool in usable for _ in pool.entries]),
            any(pool.defect == "invalid" for pool in usable),
            tuple(pool for pool in pools if pool and pool.defect == "obsolete"),
        )

    def _groups_of(self, name: str) -> Iterator[_Group]:
        """Yield the pools that have to be judged for this very node."""
        yield from self._conditional
        yield from (g for g in self._local.get(name, ()) if not g.conditional)

    def _shared(self) -> list[tuple[_Group, Pool]]:
        """Return the pools that look the same from every node without own slices.

        Judged once: with partitioned devices there is one of them for each node.
        """
        if self._common is None:
            judged = [
                (group, self._judged(group, tuple(group.everywhere)))
                for group in self._groups.values()
                if group.everywhere and not group.conditional
            ]
            self._common = [
                (group, pool)
                for group, pool in judged
                if pool and (pool.entries or pool.defect)
            ]
        return self._common

    def _judged(self, group: _Group, relevant: tuple[int, ...]) -> Pool | None:
        if not relevant:
            return None
        if relevant not in group.seen:
            group.seen[relevant] = self._pool(group, relevant)
        return group.seen[relevant]

    def _relevant(
        self, group: _Group, name: str, labels: Mapping[str, str]
    ) -> tuple[int, ...]:
        """Return the slices that count on the node, in upstream's order."""
        local = group.by_node.get(name, [])
        if not group.conditional:
            return (*local, *group.everywhere)
        matching = [
            index
            for index in group.conditional
            if _reaches(self._slices[index], name, labels)
        ]
        return (*local, *sorted([*group.everywhere, *matching]))

    def _pool(self, group: _Group, relevant: Sequence[int]) -> Pool:
        """Judge a pool by its relevant slices."""
        newest = max(self._slices[index].generation for index in relevant)
        mine = [
            self._slices[i] for i in relevant if self._slices[i].generation == newest
        ]
        want = mine[0].slice_count
        others: list[ResourceSlice] = []
        if len(mine) != want:
            if any(each.generation > newest for each in group.slices):
                return Pool(group.key, "obsolete")
            same = [each for each in group.slices if each.generation == newest]
            if len(same) != want:
                return Pool(group.key, "incomplete")
            names = {each.name for each in mine}
            others = [each for each in same if each.name not in names]
        if len(mine) > 1:
            mine.sort(key=lambda each: each.name.encode("utf-8", "surrogatepass"))
        return self._complete(group.key, mine, others)

    def _complete(
        self, key: PoolKey, mine: list[ResourceSlice], others: list[ResourceSlice]
    ) -> Pool:
        counting = [each for each in mine if each.shared_counters]
        if not self._rules.counter_pools_everywhere:
            counting += [each for each in others if each.shared_counters]
        # A slice with counter sets offers no devices; the API allows only one kind.
        offering = [each for each in mine if not each.shared_counters]
        beside = [each for each in others if not each.shared_counters]
        counters = _declared(counting)
        consumers = [
            d for each in (*offering, *beside) for d in each.devices if d.consumes
        ]
        if (
            _has_duplicates([d.name for each in offering for d in each.devices])
            or counters is None
            or (
                consumers
                and self._rules.partitionable
                and not _resolves(consumers, counting, counters)
            )
        ):
            return Pool(key, "invalid")
        return Pool(
            key,
            "",
            tuple([Entry(d, each) for each in offering for d in each.devices]),
            tuple(consumers),
            counters,
            # Upstream re-orders pools even with the binding-conditions feature off.
            self._rules.binding_pools_last
            and any(d.binding_conditions for each in offering for d in each.devices),
        )


def _reaches(each: ResourceSlice, name: str, labels: Mapping[str, str]) -> bool:
    try:
        if each.scope.selector is not None:
            return each.scope.selector.matches(name, labels)
        return any(
            device.scope is not None and device.scope.includes(name, labels)
            for device in each.devices
        )
    except NodeSelectorError as error:
        raise AllocationAborted(
            f"resource slice {each.name}: unusable node selector: {error}"
        ) from error


def _declared(slices: Iterable[ResourceSlice]) -> dict[CounterKey, int] | None:
    """Return the counters in nanos; None where a set is declared twice."""
    sets = [each for piece in slices for each in piece.shared_counters]
    if _has_duplicates([each.name for each in sets]):
        return None
    return {
        (each.name, name): amount.nanos
        for each in sets
        for name, amount in each.counters.items()
    }


def _resolves(
    consumers: Iterable[Device],
    counting: Iterable[ResourceSlice],
    counters: Mapping[CounterKey, int],
) -> bool:
    sets = {each.name for piece in counting for each in piece.shared_counters}
    return all(
        use.counter_set in sets
        and all((use.counter_set, name) in counters for name in use.counters)
        for device in consumers
        for use in device.consumes
    )


def _has_duplicates(names: Sequence[str]) -> bool:
    return len(set(names)) < len(names)


def _bytes(key: PoolKey) -> tuple[bytes, bytes]:
    """Return what Go's string order compares: UTF-8, which Python's str does not."""
    driver, pool = key
    return driver.encode("utf-8", "surrogatepass"), pool.encode(
        "utf-8", "surrogatepass"
    )
