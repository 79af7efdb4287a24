"""FPGA cards of AMD (Xilinx) and Intel (Altera), which no DRA driver publishes.

A card of AMD shows a function for its management and one for its user: one device.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from dractl.model.hosts import HostFacts, PciDevice
from dractl.vendors.attributes import located
from dractl.vendors.base import Found, Vendor, Wishes
from dractl.vendors.intel_plugins import FPGA_PLUGINS

_NAME: Final = "fpga"
_XILINX: Final = 0x10EE
_INTEL: Final = 0x8086
_ALTERA: Final = 0x1172
_PROCESSING: Final = 0x12
"""The class of accelerators, by which FPGAs with designs of their own are known."""

_PLUGINS: Final[Mapping[int, str]] = {
    _XILINX: "AMD's has amd.com/xilinx_...",
    _INTEL: "Intel's has fpga.intel.com",
    _ALTERA: "Intel's has fpga.intel.com",
}
_MANAGEMENT: Final[Mapping[int, str]] = {
    0x5000: "Alveo U200",
    0x5004: "Alveo U250",
    0x500C: "Alveo U280",
    0x5020: "Alveo U50",
    0x505C: "Alveo U55C",
}
_USER: Final[Mapping[int, str]] = {
    number + 1: name for number, name in _MANAGEMENT.items()
}
_GOLDEN: Final[Mapping[int, str]] = {
    0xD000: "Alveo U200",
    0xD004: "Alveo U250",
    0xD00C: "Alveo U280",
    0xD020: "Alveo U50",
}
"""Cards as they left the factory, without a platform that jobs could use."""

_PACS: Final[Mapping[int, str]] = {
    0x09C4: "PAC with Arria 10 GX",
    0x0B2B: "PAC D5005 with Stratix 10 SX",
    0x0B30: "PAC N3000",
    0xBCCE: "FPGA with a device feature list",
}
_PAC_VIRTUAL: Final[Mapping[int, str]] = {
    0x09C5: "PAC with Arria 10 GX VF",
    0x0B2C: "PAC D5005 with Stratix 10 SX VF",
    0xBCCF: "FPGA with a device feature list VF",
}


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    del wishes  # nothing is published
    users = {
        _slot(each): each
        for each in facts.pci
        if each.vendor == _XILINX and each.device in _USER
    }
    managed = {
        _slot(each)
        for each in facts.pci
        if each.vendor == _XILINX and each.device in _MANAGEMENT
    }
    for function in sorted(facts.pci, key=lambda each: each.address):
        if users.get(_slot(function)) is function and _slot(function) in managed:
            continue
        title = _title(function)
        if title:
            yield _found(function, title, users.get(_slot(function)))


def _slot(function: PciDevice) -> str:
    return function.address.partition(".")[0]


def _title(function: PciDevice) -> str:
    """Return what card it is, "" for what is no FPGA."""
    number = function.device
    if function.vendor == _XILINX:
        known = _MANAGEMENT.get(number) or _USER.get(number) or _GOLDEN.get(number)
        return f"AMD {known}" if known else _own_design("AMD FPGA", function)
    if function.vendor == _INTEL:
        known = _PACS.get(number) or _PAC_VIRTUAL.get(number)
        return f"Intel {known}" if known else ""
    if function.vendor == _ALTERA:
        return _own_design("Altera FPGA", function)
    return ""


def _own_design(title: str, function: PciDevice) -> str:
    is_accelerator = function.class_code >> 16 == _PROCESSING
    return f"{title} {function.device:04x}" if is_accelerator else ""


def _found(function: PciDevice, title: str, user: PciDevice | None) -> Found:
    is_virtual = function.sriov is not None and function.sriov.parent is not None
    mine = user if function.device in _MANAGEMENT else None
    return replace(
        located(_NAME, "vf" if is_virtual else "fpga", title, function),
        also=(mine.address,) if mine is not None else (),
        why_not=(
            "no DRA driver for FPGAs is known, only device plugins: "
            f"{_PLUGINS[function.vendor]}"
        ),
        warnings=tuple(_warnings(function, mine)),
        details=_details(function, mine),
    )


def _warnings(function: PciDevice, user: PciDevice | None) -> Iterator[str]:
    if function.vendor == _XILINX and function.device in _GOLDEN:
        yield "it has only its factory image: flash a platform with xbmgmt first"
    if function.vendor == _XILINX and function.device in _MANAGEMENT and user is None:
        yield "its user function is not here: a virtual machine may have only the other"
    if function.driver is None:
        yield "no kernel driver is bound"
    if user is not None and user.driver is None:
        yield f"no kernel driver is bound to its user function {user.address}"


def _details(function: PciDevice, user: PciDevice | None) -> dict[str, str]:
    known: dict[str, str] = {}
    if user is not None:
        known["userDriver"] = user.driver or "none"
    afus = sorted(
        text.strip()
        for name, text in function.texts.items()
        if name.rpartition("/")[2] == "afu_id"
    )
    if afus:
        known["afu"] = ",".join(afus)
    return known


FPGA: Final = Vendor(_NAME, "FPGAs", (), _find, FPGA_PLUGINS)
