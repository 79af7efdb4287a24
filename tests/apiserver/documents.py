"""Objects that the tests of the double serve."""

from collections.abc import Iterator
from typing import Any, Final

Wire = dict[str, Any]

DRA: Final = "/apis/resource.k8s.io"
SLICES: Final = f"{DRA}/v1/resourceslices"
RULES: Final = f"{DRA}/v1beta2/devicetaintrules"
PODS: Final = "/api/v1/namespaces/default/pods"
RULE: Final = f"{RULES}/maint"


def slice_of(name: str, **metadata: Any) -> Wire:
    """Return a slice with one device, on a node that is called as the slice is."""
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceSlice",
        "metadata": {"name": name, **metadata},
        "spec": {
            "driver": "gpu.example.com",
            "nodeName": name,
            "pool": {"name": name, "generation": 1, "resourceSliceCount": 1},
            "devices": [{"name": "gpu-0"}],
        },
    }


def slices(count: int) -> Iterator[Wire]:
    """Yield slices: n0, n1 and so on."""
    for number in range(count):
        yield slice_of(f"n{number}")


def rule(effect: str = "NoExecute", **taint: Any) -> Wire:
    """Return a rule for the device of n0, without metadata but its name."""
    return {
        "apiVersion": "resource.k8s.io/v1beta2",
        "kind": "DeviceTaintRule",
        "metadata": {"name": "maint"},
        "spec": {
            "deviceSelector": {"driver": "gpu.example.com", "pool": "n0"},
            "taint": {"key": "example.com/maint", "effect": effect, **taint},
        },
    }


def pod(name: str, **metadata: Any) -> Wire:
    """Return a pod that runs on n0."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "uid": name, **metadata},
        "spec": {"nodeName": "n0", "containers": [{"name": "main"}]},
        "status": {"phase": "Running"},
    }


def claim(name: str, users: tuple[str, ...], **result: Any) -> Wire:
    """Return a claim that pods use; it holds the device of n0."""
    held = {"request": "r", "driver": "gpu.example.com", "pool": "n0"}
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaim",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "devices": {
                "requests": [{"name": "r", "exactly": {"deviceClassName": "gpu"}}]
            }
        },
        "status": {
            "allocation": {
                "devices": {"results": [{**held, "device": "gpu-0", **result}]}
            },
            "reservedFor": [
                {"resource": "pods", "name": user, "uid": user} for user in users
            ],
        },
    }
