"""What counters still allow: how many partitions of each kind could still be had."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.capacity.counters import CountersLeft
from dractl.capacity.devices import DeviceUse, State
from dractl.diagnose.standins import with_stand_ins
from dractl.model.claims import (
    ClaimSpec,
    DeviceClass,
    ObjectMeta,
    Option,
    Request,
    ResourceClaim,
)
from dractl.model.devices import DeviceId
from dractl.model.quantity import Quantity
from dractl.model.workloads import Node
from dractl.solver.allocator import Allocator
from dractl.solver.eligibility import Selectors
from dractl.solver.inventory import CounterKey, Entry, NodeInventory, Pool
from dractl.solver.plan import Planner
from dractl.solver.search import Search
from dractl.solver.usage import Usage
from dractl.solver.view import NodeView

_ANY: Final = "any"
HAVABLE: Final = frozenset({State.FREE, State.PARTLY})
"""The states of devices of which a claim can still have something."""


class Parent(NamedTuple):
    """What partitions are parts of: some counter sets of a pool, mostly one GPU's."""

    driver: str
    pool: str
    sets: tuple[str, ...]

    def __str__(self) -> str:
        """Return the names of the counter sets."""
        return ", ".join(self.sets)


class Counter(NamedTuple):
    """A counter of a parent; `left` is negative where it is overdrawn."""

    name: str
    total: Quantity
    left: Quantity


@dataclass(frozen=True, slots=True)
class Partition:
    """A kind of partition of one parent.

    `published` partitions overlap, so not all of them can be had at once: `possible`
    is how many more the scheduler would give out if nobody took any other kind, and
    `whole` how many it would if no claim had anything. `node` is "" if they are on
    several.
    """

    parent: Parent
    node: str
    kind: str
    uses: tuple[DeviceUse, ...]
    possible: int
    whole: int
    counters: tuple[Counter, ...]

    @property
    def published(self) -> int:
        """How many places for it the driver publishes."""
        return len(self.uses)

    @property
    def allocated(self) -> int:
        """How many claims have."""
        held = (State.ALLOCATED, State.PARTLY)
        return sum(each.state in held for each in self.uses)


def partitions(snapshot: Snapshot, fleet: Iterable[DeviceUse]) -> tuple[Partition, ...]:
    """Return the kinds of partitions of every parent, in the order of the fleet."""
    kinds: dict[tuple[Parent, object], list[DeviceUse]] = {}
    for each in fleet:
        if each.device.consumes:
            kinds.setdefault((parent_of(each), _kind(each)), []).append(each)
    if not kinds:
        return ()
    trial = _Trial(snapshot)
    return tuple(
        Partition(
            parent,
            uses[0].node if len({each.node for each in uses}) == 1 else "",
            uses[0].model or uses[0].device.name,
            tuple(uses),
            trial.possible(uses),
            trial.whole(uses),
            tuple(trial.counters(parent, uses)),
        )
        for (parent, _), uses in kinds.items()
    )


def parent_of(use: DeviceUse) -> Parent:
    """Return what a device draws from."""
    sets = dict.fromkeys(each.counter_set for each in use.device.consumes)
    return Parent(use.id.driver, use.id.pool, tuple(sorted(sets)))


Kinds = Mapping[int, Partition]
"""The kind of each partition, by the identity of its use."""


def by_use(kinds: Iterable[Partition]) -> Kinds:
    """Return the kind of each partition."""
    return {id(use): kind for kind in kinds for use in kind.uses}


def at_once(uses: Iterable[DeviceUse], kinds: Kinds) -> int:
    """Return how many of some devices could be had at once, as far as counters go.

    Of each parent, partitions of the kind of which there can be most.
    """
    if not kinds:
        return sum(use.state in HAVABLE for use in uses)
    number = 0
    havable: dict[int, int] = {}
    by_parent: dict[Parent, dict[int, Partition]] = {}
    for use in uses:
        if use.state not in HAVABLE:
            continue
        kind = kinds.get(id(use))
        if kind is None:
            number += 1
            continue
        havable[id(kind)] = havable.get(id(kind), 0) + 1
        by_parent.setdefault(kind.parent, {})[id(kind)] = kind
    return number + sum(
        max(min(havable[key], kind.possible) for key, kind in found.items())
        for found in by_parent.values()
    )


def _kind(use: DeviceUse) -> object:
    amounts = tuple(sorted((n, c.value.nanos) for n, c in use.device.capacity.items()))
    return use.model, amounts


