"""Rules of taints, tolerations and DeviceTaintRule."""

from collections.abc import Iterator
from typing import Final

from dractl.model.cluster import Profile
from dractl.model.names import dns_label, label_key, label_value
from dractl.model.taintrules import effects_of
from dractl.rules.drivers import check_driver, check_pool
from dractl.rules.metadata import check_metadata
from dractl.rules.path import Path
from dractl.rules.reasons import (
    invalid,
    invalid_each,
    not_supported,
    required,
    shown,
)
from dractl.rules.registry import Violation, rule
from dractl.rules.wire import Wire

_OPERATORS: Final = ("Exists", "Equal")


def check_rule(document: Wire, profile: Profile) -> Iterator[Violation]:
    """Walk through a DeviceTaintRule."""
    yield from check_metadata(
        document.get("metadata", {}), Path.of("metadata"), namespaced=False
    )
    spec = document.get("spec", {})
    selector, path = spec.get("deviceSelector", {}), Path.of("spec", "deviceSelector")
    if "driver" in selector:
        yield from rule_driver(selector["driver"], path.field("driver"))
    if "pool" in selector:
        yield from rule_pool(selector["pool"], path.field("pool"))
    if "device" in selector:
        yield from rule_device(selector["device"], path.field("device"))
    yield from check_taint(spec.get("taint", {}), Path.of("spec", "taint"), profile)


def check_taint(taint: Wire, path: Path, profile: Profile) -> Iterator[Violation]:
    """Walk through a taint."""
    yield from taint_key(taint.get("key", ""), path.field("key"))
    if taint.get("value"):
        yield from taint_value(taint["value"], path.field("value"))
    yield from taint_effect(taint.get("effect", ""), path.field("effect"), profile)


def check_toleration(
    toleration: Wire, path: Path, profile: Profile
) -> Iterator[Violation]:
    """Walk through a toleration; its operator has its default by now."""
    if toleration.get("key"):
        yield from toleration_key(toleration["key"], path.field("key"))
    operator, value = toleration.get("operator", ""), toleration.get("value", "")
    if operator == "Exists":
        yield from toleration_value_exists(value, path.field("value"))
    elif operator == "Equal":
        yield from toleration_value_equal(value, path.field("value"))
    else:
        yield from toleration_operator(operator, path.field("operator"))
    if toleration.get("effect"):
        yield from toleration_effect(
            toleration["effect"], path.field("effect"), profile
        )


@rule("rule-driver")
def rule_driver(name: str, path: Path) -> Iterator[Violation]:
    """A driver that a DeviceTaintRule selects by has the name of a driver.

    At most 63 bytes of a DNS subdomain, in which upper case is allowed. Leave the field
    out to select devices of all drivers.
    """
    yield from check_driver("rule-driver", name, path)


@rule("rule-pool")
def rule_pool(name: str, path: Path) -> Iterator[Violation]:
    """A pool that a DeviceTaintRule selects by has the name of a pool.

    DNS subdomains with '/' between, at most 253 bytes in all.
    """
    yield from check_pool("rule-pool", name, path)


@rule("rule-device")
def rule_device(name: str, path: Path) -> Iterator[Violation]:
    """A device that a DeviceTaintRule selects by has the name of a device.

    That is a DNS label: at most 63 bytes of lower-case letters, digits and '-'.
    """
    yield from invalid_each("rule-device", path, name, dns_label(name))


@rule("taint-key")
def taint_key(key: str, path: Path) -> Iterator[Violation]:
    """A taint has a key like that of a label."""
    yield from invalid_each("taint-key", path, key, label_key(key))


@rule("taint-value")
def taint_value(value: str, path: Path) -> Iterator[Violation]:
    """The value of a taint is like that of a label: at most 63 bytes, or empty."""
    yield from invalid_each("taint-value", path, value, label_value(value))


@rule("taint-effect")
def taint_effect(effect: str, path: Path, profile: Profile) -> Iterator[Violation]:
    """A taint has an effect: NoSchedule, NoExecute, or since 1.35 None."""
    choices = effects_of(profile)
    if not effect:
        message = "the taint has no effect"
        yield from required("taint-effect", path, message, "NoSchedule")
    elif effect not in choices:
        yield from not_supported("taint-effect", path, effect, choices)


@rule("toleration-key")
def toleration_key(key: str, path: Path) -> Iterator[Violation]:
    """The key of a toleration is like that of a label; none means all keys."""
    yield from invalid_each("toleration-key", path, key, label_key(key))


@rule("toleration-operator")
def toleration_operator(operator: str, path: Path) -> Iterator[Violation]:
    """The operator of a toleration is Exists or Equal; Equal is the default."""
    yield from not_supported("toleration-operator", path, operator, _OPERATORS)


@rule("toleration-value-exists")
def toleration_value_exists(value: str, path: Path) -> Iterator[Violation]:
    """A toleration with the operator Exists has no value: it tolerates all of them."""
    if value:
        message = f"Exists tolerates all values, so {shown(value)} means nothing"
        fix = "remove the value, or use Equal"
        yield from invalid("toleration-value-exists", path, message, fix)


@rule("toleration-value-equal")
def toleration_value_equal(value: str, path: Path) -> Iterator[Violation]:
    """The value of a toleration is one that taints can have."""
    yield from invalid_each("toleration-value-equal", path, value, label_value(value))


@rule("toleration-effect")
def toleration_effect(effect: str, path: Path, profile: Profile) -> Iterator[Violation]:
    """The effect of a toleration is one that taints can have; none means all."""
    choices = effects_of(profile)
    if effect not in choices:
        yield from not_supported("toleration-effect", path, effect, choices)
