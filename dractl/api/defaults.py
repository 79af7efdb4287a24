"""The values that API servers set where an object leaves a field out.

Follows Kubernetes 1.36, pkg/apis/resource/{v1,v1beta1,v1beta2,v1alpha3}/defaults.go.
Times are left out: a server sets them to its now.
"""

from collections.abc import Callable, Mapping
from typing import Final

from dractl.api.versions import GROUP

Document = Mapping[str, object]
Spec = dict[str, object]

_EXACT_COUNT: Final = "ExactCount"
_FLAT: Final = frozenset({f"{GROUP}/v1beta1", f"{GROUP}/v1alpha3"})


def with_defaults(document: Document) -> Document:
    """Return the object as a server of its version would show it, as a new mapping."""
    change = _KINDS.get(str(document.get("kind")))
    if change is None or not str(document.get("apiVersion")).startswith(f"{GROUP}/"):
        return dict(document)
    return change(document, document.get("apiVersion") in _FLAT)


def _claim(document: Document, is_flat: bool) -> Spec:
    filled = _in(document, "spec", lambda spec: _claim_spec(spec, is_flat))
    return _in(filled, "status", _status)


def _template(document: Document, is_flat: bool) -> Spec:
    def of_template(spec: Document) -> Spec:
        return _in(spec, "spec", lambda inner: _claim_spec(inner, is_flat))

    return _in(document, "spec", of_template)


def _claim_spec(spec: Document, is_flat: bool) -> Spec:
    request = _flat_request if is_flat else _request
    return _in(spec, "devices", lambda devices: _each(devices, "requests", request))


def _request(request: Document) -> Spec:
    return _alternatives(_in(request, "exactly", _counted))


def _flat_request(request: Document) -> Spec:
    filled = _alternatives(request)
    if request.get("deviceClassName"):
        return _counted(filled)
    # Go writes the field even if it is empty, as servers show it.
    return _each({"deviceClassName": "", **filled}, "tolerations", _toleration)


def _alternatives(request: Document) -> Spec:
    return _each(request, "firstAvailable", _counted)


def _counted(option: Document) -> Spec:
    filled = _each(option, "tolerations", _toleration)
    if not filled.get("allocationMode"):
        filled["allocationMode"] = _EXACT_COUNT
    if filled["allocationMode"] == _EXACT_COUNT and filled.get("count") in (None, 0):
        filled["count"] = 1
    return filled


def _toleration(toleration: Document) -> Spec:
    return dict(toleration) | (
        {} if toleration.get("operator") else {"operator": "Equal"}
    )


def _status(status: Document) -> Spec:
    def of_devices(devices: Document) -> Spec:
        return _each(devices, "results", _result)

    return _in(status, "allocation", lambda each: _in(each, "devices", of_devices))


def _result(result: Document) -> Spec:
    return _each(result, "tolerations", _toleration)


def _slice(document: Document, is_flat: bool) -> Spec:
    device = _basic_device if is_flat else _device
    return _in(document, "spec", lambda spec: _each(spec, "devices", device))


def _basic_device(device: Document) -> Spec:
    basic = device.get("basic")
    return {**device, "basic": _device(basic if isinstance(basic, Mapping) else {})}


def _device(device: Document) -> Spec:
    mappings = device.get("nodeAllocatableResourceMappings")
    if not isinstance(mappings, Mapping):
        return dict(device)
    filled = {
        name: {"allocationMultiplier": "1", **each}
        if isinstance(each, Mapping)
        else each
        for name, each in mappings.items()
    }
    return {**device, "nodeAllocatableResourceMappings": filled}


def _in(holder: Document, key: str, change: Callable[[Document], Spec]) -> Spec:
    value = holder.get(key)
    if not isinstance(value, Mapping):
        return dict(holder)
    return {**holder, key: change(value)}


def _each(holder: Document, key: str, change: Callable[[Document], Spec]) -> Spec:
    value = holder.get(key)
    if not isinstance(value, list | tuple):
        return dict(holder)
    changed = [change(each) if isinstance(each, Mapping) else each for each in value]
    return {**holder, key: changed}


_KINDS: Final[Mapping[str, Callable[[Document, bool], Spec]]] = {
    "ResourceClaim": _claim,
    "ResourceClaimTemplate": _template,
    "ResourceSlice": _slice,
}
