"""Quotas on devices: what one more claim would bring a namespace to.

Follows Kubernetes 1.36, pkg/quota/v1/evaluator/core/resource_claims.go: requests for
all devices count as 32, alternatives as the largest of them for each class.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dractl.diagnose.world import World
from dractl.model.claims import ClaimSpec, DeviceClass, Option
from dractl.model.quantity import Quantity
from dractl.solver.extended import IMPLICIT
from dractl.solver.rules import MAX_DEVICES

_OBJECTS: Final = "count/resourceclaims.resource.k8s.io"
_DEVICES: Final = ".deviceclass.resource.k8s.io/devices"


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A limit that one more claim would pass."""

    quota: str
    resource: str
    hard: Quantity
    used: Quantity
    asked: int

    @property
    def needed(self) -> Quantity:
        """The limit with which the claim could be made."""
        return self.used + Quantity.of(self.asked)

    def __str__(self) -> str:
        return (
            f"quota {self.quota} allows {self.hard} of {self.resource}, {self.used} "
            f"are used and {self.asked} more are asked for"
        )

    def described(self) -> dict[str, object]:
        """Return the limit as evidence."""
        return {
            "quota": self.quota,
            "resource": self.resource,
            "hard": str(self.hard),
            "used": str(self.used),
            "asked": self.asked,
        }


def exceeded(world: World, namespace: str, spec: ClaimSpec) -> list[Exceeded]:
    """Return the limits of a namespace that one more such claim would pass."""
    charged = dict(charges(world.snapshot.class_by_name, spec))
    return [
        Exceeded(quota.meta.name, resource, hard, used, charged[resource])
        for quota in world.snapshot.quotas
        if quota.meta.namespace == namespace
        for resource, hard in quota.hard.items()
        if resource in charged
        for used in [quota.used.get(resource, Quantity.of(0))]
        if used + Quantity.of(charged[resource]) > hard
    ]


def charges(
    classes: Mapping[str, DeviceClass], spec: ClaimSpec
) -> Iterator[tuple[str, int]]:
    """Yield what a claim counts as against quotas, key by key; `classes` by name."""
    yield _OBJECTS, 1
    for name, number in _devices(spec).items():
        for key in keys_of(name, classes.get(name)):
            yield key, number


def keys_of(name: str, device_class: DeviceClass | None) -> Iterator[str]:
    """Yield the keys by which quotas limit the devices of a class."""
    yield f"{name}{_DEVICES}"
    yield f"requests.{IMPLICIT}{name}"
    if device_class is not None and device_class.extended_resource_name:
        yield f"requests.{device_class.extended_resource_name}"


def class_of(key: str) -> str:
    """Return the class that a key names; "" if it names an extended resource or else.

    The class need not exist.
    """
    if key.endswith(_DEVICES):
        return key.removesuffix(_DEVICES)
    implicit = f"requests.{IMPLICIT}"
    return key.removeprefix(implicit) if key.startswith(implicit) else ""


def _devices(spec: ClaimSpec) -> Mapping[str, int]:
    """Return how many devices of each class a claim is charged with."""
    total: dict[str, int] = {}
    for request in spec.requests:
        most: dict[str, int] = {}
        for option in request.options:
            name = option.device_class
            most[name] = max(most.get(name, 0), _number(option))
        for name, number in most.items():
            total[name] = total.get(name, 0) + number
    return total


def _number(option: Option) -> int:
    return MAX_DEVICES if option.mode == "All" else option.count
