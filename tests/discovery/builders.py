"""Machines and devices for tests: `machine(gpu("0000:17:00.0"))`."""

from collections.abc import Iterator, Mapping
from typing import Any

from dractl.discovery.inventory import Inventory, inventory
from dractl.model.hosts import HostFacts, PciDevice
from dractl.vendors.base import Found, Vendor, Wire, Wishes

DRIVER = "gpu.acme.example"


def device(name: str, **fields: Any) -> Wire:
    return {"name": name, "attributes": {"model": {"string": "A1"}}, **fields}


def gpu(address: str | None = "0000:17:00.0", **fields: Any) -> Found:
    """Return a device that is published, unless fields say otherwise."""
    name = f"gpu-{(address or '')[5:7]}"
    given: dict[str, Any] = {
        "kind": "gpu",
        "driver": DRIVER,
        "device": device(name),
        "numa_node": 0,
        **fields,
    }
    return Found(vendor="acme", model="Acme A1", address=address, **given)


def nic(address: str, **fields: Any) -> Found:
    given: dict[str, Any]
    given = {"kind": "nic", "driver": "net.example", "numa_node": 0, **fields}
    return Found(vendor="net", model="Acme N1", address=address, **given)


def vendor(*found: Found, name: str = "acme") -> Vendor:
    def find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
        del facts, wishes
        yield from found

    return Vendor(name, name.title(), (), find)


def pci(address: str, *above: str, root: str = "pci0000:00", **rest: Any) -> PciDevice:
    """Return a function below bridges."""
    return PciDevice(
        address, 0xACED, 1, 0x030200, root=root, path=(*above, address), **rest
    )


def machine(
    *found: Found, node: str = "n0", facts: HostFacts | None = None
) -> Inventory:
    return inventory(facts or HostFacts(), vendors=[vendor(*found)], node=node)


def attributes(**values: str | int | bool) -> Mapping[str, Wire]:
    kinds = {str: "string", int: "int", bool: "bool"}
    return {name: {kinds[type(each)]: each} for name, each in values.items()}
