"""What claims have: class, devices, node, pods; and who has some without need."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from dractl.api.snapshot import Snapshot
from dractl.capacity.devices import DeviceUse
from dractl.diagnose.holders import Consumer, Holders
from dractl.model.claims import ResourceClaim
from dractl.model.devices import DeviceId


class Phase(Enum):
    """What a claim does. IDLE: it has devices, and no pod that could use them."""

    PENDING = "pending"
    IN_USE = "in-use"
    IDLE = "idle"
    ADMIN = "admin"
    DELETING = "deleting"


@dataclass(frozen=True, slots=True, eq=False)
class ClaimUse:
    """A claim with its devices. `nodes` are where its pods, else its devices are."""

    claim: ResourceClaim
    phase: Phase
    classes: tuple[str, ...]
    devices: tuple[DeviceId, ...]
    nodes: tuple[str, ...]
    consumers: tuple[Consumer, ...]

    @property
    def why_idle(self) -> str:
        """Why nobody uses its devices; "" if somebody may."""
        if self.phase is not Phase.IDLE:
            return ""
        told = (
            f"{each} {'has ended' if each.is_done else 'is gone'}"
            for each in self.consumers
        )
        return ", ".join(told) or "reserved for nobody"


def claims_of(
    snapshot: Snapshot, fleet: Iterable[DeviceUse], holders: Holders | None = None
) -> tuple[ClaimUse, ...]:
    """Return all claims in the order of the source."""
    by_id = {each.id: each for each in fleet}
    holders = holders or Holders(snapshot)
    return tuple(_use(claim, holders, by_id) for claim in snapshot.claims)


def _use(
    claim: ResourceClaim, holders: Holders, by_id: Mapping[DeviceId, DeviceUse]
) -> ClaimUse:
    consumers = holders.consumers(claim)
    results = claim.allocation.results if claim.allocation else ()
    devices = tuple(dict.fromkeys(each.device for each in results))
    return ClaimUse(
        claim,
        _phase(claim, consumers),
        tuple(dict.fromkeys(_classes(claim))),
        devices,
        tuple(dict.fromkeys(_nodes(consumers, devices, by_id))),
        consumers,
    )


def _phase(claim: ResourceClaim, consumers: Iterable[Consumer]) -> Phase:
    if claim.meta.deletion_timestamp is not None:
        return Phase.DELETING
    if claim.allocation is None:
        return Phase.PENDING
    results = claim.allocation.results
    if results and all(each.admin_access for each in results):
        return Phase.ADMIN
    if results and all(each.is_gone or each.is_done for each in consumers):
        return Phase.IDLE
    return Phase.IN_USE


def _classes(claim: ResourceClaim) -> Iterator[str]:
    for request in claim.spec.requests:
        for option in request.options:
            yield option.device_class


def _nodes(
    consumers: Iterable[Consumer],
    devices: Iterable[DeviceId],
    by_id: Mapping[DeviceId, DeviceUse],
) -> Iterator[str]:
    placed = [
        each.pod.node_name for each in consumers if each.pod and each.pod.node_name
    ]
    if placed:
        yield from placed
        return
    for device in devices:
        use = by_id.get(device)
        if use is not None and use.node:
            yield use.node
