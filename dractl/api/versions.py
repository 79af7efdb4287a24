"""The API versions of resource.k8s.io, and how each becomes v1, the hub.

Follows Kubernetes 1.36, pkg/apis/resource/{v1beta1,v1beta2,v1alpha3}/conversion.go.
Fields that no release has stay where they are.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from dractl.api.problems import MalformedField

Document = Mapping[str, object]
Spec = dict[str, object]

GROUP: Final = "resource.k8s.io"
HUB: Final = f"{GROUP}/v1"

_EXACT: Final = (
    "deviceClassName", "selectors", "allocationMode", "count", "adminAccess",
    "tolerations", "capacity", "derivedAttributes",
)  # fmt: skip
_BASIC_DROPS_EMPTY: Final = ("attributes", "capacity", "taints", "consumesCounters")
_GONE_SELECTORS: Final = ("deviceClassName", "selectors")


def to_hub(document: Document) -> Document:
    """Return the document in v1 form as a new mapping; other groups are copied as is.

    Raises MalformedField if this release of the group has no such version, or if the
    object uses what has no successor in v1.
    """
    version = document.get("apiVersion")
    kind = document.get("kind")
    hub = dict(document)
    if not isinstance(version, str) or not version.startswith(f"{GROUP}/"):
        return hub
    row = VERSIONS.get((str(kind), version.removeprefix(f"{GROUP}/")))
    if row is None:
        raise MalformedField("apiVersion", f"{kind} has no version {version!r}")
    hub["apiVersion"] = HUB
    for convert in row:
        convert(hub)
    return hub


def _flat_claim(hub: Spec) -> None:
    spec = hub.get("spec")
    if isinstance(spec, Mapping):
        hub["spec"] = _nested_requests(spec)


def _flat_template(hub: Spec) -> None:
    spec = hub.get("spec")
    if isinstance(spec, Mapping) and isinstance(inner := spec.get("spec"), Mapping):
        hub["spec"] = {**spec, "spec": _nested_requests(inner)}


def _nested_requests(spec: Mapping[str, object]) -> Spec:
    devices = spec.get("devices")
    if not isinstance(devices, Mapping):
        return dict(spec)
    requests = devices.get("requests")
    if not isinstance(requests, list | tuple):
        return dict(spec)
    nested = [_nested_request(request) for request in requests]
    return {**spec, "devices": {**devices, "requests": nested}}


def _nested_request(request: object) -> object:
    if not isinstance(request, Mapping):
        return request
    kept = {key: value for key, value in request.items() if key not in _EXACT}
    exact = {key: request[key] for key in _EXACT if _is_set(request, key)}
    if not exact:
        return kept
    # v1beta1 sets its defaults before it converts, and only beside a class.
    if exact.get("tolerations") == []:
        del exact["tolerations"]
    return {**kept, "exactly": exact}


def _is_set(request: Mapping[str, object], key: str) -> bool:
    value = request.get(key)
    if key in {"deviceClassName", "allocationMode"}:
        return value is not None and value != ""
    if key == "count":
        return value is not None and (isinstance(value, bool) or value != 0)
    return value is not None


def _basic_slice(hub: Spec) -> None:
    spec = hub.get("spec")
    if not isinstance(spec, Mapping):
        return
    flat: Spec = dict(spec)
    # Plain values up to v1beta1: the zero value says nothing.
    if flat.get("nodeName") == "":
        del flat["nodeName"]
    if flat.get("allNodes") is False:
        del flat["allNodes"]
    devices = flat.get("devices")
    if isinstance(devices, list | tuple):
        flat["devices"] = [_flat_device(device) for device in devices]
    hub["spec"] = flat


def _flat_device(device: object) -> object:
    if not isinstance(device, Mapping):
        return device
    basic = device.get("basic")
    kept = {key: value for key, value in device.items() if key != "basic"}
    if basic is None:
        return kept
    if not isinstance(basic, Mapping):
        return device
    dropped = {key for key in _BASIC_DROPS_EMPTY if basic.get(key) in ({}, [])}
    return kept | {key: value for key, value in basic.items() if key not in dropped}


def _bare_capacities(hub: Spec) -> None:
    """Give the amounts of v1alpha3, which stood alone, their `value`."""
    for device in _devices_of(hub):
        capacity = device.get("capacity")
        if isinstance(capacity, Mapping):
            device["capacity"] = {
                name: amount if isinstance(amount, Mapping) else {"value": amount}
                for name, amount in capacity.items()
            }


def _devices_of(hub: Spec) -> Iterator[Spec]:
    spec = hub.get("spec")
    devices = spec.get("devices") if isinstance(spec, Mapping) else None
    if isinstance(devices, list):
        # These were made by _flat_device just before, so they may be changed.
        yield from (device for device in devices if isinstance(device, dict))


def _rule_without_class(hub: Spec) -> None:
    spec = hub.get("spec")
    selector = spec.get("deviceSelector") if isinstance(spec, Mapping) else None
    for key in _GONE_SELECTORS:
        if isinstance(selector, Mapping) and selector.get(key):
            raise MalformedField(
                f"spec.deviceSelector.{key}",
                "was removed in 1.35 and has no successor; name driver, pool or device",
            )


_Step = Callable[[Spec], None]

_SAME: Final[tuple[_Step, ...]] = ()

VERSIONS: Final[Mapping[tuple[str, str], tuple[_Step, ...]]] = {
    ("DeviceClass", "v1alpha3"): _SAME,
    ("DeviceClass", "v1beta1"): _SAME,
    ("DeviceClass", "v1beta2"): _SAME,
    ("DeviceClass", "v1"): _SAME,
    ("ResourceClaim", "v1alpha3"): (_flat_claim,),
    ("ResourceClaim", "v1beta1"): (_flat_claim,),
    ("ResourceClaim", "v1beta2"): _SAME,
    ("ResourceClaim", "v1"): _SAME,
    ("ResourceClaimTemplate", "v1alpha3"): (_flat_template,),
    ("ResourceClaimTemplate", "v1beta1"): (_flat_template,),
    ("ResourceClaimTemplate", "v1beta2"): _SAME,
    ("ResourceClaimTemplate", "v1"): _SAME,
    ("ResourceSlice", "v1alpha3"): (_basic_slice, _bare_capacities),
    ("ResourceSlice", "v1beta1"): (_basic_slice,),
    ("ResourceSlice", "v1beta2"): _SAME,
    ("ResourceSlice", "v1"): _SAME,
    ("DeviceTaintRule", "v1alpha3"): (_rule_without_class,),
    ("DeviceTaintRule", "v1beta2"): _SAME,
    ("DeviceTaintRule", "v1"): _SAME,
}
