from typing import Any

import pytest

from dractl.model.hosts import PciDevice, Sriov
from dractl.vendors.fpga import FPGA
from tests.hosts.reading import host_facts
from tests.vendors.builders import found, host, only, pci

ACCELERATOR = 0x120000


def xilinx(address: str, number: int, **fields: Any) -> PciDevice:
    return pci(address, 0x10EE, number, **{"class_code": ACCELERATOR, **fields})


def test_management_and_user_are_one_card() -> None:
    facts = host(
        xilinx("0000:3b:00.0", 0x5004, driver="xclmgmt"),
        xilinx("0000:3b:00.1", 0x5005, driver="xocl"),
    )

    each = only(FPGA, facts)

    assert (each.model, each.address) == ("AMD Alveo U250", "0000:3b:00.0")
    assert each.also == ("0000:3b:00.1",)
    assert (each.warnings, each.details) == ((), {"userDriver": "xocl"})


def test_two_cards_are_not_mixed_up() -> None:
    facts = host(
        xilinx("0000:3b:00.0", 0x5004),
        xilinx("0000:3b:00.1", 0x5005),
        xilinx("0000:5e:00.1", 0x5001),
    )

    assert [each.model for each in found(FPGA, facts)] == [
        "AMD Alveo U250",
        "AMD Alveo U200",
    ]


@pytest.mark.parametrize(
    ("function", "warning"),
    [
        (xilinx("0000:3b:00.0", 0xD004, driver="x"), "it has only its factory image"),
        (xilinx("0000:3b:00.0", 0x5004, driver="x"), "its user function is not here"),
        (xilinx("0000:3b:00.1", 0x5005), "no kernel driver is bound"),
    ],
    ids=["golden image", "management alone", "no driver"],
)
def test_what_a_card_lacks_is_told(function: PciDevice, warning: str) -> None:
    (told,) = only(FPGA, host(function)).warnings

    assert told.startswith(warning)


def test_a_user_function_without_a_driver_is_told() -> None:
    facts = host(
        xilinx("0000:3b:00.0", 0x5004, driver="xclmgmt"),
        xilinx("0000:3b:00.1", 0x5005),
    )

    assert only(FPGA, facts).warnings == (
        "no kernel driver is bound to its user function 0000:3b:00.1",
    )


def test_a_virtual_function_of_a_pac_has_a_parent() -> None:
    function = pci(
        "0000:af:00.1", 0x8086, 0x09C5, sriov=Sriov(parent="0000:af:00.0", index=0)
    )

    each = only(FPGA, host(function))

    assert (each.kind, each.parent) == ("vf", "0000:af:00.0")


@pytest.mark.parametrize(("vendor", "maker"), [(0x10EE, "AMD"), (0x1172, "Altera")])
def test_designs_of_ones_own_are_known_by_their_class(vendor: int, maker: str) -> None:
    accelerator = pci("0000:01:00.0", vendor, 0x9038, class_code=ACCELERATOR)
    network = pci("0000:02:00.0", vendor, 0x9038, class_code=0x020000)

    assert only(FPGA, host(accelerator, network)).model == f"{maker} FPGA 9038"


def test_a_node_with_cards_of_both() -> None:
    devices = found(FPGA, host_facts("fpga"))

    assert [each.model for each in devices] == [
        "AMD Alveo U250",
        "AMD Alveo U200",
        "Intel PAC with Arria 10 GX",
    ]
    assert devices[2].details == {"afu": "d8424dc4a4a3c413f89e433683f9040b"}
    assert {each.driver for each in devices} == {None}
    assert all("no DRA driver for FPGAs is known" in each.why_not for each in devices)
