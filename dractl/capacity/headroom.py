"""What is left when a node is lost: the one of each kind of device that has most."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dractl.api.snapshot import Snapshot
from dractl.capacity.devices import DeviceUse, State
from dractl.capacity.groups import NONE, Group, grouped
from dractl.capacity.moving import displaced
from dractl.capacity.whatif import RemoveNode, changed
from dractl.diagnose.standins import with_stand_ins
from dractl.model.devices import DeviceId
from dractl.solver.allocator import Allocator
from dractl.solver.placement import Placement, Policy, Progress
from dractl.solver.placer import Placer

_HAVABLE = frozenset({State.FREE, State.PARTLY})


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
    fleet: Sequence[DeviceUse],
    by: str = "model",
    progress: Progress | None = None,
) -> tuple[Loss, ...]:
    """Return the loss of one node for each group of devices, in the groups' order.

    `by` is what `grouped` takes. Devices that several nodes can use are lost with none
    of them. Of nodes with as many devices, it is the one with most in use.
    """
    snapshot = with_stand_ins(snapshot)
    allocator = Allocator(snapshot)
    outcomes: dict[str, tuple[Placement, ...]] = {}
    found = []
    groups = grouped(fleet, by)
    for number, group in enumerate(groups):
        if progress is not None:
            progress(number, len(groups))
        node = _largest(snapshot, group)
        if node is None or group.name == NONE:
            continue
        if node not in outcomes:
            outcomes[node] = _moved(snapshot, node, allocator)
        found.append(_loss(group, node, outcomes[node]))
    return tuple(found)


def _moved(
    snapshot: Snapshot, node: str, allocator: Allocator
) -> tuple[Placement, ...]:
    """Return where goes what a node has, once it is gone."""
    after = changed(snapshot, RemoveNode(node))
    # With the node closed instead of gone, the other nodes need no second look.
    closed = dataclasses.replace(after, slices=snapshot.slices, nodes=snapshot.nodes)
    placer = Placer(closed, None, Policy.FIRST, closed=(node,))
    usage = placer.allocator.usage
    placer.allocator.adopt(allocator)
    placer.allocator.usage = usage
    return tuple(
        _elsewhere(placer.place(each, worded=False))
        for each in displaced(snapshot, after)
    )


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


def _loss(group: Group, node: str, placements: Sequence[Placement]) -> Loss:
    lost = [each for each in group.uses if each.node == node]
    kept = [each for each in group.uses if each.node != node]
    taken = set(_taken(placements))
    before = [each for each in group.uses if each.state in _HAVABLE]
    after = [
        each
        for each in kept
        if each.state in _HAVABLE and (each.is_shared or each.id not in taken)
    ]
    return Loss(
        group.name,
        node,
        len(lost),
        sum(each.state in _HAVABLE for each in lost),
        len(before),
        len(after),
        tuple(each for each in placements if each.node is not None),
        tuple(each for each in placements if each.node is None),
    )


def _taken(placements: Iterable[Placement]) -> Iterable[DeviceId]:
    for each in placements:
        if each.node is None:
            continue
        for _, allocation in each.allocations:
            if allocation is not None:
                yield from (result.device for result in allocation.results)
