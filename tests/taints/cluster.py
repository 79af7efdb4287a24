"""A small cluster: two nodes with two devices each, one device for all nodes."""

from typing import Final

from dractl.model.devices import Device, ResourceSlice
from dractl.taints.rules import MANAGED_BY
from tests.builders import DRIVER, class_, device, node, slice_

OURS: Final = {MANAGED_BY: "dractl"}
NODES: Final = (node("n1"), node("n2"), node("empty"))
CLASSES: Final = (
    class_("gpu", f"device.driver == '{DRIVER}'"),
    class_("big", f"device.attributes['{DRIVER}'].size > 1"),
)


def gpu(number: int, where: str, **attributes: int) -> Device:
    """Return a device of a node, whose name its pool has."""
    return device(f"gpu-{number}", pool=where, attributes=attributes)


def of_node(where: str, *devices: Device) -> ResourceSlice:
    """Return the slice of a node."""
    return slice_(*devices, name=where, pool=where, node=where)


SLICES: Final = (
    of_node("n1", gpu(0, "n1", size=1), gpu(1, "n1", size=2)),
    of_node("n2", gpu(0, "n2", size=2), gpu(1, "n2")),
    slice_(
        device("nic-0", driver="nic.example.com", pool="fabric"),
        name="fabric",
        driver="nic.example.com",
        pool="fabric",
        all_nodes=True,
    ),
)
