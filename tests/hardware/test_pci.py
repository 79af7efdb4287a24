from functools import partial
from pathlib import Path

import pytest

from dractl.model.hosts import PciDevice, PciLink, Sriov
from tests.hosts.machine import Machine
from tests.hosts.reading import facts_of, host_facts


def machine() -> Machine:
    made = Machine("test", "A host")
    made.root("pci0000:64")
    made.bridge("0000:64:00.0", under="pci0000:64")
    return made


def only(made: Machine, folder: Path, address: str) -> PciDevice:
    found = facts_of(made.tree, folder).function(address)
    assert found is not None
    return found


def test_everything_that_the_kernel_tells_of_a_function_is_read(tmp_path: Path) -> None:
    made = machine()
    made.function(
        "0000:65:00.0",
        under="0000:64:00.0",
        vendor=0x10DE,
        device=0x2330,
        class_=0x030200,
        subsystem=(0x10DE, 0x16C1),
        revision=0xA1,
        driver="nvidia",
        numa=1,
        cpus="0-55,112-167",
        drm=(1, 129),
        sriov=(16, 0),
        iommu=27,
        link=(2.5, 16),
        most=(32.0, 16),
        texts={"driver_override": "(null)", "nvidia/current_vgpu_type": "0"},
    )

    assert only(made, tmp_path, "0000:65:00.0") == PciDevice(
        address="0000:65:00.0",
        vendor=0x10DE,
        device=0x2330,
        class_code=0x030200,
        subsystem_vendor=0x10DE,
        subsystem_device=0x16C1,
        revision=0xA1,
        driver="nvidia",
        numa_node=1,
        local_cpus="0-55,112-167",
        root="pci0000:64",
        path=("0000:64:00.0", "0000:65:00.0"),
        iommu_group="27",
        sriov=Sriov(total=16, enabled=0),
        link=PciLink(speed=2.5, most_speed=32.0, width=16, most_width=16),
        cards=(1,),
        renders=(129,),
        texts={"nvidia/current_vgpu_type": "0"},
    )


def test_a_function_below_a_device_tree_has_a_path_but_no_root(tmp_path: Path) -> None:
    made = Machine("test", "A host")
    made.root("pci0000:00", below="sys/devices/platform/scb/fd500000.pcie")
    made.function(
        "0000:01:00.0",
        under="pci0000:00",
        vendor=0x1106,
        device=0x3483,
        class_=0x0C0330,
    )

    found = only(made, tmp_path, "0000:01:00.0")

    assert (found.root, found.path) == (None, ("0000:01:00.0",))


def test_virtual_functions_know_their_number_by_the_links_to_them(
    tmp_path: Path,
) -> None:
    made = machine()
    nic = partial(made.function, under="0000:64:00.0", vendor=0x15B3, class_=0x020000)
    nic("0000:65:00.0", device=0x1021, sriov=(8, 2))
    nic("0000:65:00.7", device=0x101E, vf_of=("0000:65:00.0", 0))
    nic("0000:65:01.0", device=0x101E, vf_of=("0000:65:00.0", 11))

    facts = facts_of(made.tree, tmp_path)

    assert [each.sriov for each in facts.pci[1:]] == [
        Sriov(total=8, enabled=2),
        Sriov(parent="0000:65:00.0", index=0),
        Sriov(parent="0000:65:00.0", index=11),
    ]


def test_an_unknown_numa_node_and_link_are_not_told(tmp_path: Path) -> None:
    made = machine()
    made.function(
        "0000:65:00.0",
        under="0000:64:00.0",
        vendor=0x10DE,
        device=0x1EB8,
        class_=0x030200,
        texts={"current_link_speed": "Unknown", "current_link_width": 255},
    )

    found = only(made, tmp_path, "0000:65:00.0")

    assert (found.numa_node, found.link, found.driver) == (None, PciLink(), None)


def test_functions_come_in_the_order_of_domains_and_addresses(tmp_path: Path) -> None:
    made = machine()
    made.root("pci10000:e0")
    disk = partial(made.function, vendor=0x144D, device=0xA80A, class_=0x010802)
    disk("10000:e1:00.0", under="pci10000:e0")
    disk("0000:65:00.0", under="0000:64:00.0")

    facts = facts_of(made.tree, tmp_path)

    assert [(each.address, each.root) for each in facts.pci] == [
        ("0000:64:00.0", "pci0000:64"),
        ("0000:65:00.0", "pci0000:64"),
        ("10000:e1:00.0", None),
    ]


def test_accelerators_are_named_but_not_their_control_nodes(tmp_path: Path) -> None:
    made = machine()
    made.function(
        "0000:65:00.0",
        under="0000:64:00.0",
        vendor=0x1DA3,
        device=0x1060,
        class_=0x120000,
        accel="accel0",
        vfio="vfio3",
        texts={"accel/accel_controlD0/dev": "261:64"},
    )

    found = only(made, tmp_path, "0000:65:00.0")

    assert (found.accels, found.vfio_devices) == (("accel0",), ("vfio3",))


def test_mediated_devices_are_those_of_functions_that_can_have_some(
    tmp_path: Path,
) -> None:
    made = machine()
    uuid = "c2a1b2de-1f5a-4a63-9f44-2f6e1f3a5b11"
    made.function(
        "0000:65:00.0",
        under="0000:64:00.0",
        vendor=0x10DE,
        device=0x2236,
        class_=0x030200,
        texts={"mdev_supported_types/nvidia-63/name": "A10-4Q", f"{uuid}/uevent": ""},
    )

    assert only(made, tmp_path, "0000:65:00.0").mdevs == (uuid,)


@pytest.mark.parametrize(
    ("address", "known"),
    [("0000:00:01.0", True), ("0000:01:00.0", False), ("0000:07:00.0", False)],
    ids=["sound", "loop", "ids-are-junk"],
)
def test_of_a_hostile_host_sound_functions_are_listed(
    address: str, known: bool
) -> None:
    facts = host_facts("hostile")

    assert (facts.function(address) is not None) == known
