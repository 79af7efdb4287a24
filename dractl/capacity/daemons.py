"""Pods of DaemonSets with their claims and devices, as a new node would have them."""

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.model.claims import ConsumerReference, DeviceResult, ResourceClaim
from dractl.model.devices import DeviceId
from dractl.model.nodeselection import NodeSelector
from dractl.model.workloads import Pod

Renamed = Mapping[tuple[str, str], str]
"""What the pools of a node are called on another one, by driver and name."""


class Daemon(NamedTuple):
    """A pod of a DaemonSet, and the claims that were made for it."""

    pod: Pod
    claims: tuple[ResourceClaim, ...]

    def on(self, node: str, pools: Renamed) -> "Daemon":
        """Return it on a node that is like its own: with the same devices there."""
        names = {each.meta.name: f"{each.meta.name}-{node}" for each in self.claims}
        meta = dataclasses.replace(
            self.pod.meta, name=f"{self.pod.meta.name}-{node}", uid=""
        )
        pod = dataclasses.replace(
            self.pod,
            meta=meta,
            node_name=node,
            claim_names={
                entry: name and names[name]
                for entry, name in self.pod.claim_names.items()
            },
            extended_claim=self.pod.extended_claim and names[self.pod.extended_claim],
            health=(),
        )
        claims = (_copied(each, names, pod, pools) for each in self.claims)
        return Daemon(pod, tuple(claims))


def daemons_of(
    snapshot: Snapshot, node: str, devices: Collection[DeviceId]
) -> Sequence[Daemon]:
    """Return the pods of DaemonSets on a node that run on a node like it, too.

    `devices` are those that the other node has as well. Pods with others are left out,
    and those that share a claim with pods elsewhere.
    """
    return [
        Daemon(pod, claims)
        for pod in snapshot.pods
        if pod.node_name == node
        and not pod.has_ended
        and any(each.kind == "DaemonSet" for each in pod.meta.owners)
        and (claims := _own_claims(snapshot, pod)) is not None
        and all(each.device in devices for each in _results(claims))
    ]


def _own_claims(snapshot: Snapshot, pod: Pod) -> tuple[ResourceClaim, ...] | None:
    """Return what was given to a pod alone; None: it has other claims, or they wait."""
    if any(each.claim is not None for each in pod.claims):
        return None
    if any(each.name not in pod.claim_names for each in pod.claims):
        return None
    names = [*pod.claim_names.values(), pod.extended_claim]
    keys = [(pod.meta.namespace, name) for name in names if name is not None]
    found = [snapshot.claim_by_key.get(key) for key in keys]
    given = tuple(each for each in found if each is not None and each.allocation)
    return given if len(given) == len(keys) else None


def _results(claims: Collection[ResourceClaim]) -> Iterator[DeviceResult]:
    for each in claims:
        if each.allocation is not None:
            yield from each.allocation.results


def _copied(
    claim: ResourceClaim, names: Mapping[str, str], pod: Pod, pools: Renamed
) -> ResourceClaim:
    owners = tuple(
        dataclasses.replace(each, name=pod.meta.name, uid="")
        if each.kind == "Pod"
        else each
        for each in claim.meta.owners
    )
    name = names[claim.meta.name]
    allocation = claim.allocation
    if allocation is not None:
        results = (_moved(each, pools) for each in allocation.results)
        allocation = dataclasses.replace(
            allocation,
            results=tuple(results),
            node_selector=NodeSelector.only(pod.node_name),
        )
    return ResourceClaim(
        dataclasses.replace(claim.meta, name=name, uid="", owners=owners),
        claim.spec,
        allocation,
        (ConsumerReference("pods", pod.meta.name),),
    )


def _moved(result: DeviceResult, pools: Renamed) -> DeviceResult:
    device = result.device
    there = device._replace(pool=pools[device.driver, device.pool])
    return dataclasses.replace(result, device=there)
