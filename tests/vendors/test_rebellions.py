"""Rebellions' NPUs."""

from dractl.vendors.rebellions import REBELLIONS
from tests.hosts.reading import host_facts
from tests.vendors.builders import found, host, names, only, pci, published, reasons


def test_cards_and_their_parts_are_numbered() -> None:
    devices = found(REBELLIONS, host_facts("rebellions"))
    assert [(each.address, each.kind, each.parent) for each in devices] == [
        ("0000:19:00.0", "npu", None),
        ("0000:3c:00.0", "npu", None),
        ("0000:3c:00.1", "vf", "0000:3c:00.0"),
        ("0000:3c:00.2", "vf", "0000:3c:00.0"),
        ("0000:87:00.0", "npu", None),
    ]
    assert names(devices) == ["rbln0", "rbln1", "rbln2", None, None]
    assert published(devices)["rbln1"] == {
        "driverVersion": "1.3.73",
        "productName": "RBLN-CA22",
        "type": "npu",
        "resource.kubernetes.io/numaNode": 0,
        "resource.kubernetes.io/pciBusID": "0000:3c:00.0",
        "resource.kubernetes.io/pcieRoot": "pci0000:3b",
    }


def test_what_the_kernel_driver_does_not_serve_is_not_published() -> None:
    assert reasons(found(REBELLIONS, host_facts("rebellions"))) == {
        "0000:3c:00.2": "vfio-pci is bound, not rebellions",
        "0000:87:00.0": "no kernel driver is bound; it needs rebellions",
    }


def test_a_model_that_is_not_in_the_table_is_told_by_its_ids() -> None:
    card = pci("0000:19:00.0", 0x1EFF, 0x3000, driver="rebellions")
    one = only(REBELLIONS, host(card))
    # No file below /dev is seen here, so none is missed.
    assert (one.model, one.warnings) == ("1eff:3000", ())
    assert "productName" not in published([one])["rbln0"]
