"""Everything that is known of a cluster at one moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

from dractl.api.decode import Decoded, Object, decode
from dractl.api.evidence import Stored, gates_shown_on
from dractl.api.lists import flattened
from dractl.api.problems import Problem
from dractl.errors import DractlError
from dractl.model.access import (
    AdmissionPolicy,
    AdmissionPolicyBinding,
    Role,
    RoleBinding,
)
from dractl.model.autoscaling import AutoscalerStatus, NodeClaim, NodePool
from dractl.model.claims import DeviceClass, ResourceClaim, ResourceClaimTemplate
from dractl.model.cluster import GATE_GROUPS, GATES, KubernetesVersion, Profile
from dractl.model.cluster_info import ClusterInfo
from dractl.model.devices import ResourceSlice
from dractl.model.gates import KubeletConfiguration
from dractl.model.operators import OperatorStack
from dractl.model.queues import (
    ClusterQueue,
    LocalQueue,
    QueueConfiguration,
    Workload,
)
from dractl.model.taintrules import DeviceTaintRule
from dractl.model.workloads import (
    Event,
    Namespace,
    Node,
    NodeTaint,
    Pod,
    PodDisruptionBudget,
    PodGroup,
    ResourceQuota,
    WorkloadResource,
)

Key = tuple[str, str]
Document = Mapping[str, object]
T = TypeVar("T")

_UNSTATED: Final = ClusterInfo()


@dataclass(frozen=True)
class Snapshot:
    """The objects of a cluster, each kind in the order of the source.

    `profile` is the release that answers follow. `problems` are the objects that could
    not be read; everything else is there without them. `info` is what the source says
    of the cluster itself, and which kinds it could not read.
    """

    profile: Profile
    classes: tuple[DeviceClass, ...] = ()
    claims: tuple[ResourceClaim, ...] = ()
    templates: tuple[ResourceClaimTemplate, ...] = ()
    slices: tuple[ResourceSlice, ...] = ()
    taint_rules: tuple[DeviceTaintRule, ...] = ()
    pods: tuple[Pod, ...] = ()
    pod_groups: tuple[PodGroup, ...] = ()
    nodes: tuple[Node, ...] = ()
    namespaces: tuple[Namespace, ...] = ()
    events: tuple[Event, ...] = ()
    quotas: tuple[ResourceQuota, ...] = ()
    budgets: tuple[PodDisruptionBudget, ...] = ()
    workloads: tuple[Workload, ...] = ()
    local_queues: tuple[LocalQueue, ...] = ()
    cluster_queues: tuple[ClusterQueue, ...] = ()
    queue_configurations: tuple[QueueConfiguration, ...] = ()
    autoscalers: tuple[AutoscalerStatus, ...] = ()
    node_pools: tuple[NodePool, ...] = ()
    node_claims: tuple[NodeClaim, ...] = ()
    roles: tuple[Role, ...] = ()
    role_bindings: tuple[RoleBinding, ...] = ()
    admission_policies: tuple[AdmissionPolicy, ...] = ()
    admission_bindings: tuple[AdmissionPolicyBinding, ...] = ()
    operator_stacks: tuple[OperatorStack, ...] = ()
    kubelet_configurations: tuple[KubeletConfiguration, ...] = ()
    workload_resources: tuple[WorkloadResource, ...] = ()
    problems: tuple[Problem, ...] = ()
    info: ClusterInfo = _UNSTATED

    @staticmethod
    def from_documents(
        documents: Iterable[Document],
        *,
        kubernetes: str | None = None,
        feature_gates: Mapping[str, bool] | None = None,
    ) -> "Snapshot":
        """Read Kubernetes documents of any served version, also Lists of them.

        `kubernetes` is the release to judge by; without it, the source's ClusterInfo
        or the newest kubelet among the nodes tells it, else it is the newest release
        that is known. Where that is the cluster's own, gates are as its ClusterInfo
        says, and those that its objects show to be on are on (evidence.py). Of two
        documents for one object the later one counts, but hand-made claims (no uid) of
        one name and of different specs are different claims. Raises DractlError for a
        release or a feature gate that does not exist; a malformed document becomes a
        problem.
        """
        numbered = (
            (document, f"document {number}")
            for number, document in enumerate(documents)
        )
        return Snapshot.from_sourced(
            numbered,
            kubernetes=kubernetes,
            feature_gates=feature_gates,
            keep_namesakes=True,
        )

    @staticmethod
    def from_sourced(
        documents: Iterable[tuple[object, str]],
        *,
        kubernetes: str | None = None,
        feature_gates: Mapping[str, bool] | None = None,
        problems: Iterable[Problem] = (),
        keep_namesakes: bool = False,
    ) -> "Snapshot":
        """Read documents that come with their places; see `from_documents`.

        `problems` are what the source found wrong before; they come first. With
        `keep_namesakes`, hand-made claims (no uid) of one name and of different specs
        are different claims.
        """
        return Snapshot.from_decoded(
            (decode(document, where) for document, where in flattened(documents)),
            kubernetes=kubernetes,
            feature_gates=feature_gates,
            problems=problems,
            keep_namesakes=keep_namesakes,
        )

    @staticmethod
    def from_decoded(
        results: Iterable[Decoded | Problem | None],
        *,
        kubernetes: str | None = None,
        feature_gates: Mapping[str, bool] | None = None,
        problems: Iterable[Problem] = (),
        keep_namesakes: bool = False,
    ) -> "Snapshot":
        """Take what has been read from documents before; see `from_sourced`."""
        found = list(problems)
        kept = _Kept(keep_namesakes=keep_namesakes)
        for result in results:
            if isinstance(result, Problem):
                found.append(result)
            elif result is not None:
                kept.add(result)
        nodes = kept.of(Node)
        return Snapshot(
            profile=_profile(kept, kubernetes, feature_gates or {}),
            classes=kept.of(DeviceClass),
            claims=kept.of(ResourceClaim),
            templates=kept.of(ResourceClaimTemplate),
            slices=kept.of(ResourceSlice),
            taint_rules=kept.of(DeviceTaintRule),
            pods=kept.of(Pod),
            pod_groups=kept.of(PodGroup),
            nodes=nodes,
            namespaces=kept.of(Namespace),
            events=kept.of(Event),
            quotas=kept.of(ResourceQuota),
            budgets=kept.of(PodDisruptionBudget),
            workloads=kept.of(Workload),
            local_queues=kept.of(LocalQueue),
            cluster_queues=kept.of(ClusterQueue),
            queue_configurations=kept.of(QueueConfiguration),
            autoscalers=kept.of(AutoscalerStatus),
            node_pools=kept.of(NodePool),
            node_claims=kept.of(NodeClaim),
            roles=kept.of(Role),
            role_bindings=kept.of(RoleBinding),
            admission_policies=kept.of(AdmissionPolicy),
            admission_bindings=kept.of(AdmissionPolicyBinding),
            operator_stacks=kept.of(OperatorStack),
            kubelet_configurations=kept.of(KubeletConfiguration),
            workload_resources=kept.of(WorkloadResource),
            problems=tuple(found),
            info=_info(kept),
        )

    @cached_property
    def class_by_name(self) -> Mapping[str, DeviceClass]:
        """The device classes."""
        return {each.name: each for each in self.classes}

    @cached_property
    def node_by_name(self) -> Mapping[str, Node]:
        """The nodes."""
        return {each.name: each for each in self.nodes}

    @cached_property
    def namespace_by_name(self) -> Mapping[str, Namespace]:
        """The namespaces."""
        return {each.meta.name: each for each in self.namespaces}

    @cached_property
    def claim_by_key(self) -> Mapping[Key, ResourceClaim]:
        """The claims by namespace and name."""
        return {each.meta.key: each for each in self.claims}

    @cached_property
    def template_by_key(self) -> Mapping[Key, ResourceClaimTemplate]:
        """The claim templates by namespace and name."""
        return {each.meta.key: each for each in self.templates}

    @cached_property
    def pod_group_by_key(self) -> Mapping[Key, PodGroup]:
        """The pod groups by namespace and name."""
        return {each.meta.key: each for each in self.pod_groups}

    @cached_property
    def pod_by_key(self) -> Mapping[Key, Pod]:
        """The pods by namespace and name."""
        return {each.meta.key: each for each in self.pods}

    @cached_property
    def texts_by_attribute(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The texts that devices of each driver have as an attribute, each once.

        Keys are the driver and the whole name, `domain/name`.
        """
        found: dict[tuple[str, str], dict[str, None]] = {}
        for piece in self.slices:
            for device in piece.devices:
                for name, attribute in device.attributes.items():
                    if isinstance(attribute.value, str):
                        texts = found.setdefault((piece.driver, name), {})
                        texts[attribute.value] = None
        return {key: tuple(texts) for key, texts in found.items()}

    @cached_property
    def nodes_by_taint(self) -> Mapping[NodeTaint, tuple[str, ...]]:
        """The names of the nodes that have each taint."""
        found: dict[NodeTaint, list[str]] = {}
        for node in self.nodes:
            for taint in dict.fromkeys(node.taints):
                found.setdefault(taint, []).append(node.name)
        return {taint: tuple(names) for taint, names in found.items()}

    @property
    def pending_claims(self) -> tuple[ResourceClaim, ...]:
        """The claims that wait for devices and are not being deleted."""
        return tuple(
            claim
            for claim in self.claims
            if claim.allocation is None and claim.meta.deletion_timestamp is None
        )


