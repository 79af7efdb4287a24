"""Proves that nothing fits where upstream's search leaves traces.

Traces mostly stand in the way of a solution: counters that stay counted, sets that stay
narrow. Without them there is at least every solution that upstream could find; so if a
search without them finds none, upstream finds none. What traces make easier is left out
altogether: distinctAttribute for requests of several devices, and the counters of
shared devices.
"""

import dataclasses
from collections.abc import Hashable, Sequence

from dractl.solver.constraints import Constraint, Distinct
from dractl.solver.ledger import Ledger
from dractl.solver.slots import ClaimSlots, Slot
from dractl.solver.trace import Objection
from dractl.solver.usage import Usage
from dractl.solver.view import NodeView


def relaxed_slots(claims: Sequence[ClaimSlots]) -> tuple[ClaimSlots, ...]:
    """Return the claims without what upstream does not enforce reliably."""
    return tuple(
        dataclasses.replace(
            claim,
            requests=tuple(
                tuple(_relaxed(slot) for slot in options) for options in claim.requests
            ),
        )
        for claim in claims
    )


def _relaxed(slot: Slot) -> Slot:
    kept = tuple(
        constraint
        for constraint in slot.constraints
        if slot.needs == 1 or not isinstance(constraint, Distinct)
    )
    return dataclasses.replace(slot, constraints=kept)


def can_relax(view: NodeView, claims: Sequence[ClaimSlots]) -> bool:
    """Tell whether a relaxed search allows at least what upstream could do.

    Not so where a device of an "all" request may run out of capacity on the way:
    upstream then leaves the constraints in a state of its own.
    """
    return not any(
        slot.wanted is not None and slot.candidates & view.multi
        for claim in claims
        for options in claim.requests
        for slot in options
    )


class RelaxedLedger(Ledger):
    """A ledger that restores everything."""

    def __init__(self, view: NodeView, usage: Usage, claims: int) -> None:
        super().__init__(view, usage, claims)
        self._before: list[tuple[tuple[Constraint, Hashable], ...]] = []

    def take(
        self, slot: Slot, position: int, *, must: bool = False
    ) -> Objection | None:
        """Give the device to the request, or say why not and change nothing."""
        before = tuple((each, each.state()) for each in slot.constraints)
        objection = super().take(slot, position, must=must)
        if objection is None:
            self._before.append(before)
            return None
        _restore(before)
        if objection in {Objection.TAINT, Objection.CONSTRAINT}:
            self._give_back(position)
        return objection

    def undo(self, slot: Slot) -> None:
        """Give back the latest device, and all that it changed."""
        position = self.taken[slot.plan.claim][-1].position
        super().undo(slot)
        if self._shared.get(position) == {}:
            del self._shared[position]
        _restore(self._before.pop())

    def _count(self, position: int, *, multi: bool) -> bool:
        return True if multi else super()._count(position, multi=multi)

    def _give_back(self, position: int) -> None:
        bit = 1 << position
        if self._view.consuming & bit and not self._view.multi & bit:
            self._uncount(position)


def _restore(states: tuple[tuple[Constraint, Hashable], ...]) -> None:
    for constraint, state in states:
        constraint.restore(state)
