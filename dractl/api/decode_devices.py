"""Decoding of what drivers and admins publish: ResourceSlice, DeviceTaintRule.

A fleet has tens of thousands of devices with mostly the same words in them, so values
that do not depend on the device are made once and shared.
"""

import functools
from typing import Any, Final

from dractl.api.decode_fields import (
    Wire,
    child,
    each,
    flag,
    flag_if_set,
    int64,
    integer,
    items,
    mapped,
    mismatch,
    quantity,
    quantity_field,
    quantity_if_set,
    text,
    text_if_set,
    texts,
    wire,
    within,
    within_if_set,
)
from dractl.api.decode_shared import cluster_meta, condition, node_selector
from dractl.api.problems import MalformedField
from dractl.model.attributes import Attribute, Kind, Scalar, SemVer, SemVerError
from dractl.model.attributes import qualified as _qualified
from dractl.model.claims import ObjectMeta
from dractl.model.devices import (
    Capacity,
    CounterConsumption,
    CounterSet,
    Device,
    DeviceId,
    NodeScope,
    RequestPolicy,
    ResourceSlice,
    Taint,
)
from dractl.model.quantity import Quantity
from dractl.model.taintrules import DeviceTaintRule

# The order in which the scheduler looks at them where several are set (cel/compile.go).
_SCALARS: Final[tuple[Kind, ...]] = ("int", "bool", "string", "version")
_LISTS: Final[dict[Kind, Kind]] = {
    "ints": "int",
    "bools": "bool",
    "strings": "string",
    "versions": "version",
}
_COMMON: Final = frozenset({"name", "attributes", "capacity"})

qualified = functools.lru_cache(maxsize=8192)(_qualified)


def resource_slice(document: Wire) -> ResourceSlice:
    """Read a ResourceSlice in v1 form."""
    meta = cluster_meta(document)
    writers = within(
        document,
        "metadata",
        lambda source: each(source, "managedFields", lambda e: text(e, "manager")),
    )
    return within(document, "spec", lambda spec: _slice(meta, writers, spec))


def _slice(meta: ObjectMeta, writers: tuple[str, ...], spec: Wire) -> ResourceSlice:
    driver = text(spec, "driver")
    pool = child(spec, "pool")
    try:
        pool_name = text(pool, "name")
        generation = integer(pool, "generation")
        slice_count = integer(pool, "resourceSliceCount")
    except MalformedField as bad:
        raise bad.inside("pool") from None
    return ResourceSlice(
        name=meta.name,
        driver=driver,
        pool=pool_name,
        generation=generation,
        slice_count=slice_count,
        scope=_scope(spec),
        per_device_scope=flag_if_set(spec, "perDeviceNodeSelection"),
        devices=each(
            spec, "devices", lambda source: _device(source, driver, pool_name)
        ),
        shared_counters=each(spec, "sharedCounters", _counter_set),
        meta=meta,
        writers=writers,
    )


def _scope(source: Wire) -> NodeScope:
    return NodeScope(
        node_name=text_if_set(source, "nodeName"),
        all_nodes=flag(source, "allNodes"),
        selector=within_if_set(source, "nodeSelector", node_selector),
    )


def _device(source: Wire, driver: str, pool: str) -> Device:
    identity = DeviceId(driver, pool, text(source, "name"))
    attributes = _attributes(source, driver)
    capacity, amounts = _capacities(source, driver)
    if source.keys() <= _COMMON:
        return Device(identity, attributes, capacity, amounts)
    located = any(
        source.get(key) is not None for key in ("nodeName", "allNodes", "nodeSelector")
    )
    return Device(
        id=identity,
        attributes=attributes,
        capacity=capacity,
        qualified_capacity=amounts,
        allow_multiple_allocations=flag(source, "allowMultipleAllocations"),
        consumes=each(source, "consumesCounters", _consumption),
        scope=_scope(source) if located else None,
        taints=each(source, "taints", taint),
        binds_to_node=flag(source, "bindsToNode"),
        binding_conditions=texts(source, "bindingConditions"),
        binding_failure_conditions=texts(source, "bindingFailureConditions"),
    )


def _attributes(source: Wire, driver: str) -> dict[str, Attribute]:
    """Read the attributes under qualified names; a spelled-out domain wins."""
    bodies = child(source, "attributes")
    done: dict[str, Attribute] = {}
    name = ""
    try:
        for name, body in bodies.items():
            plain = body.__class__ is dict and len(body) == 1
            value = body.get("string") if plain else None
            if value.__class__ is str:
                found = _string_attribute(value)
            else:
                found = _attribute(wire(body))
            if "/" in name:
                done[name] = found
            else:
                done.setdefault(qualified(name, driver), found)
    except MalformedField as bad:
        raise bad.inside(f'attributes["{name}"]') from None
    return done


@functools.lru_cache(maxsize=65536)
def _string_attribute(value: str) -> Attribute:
    return Attribute("string", value)


