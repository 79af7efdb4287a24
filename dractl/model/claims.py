"""Claims: what a pod asks for and what it was given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dractl.model.devices import DeviceId
from dractl.model.nodeselection import NodeSelector
from dractl.model.quantity import Quantity
from dractl.model.quick import quick


@dataclass(frozen=True, slots=True)
class OwnerReference:
    """Who an object belongs to; `group` is that of its API, "" for the core one."""

    kind: str
    name: str
    uid: str = ""
    controller: bool = False
    group: str = ""


@quick
@dataclass(frozen=True, slots=True)
class ObjectMeta:
    """The metadata that dractl reads. Times are RFC 3339 text; "" and None: unset."""

    name: str
    namespace: str = ""
    uid: str = ""
    generate_name: str = ""
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    owners: tuple[OwnerReference, ...] = ()
    finalizers: tuple[str, ...] = ()
    resource_version: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Namespace and name."""
        return self.namespace, self.name


@dataclass(frozen=True, slots=True)
class Toleration:
    """Which device taints a request puts up with."""

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""
    seconds: int | None = None


@quick
@dataclass(frozen=True, slots=True)
class Option:
    """One way to satisfy a request: the request itself, or one of its subrequests.

    `name` is the subrequest's name, None for an exact request. A selector is the text
    of its CEL expression, None where it has none. `admin_access` None means unset,
    which differs from False where the feature is off. `capacity` None: not asked for.
    `derived` are the attributes, by qualified name, that CEL expressions stand for in
    constraints.
    """

    name: str | None
    device_class: str
    selectors: tuple[str | None, ...] = ()
    mode: str = "ExactCount"
    count: int = 1
    admin_access: bool | None = None
    tolerations: tuple[Toleration, ...] = ()
    capacity: Mapping[str, Quantity] | None = None
    derived: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A named request. Without options, it uses a type that this release lacks."""

    name: str
    options: tuple[Option, ...]
    prioritized: bool = False  # options come from firstAvailable


@dataclass(frozen=True, slots=True)
class Constraint:
    """Ties the devices of some requests (all, if none is named) to each other."""

    requests: tuple[str, ...] = ()
    match_attribute: str | None = None
    distinct_attribute: str | None = None


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """Configuration for a driver; `body` is the wire form without `requests`."""

    body: Mapping[str, Any]
    requests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimSpec:
    """The devices that a claim or template asks for."""

    requests: tuple[Request, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    config: tuple[DeviceConfig, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class DeviceResult:
    """One device in an allocation.

    A `share_id` of "*" stands for the random one that a scheduler would make up.
    """

    request: str
    device: DeviceId
    admin_access: bool = False
    tolerations: tuple[Toleration, ...] = ()
    binding_conditions: tuple[str, ...] = ()
    binding_failure_conditions: tuple[str, ...] = ()
    share_id: str | None = None
    consumed_capacity: Mapping[str, Quantity] | None = None


@dataclass(frozen=True, slots=True)
class ConfigResult:
    """A configuration in an allocation, from the class or from the claim."""

    source: str
    requests: tuple[str, ...]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Allocation:
    """What a claim was given, and on which nodes it can be used (None: on all)."""

    results: tuple[DeviceResult, ...] = ()
    config: tuple[ConfigResult, ...] = ()
    node_selector: NodeSelector | None = None
    timestamp: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A status condition."""

    type: str
    status: str
    reason: str = ""
    message: str = ""
    last_transition_time: str | None = None
    observed_generation: int | None = None


@dataclass(frozen=True, slots=True)
class NetworkData:
    """How an allocated network device is set up, as its driver says."""

    interface: str = ""
    addresses: tuple[str, ...] = ()  # with the length of their prefix
    hardware_address: str = ""


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """What the driver reports of one allocated device.

    `data` is the driver's own, as JSON in one line; "": there is none.
    """

    device: DeviceId
    share_id: str | None = None
    conditions: tuple[Condition, ...] = ()
    network: NetworkData | None = None
    data: str = ""


@dataclass(frozen=True, slots=True)
class ConsumerReference:
    """Who a claim is reserved for."""

    resource: str
    name: str
    uid: str = ""
    api_group: str = ""


@quick
@dataclass(frozen=True, slots=True)
class ResourceClaim:
    """A claim with its state.

    `free_status` is a `status.driverStatus`, which articles show and no API has.
    """

    meta: ObjectMeta
    spec: ClaimSpec
    allocation: Allocation | None = None
    reserved_for: tuple[ConsumerReference, ...] = ()
    devices: tuple[DeviceStatus, ...] = ()
    free_status: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ResourceClaimTemplate:
    """What the claims that are made from it look like."""

    meta: ObjectMeta
    spec: ClaimSpec
    claim_labels: Mapping[str, str] = field(default_factory=dict)
    claim_annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeviceClass:
    """A kind of device that requests can name."""

    name: str
    selectors: tuple[str | None, ...] = ()
    config: tuple[DeviceConfig, ...] = ()
    extended_resource_name: str | None = None
    creation_timestamp: str | None = None
