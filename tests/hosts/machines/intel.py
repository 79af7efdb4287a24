"""Machines with Intel's GPUs, Gaudi accelerators and QuickAssist engines."""

from collections.abc import Iterator
from typing import Final

from tests.hosts import parts
from tests.hosts.machine import Machine

_INTEL: Final = 0x8086
_FLEX: Final = 0x56C0
_LMEM: Final = 15_360 << 20
_GAUDI_BUSES: Final = (0x19, 0x1A, 0x33, 0x34, 0x9B, 0x9C, 0xB3, 0xB4)
_GAUDI_PORTS: Final = 3
_QAT: Final = 16


def machines() -> Iterator[Machine]:
    """Yield them."""
    yield _flex()
    yield _gaudi()
    yield _qat()


def _flex() -> Machine:
    """Return a node of Flex 170 cards: divided, whole, and for virtual machines."""
    machine = Machine("flex-170", "A node of 3 Flex 170, one with virtual functions")
    _base(machine, "flex-170")
    parts.module(machine, "i915")
    machine.root("pci0000:4a")
    port = machine.bridge("0000:4a:02.0", under="pci0000:4a")
    _card(machine, "0000:4d:00.0", port, card=1, sriov=(31, 4))
    for index in range(4):
        address = f"0000:4d:00.{index + 1}"
        _card(machine, address, port, card=4 + index, vf_of=("0000:4d:00.0", index))
    port = machine.bridge("0000:4a:04.0", under="pci0000:4a")
    _card(machine, "0000:51:00.0", port, card=2, sriov=(31, 0))
    machine.root("pci0000:c9")
    port = machine.bridge("0000:c9:02.0", under="pci0000:c9")
    machine.function(
        "0000:ca:00.0",
        under=port,
        vendor=_INTEL,
        device=_FLEX,
        class_=0x038000,
        driver="vfio-pci",
        numa=1,
        sriov=(31, 0),
        iommu=71,
        vfio="vfio0",
        texts={"sriov_drivers_autoprobe": 1},
    )
    return machine


def _card(  # noqa: PLR0913 - what tells cards apart
    machine: Machine,
    address: str,
    port: str,
    *,
    card: int,
    sriov: tuple[int, int] | None = None,
    vf_of: tuple[str, int] | None = None,
) -> None:
    machine.function(
        address,
        under=port,
        vendor=_INTEL,
        device=_FLEX,
        class_=0x038000,
        subsystem=(_INTEL, 0x4905),
        driver="i915",
        numa=0,
        drm=(card, 127 + card),
        sriov=sriov,
        vf_of=vf_of,
        iommu=40 + card,
        link=(16.0, 16),
        texts={"sriov_drivers_autoprobe": 1} if sriov else {},
    )
    amount = _LMEM // 8 if vf_of else _LMEM
    machine.text(f"{machine.place(address)}/drm/card{card}/lmem_total_bytes", amount)


def _gaudi() -> Machine:
    """Return a node of Gaudi 3 cards with the ports that lead out of it."""
    machine = Machine("gaudi-3", "A node of 8 Gaudi 3")
    _base(machine, "gaudi-3")
    parts.module(machine, "habanalabs", "1.19.0-0a2ad0a")
    for index, bus in enumerate(_GAUDI_BUSES):
        root = machine.root(f"pci0000:{bus - 4:02x}")
        port = machine.bridge(f"0000:{bus - 4:02x}:01.0", under=root)
        address = machine.function(
            f"0000:{bus:02x}:00.0",
            under=port,
            vendor=0x1DA3,
            device=0x1060,
            class_=0x120000,
            subsystem=(0x1DA3, 0x1060),
            revision=1,
            driver="habanalabs",
            numa=index // 4,
            accel=f"accel{index}",
            iommu=100 + index,
            link=(32.0, 16),
            texts={
                # Slots on the baseboard do not follow the order of addresses.
                "module_id": index ^ 3,
                "device_type": "GAUDI3",
                "status": "Operational",
            },
        )
        machine.class_device("accel", f"accel_controlD{index}", {}, address)
        parts.nodes(machine, f"accel/accel_controlD{index}")
        for port_number in range(_GAUDI_PORTS):
            parts.net(
                machine,
                f"ens{index}p{port_number}",
                pci=address,
                mac=f"b0:fd:0b:d0:{index:02x}:{port_number:02x}",
                mtu=8000,
                speed=200_000,
            )
    return machine


def _qat() -> Machine:
    """Return a node of Intel's with all engines that its processors have."""
    machine = Machine("qat", "A node with QuickAssist, DSA, IAA and DLB")
    _base(machine, "qat")
    parts.module(machine, "qat_4xxx", "0.6.0")
    parts.module(machine, "vfio_pci")
    first = _engine(machine, 0x6B, driver="4xxx", numvfs=_QAT, services="sym;asym")
    for index in range(_QAT):
        slot, function = divmod(index + 1, 8)
        machine.function(
            f"0000:6b:{slot:02x}.{function}",
            under="pci0000:6b",
            vendor=_INTEL,
            device=0x4941,
            class_=0x0B4000,
            driver="vfio-pci",
            numa=0,
            vf_of=(first, index),
            iommu=200 + index,
            vfio=f"vfio{index}",
        )
    _engine(machine, 0x70, driver="4xxx", numvfs=0, services="dc")
    _engine(machine, 0x75, driver=None, numvfs=0, services="")
    others = {
        "0000:6a:01.0": (0x0B25, 0x088000, "idxd"),
        "0000:6a:02.0": (0x0CFE, 0x088000, "idxd"),
        "0000:6a:03.0": (0x2710, 0x0B4000, None),
    }
    machine.root("pci0000:6a")
    for address, (device, class_, driver) in others.items():
        machine.function(
            address,
            under="pci0000:6a",
            vendor=_INTEL,
            device=device,
            class_=class_,
            driver=driver,
            numa=0,
        )
    return machine


def _engine(
    machine: Machine, bus: int, *, driver: str | None, numvfs: int, services: str
) -> str:
    root = machine.root(f"pci0000:{bus:02x}")
    texts = {"qat/state": "up", "qat/cfg_services": services} if driver else {}
    return machine.function(
        f"0000:{bus:02x}:00.0",
        under=root,
        vendor=_INTEL,
        device=0x4940,
        class_=0x0B4000,
        subsystem=(_INTEL, 0),
        revision=0x40,
        driver=driver,
        numa=0,
        sriov=(_QAT, numvfs),
        iommu=190,
        texts=texts,
    )


def _base(machine: Machine, name: str) -> None:
    parts.kernel(machine, name)
    parts.cpus(machine, sockets=2, cores=4)
    parts.numa(machine, 0, cpus="0-3", memory_kib=528_000_000, distances=(10, 21))
    parts.numa(machine, 1, cpus="4-7", memory_kib=528_400_000, distances=(21, 10))
