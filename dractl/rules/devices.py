"""Rules of the devices in a ResourceSlice."""

from collections.abc import Iterator
from typing import Final

from dractl.model.cluster import Profile
from dractl.model.limits import limit
from dractl.model.names import dns_label, dns_subdomain
from dractl.rules.allocatable import check_allocatable
from dractl.rules.attributes import LIST_FIELDS, check_attributes
from dractl.rules.binding import check_binding
from dractl.rules.capacity import check_capacities
from dractl.rules.counters import check_consumptions
from dractl.rules.path import Path
from dractl.rules.reasons import invalid, invalid_each, required, too_many
from dractl.rules.registry import Violation, rule
from dractl.rules.selectors import check_node_selector
from dractl.rules.taints import check_taint
from dractl.rules.wire import Wire

MOST_ENTRIES: Final = 32
MOST_VALUES: Final = 48
_NODE_FIELDS: Final = ("nodeName", "nodeSelector", "allNodes")


def check_device(
    device: Wire, path: Path, profile: Profile, *, per_device: bool
) -> Iterator[Violation]:
    """Walk through a device."""
    yield from device_name(device.get("name", ""), path.field("name"))
    attributes, capacity = device.get("attributes", {}), device.get("capacity", {})
    if len(attributes) + len(capacity) > MOST_ENTRIES:
        yield from device_entries_max(len(attributes) + len(capacity), path)
    yield from check_attributes(device, path, profile)
    values = sum(map(_values_in, attributes.values()))
    if values > MOST_VALUES:
        yield from device_values_max(values, path)
    yield from check_capacities(device, path, profile)
    yield from _check_taints(device, path.field("taints"), profile)
    yield from check_consumptions(device, path, profile)
    if per_device:
        yield from _check_nodes(device, path)
    elif any(key in device for key in _NODE_FIELDS):
        yield from device_node_forbidden(path)
    yield from check_binding(device, path)
    yield from check_allocatable(device, path)


def _values_in(attribute: Wire) -> int:
    return sum(
        len(value) if field in LIST_FIELDS else 1 for field, value in attribute.items()
    )


def _check_taints(device: Wire, path: Path, profile: Profile) -> Iterator[Violation]:
    taints, most = device.get("taints", ()), limit("taints", profile.version)
    if len(taints) > most:
        yield from taints_max(len(taints), most, path)
        return
    for index, taint in enumerate(taints):
        yield from check_taint(taint, path.index(index), profile)


def _check_nodes(device: Wire, path: Path) -> Iterator[Violation]:
    chosen = []
    if "nodeName" in device:
        yield from device_node_name(device["nodeName"], path.field("nodeName"))
        if device["nodeName"]:
            chosen.append("nodeName")
    if "nodeSelector" in device:
        chosen.append("nodeSelector")
        yield from check_node_selector(
            device["nodeSelector"], path.field("nodeSelector")
        )
    if device.get("allNodes"):
        chosen.append("allNodes")
    elif "allNodes" in device:
        yield from device_all_nodes(path.field("allNodes"))
    if len(chosen) != 1:
        yield from device_node_one_of(chosen, path)


@rule("device-name")
def device_name(name: str, path: Path) -> Iterator[Violation]:
    """A device has a name that is a DNS label.

    At most 63 bytes of lower-case letters, digits and '-'.
    """
    yield from invalid_each("device-name", path, name, dns_label(name))


@rule("device-entries-max")
def device_entries_max(count: int, path: Path) -> Iterator[Violation]:
    """A device has at most 32 attributes and capacities together."""
    message = f"the device has {count} attributes and capacities; 32 are allowed"
    yield from invalid("device-entries-max", path, message)


@rule("device-values-max")
def device_values_max(count: int, path: Path) -> Iterator[Violation]:
    """A device has at most 48 attribute values; each in a list counts. Since 1.36."""
    message = f"the attributes of the device have {count} values; 48 are allowed"
    yield from invalid("device-values-max", path, message)


@rule("taints-max")
def taints_max(count: int, most: int, path: Path) -> Iterator[Violation]:
    """A device has at most 16 taints, before 1.35 at most 4."""
    yield from too_many("taints-max", path, count, most)


@rule("device-node-one-of")
def device_node_one_of(chosen: list[str], path: Path) -> Iterator[Violation]:
    """A device says on which nodes it is, if its slice leaves that to the devices.

    With one of nodeName, nodeSelector and allNodes. That is where the slice says
    perDeviceNodeSelection.
    """
    code = "device-node-one-of"
    if chosen:
        message = f"{' and '.join(chosen)} exclude each other"
        yield from invalid(code, path, message, "keep one of them")
    else:
        message = "nothing says on which nodes the device is"
        yield from required(code, path, message, "add nodeName")


@rule("device-node-name")
def device_node_name(name: str, path: Path) -> Iterator[Violation]:
    """The name of a device's node is a DNS subdomain."""
    if name:
        yield from invalid_each("device-node-name", path, name, dns_subdomain(name))
    else:
        message = "an empty name names no node"
        yield from invalid("device-node-name", path, message, "remove the field")


@rule("device-all-nodes")
def device_all_nodes(path: Path) -> Iterator[Violation]:
    """`allNodes` of a device is true where it is there at all."""
    yield from invalid("device-all-nodes", path, "false means nothing", "remove it")


@rule("device-node-forbidden")
def device_node_forbidden(path: Path) -> Iterator[Violation]:
    """A device says nothing of nodes, unless its slice leaves that to the devices."""
    message = "the device says on which nodes it is, but so does its slice"
    fix = "use perDeviceNodeSelection: true in the slice, or remove it here"
    yield from invalid("device-node-forbidden", path, message, fix)
