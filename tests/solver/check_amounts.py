"""How much a share of a device is, worked out from the API's text alone."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil

from dractl.model.devices import Capacity, Device, RequestPolicy
from dractl.model.quantity import NANO, Quantity

Amounts = dict[str, int]  # nanos by capacity name


def share_of(
    device: Device, requested: Mapping[str, Quantity] | None
) -> Amounts | None:
    """Return what a share takes of each capacity; None: it is not allowed."""
    if set(requested or {}) - set(device.capacity):
        return None
    share = {}
    for name, capacity in device.capacity.items():
        amount = _amount(capacity, (requested or {}).get(name))
        if not _allowed(amount, capacity.policy):
            return None
        share[name] = int(amount * NANO)
    return share


def capacity_left(device: Device, name: str, used: Iterable[Amounts]) -> int:
    """Return what is left of a capacity, in nanos; negative: overdrawn."""
    return device.capacity[name].value.nanos - sum(u.get(name, 0) for u in used)


def _number(quantity: Quantity) -> Fraction:
    return Fraction(quantity.nanos, NANO)


def _amount(capacity: Capacity, requested: Quantity | None) -> Fraction:
    policy = capacity.policy or RequestPolicy()
    if requested is None:
        return _number(capacity.value if policy.default is None else policy.default)
    amount = _number(requested)
    if policy.minimum is not None:
        low = _number(policy.minimum)
        if amount < low:
            return low
        if policy.step is None:
            return amount
        # With a step only whole numbers count, all of them rounded up.
        step = ceil(_number(policy.step))
        return Fraction(
            ceil(low) + step * ceil(Fraction(ceil(amount) - ceil(low), step))
        )
    large_enough = [v for v in map(_number, policy.valid_values) if v >= amount]
    return large_enough[0] if large_enough else amount


def _allowed(amount: Fraction, policy: RequestPolicy | None) -> bool:
    if policy is None or (
        policy.default is not None and amount == _number(policy.default)
    ):
        return True
    if policy.valid_values and not policy.has_range:
        return amount in map(_number, policy.valid_values)
    if policy.maximum is not None and amount > _number(policy.maximum):
        return False
    if policy.step is None or policy.minimum is None:
        return True
    beyond = ceil(amount) - ceil(_number(policy.minimum))
    return beyond % ceil(_number(policy.step)) == 0
