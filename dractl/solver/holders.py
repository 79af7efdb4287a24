"""Which claims have which devices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dractl.model.claims import DeviceResult, ResourceClaim
from dractl.model.devices import DeviceId


@dataclass(frozen=True, slots=True)
class Holder:
    """A claim that has a device, and the entry of its allocation that says so."""

    claim: ResourceClaim
    result: DeviceResult


def holders_of(claims: Iterable[ResourceClaim]) -> Mapping[DeviceId, list[Holder]]:
    """Return who has each device, also for admin access, which does not hold it."""
    found: dict[DeviceId, list[Holder]] = {}
    for claim in claims:
        if claim.allocation is not None:
            for result in claim.allocation.results:
                found.setdefault(result.device, []).append(Holder(claim, result))
    return found
