"""Rules of the capacities of devices, and of the policies for sharing them."""

from collections.abc import Iterator
from typing import Final

from dractl.model.cluster import KubernetesVersion, Profile
from dractl.model.quantity import Quantity
from dractl.rules.attributes import key_path
from dractl.rules.drivers import check_qualified
from dractl.rules.path import Path
from dractl.rules.reasons import (
    INTERNAL,
    duplicate,
    forbidden,
    invalid,
    required,
    too_many,
)
from dractl.rules.registry import Violation, rule
from dractl.rules.wire import Wire

MOST_VALUES: Final = 10
DEFAULT_IS_BLAMED: Final = KubernetesVersion(1, 37)
ZERO_STEP_IS_REFUSED: Final = KubernetesVersion(1, 37)
_ZERO: Final = Quantity.of(0)


def check_capacities(device: Wire, path: Path, profile: Profile) -> Iterator[Violation]:
    """Walk through the capacities of a device."""
    path = path.field("capacity")
    shared = device.get("allowMultipleAllocations", False)
    for key, capacity in device.get("capacity", {}).items():
        yield from capacity_key(key, path, profile)
        policy = capacity.get("requestPolicy")
        if policy is None:
            continue
        where = key_path(path, key).field("requestPolicy")
        if shared:
            value = capacity.get("value", _ZERO)
            yield from _check_policy(policy, value, where, profile)
        else:
            yield from capacity_policy_needs_multi(where)


def _check_policy(
    policy: Wire, value: Quantity, path: Path, profile: Profile
) -> Iterator[Violation]:
    values, ranged = policy.get("validValues", ()), policy.get("validRange")
    if values and ranged is not None:
        yield from policy_one_of(path)
    elif not values and ranged is None:
        return
    elif "default" not in policy:
        yield from policy_default_required(path.field("default"))
    elif values:
        yield from _check_values(
            values, policy["default"], value, path.field("validValues")
        )
    elif ranged is None or "min" not in ranged:
        yield from policy_range_min_required(path.field("validRange", "min"))
    else:
        yield from _check_range(policy, value, path, profile)


def _check_values(
    values: list[Quantity], default: Quantity, value: Quantity, path: Path
) -> Iterator[Violation]:
    yield from policy_values_sorted(values, path)
    if len(values) > MOST_VALUES:
        yield from policy_values_max(len(values), path)
        yield from policy_values_default(default, (), path)
        return
    seen: set[int] = set()
    for index, each in enumerate(values):
        where = path.index(index)
        yield from policy_values_le_capacity(each, value, where)
        if each.ceiling in seen:
            yield from policy_values_unique(each, where)
        seen.add(each.ceiling)
    yield from policy_values_default(default, tuple(values), path)


def _check_range(
    policy: Wire, value: Quantity, path: Path, profile: Profile
) -> Iterator[Violation]:
    default, ranged = policy["default"], policy["validRange"]
    least, most, step = ranged["min"], ranged.get("max"), ranged.get("step")
    path = path.field("validRange")
    blamed = profile.since(DEFAULT_IS_BLAMED)
    yield from policy_range_min_le_capacity(least, value, path.field("min"))
    yield from policy_range_default_ge_min(
        default, least, path.field("default" if blamed else "min")
    )
    if most is not None:
        yield from policy_range_min_le_max(least, most, path.field("max"))
        yield from policy_range_max_le_capacity(most, value, path.field("max"))
        yield from policy_range_default_le_max(
            default, most, path.field("default" if blamed else "max")
        )
    if step is None:
        return
    path = path.field("step")
    yield from policy_range_step_fits(least, step, value, path)
    if step.ceiling == 0 or (step.ceiling < 0 and profile.since(ZERO_STEP_IS_REFUSED)):
        yield from policy_range_step_zero(step, path, profile)
        return
    yield from policy_range_step_default(default, least, step, path)
    if most is not None:
        yield from policy_range_step_max(most, least, step, path)


@rule("capacity-key")
def capacity_key(name: str, path: Path, profile: Profile) -> Iterator[Violation]:
    """A capacity has the name of an identifier, with or without a domain.

    At most 32 bytes of letters, digits and '_'; the value can be any amount. What is
    wrong is reported at the map.
    """
    yield from check_qualified("capacity-key", name, path, profile)


@rule("capacity-policy-needs-multi")
def capacity_policy_needs_multi(path: Path) -> Iterator[Violation]:
    """A policy for sharing is only on devices that can be allocated more than once."""
    message = "a device that is allocated as a whole cannot have a policy for sharing"
    fix = "add allowMultipleAllocations: true to the device"
    yield from forbidden("capacity-policy-needs-multi", path, message, fix)


@rule("policy-one-of")
def policy_one_of(path: Path) -> Iterator[Violation]:
    """A policy has valid values or a valid range, not both."""
    message = "validValues and validRange exclude each other"
    yield from forbidden("policy-one-of", path, message, "keep one of them")


@rule("policy-default-required")
def policy_default_required(path: Path) -> Iterator[Violation]:
    """A policy with valid values or a valid range has a default.

    It is what a request gets that asks for no amount.
    """
    yield from required("policy-default-required", path, "the policy has no default")


@rule("policy-values-sorted")
def policy_values_sorted(values: list[Quantity], path: Path) -> Iterator[Violation]:
    """Valid values ascend."""
    for index in range(1, len(values)):
        if values[index] < values[index - 1]:
            message = f"{values[index]} is less than {values[index - 1]} before it"
            yield from invalid(
                "policy-values-sorted", path.index(index), message, "sort the values"
            )


