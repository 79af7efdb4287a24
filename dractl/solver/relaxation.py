"""What if: the same search, with some obstacle taken away.

The answers are no placements; they tell which obstacles keep claims from a node. Counts
of devices, selectors and node filters are never relaxed here.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from enum import Flag, auto
from itertools import combinations
from typing import Final

from dractl.model.devices import DeviceId
from dractl.solver.errors import AllocationAborted
from dractl.solver.plan import Outline
from dractl.solver.search import Search
from dractl.solver.slots import ClaimSlots, Slot
from dractl.solver.usage import Usage
from dractl.solver.view import NodeView, positions


class Obstacle(Flag):
    """What can stand between a claim and devices that pass its selectors.

    IN_USE: other claims hold the devices. COUNTERS: shared counters do not suffice.
    CAPACITY: the devices have too little capacity, or too little is left. TAINTS: they
    carry taints that are not tolerated. CONSTRAINTS: what ties devices to each other.
    """

    NONE = 0
    IN_USE = auto()
    COUNTERS = auto()
    CAPACITY = auto()
    TAINTS = auto()
    CONSTRAINTS = auto()


STATE: Final = (
    Obstacle.IN_USE,
    Obstacle.COUNTERS,
    Obstacle.CAPACITY,
    Obstacle.TAINTS,
)
"""What may change while the claim and the devices stay as they are."""


def fits_without(
    obstacles: Obstacle, view: NodeView, outline: Outline, usage: Usage
) -> bool:
    """Tell whether the claims would fit on the node if the obstacles were gone.

    Raises AllocationAborted where the search ends in an error even so, or not soon.
    """
    if Obstacle.COUNTERS in obstacles:
        view = dataclasses.replace(view, consuming=0)
    if Obstacle.CAPACITY in obstacles:
        usage = dataclasses.replace(usage, aggregated={})
    if Obstacle.IN_USE in obstacles:
        usage = _Freed(usage)
    return _Relaxed(view, outline, usage, obstacles).find().ledger is not None


def smallest(
    candidates: Sequence[Obstacle], view: NodeView, outline: Outline, usage: Usage
) -> tuple[Obstacle, ...]:
    """Return the smallest sets of these obstacles that keep the claims from the node.

    Smallest by inclusion: without all of such a set the claims fit, without only a part
    of it they do not. A search that ends in an error does not fit.
    """
    found: list[Obstacle] = []
    for size in range(1, len(candidates) + 1):
        for chosen in combinations(candidates, size):
            union = Obstacle.NONE
            for each in chosen:
                union |= each
            if any(known & union == known for known in found):
                continue
            if would_fit(union, view, outline, usage):
                found.append(union)
    return tuple(found)


def without(usage: Usage, devices: Iterable[DeviceId]) -> Usage:
    """Return a usage in which nobody holds these devices as a whole."""
    return dataclasses.replace(usage, dedicated=usage.dedicated.difference(devices))


def would_fit(
    obstacles: Obstacle, view: NodeView, outline: Outline, usage: Usage
) -> bool:
    """Tell the same as `fits_without`; a search that ends in an error does not fit."""
    try:
        return fits_without(obstacles, view, outline, usage)
    except AllocationAborted:
        return False


def each_of(obstacles: Obstacle) -> Iterator[Obstacle]:
    """Yield the single obstacles of a set."""
    return (each for each in Obstacle if each and each in obstacles)


class _Freed(Usage):
    """A usage in which no device is held as a whole, but counters stay drawn."""

    __slots__ = ("_before",)

    def __init__(self, before: Usage) -> None:
        super().__init__(before.consumable, set(), before.shared, before.aggregated)
        self._before = before

    def draws(self, device: DeviceId, *, shares_count: bool) -> bool:
        """Tell whether the device is allocated as far as shared counters go."""
        return self._before.draws(device, shares_count=shares_count)


class _Relaxed(Search):
    """A search over slots from which obstacles are taken away.

    It is asked for guidance only, and often: rather no answer than a late one.
    """

    patience = 100_000

    def __init__(
        self, view: NodeView, outline: Outline, usage: Usage, obstacles: Obstacle
    ) -> None:
        super().__init__(view, outline, usage)
        self._obstacles = obstacles

    def _prepared(self) -> tuple[ClaimSlots, ...]:
        return tuple(self._without(claim) for claim in super()._prepared())

    def _without(self, claim: ClaimSlots) -> ClaimSlots:
        loose = Obstacle.CONSTRAINTS in self._obstacles
        return dataclasses.replace(
            claim,
            requests=tuple(
                tuple(map(self._slot, options)) for options in claim.requests
            ),
            constraints=() if loose else claim.constraints,
        )

    def _slot(self, slot: Slot) -> Slot:
        if Obstacle.CONSTRAINTS in self._obstacles:
            slot = dataclasses.replace(slot, constraints=())
        if Obstacle.TAINTS in self._obstacles:
            slot = dataclasses.replace(slot, tainted=0)
        if Obstacle.CAPACITY in self._obstacles:
            slot = _roomy(slot, self._view)
        return slot


def _roomy(slot: Slot, view: NodeView) -> Slot:
    """Return the slot as if every device had what is asked for, over and over."""
    passing = slot.selectable.passing
    wanted = None if slot.wanted is None else tuple(positions(passing))
    return dataclasses.replace(
        slot,
        candidates=passing,
        wanted=wanted,
        needs=slot.needs if wanted is None else len(wanted),
        shares=None if slot.shares is None else ({},) * len(view.devices),
    )
