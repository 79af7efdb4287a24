"""What a server makes of new and of changed objects before it stores them."""

from typing import Final

from tests.apiserver.resources import Resource, Wire
from tests.apiserver.store import Stored

_KEPT_METADATA: Final = (
    "uid", "creationTimestamp", "generation", "deletionTimestamp", "resourceVersion",
    "deletionGracePeriodSeconds", "namespace", "name",
)  # fmt: skip


def new_object(hub: Wire, resource: Resource, uid: str, now: str) -> Wire:
    """Return an object as it is when it is created; its status is not the client's."""
    metadata = {
        **hub["metadata"],
        "uid": uid,
        "creationTimestamp": now,
        **({"generation": 1} if resource.is_counted else {}),
    }
    metadata.pop("resourceVersion", None)
    metadata.pop("managedFields", None)
    new = {**hub, "metadata": metadata}
    if "status" in resource.subresources:
        new["status"] = {"phase": "Pending"} if resource.kind == "Pod" else {}
    return _dated(new, now) if resource.kind == "DeviceTaintRule" else new


def changed_object(stored: Stored, hub: Wire, subresource: str, now: str) -> Wire:
    """Return an object as it is after a change of it or of its status."""
    old = stored.document
    if subresource == "status":
        return old | {"status": hub.get("status", {})}
    metadata = hub.get("metadata", {}) | {
        key: old["metadata"][key] for key in _KEPT_METADATA if key in old["metadata"]
    }
    metadata.pop("managedFields", None)
    new = {**hub, "metadata": metadata}
    if "status" in stored.resource.subresources:
        new["status"] = old.get("status", {})
    if stored.resource.kind == "DeviceTaintRule":
        new = _redated(new, old, now)
    if stored.resource.is_counted and new.get("spec") != old.get("spec"):
        metadata["generation"] = metadata.get("generation", 1) + 1
    return new


def merged(target: object, patch: Wire) -> Wire:
    """Return the target with a merge patch (RFC 7386)."""
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            result[key] = merged(result.get(key), value)
        else:
            result[key] = value
    return result


def _dated(rule: Wire, now: str) -> Wire:
    """Return a rule whose taint counts from now, unless it says otherwise."""
    spec = rule.get("spec", {})
    taint = {"timeAdded": now, **spec.get("taint", {})}
    return rule | {"spec": {**spec, "taint": taint}}


def _redated(rule: Wire, old: Wire, now: str) -> Wire:
    """Return a changed rule; another effect counts from now on, too."""
    taint = rule.get("spec", {}).get("taint", {})
    before = old["spec"]["taint"]
    is_other = taint.get("effect") != before.get("effect")
    if is_other and taint.get("timeAdded") == before.get("timeAdded"):
        taint = {key: value for key, value in taint.items() if key != "timeAdded"}
        rule = rule | {"spec": rule["spec"] | {"taint": taint}}
    return _dated(rule, now)
