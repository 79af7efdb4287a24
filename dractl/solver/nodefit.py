"""Whether a node takes a pod, devices aside.

Follows the filters of kube-scheduler 1.36 that run before its DRA plugin:
NodeUnschedulable, NodeName, TaintToleration, NodeAffinity, NodePorts, NodeResourcesFit.
What a node does not state is no obstacle.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from dractl.model.devices import Taint
from dractl.model.nodeselection import (
    NodeSelector,
    NodeSelectorError,
    NodeSelectorTerm,
)
from dractl.model.quantity import Quantity
from dractl.model.workloads import Container, Node, NodeTaint, Pod
from dractl.solver.view import tolerates

_BLOCKING: Final = frozenset({"NoSchedule", "NoExecute"})
_CORDONED: Final = NodeTaint("node.kubernetes.io/unschedulable", "", "NoSchedule")
_NOT_READY: Final = NodeTaint("node.kubernetes.io/not-ready", "", "NoSchedule")

Amounts = dict[str, int]  # nanos by resource name


class Needs(NamedTuple):
    """What a pod takes of any node: resources in nanos, and host ports."""

    resources: Amounts
    ports: tuple[tuple[str, str, int], ...]


def needs_of(pod: Pod) -> Needs:
    """Return what the pod takes, its place among the node's pods included."""
    containers = [*(c for c in pod.init_containers if c.sidecar), *pod.containers]
    ports = tuple(port for container in containers for port in container.host_ports)
    return Needs({**requests_of(pod), "pods": Quantity.of(1).nanos}, ports)


class NodeLoad:
    """What the pods of a node take, and which host ports."""

    def __init__(self, pods: Iterable[Pod]) -> None:
        self._used: defaultdict[str, defaultdict[str, int]] = defaultdict(
            lambda: defaultdict(int)
        )
        self._ports: defaultdict[str, list[tuple[str, str, int]]] = defaultdict(list)
        for pod in pods:
            if pod.node_name and not pod.has_ended:
                self.add(needs_of(pod), pod.node_name)

    def add(self, needs: Needs, node: str) -> None:
        """Put one more pod on a node."""
        for name, amount in needs.resources.items():
            self._used[node][name] += amount
        self._ports[node] += needs.ports

    def remove(self, needs: Needs, node: str) -> None:
        """Take a pod that was added from its node."""
        for name, amount in needs.resources.items():
            self._used[node][name] -= amount
        for port in needs.ports:
            self._ports[node].remove(port)

    def used(self, node: str) -> Mapping[str, int]:
        """Return what the node's pods take."""
        return self._used[node]

    def has_port_conflict(self, needs: Needs, node: str) -> bool:
        """Tell whether a host port that a pod wants is taken."""
        return bool(needs.ports) and any(
            _conflict(one, other) for one in needs.ports for other in self._ports[node]
        )


def refusal(
    pod: Pod,
    needs: Needs,
    node: Node,
    load: NodeLoad,
    other_resources: frozenset[str],
) -> str | None:
    """Return why the node does not take the pod; None: it does.

    `needs` are the pod's, found once for all nodes; `other_resources` are served by
    DRA on this node and not looked at here.
    """
    if node.unschedulable and not _tolerated(pod, _CORDONED):
        return "the node is cordoned"
    for taint in repelling(pod, node):
        return f"the pod does not tolerate the taint {_written(taint)}"
    if not is_ready(node) and not _tolerated(pod, _NOT_READY):
        return "the node is not ready"
    if not is_selected(pod, node):
        return "the node does not match the pod's node selector or affinity"
    if load.has_port_conflict(needs, node.name):
        return "a host port is taken"
    return _shortage(needs, node, load, other_resources)


def is_ready(node: Node) -> bool:
    """Tell whether the node says that it is ready, or does not say."""
    return all(
        each.status == "True" for each in node.conditions if each.type == "Ready"
    )


def repelling(pod: Pod, node: Node) -> Iterator[NodeTaint]:
    """Yield the node's taints that keep the pod from it."""
    for taint in node.taints:
        if taint.effect in _BLOCKING and not _tolerated(pod, taint):
            yield taint


def _tolerated(pod: Pod, taint: NodeTaint) -> bool:
    as_device_taint = Taint(taint.key, taint.value, taint.effect)
    return any(tolerates(each, as_device_taint) for each in pod.tolerations)


def _written(taint: NodeTaint) -> str:
    value = f"={taint.value}" if taint.value else ""
    return f"{taint.key}{value}:{taint.effect}"


def is_selected(pod: Pod, node: Node) -> bool:
    """Tell whether the node is one of those that the pod's selectors mean."""
    labels = node.meta.labels
    if any(labels.get(key) != value for key, value in pod.node_selector.items()):
        return False
    if pod.affinity is None:
        return True
    return any(_holds(term, node) for term in pod.affinity.terms)


def _holds(term: NodeSelectorTerm, node: Node) -> bool:
    try:
        return NodeSelector((term,)).matches(node.name, node.meta.labels)
    except NodeSelectorError:
        return False  # an unparsable term spoils itself only (LazyErrorNodeSelector)


def _shortage(
    needs: Needs, node: Node, load: NodeLoad, other_resources: frozenset[str]
) -> str | None:
    if not node.allocatable:
        return None
    used = load.used(node.name)
    for name, amount in sorted(needs.resources.items()):
        if amount == 0 or name in other_resources:
            continue
        allocatable = node.allocatable.get(name)
        if allocatable is None:
            if "/" in name:
                return f"insufficient {name}"
            continue
        if used.get(name, 0) + amount > allocatable.nanos:
            return f"insufficient {name}"
    return None


def requests_of(pod: Pod) -> Amounts:
    """Return what the pod needs at its most demanding moment, in nanos.

    Init containers run one after the other, beside the sidecars started before them.
    """
    running: Amounts = {}
    peak: Amounts = {}
    for container in pod.init_containers:
        mine = _nanos(container)
        if container.sidecar:
            running = _plus(running, mine)
            peak = _most(peak, running)
        else:
            peak = _most(peak, _plus(running, mine))
    for container in pod.containers:
        running = _plus(running, _nanos(container))
    total = _most(peak, running)
    # Requests stated for the pod as a whole replace the sum over its containers.
    total |= {name: amount.nanos for name, amount in pod.pod_requests.items()}
    return _plus(total, {name: amount.nanos for name, amount in pod.overhead.items()})


def _nanos(container: Container) -> Amounts:
    return {name: amount.nanos for name, amount in container.requests.items()}


def _plus(left: Amounts, right: Amounts) -> Amounts:
    return {n: left.get(n, 0) + right.get(n, 0) for n in {**left, **right}}


def _most(left: Amounts, right: Amounts) -> Amounts:
    return {n: max(left.get(n, 0), right.get(n, 0)) for n in {**left, **right}}


def _conflict(one: tuple[str, str, int], other: tuple[str, str, int]) -> bool:
    anywhere = {"", "0.0.0.0"}  # noqa: S104 an address to compare with, not to bind
    return one[1:] == other[1:] and (
        one[0] == other[0] or one[0] in anywhere or other[0] in anywhere
    )
