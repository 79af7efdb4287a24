"""Valid objects to start from, and a way to change one place in them."""

import copy
from typing import Any, Final

Wire = dict[str, Any]

GROUP: Final = "resource.k8s.io"
DRIVER: Final = "gpu.example.com"
ABSENT: Final = object()


def _object(kind: str, name: str, spec: Wire, version: str = "v1") -> Wire:
    return {
        "apiVersion": f"{GROUP}/{version}",
        "kind": kind,
        "metadata": {"name": name},
        "spec": spec,
    }


_SELECTORS: Final = [{"cel": {"expression": f'device.driver == "{DRIVER}"'}}]
_CONFIG: Final = {"opaque": {"driver": DRIVER, "parameters": {"a": 1}}}
_DEVICES: Final = {
    "requests": [
        {
            "name": "one",
            "exactly": {
                "deviceClassName": "gpu",
                "selectors": _SELECTORS,
                "tolerations": [{"key": "example.com/x", "operator": "Exists"}],
            },
        },
        {
            "name": "any",
            "firstAvailable": [
                {"name": "big", "deviceClassName": "gpu"},
                {"name": "two", "deviceClassName": "gpu", "count": 2},
            ],
        },
    ],
    "constraints": [{"requests": ["one"], "matchAttribute": f"{DRIVER}/numa"}],
    "config": [{"requests": ["any/big"], **_CONFIG}],
}
_POOL: Final = {"name": "node-1", "generation": 1, "resourceSliceCount": 2}
_COUNTERS: Final = {"mem": {"value": "40Gi"}}
_POLICY: Final = {
    "default": "2Gi",
    "validRange": {"min": "1Gi", "max": "9Gi", "step": "1Gi"},
}
_VALUES: Final = {"default": "1", "validValues": ["1", "2", "4"]}

CLASS: Final = _object(
    "DeviceClass",
    "gpu",
    {
        "selectors": _SELECTORS,
        "config": [_CONFIG],
        "extendedResourceName": "example.com/gpu",
    },
)
CLAIM: Final = _object("ResourceClaim", "c", {"devices": _DEVICES})
TEMPLATE: Final = _object(
    "ResourceClaimTemplate",
    "t",
    {"metadata": {"labels": {"a": "b"}}, "spec": {"devices": _DEVICES}},
)
SLICE: Final = _object(
    "ResourceSlice",
    "s",
    {
        "driver": DRIVER,
        "nodeName": "node-1",
        "pool": _POOL,
        "devices": [
            {
                "name": "gpu-0",
                "attributes": {
                    "model": {"string": "A100"},
                    "numa": {"int": 0},
                    "ver": {"version": "1.2.3-rc.1+5"},
                },
                "capacity": {"memory": {"value": "40Gi"}},
                "taints": [{"key": "example.com/x", "effect": "NoSchedule"}],
                "consumesCounters": [{"counterSet": "set", "counters": _COUNTERS}],
            },
            {
                "name": "shared-0",
                "allowMultipleAllocations": True,
                "capacity": {
                    "memory": {"value": "40Gi", "requestPolicy": _POLICY},
                    "cores": {"value": "8", "requestPolicy": _VALUES},
                },
                "bindingConditions": ["example.com/Ready"],
                "bindingFailureConditions": ["example.com/Failed"],
            },
        ],
    },
)
COUNTERS: Final = _object(
    "ResourceSlice",
    "k",
    {
        "driver": DRIVER,
        "pool": _POOL,
        "allNodes": True,
        "sharedCounters": [{"name": "set", "counters": _COUNTERS}],
    },
)
_ON_NODE: Final = {"key": "metadata.name", "operator": "In", "values": ["node-1"]}
SPREAD: Final = _object(
    "ResourceSlice",
    "p",
    {
        "driver": DRIVER,
        "pool": _POOL,
        "perDeviceNodeSelection": True,
        "devices": [
            {"name": "gpu-0", "nodeName": "node-1"},
            {
                "name": "gpu-1",
                "nodeSelector": {
                    "nodeSelectorTerms": [
                        {
                            "matchExpressions": [
                                {"key": "zone", "operator": "In", "values": ["a"]}
                            ],
                            "matchFields": [_ON_NODE],
                        }
                    ]
                },
            },
        ],
    },
)
RULE: Final = _object(
    "DeviceTaintRule",
    "r",
    {
        "deviceSelector": {"driver": DRIVER, "pool": "a/b", "device": "gpu-0"},
        "taint": {"key": "example.com/x", "value": "y", "effect": "NoExecute"},
    },
    "v1beta2",
)
POOLS: Final = _object(
    "ResourcePoolStatusRequest", "q", {"driver": DRIVER, "poolName": "a"}, "v1alpha3"
)
POD: Final[Wire] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p"},
    "spec": {
        "containers": [
            {
                "name": "c",
                "image": "i",
                "resources": {"claims": [{"name": "gpu", "request": "one"}]},
            }
        ],
        "resourceClaims": [{"name": "gpu", "resourceClaimTemplateName": "t"}],
    },
}
GROUP_OF_PODS: Final[Wire] = {
    "apiVersion": "scheduling.k8s.io/v1alpha2",
    "kind": "PodGroup",
    "metadata": {"name": "g"},
    "spec": {"resourceClaims": [{"name": "gpu", "resourceClaimName": "c"}]},
}
VALID: Final = (
    CLASS, CLAIM, TEMPLATE, SLICE, COUNTERS, SPREAD, RULE, POOLS, POD, GROUP_OF_PODS,
)  # fmt: skip


def changed(document: Wire, path: str, value: Any) -> Wire:
    """Return a copy with one other value; the path is like `spec.devices.0.name`.

    A value of ABSENT removes the field.
    """
    fresh = copy.deepcopy(document)
    *steps, last = path.split(".")
    holder: Any = fresh
    for step in steps:
        if isinstance(holder, list):
            holder = holder[int(step)]
        else:
            holder = holder.setdefault(step, {})
    if value is ABSENT:
        del holder[last]
    elif isinstance(holder, list):
        holder[int(last)] = value
    else:
        holder[last] = value
    return fresh
