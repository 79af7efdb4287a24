"""Sees early that the rest of a search cannot succeed.

Everything here is a relaxation: it allows at least what upstream's search could still
do, even where that leaks (ledger.py, constraints.py). So "hopeless" is certain, and
"not hopeless" means nothing. Methods: counts, sizes, values that constraints still
allow, sums of counters and capacities, and one flow over all demands.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dractl.model.attributes import LIST_KINDS, Attribute
from dractl.solver.constraints import Constraint, Distinct, Match, SetDistinct, lookup
from dractl.solver.flow import can_supply
from dractl.solver.ledger import Ledger
from dractl.solver.rules import MAX_DEVICES
from dractl.solver.slots import ClaimSlots, Slot
from dractl.solver.supply import Supply
from dractl.solver.view import NodeView

_ROUNDS = 3  # of narrowing; more rounds may find more, but cost as much each time


@dataclass(slots=True, eq=False)
class Choice:
    """One way to meet a demand: so many devices out of a mask."""

    slot: Slot
    units: int
    devices: int


@dataclass(slots=True, eq=False)
class Demand:
    """What a request still needs; one choice must do."""

    claim: int
    choices: list[Choice]

    @property
    def units(self) -> int:
        """The least number of devices."""
        return min(choice.units for choice in self.choices)

    @property
    def devices(self) -> int:
        """All devices that any choice may use."""
        mask = 0
        for choice in self.choices:
            mask |= choice.devices
        return mask


class Bounds:
    """Judges positions of one search."""

    def __init__(
        self, view: NodeView, claims: Sequence[ClaimSlots], ledger: Ledger
    ) -> None:
        self._view = view
        self._claims = claims
        self._ledger = ledger
        self._supply = Supply(view, ledger)
        self._values: dict[str, dict[Attribute, int]] = {}

    def hopeless(
        self, claim: int, request: int, index: int, slot: Slot, after: int
    ) -> bool:
        """Tell whether the search cannot succeed from here.

        `slot` is the request's option under trial, `index` the devices that it has,
        `after` the position behind which the next one must lie.
        """
        first = Choice(slot, slot.needs - index, slot.candidates & (-1 << (after + 1)))
        if slot.wanted is not None:
            first.devices = sum(1 << position for position in slot.wanted[index:])
        demands = [Demand(claim, [first]), *self._behind(claim, request)]
        return not self._satisfiable(demands)

    def hopeless_from_start(self) -> bool:
        """Tell whether not even an untouched search can succeed."""
        return not self._satisfiable(self._behind(0, -1))

    def _behind(self, claim: int, request: int) -> list[Demand]:
        return [
            Demand(number, [_choice(each) for each in slots])
            for number in range(claim, len(self._claims))
            for slots in self._claims[number].requests[
                request + 1 if number == claim else 0 :
            ]
        ]

    def _satisfiable(self, demands: list[Demand]) -> bool:
        self._supply.look(demands)
        for demand in demands:
            for choice in demand.choices:
                choice.devices &= self._supply.usable(choice.slot)
        for _ in range(_ROUNDS):
            before = [demand.devices for demand in demands]
            if not self._drop_choices(demands) or not self._narrow(demands):
                return False
            if before == [demand.devices for demand in demands]:
                break
        return self._distinct_values_suffice(demands) and self._supplies(demands)

    def _drop_choices(self, demands: list[Demand]) -> bool:
        """Remove choices that cannot be met; False: a demand is left with none."""
        sizes = [len(taken) for taken in self._ledger.taken]
        for demand in demands:
            demand.choices = [
                choice
                for choice in demand.choices
                if sizes[demand.claim] + choice.units <= MAX_DEVICES
                and _is_countable(choice)
            ]
            if not demand.choices:
                return False
            sizes[demand.claim] += demand.units
        return True

    def _narrow(self, demands: list[Demand]) -> bool:
        """Keep the devices whose values a matchAttribute still allows."""
        for number, claim in enumerate(self._claims):
            for constraint in claim.constraints:
                concerned = [
                    choice
                    for demand in demands
                    if demand.claim == number
                    for choice in demand.choices
                    if constraint in choice.slot.constraints
                ]
                if concerned and isinstance(constraint, Match):
                    allowed = self._allowed(constraint, number, demands)
                    for choice in concerned:
                        choice.devices &= allowed
        return all(demand.devices or demand.units == 0 for demand in demands)

    def _allowed(self, constraint: Match, claim: int, demands: list[Demand]) -> int:
        masks = self.by_value(constraint)
        if constraint.count:
            return masks.get(constraint.value, 0) if constraint.value else 0
        needing = [demand for demand in demands if demand.claim == claim]
        allowed = 0
        for value, mask in masks.items():
            # A value that cannot be compared suits a single device.
            single = value.kind in LIST_KINDS or not value.kind
            if single or self._reaches_all(constraint, needing, mask):
                allowed |= mask
        return allowed

    def _reaches_all(
        self, constraint: Match, demands: Sequence[Demand], mask: int
    ) -> bool:
        """Tell whether every demand of the claim can be met where devices have a value.

        Choices that the constraint does not concern can always be.
        """
        union = units = 0
        for demand in demands:
            least: int | None = None
            for choice in demand.choices:
                if constraint not in choice.slot.constraints:
                    least = 0
                elif (choice.devices & mask).bit_count() >= choice.units:
                    least = choice.units if least is None else min(least, choice.units)
            if least is None:
                return False
            if least and not any(c.slot.plan.admin for c in demand.choices):
                union |= demand.devices & mask
                units += least
        return bool(union & self._view.multi) or units <= union.bit_count()

    def by_value(self, constraint: Constraint) -> dict[Attribute, int]:
        """Return the devices that have each value of the constraint's attribute."""
        masks = self._values.get(constraint.attribute)
        if masks is None:
            masks = self._values[constraint.attribute] = {}
            for position, device in enumerate(self._view.devices):
                value = lookup(device, constraint.attribute)
                if value is not None:
                    masks[value] = masks.get(value, 0) | 1 << position
        return masks

    def _distinct_values_suffice(self, demands: list[Demand]) -> bool:
        """Match requests that need different values with the values there are."""
        for number, claim in enumerate(self._claims):
            for constraint in claim.constraints:
                if isinstance(constraint, SetDistinct) or not isinstance(
                    constraint, Distinct
                ):
                    continue
                concerned = [
                    demand
                    for demand in demands
                    if demand.claim == number
                    and all(constraint in c.slot.constraints for c in demand.choices)
                    and all(c.slot.needs == 1 for c in demand.choices)
                ]
                # A request for several devices makes upstream forget values.
                forgets = any(
                    slot.needs > 1 and constraint in slot.constraints
                    for options in claim.requests
                    for slot in options
                )
                used = () if forgets else constraint.remembered
                if not self._values_suffice(constraint, concerned, used):
                    return False
        return True

    def _values_suffice(
        self, constraint: Distinct, demands: list[Demand], used: Collection[Attribute]
    ) -> bool:
        masks = list(self.by_value(constraint).items())
        wanted = []
        for demand in demands:
            if demand.units == 0:
                continue
            values = 0
            for number, (value, mask) in enumerate(masks):
                if mask & demand.devices and value not in used:
                    values |= 1 << number
            wanted.append((1, values))
        return can_supply(wanted, {}, {}, {})

    def _supplies(self, demands: list[Demand]) -> bool:
        normal = [
            demand
            for demand in demands
            if demand.units and not any(c.slot.plan.admin for c in demand.choices)
        ]
        if not self._supply.sums_suffice(normal):
            return False
        return self._supply.flow_suffices(normal)


def _choice(slot: Slot) -> Choice:
    if slot.wanted is not None:
        return Choice(slot, slot.needs, sum(1 << position for position in slot.wanted))
    return Choice(slot, slot.needs, slot.candidates)


def _is_countable(choice: Choice) -> bool:
    if choice.slot.wanted is not None and not choice.slot.wanted:
        return False  # "all" of nothing never succeeds
    return choice.devices.bit_count() >= choice.units
