"""Whether as much fits after a migration as before: the allocator places both."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Fit, NodeChange, Proof, Verdict
from dractl.migrate.doubts import Outcome, doubts, lost_to_names, lost_to_quotas, notes
from dractl.migrate.pods import MOST, Copies, Pods
from dractl.migrate.projected import ASSUMED, Offer
from dractl.migrate.worlds import Worlds, request_of, subjects
from dractl.model.claims import ClaimSpec, ObjectMeta, ResourceClaim
from dractl.solver.allocator import Allocator
from dractl.solver.errors import AllocationAborted, PoolsInvalid
from dractl.solver.placement import Placement, Policy
from dractl.solver.placer import Placer
from dractl.solver.subjects import Subject
from dractl.solver.usage import Usage

_FEW: Final = 3  # reasons of nodes that are put in words


def proof(worlds: Worlds) -> Proof:
    """Place all users' pods on the cluster as it is, and as the plan leaves it.

    A user of whom fewer pods are placed, or a node with fewer devices, makes it a loss;
    what cannot be told makes it unproven. Both say why in the reasons; those of a safe
    one say what it rests on.
    """
    known, users = worlds.known, worlds.users
    before, after = worlds.before(), worlds.changed
    holders = worlds.holders(after, frozenset(known.gone))
    old = placed(before, [each.before for each in users])
    new = placed(after, [each.after for each in users], holders)
    fits = tuple(_fit(*each) for each in zip(users, old.users, new.users, strict=True))
    nodes = tuple(_nodes(known.offers, after))
    unknown = _unknown(known.offers, nodes)
    outcome = Outcome(
        worlds.plan, worlds.inputs, known, users, fits, new.first, before, after
    )
    losses = [
        *_lost_pods(fits, unknown, known=True),
        *_lost_devices(nodes, unknown),
        *lost_to_quotas(outcome),
        *lost_to_names(outcome),
    ]
    unproven = [
        *_lost_pods(fits, unknown, known=False),
        *(f"what devices stand behind {each} is not known" for each in sorted(unknown)),
        *doubts(outcome),
        *worlds.problems,
        *known.doubts,
    ]
    verdict = Verdict.SAFE
    if losses or unproven:
        verdict = Verdict.LOSES if losses else Verdict.UNPROVEN
    reasons = (*losses, *unproven, *known.notes, *notes(outcome), *_capped(users))
    return Proof(verdict, fits, nodes, tuple(dict.fromkeys(reasons)))


class Placed(NamedTuple):
    """What became of the subjects that came first, and of each user's pods."""

    first: tuple[Placement, ...]
    users: tuple[tuple[Placement, ...], ...]


def placed(
    world: Snapshot,
    users: Sequence[Pods],
    first: Sequence[Subject] = (),
    *,
    looks_on: bool = True,
) -> Placed:
    """Place pods of users: those that have nodes of their own first, late ones last.

    Of each user, what keeps the first pod out is put in words. See Placer for
    `looks_on`.
    """
    placer = Placer(world, None, Policy.FIRST, looks_on=looks_on)
    before = tuple(placer.place(each) for each in first)
    fixed = [_in_turn(placer, subjects(each.fixed, world)) for each in users]
    free = [_in_turn(placer, subjects(each.free, world)) for each in users]
    late = [_in_turn(placer, subjects(each.late, world)) for each in users]
    joint = zip(fixed, free, late, strict=True)
    return Placed(before, tuple((*a, *b, *c) for a, b, c in joint))


def _in_turn(placer: Placer, pods: Iterable[Subject]) -> list[Placement]:
    found: list[Placement] = []
    is_worded = True
    for each in pods:
        found.append(placer.place(each, worded=is_worded))
        is_worded = is_worded and found[-1].node is not None
    return found


def _fit(user: Copies, old: Sequence[Placement], new: Sequence[Placement]) -> Fit:
    before = len(user.staying) + sum(each.node is not None for each in old)
    after = sum(each.node is not None for each in new)
    failed = next((each for each in new if each.node is None), None)
    return Fit(
        user.plan,
        user.wanted,
        before,
        after,
        tuple(_devices(each) for each in new if each.node is not None),
        _worded(failed) if failed is not None and after < before else "",
    )


def _devices(placement: Placement) -> tuple[str, ...]:
    return tuple(
        str(result.device)
        for _, allocation in placement.allocations
        if allocation is not None
        for result in allocation.results
    )


def _worded(placement: Placement) -> str:
    """Say why a pod is not placed, with what keeps most nodes from taking it."""
    reason = placement.aborted or placement.reason or ""
    groups = sorted(placement.reasons, key=lambda each: -len(each.nodes))
    if not groups:
        return reason
    named = [f"{each.reason} ({len(each.nodes)})" for each in groups[:_FEW]]
    more = len(groups) - _FEW
    return f"{reason}: {'; '.join(named)}" + (f"; {more} more" if more > 0 else "")


def _nodes(offers: Iterable[Offer], world: Snapshot) -> Iterator[NodeChange]:
    """Yield how much of each resource nodes have, and how often it is served after."""
    allocator = Allocator(replace(world, claims=()))
    for each in offers:
        if each.case.target.is_admin or not each.is_counted or each.is_huge:
            continue  # access to all devices, parts, and too many are not counted
        served = _served(each, allocator)
        if not each.case.target.capacity:
            served *= each.per_device  # one claim for all of them
        yield NodeChange(
            each.node.name, each.resource, each.amount, served, each.source
        )


def _served(offer: Offer, allocator: Allocator) -> int:
    """Return how often a node can give what stands for one of a resource."""
    spec = ClaimSpec((request_of(offer.case, 1),))
    outline = allocator.planner.outline((ResourceClaim(ObjectMeta("one"), spec),))
    allocator.usage = Usage.of((), allocator.rules)
    for count in range(MOST):
        try:
            answer = allocator.answer(offer.node, outline)
        except (AllocationAborted, PoolsInvalid):
            return count
        if answer.allocations is None:
            return count
        for each in answer.allocations:
            allocator.usage.hold(each)
    return MOST


def _unknown(offers: Iterable[Offer], nodes: Iterable[NodeChange]) -> frozenset[str]:
    """Return the resources whose devices are a matter of guessing.

    Of those that are counted in other units, there are none to look at; and assumed
    ones of which the selectors want something that nothing tells do not count as lost.
    """
    uncounted = {each.resource for each in offers if not each.is_counted}
    unmet = {
        each.resource for each in nodes if each.source == ASSUMED and not each.after
    }
    return frozenset(uncounted | unmet)


def _lost_pods(
    fits: Iterable[Fit], unknown: frozenset[str], *, known: bool
) -> Iterator[str]:
    """Yield users of whom fewer pods fit, as far as their devices are known, or not."""
    for each in fits:
        user = each.plan.user
        if each.after < each.before and unknown.isdisjoint(user.resources) is known:
            yield (
                f"{user.input.title}: {each.after} of its pods fit after, "
                f"{each.before} before: {each.why}"
            )


def _lost_devices(
    nodes: Iterable[NodeChange], unknown: frozenset[str]
) -> Iterator[str]:
    for each in nodes:
        if each.after < each.before and each.resource not in unknown:
            yield (
                f"node {each.node} has {each.before} of {each.resource}, and devices "
                f"for {each.after} after"
            )


def _capped(users: Iterable[Copies]) -> Iterator[str]:
    for each in users:
        user = each.plan.user
        if each.wanted == MOST and (user.replicas or 0) > MOST:
            yield f"{user.input.title}: {MOST} of {user.replicas} pods are looked at"
