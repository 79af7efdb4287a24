from typing import Any

import pytest

from dractl.model.hosts import DeviceNode, PciDevice, Sriov
from dractl.vendors.intel_gpu import INTEL
from tests.hosts.reading import host_facts
from tests.vendors.builders import attribute, device, found, host, names, only, pci

CARD = "0000:4d:00.0"
NAME = "0000-4d-00-0-0x56c0"


def gpu(address: str = CARD, number: int = 0x56C0, **fields: Any) -> PciDevice:
    known = {"driver": "i915", "cards": (1,), "renders": (128,), **fields}
    return pci(address, 0x8086, number, **known)


def test_a_card_is_published() -> None:
    memory = {"drm/card1/lmem_total_bytes": str(16 << 30)}
    facts = host(gpu(sriov=Sriov(total=31), texts=memory))

    assert device(only(INTEL, facts)) == {
        "name": NAME,
        "attributes": {
            "driver": {"string": "i915"},
            "family": {"string": "Data Center Flex"},
            "health": {"string": "Unknown"},
            "model": {"string": "Flex 170"},
            "pciAddress": {"string": CARD},
            "pciId": {"string": "0x56c0"},
            "pciRoot": {"string": "00"},
            "resource.kubernetes.io/pciBusID": {"string": CARD},
            "resource.kubernetes.io/pcieRoot": {"string": "pci0000:00"},
            "sriov": {"bool": True},
            "type": {"string": "gpu"},
        },
        "capacity": {"memory": {"value": "16Gi"}, "millicores": {"value": "1k"}},
    }


@pytest.mark.parametrize(
    ("number", "title"),
    [
        (0x56C0, "Intel Flex 170"),
        (0x0BDA, "Intel Max 1100"),
        (0x56A0, "Intel Arc A770"),
        (0xE211, "Intel Arc Pro B60"),
        (0x7D67, "Intel Graphics Arrow Lake-S"),
        (0xFFFF, "Intel GPU ffff"),
    ],
)
def test_people_read_the_name_on_the_box(number: int, title: str) -> None:
    assert only(INTEL, host(gpu(number=number))).model == title


def test_a_root_that_is_not_known_is_an_empty_text() -> None:
    each = only(INTEL, host(gpu(root=None)))

    assert attribute(each, "resource.kubernetes.io/pcieRoot") == ""
    assert "pciRoot" not in device(each)["attributes"]


def test_memory_of_a_card_that_nobody_tells_is_zero_and_told() -> None:
    each = only(INTEL, host(gpu(driver="xe", number=0xE211)))

    assert device(each)["capacity"]["memory"] == {"value": "0"}
    assert each.warnings[0].startswith("its memory is told only by an ioctl or xpumd")


def test_the_memory_of_tiles_is_added_up() -> None:
    tiles = {f"tile{each}/physical_vram_size_bytes": "0x400000000" for each in (0, 1)}

    each = only(INTEL, host(gpu(driver="xe", texts=tiles)))

    assert device(each)["capacity"]["memory"] == {"value": "32Gi"}


def test_a_node_that_is_not_there_is_told() -> None:
    nodes = (DeviceNode("/dev/dri/card0"),)
    texts = {"drm/card1/lmem_total_bytes": "1048576"}

    each = only(INTEL, host(gpu(texts=texts), nodes=nodes))

    assert each.warnings == ("/dev/dri/card1 is not there, and jobs need it",)


def test_graphics_of_a_processor_have_no_memory_of_their_own() -> None:
    each = only(INTEL, host(gpu("0000:00:02.0", 0x7D55)))

    assert (each.model, each.warnings) == ("Intel integrated GPU 7d55", ())
    assert attribute(each, "model") == "Unknown"


def test_functions_that_drivers_leave_alone_are_no_sriov() -> None:
    texts = {"sriov_drivers_autoprobe": "0"}

    each = only(INTEL, host(gpu(sriov=Sriov(total=31), texts=texts)))

    assert attribute(each, "sriov") is False


def test_a_virtual_function_has_a_parent() -> None:
    each = only(INTEL, host(gpu("0000:4d:00.1", sriov=Sriov(parent=CARD, index=0))))

    assert (each.kind, each.parent) == ("vf", CARD)
    assert attribute(each, "type") == "vf"


@pytest.mark.parametrize(
    ("fields", "why_not"),
    [
        ({"cards": ()}, "it has no card in /sys/class/drm"),
        (
            {"driver": None, "number": 0x7D55},
            (
                "no kernel driver is bound, and the DRA driver does not know whether "
                "i915 or xe should be"
            ),
        ),
        (
            {"driver": "vfio-pci"},
            "it is bound to VFIO, but in no IOMMU group: turn the IOMMU on",
        ),
        (
            {"driver": "vfio-pci", "iommu_group": "7"},
            "it is bound to VFIO, but has no file in vfio-dev: is the kernel old?",
        ),
    ],
    ids=["no card", "no default driver", "no IOMMU", "no vfio-dev"],
)
def test_a_gpu_that_the_driver_passes_over(
    fields: dict[str, Any], why_not: str
) -> None:
    each = only(INTEL, host(gpu(**fields)))

    assert (each.device, each.why_not) == (None, why_not)


def test_a_card_for_virtual_machines_is_published() -> None:
    facts = host(gpu(driver="xe-vfio-pci", iommu_group="7", vfio_devices=("vfio0",)))

    assert attribute(only(INTEL, facts), "driver") == "xe-vfio-pci"


def test_the_driver_binds_a_card_without_a_kernel_driver() -> None:
    each = only(INTEL, host(gpu(driver=None)))

    assert attribute(each, "driver") == ""
    assert "taints" not in device(each)
    assert each.warnings == (
        "no kernel driver is bound: the DRA driver binds one for a claim",
    )


def test_a_driver_that_may_not_bind_taints() -> None:
    each = only(INTEL, host(gpu(driver=None)), schemas={"intel": "0.11-unmanaged"})

    assert device(each)["taints"] == [
        {"key": "UnboundUnmanaged", "effect": "NoSchedule"}
    ]


def test_only_displays_of_intel_are_gpus() -> None:
    facts = host(gpu(class_code=0x030200), pci(CARD, 0x1002, 0x56C0))

    assert found(INTEL, facts) == []


def test_a_node_with_virtual_functions() -> None:
    devices = found(INTEL, host_facts("flex-170"))

    assert names(devices) == [
        NAME,
        *(f"0000-4d-00-{each}-0x56c0" for each in range(1, 5)),
        "0000-51-00-0-0x56c0",
        "0000-ca-00-0-0x56c0",
    ]
    assert [each.kind for each in devices] == ["gpu", *["vf"] * 4, "gpu", "gpu"]
