"""DeviceTaintRules: puts the taints of admins on the devices that they select.

Follows Kubernetes 1.36, dynamic-resource-allocation/resourceslice/tracker. Unlike the
eviction controller, the tracker applies a rule without any selector to all devices.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from dractl.model.devices import Device, ResourceSlice, Taint
from dractl.model.taintrules import DeviceTaintRule

_Pools = Mapping[tuple[str | None, str | None], Sequence[tuple[int, DeviceTaintRule]]]


def tainted_slices(
    slices: Iterable[ResourceSlice], rules: Sequence[DeviceTaintRule]
) -> tuple[ResourceSlice, ...]:
    """Return the slices with the rules' taints behind those of the drivers."""
    if not rules:
        return tuple(slices)
    by_pool: dict[tuple[str | None, str | None], list[tuple[int, DeviceTaintRule]]] = {}
    for place, rule in enumerate(rules):
        by_pool.setdefault((rule.driver, rule.pool), []).append((place, rule))
    return tuple(_with_rules(each, by_pool) for each in slices)


def _with_rules(each: ResourceSlice, by_pool: _Pools) -> ResourceSlice:
    found = [
        placed
        for driver in (each.driver, None)
        for pool in (each.pool, None)
        for placed in by_pool.get((driver, pool), ())
    ]
    if not found:
        return each
    concerned = [rule for _, rule in sorted(found, key=lambda placed: placed[0])]
    devices = tuple(_with_taints(device, concerned) for device in each.devices)
    if all(new is old for new, old in zip(devices, each.devices, strict=True)):
        return each
    return dataclasses.replace(each, devices=devices)


def _with_taints(device: Device, rules: Sequence[DeviceTaintRule]) -> Device:
    added: tuple[Taint, ...] = tuple(
        rule.taint for rule in rules if rule.device in {None, device.name}
    )
    if not added:
        return device
    return dataclasses.replace(device, taints=(*device.taints, *added))
