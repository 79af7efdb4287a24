"""What is left when a node is lost: the one of each kind of device that has most."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from dractl.api.snapshot import Snapshot
from dractl.capacity.devices import DeviceUse, State, fleet
from dractl.capacity.groups import NONE, Group, grouped
from dractl.capacity.moving import displaced, settled
from dractl.capacity.partitions import HAVABLE
from dractl.capacity.whatif import RemoveNode, changed
from dractl.diagnose.standins import with_stand_ins
from dractl.model.devices import DeviceId
from dractl.solver.allocator import Allocator
from dractl.solver.placement import Placement, Policy, Progress
from dractl.solver.placer import Placer


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
    allocator = Allocator(snapshot)
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
            outcomes[node] = _Outcome(snapshot, node, allocator)
        found.append(_loss(group, node, outcomes[node]))
    return tuple(found)


class _Outcome:
    """The cluster without a node, and where goes what it had."""

    def __init__(self, snapshot: Snapshot, node: str, allocator: Allocator) -> None:
        self.node = node
        self._after = after = changed(snapshot, RemoveNode(node))
        # With the node closed instead of gone, the other nodes need no second look.
        closed = dataclasses.replace(
            after, slices=snapshot.slices, nodes=snapshot.nodes
        )
        placer = Placer(closed, None, Policy.FIRST, closed=(node,))
        usage = placer.allocator.usage
        placer.allocator.adopt(allocator)
        placer.allocator.usage = usage
        self.placements = tuple(
            _elsewhere(placer.place(each, worded=False))
            for each in displaced(snapshot, after)
        )

    @cached_property
    def taken(self) -> frozenset[DeviceId]:
        """The devices of those that have a new place."""
        return frozenset(_taken(self.placements))

    @cached_property
    def havable(self) -> frozenset[DeviceId]:
        """What can be had then, in a look at all devices."""
        after = settled(self._after, self.placements)
        return frozenset(each.id for each in fleet(after) if each.state in HAVABLE)


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
