"""What waits because a cluster has changed, and the cluster once it waits no more."""

import dataclasses
from collections.abc import Iterable

from dractl.api.snapshot import Key, Snapshot
from dractl.model.claims import (
    Allocation,
    ConsumerReference,
    ObjectMeta,
    ResourceClaim,
)
from dractl.solver.extended import CLAIM_NAME
from dractl.solver.placement import Placement
from dractl.solver.subjects import Subject, is_waiting, pending, subject_of


def displaced(before: Snapshot, after: Snapshot) -> tuple[Subject, ...]:
    """Return what did not wait before and does after: pods, then claims without one.

    Pods that have no devices are among them, since they take room. As in the queue of
    the scheduler (plugin PrioritySort), those of a higher priority come first.
    """
    waiting = {pod.meta.key for pod in before.pods if is_waiting(pod)}
    claims = {claim.meta.key for claim in before.pending_claims}
    new = [pod for pod in after.pods if is_waiting(pod) and pod.meta.key not in waiting]
    new.sort(key=lambda pod: -pod.priority)
    pods = (subject_of(pod, after) for pod in new)
    alone = (
        each
        for each in pending(after)
        if each.pod is None and any(one.meta.key not in claims for one in each.claims)
    )
    return (*pods, *alone)


def settled(snapshot: Snapshot, placements: Iterable[Placement]) -> Snapshot:
    """Return the cluster in which all that has found a place has moved there."""
    places: dict[Key, str] = {}
    extended: dict[Key, str] = {}
    given: dict[Key, ResourceClaim] = {}
    for each in placements:
        if each.node is None:
            continue
        user = None if each.subject.pod is None else each.subject.pod.meta
        if user is not None:
            places[user.key] = each.node
        for stated, allocation in each.allocations:
            claim = stated
            if user is not None and claim.meta.name == CLAIM_NAME:
                claim = _renamed(claim, f"{user.name}-extended-resources")
                extended[user.key] = claim.meta.name
            claim = given.get(claim.meta.key, claim)
            given[claim.meta.key] = _given(claim, allocation, user)
    pods = (
        dataclasses.replace(
            pod,
            node_name=places[pod.meta.key],
            phase="Running",
            extended_claim=extended.get(pod.meta.key),
        )
        if pod.meta.key in places
        else pod
        for pod in snapshot.pods
    )
    claims = [given.get(claim.meta.key, claim) for claim in snapshot.claims]
    new = [each for key, each in given.items() if key not in snapshot.claim_by_key]
    return dataclasses.replace(snapshot, pods=tuple(pods), claims=(*claims, *new))


def _given(
    claim: ResourceClaim, allocation: Allocation | None, user: ObjectMeta | None
) -> ResourceClaim:
    users = claim.reserved_for
    if user is not None:
        users = (*users, ConsumerReference("pods", user.name, user.uid))
    return dataclasses.replace(
        claim, allocation=claim.allocation or allocation, reserved_for=users
    )


def _renamed(claim: ResourceClaim, name: str) -> ResourceClaim:
    meta = dataclasses.replace(claim.meta, name=name)
    return dataclasses.replace(claim, meta=meta)
