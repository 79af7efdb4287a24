"""Model objects with defaults: `device("gpu-0", memory="80Gi")`, `claim(request())`."""

# ruff: noqa: PLR0913 - a builder takes each field as a keyword with a default

import dataclasses
from collections.abc import Mapping, Sequence

from dractl.api.snapshot import Snapshot
from dractl.model.attributes import Attribute, SemVer, qualified
from dractl.model.claims import (
    Allocation,
    ClaimSpec,
    Constraint,
    DeviceClass,
    DeviceConfig,
    DeviceResult,
    ObjectMeta,
    Option,
    Request,
    ResourceClaim,
    Toleration,
)
from dractl.model.cluster import Profile
from dractl.model.devices import (
    Capacity,
    CounterConsumption,
    CounterSet,
    Device,
    DeviceId,
    NodeScope,
    ResourceSlice,
    Taint,
)
from dractl.model.quantity import Quantity
from dractl.model.taintrules import DeviceSelector, DeviceTaintRule
from dractl.model.workloads import Node, NodeTaint, Pod

DRIVER = "gpu.example.com"
POOL = "pool"
CLASS = "gpu"
NO_SCHEDULE = Taint("example.com/broken", "", "NoSchedule")
NO_EXECUTE = Taint("example.com/broken", "", "NoExecute")

Value = str | int | bool | SemVer


def quantities(amounts: Mapping[str, str]) -> dict[str, Quantity]:
    """Parse amounts."""
    return {name: Quantity.parse(amount) for name, amount in amounts.items()}


def attribute(value: Value) -> Attribute:
    """Return an attribute of the kind that the value has."""
    match value:
        case bool():
            return Attribute("bool", value)
        case int():
            return Attribute("int", value)
        case SemVer():
            return Attribute("version", value)
    return Attribute("string", value)


def device(
    name: str = "gpu-0",
    *,
    driver: str = DRIVER,
    pool: str = POOL,
    attributes: Mapping[str, Value] | None = None,
    capacity: Mapping[str, str] | None = None,
    memory: str | None = None,
    shared: bool = False,
    consumes: Mapping[str, Mapping[str, str]] | None = None,
    scope: NodeScope | None = None,
    taints: Sequence[Taint] = (),
    conditions: Sequence[str] = (),
    failures: Sequence[str] = (),
    binds: bool = False,
) -> Device:
    """Return a device; bare names are qualified with the driver."""
    amounts = quantities({**(capacity or {}), **({"memory": memory} if memory else {})})
    return Device(
        id=DeviceId(driver, pool, name),
        attributes={
            qualified(key, driver): attribute(value)
            for key, value in (attributes or {}).items()
        },
        capacity={key: Capacity(amount) for key, amount in amounts.items()},
        qualified_capacity={
            qualified(key, driver): amount for key, amount in amounts.items()
        },
        allow_multiple_allocations=shared,
        consumes=tuple(
            CounterConsumption(counter_set, quantities(counters))
            for counter_set, counters in (consumes or {}).items()
        ),
        scope=scope,
        taints=tuple(taints),
        binds_to_node=binds,
        binding_conditions=tuple(conditions),
        binding_failure_conditions=tuple(failures),
    )


def slice_(
    *devices: Device,
    name: str = "slice-0",
    driver: str = DRIVER,
    pool: str = POOL,
    node: str | None = "node-1",
    all_nodes: bool = False,
    generation: int = 1,
    count: int = 1,
    counters: Mapping[str, Mapping[str, str]] | None = None,
    per_device: bool | None = None,
) -> ResourceSlice:
    """Return a slice of one node, or of all; devices must name its driver and pool."""
    return ResourceSlice(
        name=name,
        driver=driver,
        pool=pool,
        generation=generation,
        slice_count=count,
        scope=NodeScope(node_name=None if all_nodes else node, all_nodes=all_nodes),
        per_device_scope=per_device,
        devices=devices,
        shared_counters=tuple(
            CounterSet(each, quantities(amounts))
            for each, amounts in (counters or {}).items()
        ),
    )