def _attribute(body: Wire) -> Attribute:
    version = body.get("version")
    if version.__class__ is str and len(body) == 1:
        return _version_attribute(version)
    for kind in _SCALARS:
        if (value := body.get(kind)) is not None:
            return _shared_attribute(kind, _scalar(kind, value, kind))
    for kind, element in _LISTS.items():
        if body.get(kind) is not None:
            values = tuple(
                _scalar(element, value, f"{kind}[{index}]")
                for index, value in enumerate(items(body, kind))
            )
            return Attribute(kind, values)
    return Attribute("", None)


@functools.lru_cache(maxsize=65536)
def _version_attribute(value: str) -> Attribute:
    return Attribute("version", _scalar("version", value, "version"))


@functools.lru_cache(maxsize=65536)
def _shared_attribute(kind: Kind, value: Scalar) -> Attribute:
    # Kinds keep values apart that Python takes for equal, such as 1 and true.
    return Attribute(kind, value)


def _scalar(kind: Kind, value: Any, path: str) -> Scalar:
    if kind == "int":
        return int64(value, path)
    if kind == "bool":
        if isinstance(value, bool):
            return value
        raise mismatch(path, "true or false", value)
    if not isinstance(value, str):
        raise mismatch(path, "a string", value)
    if kind == "string":
        return value
    try:
        return SemVer.parse(value)
    except SemVerError as error:
        raise MalformedField(path, str(error)) from None


def _capacities(
    source: Wire, driver: str
) -> tuple[dict[str, Capacity], dict[str, Quantity]]:
    """Read capacities under their own names, and amounts under qualified ones."""
    capacity = mapped(source, "capacity", _capacity)
    amounts: dict[str, Quantity] = {}
    for name, entry in capacity.items():
        if "/" in name:
            amounts[name] = entry.value
        else:
            amounts.setdefault(qualified(name, driver), entry.value)
    return capacity, amounts


def _capacity(body: Any) -> Capacity:
    source = wire(body)
    value = source.get("value")
    if len(source) == 1 and value.__class__ is str:
        try:
            return _plain_capacity(value)
        except MalformedField as bad:
            raise bad.inside("value") from None
    return Capacity(
        quantity_field(source, "value"),
        within_if_set(source, "requestPolicy", _policy),
    )


@functools.lru_cache(maxsize=8192)
def _plain_capacity(value: str) -> Capacity:
    return Capacity(quantity(value))


def _policy(source: Wire) -> RequestPolicy:
    values = []
    for index, value in enumerate(items(source, "validValues")):
        try:
            values.append(quantity(value))
        except MalformedField as bad:
            raise bad.inside(f"validValues[{index}]") from None
    bounds = within(source, "validRange", _range)
    return RequestPolicy(
        default=quantity_if_set(source, "default"),
        valid_values=tuple(values),
        minimum=bounds[0],
        maximum=bounds[1],
        step=bounds[2],
        has_range=source.get("validRange") is not None,
    )


def _range(source: Wire) -> tuple[Quantity | None, Quantity | None, Quantity | None]:
    return (
        quantity_if_set(source, "min"),
        quantity_if_set(source, "max"),
        quantity_if_set(source, "step"),
    )


def _consumption(source: Wire) -> CounterConsumption:
    return CounterConsumption(text(source, "counterSet"), _counters(source))


def _counter_set(source: Wire) -> CounterSet:
    return CounterSet(text(source, "name"), _counters(source))


def _counters(source: Wire) -> dict[str, Quantity]:
    return mapped(source, "counters", lambda body: quantity_field(wire(body), "value"))


def taint(source: Wire, rule: str | None = None) -> Taint:
    """Read a device taint. `timeAdded` stays unset where the server would say now."""
    return Taint(
        key=text(source, "key"),
        value=text(source, "value"),
        effect=text(source, "effect"),
        time_added=text_if_set(source, "timeAdded"),
        rule=rule,
    )


def device_taint_rule(document: Wire) -> DeviceTaintRule:
    """Read a DeviceTaintRule in v1 form."""
    meta = cluster_meta(document)
    generation = within(
        document, "metadata", lambda source: integer(source, "generation")
    )
    conditions = within(
        document, "status", lambda status: each(status, "conditions", condition)
    )

    def read(spec: Wire) -> DeviceTaintRule:
        selector = child(spec, "deviceSelector")
        try:
            driver, pool, device = (
                text_if_set(selector, key) for key in ("driver", "pool", "device")
            )
        except MalformedField as bad:
            raise bad.inside("deviceSelector") from None
        return DeviceTaintRule(
            name=meta.name,
            taint=within(spec, "taint", lambda source: taint(source, meta.name)),
            selects=spec.get("deviceSelector") is not None,
            driver=driver,
            pool=pool,
            device=device,
            meta=meta,
            generation=generation,
            conditions=conditions,
        )

    return within(document, "spec", read)
