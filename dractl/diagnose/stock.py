"""What the nodes of a blame have for the requests that it is about."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dractl.diagnose.case import Case
from dractl.diagnose.survey import Found
from dractl.model.devices import Device
from dractl.model.workloads import Node
from dractl.solver.ledger import Ledger
from dractl.solver.slots import Slot
from dractl.solver.view import NodeView, positions


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """One node's devices for one request, as masks of positions in the view.

    `matching` pass the selectors; of these, `held` are other claims' as a whole,
    `tainted` are not tolerated, `lacking` have too little capacity, or too little left,
    and `unaffordable` draw more from counters than is left. `good` have no such flaw.
    """

    node: Node
    view: NodeView
    slot: Slot
    ledger: Ledger
    matching: int
    held: int
    tainted: int
    lacking: int
    unaffordable: int

    @property
    def good(self) -> int:
        """The devices that the request could have, one at a time."""
        flawed = self.held | self.tainted | self.lacking | self.unaffordable
        return self.matching & ~flawed

    def devices(self, mask: int) -> list[Device]:
        """Return the devices of a mask."""
        return [self.view.devices[each] for each in positions(mask)]


def stocks(case: Case, found: Found) -> Iterator[Stock]:
    """Yield what each node has for each request that a blame is about."""
    usage = case.world.allocator.usage
    for node in found.nodes:
        view = case.world.allocator.view(node)
        for slot in case.survey.slots(node, found.blame):
            ledger = Ledger(view, usage, slot.plan.claim + 1)
            matching = slot.selectable.passing
            yield Stock(
                node,
                view,
                slot,
                ledger,
                matching,
                matching & ~ledger.free(slot),
                matching & slot.tainted,
                matching & ~slot.candidates,
                sum(
                    1 << each
                    for each in positions(matching & view.consuming)
                    if not ledger.is_affordable(each)
                ),
            )


def best(
    found: Sequence[Stock], good: Callable[[Stock], int] = lambda stock: stock.good
) -> Stock:
    """Return the stock with the most devices of a mask, the first of equals."""
    return max(found, key=lambda stock: good(stock).bit_count())
