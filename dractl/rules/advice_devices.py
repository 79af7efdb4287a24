"""Rules about what drivers publish, and about taints that admins put on devices."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from dractl.api.decode_fields import quantity
from dractl.api.problems import MalformedField
from dractl.api.versions import GROUP
from dractl.rules.advice import advice
from dractl.rules.path import Path
from dractl.rules.registry import Severity, Violation
from dractl.rules.subject import Subject, entries, mapping, text
from dractl.rules.world import World

_STEP_IS_CHECKED: Final = 37


def _devices(subject: Subject) -> Iterator[tuple[Path, Any]]:
    base = Path.of("spec", "devices")
    devices = entries(subject.spec, "devices") if subject.is_slice else []
    for place, device in enumerate(devices):
        yield base.index(place), device


@advice("taint-rule-hits-all")
def rule_hits_all(subject: Subject, _world: World) -> Iterator[Violation]:
    """A DeviceTaintRule with an empty selector, which taints every device.

    `deviceSelector: {}` matches all devices of all drivers. With the effect NoExecute,
    every pod that uses any device is evicted. Name a driver, a pool or a device.
    """
    if subject.group != GROUP or subject.kind != "DeviceTaintRule":
        return
    selector = subject.spec.get("deviceSelector")
    if isinstance(selector, dict) and not any(
        selector.get(each) for each in ("driver", "pool", "device")
    ):
        effect = text(mapping(subject.spec, "taint"), "effect") or "its effect"
        yield Violation(
            "taint-rule-hits-all",
            Path.of("spec", "deviceSelector"),
            f"an empty selector taints every device of the cluster with {effect}",
            fix="name the driver, the pool or the device",
        )


@advice("taint-rule-hits-none")
def rule_hits_none(subject: Subject, _world: World) -> Iterator[Violation]:
    """A DeviceTaintRule without a selector, which taints no device."""
    if subject.group != GROUP or subject.kind != "DeviceTaintRule":
        return
    if subject.spec.get("deviceSelector") is None:
        yield Violation(
            "taint-rule-hits-none",
            Path.of("spec"),
            "without a deviceSelector the rule taints nothing",
            fix="deviceSelector: {driver: ...}",
        )


@advice("taint-rule-matches-nothing")
def rule_matches_nothing(subject: Subject, world: World) -> Iterator[Violation]:
    """A DeviceTaintRule for devices that the snapshot does not have."""
    if subject.kind != "DeviceTaintRule" or not world.devices:
        return
    selector = mapping(subject.spec, "deviceSelector")
    wanted = tuple(text(selector, each) for each in ("driver", "pool", "device"))
    if not any(wanted):
        return
    for device in world.devices:
        if all(
            not one or one == other
            for one, other in zip(wanted, device.id, strict=True)
        ):
            return
    near = world.catalogue.nearest_driver(wanted[0]) if wanted[0] else None
    yield Violation(
        "taint-rule-matches-nothing",
        Path.of("spec", "deviceSelector"),
        "no device of the snapshot matches",
        fix=f"driver: {near}" if near and near != wanted[0] else None,
    )


@advice("policy-step-zero")
def step_is_zero(subject: Subject, _world: World) -> Iterator[Violation]:
    """A request policy whose step is zero.

    Up to 1.36, the API server divides by the step when it checks the policy, and fails
    with an internal error instead of an answer. 1.37 refuses it.
    """
    if subject.profile.version.minor >= _STEP_IS_CHECKED:
        return
    for path, device in _devices(subject):
        for name, capacity in mapping(device, "capacity").items():
            limits = mapping(capacity, "requestPolicy", "validRange")
            if _is_zero(limits.get("step")):
                below = path.field("capacity").key(str(name))
                yield Violation(
                    "policy-step-zero",
                    below.field("requestPolicy", "validRange", "step"),
                    "a step of zero makes the API server fail",
                    fix="leave step out where any amount is fine",
                )


def _is_zero(value: Any) -> bool:
    if value is None:
        return False
    try:
        return quantity(value).nanos == 0
    except MalformedField:
        return False


@advice("amount-negative")
def amount_is_negative(subject: Subject, _world: World) -> Iterator[Violation]:
    """A negative capacity or counter.

    The API server accepts negative amounts in slices; no request ever fits into them.
    """
    for path, device in _devices(subject):
        for name, capacity in mapping(device, "capacity").items():
            where = path.field("capacity").key(str(name)).field("value")
            yield from _negative(where, mapping(capacity).get("value"))
        for place, consumed in enumerate(entries(device, "consumesCounters")):
            base = path.field("consumesCounters").index(place)
            yield from _counters(base, consumed)
    for place, each in enumerate(entries(subject.spec, "sharedCounters")):
        yield from _counters(Path.of("spec", "sharedCounters").index(place), each)


def _counters(path: Path, wire: Any) -> Iterator[Violation]:
    for name, counter in mapping(wire, "counters").items():
        where = path.field("counters").key(str(name)).field("value")
        yield from _negative(where, mapping(counter).get("value"))


def _negative(path: Path, value: Any) -> Iterator[Violation]:
    try:
        amount = quantity(value)
    except MalformedField:
        return
    if amount.nanos < 0:
        yield Violation("amount-negative", path, f"{amount} is less than nothing")


@advice("attribute-twice")
def attribute_is_there_twice(subject: Subject, _world: World) -> Iterator[Violation]:
    """An attribute or a capacity under its bare name and under that with the driver.

    `model` and `DRIVER/model` are the same for expressions, which get one or the other
    by chance.
    """
    driver = text(subject.spec, "driver")
    for path, device in _devices(subject):
        for kind in ("attributes", "capacity"):
            names = mapping(device, kind)
            for name in names:
                if f"{driver}/{name}" in names:
                    yield Violation(
                        "attribute-twice",
                        path.field(kind).key(str(name)),
                        f"is the same as {driver}/{name} for expressions",
                        fix="remove one of them",
                    )


@advice("slice-without-devices", Severity.INFO)
def slice_is_empty(subject: Subject, _world: World) -> Iterator[Violation]:
    """A ResourceSlice that publishes neither devices nor counters."""
    if subject.is_slice and not any(
        entries(subject.spec, each) for each in ("devices", "sharedCounters")
    ):
        yield Violation(
            "slice-without-devices", Path.of("spec"), "publishes no devices"
        )


@advice("pool-counter-unknown")
def counter_is_unknown(subject: Subject, _world: World) -> Iterator[Violation]:
    """A device that draws from a counter set which its pool does not define.

    The scheduler does not use the whole pool then. Looked at only where the slice says
    that it is the only one of its pool.
    """
    pool = mapping(subject.spec, "pool")
    if not subject.is_slice or pool.get("resourceSliceCount") != 1:
        return
    defined = {text(each, "name") for each in entries(subject.spec, "sharedCounters")}
    for path, device in _devices(subject):
        for place, consumed in enumerate(entries(device, "consumesCounters")):
            name = text(consumed, "counterSet")
            if name and name not in defined:
                yield Violation(
                    "pool-counter-unknown",
                    path.field("consumesCounters").index(place).field("counterSet"),
                    f"the pool has no counter set {name}, and one slice only; the "
                    "scheduler will not use it",
                )


@advice("pool-device-twice")
def device_is_twice(subject: Subject, world: World) -> Iterator[Violation]:
    """A device name that another slice of the same pool has as well.

    The scheduler does not use a pool in which a device is named twice.
    """
    if not subject.is_slice or not world.devices:
        return
    driver = text(subject.spec, "driver")
    pool = text(mapping(subject.spec, "pool"), "name")
    others = Counter(
        each.name for each in world.devices if each.id[:2] == (driver, pool)
    )
    for path, device in _devices(subject):
        if others[text(device, "name")] > 1:
            yield Violation(
                "pool-device-twice",
                path.field("name"),
                f"pool {pool} has a second device {text(device, 'name')}",
            )
