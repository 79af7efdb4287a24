"""From documents to the model: which kinds are read, and what becomes of bad ones."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from dractl.api import cluster_info, decode_claims, decode_devices, decode_workloads
from dractl.api.decode_fields import Wire, mismatch
from dractl.api.problems import MalformedField, Problem
from dractl.api.versions import GROUP, to_hub
from dractl.model.claims import (
    DeviceClass,
    ObjectMeta,
    ResourceClaim,
    ResourceClaimTemplate,
)
from dractl.model.cluster_info import ClusterInfo
from dractl.model.devices import ResourceSlice
from dractl.model.taintrules import DeviceTaintRule
from dractl.model.workloads import (
    Event,
    Namespace,
    Node,
    Pod,
    PodDisruptionBudget,
    PodGroup,
    ResourceQuota,
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
)
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
}


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
        group, slash, _ = version.rpartition("/")
        decoder = DECODERS.get((group if slash else "", kind))
        if decoder is None:
            return None
        value = decoder(to_hub(document))
    except MalformedField as bad:
        return _problem(document, bad, where)
    return _identified(kind, document["metadata"], value)


def _filled(document: Wire, key: str) -> str:
    value = document.get(key)
    if isinstance(value, str) and value:
        return value
    raise mismatch(key, "a filled string", value)


def _identified(kind: str, metadata: Wire, value: Object) -> Decoded:
    meta = getattr(value, "meta", None)
    namespace = meta.namespace if isinstance(meta, ObjectMeta) else ""
    name, uid = metadata.get("name") or "", metadata.get("uid") or ""
    return Decoded(kind, namespace, name, uid, value)


def _problem(document: Wire, bad: MalformedField, where: str) -> Problem:
    metadata = document.get("metadata")
    known = metadata if isinstance(metadata, Mapping) else {}
    named = (document.get("kind"), known.get("namespace"), known.get("name"))
    kind, namespace, name = (text if isinstance(text, str) else "" for text in named)
    return Problem(kind, namespace, name, bad.path, bad.message, where)
