"""Machines with accelerators of clouds' own makes, and of smaller vendors."""

from collections.abc import Iterator
from typing import Final

from tests.hosts import parts
from tests.hosts.machine import Machine

_ACCELERATOR: Final = 0x120000
_ETHERNET: Final = 0x020000
_AMAZON: Final = 0x1D0F
_GOOGLE: Final = 0x1AE0


def machines() -> Iterator[Machine]:
    """Yield them."""
    yield _trainium()
    yield _tpu()
    yield _rebellions()
    yield _ascend()
    yield _odd_cards()


def _trainium() -> Machine:
    """Return an instance with 16 Trainium, of which 4 share a root with an EFA."""
    machine = Machine("trn1", "A trn1.32xlarge of Amazon EC2")
    for root, numa in (("10", 0), ("20", 0), ("90", 1), ("a0", 1)):
        machine.root(f"pci0000:{root}")
        for slot in range(4):
            machine.function(
                f"0000:{root}:{0x1C + slot:02x}.0",
                under=f"pci0000:{root}",
                vendor=_AMAZON,
                device=0x7164,
                class_=0x088000,
                subsystem=(_AMAZON, 0x7164),
                revision=1,
                driver="neuron",
                numa=numa,
            )
        address = f"0000:{root}:1b.0"
        machine.function(
            address,
            under=f"pci0000:{root}",
            vendor=_AMAZON,
            device=0xEFA1,
            class_=_ETHERNET,
            subsystem=(_AMAZON, 0xEFA1),
            driver="efa",
            numa=numa,
        )
        name = f"rdmap{int(root, 16)}s27"
        parts.rdma(machine, name, pci=address, layer="Unspecified", hca="EFA")
    machine.function(
        "0000:00:05.0",
        under=machine.root("pci0000:00"),
        vendor=_AMAZON,
        device=0xEC20,
        class_=_ETHERNET,
        subsystem=(_AMAZON, 0xEC20),
        driver="ena",
        numa=0,
    )
    parts.net(machine, "ens5", pci="0000:00:05.0", mac="0e:96:fe:00:00:01", mtu=9001)
    parts.uplink(machine, "ens5")
    for number in range(16):
        place = f"sys/devices/virtual/neuron_device/neuron{number}"
        machine.text(f"{place}/core_count", 2)
    parts.nodes(machine, *(f"neuron{number}" for number in range(16)))
    parts.module(machine, "neuron", "2.21.37.0")
    parts.dmi(machine, sys_vendor="Amazon EC2", product_name="trn1.32xlarge")
    parts.kernel(machine, "ip-10-0-0-11", "6.1.0-amzn2023")
    return machine


def _tpu() -> Machine:
    """Return a virtual machine with 4 chips, of which one is not given out."""
    machine = Machine("tpu-v5e", "A ct5lp-hightpu-4t of Google Compute Engine")
    root = machine.root("pci0000:00")
    for number in range(4):
        is_bound = number < 3
        machine.function(
            f"0000:00:{4 + number:02x}.0",
            under=root,
            vendor=_GOOGLE,
            device=0x0063,
            class_=_ACCELERATOR,
            subsystem=(_GOOGLE, 0x0076),
            driver="vfio-pci" if is_bound else None,
            iommu=9 + number,
        )
    parts.nodes(machine, "vfio/vfio", "vfio/9", "vfio/10", "vfio/11")
    machine.function(
        "0000:00:08.0",
        under=root,
        vendor=_GOOGLE,
        device=0x0042,
        class_=_ETHERNET,
        subsystem=(_GOOGLE, 0x0058),
        driver="gve",
    )
    machine.function(
        "0000:00:09.0",
        under=root,
        vendor=_GOOGLE,
        device=0x001F,
        class_=0x010802,
        driver="nvme",
    )
    parts.net(machine, "eth0", pci="0000:00:08.0", mac="42:01:0a:80:00:07", mtu=1460)
    parts.uplink(machine, "eth0")
    parts.dmi(machine, sys_vendor="Google", product_name="Google Compute Engine")
    parts.kernel(machine, "gke-tpu-0", "6.6.56+")
    return machine


