"""Why claims do not fit on one node, in one sentence.

Looks at each request by itself, then at all together; the search is not asked again.
"""

from collections import Counter
from collections.abc import Sequence

from dractl.solver.bounds import Bounds
from dractl.solver.candidates import Reason
from dractl.solver.guide import shares_pool_names
from dractl.solver.ledger import Ledger
from dractl.solver.objections import objections
from dractl.solver.plan import Outline
from dractl.solver.slots import ClaimSlots, Slot, prepare
from dractl.solver.trace import Objection
from dractl.solver.usage import Usage
from dractl.solver.view import NodeView

_SAID = {
    Objection.SELECTOR: "not selected",
    Objection.OTHER_NODE: "for other nodes",
    Objection.BINDING_CONDITIONS_OFF: "with binding conditions, which are off",
    Objection.EXPRESSION_FAILS: "without an answer from the selector",
    Objection.IN_USE: "in use",
    Objection.TAINT: "tainted",
    Objection.CAPACITY: "without enough capacity left",
    Objection.COUNTERS: "without enough counters left",
}


def why_not(view: NodeView, outline: Outline, usage: Usage) -> Reason:
    """Return the first reason found; AllocationAborted where upstream has an error."""
    claims = prepare(view, outline, usage)
    ledger = Ledger(view, usage, len(claims))
    if not view.devices:
        return Reason(_nothing_published(view))
    for number, claim in enumerate(claims):
        for options in claim.requests:
            reasons = [_shortage(slot, view, ledger) for slot in options]
            if all(reasons):
                text = "; ".join(map(str, reasons))
                return Reason(text, number if len(claims) > 1 else None)
    return Reason(_together(view, claims, ledger))


def _nothing_published(view: NodeView) -> str:
    for pool in view.inventory.pools:
        if pool.defect:
            return f"pool {'/'.join(pool.key)} is {pool.defect}; no other devices"
    return "no devices are published for the node"


def _shortage(slot: Slot, view: NodeView, ledger: Ledger) -> str | None:
    """Return why a request cannot be met by itself; None: it can."""
    found = list(objections(slot, view, ledger))
    name = slot.plan.name
    if slot.wanted is not None:
        if not slot.wanted:
            return f"request {name}: no device passes the selectors"
        lost = [why for at, why in found if at in slot.wanted and why is not None]
        if not lost:
            return None
        return f"request {name} wants all devices: {_counted(lost)}"
    good = sum(1 for _, why in found if why is None)
    return None if good >= slot.needs else _too_few(slot, found, good)


def _too_few(
    slot: Slot, found: Sequence[tuple[int, Objection | None]], good: int
) -> str:
    name = slot.plan.name
    selected = slot.selectable.passing.bit_count()
    if not selected and not slot.failing:
        return f"request {name}: no device passes the selectors"
    refused = [w for _, w in found if w is not None and w is not Objection.SELECTOR]
    wants = f"{slot.needs} device{'s' if slot.needs > 1 else ''}"
    if not refused:
        return f"request {name} wants {wants}, {selected} pass the selectors"
    return f"request {name} wants {wants}, {good} left: {_counted(refused)}"


def _counted(reasons: Sequence[Objection]) -> str:
    counts = Counter(reasons)
    return ", ".join(
        f"{counts[why]} {said}" for why, said in _SAID.items() if counts[why]
    )


def _together(view: NodeView, claims: tuple[ClaimSlots, ...], ledger: Ledger) -> str:
    """Return what keeps requests from being met at once."""
    if not shares_pool_names(view):
        for claim in claims:
            bounds = Bounds(view, [claim], ledger)
            if not claim.constraints or not bounds.hopeless_from_start():
                continue
            named = ", ".join(sorted({c.attribute for c in claim.constraints}))
            return f"no devices satisfy the constraint on {named}"
    if len(claims) > 1:
        return "each request fits by itself, but not all claims together"
    if claims[0].constraints:
        named = ", ".join(sorted({c.attribute for c in claims[0].constraints}))
        return f"requests fit one by one, but not with the constraint on {named}"
    return "requests fit one by one, but not together"
