"""Decoding of what users ask for and get: claims, templates and classes."""

import json
from collections.abc import Mapping
from typing import Any, Final

from dractl.api.decode_fields import (
    Wire,
    child,
    each,
    flag,
    flag_if_set,
    integer,
    labels,
    quantities,
    text,
    text_if_set,
    texts,
    within,
    within_if_set,
)
from dractl.api.decode_shared import (
    cel_selectors,
    cluster_meta,
    condition,
    namespaced_meta,
    node_selector,
    toleration,
)
from dractl.api.problems import MalformedField
from dractl.model.claims import (
    Allocation,
    ClaimSpec,
    ConfigResult,
    Constraint,
    ConsumerReference,
    DeviceClass,
    DeviceConfig,
    DeviceResult,
    DeviceStatus,
    NetworkData,
    Option,
    Request,
    ResourceClaim,
    ResourceClaimTemplate,
)
from dractl.model.devices import DeviceId
from dractl.model.quantity import Quantity

# What most entries of an allocation have at most, so that nothing else is looked for.
_COMMON: Final = frozenset({"request", "driver", "pool", "device"})
_NOT_CONFIG: Final = frozenset({"requests", "source"})
# It is printed as it came, and printing nests like the value does.
_DEEPEST_CONFIG: Final = 200
_TOO_DEEP: Final = "(nested too deeply)"


def device_class(document: Wire) -> DeviceClass:
    """Read a DeviceClass."""
    meta = cluster_meta(document)

    def read(spec: Wire) -> DeviceClass:
        return DeviceClass(
            name=meta.name,
            selectors=cel_selectors(spec),
            config=each(spec, "config", _config),
            extended_resource_name=text_if_set(spec, "extendedResourceName"),
            creation_timestamp=meta.creation_timestamp,
        )

    return within(document, "spec", read)


def resource_claim(document: Wire) -> ResourceClaim:
    """Read a ResourceClaim in v1 form."""
    meta = namespaced_meta(document)
    spec = within(document, "spec", claim_spec)

    def read(status: Wire) -> ResourceClaim:
        return ResourceClaim(
            meta=meta,
            spec=spec,
            allocation=within_if_set(status, "allocation", allocation),
            reserved_for=each(status, "reservedFor", _consumer),
            devices=each(status, "devices", _device_status),
            free_status=_free(status.get("driverStatus")),
        )

    return within(document, "status", read)


def resource_claim_template(document: Wire) -> ResourceClaimTemplate:
    """Read a ResourceClaimTemplate in v1 form."""
    meta = namespaced_meta(document)

    def read(spec: Wire) -> ResourceClaimTemplate:
        given = child(spec, "metadata")
        try:
            made = labels(given, "labels"), labels(given, "annotations")
        except MalformedField as bad:
            raise bad.inside("metadata") from None
        return ResourceClaimTemplate(meta, within(spec, "spec", claim_spec), *made)

    return within(document, "spec", read)


def claim_spec(source: Wire) -> ClaimSpec:
    """Read the spec of a claim, with the defaults that the API server sets."""
    return within(source, "devices", _devices)


def _devices(source: Wire) -> ClaimSpec:
    return ClaimSpec(
        requests=each(source, "requests", _request),
        constraints=each(source, "constraints", _constraint),
        config=each(source, "config", _config),
    )


def _request(source: Wire) -> Request:
    name = text(source, "name")
    alternatives = each(source, "firstAvailable", _alternative)
    exact = within_if_set(source, "exactly", lambda inner: _option(inner, None))
    # Where both are set (the server refuses that), the scheduler looks at the
    # alternatives first.
    if alternatives:
        return Request(name, alternatives, prioritized=True)
    return Request(name, () if exact is None else (exact,))


def _alternative(source: Wire) -> Option:
    return _option(source, text(source, "name"))


