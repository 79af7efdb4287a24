"""What is taken already: the devices of every claim that has an allocation.

Follows Kubernetes 1.36, structured/internal/allocatorstate.go and the scheduler
plugin's allocateddevices.go: reserved or not, being deleted or not, a claim with an
allocation holds its devices; those under admin access are not held.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dractl.model.claims import Allocation, DeviceResult, ResourceClaim
from dractl.model.devices import DeviceId
from dractl.solver.capacity import Amounts
from dractl.solver.rules import Rules


@dataclass(slots=True)
class Usage:
    """Held devices: as a whole (`dedicated`), or in shares with amounts in nanos."""

    consumable: bool
    dedicated: set[DeviceId] = field(default_factory=set)
    shared: set[DeviceId] = field(default_factory=set)
    aggregated: dict[DeviceId, Amounts] = field(default_factory=dict)

    @staticmethod
    def of(claims: Iterable[ResourceClaim], rules: Rules) -> "Usage":
        """Return what the allocated ones of these claims hold."""
        usage = Usage(rules.consumable)
        for claim in claims:
            if claim.allocation is not None:
                usage.hold(claim.allocation)
        return usage

    def hold(self, allocation: Allocation) -> None:
        """Count one more allocation."""
        for result in allocation.results:
            self._count(result)

    def _count(self, result: DeviceResult) -> None:
        if result.admin_access:
            return
        if result.share_id is None or not self.consumable:
            self.dedicated.add(result.device)
            return
        self.shared.add(result.device)
        if result.consumed_capacity is not None:
            before = self.aggregated.get(result.device, {})
            taken = {name: q.nanos for name, q in result.consumed_capacity.items()}
            self.aggregated[result.device] = _sum(before, taken)

    def recount(self, device: DeviceId, results: Iterable[DeviceResult]) -> None:
        """Count a device anew: these are all entries of allocations that have it."""
        self.dedicated.discard(device)
        self.shared.discard(device)
        self.aggregated.pop(device, None)
        for result in results:
            self._count(result)

    def copied(self) -> "Usage":
        """Return a copy that goes its own way."""
        return Usage(
            self.consumable,
            set(self.dedicated),
            set(self.shared),
            dict(self.aggregated),  # amounts are made anew when they change
        )

    def draws(self, device: DeviceId, *, shares_count: bool) -> bool:
        """Tell whether the device is allocated as far as shared counters go."""
        if device in self.dedicated:
            return True
        return shares_count and (device in self.shared or device in self.aggregated)


def _sum(left: Mapping[str, int], right: Mapping[str, int]) -> Amounts:
    return {name: left.get(name, 0) + right.get(name, 0) for name in {**left, **right}}
