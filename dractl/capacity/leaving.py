"""Pods and claims that lose their place, and wait for another one."""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from dractl.api.snapshot import Key, Snapshot
from dractl.model.claims import Allocation, DeviceResult, ResourceClaim
from dractl.model.devices import NodeScope, ResourceSlice
from dractl.model.nodeselection import NodeSelectorError
from dractl.model.workloads import Node, Pod

_STAYING: Final = frozenset({"DaemonSet", "Node"})
"""What owns pods that no other node ever gets: of a node itself, its static ones."""


def claims_with(
    snapshot: Snapshot, test: Callable[[DeviceResult], bool]
) -> tuple[ResourceClaim, ...]:
    """Return the claims with a device that passes."""
    return tuple(
        claim
        for claim in snapshot.claims
        if claim.allocation is not None and any(map(test, claim.allocation.results))
    )


def is_only_for(scope: NodeScope, node: Node, others: Iterable[Node]) -> bool:
    """Tell whether devices can be used on that node and on no other."""
    if scope.node_name or scope.selector is None:
        return scope.node_name == node.name
    return _are_only_on(scope.includes, node, others)


def without_node(snapshot: Snapshot, node: Node) -> Snapshot:
    """Return what becomes of slices, pods and claims once a node is gone."""
    slices = tuple(
        left
        for each in snapshot.slices
        if (left := _without(each, node, snapshot.nodes)) is not None
    )
    kept = {device.id for each in slices for device in each.devices}
    lost = {
        device.id
        for each in snapshot.slices
        for device in each.devices
        if device.id not in kept
    }
    gone = [pod for pod in snapshot.pods if pod.node_name == node.name]
    freed = [
        claim
        for claim in snapshot.claims
        if claim.allocation is not None
        and (
            any(each.device in lost for each in claim.allocation.results)
            or _is_only_on(claim.allocation, node, snapshot.nodes)
        )
    ]
    after = dataclasses.replace(snapshot, slices=slices)
    return without_pods(after, gone, freed, keeps_daemons=False)


def _without(
    each: ResourceSlice, node: Node, nodes: Sequence[Node]
) -> ResourceSlice | None:
    """Return what of a slice is for other nodes; None: nothing."""
    if not each.per_device_scope:
        return None if is_only_for(each.scope, node, nodes) else each
    devices = tuple(
        device
        for device in each.devices
        if device.scope is None or not is_only_for(device.scope, node, nodes)
    )
    if len(devices) == len(each.devices):
        return each
    return dataclasses.replace(each, devices=devices)


def _is_only_on(allocation: Allocation, node: Node, nodes: Sequence[Node]) -> bool:
    """Tell whether what is allocated can be used on that node and on no other."""
    selector = allocation.node_selector
    return selector is not None and _are_only_on(selector.matches, node, nodes)


def _are_only_on(
    includes: Callable[[str, Mapping[str, str]], bool],
    node: Node,
    nodes: Iterable[Node],
) -> bool:
    try:
        return includes(node.name, node.meta.labels) and not any(
            each is not node and includes(each.name, each.meta.labels) for each in nodes
        )
    except NodeSelectorError:
        return False


def without_pods(
    snapshot: Snapshot,
    pods: Iterable[Pod],
    freed: Iterable[ResourceClaim],
    *,
    keeps_daemons: bool,
) -> Snapshot:
    """Return the cluster once pods have left, and all that lose a claim with them.

    Pods that have ended are deleted, and those that only one node ever gets; unless
    the node is gone, the latter stay.
    """
    loosened = {claim.meta.key for claim in freed}
    leaving = {
        pod.meta.key: pod for pod in pods if not (keeps_daemons and _is_staying(pod))
    }
    users = _users(snapshot)
    for key in loosened:
        for name in users.get(key, ()):
            if (pod := snapshot.pod_by_key.get(name)) is not None and pod.node_name:
                leaving[name] = pod
    kept: dict[Key, Pod] = {
        key: _waiting(pod)
        for key, pod in leaving.items()
        if not pod.has_ended and not _is_staying(pod)
        and pod.meta.deletion_timestamp is None
    }  # fmt: skip
    gone = leaving.keys() - kept.keys()
    extended = {
        (pod.meta.namespace, pod.extended_claim)
        for pod in leaving.values()
        if pod.extended_claim
    }
    claims = (
        _left(claim, loosened, leaving, gone)
        for claim in snapshot.claims
        if claim.meta.key not in extended
    )
    return dataclasses.replace(
        snapshot,
        claims=tuple(each for each in claims if each is not None),
        pods=tuple(
            kept.get(pod.meta.key, pod)
            for pod in snapshot.pods
            if pod.meta.key not in gone
        ),
    )


def _users(snapshot: Snapshot) -> Mapping[Key, list[Key]]:
    """Return the pods that each claim is reserved for."""
    return {
        claim.meta.key: [
            (claim.meta.namespace, each.name)
            for each in claim.reserved_for
            if each.resource == "pods"
        ]
        for claim in snapshot.claims
    }


def _is_staying(pod: Pod) -> bool:
    return any(each.kind in _STAYING for each in pod.meta.owners)


def _waiting(pod: Pod) -> Pod:
    """Return the pod as its owner would make it anew."""
    return dataclasses.replace(
        pod,
        node_name="",
        phase="Pending",
        extended_claim=None,
        conditions=(),
        health=(),
        waiting=(),
    )


def _left(
    claim: ResourceClaim,
    loosened: Collection[Key],
    leaving: Collection[Key],
    gone: Collection[Key],
) -> ResourceClaim | None:
    """Return what becomes of a claim; None: it goes with the pod that owns it."""
    space = claim.meta.namespace
    owners = [each.name for each in claim.meta.owners if each.kind == "Pod"]
    if owners and all((space, name) in gone for name in owners):
        return None
    users = tuple(
        each for each in claim.reserved_for if (space, each.name) not in leaving
    )
    if claim.meta.key in loosened or (claim.reserved_for and not users):
        return dataclasses.replace(claim, allocation=None, reserved_for=(), devices=())
    if len(users) == len(claim.reserved_for):
        return claim
    return dataclasses.replace(claim, reserved_for=users)
