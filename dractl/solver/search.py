"""Finds the first full assignment in upstream's order, by the fastest exact way.

Most searches end within a few hundred of upstream's own steps. For the rest, in turn:
is it hopeless from the start; can it be pruned without changing the outcome; if not,
does even a search that allows more find nothing; and then it is walked literally, with
what has been seen before replayed. Why each is exact: bounds.py, guide.py, relaxed.py.
"""

from typing import Final, NamedTuple

from dractl.solver.bounds import Bounds
from dractl.solver.errors import SearchBudgetExceeded
from dractl.solver.guide import (
    Pruning,
    Replaying,
    leaves_traces,
    may_abort,
    shares_pool_names,
)
from dractl.solver.ledger import Ledger
from dractl.solver.plan import Outline
from dractl.solver.relaxed import RelaxedLedger, can_relax, relaxed_slots
from dractl.solver.slots import ClaimSlots, Slot, prepare
from dractl.solver.trace import Observer
from dractl.solver.usage import Usage
from dractl.solver.view import NodeView
from dractl.solver.walk import Walk

# Steps and candidates tried that each way is granted. One takes 1-2 µs in the literal
# walk, some hundred when pruning or replaying. Upstream's 10 s are about 10 million.
QUICK: Final = 3_000
PRUNED: Final = 40_000
RELAXED: Final = 5_000
REPLAYED: Final = 200_000
LITERAL: Final = 6_000_000


class Found(NamedTuple):
    """The outcome: a filled ledger, or None where not everything fits."""

    claims: tuple[ClaimSlots, ...]
    ledger: Ledger | None
    steps: int
    is_slow: bool = False  # upstream's own way takes more than the quick steps


class Search:
    """One question to one node; each attempt starts from a fresh ledger.

    `patience` is what the last way, walking literally, is granted.
    """

    patience = LITERAL

    def __init__(
        self,
        view: NodeView,
        outline: Outline,
        usage: Usage,
        observer: Observer | None = None,
    ) -> None:
        self._view = view
        self._outline = outline
        self._usage = usage
        self._observer = observer
        self.steps = 0

    def _prepared(self) -> tuple[ClaimSlots, ...]:
        return prepare(self._view, self._outline, self._usage)

    def _start(self) -> tuple[tuple[ClaimSlots, ...], Ledger]:
        claims = self._prepared()
        return claims, Ledger(self._view, self._usage, len(claims))

    def find(self) -> Found:
        """Return the outcome; AllocationAborted where upstream stops with an error."""
        claims, ledger = self._start()
        certain = not may_abort(claims, ledger)
        if certain and self._observer is None and _too_few(claims, ledger):
            return Found(claims, None, self.steps)
        found = self._walk(self._literal(claims, ledger, self._observer), QUICK)
        if found is None:
            found = self._find_with_care(certain=certain)._replace(is_slow=True)
        return found

    def _find_with_care(self, *, certain: bool) -> Found:
        claims, ledger = self._start()
        sound = certain and not shares_pool_names(self._view)
        if sound and Bounds(self._view, claims, ledger).hopeless_from_start():
            return Found(claims, None, self.steps)
        if sound and not leaves_traces(self._view, claims):
            guide = Pruning(self._view, claims, ledger)
            pruned = Walk(self._view, claims, ledger, guide=guide)
            if (found := self._walk(pruned, PRUNED)) is not None:
                return found
        elif sound and self._has_proof_of_nothing():
            return Found(claims, None, self.steps)
        elif not shares_pool_names(self._view):
            claims, ledger = self._start()
            replaying = Replaying(self._view, claims, ledger)
            replayed = self._literal(claims, ledger, guide=replaying)
            if (found := self._walk(replayed, REPLAYED)) is not None:
                return found
        claims, ledger = self._start()
        found = self._walk(self._literal(claims, ledger), self.patience)
        if found is None:
            raise SearchBudgetExceeded(self.steps)
        return found

    def _has_proof_of_nothing(self) -> bool:
        """Tell whether a search that allows more finds nothing (relaxed.py)."""
        claims = self._prepared()
        if not can_relax(self._view, claims):
            return False
        claims = relaxed_slots(claims)
        ledger = RelaxedLedger(self._view, self._usage, len(claims))
        guide = Pruning(self._view, claims, ledger)
        walk = Walk(self._view, claims, ledger, guide=guide)
        complete = walk.run(RELAXED)
        self.steps += walk.steps
        return complete is False

    def _literal(
        self,
        claims: tuple[ClaimSlots, ...],
        ledger: Ledger,
        observer: Observer | None = None,
        guide: Replaying | None = None,
    ) -> Walk:
        # Without traces, the orders that permutations add come to the same.
        permutes = self._view.rules.permutations and leaves_traces(self._view, claims)
        return Walk(
            self._view, claims, ledger, observer, guide=guide, permutes=permutes
        )

    def _walk(self, walk: Walk, budget: int) -> Found | None:
        """Return the outcome; None where the steps did not suffice."""
        complete = walk.run(budget)
        self.steps += walk.steps
        if complete is None:
            return None
        return Found(walk.claims, walk.ledger if complete else None, self.steps)


def _too_few(claims: tuple[ClaimSlots, ...], ledger: Ledger) -> bool:
    """Tell whether some request has fewer free candidates than it needs."""
    return any(
        not any(_may_suffice(slot, ledger) for slot in options)
        for claim in claims
        for options in claim.requests
    )


def _may_suffice(slot: Slot, ledger: Ledger) -> bool:
    if slot.wanted is not None:
        free = ledger.free(slot)
        return bool(slot.wanted) and all(free >> each & 1 for each in slot.wanted)
    usable = slot.candidates & ~slot.tainted & ledger.free(slot)
    return usable.bit_count() >= slot.needs
