"""Nodes for snapshots that have none: as many as slices and allocations speak of."""

import dataclasses
from collections.abc import Iterator

from dractl.api.snapshot import Snapshot
from dractl.model.claims import ObjectMeta
from dractl.model.devices import NodeScope
from dractl.model.nodeselection import NodeSelector
from dractl.model.workloads import Node


def with_stand_ins(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with nodes that state nothing, where it has no nodes.

    Every node that a slice, an allocation or a pod names gets one; for each node
    selector of a slice there is one that it selects.
    """
    if snapshot.nodes:
        return snapshot
    found: dict[str, Node] = {}
    for node in _nodes(snapshot):
        found.setdefault(node.name, node)
    if not found:
        found["any"] = Node(ObjectMeta("any"))
    return dataclasses.replace(snapshot, nodes=tuple(found.values()))


def _nodes(snapshot: Snapshot) -> Iterator[Node]:
    for each in snapshot.slices:
        scopes = [each.scope]
        if each.per_device_scope:
            scopes += [device.scope for device in each.devices if device.scope]
        for scope in scopes:
            yield from _nodes_in(scope)
    for claim in snapshot.claims:
        if claim.allocation is not None and claim.allocation.node_selector is not None:
            yield from _selected(claim.allocation.node_selector)
    for pod in snapshot.pods:
        if pod.node_name:
            yield Node(ObjectMeta(pod.node_name))


def _nodes_in(scope: NodeScope) -> Iterator[Node]:
    if scope.node_name:
        yield Node(ObjectMeta(scope.node_name))
    elif scope.selector is not None:
        yield from _selected(scope.selector)


def _selected(selector: NodeSelector) -> Iterator[Node]:
    """Yield a node that each term with plain values selects."""
    for term in selector.terms:
        labels = {
            each.key: each.values[0]
            for each in term.match_expressions
            if each.operator == "In" and each.values
        }
        names = [
            each.values[0]
            for each in term.match_fields
            if each.operator == "In" and each.values
        ]
        known = [value for key, value in labels.items() if key.endswith("/hostname")]
        spelled = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
        if name := (*names, *known, spelled)[0]:
            yield Node(ObjectMeta(name, labels=labels))
