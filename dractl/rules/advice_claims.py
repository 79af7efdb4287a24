"""Rules about requests that no device can satisfy, and parts without effect."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dractl.api.decode_fields import quantity
from dractl.api.problems import MalformedField
from dractl.catalogue.nearest import nearest
from dractl.model.cluster import KubernetesVersion
from dractl.model.devices import Device, Taint
from dractl.model.quantity import Quantity
from dractl.rules.advice import advice
from dractl.rules.path import Path
from dractl.rules.registry import Severity, Violation
from dractl.rules.subject import Option, Subject, entries, mapping, number, text
from dractl.rules.world import World

MOST_DEVICES: Final = 32
_NAMES_ARE_EQUAL: Final = KubernetesVersion(1, 37)
_COMPARE: Final = ("matchAttribute", "distinctAttribute")
_BLOCKING: Final = frozenset({"NoSchedule", "NoExecute"})


def _least_counts(subject: Subject) -> Mapping[str, int]:
    """Return how many devices each request needs at least."""
    found: dict[str, int] = {}
    for option in subject.options:
        found[option.request] = min(
            found.get(option.request, option.count), option.count
        )
    return found


@advice("too-many-devices")
def too_many_devices(subject: Subject, _world: World) -> Iterator[Violation]:
    """A claim that needs more than 32 devices in all.

    The API server takes any count, but an allocation has room for 32 devices. The
    scheduler ends every attempt with an error. Use several claims, or `All` where the
    node has 32 devices at most.
    """
    counts = _least_counts(subject)
    total = sum(counts.values())
    if total <= MOST_DEVICES:
        return
    largest = max(subject.options, key=lambda each: each.count)
    yield Violation(
        "too-many-devices",
        largest.path.field("count"),
        f"the claim needs {total} devices; an allocation can hold {MOST_DEVICES}",
        fix="split it into several claims",
    )


@advice("no-device-matches")
def no_device_matches(subject: Subject, world: World) -> Iterator[Violation]:
    """A request that no device of the snapshot passes, or too few of them.

    Devices count here also when they are in use, and on whatever node they are. Of
    alternatives in `firstAvailable`, one that can be had is enough.
    """
    possible = {each.request for each in subject.options if not _lacking(each, world)}
    for option in subject.options:
        if option.request in possible:
            continue
        passing = world.passing(option) or ()
        count = len(passing) or "no"
        plural = "" if len(passing) == 1 else "s"
        yield Violation(
            "no-device-matches",
            option.path.field("deviceClassName"),
            f"wants {option.count}, and {count} device{plural} of the snapshot "
            f"pass{'es' if len(passing) == 1 else ''} the selectors of class "
            f"{option.device_class} and of the request",
        )


def _lacking(option: Option, world: World) -> bool:
    """Tell whether fewer devices pass than the option wants."""
    passing = world.passing(option)
    if passing is None or len(passing) >= option.count:
        return False
    return not any(each.allow_multiple_allocations for each in passing)


@advice("devices-tainted")
def devices_are_tainted(subject: Subject, world: World) -> Iterator[Violation]:
    """A request all of whose devices carry a taint that it does not tolerate.

    A taint with NoSchedule or NoExecute keeps claims away that have no matching
    `tolerations`. Those of the drivers and of DeviceTaintRules count.
    """
    if not subject.profile.enabled("DRADeviceTaints"):
        return
    for option in subject.options:
        passing = world.passing(option)
        if not passing or option.is_admin:
            continue
        blocking = [_blocking(each, option, world) for each in passing]
        first = blocking[0]
        if first is None or None in blocking:
            continue
        fix = f"tolerations: [{{key: {first.key}, operator: Exists}}]"
        yield Violation(
            "devices-tainted",
            option.path.field("deviceClassName"),
            f"all {len(passing)} matching devices are tainted, for instance with "
            f"{first.key}:{first.effect}",
            fix=fix,
        )


def _blocking(device: Device, option: Option, world: World) -> Taint | None:
    rules = (
        each.taint
        for each in world.taint_rules
        if each.selects
        and each.driver in {None, device.driver}
        and each.pool in {None, device.id.pool}
        and each.device in {None, device.name}
    )
    tolerations = entries(option.wire, "tolerations")
    for taint in (*device.taints, *rules):
        tolerated = any(_tolerates(each, taint) for each in tolerations)
        if taint.effect in _BLOCKING and not tolerated:
            return taint
    return None


def _tolerates(toleration: Any, taint: Taint) -> bool:
    if text(toleration, "effect") not in {"", taint.effect}:
        return False
    if text(toleration, "key") not in {"", taint.key}:
        return False
    exists = text(toleration, "operator") == "Exists"
    return exists or text(toleration, "value") == taint.value


# -- capacity


def _amounts(wire: Any, path: Path) -> Iterator[tuple[Path, str, Quantity]]:
    for name, value in mapping(wire, "capacity", "requests").items():
        try:
            amount = quantity(value)
        except MalformedField:
            continue  # the API server says so
        where = path.field("capacity", "requests").key(str(name))
        yield where, str(name), amount


@advice("capacity-not-positive")
def capacity_is_not_positive(subject: Subject, _world: World) -> Iterator[Violation]:
    """A request for a negative amount of capacity, or for nothing.

    The API server does not look at requested amounts. A negative one adds to what is
    left of the device, zero takes nothing from it.
    """
    for option in subject.options:
        for path, name, amount in _amounts(option.wire, option.path):
            if amount.nanos <= 0:
                yield Violation(
                    "capacity-not-positive",
                    path,
                    f"asks for {amount} of {name}",
                )


@advice("capacity-unknown")
def capacity_is_unknown(subject: Subject, world: World) -> Iterator[Violation]:
    """A requested capacity that no selected device has.

    Up to 1.36, the name has to be spelled as the driver publishes it: `memory` does
    not find `gpu.example.com/memory`.
    """
    for option in subject.options:
        passing = world.passing(option)
        names = {name for device in passing or () for name in device.capacity}
        if subject.profile.since(_NAMES_ARE_EQUAL):
            names |= {key for each in passing or () for key in each.qualified_capacity}
        for path, name, _ in _amounts(option.wire, option.path):
            if passing and name not in names:
                near = next(iter(nearest(name, names)), None)
                yield Violation(
                    "capacity-unknown",
                    path,
                    f"no matching device has the capacity {name}"
                    + (f", but {near}" if near else ""),
                    fix=near,
                )


@advice("capacity-too-large")
def capacity_is_too_large(subject: Subject, world: World) -> Iterator[Violation]:
    """A requested amount that no selected device has, or may give to one claim.

    A device has at most its capacity to give, and of that what the policy of the
    capacity allows: no more than the largest of its values, or than its maximum.
    """
    for option in subject.options:
        for path, name, amount in _amounts(option.wire, option.path):
            most = _most(world.passing(option) or (), name)
            if most is not None and amount > most:
                yield Violation(
                    "capacity-too-large",
                    path,
                    f"asks for {amount} of {name}; a matching device gives {most} at "
                    "most",
                )


def _most(devices: tuple[Device, ...], name: str) -> Quantity | None:
    """Return the largest amount that one claim could get of a capacity."""
    found = []
    for device in devices:
        capacity = device.capacity.get(name)
        if capacity is None:
            continue
        limits = [capacity.value]
        policy = capacity.policy
        if policy is not None and policy.valid_values:
            limits.append(max(policy.valid_values))
        if policy is not None and policy.maximum is not None:
            limits.append(policy.maximum)
        found.append(min(limits))
    return max(found, default=None)


# -- constraints and configuration


def _in_scope(wire: Any, options: tuple[Option, ...]) -> list[Option]:
    """Return the options that a constraint or a configuration applies to."""
    names = entries(wire, "requests")
    if not names:
        return list(options)
    return [
        each for each in options if each.request in names or each.full_name in names
    ]


@advice("constraint-without-effect")
def constraint_has_no_effect(subject: Subject, _world: World) -> Iterator[Violation]:
    """A constraint over a single device.

    `matchAttribute` and `distinctAttribute` compare devices with each other. Where the
    named requests want one device in all, there is nothing to compare; usually a
    request is missing from the list.
    """
    base = subject.spec_path.field("devices", "constraints")
    for place, wire in enumerate(_constraints(subject)):
        scope = _in_scope(wire, subject.options)
        requests = {each.request for each in scope}
        if len(requests) != 1 or any(_is_several(each) for each in scope):
            continue
        if not any(
            text(wire, each) for each in ("matchAttribute", "distinctAttribute")
        ):
            continue
        yield Violation(
            "constraint-without-effect",
            base.index(place),
            f"request {min(requests)} wants one device, so there is none to compare "
            "it with",
        )


def _constraints(subject: Subject) -> list[Any]:
    return entries(mapping(subject.spec, "devices"), "constraints") * subject.is_claim


def _is_several(option: Option) -> bool:
    is_all = text(option.wire, "allocationMode") == "All"
    return is_all or number(option.wire, "count", 1) > 1


@advice("constraint-half-ignored")
def constraint_is_half_ignored(subject: Subject, _world: World) -> Iterator[Violation]:
    """A constraint with matchAttribute and distinctAttribute.

    The API server accepts both in one constraint; the scheduler looks at
    `matchAttribute` only. Write two constraints.
    """
    base = subject.spec_path.field("devices", "constraints")
    for place, wire in enumerate(_constraints(subject)):
        if text(wire, "matchAttribute") and text(wire, "distinctAttribute"):
            yield Violation(
                "constraint-half-ignored",
                base.index(place).field("distinctAttribute"),
                "is ignored beside matchAttribute",
                fix="move it to a constraint of its own",
            )


@advice("constraint-unknown-attribute")
def constraint_attribute_is_unknown(
    subject: Subject, world: World
) -> Iterator[Violation]:
    """A constraint on an attribute that no device of the snapshot has.

    A device without the attribute is never chosen, so the claim stays pending. The
    name includes the domain: attributes of a driver are found as `driver/name`.
    """
    catalogue = world.catalogue
    if not catalogue.devices:
        return
    base = subject.spec_path.field("devices", "constraints")
    for place, wire in enumerate(_constraints(subject)):
        for kind in _COMPARE:
            name = text(wire, kind)
            if "/" not in name or catalogue.entry("attributes", name):
                continue
            derived = (
                entries(each.wire, "derivedAttributes") for each in subject.options
            )
            if any(text(each, "name") == name for some in derived for each in some):
                continue
            domain, _, identifier = name.partition("/")
            near = catalogue.nearest_name("attributes", domain, identifier)
            yield Violation(
                "constraint-unknown-attribute",
                base.index(place).field(kind),
                f"no device has the attribute {name}"
                + (f", but {near}" if near else ""),
                fix=near,
            )


def _derived(subject: Subject) -> set[str]:
    return {
        text(each, "name")
        for option in subject.options
        for each in entries(option.wire, "derivedAttributes")
    }


@advice("config-without-effect")
def config_has_no_effect(subject: Subject, world: World) -> Iterator[Violation]:
    """Configuration for a driver whose devices the requests cannot get.

    A configuration reaches only the driver that it names. Reported where the classes
    of all requests in its scope are known, and take devices of other drivers only.
    """
    base = subject.spec_path.field("devices", "config")
    configs = entries(mapping(subject.spec, "devices"), "config") * subject.is_claim
    for place, wire in enumerate(configs):
        driver = text(mapping(wire, "opaque"), "driver")
        scope = _in_scope(wire, subject.options)
        known = [world.drivers(each.device_class) for each in scope]
        if (
            not driver
            or not known
            or any(each is None or driver in each for each in known)
        ):
            continue
        names = ", ".join(sorted({name for each in known for name in each or ()}))
        yield Violation(
            "config-without-effect",
            base.index(place).field("opaque", "driver"),
            f"no request in its scope can get a device of {driver}, only of {names}",
            fix=names if "," not in names else None,
        )


@advice("claim-without-requests", Severity.INFO)
def claim_has_no_requests(subject: Subject, _world: World) -> Iterator[Violation]:
    """A claim that asks for nothing.

    The API server accepts it, and the scheduler allocates no devices.
    """
    devices = mapping(subject.spec, "devices")
    if subject.is_claim and not entries(devices, "requests"):
        yield Violation(
            "claim-without-requests",
            subject.spec_path.field("devices", "requests"),
            "the claim asks for no devices",
        )
