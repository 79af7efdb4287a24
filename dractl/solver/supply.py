"""What counters, capacities and devices are left, for the bounds of a search."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dractl.solver.capacity import shares_left
from dractl.solver.flow import can_supply
from dractl.solver.inventory import CounterKey, Pool, PoolKey
from dractl.solver.ledger import Ledger
from dractl.solver.slots import Slot
from dractl.solver.view import NodeView, positions

if TYPE_CHECKING:
    from dractl.solver.bounds import Demand

Group = tuple[PoolKey, str]  # a counter set of a pool


class Supply:
    """Looks at one state of the ledger at a time.

    Shared devices are left out of all counter bounds, since upstream does not charge
    every share of them.
    """

    def __init__(self, view: NodeView, ledger: Ledger) -> None:
        self._view = view
        self._ledger = ledger
        self._pools = {pool.key: pool for pool in view.inventory.pool_of}
        scale = math.lcm(
            *(v for p in self._pools.values() for v in p.counters.values() if v > 0)
        )
        # In parts of what its set declares, so that unlike counters can be added.
        self._weights = {
            pool.key: {
                key: scale // declared if declared > 0 else 0
                for key, declared in pool.counters.items()
            }
            for pool in self._pools.values()
        }
        self._draws = {
            position: view.draw(position)
            for position in positions(view.consuming & ~view.multi)
        }
        self._left: dict[PoolKey, dict[CounterKey, int]] = {}
        self._unaffordable = 0
        self._full: set[int] = set()

    def look(self, demands: Sequence["Demand"]) -> None:
        """Read the ledger anew."""
        union = 0
        for demand in demands:
            union |= demand.devices
        self._left = {}
        self._unaffordable = 0
        for position in positions(union & self._view.consuming & ~self._view.multi):
            left = self._left_in(self._view.inventory.pool_of[position])
            if min(left.values(), default=0) < 0 or any(
                left.get(key, amount) < amount
                for key, amount in self._draws[position].items()
            ):
                self._unaffordable |= 1 << position

    def _left_in(self, pool: Pool) -> dict[CounterKey, int]:
        left = self._left.get(pool.key)
        if left is None:
            left = self._left[pool.key] = self._ledger.counters_left(pool)
        return left

    def usable(self, slot: Slot) -> int:
        """Return the devices that the slot could be given as things stand."""
        mask = self._ledger.free(slot) & ~slot.tainted & ~self._unaffordable
        for position in self._ledger.shared_positions():
            if not self._ledger.has_room(slot, position):
                mask &= ~(1 << position)
        return mask

    def flow_suffices(self, demands: Sequence["Demand"]) -> bool:
        """Tell whether the demands can be met together, device by device."""
        union = 0
        for demand in demands:
            union |= demand.devices
        total = sum(demand.units for demand in demands)
        groups, group_limits = self._groups(union, total)
        return can_supply(
            [(demand.units, demand.devices) for demand in demands],
            self._share_limits(demands, union & self._view.multi, total),
            groups,
            group_limits,
        )

    def _share_limits(
        self, demands: Sequence["Demand"], multi: int, total: int
    ) -> dict[int, int]:
        """Return how many shares of each shared device are left, at most."""
        limits = {}
        for position in positions(multi):
            device = self._view.devices[position]
            shares = [
                choice.slot.shares[position] or {}
                for demand in demands
                for choice in demand.choices
                if choice.slot.shares is not None and choice.devices >> position & 1
            ]
            # The least of each capacity, since the shares may be of several sizes.
            least = {
                name: min(share[name] for share in shares if name in share)
                for name in {name for share in shares for name in share}
            }
            left = shares_left(device, least, *self._ledger.used_capacity(position))
            limits[position] = total if left is None else min(left, total)
        return limits

    def _groups(
        self, union: int, total: int
    ) -> tuple[dict[int, Group], dict[Group, int]]:
        """Return the counter set of each device, and how many devices each allows."""
        groups: dict[int, Group] = {}
        members: dict[Group, list[int]] = {}
        for position in positions(union & self._view.consuming & ~self._view.multi):
            pool = self._view.inventory.pool_of[position]
            draw = self._draws[position]
            if draw:
                group = (pool.key, min(name for name, _ in draw))
                groups[position] = group
                members.setdefault(group, []).append(position)
        return groups, {
            group: min(self._most(group, inside), total)
            for group, inside in members.items()
        }

    def _most(self, group: Group, members: Sequence[int]) -> int:
        """Return how many of the devices the counters of a set allow, at most."""
        pool, counter_set = group
        left = self._left_in(self._pools[pool])
        most = len(members)
        for key in (key for key in left if key[0] == counter_set):
            least = min(self._draws[position].get(key, 0) for position in members)
            if least > 0:
                most = min(most, left[key] // least)
        weights = self._weights[pool]
        least = min(self._weight(pool, position, counter_set) for position in members)
        if least > 0:
            sum_left = sum(
                left[key] * weight
                for key, weight in weights.items()
                if key[0] == counter_set
            )
            most = min(most, sum_left // least)
        return max(most, 0)

    def _weight(self, pool: PoolKey, position: int, counter_set: str) -> int:
        weights = self._weights[pool]
        return sum(
            amount * weights.get(key, 0)
            for key, amount in self._draws[position].items()
            if key[0] == counter_set
        )

    def sums_suffice(self, demands: Sequence["Demand"]) -> bool:
        """Tell whether counters and capacities suffice in total."""
        return self._counters_suffice(demands) and self._capacities_suffice(demands)

    def _counters_suffice(self, demands: Sequence["Demand"]) -> bool:
        needed = 0
        reached: set[PoolKey] = set()
        for demand in demands:
            devices = demand.devices
            if devices & ~self._view.consuming or devices & self._view.multi:
                continue
            weights = []
            for position in positions(devices):
                pool = self._view.inventory.pool_of[position].key
                reached.add(pool)
                sets = {name for name, _ in self._draws[position]}
                weights.append(sum(self._weight(pool, position, name) for name in sets))
            needed += sum(sorted(weights)[: demand.units])
        available = sum(
            max(amount, 0) * self._weights[pool].get(key, 0)
            for pool in reached
            for key, amount in self._left_in(self._pools[pool]).items()
        )
        return needed <= available

    def _capacities_suffice(self, demands: Sequence["Demand"]) -> bool:
        union = 0
        for demand in demands:
            union |= demand.devices
        if not union or union & ~self._view.multi:
            return True
        here = positions(union)
        names = set(self._view.devices[here[0]].capacity)
        for position in here:
            names &= set(self._view.devices[position].capacity)
        return all(self._capacity_suffices(name, demands, here) for name in names)

    def _capacity_suffices(
        self, name: str, demands: Sequence["Demand"], here: Sequence[int]
    ) -> bool:
        left = 0
        for position in here:
            left += self._view.devices[position].capacity[name].value.nanos
            for used in self._ledger.used_capacity(position):
                left -= used.get(name, 0)
        needed = 0
        for demand in demands:
            amounts = [
                share[name].nanos
                for choice in demand.choices
                if choice.slot.shares is not None
                for position in positions(choice.devices)
                if (share := choice.slot.shares[position]) is not None
            ]
            needed += demand.units * min(amounts, default=0)
        return needed <= left
