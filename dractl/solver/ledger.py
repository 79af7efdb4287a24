"""What one search has taken so far, and how far taking it can be undone.

Follows Kubernetes 1.36, allocator_incubating.go: allocateDevice and
checkAvailableCounters. Upstream does not restore everything; where that shows, the
code says "leak". A search without leaks ends as it began.
"""

from collections.abc import Iterable
from typing import NamedTuple

from dractl.model.quantity import Quantity
from dractl.solver.capacity import Amounts, fits
from dractl.solver.errors import AllocationAborted, Fault
from dractl.solver.inventory import CounterKey, Pool
from dractl.solver.slots import Slot
from dractl.solver.trace import Objection
from dractl.solver.usage import Usage
from dractl.solver.view import NodeView, used_of

LeakingState = tuple[
    tuple[tuple[int, tuple[tuple[str, int], ...]], ...],
    tuple[tuple[str, tuple[tuple[CounterKey, int], ...]], ...],
]


class Taken(NamedTuple):
    """A device that a request was given; `consumed` only for a shared device."""

    slot: Slot
    position: int
    consumed: dict[str, Quantity] | None


class Ledger:
    """The state of one search on one node."""

    def __init__(self, view: NodeView, usage: Usage, claims: int) -> None:
        self._view = view
        self._usage = usage
        self._dedicated = view.dedicated(usage)
        self._busy = [0] * claims
        self._any_busy = 0
        self._shared: dict[int, dict[str, int]] = {}
        # By pool NAME, as upstream keys it: drivers with equal pool names share these.
        self._available: dict[str, dict[CounterKey, int]] = {}
        self._used: dict[str, dict[CounterKey, int]] = {}
        self._draws: dict[int, dict[CounterKey, int]] = {}
        self.taken: list[list[Taken]] = [[] for _ in range(claims)]
        # The subrequest under trial, by the request's position.
        self.choices: list[dict[int, int]] = [{} for _ in range(claims)]

    def free(self, slot: Slot) -> int:
        """Return the devices that are not in use, as far as this request cares."""
        if slot.plan.admin:
            return ~self._busy[slot.plan.claim]
        return ~(self._dedicated | self._any_busy)

    def is_dedicated(self, position: int) -> bool:
        """Tell whether an earlier claim holds the whole device."""
        return bool(self._dedicated >> position & 1)

    def is_affordable(self, position: int) -> bool:
        """Tell whether the counters suffice for the device; nothing is counted."""
        if not self._view.consuming >> position & 1 or self._view.multi >> position & 1:
            return True
        left = self.counters_left(self._view.inventory.pool_of[position])
        return min(left.values(), default=0) >= 0 and all(
            left.get(key, amount) >= amount
            for key, amount in self._draw(position).items()
        )

    def has_room(self, slot: Slot, position: int) -> bool:
        """Tell whether the shares taken in this search leave room for one more."""
        now = self._shared.get(position)
        if not now or slot.shares is None:
            return True
        taken = slot.shares[position]
        device = self._view.devices[position]
        return taken is not None and fits(
            device, taken, used_of(self._usage, device), now
        )

    def take(
        self, slot: Slot, position: int, *, must: bool = False
    ) -> Objection | None:
        """Give the device to the request, or say why not.

        `must` is for requests for all devices, where upstream stops with an error if a
        constraint refuses (AllocationAborted).
        """
        bit = 1 << position
        multi = bool(self._view.multi & bit)
        if not self.free(slot) & bit and not (multi and slot.plan.admin):
            return Objection.IN_USE
        if self._view.consuming & bit and not self._count(position, multi=multi):
            return Objection.COUNTERS
        # Leak: from here on, counters that were counted stay counted on refusal.
        if slot.tainted & bit:
            return Objection.TAINT
        if not self._join(slot, position, must=must):
            return Objection.CONSTRAINT
        if not multi:
            self._busy[slot.plan.claim] |= bit
            self._any_busy |= bit
        elif not self.has_room(slot, position):
            return Objection.CAPACITY  # leak: the constraints keep the device, too
        self._record(slot, position, multi=multi)
        return None

    def _join(self, slot: Slot, position: int, *, must: bool) -> bool:
        device = self._view.devices[position]
        base = slot.plan.base
        for index, constraint in enumerate(slot.constraints):
            if constraint.add(base, slot.plan.attribute(device, constraint.attribute)):
                continue
            if must:
                raise AllocationAborted(
                    f"claim {slot.plan.claim_name}, request {slot.plan.name}: cannot "
                    f"add device {device.id} because a claim constraint would not be "
                    "satisfied",
                    fault=Fault(
                        "constraint",
                        slot.plan.claim_name,
                        slot.plan.name,
                        device.id,
                        subject=constraint.attribute,
                    ),
                )
            for earlier in slot.constraints[:index]:
                earlier.remove(base)
            return False
        return True

    def _record(self, slot: Slot, position: int, *, multi: bool) -> None:
        consumed = None
        if multi:
            assert slot.shares is not None
            consumed = dict(slot.shares[position] or {})
            now = self._shared.setdefault(position, {})
            for name, amount in consumed.items():
                now[name] = now.get(name, 0) + amount.nanos
        self.taken[slot.plan.claim].append(Taken(slot, position, consumed))

    def undo(self, slot: Slot) -> None:
        """Give back the claim's latest device, as far as upstream gives it back."""
        taken = self.taken[slot.plan.claim].pop()
        for constraint in slot.constraints:
            constraint.remove(slot.plan.base)
        if taken.consumed is None:
            self._leave(slot.plan.claim, 1 << taken.position)
            if self._view.consuming >> taken.position & 1:
                self._uncount(taken.position)
            return
        # Leak: the counters of a shared device are not given back.
        now = self._shared.get(taken.position)
        if now and taken.consumed:
            for name, amount in taken.consumed.items():
                now[name] -= amount.nanos
            if not any(now.values()):
                del self._shared[taken.position]

    def _leave(self, claim: int, bit: int) -> None:
        self._busy[claim] &= ~bit
        self._any_busy &= ~bit
        for busy in self._busy:
            self._any_busy |= busy & bit

    def _count(self, position: int, *, multi: bool) -> bool:
        """Count the device's counters, if they suffice."""
        if not self._view.rules.partitionable:
            return False
        device = self._view.devices[position]
        if multi and (position in self._shared or device.id in self._usage.aggregated):
            return True  # only the first share of a device draws from the counters
        pool = self._view.inventory.pool_of[position]
        available = self._available_in(pool)
        draw = self._draw(position)
        used = self._used.setdefault(pool.key[1], {})
        for key, amount in draw.items():
            used[key] = used.get(key, 0) + amount
        # All counters are looked at: an overdrawn one blocks the whole pool.
        for key, amount in available.items():
            if amount < used.get(key, 0):
                self._uncount(position)
                return False
        return True

    def _uncount(self, position: int) -> None:
        used = self._used.get(self._view.inventory.pool_of[position].key[1])
        if used is None:
            return
        for key, amount in self._draw(position).items():
            # A replay leaves counters out of which nothing is used.
            used[key] = used.get(key, 0) - amount

    def _draw(self, position: int) -> dict[CounterKey, int]:
        draw = self._draws.get(position)
        if draw is None:
            draw = self._draws[position] = self._view.draw(position)
        return draw

    def _available_in(self, pool: Pool) -> dict[CounterKey, int]:
        name = pool.key[1]
        available = self._available.get(name)
        if available is None:
            available = self._available[name] = available_counters(
                pool, self._usage, shares_count=self._view.rules.shared_use_counts
            )
        return available

    def shared_positions(self) -> Iterable[int]:
        """Return the devices of which this search has taken shares."""
        return self._shared

    def used_capacity(self, position: int) -> tuple[Amounts, Amounts]:
        """Return what a device's capacities have given, before and in this search."""
        device = self._view.devices[position]
        return used_of(self._usage, device), self._shared.get(position, {})

    def counters_left(self, pool: Pool) -> dict[CounterKey, int]:
        """Return what is left of the pool's counters; may be negative."""
        used = self._used.get(pool.key[1], {})
        return {
            key: amount - used.get(key, 0)
            for key, amount in self._available_in(pool).items()
        }

    def busy(self, relevant: int) -> tuple[int, ...]:
        """Return which of these devices each claim has taken."""
        return tuple(busy & relevant for busy in self._busy)

    @property
    def taken_devices(self) -> int:
        """The devices, shared ones aside, that this search has taken."""
        return self._any_busy

    def leaking_state(self) -> LeakingState:
        """Return the part of the state that `undo` need not restore."""
        return (
            tuple(
                sorted((k, tuple(sorted(v.items()))) for k, v in self._shared.items())
            ),
            tuple(
                (name, tuple(sorted((k, v) for k, v in used.items() if v)))
                for name, used in sorted(self._used.items())
                if any(used.values())
            ),
        )

    def restore_leaking(self, state: LeakingState) -> None:
        """Put that part into an earlier state."""
        shared, used = state
        self._shared = {position: dict(amounts) for position, amounts in shared}
        self._used = {name: dict(amounts) for name, amounts in used}


def available_counters(
    pool: Pool, usage: Usage, *, shares_count: bool
) -> dict[CounterKey, int]:
    """Return what allocated devices left of the pool's counters; may be negative."""
    left = dict(pool.counters)
    for device in pool.consumers:
        if usage.draws(device.id, shares_count=shares_count):
            for use in device.consumes:
                for name, amount in use.counters.items():
                    key = (use.counter_set, name)
                    if key in left:
                        left[key] -= amount.nanos
    return left
