"""What can be concluded from an object not being there."""

from typing import Final

from dractl.api.decode import DECODERS
from dractl.api.snapshot import Snapshot
from dractl.api.versions import GROUP
from dractl.model.claims import OwnerReference
from dractl.model.cluster_info import Cause, Gap

MAKERS: Final = (
    "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob",
)  # fmt: skip
"""The kinds that make pods in every cluster; others are looked at where they are."""
_BUILT_IN: Final = frozenset({"", "apps", "batch"})
_GROUPS: Final = (*sorted(_BUILT_IN), GROUP, "scheduling.k8s.io")
_MAKE_PODS: Final = frozenset({
    "ComputeDomain", "JAXJob", "JobSet", "LeaderWorkerSet", "MPIJob", "Notebook",
    "PaddleJob", "PodGroup", "PyTorchJob", "RayCluster", "RayService",
    "ReplicationController", "TFJob", "XGBoostJob",
})  # fmt: skip
"""Further kinds of which every object is read: each holds pods, or names a template.

Others may leave that to an object that they refer to, as a TrainJob to its runtime.
"""
# A source may tell of any kind that it lacks; all but these may make pods.
_NO_MAKERS: Final = frozenset(
    kind for _, kind in DECODERS if kind not in {"Pod", "PodGroup", "Workload"}
) | {"ConfigMap"}


class Known:
    """Which kinds the source of a snapshot has read."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._info = snapshot.info
        self._present = {
            *(each.kind for each in snapshot.workload_resources),
            *(("Pod",) if snapshot.pods else ()),
            *(("Node",) if snapshot.nodes else ()),
            *(("ResourceSlice",) if snapshot.slices else ()),
            *(("ResourceClaim",) if snapshot.claims else ()),
            *(("PodGroup",) if snapshot.pod_groups else ()),
        }
        self._has_makers = not self._present.isdisjoint(MAKERS)

    def lack_of(self, kind: str, namespace: str = "") -> str:
        """Return why nothing follows from the absence of such objects; "": it does."""
        if reason := self._gap(kind, namespace):
            return reason
        if kind in self._present or self._has_read(kind):
            return ""
        return f"the source has no {kind}"

    def lack_of_makers(self, namespace: str) -> str:
        """Return why it is not known what makes pods; "": it is."""
        for gap in self._info.gaps:
            if gap.kind not in _NO_MAKERS and (reason := _reason(gap, namespace)):
                return reason
        if self._has_makers or all(map(self._has_read, MAKERS)):
            return ""
        # A cluster has at least the Deployment of its DNS.
        return "the source has no Deployment or the like"

    def lack_of_owner(self, owner: OwnerReference, namespace: str) -> str:
        """Return why an owner that is not there may be alive; "": it is gone."""
        kind = owner.kind
        if kind in {"Pod", "Node"} and not owner.group:
            return self.lack_of(kind, "" if kind == "Node" else namespace)
        # Others have kinds of these names, too: the Job of Volcano.
        if kind in MAKERS and owner.group in _BUILT_IN:
            return self.lack_of_makers(namespace)
        if reason := self._gap(kind, namespace):
            return reason
        if kind not in self._present:
            return f"the source has no {kind}"
        return "" if kind in _MAKE_PODS else f"not every {kind} is read"

    def _has_read(self, kind: str) -> bool:
        return self._info.has_read(kind, *_GROUPS)

    def _gap(self, kind: str, namespace: str) -> str:
        gap = self._info.gap(kind)
        return "" if gap is None else _reason(gap, namespace)


def _reason(gap: Gap, namespace: str) -> str:
    """Return why objects of that namespace, or of any, may be missing; "": none is."""
    if gap.cause is Cause.NOT_SERVED or (namespace and gap.only == namespace):
        return ""
    return str(gap)
