"""Devices that a device plugin and a DRA driver manage both."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.model.names import is_extended_resource
from dractl.model.quantity import Quantity
from dractl.vendors.plugins import Plugin

_BESIDE: Final = frozenset({"compute-domain.nvidia.com"})
"""Drivers whose devices no plugin manages."""


class Doubled(NamedTuple):
    """A resource that a plugin offers on a node, and a driver with devices there."""

    node: str
    resource: str
    amount: Quantity
    driver: str
    devices: int

    def __str__(self) -> str:
        counted = f"{self.devices} device{'s' if self.devices > 1 else ''}"
        return (
            f"a device plugin offers {self.amount} of {self.resource}, and "
            f"{self.driver} has published {counted} there: two pods can get the same "
            "device"
        )


def doubled(
    snapshot: Snapshot, drivers_of: Callable[[str], frozenset[str]]
) -> Iterator[Doubled]:
    """Yield what is managed twice, by nodes and their resources.

    `drivers_of` returns the drivers that could manage what a resource stands for.
    """
    drivers = _drivers_on(snapshot)
    offered = {name for node in snapshot.nodes for name in node.allocatable}
    managing = {
        name: drivers_of(name) for name in offered if is_extended_resource(name)
    }
    for node in snapshot.nodes:
        published = drivers.get(node.name, {})
        for resource, amount in node.allocatable.items():
            both = sorted(published.keys() & managing.get(resource, frozenset()))
            if both and amount.nanos > 0:
                devices = len(published[both[0]])
                yield Doubled(node.name, resource, amount, both[0], devices)


def drivers_of(resource: str, plugins: Iterable[Plugin]) -> frozenset[str]:
    """Return the drivers that manage what a resource of plugins stands for."""
    return frozenset(
        row.driver
        for plugin in plugins
        for row in plugin.extended
        if row.part(resource) is not None
    )


def _drivers_on(snapshot: Snapshot) -> Mapping[str, Mapping[str, set[str]]]:
    """Return what drivers have published, by node and driver."""
    found: dict[str, dict[str, set[str]]] = {}
    for each in snapshot.slices:
        if each.scope.node_name and each.devices and each.driver not in _BESIDE:
            own = found.setdefault(each.scope.node_name, {})
            # Former generations of a pool have the same devices.
            own.setdefault(each.driver, set()).update(x.name for x in each.devices)
    return found
