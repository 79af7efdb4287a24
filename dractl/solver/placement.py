"""The answer of a dry run: where pods and claims go, and why others do not fit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from dractl.api.encode import allocation_to_wire
from dractl.api.snapshot import Snapshot
from dractl.model.claims import Allocation, ResourceClaim
from dractl.solver.allocator import Allocator
from dractl.solver.errors import AllocationAborted, Fault, PoolsInvalid
from dractl.solver.subjects import Subject, pending

__all__ = ["NodeGroup", "Outcome", "Placement", "Policy", "Subject", "pending", "place"]

Progress = Callable[[int, int], None]
Key = tuple[str, str]


class Policy(StrEnum):
    """Which of the nodes that fit: first in order, least or most devices in use."""

    FIRST = "first"
    SPREAD = "spread"
    PACK = "pack"


@dataclass(frozen=True, slots=True)
class NodeGroup:
    """Nodes that refused for one reason, in the source's order."""

    reason: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """What became of a subject.

    `allocations` has every claim of it, also those that were allocated before; None:
    not allocated. Of what is not placed, `reason` says it in one sentence and `reasons`
    node by node; `aborted` is the error that would stop the scheduler, `fault` what
    that is about, and `hint` what would prevent it. `is_slow` warns that upstream's
    search may time out here.
    """

    subject: Subject
    node: str | None
    allocations: tuple[tuple[ResourceClaim, Allocation | None], ...]
    reasons: tuple[NodeGroup, ...] = ()
    reason: str | None = None
    aborted: str | None = None
    hint: str | None = None
    fault: Fault | None = None
    is_slow: bool = False


@dataclass(frozen=True)
class Outcome:
    """All placements in input order; `steps` counts upstream's search steps."""

    placements: tuple[Placement, ...]
    steps: int

    @cached_property
    def allocations(self) -> Mapping[Key, dict[str, object] | None]:
        """The AllocationResult (resource.k8s.io/v1) of each claim; None: no devices."""
        return {
            claim.meta.key: None if found is None else allocation_to_wire(found)
            for placement in self.placements
            for claim, found in placement.allocations
        }


def place(
    snapshot: Snapshot,
    subjects: Sequence[Subject],
    *,
    node: str | None = None,
    policy: Policy = Policy.FIRST,
    progress: Progress | None = None,
) -> Outcome:
    """Place the subjects in their order.

    With `node`, only that one is tried, whatever its state. Raises UnknownNode.
    """
    from dractl.solver.placer import Placer

    placer = Placer(snapshot, node, policy)
    placements = []
    for number, subject in enumerate(subjects):
        placements.append(placer.place(subject))
        if progress is not None:
            progress(number + 1, len(subjects))
    return Outcome(tuple(placements), placer.steps)


def allocate(snapshot: Snapshot, *, node: str | None = None) -> Outcome:
    """Say what the scheduler's allocator gives to all pending claims.

    With `node`, all of them together on that node, or none; node taints, readiness and
    resources are not looked at. Otherwise see `place`. Raises AllocationAborted where
    the scheduler would stop with an error, and UnknownNode.
    """
    if node is not None:
        return _on_node(snapshot, node)
    outcome = place(snapshot, pending(snapshot))
    for placement in outcome.placements:
        if placement.aborted is not None:
            raise AllocationAborted(placement.aborted)
    return outcome


def _on_node(snapshot: Snapshot, name: str) -> Outcome:
    claims = snapshot.pending_claims
    allocator = Allocator(snapshot)
    given: tuple[Allocation | None, ...] = (None,) * len(claims)
    reason, steps = None, 0
    try:
        answer = allocator.allocate(allocator.node(name), claims)
    except PoolsInvalid as invalid:
        reason = str(invalid)
    else:
        steps = answer.steps
        if answer.allocations is None:
            reason = "cannot allocate all claims"
        else:
            given = answer.allocations
    pairs = tuple(zip(claims, given, strict=True))
    where = name if reason is None else None
    subject = Subject(None, claims)
    return Outcome((Placement(subject, where, pairs, reason=reason),), steps)
