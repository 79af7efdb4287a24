from typing import Any

import pytest

from dractl.model.hosts import NetInterface, PciDevice
from dractl.vendors.gaudi import GAUDI
from tests.hosts.reading import host_facts
from tests.vendors.builders import attribute, device, found, host, names, only, pci

CARD = "0000:19:00.0"


def card(number: int = 0x1060, **fields: Any) -> PciDevice:
    known = {
        "class_code": 0x120000,
        "driver": "habanalabs",
        "accels": ("accel0", "accel_controlD0"),
        "texts": {"module_id": "3"},
        **fields,
    }
    return pci(CARD, 0x1DA3, number, **known)


def test_a_card_is_published_without_what_only_its_library_tells() -> None:
    assert device(only(GAUDI, host(card()))) == {
        "name": "0000-19-00-0-0x1060",
        "attributes": {
            "healthy": {"bool": True},
            "model": {"string": "Gaudi3"},
            "pciRoot": {"string": "00"},
            "resource.kubernetes.io/pcieRoot": {"string": "pci0000:00"},
        },
    }


@pytest.mark.parametrize(
    ("number", "model", "title"),
    [
        (0x1010, "Gaudi", "Intel Gaudi"),
        (0x1020, "Gaudi2", "Intel Gaudi2"),
        (0x1063, "Gaudi3", "Intel Gaudi3"),
        (0x0001, "Unknown", "Habana Goya"),
    ],
)
def test_the_id_tells_the_model(number: int, model: str, title: str) -> None:
    each = only(GAUDI, host(card(number)))

    assert (attribute(each, "model"), each.model) == (model, title)


def test_slot_node_and_ports_are_told() -> None:
    nets = (NetInterface("ens0p1", pci=CARD), NetInterface("eno1"))

    each = only(GAUDI, host(card(), nets=nets))

    assert each.details == {"module": "3", "accel": "accel0", "ports": "1"}


@pytest.mark.parametrize(
    ("fields", "why_not"),
    [
        ({"accels": ()}, "it has no node in /sys/class/accel"),
        (
            {"texts": {}},
            "its file module_id, which tells its slot, cannot be read",
        ),
        (
            {"driver": None},
            (
                "no kernel driver is bound; it needs habanalabs; "
                "load it: modprobe habanalabs"
            ),
        ),
        ({"driver": "vfio-pci"}, "vfio-pci is bound, not habanalabs"),
    ],
    ids=["no node", "no slot", "no driver", "another driver"],
)
def test_a_card_that_the_driver_passes_over(
    fields: dict[str, Any], why_not: str
) -> None:
    each = only(GAUDI, host(card(**fields)))

    assert (each.device, each.why_not) == (None, why_not)


def test_a_node_of_eight() -> None:
    devices = found(GAUDI, host_facts("gaudi-3"))

    assert names(devices) == [
        f"0000-{bus}-00-0-0x1060"
        for bus in ("19", "1a", "33", "34", "9b", "9c", "b3", "b4")
    ]
    assert [each.details["module"] for each in devices] == list("32107654")
