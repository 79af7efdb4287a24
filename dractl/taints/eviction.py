"""When pods are evicted because of taints of their devices.

Follows Kubernetes 1.36, pkg/controller/devicetainteviction: it looks at what drivers
publish and at the rules, and at the tolerations that an allocation has kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.model.claims import ConsumerReference, DeviceResult, ResourceClaim
from dractl.model.devices import DeviceId, Taint
from dractl.model.taintrules import DeviceTaintRule
from dractl.model.workloads import Pod, PodClaim
from dractl.solver.rules import rules_of
from dractl.solver.subjects import made_for
from dractl.solver.view import tolerates
from dractl.taints.fleet import Fleet
from dractl.taints.moments import moment
from dractl.taints.selection import RuleIndex, in_force

EVICTING: Final = "NoExecute"
_LONGEST: Final = 10**11  # seconds that are told apart from forever: 3000 years


class Reason(NamedTuple):
    """A taint of a device that evicts."""

    device: DeviceId
    taint: Taint


class Due(NamedTuple):
    """When pods of a claim are evicted, or one pod is; all taints that call for it."""

    when: datetime
    reasons: tuple[Reason, ...]


class Evictions:
    """What a cluster with these rules evicts."""

    def __init__(self, fleet: Fleet, rules: Sequence[DeviceTaintRule]) -> None:
        profile = fleet.snapshot.profile
        self._fleet = fleet
        self._is_on = rules_of(profile).taints
        self._rules = RuleIndex(
            each for each in in_force(rules, profile) if each.taint.effect == EVICTING
        )
        self._known: dict[int, Due | None] = {}

    def of_pod(self, pod: Pod) -> Due | None:
        """Return when a pod is evicted; None: never."""
        if not pod.node_name:
            return None
        due = [
            found
            for claim in claims_of(pod, self._fleet.snapshot)
            if is_reserved(claim, pod, self._fleet.snapshot)
            and (found := self.of_claim(claim)) is not None
        ]
        return _joined(due)

    def of_claim(self, claim: ResourceClaim) -> Due | None:
        """Return when pods that use the claim are evicted; None: never."""
        key = id(claim)
        if key not in self._known:
            self._known[key] = _joined(
                [due for each in results_of([claim]) for due in self._of_device(each)]
            )
        return self._known[key]

    def _of_device(self, result: DeviceResult) -> Iterator[Due]:
        for taint in self.taints_of(result.device):
            left = seconds_tolerated(result, taint)
            since = moment(taint.time_added)
            # The API server always sets a time; the controller does nothing without.
            if left is not None and since is not None:
                yield Due(
                    since + timedelta(seconds=min(left, _LONGEST)),
                    (Reason(result.device, taint),),
                )

    def taints_of(self, device: DeviceId) -> Iterator[Taint]:
        """Yield the taints of a device that evict, published or not."""
        published = self._fleet.devices.get(device)
        if published is not None and self._is_on:
            yield from (each for each in published.taints if each.effect == EVICTING)
        yield from (rule.taint for rule in self._rules.of(device))


def _joined(due: Sequence[Due]) -> Due | None:
    if not due:
        return None
    reasons = dict.fromkeys(reason for each in due for reason in each.reasons)
    return Due(min(each.when for each in due), tuple(reasons))


def seconds_tolerated(result: DeviceResult, taint: Taint) -> int | None:
    """Return for how long an allocation puts up with a taint; None: forever.

    Only tolerations count that say NoExecute, though the scheduler takes those without
    an effect for it as well.
    """
    found = [
        each.seconds
        for each in result.tolerations
        if each.effect == EVICTING and tolerates(each, taint)
    ]
    if None in found:
        return None
    return min((max(each, 0) for each in found if each is not None), default=0)


# -- pods and their claims


def claims_of(pod: Pod, snapshot: Snapshot) -> Iterator[ResourceClaim]:
    """Yield the claims that a pod names, or that were made for it.

    Not the one for its extended resources: the controller does not look at that.
    """
    for entry in pod.claims:
        claim = claim_of(pod, entry, snapshot)
        if claim is not None:
            yield claim


def claim_of(pod: Pod, entry: PodClaim, snapshot: Snapshot) -> ResourceClaim | None:
    """Return the claim that an entry of a pod stands for, if there is one."""
    if entry.claim is not None:
        return snapshot.claim_by_key.get((pod.meta.namespace, entry.claim))
    if entry.name not in pod.claim_names and not pod.group:
        return None
    made, _ = made_for(pod, entry, snapshot)
    return made if isinstance(made, ResourceClaim) else None


def is_reserved(claim: ResourceClaim, pod: Pod, snapshot: Snapshot) -> bool:
    """Tell whether a claim is reserved for a pod, by itself or with its group."""
    groups_count = snapshot.profile.enabled("DRAWorkloadResourceClaims")
    return any(
        _is_pod(each, pod) or (groups_count and _is_group(each, pod))
        for each in claim.reserved_for
    )


def _is_pod(reference: ConsumerReference, pod: Pod) -> bool:
    if reference.resource != "pods":
        return False
    if reference.uid and pod.meta.uid:
        return reference.uid == pod.meta.uid
    return reference.name == pod.meta.name


def _is_group(reference: ConsumerReference, pod: Pod) -> bool:
    return reference.resource == "podgroups" and reference.name == pod.group


class Use(NamedTuple):
    """A pod with those of its claims that are asked about.

    `special` is the claim for its extended resources, if that is one of them.
    """

    pod: Pod
    claims: tuple[ResourceClaim, ...]
    special: ResourceClaim | None

    def devices(self) -> tuple[DeviceId, ...]:
        """Return the devices that the pod has through the claims."""
        claims = (*self.claims, *([self.special] if self.special else []))
        return tuple(dict.fromkeys(each.device for each in results_of(claims)))


def results_of(claims: Iterable[ResourceClaim]) -> Iterator[DeviceResult]:
    """Yield all that the claims were given."""
    for claim in claims:
        if claim.allocation is not None:
            yield from claim.allocation.results


def users_of(claims: Iterable[ResourceClaim], snapshot: Snapshot) -> Iterator[Use]:
    """Yield the pods that use some of the claims, without those being deleted."""
    wanted = {claim.meta.key: claim for claim in claims}
    for pod in snapshot.pods:
        if pod.meta.deletion_timestamp is not None:
            continue
        used = tuple(
            claim
            for claim in claims_of(pod, snapshot)
            if wanted.get(claim.meta.key) is claim
        )
        special = wanted.get((pod.meta.namespace, pod.extended_claim or ""))
        if used or special is not None:
            yield Use(pod, used, special)
