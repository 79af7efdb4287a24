"""What keeps claims from one node, devices only: the smallest sets of blames.

Three questions, each asked only if the one before finds nothing: can each request be
met by itself, can each claim, can all together. State is looked at before structure:
what others hold or taint before what the claim itself demands.
"""

import dataclasses
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING, Final, NamedTuple

from dractl.diagnose.fingerprint import fingerprint
from dractl.model.devices import Device
from dractl.solver.errors import AllocationAborted, Fault
from dractl.solver.guide import leaves_traces, may_abort
from dractl.solver.ledger import Ledger
from dractl.solver.plan import ClaimPlan, OptionPlan, Outline, RequestPlan
from dractl.solver.relaxation import (
    STATE,
    Obstacle,
    each_of,
    fits_without,
    smallest,
    without,
    would_fit,
)
from dractl.solver.slots import Slot, prepare
from dractl.solver.usage import Usage
from dractl.solver.view import NodeView, positions

if TYPE_CHECKING:
    from dractl.diagnose.world import World

_MOST_SETS: Final = 32

CHANGES: Final = 1  # with what others do
CLASHES: Final = 2  # what is asked for does not go together
LACKS: Final = 3  # the node has too few, or too small ones
DIFFERS: Final = 4  # the node's devices are not what is asked for
ABSENT: Final = 5  # the node has no such devices at all


class Blame(NamedTuple):
    """Why claims do not fit. `level` tells how far the node is from fitting.

    `claim` counts the claims of the attempt, and from -1 down those that are allocated
    already; None: it is about several. `request` is "" for the claim as a whole. An
    `error` is what ends the scheduler's search on the node.
    """

    level: int
    claim: int | None
    request: str
    code: str
    error: tuple[str, Fault] | None = None


BlameSet = frozenset[Blame]
_Blamer = Callable[[int, str], Blame]
Sets = tuple[BlameSet, ...]
"""Alternatives: without all blames of one of them, the claims would fit."""

ABSENCE: Final = "absent"
"""Stands for a code that only a look at all nodes can tell (absence.py)."""

ERROR: Final = "error"
"""Stands for the code of the error that comes with the blame."""

_CODES: Final = {
    Obstacle.IN_USE: "devices-in-use",
    Obstacle.COUNTERS: "counters-exhausted",
    Obstacle.CAPACITY: "capacity-insufficient",
    Obstacle.TAINTS: "devices-tainted",
    Obstacle.CONSTRAINTS: "constraint-unsatisfiable",
}
_DEFECTS: Final = {"invalid": "pool-invalid"}


def whole_claim(level: int, claim: int | None, code: str) -> Blame:
    """Return a blame that is about no single request."""
    return Blame(level, claim, "", code)


