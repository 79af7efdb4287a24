"""Devices as drivers publish them: slices, pools, counters, capacity, taints."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from dractl.model.attributes import Attribute
from dractl.model.nodeselection import NodeSelector
from dractl.model.quantity import Quantity
from dractl.model.quick import quick

if TYPE_CHECKING:
    from dractl.model.claims import ObjectMeta


class DeviceId(NamedTuple):
    """What names a device in the whole cluster."""

    driver: str
    pool: str
    device: str

    def __str__(self) -> str:
        """Return driver/pool/device, as users type it."""
        return f"{self.driver}/{self.pool}/{self.device}"


@dataclass(frozen=True, slots=True)
class Taint:
    """Keeps claims away (NoSchedule), or also pods that run (NoExecute).

    `rule` names the DeviceTaintRule that put it there; None: the driver did.
    """

    key: str
    value: str
    effect: str
    time_added: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class RequestPolicy:
    """How much of a capacity one claim may ask for."""

    default: Quantity | None = None
    valid_values: tuple[Quantity, ...] = ()
    minimum: Quantity | None = None
    maximum: Quantity | None = None
    step: Quantity | None = None
    has_range: bool = False


@dataclass(frozen=True, slots=True)
class Capacity:
    """An amount that a device has, and the policy for sharing it, if it says one."""

    value: Quantity
    policy: RequestPolicy | None = None


@dataclass(frozen=True, slots=True)
class CounterConsumption:
    """What a device takes from one counter set when it is allocated."""

    counter_set: str
    counters: Mapping[str, Quantity]


@dataclass(frozen=True, slots=True)
class CounterSet:
    """Amounts that the devices of a pool draw from."""

    name: str
    counters: Mapping[str, Quantity]


@dataclass(frozen=True, slots=True)
class NodeScope:
    """Where a slice (or one device of it) can be used."""

    node_name: str | None = None
    all_nodes: bool = False
    selector: NodeSelector | None = None

    def includes(self, name: str, labels: Mapping[str, str]) -> bool:
        """Tell whether the node is in scope; NodeSelectorError if unparsable."""
        if self.node_name:
            return self.node_name == name
        if self.all_nodes:
            return True
        return self.selector is not None and self.selector.matches(name, labels)


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Device:
    """One device of a slice.

    `attributes` and `qualified_capacity` are keyed by `domain/name`, the driver being
    the domain of a bare name. `capacity` keeps the names as published: requests for
    capacity are compared with those (allocator_incubating.go, 1.36).
    """

    id: DeviceId
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    capacity: Mapping[str, Capacity] = field(default_factory=dict)
    qualified_capacity: Mapping[str, Quantity] = field(default_factory=dict)
    allow_multiple_allocations: bool = False
    consumes: tuple[CounterConsumption, ...] = ()
    scope: NodeScope | None = None
    taints: tuple[Taint, ...] = ()
    binds_to_node: bool = False
    binding_conditions: tuple[str, ...] = ()
    binding_failure_conditions: tuple[str, ...] = ()

    @property
    def driver(self) -> str:
        """The driver that published it."""
        return self.id.driver

    @property
    def name(self) -> str:
        """The name within its pool."""
        return self.id.device


@dataclass(frozen=True, slots=True, eq=False)
class ResourceSlice:
    """Part of a pool: devices, or counter sets that devices of the pool share.

    `meta` None: no document states it. `writers` are those whom the server knows to
    have written some of it.
    """

    name: str
    driver: str
    pool: str
    generation: int
    slice_count: int
    scope: NodeScope
    per_device_scope: bool | None = None
    devices: tuple[Device, ...] = ()
    shared_counters: tuple[CounterSet, ...] = ()
    meta: "ObjectMeta | None" = None
    writers: tuple[str, ...] = ()
