"""Which nodes can use each device, and what keeps it from all of them."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.catalogue.published import published
from dractl.diagnose.standins import with_stand_ins
from dractl.diagnose.words import listed
from dractl.model.claims import ObjectMeta
from dractl.model.devices import NodeScope
from dractl.model.nodeselection import NodeSelectorError
from dractl.model.workloads import Node
from dractl.solver.allocator import Allocator
from dractl.solver.errors import AllocationAborted
from dractl.solver.inventory import Entry, Pool, PoolKey
from dractl.solver.nodefit import is_ready

_MOST: Final = 3  # nodes that a reason names


class Reason(NamedTuple):
    """Why a device cannot be had; `code` is stable."""

    code: str
    message: str


class Reached(NamedTuple):
    """The nodes that see a device, and its pool as the first of them sees it."""

    nodes: tuple[str, ...]
    pool: Pool | None


class Reach:
    """The nodes of a snapshot and the devices that each of them sees.

    Where the snapshot has no nodes, those stand in that slices speak of.
    """

    def __init__(self, snapshot: Snapshot, allocator: Allocator | None = None) -> None:
        self._slices = snapshot.slices
        snapshot = with_stand_ins(snapshot)
        self.allocator = Allocator(snapshot) if allocator is None else allocator
        self._nodes = snapshot.node_by_name
        self._out = dict(_out(snapshot.nodes))
        self._defects: dict[PoolKey, str] = {}
        self._seen: dict[int, tuple[Pool, list[str]]] = {}
        self._reached: dict[int, Reached] = {}
        self._aborted = ""
        self._same: dict[tuple[str, ...], tuple[str, ...]] = {}
        for node in snapshot.nodes:
            self._look(node)
        for node in self._gone():
            told = f"node {node.name} does not exist"
            self._out[node.name] = Reason("node-gone", told)
            self._look(node, is_gone=True)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All devices of the newest generations, taints of rules included."""
        inventory = self.allocator.inventory
        return published(
            each for key in inventory.pools for each in inventory.slices_of(key)
        )

    def _gone(self) -> Iterator[Node]:
        """Yield stand-ins for nodes that slices name and that are not there."""
        names = {
            scope.node_name: None
            for each in self._slices
            for scope in (each.scope, *(d.scope for d in each.devices if d.scope))
            if scope.node_name
        }
        for name in names:
            if name not in self._nodes:
                yield Node(ObjectMeta(name))

    def _look(self, node: Node, *, is_gone: bool = False) -> None:
        """Note what a node sees; one that is gone, only what names it."""
        try:
            seen = self.allocator.inventory.of(node.name, node.meta.labels)
        except AllocationAborted as error:
            self._aborted = self._aborted or error.message
            return
        for pool in (*seen.pools, *seen.obsolete):
            if pool.defect:
                self._defects.setdefault(pool.key, pool.defect)
        for pool in seen.pools:
            last = None
            for entry in pool.entries:
                if entry.slice is last:
                    continue  # the node reaches all of it or nothing
                if not entry.slice.per_device_scope:
                    last = entry.slice
                elif not _includes(entry.scope, node):
                    continue
                if is_gone and entry.scope.node_name != node.name:
                    continue
                self._seen.setdefault(_part(entry), (pool, []))[1].append(node.name)

    def of(self, entry: Entry) -> Reached:
        """Return who sees a device of `entries`."""
        part = _part(entry)
        known = self._reached.get(part)
        if known is None:
            known = self._reached[part] = self._of(part, entry.scope.node_name)
        return known

    def _of(self, part: int, name: str | None) -> Reached:
        pool, names = self._seen.get(part, (None, [name] if name else []))
        found = tuple(names)  # long at times, and the same for many devices
        return Reached(self._same.setdefault(found, found), pool)

    def obstacle(self, entry: Entry, reached: Reached) -> Reason | None:
        """Return what keeps a device from being had on any node; None: nothing."""
        if reached.pool is None:
            return self._unseen(entry)
        if len(reached.nodes) == 1:
            return self._out.get(reached.nodes[0])
        found = [self._out[name] for name in reached.nodes if name in self._out]
        if len(found) < len(reached.nodes):
            return None
        said = listed((reason.message for reason in found), _MOST)
        return Reason(found[0].code, f"no node that sees it can be used: {said}")

    def _unseen(self, entry: Entry) -> Reason:
        lost = self._out.get(entry.scope.node_name or "")
        if lost is not None and lost.code == "node-gone":
            return lost
        key = (entry.device.id.driver, entry.device.id.pool)
        defect = self._defects.get(key)
        if defect == "invalid":
            return Reason("pool-invalid", f"pool {key[1]} is invalid")
        if defect is not None or self._lacks_slices(key):
            return Reason("pool-incomplete", self._incomplete(key))
        return self._misplaced(entry)

    def _misplaced(self, entry: Entry) -> Reason:
        rules = self.allocator.rules
        if self._aborted:
            return Reason("node-selector", self._aborted)
        if entry.slice.shared_counters:
            return Reason("pool-invalid", "its slice declares counters, not devices")
        if entry.slice.per_device_scope is not None and not rules.partitionable:
            return Reason("gate-off", "the feature gate DRAPartitionableDevices is off")
        return Reason("no-node", "no node matches its node selector")

    def _newest(self, key: PoolKey) -> tuple[int, int, int]:
        slices = self.allocator.inventory.slices_of(key)
        newest = max(each.generation for each in slices)
        mine = [each for each in slices if each.generation == newest]
        return newest, len(mine), mine[0].slice_count

    def _lacks_slices(self, key: PoolKey) -> bool:
        _, found, want = self._newest(key)
        return found != want

    def _incomplete(self, key: PoolKey) -> str:
        newest, found, want = self._newest(key)
        if found == want:
            return f"pool {key[1]}: generation {newest} is on other nodes already"
        return f"pool {key[1]} has {found} of {want} slices of generation {newest}"


def _part(entry: Entry) -> int:
    """Return what tells devices apart that different nodes may see."""
    return id(entry.device if entry.slice.per_device_scope else entry.slice)


def _includes(scope: NodeScope, node: Node) -> bool:
    try:
        return scope.includes(node.name, node.meta.labels)
    except NodeSelectorError:
        return False  # the scheduler finds such a device on no node, either


def _out(nodes: tuple[Node, ...]) -> Iterator[tuple[str, Reason]]:
    """Yield the nodes that take no new pods, with why."""
    for node in nodes:
        if not is_ready(node):
            yield node.name, Reason("node-not-ready", f"node {node.name} is not ready")
        elif node.unschedulable:
            yield node.name, Reason("node-cordoned", f"node {node.name} is cordoned")
