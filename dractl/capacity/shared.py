"""How much is left of the capacity of devices that several claims may share."""

from collections.abc import Iterable
from dataclasses import dataclass

from dractl.capacity.devices import Amount, DeviceUse
from dractl.capacity.partitions import HAVABLE
from dractl.model.quantity import Quantity


@dataclass(frozen=True, slots=True)
class SharedCapacity:
    """A capacity of the shared devices of one model.

    `left` is what devices have that are not tainted or unusable; one share has to come
    from one device, so `most` is how large it can be, on `device`.
    """

    model: str
    name: str
    devices: int
    total: Quantity
    left: Quantity
    most: Quantity
    device: str


def shared_capacity(fleet: Iterable[DeviceUse]) -> tuple[SharedCapacity, ...]:
    """Return the capacities of shared devices, in the order of the fleet."""
    found: dict[tuple[str, str], list[tuple[DeviceUse, Amount]]] = {}
    for use in fleet:
        for amount in use.amounts if use.is_shared else ():
            found.setdefault((use.model, amount.name), []).append((use, amount))
    return tuple(_sum(model, name, each) for (model, name), each in found.items())


def _sum(
    model: str, name: str, amounts: list[tuple[DeviceUse, Amount]]
) -> SharedCapacity:
    form = amounts[0][1].total.format
    left = {
        str(use.id): max(amount.left.nanos, 0)
        for use, amount in amounts
        if use.state in HAVABLE
    }
    device = max(left, key=lambda each: left[each], default="")
    return SharedCapacity(
        model,
        name,
        len(amounts),
        Quantity(sum(amount.total.nanos for _, amount in amounts), form),
        Quantity(sum(left.values()), form),
        Quantity(left.get(device, 0), form),
        device,
    )
