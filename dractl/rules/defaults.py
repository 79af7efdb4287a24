"""What the API server fills in, by version, before it converts and checks."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from dractl.model.quantity import Quantity
from dractl.rules.wire import Wire

_FLAT: Final = frozenset({"v1beta1", "v1alpha3"})


def fill_in(kind: str, version: str, document: Wire) -> None:
    """Put the defaults of that version into a document, which is changed."""
    filler = _FILLERS.get(kind)
    if filler is not None:
        filler(document.get("spec", {}), version in _FLAT)


def _claim(spec: Wire, flat: bool) -> None:
    for request in spec.get("devices", {}).get("requests", ()):
        # The flat versions fill in only beside a class, see validation-rules 3.5.
        if flat and request.get("deviceClassName"):
            _option(request)
        elif not flat and "exactly" in request:
            _option(request["exactly"])
        elif flat:
            _tolerations(request)
        for option in request.get("firstAvailable", ()):
            _option(option)


def _option(option: Wire) -> None:
    if not option.get("allocationMode"):
        option["allocationMode"] = "ExactCount"
    if option["allocationMode"] == "ExactCount" and not option.get("count"):
        option["count"] = 1
    _tolerations(option)


def _tolerations(option: Wire) -> None:
    for toleration in option.get("tolerations", ()):
        if not toleration.get("operator"):
            toleration["operator"] = "Equal"


def _template(spec: Wire, flat: bool) -> None:
    _claim(spec.get("spec", {}), flat)


def _slice(spec: Wire, flat: bool) -> None:
    for device in _devices(spec, flat):
        for mapping in device.get("nodeAllocatableResourceMappings", {}).values():
            mapping.setdefault("allocationMultiplier", Quantity.of(1))


def _devices(spec: Wire, flat: bool) -> Iterator[Wire]:
    for device in spec.get("devices", ()):
        yield device.get("basic", {}) if flat else device


def _pool_status(spec: Wire, _flat: bool) -> None:
    spec.setdefault("limit", 100)


_FILLERS: Final[Mapping[str, Callable[[Any, bool], None]]] = {
    "ResourceClaim": _claim,
    "ResourceClaimTemplate": _template,
    "ResourceSlice": _slice,
    "ResourcePoolStatusRequest": _pool_status,
}
