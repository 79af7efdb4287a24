"""In which order nodes change their stack, and which workloads move when.

Every step of the way is placed by the allocator: while the nodes of a wave are out, and
once they are back with the driver.
"""

from collections.abc import Hashable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.migrate.inputs import Order, Route
from dractl.migrate.pods import MOST, Copies, Pods
from dractl.migrate.projected import Projected
from dractl.migrate.proof import placed
from dractl.migrate.waiting import waiting
from dractl.migrate.worlds import Worlds, subjects
from dractl.model.workloads import Node
from dractl.solver.placement import Placement, Policy
from dractl.solver.placer import Placer
from dractl.solver.subjects import Subject

_CONTROL_PLANE: Final = (
    "node-role.kubernetes.io/control-plane",
    "node-role.kubernetes.io/master",
)
_PRODUCTS: Final = frozenset({"dashed", "underscored", "table"})  # readings of models
_PART: Final = 3  # of the nodes of a pool, at most one of so many is out at a time


@dataclass(frozen=True, eq=False, slots=True)
class Wave:
    """Nodes that change together: `pool` says what they have in common.

    `movers` are the positions of users that move to claims once it is done. `doubts`
    say which pods may have to wait meanwhile.
    """

    pool: str
    nodes: tuple[str, ...]
    movers: tuple[int, ...] = ()
    doubts: tuple[str, ...] = ()


def waves(worlds: Worlds) -> tuple[Wave, ...]:
    """Return the waves in their order, the control plane's nodes last."""
    grouped = tuple(_grouped(worlds.plan.order, worlds.snapshot, worlds.known))
    course = _Course(worlds)
    found = []
    for number, each in enumerate(grouped):
        doubts = tuple(course.doubts(each.nodes))
        movers = course.move(each.nodes, is_last=number == len(grouped) - 1)
        found.append(replace(each, movers=movers, doubts=doubts))
    return tuple(found)


# -- which nodes


def _grouped(order: Order, snapshot: Snapshot, projected: Projected) -> Iterator[Wave]:
    pools: dict[tuple[bool, bool, str], list[str]] = {}
    for node in snapshot.nodes:
        if node.name in projected.gone:
            pool = _pool(node, order, projected)
            key = (_is_control_plane(node), not pool, pool)
            pools.setdefault(key, []).append(node.name)
    for (_, _, pool), nodes in sorted(pools.items()):
        for some in _split(nodes, order.wave_size):
            yield Wave(pool, some)


def _pool(node: Node, order: Order, projected: Projected) -> str:
    """Return what a node has in common with those of its pool."""
    labels = node.meta.labels
    if order.pool_label:
        return labels.get(order.pool_label, "")
    rows = [
        row
        for each in projected.offers
        if each.node.name == node.name
        for row in each.case.target.plugin.labels
        if row.fate == "device" and row.reading in _PRODUCTS
    ]
    models = dict.fromkeys(labels[row.pattern] for row in rows if row.pattern in labels)
    return " ".join([*projected.gone[node.name], *models])


def _is_control_plane(node: Node) -> bool:
    return any(each in node.meta.labels for each in _CONTROL_PLANE)


