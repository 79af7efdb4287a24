"""The fields of resource.k8s.io, of every version that this package judges.

Names and types as in k8s.io/api of 1.36 and, where marked, of 1.37. A server of an
older release is judged by the fields of 1.36, too: what it lacks is dropped by a gate
that it does not have (see gates).
"""

from collections.abc import Mapping
from typing import Final

from dractl.model.cluster import KubernetesVersion
from dractl.rules.wire import (
    Reader,
    Struct,
    amount,
    anything,
    flag,
    integer,
    list_of,
    map_of,
    moment,
    short_integer,
    text,
)

TEXTS: Final = list_of(text)
LABELS: Final = map_of(text)
_AMOUNTS: Final = map_of(amount)

OWNER: Final = Struct({
    "apiVersion": text, "kind": text, "name": text, "uid": text,
    "controller": flag, "blockOwnerDeletion": flag,
})  # fmt: skip
_MANAGED: Final = Struct({
    "manager": text, "operation": text, "apiVersion": text, "time": moment,
    "fieldsType": text, "fieldsV1": anything, "subresource": text,
})  # fmt: skip
METADATA: Final = Struct({
    "name": text, "generateName": text, "namespace": text, "selfLink": text,
    "uid": text, "resourceVersion": text, "generation": integer,
    "creationTimestamp": moment, "deletionTimestamp": moment,
    "deletionGracePeriodSeconds": integer, "labels": LABELS, "annotations": LABELS,
    "ownerReferences": list_of(OWNER), "finalizers": TEXTS,
    "managedFields": list_of(_MANAGED),
})  # fmt: skip
CONDITION: Final = Struct({
    "type": text, "status": text, "observedGeneration": integer,
    "lastTransitionTime": moment, "reason": text, "message": text,
})  # fmt: skip

_REQUIREMENT: Final = Struct({"key": text, "operator": text, "values": TEXTS})
_TERM: Final = Struct({
    "matchExpressions": list_of(_REQUIREMENT), "matchFields": list_of(_REQUIREMENT),
})  # fmt: skip
NODE_SELECTOR: Final = Struct({"nodeSelectorTerms": list_of(_TERM)})

_SELECTOR: Final = Struct({"cel": Struct({"expression": text})})
_OPAQUE: Final = Struct({"driver": text, "parameters": anything})
_TOLERATION: Final = Struct({
    "key": text, "operator": text, "value": text, "effect": text,
    "tolerationSeconds": integer,
})  # fmt: skip
_TAINT: Final = Struct({
    "key": text, "value": text, "effect": text, "timeAdded": moment,
})  # fmt: skip
_OPTION: Final[Mapping[str, Reader]] = {
    "deviceClassName": text, "selectors": list_of(_SELECTOR), "allocationMode": text,
    "count": integer, "tolerations": list_of(_TOLERATION),
    "capacity": Struct({"requests": _AMOUNTS}),
}  # fmt: skip
_SUBREQUEST: Final = Struct({"name": text, **_OPTION})
_EXACTLY: Final = Struct({**_OPTION, "adminAccess": flag})
_CONSTRAINT: Final = Struct({
    "requests": TEXTS, "matchAttribute": text, "distinctAttribute": text,
})  # fmt: skip
_CONFIG: Final = Struct({"opaque": _OPAQUE})
_CLAIM_CONFIG: Final = _CONFIG.plus(requests=TEXTS)

_BINDING: Final[Mapping[str, Reader]] = {
    "bindingConditions": TEXTS, "bindingFailureConditions": TEXTS,
}  # fmt: skip
_RESULT: Final = Struct({
    "request": text, "driver": text, "pool": text, "device": text, "shareID": text,
    "adminAccess": flag, "tolerations": list_of(_TOLERATION),
    "consumedCapacity": _AMOUNTS, **_BINDING,
})  # fmt: skip
_NETWORK: Final = Struct({
    "interfaceName": text, "ips": TEXTS, "hardwareAddress": text,
})  # fmt: skip
_STATUS_DEVICE: Final = Struct({
    "driver": text, "pool": text, "device": text, "shareID": text, "data": anything,
    "conditions": list_of(CONDITION), "networkData": _NETWORK,
})  # fmt: skip
_CONSUMER: Final = Struct({
    "apiGroup": text, "resource": text, "name": text, "uid": text,
})  # fmt: skip
_DERIVED: Final = Struct({"name": text, "expression": text})

_ATTRIBUTE: Final = Struct({
    "int": integer, "bool": flag, "string": text, "version": text,
    "ints": list_of(integer), "bools": list_of(flag), "strings": TEXTS,
    "versions": TEXTS,
})  # fmt: skip
_RANGE: Final = Struct({"min": amount, "max": amount, "step": amount})
_POLICY: Final = Struct({
    "default": amount, "validValues": list_of(amount), "validRange": _RANGE,
})  # fmt: skip
_CAPACITY: Final = Struct({"value": amount, "requestPolicy": _POLICY})
_COUNTERS: Final = map_of(Struct({"value": amount}))
_CONSUMPTION: Final = Struct({"counterSet": text, "counters": _COUNTERS})
_MAPPING_OF_136: Final = Struct({"capacityKey": text, "allocationMultiplier": amount})
_MAPPING: Final = Struct({
    "capacityKey": text, "capacityMultiplier": amount, "deviceMultiplier": amount,
})  # fmt: skip
_OVERHEAD: Final = Struct({"perPod": amount, "perContainer": amount})
_NODE_ALLOCATABLE: Final = map_of(Struct({"mapping": _MAPPING, "overhead": _OVERHEAD}))
_POOL: Final = Struct({
    "name": text, "generation": integer, "resourceSliceCount": integer,
})  # fmt: skip


