"""Machines with network cards, and with none but that."""

from collections.abc import Iterator
from typing import Final

from tests.hosts import parts
from tests.hosts.machine import Machine

_MELLANOX: Final = 0x15B3
_ETHERNET: Final = 0x020000
_INFINIBAND: Final = 0x020700
_LOCAL: Final = {0: "0-15,32-47", 1: "16-31,48-63"}


def machines() -> Iterator[Machine]:
    """Yield them."""
    yield _rdma_nics()
    yield _two_sockets()


def _rdma_nics() -> Machine:
    """Return a node with cards for Ethernet and InfiniBand, some in use otherwise."""
    machine = Machine("rdma-nics", "A node with ConnectX cards and virtual functions")
    for root in ("00", "3a", "5d", "85", "ae"):
        machine.root(f"pci0000:{root}")
    _ethernet(machine)
    _infiniband(machine)
    _unserved(machine)
    _interfaces(machine)
    _base(machine, "rdma-nics")
    return machine


def _ethernet(machine: Machine) -> None:
    """Add a ConnectX-6 Dx: its first port has virtual functions, the second is up."""
    port = machine.bridge("0000:3a:00.0", under="pci0000:3a")
    for index in (0, 1):
        machine.function(
            f"0000:3b:00.{index}",
            under=port,
            vendor=_MELLANOX,
            device=0x101D,
            class_=_ETHERNET,
            subsystem=(_MELLANOX, 0x0016),
            driver="mlx5_core",
            numa=0,
            cpus=_LOCAL[0],
            sriov=(8, 4 if index == 0 else 0),
            iommu=40 + index,
            link=(16.0, 16),
        )
        name = f"ens1f{index}np{index}"
        mac = f"b8:3f:d2:00:00:0{index}"
        parts.net(
            machine,
            name,
            pci=f"0000:3b:00.{index}",
            mac=mac,
            mtu=9000,
            speed=100_000,
            texts={"phys_port_name": f"p{index}"},
        )
        parts.rdma(
            machine,
            f"mlx5_{index}",
            pci=f"0000:3b:00.{index}",
            hca="MT4125",
            layer="Ethernet",
            rate="100 Gb/sec (4X EDR)",
        )
    for number in range(4):
        _virtual_function(machine, port, number)


def _virtual_function(machine: Machine, port: str, number: int) -> None:
    """Add a virtual function; a virtual machine has the third."""
    address = f"0000:3b:00.{number + 2}"
    is_passed = number == 2
    machine.function(
        address,
        under=port,
        vendor=_MELLANOX,
        device=0x101E,
        class_=_ETHERNET,
        subsystem=(_MELLANOX, 0x0016),
        driver="vfio-pci" if is_passed else "mlx5_core",
        numa=0,
        cpus=_LOCAL[0],
        vf_of=("0000:3b:00.0", number),
        iommu=50 + number,
        vfio="vfio0" if is_passed else None,
    )
    if is_passed:
        parts.nodes(machine, f"vfio/{50 + number}", "vfio/vfio")
        return
    parts.net(
        machine,
        f"ens1f0v{number}",
        pci=address,
        mac=f"b8:3f:d2:00:01:0{number}",
        state="up" if number else "down",
        speed=100_000 if number else None,
    )
    parts.rdma(
        machine, f"mlx5_{number + 4}", pci=address, hca="MT4126", layer="Ethernet"
    )


def _infiniband(machine: Machine) -> None:
    """Add a card with an interface and, on the other socket, one without."""
    first = machine.bridge("0000:5d:00.0", under="pci0000:5d")
    second = machine.bridge("0000:ae:00.0", under="pci0000:ae")
    for address, port, device, node in (
        ("0000:5e:00.0", first, 0x101B, 0),
        ("0000:af:00.0", second, 0x1021, 1),
    ):
        machine.function(
            address,
            under=port,
            vendor=_MELLANOX,
            device=device,
            class_=_INFINIBAND,
            subsystem=(_MELLANOX, 0x0008),
            driver="mlx5_core",
            numa=node,
            cpus=_LOCAL[node],
            sriov=(16, 0),
            link=(16.0, 16),
        )
    parts.net(
        machine,
        "ib0",
        pci="0000:5e:00.0",
        mac="00:00:10:49:fe:80:00:00:00:00:00:00:b8:3f:d2:03:00:aa:bb:cc",
        mtu=2044,
        kind=32,
        speed=200_000,
    )
    parts.rdma(
        machine,
        "mlx5_2",
        pci="0000:5e:00.0",
        hca="MT4123",
        rate="200 Gb/sec (4X HDR)",
    )
    parts.rdma(machine, "mlx5_3", pci="0000:af:00.0", state="1: DOWN")


