"""How many more of something fit: placed one after the other, until none does."""

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.capacity.asked import Asked
from dractl.capacity.quotas import claimed
from dractl.diagnose.quotas import charges
from dractl.diagnose.standins import with_stand_ins
from dractl.model.claims import ResourceClaim
from dractl.model.limits import limit
from dractl.model.quantity import Quantity
from dractl.solver.nodefit import requests_of
from dractl.solver.placement import NodeGroup, Placement, Policy, Progress
from dractl.solver.placer import Placer
from dractl.solver.subjects import Subject

MOST: Final = 10_000
"""How many are placed unless a caller says otherwise."""


@dataclass(frozen=True, slots=True)
class QuotaLimit:
    """A quota that lets fewer copies be made than there is room for."""

    quota: str
    resource: str
    left: Quantity
    number: int

    def __str__(self) -> str:
        return f"quota {self.quota} has {self.left} of {self.resource} left"


@dataclass(frozen=True, slots=True)
class ClaimLimit:
    """A claim that all copies share, and that may be reserved for `number` more."""

    claim: str
    most: int
    number: int

    def __str__(self) -> str:
        return f"claim {self.claim} may be reserved for {self.most} pods"


@dataclass(frozen=True, slots=True)
class Fits:
    """How many copies found a place, at most `most`, and what stops the next one.

    `by_node` has how many went where, in the order of the nodes. `next` is the answer
    for the one that found no place; None: not so many were asked for that one did not.
    `quotas` are those of its namespace that let fewer be made, the narrowest first;
    `claims` are those that copies share and that let fewer run. `unbound` is how many
    would have a place if their claims had no constraints, `most` if there may be room
    for more; None: they have none, or there is room for all that were asked for.
    """

    asked: Asked
    number: int
    most: int
    by_node: Mapping[str, int]
    next: Placement | None
    quotas: tuple[QuotaLimit, ...] = ()
    claims: tuple[ClaimLimit, ...] = ()
    unbound: int | None = None

    @property
    def is_cut(self) -> bool:
        """Whether there may be room for more than were asked for."""
        return self.next is None

    @property
    def allowed(self) -> int:
        """How many can be made and have a place: quotas and limits count as well."""
        quotas = (each.number for each in self.quotas)
        return min([self.number, *quotas, *(each.number for each in self.claims)])

    @property
    def reasons(self) -> tuple[NodeGroup, ...]:
        """Why nodes refuse the next one, what most of them say first."""
        found = () if self.next is None else self.next.reasons
        return tuple(sorted(found, key=lambda each: -len(each.nodes)))

    @property
    def why(self) -> str:
        """What stops the next one, in a sentence; "" if nothing does."""
        if self.next is None:
            return ""
        if self.next.aborted is not None:
            return f"the scheduler stops with an error: {self.next.aborted}"
        if self.reasons:
            return self.reasons[0].reason
        return self.next.reason or ""


def fits(
    snapshot: Snapshot,
    asked: Asked,
    most: int = MOST,
    *,
    progress: Progress | None = None,
) -> Fits:
    """Place copies until one finds no place, or there are `most`.

    `snapshot` is the cluster with what the copies need; see `asked.asked`. What waits
    in it takes nothing. Each copy is placed by the scheduler's rules on the first node
    that takes it; of a DaemonSet, a node takes one.
    """
    snapshot = with_stand_ins(snapshot)
    found, last = _placed(snapshot, asked, most, progress)
    by_node = {
        node.name: found[node.name] for node in snapshot.nodes if node.name in found
    }
    number = found.total()
    claims = asked.subject.claims
    unbound: int | None = None
    if last is not None and any(
        each.spec.constraints for each in claims if each.allocation is None
    ):
        loose = asked.without_constraints()
        unbound = _placed(snapshot, loose, most, progress)[0].total()
    own = [each for each in claims if each.meta.key not in snapshot.claim_by_key]
    charged = _charged(snapshot, asked.subject, own)
    limits = _limits(snapshot, asked.namespace, charged, number)
    shared = tuple(_shared(snapshot, asked, number))
    return Fits(asked, number, most, by_node, last, limits, shared, unbound)


