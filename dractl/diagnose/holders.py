"""Who holds devices: claims, the pods that they are reserved for, and their owners."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from dractl.api.snapshot import Snapshot
from dractl.diagnose.owners import owner_of
from dractl.model.claims import ConsumerReference, ResourceClaim
from dractl.model.devices import DeviceId
from dractl.model.workloads import Pod
from dractl.solver.holders import Holder, holders_of


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who a claim is reserved for. `pod` None: the snapshot has no such pod.

    `is_gone`: the snapshot has pods, but none of that name and uid.
    """

    reference: ConsumerReference
    pod: Pod | None
    is_gone: bool

    @property
    def is_done(self) -> bool:
        """Whether the pod has ended, so that it holds the claim for nothing."""
        return self.pod is not None and self.pod.has_ended

    def __str__(self) -> str:
        kind = self.reference.resource.removesuffix("s") or "consumer"
        return f"{kind} {self.reference.name}"


class Holders:
    """The devices that are held, by device and by claim."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        # By identity, so each claim is kept.
        self._consumers: dict[int, tuple[ResourceClaim, tuple[Consumer, ...]]] = {}

    @cached_property
    def by_device(self) -> Mapping[DeviceId, list[Holder]]:
        """Who has each device, also for admin access, which does not hold it."""
        return holders_of(self._snapshot.claims)

    def of(self, device: DeviceId) -> tuple[Holder, ...]:
        """Return who holds a device; admin access does not hold it."""
        found = self.by_device.get(device, ())
        return tuple(each for each in found if not each.result.admin_access)

    def consumers(self, claim: ResourceClaim) -> tuple[Consumer, ...]:
        """Return who a claim is reserved for."""
        known = self._consumers.get(id(claim))
        if known is None:
            found = [self._consumer(claim, each) for each in claim.reserved_for]
            known = self._consumers[id(claim)] = (claim, tuple(found))
        return known[1]

    def _consumer(self, claim: ResourceClaim, reference: ConsumerReference) -> Consumer:
        if reference.resource != "pods":
            return Consumer(reference, None, is_gone=False)
        pod = self._snapshot.pod_by_key.get((claim.meta.namespace, reference.name))
        if (
            pod is not None
            and reference.uid
            and pod.meta.uid not in {"", reference.uid}
        ):
            pod = None
        return Consumer(reference, pod, is_gone=pod is None and self._knows_pods)

    @property
    def _knows_pods(self) -> bool:
        return bool(self._snapshot.pods)

    def described(self, holder: Holder) -> Mapping[str, object]:
        """Return who holds a device as evidence: claim, pods, owners."""
        claim = holder.claim
        consumers = self.consumers(claim)
        owners = {
            owner
            for each in consumers
            if each.pod is not None and (owner := owner_of(each.pod))
        }
        return {
            "device": str(holder.result.device),
            "claim": {"namespace": claim.meta.namespace, "name": claim.meta.name},
            "consumers": [str(each) for each in consumers],
            "gone": [str(each) for each in consumers if each.is_gone],
            "finished": [str(each) for each in consumers if each.is_done],
            "owners": sorted(owners),
            "node": next(
                (each.pod.node_name for each in consumers if each.pod is not None), ""
            ),
        }


def in_words(holders: Iterable[Holder], index: Holders) -> list[str]:
    """Return `claim ns/name (pod a, b)` once for every claim, in order of first use."""
    seen: dict[tuple[str, str], ResourceClaim] = {}
    for holder in holders:
        seen.setdefault(holder.claim.meta.key, holder.claim)
    return [_held_by(claim, index) for claim in seen.values()]


def _held_by(claim: ResourceClaim, index: Holders) -> str:
    name = f"claim {claim.meta.namespace}/{claim.meta.name}"
    consumers = index.consumers(claim)
    if not consumers:
        return f"{name} (reserved for nobody)"
    users = ", ".join(
        f"{each}{' that is gone' if each.is_gone else ''}"
        f"{' that has ended' if each.is_done else ''}"
        for each in consumers[:3]
    )
    more = f" and {len(consumers) - 3} more" if len(consumers) > 3 else ""  # noqa: PLR2004 as above
    return f"{name} ({users}{more})"
