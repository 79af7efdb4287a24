"""Pods, nodes and what surrounds them: only the fields that dractl reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dractl.model.claims import Condition, ObjectMeta, Toleration
from dractl.model.nodeselection import (
    NodeSelector,
    Requirement,
    requirement_matches,
)
from dractl.model.quantity import Quantity
from dractl.model.quick import quick

ENDED: Final = frozenset({"Succeeded", "Failed"})
"""Phases of pods that need nothing any more, though they and their status stay."""


@dataclass(frozen=True, slots=True)
class NodeTaint:
    """A taint of a node."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True, slots=True)
class Node:
    """A node. An empty `allocatable` states nothing, which is not "no resources"."""

    meta: ObjectMeta
    taints: tuple[NodeTaint, ...] = ()
    unschedulable: bool = False
    allocatable: Mapping[str, Quantity] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    kubelet_version: str = ""
    container_runtime: str = ""

    @property
    def name(self) -> str:
        """The name, which is also what node selectors compare."""
        return self.meta.name


@dataclass(frozen=True, slots=True)
class ContainerClaim:
    """A container's use of a pod claim, or of one request of it."""

    name: str
    request: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Container:
    """A container; `sidecar` marks an init container that keeps running.

    `flags` are those of its command and arguments that configure Kubernetes itself:
    feature gates and versions of the API, by name.
    """

    name: str
    requests: Mapping[str, Quantity] = field(default_factory=dict)
    claims: tuple[ContainerClaim, ...] = ()
    sidecar: bool = False
    host_ports: tuple[tuple[str, str, int], ...] = ()
    flags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PodClaim:
    """An entry of `spec.resourceClaims`: a claim by name, or one from a template."""

    name: str
    claim: str | None = None
    template: str | None = None


@dataclass(frozen=True, slots=True)
class DeviceHealth:
    """What the kubelet says of the health of one device that a container has.

    `resource` is `claim:NAME` or `claim:NAME/REQUEST`, or an extended resource.
    """

    container: str
    resource: str
    device: str
    health: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why a container does not run, as the kubelet says."""

    container: str
    reason: str
    message: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Pod:
    """A pod.

    `claim_names` maps its claim entries to claims that were made for it; None as a
    value: the controller decided that none is needed. `group` names its PodGroup.
    `reason` and `message` are those of its status; usually they are "".
    """

    meta: ObjectMeta
    node_name: str = ""
    phase: str = ""
    scheduler_name: str = ""
    priority: int = 0
    gates: tuple[str, ...] = ()
    node_selector: Mapping[str, str] = field(default_factory=dict)
    affinity: NodeSelector | None = None
    tolerations: tuple[Toleration, ...] = ()
    init_containers: tuple[Container, ...] = ()
    containers: tuple[Container, ...] = ()
    pod_requests: Mapping[str, Quantity] = field(default_factory=dict)
    overhead: Mapping[str, Quantity] = field(default_factory=dict)
    claims: tuple[PodClaim, ...] = ()
    claim_names: Mapping[str, str | None] = field(default_factory=dict)
    extended_claim: str | None = None
    group: str = ""
    conditions: tuple[Condition, ...] = ()
    health: tuple[DeviceHealth, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    reason: str = ""
    message: str = ""
    service_account: str = ""

    @property
    def has_ended(self) -> bool:
        """Whether its containers have ended for good."""
        return self.phase in ENDED


@dataclass(frozen=True, slots=True)
class WorkloadResource:
    """An object that makes pods, or that names claims for those it will make.

    `templates` and `claims` are the names in it. `replicas` None: it does not say.
    `desired` and `ready` are how many pods a DaemonSet should have and has, as its
    controller says; None: it has not said.
    """

    kind: str
    group: str
    meta: ObjectMeta
    templates: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    replicas: int | None = None
    desired: int | None = None
    ready: int | None = None


@dataclass(frozen=True, slots=True)
class PodGroup:
    """Pods that are scheduled together; they share the claims of its entries."""

    meta: ObjectMeta
    claims: tuple[PodClaim, ...] = ()
    claim_names: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace, for its labels."""

    meta: ObjectMeta


@dataclass(frozen=True, slots=True)
class Event:
    """What somebody reported of an object; `source` is the component that did."""

    meta: ObjectMeta
    involved_kind: str
    involved_name: str
    involved_namespace: str
    reason: str
    message: str
    type: str = ""
    count: int = 1
    last_seen: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class ResourceQuota:
    """Limits of a namespace, and what counts against them."""

    meta: ObjectMeta
    hard: Mapping[str, Quantity] = field(default_factory=dict)
    used: Mapping[str, Quantity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PodDisruptionBudget:
    """What keeps evictions through the API from taking too many pods at once.

    A selector without requirements selects all pods of the namespace, None selects no
    pod. `allowed` None: no controller has looked at it yet.
    """

    meta: ObjectMeta
    selector: tuple[Requirement, ...] | None = None
    allowed: int | None = None

    def selects(self, pod: ObjectMeta) -> bool:
        """Tell whether the budget is meant for a pod of that metadata."""
        return (
            self.selector is not None
            and pod.namespace == self.meta.namespace
            and all(requirement_matches(each, pod.labels) for each in self.selector)
        )
