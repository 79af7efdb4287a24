"""What is left when a node is lost: the one of each kind of device that has most."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from dractl.api.snapshot import Snapshot
from dractl.capacity.devices import DeviceUse, State, fleet
from dractl.capacity.groups import NONE, Group, grouped
from dractl.capacity.leaving import without_node
from dractl.capacity.moving import displaced, settled
from dractl.capacity.nearby import Nearby
from dractl.capacity.partitions import HAVABLE
from dractl.capacity.whatif import RemoveNode, changed
from dractl.diagnose.standins import with_stand_ins
from dractl.model.devices import DeviceId
from dractl.solver.placement import Placement, Progress
from dractl.solver.rehearsal import Leaving, Rehearsal


@dataclass(frozen=True, slots=True)
class Loss:
    """The loss of the node that has most devices of a kind.

    `devices` of the kind are on it, `free` of them and `free_before` of the whole
    cluster can be had. `free_after` can be had once the node is gone and what it held
    has a new place, as far as there is one: `homeless` has none.
    """

    name: str
    node: str
    devices: int
    free: int
    free_before: int
    free_after: int
    moved: tuple[Placement, ...]
    homeless: tuple[Placement, ...]

    @property
    def is_covered(self) -> bool:
        """Whether all that the node held has a place elsewhere."""
        return not self.homeless


def headroom(
    snapshot: Snapshot,
    uses: Sequence[DeviceUse],
    by: str = "model",
    progress: Progress | None = None,
) -> tuple[Loss, ...]:
    """Return the loss of one node for each group of devices, in the groups' order.

    `uses` are the devices that are looked at, `by` is what `grouped` takes. Devices
    that several nodes can use are lost with none of them. Of nodes with as many
    devices, it is the one with most in use.
    """
    snapshot = with_stand_ins(snapshot)
    near, rehearsal = Nearby(snapshot), Rehearsal(snapshot)
    outcomes: dict[str, _Outcome] = {}
    found = []
    groups = grouped(uses, by)
    for number, group in enumerate(groups):
        if progress is not None:
            progress(number, len(groups))
        node = _largest(snapshot, group)
        if node is None or group.name == NONE:
            continue
        if node not in outcomes:
            outcomes[node] = _outcome(snapshot, node, near, rehearsal)
        found.append(_loss(group, node, outcomes[node]))
    return tuple(found)


class _Outcome:
    """Where goes what a node had, and the cluster without it."""

    def __init__(
        self, before: Snapshot, node: str, placements: tuple[Placement, ...]
    ) -> None:
        self._before = before
        self.node = node
        self.placements = placements

    @cached_property
    def taken(self) -> frozenset[DeviceId]:
        """The devices of those that have a new place."""
        return frozenset(_taken(self.placements))

    @cached_property
    def havable(self) -> frozenset[DeviceId]:
        """What can be had then, in a look at all devices."""
        after = changed(self._before, RemoveNode(self.node))
        after = settled(after, self.placements)
        return frozenset(each.id for each in fleet(after) if each.state in HAVABLE)


def _outcome(
    snapshot: Snapshot, node: str, near: Nearby, rehearsal: Rehearsal
) -> _Outcome:
    """Lose a node, in the part of the cluster that feels it."""
    before = near.of(node)
    after = without_node(before, snapshot.node_by_name[node])
    placed = {pod.meta.key for pod in after.pods if pod.node_name}
    held = {id(each.allocation) for each in after.claims}
    leaving = Leaving(
        node,
        [
            pod
            for pod in before.pods
            if pod.node_name and not pod.has_ended and pod.meta.key not in placed
        ],
        [
            claim
            for claim in before.claims
            if claim.allocation is not None and id(claim.allocation) not in held
        ],
    )
    found = rehearsal.placed(displaced(before, after), leaving)
    return _Outcome(snapshot, node, tuple(map(_elsewhere, found)))


def _elsewhere(found: Placement) -> Placement:
    if found.node is not None or found.aborted or found.subject.problem:
        return found
    return dataclasses.replace(found, reason="does not fit on any other node")


def _largest(snapshot: Snapshot, group: Group) -> str | None:
    sizes: dict[str, tuple[int, int]] = {}
    for each in group.uses:
        if each.node in snapshot.node_by_name:
            total, used = sizes.get(each.node, (0, 0))
            held = each.state in {State.ALLOCATED, State.PARTLY}
            sizes[each.node] = total + 1, used + held
    return max(sizes, key=lambda name: sizes[name], default=None)


def _loss(group: Group, node: str, outcome: _Outcome) -> Loss:
    lost = [each for each in group.uses if each.node == node]
    placements = outcome.placements
    return Loss(
        group.name,
        node,
        len(lost),
        sum(each.state in HAVABLE for each in lost),
        sum(each.state in HAVABLE for each in group.uses),
        _left([each for each in group.uses if each.node != node], outcome),
        tuple(each for each in placements if each.node is not None),
        tuple(each for each in placements if each.node is None),
    )


def _left(kept: Sequence[DeviceUse], outcome: _Outcome) -> int:
    """Return how many of some devices can be had once all has moved."""
    if any(
        each.is_shared or each.device.consumes or outcome.node in each.nodes
        for each in kept
    ):
        return sum(each.id in outcome.havable for each in kept)
    # What has no parts, no shares and the same nodes is taken or not, and what the
    # node does not see was no use to its pods: that needs no second look.
    free = (each.id for each in kept if each.state in HAVABLE)
    return sum(each not in outcome.taken for each in free)


def _taken(placements: Iterable[Placement]) -> Iterable[DeviceId]:
    for each in placements:
        if each.node is None:
            continue
        for _, allocation in each.allocations:
            if allocation is not None:
                yield from (result.device for result in allocation.results)
