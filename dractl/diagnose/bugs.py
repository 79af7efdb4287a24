"""Known bugs of Kubernetes that a pod may meet: a table, keyed by release.

A row is a bug with what must be true of a pod for it (signs.py). Releases and fixes are
only those that the issues state: where a fix has gone into a patch release that they do
not name, the row says that it is not known. The release of the scheduler and of the
controllers is that of the newest kubelet or newer, so of their bugs it is told that
they may be there; of a kubelet's, the node says which it is.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from dractl.diagnose import signs
from dractl.diagnose.signs import Seen
from dractl.model.cluster import KubernetesVersion

if TYPE_CHECKING:
    from dractl.diagnose.answer import Cause
    from dractl.diagnose.case import Case

_PATCH: Final = re.compile(r"v?\d+\.\d+\.(\d{1,4})", re.ASCII)
_DEFAULT: Final = "default-scheduler"


class Part(Enum):
    """Whose bug it is."""

    SCHEDULER = "kube-scheduler"
    CONTROLLERS = "kube-controller-manager"
    KUBELET = "kubelet"
    OTHER = "another scheduler"


class Affected(NamedTuple):
    """A minor release, from a patch on; `fixed` None: in which patch is not known."""

    minor: KubernetesVersion
    since: int = 0
    fixed: int | None = None


@dataclass(frozen=True, slots=True)
class Bug:
    """A row. `meets` returns None if a pod cannot meet the bug, else "" or details.

    With no `affected` releases, all before `gone_in` are; without that either, the
    issue does not say which. All of `gates` must be on.
    """

    id: str
    part: Part
    symptom: str
    reference: str
    meets: Callable[[Seen], str | None]
    affected: tuple[Affected, ...] = ()
    gone_in: KubernetesVersion | None = None
    gates: tuple[str, ...] = ()


def known_bugs(case: "Case", causes: "Sequence[Cause]") -> Iterator[str]:
    """Yield the bugs of the cluster's release that match the pod."""
    if case.pod is None:
        return
    profile = case.world.snapshot.profile
    seen = Seen(case, case.pod, tuple(cause.code for cause in causes))
    for bug in BUGS:
        if bug.part is Part.SCHEDULER and case.pod.scheduler_name != _DEFAULT:
            continue
        if not all(profile.enabled(gate) for gate in bug.gates):
            continue
        when = _when(bug, seen)
        if when is None or (detail := bug.meets(seen)) is None:
            continue
        told = f" ({detail})" if detail else ""
        yield f"known bug: {bug.symptom}{told}; {when}: {bug.reference}"


# -- releases


def _when(bug: Bug, seen: Seen) -> str | None:
    """Return how the bug and the cluster's release go together; None: not at all."""
    if bug.part is Part.KUBELET and bug.affected:
        return _of_kubelet(bug, seen)
    release = seen.case.world.snapshot.profile.version
    if bug.affected:
        if release not in {each.minor for each in bug.affected}:
            return None
        return f"{bug.part.value} {release} may have it, {_fixes(bug)}"
    if bug.gone_in is not None:
        if release >= bug.gone_in:
            return None
        merged = f"its fix was merged before {bug.gone_in}"
        return f"{bug.part.value} {release} may have it; {merged}"
    return "the issue does not say in which releases"


def _of_kubelet(bug: Bug, seen: Seen) -> str | None:
    node = seen.case.world.snapshot.node_by_name.get(seen.pod.node_name)
    text = "" if node is None else node.kubelet_version
    patch = _PATCH.match(text)
    if patch is None:
        return None
    minor = KubernetesVersion.parse(text)
    for each in bug.affected:
        ends = each.fixed is not None and int(patch[1]) >= each.fixed
        if each.minor == minor and int(patch[1]) >= each.since and not ends:
            return f"the kubelet on {seen.pod.node_name} is {text}; {_fixes(bug)}"
    return None


def _fixes(bug: Bug) -> str:
    known = [f"{a.minor}.{a.fixed}" for a in bug.affected if a.fixed is not None]
    if known:
        return f"fixed in {', '.join(known)}"
    return "up to a patch release that is not known here"


# -- the table

_V33, _V34, _V35, _V36, _V37, _V38 = (
    KubernetesVersion(1, minor) for minor in (33, 34, 35, 36, 37, 38)
)
_K8S: Final = "kubernetes/kubernetes"

