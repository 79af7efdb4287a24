"""What the nodes of a blame have for the requests that it is about."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from dractl.diagnose.case import Case
from dractl.diagnose.survey import Found
from dractl.model.devices import Device
from dractl.model.workloads import Node
from dractl.solver.ledger import Ledger
from dractl.solver.plan import OptionPlan
from dractl.solver.usage import Usage
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
    plan: OptionPlan
    needs: int
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


def stocks(case: Case, found: Found) -> list[Stock]:
    """Return what each node has for each request that a blame is about."""
    key = ("stocks", case.attempt.signature, found.blame)
    return case.world.once(key, lambda: list(_stocks(case, found)))


def merged(case: Case, found: Found) -> list[Stock]:
    """Return the same with one stock for each node, for all requests of a blame."""
    by_node: dict[str, Stock] = {}
    for each in stocks(case, found):
        known = by_node.get(each.node.name)
        by_node[each.node.name] = each if known is None else _sum(known, each)
    return list(by_node.values())


def _sum(one: Stock, other: Stock) -> Stock:
    return dataclasses.replace(
        one,
        needs=one.needs + other.needs,
        matching=one.matching | other.matching,
        held=one.held | other.held,
        # What suits one of the requests is not lost for both.
        tainted=(one.tainted | other.tainted) & ~(one.good | other.good),
        lacking=(one.lacking | other.lacking) & ~(one.good | other.good),
        unaffordable=one.unaffordable | other.unaffordable,
    )


def _stocks(case: Case, found: Found) -> Iterator[Stock]:
    usage = case.world.allocator.usage
    for node in found.nodes:
        view = case.world.allocator.view(node)
        held = view.dedicated(usage)
        for plan in case.survey.plans(node, found.blame):
            matching = view.selectable(plan.eligibility).passing
            capable = view.capable(plan.option, usage, matching)
            yield Stock(
                node,
                view,
                plan,
                capable.bit_count() if plan.all else plan.option.count,
                matching,
                0 if plan.admin else matching & held,
                matching & view.tainted(plan.option.tolerations),
                matching & ~capable,
                _unaffordable(view, matching, usage),
            )


def _unaffordable(view: NodeView, matching: int, usage: Usage) -> int:
    drawing = matching & view.consuming
    if not drawing:
        return 0
    ledger = Ledger(view, usage, 1)
    return sum(
        1 << each for each in positions(drawing) if not ledger.is_affordable(each)
    )


def different(known: Iterable[Stock], mask: Callable[[Stock], int]) -> int:
    """Return how many devices of a mask there are; several nodes may see one."""
    seen = {
        id(stock.view.devices[each])
        for stock in known
        for each in positions(mask(stock))
    }
    return len(seen)


def best(
    found: Sequence[Stock], good: Callable[[Stock], int] = lambda stock: stock.good
) -> Stock:
    """Return the stock with the most devices of a mask, the first of equals."""
    return max(found, key=lambda stock: good(stock).bit_count())