def _placed(
    snapshot: Snapshot, asked: Asked, most: int, progress: Progress | None
) -> tuple[Counter[str], Placement | None]:
    """Return how many went to each node, and the answer for the first without one."""
    having = _having(snapshot, asked) if asked.is_one_per_node else ()
    placer = Placer(snapshot, None, Policy.FIRST, closed=having)
    found: Counter[str] = Counter()
    for number in range(most):
        placement = placer.place(asked.copy(number, snapshot))
        if placement.node is None:
            return found, _without_closed(placement, placer.closed)
        if asked.is_one_per_node:
            placer.closed.add(placement.node)
        found[placement.node] += 1
        if progress is not None:
            progress(number + 1, most)
    return found, None


def _shared(snapshot: Snapshot, asked: Asked, number: int) -> Iterator[ClaimLimit]:
    """Yield the claims that cannot be reserved for so many pods more.

    The scheduler does not look: for a further pod it finds a node, and then the API
    server refuses the reservation, again and again.
    """
    most = limit("reservations", snapshot.profile.version)
    for claim in asked.subject.claims:
        known = snapshot.claim_by_key.get(claim.meta.key)
        if known is not None and most - len(known.reserved_for) < number:
            left = max(most - len(known.reserved_for), 0)
            yield ClaimLimit("/".join(known.meta.key), most, left)


def _having(snapshot: Snapshot, asked: Asked) -> Iterator[str]:
    """Yield the nodes that have a pod of the DaemonSet already."""
    for pod in snapshot.pods:
        if pod.node_name and pod.meta.namespace == asked.namespace:
            owners = ((each.kind, each.name) for each in pod.meta.owners)
            if (asked.kind, asked.name) in owners:
                yield pod.node_name


def _without_closed(placement: Placement, closed: Collection[str]) -> Placement:
    """Return why there is no place for one more, in the words of who asks."""
    if not closed:
        return placement
    groups = []
    having: list[str] = []
    for each in placement.reasons:
        having += [name for name in each.nodes if name in closed]
        rest = tuple(name for name in each.nodes if name not in closed)
        groups += [NodeGroup(each.reason, rest)] if rest else []
    groups += [NodeGroup("the node has one already", tuple(having))] if having else []
    return dataclasses.replace(placement, reasons=tuple(groups))


def _charged(
    snapshot: Snapshot, subject: Subject, claims: Iterable[ResourceClaim]
) -> Counter[str]:
    """Return what one copy with its own claims counts as, by the keys of quotas.

    Pods count as what they ask for of extended resources, whoever serves these.
    """
    charged: Counter[str] = Counter()
    for claim in claims:
        charged.update(dict(charges(snapshot.class_by_name, claim.spec)))
    needed = {} if subject.pod is None else requests_of(subject.pod)
    for resource in {each.resource for each in subject.extended}:
        charged[f"requests.{resource}"] += Quantity(needed[resource]).ceiling
    return charged


def _limits(
    snapshot: Snapshot, namespace: str, charged: Counter[str], number: int
) -> tuple[QuotaLimit, ...]:
    """Return the quotas that let fewer copies be made, the narrowest first."""
    # Where the server has not counted yet, what the claims there count as.
    counted = claimed(snapshot)
    found = [
        QuotaLimit(
            quota.meta.name,
            resource,
            left,
            max(left.nanos // Quantity.of(charged[resource]).nanos, 0),
        )
        for quota in snapshot.quotas
        if quota.meta.namespace == namespace
        for resource, hard in quota.hard.items()
        if charged[resource]
        for own in [Quantity.of(counted.get((namespace, resource), 0))]
        for left in [hard - quota.used.get(resource, own)]
    ]
    return tuple(
        sorted(
            (each for each in found if each.number < number),
            key=lambda each: each.number,
        )
    )