def _option(source: Wire, name: str | None) -> Option:
    mode = text(source, "allocationMode") or "ExactCount"
    count = integer(source, "count")
    return Option(
        name=name,
        device_class=text(source, "deviceClassName"),
        selectors=cel_selectors(source),
        mode=mode,
        # To the server, 0 is the same as nothing (resource/v1/defaults.go).
        count=1 if mode == "ExactCount" and count == 0 else count,
        admin_access=flag_if_set(source, "adminAccess") if name is None else None,
        tolerations=each(source, "tolerations", toleration),
        capacity=within_if_set(source, "capacity", _capacity_requests),
        derived=each(source, "derivedAttributes", _derived),
    )


def _derived(source: Wire) -> tuple[str, str]:
    return text(source, "name"), text(source, "expression")


def _capacity_requests(source: Wire) -> dict[str, Quantity]:
    return quantities(source, "requests")


def _constraint(source: Wire) -> Constraint:
    return Constraint(
        requests=texts(source, "requests"),
        match_attribute=text_if_set(source, "matchAttribute"),
        distinct_attribute=text_if_set(source, "distinctAttribute"),
    )


def _config_body(source: Wire) -> Wire:
    body = {key: value for key, value in source.items() if key not in _NOT_CONFIG}
    layer: list[Any] = [body]
    for _ in range(_DEEPEST_CONFIG):
        layer = [
            inner
            for value in layer
            for inner in (value.values() if isinstance(value, Mapping) else value)
            if isinstance(inner, Mapping | list)
        ]
        if not layer:
            return body
    raise MalformedField("opaque", "is nested too deeply")


def _config(source: Wire) -> DeviceConfig:
    return DeviceConfig(_config_body(source), texts(source, "requests"))


def allocation(source: Wire) -> Allocation:
    """Read an AllocationResult."""
    devices = child(source, "devices")
    try:
        results = each(devices, "results", _result)
        config = each(devices, "config", _config_result)
    except MalformedField as bad:
        raise bad.inside("devices") from None
    return Allocation(
        results=results,
        config=config,
        node_selector=within_if_set(source, "nodeSelector", node_selector),
        timestamp=text_if_set(source, "allocationTimestamp"),
    )


def _device_id(source: Wire) -> DeviceId:
    return DeviceId(
        text(source, "driver"), text(source, "pool"), text(source, "device")
    )


def _result(source: Wire) -> DeviceResult:
    if source.keys() <= _COMMON:
        return DeviceResult(text(source, "request"), _device_id(source))
    consumed = source.get("consumedCapacity") is not None
    return DeviceResult(
        request=text(source, "request"),
        device=_device_id(source),
        admin_access=flag(source, "adminAccess"),
        tolerations=each(source, "tolerations", toleration),
        binding_conditions=texts(source, "bindingConditions"),
        binding_failure_conditions=texts(source, "bindingFailureConditions"),
        share_id=text_if_set(source, "shareID"),
        consumed_capacity=quantities(source, "consumedCapacity") if consumed else None,
    )


def _config_result(source: Wire) -> ConfigResult:
    return ConfigResult(
        text(source, "source"), texts(source, "requests"), _config_body(source)
    )


def _consumer(source: Wire) -> ConsumerReference:
    return ConsumerReference(
        resource=text(source, "resource"),
        name=text(source, "name"),
        uid=text(source, "uid"),
        api_group=text(source, "apiGroup"),
    )


def _device_status(source: Wire) -> DeviceStatus:
    return DeviceStatus(
        device=_device_id(source),
        share_id=text_if_set(source, "shareID"),
        conditions=each(source, "conditions", condition),
        network=within_if_set(source, "networkData", _network_data),
        data=in_one_line(source.get("data")),
    )


def _network_data(source: Wire) -> NetworkData:
    return NetworkData(
        text(source, "interfaceName"),
        texts(source, "ips"),
        text(source, "hardwareAddress"),
    )


def _free(value: object) -> Wire | None:
    return value if isinstance(value, Mapping) else None


def in_one_line(value: object) -> str:
    """Return what a driver may say as it likes as JSON in one line, "" for nothing."""
    if value is None:
        return ""
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)
    except (RecursionError, TypeError, ValueError):
        return _TOO_DEEP
