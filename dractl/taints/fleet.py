"""The devices that are published, by all that rules can select them by."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from dractl.api.snapshot import Snapshot
from dractl.catalogue.published import published
from dractl.model.claims import ResourceClaim
from dractl.model.devices import Device, DeviceId
from dractl.model.taintrules import DeviceSelector
from dractl.solver.holders import holders_of
from dractl.solver.inventory import Entry, PoolKey


class Fleet:
    """A snapshot's devices, of each pool those of its newest generation."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.pools: dict[PoolKey, list[Entry]] = {}
        for entry in published(snapshot.slices):
            key = (entry.device.driver, entry.device.id.pool)
            self.pools.setdefault(key, []).append(entry)

    @cached_property
    def devices(self) -> Mapping[DeviceId, Device]:
        """All devices, in the order of their pools."""
        return {
            entry.device.id: entry.device
            for entries in self.pools.values()
            for entry in entries
        }

    @cached_property
    def pools_of(self) -> Mapping[str, list[str]]:
        """The pools of each driver."""
        found: dict[str, list[str]] = {}
        for driver, pool in self.pools:
            found.setdefault(driver, []).append(pool)
        return found

    def selected(self, selector: DeviceSelector) -> tuple[Device, ...]:
        """Return the published devices that a selector selects."""
        if None not in selector:
            device = self.devices.get(DeviceId(*map(str, selector)))
            return () if device is None else (device,)
        return tuple(
            entry.device
            for key in self._pools_met(selector)
            for entry in self.pools[key]
            if selector.device in {None, entry.device.name}
        )

    def _pools_met(self, selector: DeviceSelector) -> Iterator[PoolKey]:
        driver, pool, _ = selector
        if driver is not None and pool is not None:
            if (driver, pool) in self.pools:
                yield driver, pool
            return
        for key in self.pools:
            if driver in {None, key[0]} and pool in {None, key[1]}:
                yield key

    @cached_property
    def holders(self) -> Mapping[DeviceId, tuple[ResourceClaim, ...]]:
        """The claims that each device is allocated to, for admin access as well."""
        return {
            device: tuple({id(each.claim): each.claim for each in holders}.values())
            for device, holders in holders_of(self.snapshot.claims).items()
        }

    @cached_property
    def gone(self) -> tuple[DeviceId, ...]:
        """The devices that claims hold and nobody publishes any more."""
        return tuple(each for each in self.holders if each not in self.devices)

    def known(self, selector: DeviceSelector) -> tuple[DeviceId, ...]:
        """Return the devices that are selected, published or only held by claims."""
        published = [device.id for device in self.selected(selector)]
        return (*published, *(each for each in self.gone if selector.selects(each)))
