"""Metrics of components: whose to ask for in a live cluster, and what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from dractl.api.component_metrics import ComponentMetrics
from dractl.api.snapshot import Snapshot
from dractl.doctor.settling import why_lost
from dractl.model.gates import KUBELET, MANAGER, PROGRAMS, SCHEDULER
from dractl.model.workloads import Node

SPACE: Final = "kube-system"
_MOST: Final = 50  # kubelets that are asked
_OS: Final = "kubernetes.io/os"
_PORTS: Final = {SCHEDULER: 10259, MANAGER: 10257}
"""Where they answer if no flag says otherwise."""


class Unread(NamedTuple):
    """A component whose metrics, in whole or in part, are not there, and why."""

    part: str
    why: str


class Endpoint(NamedTuple):
    """Something that has metrics: a node for its kubelet, or a pod with its port."""

    part: str
    name: str
    port: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """What components have told by their metrics, and which have not."""

    metrics: tuple[ComponentMetrics, ...] = ()
    unread: tuple[Unread, ...] = ()


def endpoints(snapshot: Snapshot) -> tuple[tuple[Endpoint, ...], tuple[Unread, ...]]:
    """Return whose metrics to ask for, and what is left out.

    These are the pods of scheduler and controller manager, as far as they are pods, the
    kubelets of nodes with devices, and of all others one of each version and operating
    system; of kubelets no more than 50.
    """
    pods = [
        Endpoint(part, pod.meta.name, port)
        for pod in snapshot.pods
        for part, port in _PORTS.items()
        if pod.meta.namespace == SPACE
        and pod.phase == "Running"
        and any(each.name == PROGRAMS[part] for each in pod.containers)
    ]
    nodes = [node for node in snapshot.nodes if not why_lost(node)]
    publishing = {each.scope.node_name for each in snapshot.slices}
    chosen = _chosen(nodes, publishing)
    asked = chosen[:_MOST]
    left_out = len(publishing & {node.name for node in nodes} - set(asked))
    kubelets = (Endpoint(KUBELET, name) for name in asked)
    if not left_out:
        return (*pods, *kubelets), ()
    why = (
        f"{len(asked)} kubelets are asked; {left_out} more nodes have devices, and -f "
        "takes their metrics"
    )
    return (*pods, *kubelets), (Unread(KUBELET, why),)


def _chosen(nodes: list[Node], publishing: set[str | None]) -> list[str]:
    """Return nodes by how much their kubelets tell, the most first."""
    with_devices = [node for node in nodes if node.name in publishing]
    others = [node for node in nodes if node.name not in publishing]
    firsts = [*_one_of_each(with_devices), *_one_of_each([*with_devices, *others])]
    return list(dict.fromkeys((*firsts, *(node.name for node in with_devices))))


def _one_of_each(nodes: list[Node]) -> Iterator[str]:
    seen = set()
    for node in nodes:
        kind = (node.kubelet_version, node.meta.labels.get(_OS, ""))
        if kind not in seen:
            seen.add(kind)
            yield node.name
