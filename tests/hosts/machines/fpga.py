"""Machines with FPGA cards."""

from collections.abc import Iterator
from typing import Final

from tests.hosts import parts
from tests.hosts.machine import Machine

_XILINX: Final = 0x10EE
_REGION: Final = "fpga_region/region0"


def machines() -> Iterator[Machine]:
    """Yield a node with cards of AMD and of Intel."""
    machine = Machine("fpga", "A node with Alveo cards and a PAC")
    parts.kernel(machine, "fpga")
    parts.cpus(machine, sockets=1, cores=4)
    parts.numa(machine, 0, cpus="0-3", memory_kib=263_900_000)
    machine.root("pci0000:3a")
    port = machine.bridge("0000:3a:00.0", under="pci0000:3a")
    _alveo(machine, port, "0000:3b:00.0", 0x5004, "xclmgmt")
    _alveo(machine, port, "0000:3b:00.1", 0x5005, "xocl")
    port = machine.bridge("0000:3a:02.0", under="pci0000:3a")
    _alveo(machine, port, "0000:3d:00.0", 0xD000, None)
    machine.root("pci0000:ae")
    port = machine.bridge("0000:ae:00.0", under="pci0000:ae")
    machine.function(
        "0000:af:00.0",
        under=port,
        vendor=0x8086,
        device=0x09C4,
        class_=0x120000,
        driver="dfl-pci",
        numa=0,
        sriov=(1, 0),
        link=(8.0, 8),
        texts={
            f"{_REGION}/dfl-fme.0/bitstream_id": "0x23000110010309",
            f"{_REGION}/dfl-port.0/afu_id": "d8424dc4a4a3c413f89e433683f9040b",
        },
    )
    yield machine


def _alveo(
    machine: Machine, port: str, address: str, device: int, driver: str | None
) -> None:
    machine.function(
        address,
        under=port,
        vendor=_XILINX,
        device=device,
        class_=0x120000,
        subsystem=(_XILINX, 0x000E),
        driver=driver,
        numa=0,
        link=(8.0, 16),
    )