class _Kept:
    """The objects so far, of which a later one replaces an earlier one of its name."""

    def __init__(self, *, keep_namesakes: bool) -> None:
        self._objects: dict[type, dict[object, Object]] = {}
        self._keep_namesakes = keep_namesakes

    def add(self, decoded: Decoded) -> None:
        objects = self._objects.setdefault(type(decoded.value), {})
        key = _identity(decoded, len(objects))
        if self._keep_namesakes and _are_namesakes(objects.get(key), decoded.value):
            key = len(objects)
        objects[key] = decoded.value

    def of(self, kind: type[T]) -> tuple[T, ...]:
        found = self._objects.get(kind, {}).values()
        return tuple(each for each in found if isinstance(each, kind))


def _profile(
    kept: _Kept, kubernetes: str | None, feature_gates: Mapping[str, bool]
) -> Profile:
    info = _info(kept)
    own = _release(info.kubernetes or "") or _newest_kubelet(kept.of(Node))
    profile = Profile.of(kubernetes or own, feature_gates)
    asks_what_if = kubernetes is not None and profile.version != own
    if asks_what_if or not feature_gates.keys().isdisjoint(GATE_GROUPS):
        return profile
    stored = Stored(kept.of(ResourceClaim), kept.of(DeviceTaintRule), kept.of(Pod))
    shown = dict.fromkeys(gates_shown_on(stored, profile), True)
    # What a server says of its gates may name some that this release of dractl lacks.
    stated = {gate: on for gate, on in (info.gates or {}).items() if gate in GATES}
    if not shown and not stated:
        return profile
    return Profile.of(profile.version, {**shown, **stated, **feature_gates})