def option(
    name: str | None = None,
    *,
    device_class: str = CLASS,
    count: int = 1,
    every: bool = False,
    selectors: Sequence[str | None] = (),
    admin: bool | None = None,
    tolerations: Sequence[Toleration] = (),
    capacity: Mapping[str, str] | None = None,
) -> Option:
    """Return a way to satisfy a request; `every` asks for all devices that match."""
    return Option(
        name=name,
        device_class=device_class,
        selectors=tuple(selectors),
        mode="All" if every else "ExactCount",
        count=0 if every else count,
        admin_access=admin,
        tolerations=tuple(tolerations),
        capacity=None if capacity is None else quantities(capacity),
    )


def request(
    name: str = "gpu",
    *,
    device_class: str = CLASS,
    count: int = 1,
    every: bool = False,
    selectors: Sequence[str | None] = (),
    admin: bool | None = None,
    tolerations: Sequence[Toleration] = (),
    capacity: Mapping[str, str] | None = None,
) -> Request:
    """Return a request for devices of one class."""
    exact = option(
        device_class=device_class,
        count=count,
        every=every,
        selectors=selectors,
        admin=admin,
        tolerations=tolerations,
        capacity=capacity,
    )
    return Request(name, (exact,))


def first_of(name: str, *options: Option) -> Request:
    """Return a request for the first of the options that can be had."""
    return Request(name, options, prioritized=True)


def claim(
    *requests: Request,
    name: str = "claim-0",
    namespace: str = "default",
    constraints: Sequence[Constraint] = (),
    config: Sequence[DeviceConfig] = (),
    allocation: Allocation | None = None,
) -> ResourceClaim:
    """Return a claim; without requests it asks for nothing."""
    return ResourceClaim(
        meta=ObjectMeta(name, namespace, uid=f"uid-{name}"),
        spec=ClaimSpec(requests, tuple(constraints), tuple(config)),
        allocation=allocation,
    )


def held(*devices: Device, name: str = "held-0") -> ResourceClaim:
    """Return a claim that has the devices."""
    results = tuple(DeviceResult("r", each.id) for each in devices)
    return claim(
        request("r"), name=name, namespace="held", allocation=Allocation(results)
    )


def class_(name: str = CLASS, *selectors: str) -> DeviceClass:
    """Return a device class."""
    return DeviceClass(name, selectors)


def node(
    name: str = "node-1",
    *,
    labels: Mapping[str, str] | None = None,
    taints: Sequence[NodeTaint] = (),
    allocatable: Mapping[str, str] | None = None,
) -> Node:
    """Return a node."""
    return Node(
        meta=ObjectMeta(name, labels=labels or {}),
        taints=tuple(taints),
        allocatable=quantities(allocatable or {}),
    )


def rule(
    taint: Taint,
    *selector: str | None,
    name: str = "rule-0",
    selects: bool = True,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> DeviceTaintRule:
    """Return a rule for a driver, a pool, a device; without any, it is for all."""
    meta = ObjectMeta(name, labels=labels or {}, annotations=annotations or {})
    made = dataclasses.replace(taint, rule=name)
    parts = DeviceSelector(*selector)
    return DeviceTaintRule(name, made, selects, *parts, meta=meta)


def snapshot(
    *,
    kubernetes: str = "1.36",
    feature_gates: Mapping[str, bool] | None = None,
    nodes: Sequence[Node] | None = None,
    classes: Sequence[DeviceClass] | None = None,
    slices: Sequence[ResourceSlice] = (),
    claims: Sequence[ResourceClaim] = (),
    rules: Sequence[DeviceTaintRule] = (),
    pods: Sequence[Pod] = (),
) -> Snapshot:
    """Return a snapshot with one node and one class, if nothing else is said."""
    return Snapshot(
        profile=Profile.of(kubernetes, feature_gates),
        nodes=(node(),) if nodes is None else tuple(nodes),
        classes=(class_(),) if classes is None else tuple(classes),
        slices=tuple(slices),
        claims=tuple(claims),
        taint_rules=tuple(rules),
        pods=tuple(pods),
    )
