"""How much of a device one share consumes, and whether that is allowed.

Follows Kubernetes 1.36, structured/internal/incubating/allocator_incubating.go and
structured/internal/… consumable capacity: all amounts here are nanos.
"""

from collections.abc import Mapping

from dractl.model.devices import Capacity, Device, RequestPolicy
from dractl.model.quantity import Quantity

Amounts = Mapping[str, int]  # nanos by capacity name
NOTHING: Amounts = {}


def share(
    device: Device, requested: Mapping[str, Quantity] | None
) -> dict[str, Quantity] | None:
    """Return what one share takes of each capacity; None: not to be had at all.

    Not to be had: a requested capacity that the device lacks, or an amount that its
    policy does not allow. How much is left is not looked at.
    """
    requests = requested or {}
    if any(name not in device.capacity for name in requests):
        return None
    taken = {}
    for name, capacity in device.capacity.items():
        amount = _amount(capacity, requests.get(name))
        if capacity.policy is not None and _violates(amount, capacity.policy):
            return None
        taken[name] = amount
    return taken


def _amount(capacity: Capacity, requested: Quantity | None) -> Quantity:
    policy = capacity.policy
    if requested is None:
        default = policy.default if policy is not None else None
        return capacity.value if default is None else default
    if policy is None:
        return requested
    if policy.has_range and policy.minimum is not None:
        return _in_range(requested, policy.minimum, policy.step)
    if policy.valid_values:
        return next((v for v in policy.valid_values if requested <= v), requested)
    return requested


def _in_range(requested: Quantity, low: Quantity, step: Quantity | None) -> Quantity:
    if requested < low:
        return low
    if step is None:
        return requested
    # Upstream rounds all three up to whole numbers and answers in binary notation.
    beyond = requested.ceiling - low.ceiling
    steps = -(-beyond // step.ceiling)
    return Quantity.of(low.ceiling + step.ceiling * steps, "BinarySI")


def _violates(amount: Quantity, policy: RequestPolicy) -> bool:
    if policy.default is not None and amount == policy.default:
        return False
    if policy.has_range:
        if policy.maximum is not None and amount > policy.maximum:
            return True
        if policy.step is None or policy.minimum is None:
            return False
        return (amount.ceiling - policy.minimum.ceiling) % policy.step.ceiling != 0
    return bool(policy.valid_values) and amount not in policy.valid_values


def least(device: Device) -> dict[str, Quantity]:
    """Return the smallest share that a claim could ask for, as far as policies tell.

    Where they set no lower limit, any amount above zero can be had.
    """
    return {name: _least(capacity) for name, capacity in device.capacity.items()}


def _least(capacity: Capacity) -> Quantity:
    policy = capacity.policy
    amounts: list[Quantity | None] = []
    if policy is not None and policy.valid_values:
        amounts = [*policy.valid_values, policy.default]
    elif policy is not None and policy.has_range and policy.minimum is not None:
        amounts = [policy.minimum, policy.default]
    anything = min(capacity.value, Quantity(1))
    return min((each for each in amounts if each is not None), default=anything)


def shares_left(
    device: Device, taken: Mapping[str, Quantity], *used: Amounts
) -> int | None:
    """Return how many more shares of that size fit; None: without limit."""
    least: int | None = None
    for name, amount in taken.items():
        left = device.capacity[name].value.nanos - sum(u.get(name, 0) for u in used)
        if left < amount.nanos:
            return 0
        if amount.nanos > 0:
            fitting = left // amount.nanos
            least = fitting if least is None else min(least, fitting)
    return least


def fits(device: Device, taken: Mapping[str, Quantity], *used: Amounts) -> bool:
    """Tell whether one more share fits beside what is used."""
    capacity = device.capacity
    for name, amount in taken.items():
        left = capacity[name].value.nanos
        for amounts in used:
            left -= amounts.get(name, 0)
        if amount.nanos > left:
            return False
    return True
