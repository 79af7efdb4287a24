"""Finds the first full assignment in upstream's order, by the fastest exact way."""

from dractl.solver.ledger import Ledger
from dractl.solver.slots import ClaimSlots
from dractl.solver.trace import Observer
from dractl.solver.view import NodeView
from dractl.solver.walk import Walk

BUDGET = 2_000_000


def find(
    view: NodeView,
    claims: tuple[ClaimSlots, ...],
    ledger: Ledger,
    observer: Observer | None,
) -> tuple[bool, int]:
    """Fill the ledger; tell whether everything fits, and the steps that it took."""
    walk = Walk(view, claims, ledger, observer)
    return walk.run(BUDGET), walk.steps
