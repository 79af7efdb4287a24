"""Which workload a pod belongs to, as far as its own metadata tells."""

from collections.abc import Mapping
from typing import Final

from dractl.model.claims import ObjectMeta, OwnerReference
from dractl.model.workloads import Pod

_HASH: Final = "pod-template-hash"
# Labels that controllers of groups put on their pods: kind by label.
_GROUPS: Final[Mapping[str, str]] = {
    "jobset.sigs.k8s.io/jobset-name": "JobSet",
    "leaderworkerset.sigs.k8s.io/name": "LeaderWorkerSet",
}


def owner_of(pod: Pod) -> str:
    """Return `Kind name` of the workload that people know; "" for a lone pod.

    Of a ReplicaSet whose name carries the hash of a pod template, the Deployment is
    told, and of the Jobs and StatefulSets of a group the group.
    """
    for label, kind in _GROUPS.items():
        if name := pod.meta.labels.get(label):
            return f"{kind} {name}"
    controller = _controller(pod.meta)
    if controller is None:
        return ""
    suffix = f"-{pod.meta.labels.get(_HASH, '')}"
    if controller.kind == "ReplicaSet" and len(suffix) > 1:
        stem = controller.name.removesuffix(suffix)
        if stem != controller.name:
            return f"Deployment {stem}"
    return f"{controller.kind} {controller.name}"


def _controller(meta: ObjectMeta) -> OwnerReference | None:
    owners = sorted(meta.owners, key=lambda each: not each.controller)
    return owners[0] if owners else None
