"""What keeps a request from each device, looked at one by one."""

from collections.abc import Iterator

from dractl.solver.ledger import Ledger
from dractl.solver.slots import Slot
from dractl.solver.trace import Objection
from dractl.solver.view import NodeView


def objections(
    slot: Slot, view: NodeView, ledger: Ledger
) -> Iterator[tuple[int, Objection | None]]:
    """Yield every device with what keeps the request from it, None for nothing."""
    free = ledger.free(slot)
    for position in range(len(view.devices)):
        bit = 1 << position
        if slot.failing & bit:
            yield position, Objection.EXPRESSION_FAILS
        elif slot.selectable.elsewhere & bit:
            yield position, Objection.OTHER_NODE
        elif slot.selectable.unsupported & bit:
            yield position, Objection.BINDING_CONDITIONS_OFF
        elif not slot.selectable.passing & bit:
            yield position, Objection.SELECTOR
        elif not free & bit:
            yield position, Objection.IN_USE
        elif slot.tainted & bit:
            yield position, Objection.TAINT
        elif not slot.candidates & bit:
            yield position, Objection.CAPACITY
        elif not ledger.is_affordable(position):
            yield position, Objection.COUNTERS
        else:
            yield position, None