def _info(kept: _Kept) -> ClusterInfo:
    return next(iter(kept.of(ClusterInfo)), _UNSTATED)


def _are_namesakes(one: Object | None, other: Object) -> bool:
    return (
        isinstance(one, ResourceClaim)
        and isinstance(other, ResourceClaim)
        and not one.meta.uid
        and not other.meta.uid
        and one.spec != other.spec
    )


def _identity(decoded: Decoded, position: int) -> object:
    """Return what two documents of one object have in common."""
    value = decoded.value
    if not decoded.name:
        return position
    if isinstance(value, OperatorStack):
        return value.kind, decoded.name
    if isinstance(value, WorkloadResource):
        return value.group, value.kind, decoded.namespace, decoded.name
    if isinstance(value, ResourceSlice) and not decoded.uid:
        # Hand-made slices of several drivers, pools or generations may share a name.
        devices = tuple(device.name for device in value.devices)
        return decoded.name, value.driver, value.pool, value.generation, devices
    return decoded.namespace, decoded.name


def _newest_kubelet(nodes: Iterable[Node]) -> KubernetesVersion | None:
    """Return the newest release of a kubelet; the API server is at least as new."""
    found = [_release(node.kubelet_version) for node in nodes]
    return max((release for release in found if release is not None), default=None)


def _release(text: str) -> KubernetesVersion | None:
    try:
        return KubernetesVersion.parse(text)
    except DractlError:
        return None  # a node may report what it likes; it only gives a hint
