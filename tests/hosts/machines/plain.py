"""Machines without accelerators, or with what every laptop has."""

from collections.abc import Iterator

from tests.hosts import parts
from tests.hosts.machine import Machine


def machines() -> Iterator[Machine]:
    """Yield them."""
    yield _empty_vm()
    yield _laptop()
    yield _board()


def _empty_vm() -> Machine:
    """Return a virtual machine of a cloud: a network card, a disk, and that is all."""
    machine = Machine("empty-vm", "A cloud VM without accelerators")
    machine.root("pci0000:00")
    machine.function(
        "0000:00:01.0",
        under="pci0000:00",
        vendor=0x8086,
        device=0x7110,
        class_=0x060100,
    )
    machine.function(
        "0000:00:03.0",
        under="pci0000:00",
        vendor=0x1AF4,
        device=0x1004,
        class_=0x010000,
        driver="virtio-pci",
    )
    machine.function(
        "0000:00:05.0",
        under="pci0000:00",
        vendor=0x1AE0,
        device=0x0042,
        class_=0x020000,
        subsystem=(0x1AE0, 0x0058),
        driver="gvnic",
    )
    parts.net(machine, "ens5", pci="0000:00:05.0", mac="42:01:0a:80:00:02", mtu=1460)
    parts.net(machine, "lo", mac="00:00:00:00:00:00", mtu=65536, kind=772, speed=None)
    parts.uplink(machine, "ens5")
    parts.cpus(machine, sockets=1, cores=2, threads=2)
    parts.numa(machine, 0, cpus="0-3", memory_kib=16_393_216)
    parts.dmi(machine, sys_vendor="Google", product_name="Google Compute Engine")
    parts.kernel(machine, "empty-vm", "6.8.0-1015-gcp")
    return machine


def _laptop() -> Machine:
    """Return a laptop: an integrated GPU and NPU, two kinds of cores, wireless."""
    machine = Machine("laptop", "A laptop with an integrated GPU")
    machine.root("pci0000:00")
    machine.function(
        "0000:00:02.0",
        under="pci0000:00",
        vendor=0x8086,
        device=0x7D55,
        class_=0x030000,
        subsystem=(0x17AA, 0x2234),
        revision=8,
        driver="i915",
        cpus="0-21",
        drm=(1, 128),
        sriov=(7, 0),
        iommu=0,
    )
    machine.function(
        "0000:00:0b.0",
        under="pci0000:00",
        vendor=0x8086,
        device=0x7D1D,
        class_=0x120000,
        driver="intel_vpu",
        cpus="0-21",
        accel="accel0",
        iommu=1,
    )
    port = machine.bridge("0000:00:1c.0", under="pci0000:00", device=0x7E38)
    machine.function(
        "0000:01:00.0",
        under=port,
        vendor=0x8086,
        device=0x2725,
        class_=0x028000,
        driver="iwlwifi",
        cpus="0-21",
        iommu=12,
        link=(5.0, 1),
    )
    wireless = "02:1b:44:11:3a:b7"
    parts.net(machine, "wlp1s0", pci="0000:01:00.0", mac=wireless, speed=None)
    parts.net(machine, "lo", mac="00:00:00:00:00:00", mtu=65536, kind=772, speed=None)
    parts.net(
        machine,
        "docker0",
        mac="02:42:5d:00:00:01",
        state="down",
        speed=None,
        texts={"uevent": "DEVTYPE=bridge\nINTERFACE=docker0"},
    )
    parts.uplink(machine, "wlp1s0")
    parts.cpus(machine, sockets=1, cores=22)
    parts.hybrid(machine, core="0-11", atom="12-21")
    parts.numa(machine, 0, cpus="0-21", memory_kib=32_505_856)
    parts.module(machine, "i915")
    parts.dmi(machine, sys_vendor="LENOVO", product_name="21KC0000US")
    parts.kernel(machine, "laptop", "6.11.0-9-generic")
    return machine


def _board() -> Machine:
    """Return a single-board computer: a device tree, no PCI, no NUMA, no DMI."""
    machine = Machine("board", "A Raspberry-Pi-like host with no PCI")
    machine.text("sys/firmware/devicetree/base/model", "Raspberry Pi 4 Model B Rev 1.4")
    machine.text("sys/devices/platform/soc/fe201000.serial/uevent", "DRIVER=uart-pl011")
    card = "sys/devices/platform/gpu/drm/card0"
    machine.text(f"{card}/dev", "226:0")
    machine.link("sys/class/drm/card0", card)
    parts.nodes(machine, "dri/card0", "null")
    place = "sys/devices/platform/scb/fd580000.ethernet/net/eth0"
    machine.texts(
        place,
        {"address": "dc:a6:32:00:00:01", "mtu": 1500, "operstate": "up", "type": 1},
    )
    machine.text(f"{place}/speed", 1000)
    machine.link(f"{place}/device", "sys/devices/platform/scb/fd580000.ethernet")
    machine.link("sys/class/net/eth0", place)
    parts.uplink(machine, "eth0")
    parts.cpus(machine, sockets=1, cores=4)
    parts.kernel(machine, "raspberrypi", "6.6.31+rpt-rpi-v8")
    return machine