@rule("policy-values-max")
def policy_values_max(count: int, path: Path) -> Iterator[Violation]:
    """A policy has at most 10 valid values."""
    yield from too_many("policy-values-max", path, count, MOST_VALUES)


@rule("policy-values-unique")
def policy_values_unique(value: Quantity, path: Path) -> Iterator[Violation]:
    """Valid values differ, even when rounded up to whole numbers.

    So 100m and 200m, which both round up to 1, exclude each other.
    """
    yield from duplicate("policy-values-unique", path, value)


@rule("policy-values-le-capacity")
def policy_values_le_capacity(
    value: Quantity, most: Quantity, path: Path
) -> Iterator[Violation]:
    """A valid value is no more than there is."""
    if most < value:
        message = f"{value} is more than the capacity of {most}"
        yield from invalid("policy-values-le-capacity", path, message)


@rule("policy-values-default")
def policy_values_default(
    default: Quantity, values: tuple[Quantity, ...], path: Path
) -> Iterator[Violation]:
    """The default is one of the valid values.

    Where there are too many of those, this is reported in any case.
    """
    if default not in values:
        message = f"the default {default} is none of the valid values"
        yield from invalid("policy-values-default", path, message)


@rule("policy-range-min-required")
def policy_range_min_required(path: Path) -> Iterator[Violation]:
    """A valid range has a minimum."""
    yield from required("policy-range-min-required", path, "the range has no minimum")


@rule("policy-range-min-le-capacity")
def policy_range_min_le_capacity(
    least: Quantity, value: Quantity, path: Path
) -> Iterator[Violation]:
    """The minimum is no more than there is. It may be negative."""
    if value < least:
        message = f"the minimum {least} is more than the capacity of {value}"
        yield from invalid("policy-range-min-le-capacity", path, message)


@rule("policy-range-default-ge-min")
def policy_range_default_ge_min(
    default: Quantity, least: Quantity, path: Path
) -> Iterator[Violation]:
    """The default is no less than the minimum.

    Reported at the minimum up to 1.36, at the default since 1.37.
    """
    if default < least:
        message = f"the default {default} is less than the minimum {least}"
        yield from invalid("policy-range-default-ge-min", path, message)


@rule("policy-range-min-le-max")
def policy_range_min_le_max(
    least: Quantity, most: Quantity, path: Path
) -> Iterator[Violation]:
    """The minimum is no more than the maximum."""
    if most < least:
        message = f"the maximum {most} is less than the minimum {least}"
        yield from invalid("policy-range-min-le-max", path, message)


@rule("policy-range-max-le-capacity")
def policy_range_max_le_capacity(
    most: Quantity, value: Quantity, path: Path
) -> Iterator[Violation]:
    """The maximum is no more than there is."""
    if value < most:
        message = f"the maximum {most} is more than the capacity of {value}"
        yield from invalid("policy-range-max-le-capacity", path, message)


@rule("policy-range-default-le-max")
def policy_range_default_le_max(
    default: Quantity, most: Quantity, path: Path
) -> Iterator[Violation]:
    """The default is no more than the maximum.

    Reported at the maximum up to 1.36, at the default since 1.37.
    """
    if most < default:
        message = f"the default {default} is more than the maximum {most}"
        yield from invalid("policy-range-default-le-max", path, message)


@rule("policy-range-step-fits")
def policy_range_step_fits(
    least: Quantity, step: Quantity, value: Quantity, path: Path
) -> Iterator[Violation]:
    """One step above the minimum is no more than there is."""
    if value < least + step:
        message = f"{least} and a step of {step} are more than the capacity of {value}"
        yield from invalid("policy-range-step-fits", path, message)


@rule("policy-range-step-zero")
def policy_range_step_zero(
    step: Quantity, path: Path, profile: Profile
) -> Iterator[Violation]:
    """A step is above zero.

    Up to 1.36 the server divides by it and breaks off with an internal error; since
    1.37 it is refused.
    """
    message = f"a step of {step} leads nowhere"
    if profile.since(ZERO_STEP_IS_REFUSED):
        yield from invalid("policy-range-step-zero", path, message, "use 1 or more")
    else:
        message += ": the server divides by zero and answers with an internal error"
        code = "policy-range-step-zero"
        yield Violation(code, path, message, INTERNAL, "use 1 or more")


@rule("policy-range-step-default")
def policy_range_step_default(
    default: Quantity, least: Quantity, step: Quantity, path: Path
) -> Iterator[Violation]:
    """The default is a whole number of steps above the minimum.

    All of them are rounded up to whole numbers first.
    """
    if not _is_hit(default, least, step):
        message = f"steps of {step} from {least} do not hit the default {default}"
        yield from invalid("policy-range-step-default", path, message)


@rule("policy-range-step-max")
def policy_range_step_max(
    most: Quantity, least: Quantity, step: Quantity, path: Path
) -> Iterator[Violation]:
    """The maximum is a whole number of steps above the minimum.

    All of them are rounded up to whole numbers first.
    """
    if not _is_hit(most, least, step):
        message = f"steps of {step} from {least} do not hit the maximum {most}"
        yield from invalid("policy-range-step-max", path, message)


def _is_hit(value: Quantity, least: Quantity, step: Quantity) -> bool:
    """Tell whether a value is a whole number of steps above the minimum."""
    return (value.ceiling - least.ceiling) % step.ceiling == 0
