"""A node that is like another one: its devices under new names, and nothing on it."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.capacity.daemons import Daemon, daemons_of
from dractl.capacity.leaving import is_only_for
from dractl.model.claims import ObjectMeta
from dractl.model.devices import Device, DeviceId, NodeScope, ResourceSlice
from dractl.model.workloads import Node

_HOSTNAMES: Final = ("kubernetes.io/hostname", "beta.kubernetes.io/hostname")
_STATE: Final = "node.kubernetes.io/"
"""How taints begin that say how a node is, which a new one is not."""

_Part = tuple[ResourceSlice, Sequence[Device]]
"""A slice, and those of its devices that are meant."""


class Copied(NamedTuple):
    """A new node with the slices of its drivers, and what runs on every node."""

    node: Node
    slices: tuple[ResourceSlice, ...]
    daemons: tuple[Daemon, ...]


def copied_nodes(
    snapshot: Snapshot, like: Node, names: Iterable[str]
) -> Iterator[Copied]:
    """Yield healthy nodes of these names with the devices that only `like` can use.

    Those that other nodes can use are not copied: it sees them if `like` does. Pods of
    DaemonSets run on it as well, with the same devices, see `daemons_of`.
    """
    pools = list(_pools(snapshot, like))
    devices = {one.id for pool in pools for _, own in pool for one in own}
    daemons = daemons_of(snapshot, like.name, devices)
    for name in names:
        renamed = {
            (each.driver, each.pool): _pool_on(name, each.pool, like.name)
            for pool in pools
            for each, _ in pool
        }
        slices = (
            _slice(each, own, renamed[each.driver, each.pool], name, len(pool))
            for pool in pools
            for each, own in pool
        )
        running = (each.on(name, renamed) for each in daemons)
        yield Copied(_node(like, name), tuple(slices), tuple(running))


def _node(like: Node, name: str) -> Node:
    labels = {
        key: name if key in _HOSTNAMES else value
        for key, value in like.meta.labels.items()
    }
    return dataclasses.replace(
        like,
        meta=ObjectMeta(name, labels=labels, annotations=like.meta.annotations),
        taints=tuple(each for each in like.taints if not each.key.startswith(_STATE)),
        unschedulable=False,
        conditions=(),
    )


def _pools(snapshot: Snapshot, like: Node) -> Iterable[Sequence[_Part]]:
    """Return what of each pool is for the node alone, with the pool's counters.

    What a selector gives to the new nodes as well is not: it is theirs by their labels.
    """
    others = [node for node in snapshot.nodes if node is not like]
    others.append(_node(like, "-"))
    own = {
        id(each): devices
        for each in snapshot.slices
        if (devices := _own(each, like, others))
    }
    pools = {(each.driver, each.pool) for each in snapshot.slices if id(each) in own}
    newest: dict[tuple[str, str], int] = {}
    for each in snapshot.slices:
        key = (each.driver, each.pool)
        if key in pools:
            newest[key] = max(newest.get(key, 0), each.generation)
    found: dict[tuple[str, str], list[_Part]] = {}
    for each in snapshot.slices:
        key = (each.driver, each.pool)
        if newest.get(key) == each.generation and (
            each.shared_counters or id(each) in own
        ):
            found.setdefault(key, []).append((each, own.get(id(each), ())))
    return found.values()


def _own(each: ResourceSlice, node: Node, others: Sequence[Node]) -> tuple[Device, ...]:
    """Return the devices of a slice that are for that node and no other."""
    if not each.per_device_scope:
        return each.devices if is_only_for(each.scope, node, others) else ()
    return tuple(
        device
        for device in each.devices
        if device.scope is not None and is_only_for(device.scope, node, others)
    )


def _pool_on(node: str, pool: str, like: str) -> str:
    return node if pool == like else f"{pool}-{node}"


def _slice(
    each: ResourceSlice, devices: Iterable[Device], pool: str, name: str, count: int
) -> ResourceSlice:
    return ResourceSlice(
        name=f"{each.name}-{name}",
        driver=each.driver,
        pool=pool,
        generation=each.generation,
        slice_count=count,
        scope=NodeScope(node_name=name),
        devices=tuple(_device(device, pool) for device in devices),
        shared_counters=each.shared_counters,
    )


def _device(device: Device, pool: str) -> Device:
    return dataclasses.replace(
        device, id=DeviceId(device.driver, pool, device.name), scope=None, taints=()
    )
