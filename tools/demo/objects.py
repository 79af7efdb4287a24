"""What all objects of the sample cluster have in common."""

import uuid
from collections.abc import Mapping
from typing import Any

Object = dict[str, Any]

BORN = "2026-11-02T08:00:00Z"
RESOURCE_API = "resource.k8s.io/v1"


def identity(*parts: str) -> str:
    """Return the UUID of whatever the parts name; always the same one."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, "/".join((*parts, "dractl.example"))))


def suffix(*parts: str) -> str:
    """Return five letters and digits, as the API server appends to generated names."""
    return identity("suffix", *parts)[:5]


def metadata(kind: str, name: str, namespace: str = "", **more: Any) -> Object:
    """Return the metadata of an object that the API server has stored."""
    place = {"namespace": namespace} if namespace else {}
    stored = {"uid": identity(kind, namespace, name), "creationTimestamp": BORN}
    return {"name": name, **place, **stored, **more}


def resource(kind: str, name: str, spec: Mapping[str, Any], **where: Any) -> Object:
    """Return an object of the resource.k8s.io group."""
    return {
        "apiVersion": RESOURCE_API,
        "kind": kind,
        "metadata": metadata(kind, name, **where),
        "spec": dict(spec),
    }


def owner(kind: str, name: str, namespace: str = "", api: str = "v1") -> Object:
    """Return a reference to the object that another one belongs to."""
    uid = identity(kind, namespace, name)
    return {
        "apiVersion": api,
        "kind": kind,
        "name": name,
        "uid": uid,
        "controller": True,
    }
