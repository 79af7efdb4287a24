"""What claims have left of the counters of pools."""

from collections.abc import Mapping

from dractl.solver.allocator import Allocator
from dractl.solver.inventory import CounterKey, Pool
from dractl.solver.ledger import available_counters


class CountersLeft:
    """Asked pool by pool; each is looked at once. Pools must live as long as this."""

    def __init__(self, allocator: Allocator) -> None:
        self._usage = allocator.usage
        self._shares_count = allocator.rules.shared_use_counts
        self._known: dict[int, Mapping[CounterKey, int]] = {}

    def of(self, pool: Pool) -> Mapping[CounterKey, int]:
        """Return the counters of a pool in nanos; negative where overdrawn."""
        left = self._known.get(id(pool))
        if left is None:
            left = self._known[id(pool)] = available_counters(
                pool, self._usage, shares_count=self._shares_count
            )
        return left
