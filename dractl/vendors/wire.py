"""How drivers write what they publish: attributes, capacities, and names of devices."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from dractl.model.attributes import SemVer, SemVerError
from dractl.model.hosts import PciDevice
from dractl.model.quantity import Format, Quantity
from dractl.vendors.base import Wire

PCIE_ROOT: Final = "resource.kubernetes.io/pcieRoot"
PCI_BUS_ID: Final = "resource.kubernetes.io/pciBusID"


def text(value: str) -> Wire:
    """Return an attribute that is a string."""
    return {"string": value}


def number(value: int) -> Wire:
    """Return an attribute that is a number."""
    return {"int": value}


def truth(value: bool) -> Wire:
    """Return an attribute that is true or false."""
    return {"bool": value}


def version(value: str) -> Wire:
    """Return an attribute that is a version; the caller knows that it is one."""
    return {"version": value}


def is_version(value: str) -> bool:
    """Tell whether the API server takes it for a version."""
    try:
        SemVer.parse(value)
    except SemVerError:
        return False
    return True


def amount(whole: int, form: Format = "DecimalSI") -> str:
    """Return an amount as the API prints it."""
    return str(Quantity.of(whole, form))


def capacity(whole: int, form: Format = "DecimalSI") -> Wire:
    """Return a capacity without a policy for sharing it."""
    return {"value": amount(whole, form)}


def place(function: PciDevice) -> dict[str, Wire]:
    """Return the standard attributes of a PCI function, as far as they are known."""
    known = {PCI_BUS_ID: text(function.address)}
    if function.root is not None:
        known[PCIE_ROOT] = text(function.root)
    return known


def label(address: str) -> str:
    """Return an address as part of a name: `0000-65-00-0`."""
    return address.replace(":", "-").replace(".", "-")


def hexadecimal(number: int) -> str:
    """Return an id as sysfs has it: `0x1eb8`."""
    return f"{number:#06x}"


def device(
    name: str, attributes: Mapping[str, Wire], capacities: Mapping[str, Wire]
) -> dict[str, Any]:
    """Return a device; further fields are the caller's."""
    fields = {"name": name, "attributes": dict(sorted(attributes.items()))}
    if capacities:
        fields["capacity"] = dict(sorted(capacities.items()))
    return fields


def counters(name: str, amounts: Iterable[tuple[str, int]]) -> Wire:
    """Return a counter set."""
    values = {counter: {"value": amount(each)} for counter, each in amounts}
    return {"name": name, "counters": values}


def consumption(name: str, amounts: Iterable[tuple[str, int]]) -> Wire:
    """Return what a device takes from a counter set."""
    values = {counter: {"value": amount(each)} for counter, each in amounts}
    return {"counterSet": name, "counters": values}
