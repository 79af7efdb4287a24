"""Known bugs of Kubernetes: a table, keyed by release.

Releases and fixes are only those that the issues state: where a fix has gone into a
patch release that they do not name, the row says that it is not known. The release of
the scheduler and of the controllers is that of the newest kubelet or newer, so of their
bugs it is told that they may be there; of a kubelet's, the node says which it is.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from dractl.model.cluster import KubernetesVersion, Profile

_PATCH: Final = re.compile(r"v?\d+\.\d+\.(\d{1,4})", re.ASCII)


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
    """A row. With no `affected` releases, all before `gone_in` are.

    Without that either, the issue does not say which. All of `gates` must be on.
    """

    id: str
    part: Part
    symptom: str
    reference: str
    affected: tuple[Affected, ...] = ()
    gone_in: KubernetesVersion | None = None
    gates: tuple[str, ...] = ()

    def chance(self, profile: Profile) -> str | None:
        """Say how the bug and a release with its gates go together; None: not at all.

        For the control plane; a kubelet's release is asked of the kubelet.
        """
        release = profile.version
        if not all(profile.enabled(gate) for gate in self.gates):
            return None
        if self.affected:
            if release not in {each.minor for each in self.affected}:
                return None
            return f"{self.part.value} {release} may have it, {self._fixes()}"
        if self.gone_in is not None:
            if release >= self.gone_in:
                return None
            merged = f"its fix was merged before {self.gone_in}"
            return f"{self.part.value} {release} may have it; {merged}"
        return "the issue does not say in which releases"

    def chance_on(self, node: str, kubelet: str) -> str | None:
        """Say the same of a kubelet, given with its node; None as well if unknown."""
        patch = _PATCH.match(kubelet)
        if patch is None:
            return None
        minor = KubernetesVersion.parse(kubelet)
        for each in self.affected:
            ends = each.fixed is not None and int(patch[1]) >= each.fixed
            if each.minor == minor and int(patch[1]) >= each.since and not ends:
                return f"the kubelet on {node} is {kubelet}; {self._fixes()}"
        return None

    def _fixes(self) -> str:
        known = [f"{a.minor}.{a.fixed}" for a in self.affected if a.fixed is not None]
        if known:
            return f"fixed in {', '.join(known)}"
        return "up to a patch release that is not known here"


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
        (Affected(_V35), Affected(_V36)),
    ),
    Bug(
        "all-mode-counters-panic",
        Part.SCHEDULER,
        "the scheduler crashes on a request for all devices that selects one which "
        "draws on counters",
        f"{_K8S}#138882",
        (Affected(_V35), Affected(_V36)),
        gates=("DRAPartitionableDevices",),
    ),
    Bug(
        "all-mode-takes-spent-device",
        Part.SCHEDULER,
        "a request for all devices may be given a shared one that has nothing left",
        f"{_K8S}#140769",
        gates=("DRAConsumableCapacity",),
    ),
    Bug(
        "all-mode-in-alternatives",
        Part.SCHEDULER,
        "alternatives of which one asks for all devices may find no fit where one is",
        f"{_K8S}#137347",
        gone_in=_V36,  # merged in March 2026, before 1.36
        gates=("DRAPrioritizedList",),
    ),
    Bug(
        "counters-stay-reserved",
        Part.SCHEDULER,
        "counters that the search reserved and gave up stay reserved, so that devices "
        "that draw on them are not found",
        f"{_K8S}#140431",
        (Affected(_V36),),
        gates=("DRAPartitionableDevices",),
    ),
    Bug(
        "counters-by-pool-name",
        Part.SCHEDULER,
        "counters of two drivers whose pools have one name are mixed up",
        f"{_K8S}#140434",
        (Affected(_V36),),
        gates=("DRAPartitionableDevices",),
    ),
    Bug(
        "counters-given-out-twice",
        Part.SCHEDULER,
        "the devices of the pod share counters of which more is given out than there "
        "is, as by a scheduler that forgets shared devices",
        f"{_K8S}#139034",
        gates=("DRAPartitionableDevices",),
    ),
    Bug(
        "timeout-taken-for-unschedulable",
        Part.SCHEDULER,
        "a search that takes too long counts as unschedulable, so that the pod is "
        "tried again only after up to five minutes",
        f"{_K8S}#137607",
        (Affected(_V34), Affected(_V35)),
        gates=("DRASchedulerFilterTimeout",),
    ),
    Bug(
        "qualified-capacity-name",
        Part.SCHEDULER,
        "a capacity that is asked for with its domain is found on no device",
        f"{_K8S}#142202",
        gone_in=_V38,
        gates=("DRAConsumableCapacity",),
    ),
    Bug(
        "extended-with-node-allocatable",
        Part.SCHEDULER,
        "pods with extended resources through DRA fail while node allocatable "
        "resources through DRA are on, too",
        f"{_K8S}#141467",
        (Affected(_V37),),
        gates=("DRAExtendedResource", "DRANodeAllocatableResources"),
    ),
    Bug(
        "eviction-skips-extended",
        Part.CONTROLLERS,
        "a NoExecute taint does not evict pods that have the device through an "
        "extended resource",
        f"{_K8S}#141290",
        (Affected(_V36), Affected(_V37)),
        gates=("DRADeviceTaints", "DRAExtendedResource"),
    ),
    Bug(
        "tolerations-not-stored",
        Part.SCHEDULER,
        "tolerations of NoExecute are not stored in the allocation, so that the pod is "
        "evicted all the same",
        f"{_K8S}#134434",
        (Affected(_V33), Affected(_V34)),
        gates=("DRADeviceTaints",),
    ),
    Bug(
        "rules-crash-scheduler",
        Part.SCHEDULER,
        "where DeviceTaintRules exist, the scheduler crashes when ResourceSlices "
        "change, or does not see that rules do",
        f"{_K8S}#139651",
        (Affected(_V36),),
        gates=("DRADeviceTaints", "DRADeviceTaintRules"),
    ),
    Bug(
        "rule-without-selector",
        Part.SCHEDULER,
        "a DeviceTaintRule without a deviceSelector, which should select nothing, "
        "keeps pods away from all devices",
        f"{_K8S}#141620",
        gone_in=_V38,  # merged in September 2026, and picked for a patch of 1.37
        gates=("DRADeviceTaints",),
    ),
    Bug(
        "finished-pod-keeps-claim",
        Part.CONTROLLERS,
        "a claim may stay reserved for a pod that has ended",
        f"{_K8S}#141276",
        gone_in=_V38,
    ),
    Bug(
        "kubelet-deadlock",
        Part.KUBELET,
        "after 30 minutes without work the kubelet hangs when it is to prepare "
        "devices, and says nothing; restarting it helps",
        f"{_K8S}#133926",
        (Affected(_V34, 0, 2),),
    ),
    Bug(
        "kubelet-loses-driver",
        Part.KUBELET,
        "the kubelet loses the connection to a driver that runs; restarting it helps",
        f"{_K8S}#133920",
        (Affected(_V34, 0, 2),),
    ),
    Bug(
        "kubelet-refuses-extended",
        Part.KUBELET,
        "kubelets may refuse pods with extended resources that only DRA has",
        f"{_K8S}#135725",
        gone_in=_V36,  # merged in early 2026, before 1.36
        gates=("DRAExtendedResource",),
    ),
    Bug(
        "kubelet-skips-claims",
        Part.KUBELET,
        "of several claims of a pod none is prepared after one that is already",
        f"{_K8S}#135901",
        gone_in=_V36,  # merged in early 2026, before 1.36
    ),
    Bug(
        "unprepare-without-claim",
        Part.KUBELET,
        "while it cleans up, the kubelet complains of a claim that is not created yet",
        f"{_K8S}#139772",
    ),
    Bug(
        "kai-without-counters",
        Part.OTHER,
        "KAI-Scheduler skips slices with shared counters, and devices that draw on "
        "them, since it turns no feature of DRA on",
        "kai-scheduler/KAI-Scheduler#2100",
    ),
)
"""Each kind of bug once; ids are stable."""

BUG_BY_ID: Final = {each.id: each for each in BUGS}
"""The same, by id."""
