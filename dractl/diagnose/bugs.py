"""Which known bugs of Kubernetes (model/bugs.py) a pod may meet."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from dractl.diagnose import signs
from dractl.diagnose.signs import Seen
from dractl.model.bugs import BUGS, Bug, Part

if TYPE_CHECKING:
    from dractl.diagnose.answer import Cause
    from dractl.diagnose.case import Case

_DEFAULT: Final = "default-scheduler"


def known_bugs(case: "Case", causes: "Sequence[Cause]") -> Iterator[str]:
    """Yield the bugs of the cluster's release that match the pod."""
    if case.pod is None:
        return
    seen = Seen(case, case.pod, tuple(cause.code for cause in causes))
    for bug in BUGS:
        if bug.part is Part.SCHEDULER and case.pod.scheduler_name != _DEFAULT:
            continue
        sign = SIGNS.get(bug.id)
        when = None if sign is None else _when(bug, seen)
        if sign is None or when is None or (detail := sign(seen)) is None:
            continue
        told = f" ({detail})" if detail else ""
        yield f"known bug: {bug.symptom}{told}; {when}: {bug.reference}"


def _when(bug: Bug, seen: Seen) -> str | None:
    """Return how the bug and the cluster's release go together; None: not at all."""
    snapshot = seen.case.world.snapshot
    node = snapshot.node_by_name.get(seen.pod.node_name)
    if bug.is_of_nodes and node is not None and node.kubelet_version:
        return bug.chance_on(snapshot.profile, node.name, node.kubelet_version)
    if bug.is_of_nodes and bug.affected:
        return None  # it matters of which patch the kubelet is
    return bug.chance(snapshot.profile, snapshot.info.kubernetes or "")


SIGNS: Final[Mapping[str, Callable[[Seen], str | None]]] = {
    "allocated-and-fresh-claim": signs.mixes_allocated_and_fresh,
    "all-mode-counters-panic": signs.wants_all_that_consume,
    "all-mode-takes-spent-device": signs.wants_all_and_one_is_spent,
    "all-mode-in-alternatives": signs.is_refused_all_in_alternatives,
    "counters-stay-reserved": signs.is_refused_counters,
    "counters-by-pool-name": signs.shares_the_name_of_a_pool,
    "counters-given-out-twice": signs.is_overdrawn,
    "timeout-taken-for-unschedulable": signs.timed_out,
    "qualified-capacity-name": signs.names_capacity_in_full,
    "extended-with-node-allocatable": signs.asks_for_extended,
    "eviction-skips-extended": signs.escapes_eviction,
    "tolerations-not-stored": signs.lost_tolerations,
    "rules-crash-scheduler": signs.is_refused_beside_rules,
    "rule-without-selector": signs.is_kept_off_by_nothing,
    "finished-pod-keeps-claim": signs.is_kept_by_the_finished,
    "kubelet-deadlock": signs.hangs,
    "kubelet-loses-driver": signs.driver_is_forgotten,
    "kubelet-refuses-extended": signs.asks_for_extended,
    "kubelet-skips-claims": signs.claim_info_is_lost,
    "unprepare-without-claim": signs.claim_is_not_created,
    "kai-without-counters": signs.is_passed_over_by_kai,
}
"""Of a bug, by its id, what tells that a pod meets it; others show in no pod."""