def _rebellions() -> Machine:
    """Return a node with 3 cards: one is divided, one has no driver."""
    machine = Machine("rebellions", "A node of 3 RBLN-CA22, one with virtual functions")
    for number, bus in enumerate(("18", "3b", "86")):
        port = machine.bridge(f"0000:{bus}:00.0", under=machine.root(f"pci0000:{bus}"))
        address = f"0000:{int(bus, 16) + 1:02x}:00.0"
        machine.function(
            address,
            under=port,
            vendor=0x1EFF,
            device=0x1220,
            class_=_ACCELERATOR,
            subsystem=(0x1EFF, 0x1220),
            driver="rebellions" if number < 2 else None,
            numa=number // 2,
            sriov=(4, 2 if number == 1 else 0),
            link=(32.0, 16),
        )
    for number in range(2):
        machine.function(
            f"0000:3c:00.{number + 1}",
            under="0000:3b:00.0",
            vendor=0x1EFF,
            device=0x1221,
            class_=_ACCELERATOR,
            subsystem=(0x1EFF, 0x1220),
            driver="vfio-pci" if number else "rebellions",
            numa=0,
            vf_of=("0000:3c:00.0", number),
            iommu=30 + number,
        )
    parts.nodes(machine, "rbln0", "rbln1", "rbln2", "rsd0", "vfio/31", "vfio/vfio")
    parts.module(machine, "rebellions", "1.3.73")
    parts.kernel(machine, "rebellions")
    return machine


def _ascend() -> Machine:
    """Return a node of Kunpeng with 4 NPUs, the last of which has no file in /dev."""
    machine = Machine("ascend-910b", "A node of 4 Ascend 910B")
    for number, bus in enumerate(("01", "02", "81", "82")):
        machine.function(
            f"0000:{bus}:00.0",
            under=machine.root(f"pci0000:{bus}"),
            vendor=0x19E5,
            device=0xD802,
            class_=_ACCELERATOR,
            subsystem=(0x19E5, 0x3003),
            driver="devdrv_device_driver",
            numa=number // 2,
        )
    parts.nodes(machine, "davinci0", "davinci1", "davinci2", "davinci_manager")
    parts.kernel(machine, "ascend", "5.10.0-216.0.0.115.oe2203sp4.aarch64")
    return machine


def _odd_cards() -> Machine:
    """Return a workstation with a card of everybody that has no DRA driver."""
    machine = Machine("odd-cards", "A workstation with cards that no DRA driver has")
    root = machine.root("pci0000:00")
    for bus, vendor, device, class_, driver in (
        (0x01, 0x1ED2, 0x0001, _ACCELERATOR, "furiosa_rngd"),
        (0x02, 0x1E52, 0x401E, _ACCELERATOR, "tenstorrent"),
        (0x03, 0x1ED5, 0x0201, 0x030000, "mtgpu"),
        (0x04, 0x1D94, 0x6211, _ACCELERATOR, None),
        (0x05, 0x1D94, 0x1458, _ETHERNET, "amd-xgbe"),
        (0x06, 0x1E60, 0x2864, 0x0B4000, "hailo"),
        (0x07, 0x1014, 0x06A7, _ACCELERATOR, "vfio-pci"),
        (0x08, 0x14E4, 0x5E87, 0x058000, "bcm-vk"),
        (0x0C, 0xCABC, 0x0370, _ACCELERATOR, "cambricon-pci"),
        (0x0D, 0x9999, 0x0A01, 0x030200, "metax"),
        (0x0E, 0x1E36, 0xC035, _ACCELERATOR, "enflame"),
        (0x0F, 0x1D95, 0x0001, _ACCELERATOR, None),
        (0x10, 0x1AC1, 0x089A, 0x088000, "apex"),
        (0x11, 0x1D22, 0x3684, _ACCELERATOR, "kunlun"),
        (0x09, 0xCAFE, 0x0001, _ACCELERATOR, "mystery"),
        (0x0A, 0xCAFE, 0x0002, 0x0B4000, None),
        (0x0B, 0xCAFE, 0x0003, 0x010802, None),
    ):
        port = machine.bridge(f"0000:00:{bus:02x}.0", under=root)
        machine.function(
            f"0000:{bus:02x}:00.0",
            under=port,
            vendor=vendor,
            device=device,
            class_=class_,
            subsystem=(vendor, 0x0001),
            driver=driver,
        )
    machine.function(
        "0000:03:00.1",
        under="0000:00:03.0",
        vendor=0x1ED5,
        device=0x02FF,
        class_=0x040300,
        driver="snd_hda_intel",
    )
    parts.kernel(machine, "odd-cards")
    return machine
