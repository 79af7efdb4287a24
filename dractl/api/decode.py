"""From documents to the model: which kinds are read, and what becomes of bad ones."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from dractl.api import (
    cluster_info,
    decode_access,
    decode_autoscaling,
    decode_claims,
    decode_devices,
    decode_kubelets,
    decode_operators,
    decode_queues,
    decode_workloads,
)
from dractl.api.decode_fields import Wire, child, mismatch, text, within
from dractl.api.problems import MalformedField, Problem
from dractl.api.versions import GROUP, to_hub
from dractl.api.workload_resources import workload_resource
from dractl.model.access import (
    AdmissionPolicy,
    AdmissionPolicyBinding,
    Role,
    RoleBinding,
)
from dractl.model.autoscaling import AutoscalerStatus, NodeClaim, NodePool
from dractl.model.claims import (
    DeviceClass,
    ObjectMeta,
    ResourceClaim,
    ResourceClaimTemplate,
)
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
    Pod,
    PodDisruptionBudget,
    PodGroup,
    ResourceQuota,
    WorkloadResource,
)

Object = (
    DeviceClass
    | ResourceClaim
    | ResourceClaimTemplate
    | ResourceSlice
    | DeviceTaintRule
    | Pod
    | PodGroup
    | Node
    | Namespace
    | Event
    | ResourceQuota
    | PodDisruptionBudget
    | ClusterInfo
    | Workload
    | LocalQueue
    | ClusterQueue
    | QueueConfiguration
    | AutoscalerStatus
    | NodePool
    | NodeClaim
    | Role
    | RoleBinding
    | AdmissionPolicy
    | AdmissionPolicyBinding
    | OperatorStack
    | KubeletConfiguration
    | WorkloadResource
)
_RBAC: Final = "rbac.authorization.k8s.io"
_ADMISSION: Final = "admissionregistration.k8s.io"
_NVIDIA: Final = "nvidia.com"
_Decoder = Callable[[Wire], Object]

DECODERS: Final[Mapping[tuple[str, str], _Decoder]] = {
    (cluster_info.GROUP, cluster_info.KIND): cluster_info.cluster_info,
    (GROUP, "DeviceClass"): decode_claims.device_class,
    (GROUP, "ResourceClaim"): decode_claims.resource_claim,
    (GROUP, "ResourceClaimTemplate"): decode_claims.resource_claim_template,
    (GROUP, "ResourceSlice"): decode_devices.resource_slice,
    (GROUP, "DeviceTaintRule"): decode_devices.device_taint_rule,
    ("", "Pod"): decode_workloads.pod,
    ("scheduling.k8s.io", "PodGroup"): decode_workloads.pod_group,
    ("", "Node"): decode_workloads.node,
    ("", "Namespace"): decode_workloads.namespace,
    ("", "Event"): decode_workloads.event,
    ("events.k8s.io", "Event"): decode_workloads.event,
    ("", "ResourceQuota"): decode_workloads.resource_quota,
    ("policy", "PodDisruptionBudget"): decode_workloads.pod_disruption_budget,
    ("kueue.x-k8s.io", "Workload"): decode_queues.workload,
    ("kueue.x-k8s.io", "LocalQueue"): decode_queues.local_queue,
    ("kueue.x-k8s.io", "ClusterQueue"): decode_queues.cluster_queue,
    ("karpenter.sh", "NodePool"): decode_autoscaling.node_pool,
    ("karpenter.sh", "NodeClaim"): decode_autoscaling.node_claim,
    (_RBAC, "Role"): decode_access.role,
    (_RBAC, "ClusterRole"): decode_access.cluster_role,
    (_RBAC, "RoleBinding"): decode_access.role_binding,
    (_RBAC, "ClusterRoleBinding"): decode_access.cluster_role_binding,
    (_ADMISSION, "ValidatingAdmissionPolicy"): decode_access.admission_policy,
    (_ADMISSION, "ValidatingAdmissionPolicyBinding"): (
        decode_access.admission_policy_binding
    ),
    (_NVIDIA, "ClusterPolicy"): decode_operators.operator_stack,
    (_NVIDIA, "GPUCluster"): decode_operators.operator_stack,
}
CONFIG_MAPS: Final[Mapping[str, _Decoder]] = {
    decode_queues.CONFIGURATION: decode_queues.configuration,
    decode_autoscaling.STATUS: decode_autoscaling.autoscaler_status,
    decode_kubelets.CONFIGURATION: decode_kubelets.kubelet_configuration,
}
"""The ConfigMaps that are read, by name; no others are."""


class Decoded(NamedTuple):
    """An object with what tells it from others: its kind and its own identity.

    `name` is "" for an object whose name is yet to be made from `generateName`.
    """

    kind: str
    namespace: str
    name: str
    uid: str
    value: Object


def decode(document: object, where: str = "") -> Decoded | Problem | None:
    """Read one document of any version.

    None stands for a kind that dractl does not read, a Problem for an object that the
    API server could not have decoded.
    """
    if not isinstance(document, Mapping):
        message = mismatch("", "an object", document).message
        return Problem("", "", "", "", message, where)
    try:
        kind, version = _filled(document, "kind"), _filled(document, "apiVersion")
        decoder = _decoder(version.rpartition("/")[0], kind, document)
        value = (
            workload_resource(document)
            if decoder is None
            else decoder(to_hub(document))
        )
        if value is None:
            return None
        return within(
            document, "metadata", lambda metadata: _identified(kind, metadata, value)
        )
    except MalformedField as bad:
        return _problem(document, bad, where)


def _decoder(group: str, kind: str, document: Wire) -> _Decoder | None:
    if (group, kind) == ("", "ConfigMap"):
        return CONFIG_MAPS.get(text(child(document, "metadata"), "name"))
    return DECODERS.get((group, kind))


def _filled(document: Wire, key: str) -> str:
    value = document.get(key)
    if isinstance(value, str) and value:
        return value
    raise mismatch(key, "a filled string", value)


def _identified(kind: str, metadata: Wire, value: Object) -> Decoded:
    meta = getattr(value, "meta", None)
    namespace = meta.namespace if isinstance(meta, ObjectMeta) else ""
    name, uid = text(metadata, "name"), text(metadata, "uid")
    return Decoded(kind, namespace, name, uid, value)


def _problem(document: Wire, bad: MalformedField, where: str) -> Problem:
    metadata = document.get("metadata")
    known = metadata if isinstance(metadata, Mapping) else {}
    named = (document.get("kind"), known.get("namespace"), known.get("name"))
    kind, namespace, name = (each if isinstance(each, str) else "" for each in named)
    return Problem(kind, namespace, name, bad.path, bad.message, where)
