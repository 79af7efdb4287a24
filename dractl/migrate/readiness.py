"""Whether a workload has all its pods ready, as far as its status tells.

Follows Kubernetes 1.36, kubectl pkg/polymorphichelpers/rollout_status.go.
"""

from collections.abc import Mapping
from typing import Final

from dractl.legacy.shapes import mapping_at
from dractl.migrate.inputs import Wire

_COUNTS: Final[Mapping[str, tuple[str, ...]]] = {
    "Deployment": ("updatedReplicas", "readyReplicas"),
    "StatefulSet": ("updatedReplicas", "readyReplicas"),
    "ReplicaSet": ("readyReplicas",),
    "ReplicationController": ("readyReplicas",),
    "DaemonSet": ("updatedNumberScheduled", "numberReady"),
}
"""Fields of the status that have to be as many as are wanted, by kind."""


def unready_pods(workload: Wire) -> str | None:
    """Return what a workload still lacks, "" if nothing; None: its kind tells nothing.

    A status that is older than the spec is not looked at: it tells of former pods.
    """
    kind = str(workload.get("kind"))
    metadata, spec, status = (
        mapping_at(workload, name) for name in ("metadata", "spec", "status")
    )
    if kind not in _COUNTS:
        return None
    if _number(status, "observedGeneration", 0) < _number(metadata, "generation", 0):
        return "its controller has not looked at it yet"
    wanted = _number(spec, "replicas", 1)
    if kind == "DaemonSet":
        wanted = _number(status, "desiredNumberScheduled", 0)
    for field in _COUNTS[kind]:
        count = _number(status, field, 0)
        if count < wanted:
            return f"{field} is {count} of {wanted}"
    return ""


def _number(source: Mapping[str, object], name: str, default: int) -> int:
    value = source.get(name)
    return value if isinstance(value, int) else default