class Judge:
    """Answers for one subject; nodes that look the same share an answer."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._usage = world.allocator.usage
        self._known: dict[Hashable, Sets] = {}

    def verdict(self, view: NodeView, outline: Outline) -> tuple[Sets, bool]:
        """Return what keeps the claims from the node, (): nothing; and if that is sure.

        It is not where the search may end in an error, as at an expression that fails,
        or where a failure may leave traces from which other requests profit.
        Every request of the outline has one option. Raises AllocationAborted for what
        is wrong with a claim whatever the devices.
        """
        if not outline:
            return (), True
        claims = prepare(view, outline, self._usage)
        ledger = Ledger(view, self._usage, len(claims))
        key = (id(outline), *fingerprint(view, claims, ledger))
        known = self._known.get(key)
        if known is None:
            slots = [slot for claim in claims for (slot,) in claim.requests]
            known = self._known[key] = self._judged(view, outline, slots)
        return known, not (may_abort(claims, ledger) or leaves_traces(view, claims))

    def _judged(self, view: NodeView, outline: Outline, slots: Sequence[Slot]) -> Sets:
        numbers = [n for n, claim in enumerate(outline) for _ in claim.requests]
        failing = [
            sets
            for number, slot in zip(numbers, slots, strict=True)
            if (sets := self._alone(view, outline[number], number, slot))
        ]
        if failing:
            return _all_of(failing)
        failing = [
            sets
            for number, claim in enumerate(outline)
            if len(claim.requests) > 1 and (sets := self._claim(view, claim, number))
        ]
        if failing:
            return _all_of(failing)
        return self._together(view, outline) if len(outline) > 1 else ()

    # -- one request

    def _alone(self, view: NodeView, claim: ClaimPlan, number: int, slot: Slot) -> Sets:
        """Return what keeps one request from being met by itself."""

        def blame(level: int, code: str) -> Blame:
            return Blame(level, number, slot.plan.name, code)

        passing = slot.selectable.passing
        lacking = slot.needs - passing.bit_count() if slot.wanted is None else 0
        found: list[BlameSet] = []
        single = one_option(claim, slot.plan)
        if passing and lacking <= 0:
            found += self._kept_by(view, single, slot, blame)
            if not found:
                return ()
        found += self._defects(view, slot, lacking, blame)
        if found:
            return tuple(found)
        if slot.selectable.unsupported.bit_count() >= max(lacking, 1):
            return (frozenset({blame(CHANGES, "feature-disabled")}),)
        if passing:
            return (frozenset({blame(LACKS, "not-enough-devices")}),)
        if self._has_kind(view, slot.plan):
            return (frozenset({blame(DIFFERS, "selector-no-match")}),)
        return (frozenset({blame(ABSENT, ABSENCE)}),)

    def _kept_by(
        self, view: NodeView, single: Outline, slot: Slot, blame: _Blamer
    ) -> list[BlameSet]:
        """Return what keeps a request from devices of which there are enough."""
        if fits_without(Obstacle.NONE, view, single, self._usage):
            return []
        obstacles = _relevant(slot, view, self._usage)
        sets = self._merged(
            smallest(obstacles, view, single, self._usage), view, single, slot
        )
        if not sets:
            tied = [Obstacle.CONSTRAINTS] if slot.constraints else []
            sets = smallest([*tied, *obstacles], view, single, self._usage)
        if not sets:
            return [frozenset({blame(LACKS, "not-enough-devices")})]
        is_structural = self._is_structural(view, single)
        return [
            frozenset(self._blame(each, blame, is_structural) for each in each_of(one))
            for one in sets
        ]

    def _merged(
        self,
        sets: tuple[Obstacle, ...],
        view: NodeView,
        single: Outline,
        slot: Slot,
    ) -> tuple[Obstacle, ...]:
        """Drop counters that only those draw on who have the devices themselves."""
        both = Obstacle.IN_USE | Obstacle.COUNTERS
        if not any(both in each for each in sets):
            return sets
        held = slot.selectable.passing & view.dedicated(self._usage)
        usage = without(
            self._usage, (view.devices[each].id for each in positions(held))
        )
        merged = [
            each & ~Obstacle.COUNTERS
            if both in each and would_fit(each & ~both, view, single, usage)
            else each
            for each in sets
        ]
        return tuple(dict.fromkeys(merged))

    def _blame(self, obstacle: Obstacle, blame: _Blamer, is_structural: bool) -> Blame:
        level = CHANGES
        if obstacle is Obstacle.CONSTRAINTS:
            level = CLASHES
        elif is_structural and obstacle in Obstacle.COUNTERS | Obstacle.CAPACITY:
            level = LACKS
        if (
            obstacle is Obstacle.COUNTERS
            and not self._world.allocator.rules.partitionable
        ):
            return blame(level, "feature-disabled")
        return blame(level, _CODES[obstacle])

    def _is_structural(self, view: NodeView, outline: Outline) -> bool:
        """Tell whether it would not fit even if nobody else had anything."""
        nobody = Usage(self._usage.consumable)
        loose = Obstacle.TAINTS | Obstacle.CONSTRAINTS
        return not would_fit(loose, view, outline, nobody)

    def _defects(
        self, view: NodeView, slot: Slot, lacking: int, blame: _Blamer
    ) -> list[BlameSet]:
        """Return the defects of pools that hide enough devices for the request."""
        hidden: dict[str, int] = {}
        pools = [pool for pool in view.inventory.pools if pool.defect]
        for pool in (*pools, *view.inventory.obsolete):
            code = _DEFECTS.get(pool.defect, "pool-incomplete")
            number = sum(
                slot.plan.eligibility.verdict(device) is True
                for device in self._world.devices_of(pool.key)
            )
            hidden[code] = hidden.get(code, 0) + number
        return [
            frozenset({blame(CHANGES, code)})
            for code, number in hidden.items()
            if number >= max(lacking, 1)
        ]

    def _has_kind(self, view: NodeView, plan: OptionPlan) -> bool:
        """Tell whether the node has devices of the drivers that the class selects."""
        drivers = self._world.drivers_of(plan.device_class.name)
        return any(_is_of(device, drivers) for device in view.devices)

    # -- several requests

    def _claim(self, view: NodeView, claim: ClaimPlan, number: int) -> Sets:
        """Return what keeps a claim from being met by itself, its requests together."""
        alone: Outline = (_numbered(claim),)
        if fits_without(Obstacle.NONE, view, alone, self._usage):
            return ()
        sets = self._smallest_for(view, alone, constraints=bool(claim.constraint_specs))
        if not sets:
            return (frozenset({whole_claim(LACKS, number, "not-enough-devices")}),)
        return _whole(sets, number)

    def _together(self, view: NodeView, outline: Outline) -> Sets:
        if fits_without(Obstacle.NONE, view, outline, self._usage):
            return ()
        sets = self._smallest_for(view, outline, constraints=False)
        if sets:
            return _whole(sets, None)
        return (frozenset({whole_claim(CLASHES, None, "claims-conflict")}),)

    def _smallest_for(
        self, view: NodeView, outline: Outline, *, constraints: bool
    ) -> tuple[Obstacle, ...]:
        claims = prepare(view, outline, self._usage)
        obstacles = list(
            dict.fromkeys(
                obstacle
                for claim in claims
                for (slot,) in claim.requests
                for obstacle in _relevant(slot, view, self._usage)
            )
        )
        ordered = [each for each in STATE if each in obstacles]
        sets = smallest(ordered, view, outline, self._usage)
        if sets or not constraints:
            return sets
        return smallest([Obstacle.CONSTRAINTS, *ordered], view, outline, self._usage)


def one_option(claim: ClaimPlan, option: OptionPlan) -> Outline:
    """Return an outline in which a claim asks for nothing but one option."""
    alone = dataclasses.replace(option, claim=0)
    request = RequestPlan(option.base, (alone,), prioritized=False)
    return (dataclasses.replace(claim, requests=(request,), error=None),)


def _numbered(claim: ClaimPlan) -> ClaimPlan:
    """Return the claim as the first of an attempt."""
    return dataclasses.replace(
        claim,
        requests=tuple(
            dataclasses.replace(
                request,
                options=tuple(
                    dataclasses.replace(option, claim=0) for option in request.options
                ),
            )
            for request in claim.requests
        ),
    )


def _relevant(slot: Slot, view: NodeView, usage: Usage) -> list[Obstacle]:
    """Return what state could stand in the way of a request on this node."""
    passing = slot.selectable.passing
    found = []
    if passing & view.dedicated(usage) and not slot.plan.admin:
        found.append(Obstacle.IN_USE)
    if passing & view.consuming:
        found.append(Obstacle.COUNTERS)
    if passing & ~slot.candidates or passing & view.multi:
        found.append(Obstacle.CAPACITY)
    if passing & slot.tainted:
        found.append(Obstacle.TAINTS)
    return found


def _all_of(failing: Iterable[Sets]) -> Sets:
    """Return the alternatives of things that are all in the way."""
    chosen = islice(product(*failing), _MOST_SETS)
    return tuple(dict.fromkeys(frozenset().union(*each) for each in chosen))


def _whole(sets: Iterable[Obstacle], claim: int | None) -> Sets:
    return tuple(
        frozenset(
            whole_claim(
                CLASHES if each is Obstacle.CONSTRAINTS else CHANGES,
                claim,
                _CODES[each],
            )
            for each in each_of(one)
        )
        for one in sets
    )


def _is_of(device: Device, drivers: frozenset[str] | None) -> bool:
    return drivers is None or device.driver in drivers


def error_of(aborted: AllocationAborted, outline: Outline) -> Blame:
    """Return the blame for a search that ends in an error."""
    names = [claim.claim.meta.name for claim in outline]
    name = aborted.fault.claim
    number = names.index(name) if name in names else None
    alternatives = [
        option.name
        for claim in outline
        if claim.claim.meta.name == name
        for request in claim.requests
        for option in request.options
        if option.name != request.name
    ]
    # Only the number of devices depends on which alternatives are chosen.
    is_size = aborted.fault.kind == "size" and len(alternatives) == 1
    request = alternatives[0] if is_size else ""
    return Blame(CHANGES, number, request, ERROR, (aborted.message, aborted.fault))