def _split(nodes: Sequence[str], size: int | None) -> Iterator[tuple[str, ...]]:
    """Yield so many nodes at a time; else parts of about one size, a third at most."""
    if size is None:
        most = max(len(nodes) // _PART, 1)
        count = -(-len(nodes) // most)
        size = -(-len(nodes) // count)
    size = max(size, 1)
    for start in range(0, len(nodes), size):
        yield tuple(nodes[start : start + size])


# -- which workloads


class _Course:
    """How far a rollout is: which nodes have changed, and which users have moved.

    Errors that would stop the scheduler are found by the proof, so that none is looked
    for at every step.
    """

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._known = worlds.known
        self._users = worlds.users
        self._known_movers: dict[int, tuple[list[Subject], Hashable]] = {}
        self._switched: frozenset[str] = frozenset()
        self._moved: frozenset[int] = frozenset()
        self._usual: tuple[tuple[Placement, ...], ...] = ()
        self._usual = self._placed(frozenset())
        # What has moved stays where it is; devices come as nodes change.
        self._after = worlds.changed
        self._changed = Placer(
            self._after, None, Policy.FIRST, looks_on=False, closed=self._known.gone
        )

    def doubts(self, nodes: Sequence[str]) -> Iterator[str]:
        """Say which pods find no place while the nodes are out."""
        out = frozenset(nodes)
        now = self._placed(out)
        for user, usual, placements in zip(self._users, self._usual, now, strict=True):
            wanted = sum(_is_on(each, out, user) for each in usual)
            short = wanted - sum(each.node is not None for each in placements)
            if short > 0:
                failed = next(each for each in placements if each.node is None)
                pod = failed.subject.pod or user.old
                others = self._others(user, out)
                yield waiting(user, pod, short, nodes, others)

    def _others(self, user: Copies, out: AbstractSet[str]) -> list[Node]:
        """Return the nodes that have what a user asks for now, and are not out."""
        asked = set(user.plan.user.resources)
        found = {
            each.node.name: each.node
            for each in self._known.offers
            if each.resource in asked and each.node.name not in out
        }
        return list(found.values())

    def move(self, nodes: Sequence[str], *, is_last: bool) -> tuple[int, ...]:
        """Take the nodes for switched; return the users that can move then.

        These are those whose pods all fit on what has changed. A DaemonSet's are on all
        nodes, so that it comes last.
        """
        self._switched |= frozenset(nodes)
        waiting = [
            number
            for number, each in enumerate(self._users)
            if each.plan.route is Route.CLAIMS and number not in self._moved
        ]
        fitting = waiting if is_last else self._fitting(waiting)
        self._moved |= frozenset(fitting)
        return tuple(fitting)

    def _fitting(self, waiting: Sequence[int]) -> list[int]:
        """Return those of the users that fit wholly on what has changed.

        What one takes that fits in part only would keep out those behind it, so it
        gives that back. Whoever asks for as many of the same need not be tried then.
        """
        self._changed.open(self._switched)
        found: list[int] = []
        room: dict[Hashable, int] = {}
        for number in waiting:
            if self._users[number].is_everywhere:
                continue
            pods, shape = self._movers(number)
            if len(pods) > room.get(shape, len(pods)):
                continue
            count = self._changed.place_all(pods)
            if count == len(pods):
                found.append(number)
            else:
                room[shape] = count
        return found

    def _movers(self, number: int) -> tuple[list[Subject], Hashable]:
        """Return a user's pods as they come after the move, and what they all ask for.

        Claims that are allocated since are still part of it.
        """
        if number not in self._known_movers:
            user = self._users[number]
            pods = subjects(user.meanwhile((), (), has_moved=True).free, self._after)
            shape = self._changed.shape(pods[0]) if pods else None
            self._known_movers[number] = pods, shape
        return self._known_movers[number]

    def _placed(self, out: AbstractSet[str]) -> tuple[tuple[Placement, ...], ...]:
        world = self._worlds.after(self._switched, out)
        users = [self._of(number, out) for number in range(len(self._users))]
        return placed(world, users, looks_on=False).users

    def _of(self, number: int, out: AbstractSet[str]) -> Pods:
        """Return a user's pods; those that wait before the rollout do not count."""
        most = MOST
        if self._usual:
            most = sum(each.node is not None for each in self._usual[number])
        has_moved = number in self._moved
        user = self._users[number]
        return user.meanwhile(out, self._switched, has_moved=has_moved, most=most)


def _is_on(placement: Placement, out: AbstractSet[str], user: Copies) -> bool:
    """Tell whether a pod is to be somewhere while nodes are out."""
    if placement.node is None:
        return False
    return not user.is_everywhere or placement.node not in out
