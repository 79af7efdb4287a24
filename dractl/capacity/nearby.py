"""The parts of a cluster that the loss of a node can be about, node by node.

What becomes of a whole fleet without a node is what becomes of these, as all the rest
stays as it is; so the loss of each node of a fleet can be tried in turn.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from dractl.api.snapshot import Key, Snapshot
from dractl.model.claims import ResourceClaim
from dractl.model.nodeselection import NodeSelector, NodeSelectorError
from dractl.model.workloads import Node, Pod
from dractl.solver.inventory import PoolKey

_EVERYWHERE = ""
"""Stands among the names of nodes for what no node has alone."""


class Nearby:
    """A snapshot, from which a part is asked for; objects stay in their order."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._pods_on = _indexed((pod.node_name,) for pod in snapshot.pods)
        self._pods_called = _indexed((pod.meta.key,) for pod in snapshot.pods)
        self._pods_of = _indexed(_claims_of(pod, snapshot) for pod in snapshot.pods)
        self._claims_called = _indexed((each.meta.key,) for each in snapshot.claims)
        self._claims_of = _indexed(map(_owners, snapshot.claims))
        self._users_of = _indexed(map(_users, snapshot.claims))
        self._slices_of = _indexed(
            ((each.driver, each.pool),) for each in snapshot.slices
        )
        homes: dict[PoolKey, set[str]] = defaultdict(set)
        for each in snapshot.slices:
            local = each.scope.node_name or _EVERYWHERE
            if each.per_device_scope:
                local = _EVERYWHERE
            homes[each.driver, each.pool].add(local)
        self._pools_on: dict[str, list[PoolKey]] = defaultdict(list)
        for pool, names in homes.items():
            for name in names:
                self._pools_on[name].append(pool)
        nodes = snapshot.node_by_name
        self._claims_on = _indexed(
            _places(claim, homes, nodes) for claim in snapshot.claims
        )

    def of(self, node: str) -> Snapshot:
        """Return what the loss of a node can be about: its pods, devices and claims.

        And what these are about in turn, and all that no single node has alone.
        """
        slices = {
            number
            for name in (node, _EVERYWHERE)
            for pool in self._pools_on.get(name, ())
            for number in self._slices_of[pool]
        }
        claims = {*self._claims_on.get(node, ()), *self._claims_on.get(_EVERYWHERE, ())}
        pods = {*self._pods_on.get(node, ()), *self._pods_with(claims)}
        claims |= set(self._claims_with(pods))
        pods |= set(self._pods_with(claims))
        whole = self._snapshot
        return dataclasses.replace(
            whole,
            slices=tuple(whole.slices[each] for each in sorted(slices)),
            pods=tuple(whole.pods[each] for each in sorted(pods)),
            claims=tuple(whole.claims[each] for each in sorted(claims)),
        )

    def _pods_with(self, claims: Iterable[int]) -> Iterator[int]:
        """Yield the pods that claims are reserved for, that name or that own them."""
        for each in claims:
            claim = self._snapshot.claims[each]
            yield from self._pods_of.get(claim.meta.key, ())
            for name in (*_users(claim), *_owners(claim)):
                yield from self._pods_called.get(name, ())

    def _claims_with(self, pods: Iterable[int]) -> Iterator[int]:
        """Yield the claims that pods name, that are reserved for or owned by them."""
        for each in pods:
            pod = self._snapshot.pods[each]
            for name in _claims_of(pod, self._snapshot):
                yield from self._claims_called.get(name, ())
            yield from self._users_of.get(pod.meta.key, ())
            yield from self._claims_of.get(pod.meta.key, ())
            if pod.meta.uid:
                yield from self._claims_of.get(pod.meta.uid, ())


def _indexed(names: Iterable[Iterable[object]]) -> Mapping[object, list[int]]:
    """Return the positions by each of their names."""
    found: dict[object, list[int]] = defaultdict(list)
    for number, those in enumerate(names):
        for name in those:
            found[name].append(number)
    return found


def _claims_of(pod: Pod, snapshot: Snapshot) -> Iterator[Key]:
    """Yield the claims that a pod names, or its group."""
    space = pod.meta.namespace
    group = snapshot.pod_group_by_key.get((space, pod.group)) if pod.group else None
    named = [each.claim for each in pod.claims]
    for made in (pod.claim_names, group.claim_names if group else {}):
        named += made.values()
    named.append(pod.extended_claim)
    for name in named:
        if name is not None:
            yield space, name


def _users(claim: ResourceClaim) -> Iterator[Key]:
    for each in claim.reserved_for:
        if each.resource == "pods":
            yield claim.meta.namespace, each.name


def _owners(claim: ResourceClaim) -> Iterator[object]:
    """Yield the names and the uids of pods that own a claim."""
    for each in claim.meta.owners:
        if each.kind == "Pod":
            yield claim.meta.namespace, each.name
        if each.uid:
            yield each.uid


def _places(
    claim: ResourceClaim,
    homes: Mapping[PoolKey, set[str]],
    nodes: Mapping[str, Node],
) -> set[str]:
    """Return the nodes that have devices of a claim; EVERYWHERE in it: others may."""
    if claim.allocation is None:
        return set()
    pools = {each.device[:2] for each in claim.allocation.results}
    found = {name for pool in pools for name in homes.get(pool, (_EVERYWHERE,))}
    selector = claim.allocation.node_selector
    if not found or not all(_selects(selector, nodes.get(name)) for name in found):
        found.add(_EVERYWHERE)
    return found


def _selects(selector: NodeSelector | None, node: Node | None) -> bool:
    if selector is None:
        return True
    try:
        return node is not None and selector.matches(node.name, node.meta.labels)
    except NodeSelectorError:
        return False
