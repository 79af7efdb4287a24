"""Intel's QuickAssist engines as qat.intel.com publishes them (0.4): virtual functions.

The driver looks only at what the kernel's 4xxx has. When it starts, it makes all
virtual functions that there may be and binds them to vfio-pci.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from dractl.model.hosts import HostFacts, PciDevice
from dractl.vendors import wire
from dractl.vendors.attributes import located, missing
from dractl.vendors.base import Class, Driver, Found, Vendor, Wire, Wishes
from dractl.vendors.intel_plugins import QAT_PLUGIN

_NAME: Final = "qat"
_VENDOR: Final = 0x8086
_MODULE: Final = "4xxx"
_VFIO: Final = "vfio-pci"
_PAIRED: Final[Mapping[int, str]] = {
    0x18A0: "C4xxx",
    0x19E2: "C3xxx",
    0x37C8: "C62x",
    0x4940: "4xxx",
    0x4942: "401xx",
    0x4944: "402xx",
    0x4946: "420xx",
    0x4948: "6xxx",
    0x6F54: "D15xx",
}
"""Physical functions whose virtual ones have the next number."""

_PHYSICAL: Final[Mapping[int, str]] = {**_PAIRED, 0x0435: "DH895xCC"}
_VIRTUAL: Final[Mapping[int, str]] = {
    **{number + 1: name for number, name in _PAIRED.items()},
    **dict.fromkeys((0x0442, 0x0443), "DH895xCC"),
}
_TAKEN: Final = frozenset({0x4940, 0x4942, 0x4944})
"""Those that 4xxx takes; the module is called qat_4xxx."""

_SERVICES: Final = ("sym", "asym", "dc", "dcc")
_STATES: Final = frozenset({"up", "down"})

_DRIVER: Final = Driver(
    _NAME,
    "qat.intel.com",
    (Class("qat.intel.com", extended_resource="intel.com/qat"),),
    {"services": "string"},
)


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    del wishes  # one version, which looks the same in all releases
    for function in sorted(facts.pci, key=lambda each: each.address):
        if function.vendor != _VENDOR:
            continue
        if function.device in _PHYSICAL:
            yield _physical(function, facts)
        elif function.device in _VIRTUAL:
            yield _virtual(function, facts)


def _physical(function: PciDevice, facts: HostFacts) -> Found:
    fault = _fault(function, facts)
    reason = fault or _state_of_functions(function)
    stated = {
        "services": function.texts.get("qat/cfg_services", "").strip(),
        "state": function.texts.get("qat/state", "").strip(),
    }
    model = f"Intel QAT {_PHYSICAL[function.device]}"
    return replace(
        located(_NAME, "qat", model, function),
        driver=_DRIVER.name,
        why_not=reason,
        warnings=() if fault else tuple(_warnings(function)),
        details={name: value for name, value in stated.items() if value},
    )


def _virtual(function: PciDevice, facts: HostFacts) -> Found:
    physical = facts.function(function.sriov.parent if function.sriov else None)
    reason = _refusal(function, physical, facts)
    services = _services(physical) if physical is not None else None
    model = f"Intel QAT {_VIRTUAL[function.device]} VF"
    return replace(
        located(_NAME, "vf", model, function),
        driver=_DRIVER.name,
        device=None if reason else _device(function, services or ""),
        why_not=reason,
        warnings=()
        if reason or function.driver
        else ("no kernel driver is bound: the DRA driver binds it when it starts",),
    )


def _device(function: PciDevice, services: str) -> Wire:
    name = f"qatvf-{wire.label(function.address)}"
    return wire.device(name, {"services": wire.text(services)}, {})


def _fault(function: PciDevice, facts: HostFacts) -> str:
    """Return why the driver does not work with a physical function, "" if it does."""
    if function.driver is None:
        if function.device in _TAKEN:
            return missing(function, "qat_4xxx", facts)
        return "no kernel driver is bound"
    if function.driver != _MODULE:
        return f"{function.driver} is bound; the DRA driver works only with 4xxx"
    if function.texts.get("qat/state", "").strip() not in _STATES:
        return "its file qat/state is neither up nor down"
    if _services(function) is None:
        return "its qat/cfg_services are none that the DRA driver knows"
    return ""


def _services(physical: PciDevice) -> str | None:
    """Return the services in the driver's order; None if it does not know them."""
    text = physical.texts.get("qat/cfg_services")
    if text is None:
        return None
    stated = set(text.strip().split(";"))
    if stated - {"", *_SERVICES}:
        return None
    return ";".join(each for each in _SERVICES if each in stated)


def _state_of_functions(function: PciDevice) -> str:
    enabled, total = _counts(function)
    if enabled:
        return "its virtual functions are the devices"
    if not total:
        return "it offers no virtual functions: is SR-IOV off in the firmware?"
    return (
        f"it has no virtual functions yet: the DRA driver makes {total} when it "
        f"starts, or write {total} to its sriov_numvfs"
    )


def _counts(function: PciDevice) -> tuple[int, int]:
    sriov = function.sriov
    return (sriov.enabled, sriov.total) if sriov is not None else (0, 0)


def _warnings(function: PciDevice) -> Iterator[str]:
    enabled, total = _counts(function)
    # The kernel refuses to change a number of functions that is not 0 (iov.c:
    # sriov_numvfs_store), and the driver ends if it cannot write it.
    if 0 < enabled < total:
        yield (
            f"it has {enabled} of {total} virtual functions, and the DRA driver fails "
            "to make the others: write 0 to its sriov_numvfs before it starts"
        )
    if function.texts.get("qat/state", "").strip() == "down":
        yield "it is down; the DRA driver takes it up when it starts"
    if not _services(function):
        yield "it has no services: set them in qat/cfg_services or the driver's config"


def _refusal(function: PciDevice, physical: PciDevice | None, facts: HostFacts) -> str:
    if physical is None:
        return "its physical function is not on this machine, which the driver needs"
    if fault := _fault(physical, facts):
        return f"its physical function {physical.address} is not usable: {fault}"
    if function.driver not in {None, _VFIO}:
        return (
            f"{function.driver} is bound, and the DRA driver cannot bind it to "
            f"vfio-pci: unbind it from {function.driver} first"
        )
    return ""


QAT: Final = Vendor(_NAME, "Intel QuickAssist", (_DRIVER,), _find, (QAT_PLUGIN,))
