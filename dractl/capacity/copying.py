"""A node that is like another one: its devices under new names, and nothing on it."""

import dataclasses
from collections.abc import Iterator
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.model.claims import ObjectMeta
from dractl.model.devices import Device, DeviceId, NodeScope, ResourceSlice
from dractl.model.workloads import Node, Pod

_HOSTNAMES: Final = ("kubernetes.io/hostname", "beta.kubernetes.io/hostname")
_STATE: Final = "node.kubernetes.io/"
"""How taints begin that say how a node is, which a new one is not."""
_DONE: Final = frozenset({"Succeeded", "Failed"})


class Copied(NamedTuple):
    """A new node with the slices of its drivers, and what runs on every node."""

    node: Node
    slices: tuple[ResourceSlice, ...]
    pods: tuple[Pod, ...]


def copied_node(snapshot: Snapshot, like: Node, name: str) -> Copied:
    """Return a healthy node of that name with what `like` publishes by its name.

    Devices that many nodes can use are not copied: it sees them if `like` does. Pods
    of DaemonSets run on it as well, unless they have devices.
    """
    return Copied(
        _node(like, name),
        tuple(_slices(snapshot, like.name, name)),
        tuple(_pods(snapshot, like.name, name)),
    )


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


def _slices(snapshot: Snapshot, like: str, name: str) -> Iterator[ResourceSlice]:
    """Yield copies of all pools that have devices for the node alone."""
    pools = {
        (each.driver, each.pool) for each in snapshot.slices if _is_for(each, like)
    }
    if not pools:
        return
    newest: dict[tuple[str, str], int] = {}
    for each in snapshot.slices:
        key = (each.driver, each.pool)
        if key in pools:
            newest[key] = max(newest.get(key, 0), each.generation)
    found: dict[tuple[str, str], list[ResourceSlice]] = {}
    for each in snapshot.slices:
        key = (each.driver, each.pool)
        if newest.get(key) == each.generation and (
            each.shared_counters or _is_for(each, like)
        ):
            found.setdefault(key, []).append(each)
    for slices in found.values():
        for each in slices:
            yield _slice(each, like, name, len(slices))


def _is_for(each: ResourceSlice, node: str) -> bool:
    if each.per_device_scope:
        return any(
            device.scope is not None and device.scope.node_name == node
            for device in each.devices
        )
    return each.scope.node_name == node


def _slice(each: ResourceSlice, like: str, name: str, count: int) -> ResourceSlice:
    pool = name if each.pool == like else f"{each.pool}-{name}"
    devices = (
        device
        for device in each.devices
        if not each.per_device_scope
        or (device.scope is not None and device.scope.node_name == like)
    )
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


def _pods(snapshot: Snapshot, like: str, name: str) -> Iterator[Pod]:
    for pod in snapshot.pods:
        if (
            pod.node_name == like
            and pod.phase not in _DONE
            and not pod.claims
            and pod.extended_claim is None
            and any(each.kind == "DaemonSet" for each in pod.meta.owners)
        ):
            meta = dataclasses.replace(pod.meta, name=f"{pod.meta.name}-{name}", uid="")
            yield dataclasses.replace(pod, meta=meta, node_name=name)
