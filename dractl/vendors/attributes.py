"""What is known of a device and its function; what is not known is left out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from dractl.model.attributes import VALUE_BYTES
from dractl.model.hosts import HostFacts, PciDevice
from dractl.model.names import size
from dractl.vendors.base import Found, Wire
from dractl.vendors.wire import PCI_BUS_ID, PCIE_ROOT, number, text, truth

_COPROCESSOR: Final = 0x0B40
_ACCELERATORS: Final = 0x12  # base class
NUMA_NODE: Final = "resource.kubernetes.io/numaNode"
Known = bool | int | str | None


def attributes(values: Mapping[str, Known]) -> dict[str, Wire]:
    """Return the attributes that have a value, and one that the API server takes."""
    return {
        name: _attribute(value)
        for name, value in values.items()
        if value is not None and not is_too_long(value)
    }


def is_too_long(value: Known) -> bool:
    """Tell whether the API server would refuse it for its length."""
    return isinstance(value, str) and size(value) > VALUE_BYTES


def _attribute(value: bool | int | str) -> Wire:
    if isinstance(value, bool):
        return truth(value)
    return number(value) if isinstance(value, int) else text(value)


def standard(function: PciDevice) -> dict[str, Known]:
    """Return the values of the attributes that Kubernetes defines for PCI devices."""
    return {
        PCI_BUS_ID: function.address,
        PCIE_ROOT: function.root,
        NUMA_NODE: function.numa_node,
    }


def ids(function: PciDevice) -> str:
    """Return vendor and device as lspci writes them."""
    return f"{function.vendor:04x}:{function.device:04x}"


def is_node(facts: HostFacts, path: str) -> bool:
    """Tell whether a file below /dev is there."""
    return any(each.path == path for each in facts.nodes)


def is_accelerator(function: PciDevice) -> bool:
    """Tell whether its class is that of a co-processor or an accelerator."""
    return function.kind == _COPROCESSOR or function.kind >> 8 == _ACCELERATORS


def numbered(
    facts: HostFacts,
    node: str,
    listed: Iterator[tuple[PciDevice, Found]],
    published: Callable[[PciDevice, int], Wire],
    told: Callable[[int], Mapping[str, str]] = lambda _: {},
) -> Iterator[Found]:
    """Yield devices by their addresses; those that are served are numbered.

    Their files below /dev have the numbers, and nothing else here tells which is whose;
    `told` returns further details of a number.
    """
    number = 0
    for function, found in listed:
        if found.why_not:
            yield found
            continue
        yield replace(
            found,
            device=published(function, number),
            warnings=tuple(absent(facts, f"{node}{number}")),
            details={
                "number": f"{number}, taken from the order of addresses",
                **told(number),
            },
        )
        number += 1


def located(vendor: str, kind: str, model: str, function: PciDevice) -> Found:
    """Return a device that is a PCI function; what else is known comes later."""
    return Found(
        vendor,
        kind,
        model,
        function.address,
        function.sriov.parent if function.sriov else None,
        function.numa_node,
        function.root,
        function.driver,
    )


def bound(function: PciDevice, *drivers: str) -> str:
    """Return why no kernel driver of the vendor serves a function, "" if one does."""
    if function.driver is None:
        return f"no kernel driver is bound; it needs {' or '.join(drivers)}"
    if function.driver not in drivers:
        return f"{function.driver} is bound, not {' or '.join(drivers)}"
    return ""


def missing(function: PciDevice, driver: str, facts: HostFacts) -> str:
    """Return why a function is without its kernel driver, and what helps."""
    if function.driver is None and driver in facts.modules:
        return f"{driver} is loaded, but did not take it; see the kernel's messages"
    hint = f"; load it: modprobe {driver}" if function.driver is None else ""
    return bound(function, driver) + hint


def absent(facts: HostFacts, *paths: str) -> Iterator[str]:
    """Yield warnings of files below /dev that jobs need and that are not there.

    A machine without any is one whose /dev cannot be seen from here.
    """
    if facts.nodes:
        for path in paths:
            if not is_node(facts, path):
                yield f"{path} is not there, and jobs need it"
