"""Documents of a cluster with a node, two devices, and a pod that has the first."""

from collections.abc import Mapping
from typing import Any, Final

from dractl.api.snapshot import Snapshot

Wire = dict[str, Any]
DRIVER: Final = "gpu.example.com"
SINCE: Final = "2026-11-26T11:00:00Z"
RULES_ON: Final = {"DRADeviceTaintRules": True}
SLICES_READ: Final = {
    "apiVersion": "dractl/v1",
    "kind": "ClusterInfo",
    "read": ["ResourceSlice.resource.k8s.io"],
}
_API: Final = "resource.k8s.io/v1"


def node(ready: str = "True", name: str = "n1", message: str = "") -> Wire:
    """Return a node whose kubelet says, or does not say, that it is ready."""
    condition = {
        "type": "Ready",
        "status": ready,
        "message": message,
        "lastTransitionTime": SINCE,
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name},
        "status": {"conditions": [condition]},
    }


def device(name: str, *taints: Wire, **attributes: object) -> Wire:
    """Return a device; texts and truths become attributes."""
    return {
        "name": name,
        "taints": list(taints),
        "attributes": {
            key: {"bool" if isinstance(value, bool) else "string": value}
            for key, value in attributes.items()
        },
    }


def taint(key: str, effect: str = "NoSchedule", value: str = "") -> Wire:
    """Return a taint that is there for an hour."""
    return {"key": key, "value": value, "effect": effect, "timeAdded": SINCE}


def slice_(*devices: Wire, driver: str = DRIVER, node_name: str = "n1") -> Wire:
    """Return the slice of a node, which is a pool of its own."""
    return {
        "apiVersion": _API,
        "kind": "ResourceSlice",
        "metadata": {"name": f"{node_name}-{driver}"},
        "spec": {
            "driver": driver,
            "nodeName": node_name,
            "pool": {"name": node_name, "generation": 1, "resourceSliceCount": 1},
            "devices": list(devices),
        },
    }


def result(name: str = "gpu-0", **fields: object) -> Wire:
    """Return what a claim was given."""
    identity = {"driver": DRIVER, "pool": "n1", "device": name}
    return {"request": "gpu", **identity, **fields}


def claim(*results: Wire, status: Mapping[str, object] | None = None) -> Wire:
    """Return the claim of the pod."""
    request = {"name": "gpu", "exactly": {"deviceClassName": "gpu"}}
    return {
        "apiVersion": _API,
        "kind": "ResourceClaim",
        "metadata": {"name": "train-gpu", "namespace": "ml"},
        "spec": {"devices": {"requests": [request]}},
        "status": {
            "allocation": {"devices": {"results": list(results or (result(),))}},
            "reservedFor": [{"resource": "pods", "name": "train", "uid": "u"}],
            **(status or {}),
        },
    }


def device_status(*conditions: Wire, name: str = "gpu-0", **fields: object) -> Wire:
    """Return the status of a claim in which a driver speaks of one device."""
    identity = {"driver": DRIVER, "pool": "n1", "device": name}
    return {"devices": [{**identity, "conditions": list(conditions), **fields}]}


def condition(kind: str, status: str, reason: str = "", message: str = "") -> Wire:
    """Return a condition of a device."""
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": SINCE,
    }


def pod(*reports: Wire, resource: str = "claim:gpu", phase: str = "Running") -> Wire:
    """Return a pod that has the claim; `reports` are the kubelet's."""
    told = [{"name": resource, "resources": list(reports)}] if reports else []
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "train", "namespace": "ml", "uid": "u"},
        "spec": {
            "nodeName": "n1",
            "containers": [{"name": "main"}],
            "resourceClaims": [{"name": "gpu", "resourceClaimName": "train-gpu"}],
        },
        "status": {
            "phase": phase,
            "containerStatuses": [{"name": "main", "allocatedResourcesStatus": told}],
        },
    }


def report(device_id: str, health: str, message: str | None = None) -> Wire:
    """Return what a kubelet says of one device."""
    told = {} if message is None else {"message": message}
    return {"resourceID": device_id, "health": health, **told}


def rule(effect: str, key: str = "example.com/maintenance", **parts: object) -> Wire:
    """Return a rule for the devices of the node."""
    return {
        "apiVersion": _API,
        "kind": "DeviceTaintRule",
        "metadata": {"name": "fw", "generation": 1},
        "spec": {"deviceSelector": {"pool": "n1"}, "taint": taint(key, effect)},
        **parts,
    }


def others() -> list[Wire]:
    """Return what shows that slices are seen, though not of the usual driver."""
    return [slice_(device("d"), driver="other.example.com")]


def usual(*others: Wire) -> list[Wire]:
    """Return a cluster in which all is well; others replace what has their name."""
    return [
        node(),
        slice_(device("gpu-0"), device("gpu-1")),
        claim(),
        pod(report("gpu-0", "Healthy")),
        *others,
    ]


def snapshot(*documents: Wire, kubernetes: str = "1.36", **gates: bool) -> Snapshot:
    """Read documents; taint rules are on."""
    return Snapshot.from_documents(
        documents, kubernetes=kubernetes, feature_gates={**RULES_ON, **gates}
    )
