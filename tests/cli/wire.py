"""Documents of a small cluster, as YAML and JSON have them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.answers import to_yaml

Wire = dict[str, Any]
DRIVER = "gpu.example.com"


def device_class(name: str, *expressions: str) -> Wire:
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "DeviceClass",
        "metadata": {"name": name},
        "spec": {"selectors": [{"cel": {"expression": each}} for each in expressions]},
    }


def device(
    name: str,
    attributes: Mapping[str, Wire] | None = None,
    capacity: Mapping[str, str] | None = None,
) -> Wire:
    return {
        "name": name,
        "attributes": dict(attributes or {}),
        "capacity": {key: {"value": each} for key, each in (capacity or {}).items()},
    }


def resource_slice(node: str, *devices: Wire, generation: int = 1) -> Wire:
    pool = {"name": node, "generation": generation, "resourceSliceCount": 1}
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceSlice",
        "metadata": {"name": f"{node}-gpu-{generation}"},
        "spec": {
            "driver": DRIVER,
            "pool": pool,
            "nodeName": node,
            "devices": list(devices),
        },
    }


def node(name: str) -> Wire:
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}


def written(path: Path, *documents: Wire) -> str:
    path.write_text(to_yaml(*documents))
    return str(path)


def claim(name: str, namespace: str = "default", device_class: str = "gpu") -> Wire:
    """Return a claim that asks for one device of a class."""
    request = {"name": "gpu", "exactly": {"deviceClassName": device_class}}
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaim",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"devices": {"requests": [request]}},
    }
