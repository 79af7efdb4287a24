"""The values that API servers set where an object leaves a field out.

Follows Kubernetes 1.36, pkg/apis/resource/{v1,v1beta1,v1beta2,v1alpha3}/defaults.go.
Times are left out: a server sets them to its now.
"""

from collections.abc import Callable, Mapping
from typing import Final

from dractl.api.versions import GROUP
from dractl.model.quantity import Quantity, QuantityError

Document = Mapping[str, object]
Spec = dict[str, object]

_EXACT_COUNT: Final = "ExactCount"
_FLAT: Final = frozenset({f"{GROUP}/v1beta1", f"{GROUP}/v1alpha3"})


def with_defaults(document: Document) -> Document:
    """Return the object as a server of its version would show it, as a new mapping.

    Amounts are in the server's spelling, and a claim without requests says `null`.
    """
    change = _KINDS.get(str(document.get("kind")))
    if change is None or not str(document.get("apiVersion")).startswith(f"{GROUP}/"):
        return dict(document)
    return change(document, document.get("apiVersion") in _FLAT)


def _claim(document: Document, is_flat: bool) -> Spec:
    filled = _in(document, "spec", lambda spec: _claim_spec(spec, is_flat))
    return _in(filled, "status", _status)


def _template(document: Document, is_flat: bool) -> Spec:
    def of_template(spec: Document) -> Spec:
        is_plain = spec.keys() <= {"metadata", "spec"}
        complete = {"spec": {}, **spec} if is_plain else spec
        return _in(complete, "spec", lambda inner: _claim_spec(inner, is_flat))

    return _in(document, "spec", of_template)


def _claim_spec(spec: Document, is_flat: bool) -> Spec:
    request = _flat_request if is_flat else _request

    def of_devices(devices: Document) -> Spec:
        # Go writes the field even if it is empty, as servers show it.
        if not devices.get("requests"):
            return {**devices, "requests": None}
        return _each(devices, "requests", request)

    return _in({"devices": {}, **spec}, "devices", of_devices)


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
    return _in(filled, "capacity", lambda asked: _in(asked, "requests", _amounts))


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

    def of_spec(spec: Document) -> Spec:
        return _each(_each(spec, "devices", device), "sharedCounters", _counters)

    return _in(document, "spec", of_spec)


def _basic_device(device: Document) -> Spec:
    basic = device.get("basic")
    return {**device, "basic": _device(basic if isinstance(basic, Mapping) else {})}


def _device(device: Document) -> Spec:
    device = _in(device, "capacity", _values)
    device = _each(device, "consumesCounters", _counters)
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


def _counters(drawn: Document) -> Spec:
    return _in(drawn, "counters", _values)


def _values(named: Document) -> Spec:
    """Return counters or capacities with their amounts as a server spells them."""
    return {
        name: _in(_spelt(each, "value"), "requestPolicy", _policy)
        if isinstance(each, Mapping)
        else each
        for name, each in named.items()
    }


def _policy(policy: Document) -> Spec:
    filled = _spelt(policy, "default")
    values = filled.get("validValues")
    if isinstance(values, list | tuple):
        filled["validValues"] = [_amount(each) for each in values]
    return _in(filled, "validRange", lambda each: _spelt(each, "min", "max", "step"))


def _spelt(holder: Document, *keys: str) -> Spec:
    return {
        key: _amount(value) if key in keys else value for key, value in holder.items()
    }


def _amounts(named: Document) -> Spec:
    return {name: _amount(value) for name, value in named.items()}


def _amount(value: object) -> object:
    """Return an amount in canonical form; what is none stays as it is."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    try:
        return str(Quantity.parse(str(value)))
    except QuantityError:
        return value


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
