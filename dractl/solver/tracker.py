"""DeviceTaintRules: puts the taints of admins on the devices that they select.

Follows Kubernetes 1.36, dynamic-resource-allocation/resourceslice/tracker. Unlike the
eviction controller, the tracker applies a rule without any selector to all devices.
"""

import dataclasses
from collections.abc import Iterable, Sequence

from dractl.model.devices import Device, ResourceSlice, Taint
from dractl.model.taintrules import DeviceTaintRule


def tainted_slices(
    slices: Iterable[ResourceSlice], rules: Sequence[DeviceTaintRule]
) -> tuple[ResourceSlice, ...]:
    """Return the slices with the rules' taints behind those of the drivers."""
    if not rules:
        return tuple(slices)
    return tuple(_with_rules(each, rules) for each in slices)


def _with_rules(each: ResourceSlice, rules: Sequence[DeviceTaintRule]) -> ResourceSlice:
    concerned = [
        rule
        for rule in rules
        if rule.driver in {None, each.driver} and rule.pool in {None, each.pool}
    ]
    if not concerned:
        return each
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