BUGS: Final = (
    Bug(
        "allocated-and-fresh-claim",
        Part.SCHEDULER,
        "a pod with one claim that is allocated for several nodes and one that is not "
        "is never scheduled, since scoring counts the claims wrongly",
        f"{_K8S}#139016",
        signs.mixes_allocated_and_fresh,
        (Affected(_V35), Affected(_V36)),
    ),
    Bug(
        "all-mode-counters-panic",
        Part.SCHEDULER,
        "the scheduler crashes on a request for all devices that selects one which "
        "draws on counters",
        f"{_K8S}#138882",
        signs.wants_all_that_consume,
        (Affected(_V35), Affected(_V36)),
        gates=("DRAPartitionableDevices",),
    ),
    Bug(
        "all-mode-takes-spent-device",
        Part.SCHEDULER,
        "a request for all devices may be given a shared one that has nothing left",
        f"{_K8S}#140769",
        signs.wants_all_and_one_is_spent,
        gates=("DRAConsumableCapacity",),
    ),
    Bug(
        "all-mode-in-alternatives",
        Part.SCHEDULER,
        "alternatives of which one asks for all devices may find no fit where one is",
        f"{_K8S}#137347",
        signs.is_refused_all_in_alternatives,
        gone_in=_V36,  # merged in March 2026, before 1.36
        gates=("DRAPrioritizedList",),
    ),
    Bug(
        "counters-stay-reserved",
        Part.SCHEDULER,
        "counters that the search reserved and gave up stay reserved, so that devices "
        "that draw on them are not found",
        f"{_K8S}#140431",
        signs.is_refused_counters,
        (Affected(_V36),),
        gates=("DRAPartitionableDevices",),
    ),
    Bug(
        "counters-by-pool-name",
        Part.SCHEDULER,
        "counters of two drivers whose pools have one name are mixed up",
        f"{_K8S}#140434",
        signs.shares_the_name_of_a_pool,
        (Affected(_V36),),
        gates=("DRAPartitionableDevices",),
    ),
    Bug(
        "counters-given-out-twice",
        Part.SCHEDULER,
        "the devices of the pod share counters of which more is given out than there "
        "is, as by a scheduler that forgets shared devices",
        f"{_K8S}#139034",
        signs.is_overdrawn,
        gates=("DRAPartitionableDevices",),
    ),
    Bug(
        "timeout-taken-for-unschedulable",
        Part.SCHEDULER,
        "a search that takes too long counts as unschedulable, so that the pod is "
        "tried again only after up to five minutes",
        f"{_K8S}#137607",
        signs.timed_out,
        (Affected(_V34), Affected(_V35)),
        gates=("DRASchedulerFilterTimeout",),
    ),
    Bug(
        "qualified-capacity-name",
        Part.SCHEDULER,
        "a capacity that is asked for with its domain is found on no device",
        f"{_K8S}#142202",
        signs.names_capacity_in_full,
        gone_in=_V38,
        gates=("DRAConsumableCapacity",),
    ),
    Bug(
        "extended-with-node-allocatable",
        Part.SCHEDULER,
        "pods with extended resources through DRA fail while node allocatable "
        "resources through DRA are on, too",
        f"{_K8S}#141467",
        signs.asks_for_extended,
        (Affected(_V37),),
        gates=("DRAExtendedResource", "DRANodeAllocatableResources"),
    ),
    Bug(
        "eviction-skips-extended",
        Part.CONTROLLERS,
        "a NoExecute taint does not evict pods that have the device through an "
        "extended resource",
        f"{_K8S}#141290",
        signs.escapes_eviction,
        (Affected(_V36), Affected(_V37)),
        gates=("DRADeviceTaints", "DRAExtendedResource"),
    ),
    Bug(
        "tolerations-not-stored",
        Part.SCHEDULER,
        "tolerations of NoExecute are not stored in the allocation, so that the pod is "
        "evicted all the same",
        f"{_K8S}#134434",
        signs.lost_tolerations,
        (Affected(_V33), Affected(_V34)),
        gates=("DRADeviceTaints",),
    ),
    Bug(
        "finished-pod-keeps-claim",
        Part.CONTROLLERS,
        "a claim may stay reserved for a pod that has ended",
        f"{_K8S}#141276",
        signs.is_kept_by_the_finished,
        gone_in=_V38,
    ),
    Bug(
        "kubelet-deadlock",
        Part.KUBELET,
        "after 30 minutes without work the kubelet hangs when it is to prepare "
        "devices, and says nothing; restarting it helps",
        f"{_K8S}#133926",
        signs.hangs,
        (Affected(_V34, 0, 2),),
    ),
    Bug(
        "kubelet-loses-driver",
        Part.KUBELET,
        "the kubelet loses the connection to a driver that runs; restarting it helps",
        f"{_K8S}#133920",
        signs.driver_is_forgotten,
        (Affected(_V34, 0, 2),),
    ),
    Bug(
        "kubelet-refuses-extended",
        Part.KUBELET,
        "kubelets may refuse pods with extended resources that only DRA has",
        f"{_K8S}#135725",
        signs.asks_for_extended,
        gone_in=_V36,  # merged in early 2026, before 1.36
        gates=("DRAExtendedResource",),
    ),
    Bug(
        "kubelet-skips-claims",
        Part.KUBELET,
        "of several claims of a pod none is prepared after one that is already",
        f"{_K8S}#135901",
        signs.claim_info_is_lost,
        gone_in=_V36,  # merged in early 2026, before 1.36
    ),
    Bug(
        "unprepare-without-claim",
        Part.KUBELET,
        "while it cleans up, the kubelet complains of a claim that is not created yet",
        f"{_K8S}#139772",
        signs.claim_is_not_created,
    ),
    Bug(
        "kai-without-counters",
        Part.OTHER,
        "KAI-Scheduler skips slices with shared counters, and devices that draw on "
        "them, since it turns no feature of DRA on",
        "kai-scheduler/KAI-Scheduler#2100",
        signs.is_passed_over_by_kai,
    ),
)
"""Each kind of bug once; ids are stable."""
