"""How devices are, as an answer: levels, what says so, and whom it concerns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from dractl.model.claims import Condition, DeviceStatus, ObjectMeta, ResourceClaim
from dractl.model.cluster import Profile
from dractl.model.devices import DeviceId
from dractl.model.taintrules import DeviceTaintRule
from dractl.model.workloads import Pod
from dractl.taints.eviction import Due
from dractl.taints.notices import Notice


class Level(StrEnum):
    """How a device is, worst first; unknown: somebody should know, and does not."""

    UNHEALTHY = "unhealthy"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"
    HEALTHY = "healthy"


ORDER: Mapping[Level, int] = {level: number for number, level in enumerate(Level)}
"""The place of each level, worst first."""


class Thing(NamedTuple):
    """Something of which only a pod speaks: a device that no ResourceSlice has.

    `resource` is as in the pod's status: `claim:NAME/REQUEST`, or what a device plugin
    serves; then `device` is the plugin's own name of it.
    """

    resource: str
    device: str
    node: str

    def __str__(self) -> str:
        """Return it as text for users."""
        where = f" on node {self.node}" if self.node else ""
        return f"{self.resource} {self.device}{where}"


class FreeClaim(NamedTuple):
    """The devices of a claim that has none yet, of which a file speaks all the same."""

    namespace: str
    name: str

    def __str__(self) -> str:
        """Return it as text for users."""
        return f"claim {self.namespace}/{self.name}"


Subject = DeviceId | Thing | FreeClaim


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that is said of a device. The message does not name the device.

    `level` None: it is only to be known. `since` is RFC 3339, None where nobody says.
    `rule` names the DeviceTaintRule that it is from.
    """

    code: str
    level: Level | None
    message: str
    since: str | None = None
    rule: str | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str | None]:
        """What signs of several devices have in common that say the same."""
        return self.code, self.message, self.rule


class User(NamedTuple):
    """A pod that has a device, and when a taint evicts it; None: never."""

    pod: Pod
    due: Due | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A device with all that is said of it.

    `nodes` are where it is, without those of what several nodes share. `is_published`
    None: no slices were seen. `statuses` are those that its driver wrote into claims.
    """

    subject: Subject
    level: Level
    signs: tuple[Sign, ...]
    nodes: tuple[str, ...] = ()
    is_published: bool | None = True
    claims: tuple[ResourceClaim, ...] = ()
    users: tuple[User, ...] = ()
    statuses: tuple[DeviceStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class Silent:
    """Devices of a driver of which nobody says how they are, and why that is so.

    `is_in_use` None: it was not seen. `switch` is what the driver needs to publish
    health, "" where that is not known.
    """

    driver: str
    is_in_use: bool | None
    devices: tuple[DeviceId, ...]
    why: str
    switch: str = ""


@dataclass(frozen=True, slots=True)
class Eviction:
    """How far a rule that evicts pods is. `leaving` are the pods that it evicts yet."""

    rule: DeviceTaintRule
    said: Condition | None
    leaving: tuple[User, ...]


@dataclass(frozen=True, slots=True)
class FreeStatus:
    """A `status.driverStatus` of a claim, and what says the same in today's API."""

    claim: ObjectMeta
    fields: tuple[tuple[str, str], ...]
    instead: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Health:
    """The answer. `states` are devices of which something is said, worst first."""

    profile: Profile
    states: tuple[State, ...]
    counts: Mapping[Level, int]
    silent: tuple[Silent, ...] = ()
    evictions: tuple[Eviction, ...] = ()
    free: tuple[FreeStatus, ...] = ()
    notices: tuple[Notice, ...] = ()