def _unserved(machine: Machine) -> None:
    """Add a card without a driver, one for user space, and a disk."""
    machine.function(
        "0000:04:00.0",
        under=machine.bridge("0000:00:1c.0", under="pci0000:00"),
        vendor=0x14E4,
        device=0x165F,
        class_=_ETHERNET,
        subsystem=(0x1028, 0x08FF),
        numa=0,
        cpus=_LOCAL[0],
    )
    machine.function(
        "0000:86:00.0",
        under=machine.bridge("0000:85:00.0", under="pci0000:85"),
        vendor=0x8086,
        device=0x1572,
        class_=_ETHERNET,
        subsystem=(0x8086, 0x0007),
        driver="vfio-pci",
        numa=1,
        cpus=_LOCAL[1],
        sriov=(64, 0),
        iommu=70,
        vfio="vfio1",
    )
    machine.function(
        "0000:87:00.0",
        under=machine.bridge("0000:85:01.0", under="pci0000:85"),
        vendor=0x144D,
        device=0xA80A,
        class_=0x010802,
        driver="nvme",
        numa=1,
        cpus=_LOCAL[1],
        texts={"nvme/nvme0/model": "SAMSUNG MZQL23T8HCLS-00A07"},
    )


def _interfaces(machine: Machine) -> None:
    """Add what the node's network is made of."""
    parts.net(machine, "lo", mac="00:00:00:00:00:00", mtu=65536, kind=772, speed=None)
    parts.net(machine, "docker0", mac="02:42:5d:00:00:01", state="down", speed=None)
    parts.net(machine, "cilium_host", mac="02:42:5d:00:00:02", speed=None)
    bridge = {"uevent": "DEVTYPE=bridge\nINTERFACE=br-storage"}
    parts.net(machine, "br-storage", mac="02:42:5d:00:00:03", texts=bridge)
    pair = {"ifindex": 31, "iflink": 2}
    parts.net(machine, "lxc4f0a21", mac="02:42:5d:00:00:04", texts=pair)
    parts.net(machine, "dummy_0", mac="02:42:5d:00:00:05", state="unknown", speed=None)
    parts.uplink(machine, "ens1f1np1")


def _two_sockets() -> Machine:
    """Return a server of two sockets that has nothing but CPUs, memory and a bond."""
    machine = Machine("two-sockets", "A server without accelerators, with huge pages")
    machine.root("pci0000:17")
    port = machine.bridge("0000:17:00.0", under="pci0000:17")
    parts.net(machine, "bond0", texts={"uevent": "DEVTYPE=bond\nINTERFACE=bond0"})
    for index in (0, 1):
        address, name = f"0000:18:00.{index}", f"eno{index + 1}"
        machine.function(
            address,
            under=port,
            vendor=0x8086,
            device=0x159B,
            class_=_ETHERNET,
            subsystem=(0x8086, 0x0003),
            driver="ice",
            numa=0,
            cpus=_LOCAL[0],
            sriov=(128, 0),
        )
        parts.net(machine, name, pci=address, speed=25_000)
        bond = "sys/devices/virtual/net/bond0"
        machine.link(f"{machine.place(address)}/net/{name}/master", bond)
    parts.uplink(machine, "bond0")
    _base(machine, "two-sockets")
    return machine


def _base(machine: Machine, name: str) -> None:
    parts.cpus(machine, sockets=2, cores=16, threads=2, shared_l3=8)
    for number, cpus in _LOCAL.items():
        parts.numa(
            machine,
            number,
            cpus=cpus,
            memory_kib=131_722_136 + number * 393_216,
            distances=(10, 20) if number == 0 else (20, 10),
            hugepages={2048: 1024 * number, 1_048_576: 8},
        )
    parts.dmi(machine, sys_vendor="Dell Inc.", product_name="PowerEdge R750")
    parts.kernel(machine, name)
