"""What cannot be right: devices, counters and capacity that were given away twice."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.capacity.counters import CountersLeft
from dractl.capacity.devices import DeviceUse
from dractl.capacity.reach import Reach
from dractl.diagnose.doubled import doubled, drivers_of
from dractl.diagnose.holders import Holders
from dractl.diagnose.words import listed
from dractl.model.devices import Device, DeviceId
from dractl.model.quantity import Format, Quantity
from dractl.solver.allocator import Allocator
from dractl.solver.holders import Holder
from dractl.solver.inventory import Pool
from dractl.vendors import VENDORS

_PLUGINS: Final = tuple(plugin for vendor in VENDORS for plugin in vendor.plugins)


CODES: Final = (
    "device-twice",
    "share-twice",
    "capacity-overdrawn",
    "counters-overdrawn",
    "device-not-published",
    "plugin-beside-driver",
)
"""What can be wrong with the books, worst first."""


class Breach(NamedTuple):
    """Something that was given away twice, or cannot be; `code` is one of CODES."""

    code: str
    subject: str
    message: str


def audit(
    snapshot: Snapshot, fleet: Sequence[DeviceUse], holders: Holders | None = None
) -> tuple[Breach, ...]:
    """Return what is wrong with the books, worst first. `fleet` has all devices."""
    held = (holders or Holders(snapshot)).by_device
    return (
        *_twice(held.items(), fleet),
        *_capacity(fleet),
        *_counters(snapshot, ((each.pool, each.device) for each in fleet)),
        *_unpublished(snapshot, fleet, held.items()),
        *_plugins(snapshot),
    )


def overdrawn(snapshot: Snapshot) -> tuple[Breach, ...]:
    """Return the counters of which more is given out than there is."""
    if not any(one.consumes for each in snapshot.slices for one in each.devices):
        return ()  # to look at all nodes takes a while
    reach = Reach(snapshot)
    drawing = (each for each in reach.entries if each.device.consumes)
    return tuple(
        _counters(snapshot, ((reach.of(each).pool, each.device) for each in drawing))
    )


_Held = Iterable[tuple[DeviceId, Sequence[Holder]]]


def _twice(held: _Held, fleet: Iterable[DeviceUse]) -> Iterator[Breach]:
    crowded = {
        device: [each for each in holders if not each.result.admin_access]
        for device, holders in held
        if len(holders) > 1  # one claim is as it should be
    }
    if not crowded:
        return
    undivided = {
        each.id for each in fleet if not each.device.allow_multiple_allocations
    }
    for device, having in crowded.items():
        if len(having) < 2:  # noqa: PLR2004 - as above
            continue
        names = listed(dict.fromkeys(_claim(each) for each in having))
        shares = Counter(each.result.share_id for each in having)
        if None in shares or device in undivided:
            told = f"device {device} is allocated {len(having)} times: {names}"
            yield Breach("device-twice", str(device), told)
        elif max(shares.values()) > 1:
            told = f"one share of device {device} is allocated twice: {names}"
            yield Breach("share-twice", str(device), told)


def _claim(holder: Holder) -> str:
    return f"claim {'/'.join(holder.claim.meta.key)}"


def _capacity(fleet: Iterable[DeviceUse]) -> Iterator[Breach]:
    for use in fleet:
        for amount in use.amounts if use.used else ():
            if amount.left.nanos < 0:
                yield Breach(
                    "capacity-overdrawn",
                    str(use.id),
                    f"claims have {amount.used} of {amount.name} of device {use.id}, "
                    f"which has {amount.total}",
                )


def _counters(
    snapshot: Snapshot, devices: Iterable[tuple[Pool | None, Device]]
) -> Iterator[Breach]:
    pools: dict[object, Pool] = {}
    forms: dict[object, Format] = {}
    for pool, device in devices:
        if pool is not None and device.consumes:
            pools.setdefault(pool.key, pool)
            for draw in device.consumes:
                for name, amount in draw.counters.items():
                    forms[pool.key, draw.counter_set, name] = amount.format
    if not pools:
        return
    left = CountersLeft(Allocator(snapshot))
    for pool in pools.values():
        for (counter_set, name), rest in left.of(pool).items():
            if rest < 0:
                form = forms.get((pool.key, counter_set, name), "DecimalSI")
                what = f"{counter_set}/{name} of pool {'/'.join(pool.key)}"
                much = Quantity(-rest, form)
                told = f"devices in use take {much} more of counter {what}"
                yield Breach(
                    "counters-overdrawn",
                    "/".join(pool.key),
                    f"{told} than it has, so nothing else of the pool can be had",
                )


def _unpublished(
    snapshot: Snapshot, fleet: Iterable[DeviceUse], held: _Held
) -> Iterator[Breach]:
    if not snapshot.slices:
        return  # a source without slices tells nothing of devices
    published = {each.id for each in fleet}
    for device, holders in held:
        if device not in published:
            names = listed(_claim(each) for each in holders)
            told = f"device {device} is allocated to {names}, and no slice publishes it"
            yield Breach("device-not-published", str(device), told)


def _plugins(snapshot: Snapshot) -> Iterator[Breach]:
    """Yield nodes where a device plugin and a driver hand out the same devices."""
    for each in doubled(snapshot, partial(drivers_of, plugins=_PLUGINS)):
        yield Breach("plugin-beside-driver", each.node, f"node {each.node}: {each}")
