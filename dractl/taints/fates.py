"""What becomes of the pods that have devices which a plan is about."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dractl.api.spelling import written
from dractl.model.claims import ResourceClaim
from dractl.model.devices import DeviceId, Taint
from dractl.model.taintrules import DeviceTaintRule
from dractl.model.workloads import Pod, PodDisruptionBudget
from dractl.taints.eviction import (
    EVICTING,
    Due,
    Evictions,
    Use,
    is_reserved,
    results_of,
    users_of,
)
from dractl.taints.fleet import Fleet
from dractl.taints.plan import Plan
from dractl.taints.selection import RuleIndex, in_force


class Fate(StrEnum):
    """What becomes of a pod that has devices which a plan is about."""

    EVICTED = "evicted"
    RELIEVED = "relieved"  # it was to be evicted, and is not any more
    TOLERATES = "tolerates"
    SPARED = "spared"  # it has its devices in a way that the controller does not see
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class PodImpact:
    """A pod and what becomes of it. `why` says it in a few words.

    `due` is its eviction after the plan, `due_before` the one without the plan.
    `budgets` are the PodDisruptionBudgets that are meant to protect it, and do not.
    """

    pod: Pod
    fate: Fate
    why: str
    claims: tuple[ResourceClaim, ...]
    devices: tuple[DeviceId, ...]
    due: Due | None = None
    due_before: Due | None = None
    budgets: tuple[PodDisruptionBudget, ...] = ()

    @property
    def is_caused(self) -> bool:
        """Whether it is the plan that evicts the pod, or evicts it earlier."""
        if self.due is None:
            return False
        return self.due_before is None or self.due.when < self.due_before.when

    @property
    def is_of_daemon_set(self) -> bool:
        """Whether the pod comes back on the same node."""
        return any(each.kind == "DaemonSet" for each in self.pod.meta.owners)


class Weighing:
    """Says of pods what becomes of them."""

    def __init__(
        self,
        fleet: Fleet,
        plan: Plan,
        before: Sequence[DeviceTaintRule],
        after: Sequence[DeviceTaintRule],
    ) -> None:
        self._fleet = fleet
        self._before = Evictions(fleet, before)
        self._after = Evictions(fleet, after)
        names = {each.name for each in plan.rules}
        self._planned = RuleIndex(
            each
            for each in in_force(after, fleet.snapshot.profile)
            if each.name in names and each.taint.effect == EVICTING
        )

    def pods(self, claims: Iterable[ResourceClaim]) -> Iterator[PodImpact]:
        """Yield the pods that use some of the claims."""
        snapshot = self._fleet.snapshot
        for use in users_of(claims, snapshot):
            due, was_due = self._after.of_pod(use.pod), self._before.of_pod(use.pod)
            fate, why = self._fate(use, due, was_due)
            meta = use.pod.meta
            budgets = [each for each in snapshot.budgets if each.selects(meta)]
            yield PodImpact(
                use.pod,
                fate,
                why,
                use.claims if use.special is None else (*use.claims, use.special),
                use.devices(),
                due,
                was_due,
                tuple(budgets) if fate is Fate.EVICTED else (),
            )

    def _fate(self, use: Use, due: Due | None, was_due: Due | None) -> tuple[Fate, str]:
        if due is not None:
            taints = dict.fromkeys(written(each.taint) for each in due.reasons)
            return Fate.EVICTED, f"does not tolerate {', '.join(taints)}"
        if was_due is not None:
            return Fate.RELIEVED, "was to be evicted, and is not any more"
        if use.special is not None and self._given([use.special]) is not None:
            return Fate.SPARED, "has the device as an extended resource"
        taint = self._given(use.claims)
        if taint is None:
            return Fate.STAYS, "nothing evicts it"
        return self._kept(use, taint)

    def _kept(self, use: Use, taint: Taint) -> tuple[Fate, str]:
        """Return why a taint of its devices does not evict a pod."""
        snapshot = self._fleet.snapshot
        if not use.pod.node_name:
            return Fate.STAYS, "has no node yet"
        if not any(is_reserved(each, use.pod, snapshot) for each in use.claims):
            return Fate.STAYS, "no claim of these devices is reserved for it"
        return Fate.TOLERATES, f"tolerates {written(taint)}"

    def _given(self, claims: Iterable[ResourceClaim]) -> Taint | None:
        """Return an evicting taint of the plan for devices of the claims, if any."""
        for each in results_of(claims):
            for rule in self._planned.of(each.device):
                return rule.taint
        return None