class _Trial:
    """Asks the allocator for one partition after the other, as the scheduler would.

    Parents that look the same and have the same left get one answer.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        snapshot = with_stand_ins(snapshot)
        self._nodes = snapshot.node_by_name
        allocator = Allocator(snapshot)
        self._rules, self._usage = allocator.rules, allocator.usage
        anything = {_ANY: DeviceClass(_ANY)}
        selectors = Selectors(self._rules.environment)
        claim = ResourceClaim(
            ObjectMeta(_ANY), ClaimSpec((Request(_ANY, (Option(None, _ANY),)),))
        )
        self._outline = Planner(anything, selectors, self._rules).outline([claim])
        self._left = CountersLeft(allocator)
        self._keys: dict[int, dict[str, list[CounterKey]]] = {}
        self._known: dict[object, int] = {}

    def possible(self, uses: Sequence[DeviceUse]) -> int:
        """Return how many more of some devices of one kind and parent can be had."""
        free = [each for each in uses if each.state in HAVABLE]
        if not free or (pool := free[0].pool) is None:
            return 0
        return self._answer(free, pool, self._left.of(pool), self._usage)

    def whole(self, uses: Sequence[DeviceUse]) -> int:
        """Return how many there could be if no claim had anything of their pool."""
        seen = [each for each in uses if each.pool is not None and each.is_sound]
        if not seen or (pool := seen[0].pool) is None:
            return 0
        return self._answer(seen, pool, pool.counters, Usage(self._rules.consumable))

    def _answer(
        self,
        free: Sequence[DeviceUse],
        pool: Pool,
        left: Mapping[CounterKey, int],
        usage: Usage,
    ) -> int:
        key = self._key(free, pool, left)
        if key not in self._known:
            mine = _of_devices({each.id for each in pool.consumers}, usage)
            self._known[key] = self._given(free, pool, mine)
        return self._known[key]

    def _key(
        self,
        free: Sequence[DeviceUse],
        pool: Pool,
        left: Mapping[CounterKey, int],
    ) -> object:
        places = {name: place for place, name in enumerate(parent_of(free[0]).sets)}
        nodes = dict.fromkeys(each.nodes[0] for each in free)
        numbers = {name: number for number, name in enumerate(nodes)}
        return (
            tuple(numbers[each.nodes[0]] for each in free) if len(nodes) > 1 else (),
            tuple(
                (place, key[1], left[key])
                for counter_set, place in places.items()
                for key in self._keys_in(pool).get(counter_set, ())
            ),
            tuple(
                tuple(
                    (places[draw.counter_set], name, amount.nanos)
                    for draw in each.device.consumes
                    for name, amount in sorted(draw.counters.items())
                )
                for each in free
            ),
        )

    def _given(self, free: Sequence[DeviceUse], pool: Pool, usage: Usage) -> int:
        """Give out one after the other, node by node, until no more can be had."""
        by_node: dict[str, list[Entry]] = {}
        for each in free:
            by_node.setdefault(each.nodes[0], []).append(each.entry)
        return sum(
            self._given_on(node, entries, pool, usage)
            for name, entries in by_node.items()
            if (node := self._nodes.get(name)) is not None
        )

    def _given_on(
        self, node: Node, free: Sequence[Entry], pool: Pool, usage: Usage
    ) -> int:
        """Give out what a node sees; `usage` grows by it."""
        entries = tuple(free)
        seen = replace(pool, entries=entries)
        inventory = NodeInventory((seen,), entries, (seen,) * len(entries), False)
        view = NodeView.of(node, inventory, self._rules)
        number = 0
        while (found := Search(view, self._outline, usage).find().ledger) is not None:
            number += 1
            usage.dedicated.add(view.devices[found.taken[0][0].position].id)
        return number

    def counters(self, parent: Parent, uses: Sequence[DeviceUse]) -> Iterator[Counter]:
        """Yield the counters of a parent."""
        pool = next((each.pool for each in uses if each.pool is not None), None)
        if pool is None:
            return
        left = self._left.of(pool)
        form = {
            (draw.counter_set, name): amount.format
            for each in uses
            for draw in each.device.consumes
            for name, amount in draw.counters.items()
        }
        for counter_set in parent.sets:
            for key in self._keys_in(pool).get(counter_set, ()):
                spelled = form.get(key, "DecimalSI")
                yield Counter(
                    key[1] if len(parent.sets) == 1 else "/".join(key),
                    Quantity(pool.counters[key], spelled),
                    Quantity(left[key], spelled),
                )

    def _keys_in(self, pool: Pool) -> Mapping[str, Sequence[CounterKey]]:
        """Return the counters of a pool by their sets."""
        known = self._keys.get(id(pool))
        if known is None:
            known = self._keys[id(pool)] = {}
            for key in pool.counters:
                known.setdefault(key[0], []).append(key)
        return known


def _of_devices(devices: set[DeviceId], usage: Usage) -> Usage:
    """Return what of the usage is of some devices."""
    return Usage(
        usage.consumable,
        usage.dedicated & devices,
        usage.shared & devices,
        {key: usage.aggregated[key] for key in usage.aggregated.keys() & devices},
    )
