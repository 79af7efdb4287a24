"""Vendors with a few facts each, disks, and what is nobody's."""

import pytest

from dractl.model.hosts import HostFacts
from dractl.vendors import VENDORS
from dractl.vendors.ascend import ASCEND
from dractl.vendors.clouds import cloud
from dractl.vendors.nvme import NVME
from dractl.vendors.others import the_rest
from dractl.vendors.unserved import UNSERVED
from tests.hosts.reading import host_facts
from tests.vendors.builders import found, host, only, pci, published, reasons

_ACCELERATOR = 0x120000
_DISK = 0x010802


@pytest.fixture(name="odd")
def _odd() -> HostFacts:
    return host_facts("odd-cards")


def test_ascend_npus_are_numbered_and_the_rest_is_its_librarys() -> None:
    devices = found(ASCEND, host_facts("ascend-910b"))
    assert published(devices) == {
        f"npu-{number}-0": {"brand": "Huawei", "index": number, "type": "NPU"}
        for number in range(4)
    }
    assert [each.warnings for each in devices] == [
        (),
        (),
        (),
        ("/dev/davinci3 is not there, and jobs need it",),
    ]


def test_the_uuid_of_an_ascend_npu_is_of_its_node() -> None:
    devices = found(ASCEND, host_facts("ascend-910b"), node="n1")
    assert [each["uuid"] for each in published(devices).values()] == [
        "n1-0", "n1-1", "n1-2", "n1-3",
    ]  # fmt: skip


def test_an_ascend_npu_without_a_kernel_driver_is_not_published() -> None:
    npu = pci("0000:01:00.0", 0x19E5, 0xD500, class_code=_ACCELERATOR)
    one = only(ASCEND, host(npu))
    assert (one.model, one.why_not) == ("Ascend 310P", "no kernel driver is bound")


def test_cards_without_a_dra_driver_are_known_by_their_ids(odd: HostFacts) -> None:
    devices = [each for vendor in UNSERVED for each in found(vendor, odd)]
    assert {(each.vendor, each.kind, each.model) for each in devices} == {
        ("furiosa", "npu", "RNGD"),
        ("tenstorrent", "npu", "Wormhole"),
        ("spyre", "npu", "Spyre"),
        ("mthreads", "gpu", "MTT S80"),
        ("hygon", "npu", "K100_AI"),
        ("kunlun", "npu", "Kunlun"),
        ("cambricon", "npu", "MLU370-S4"),
        ("metax", "gpu", "C500"),
        ("enflame", "npu", "S60"),
        ("graphcore", "npu", "Colossus GC2"),
        ("hailo", "npu", "Hailo-8"),
        ("coral", "npu", "Edge TPU"),
        ("broadcom", "npu", "Valkyrie"),
    }
    assert {each.driver for each in devices} == {None}


def test_what_stands_in_for_a_dra_driver_is_told(odd: HostFacts) -> None:
    devices = [each for vendor in UNSERVED for each in found(vendor, odd)]
    why_not = reasons(devices)
    assert why_not["0000:01:00.0"] == (
        "no DRA driver is known for it; its device plugin offers "
        "furiosa.ai/<architecture>"
    )
    assert why_not["0000:02:00.0"] == "no DRA driver is known for it"


def test_a_card_without_a_kernel_driver_is_warned_of(odd: HostFacts) -> None:
    devices = [each for vendor in UNSERVED for each in found(vendor, odd)]
    warned = {each.model for each in devices if each.warnings}
    assert warned == {"K100_AI", "Colossus GC2"}


@pytest.mark.parametrize(
    ("vendor", "class_code", "models"),
    [
        pytest.param(0x1D94, 0x120000, ["Hygon 1d94:0001"], id="a new accelerator"),
        pytest.param(0x1D94, 0x020000, [], id="part of a chipset"),
        pytest.param(0x1014, 0x120000, [], id="of IBM, not Spyre"),
    ],
)
def test_only_accelerators_of_a_vendor_are_meant(
    vendor: int, class_code: int, models: list[str]
) -> None:
    facts = host(pci("0000:01:00.0", vendor, 0x0001, class_code=class_code))
    devices = [each for row in UNSERVED for each in found(row, facts)]
    assert [each.model for each in devices] == models


def test_accelerators_of_nobody_are_told_with_what_is_needed(odd: HostFacts) -> None:
    devices = found(VENDORS[-1], odd)
    assert [(each.address, each.kind, each.model) for each in devices] == [
        ("0000:09:00.0", "unknown", "cafe:0001"),
        ("0000:0a:00.0", "unknown", "cafe:0002"),
    ]
    assert devices[0].details == {"class": "120000", "subsystem": "cafe:0001"}
    assert devices[0].why_not == (
        "no vendor with these ids is known; to teach it, its name, what its devices "
        "are called and what its DRA driver publishes are needed"
    )


def test_what_a_vendor_knows_is_not_among_the_rest() -> None:
    facts = host(pci("0000:01:00.0", 0x19E5, 0xD802, class_code=_ACCELERATOR))
    assert found(the_rest((ASCEND,)), facts) == []
    assert len(found(the_rest(()), facts)) == 1


# -- disks


def test_a_disk_has_the_model_that_the_kernel_tells() -> None:
    one = only(NVME, host_facts("rdma-nics"))
    assert (one.kind, one.model) == ("nvme", "SAMSUNG MZQL23T8HCLS-00A07")
    assert one.why_not == "no DRA driver is known that publishes disks"


@pytest.mark.parametrize(
    ("vendor", "device", "expected"),
    [(0x1D0F, 0x8061, "Amazon EBS"), (0x144D, 0xA80A, "NVMe 144d:a80a")],
)
def test_a_disk_is_else_known_by_its_ids(
    vendor: int, device: int, expected: str
) -> None:
    disk = pci("0000:01:00.0", vendor, device, class_code=_DISK, driver="nvme")
    assert only(NVME, host(disk)).model == expected


@pytest.mark.parametrize(
    ("driver", "warnings"),
    [
        (None, ("no kernel driver is bound",)),
        ("vfio-pci", ("vfio-pci is bound: the node does not see the disk",)),
        ("nvme", ()),
    ],
)
def test_a_disk_that_the_node_does_not_see_is_warned_of(
    driver: str | None, warnings: tuple[str, ...]
) -> None:
    disk = pci("0000:01:00.0", 0x144D, 0xA80A, class_code=_DISK, driver=driver)
    assert only(NVME, host(disk)).warnings == warnings


# -- clouds


@pytest.mark.parametrize(
    ("dmi", "expected"),
    [
        ({"sys_vendor": "Amazon EC2"}, "Amazon EC2"),
        ({"product_name": "Google Compute Engine"}, "Google Compute Engine"),
        (
            {
                "sys_vendor": "Microsoft Corporation",
                "chassis_asset_tag": "7783-7084-3265-9085-8269-3286-77",
            },
            "Microsoft Azure",
        ),
        ({"chassis_asset_tag": "OracleCloud.com"}, "Oracle Cloud"),
        ({"sys_vendor": "Alibaba Cloud"}, "Alibaba Cloud"),
        ({"sys_vendor": "Microsoft Corporation"}, None),
        ({}, None),
    ],
)
def test_a_cloud_shows_in_the_words_of_the_firmware(
    dmi: dict[str, str], expected: str | None
) -> None:
    assert cloud(dmi) == expected