class _Release:
    """The shapes of one release; `late` are those that 1.37 changed."""

    def __init__(self, *, late: bool) -> None:
        derived: dict[str, Reader] = (
            {"derivedAttributes": list_of(_DERIVED)} if late else {}
        )
        skip: dict[str, Reader] = {"skipNodeOperations": TEXTS} if late else {}
        self.partition: dict[str, Reader] = (
            {"defaultPartitionTypeAttribute": text} if late else {}
        )
        self.exactly = _EXACTLY.plus(**derived)
        self.subrequests = list_of(_SUBREQUEST.plus(**derived))
        self.status = _claim_status(_RESULT.plus(**skip))
        groups: dict[str, Reader] = {"compatibilityGroups": TEXTS} if late else {}
        nodes: dict[str, Reader] = (
            {"nodeAllocatableResources": _NODE_ALLOCATABLE}
            if late
            else {"nodeAllocatableResourceMappings": map_of(_MAPPING_OF_136)}
        )
        self.device = Struct({
            "attributes": map_of(_ATTRIBUTE), "capacity": map_of(_CAPACITY),
            "consumesCounters": list_of(_CONSUMPTION.plus(**groups)),
            "nodeName": text, "nodeSelector": NODE_SELECTOR, "allNodes": flag,
            "taints": list_of(_TAINT), "bindsToNode": flag, **_BINDING,
            "allowMultipleAllocations": flag, **nodes,
        })  # fmt: skip
        self.slice_spec = Struct({
            "driver": text, "pool": _POOL, "nodeName": text,
            "nodeSelector": NODE_SELECTOR, "allNodes": flag,
            "perDeviceNodeSelection": flag, "sharedCounters": list_of(
                Struct({"name": text, "counters": _COUNTERS})
            ), **({"partitionTypeAttribute": text} | skip if late else {}),
        })  # fmt: skip

    def claim_spec(self, *, flat: bool) -> Struct:
        one = {"name": text, "firstAvailable": self.subrequests}
        request = Struct(
            self.exactly.fields | one if flat else {"exactly": self.exactly, **one}
        )
        devices = Struct({
            "requests": list_of(request), "constraints": list_of(_CONSTRAINT),
            "config": list_of(_CLAIM_CONFIG),
        })  # fmt: skip
        return Struct({"devices": devices})

    def slice_of(self, device: Struct) -> Struct:
        return _object(spec=self.slice_spec.plus(devices=list_of(device)))


def _claim_status(result: Struct) -> Struct:
    config = _CLAIM_CONFIG.plus(source=text)
    devices = Struct({"results": list_of(result), "config": list_of(config)})
    allocation = Struct({
        "devices": devices, "nodeSelector": NODE_SELECTOR,
        "allocationTimestamp": moment,
    })  # fmt: skip
    return Struct({
        "allocation": allocation, "reservedFor": list_of(_CONSUMER),
        "devices": list_of(_STATUS_DEVICE),
    })  # fmt: skip


def _object(**fields: Reader) -> Struct:
    return Struct({
        "apiVersion": text, "kind": text, "metadata": METADATA, **fields,
    })  # fmt: skip


def _claim_of(release: _Release, *, flat: bool) -> Struct:
    return _object(spec=release.claim_spec(flat=flat), status=release.status)


def _template_of(release: _Release, *, flat: bool) -> Struct:
    inner = release.claim_spec(flat=flat)
    return _object(spec=Struct({"metadata": METADATA, "spec": inner}))


_CLASS: Final = _object(
    spec=Struct({
        "selectors": list_of(_SELECTOR), "config": list_of(_CONFIG),
        "extendedResourceName": text,
    })
)  # fmt: skip
_RULE: Final = _object(
    spec=Struct({
        "deviceSelector": Struct({"driver": text, "pool": text, "device": text}),
        "taint": _TAINT,
    }),
    status=Struct({"conditions": list_of(CONDITION)}),
)  # fmt: skip
_POOL_STATUS_SPEC: Final = Struct({
    "driver": text, "poolName": text, "limit": short_integer,
})  # fmt: skip


def _kinds(release: _Release) -> Mapping[tuple[str, str], Struct]:
    named = Struct({"name": text})
    basic = named.plus(basic=release.device)
    bare = release.device.plus(capacity=map_of(amount))
    slices = {
        "v1": release.slice_of(release.device.plus(name=text)),
        "v1beta2": release.slice_of(release.device.plus(name=text)),
        "v1beta1": release.slice_of(basic),
        "v1alpha3": release.slice_of(named.plus(basic=bare)),
    }
    table = {("ResourceSlice", version): shape for version, shape in slices.items()}
    for version in slices:
        flat = version in {"v1beta1", "v1alpha3"}
        table["DeviceClass", version] = _CLASS
        table["ResourceClaim", version] = _claim_of(release, flat=flat)
        table["ResourceClaimTemplate", version] = _template_of(release, flat=flat)
        if version != "v1beta1":
            table["DeviceTaintRule", version] = _RULE
    table["ResourcePoolStatusRequest", "v1alpha3"] = _object(
        spec=_POOL_STATUS_SPEC.plus(**release.partition), status=anything
    )
    return table


_CHANGED: Final = KubernetesVersion(1, 37)
_TABLES: Final = {late: _kinds(_Release(late=late)) for late in (False, True)}


def shape_of(kind: str, version: str, release: KubernetesVersion) -> Struct | None:
    """Return the shape of a kind of resource.k8s.io, None where there is none."""
    return _TABLES[release >= _CHANGED].get((kind, version))
