"""Machines with GPUs of NVIDIA; tests/hosts/nvml has what NVML tells of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.hosts import parts
from tests.hosts.machine import Machine
from tests.hosts.nvml.machines import (
    A100_INSTANCES,
    A100_MINORS,
    DGX_A100,
    HGX_H100,
)

_NVIDIA: Final = 0x10DE
_MELLANOX: Final = 0x15B3
_VGA: Final = 0x030000
_3D: Final = 0x030200
_H100_SUBSYSTEM: Final = (_NVIDIA, 0x16C1)
# BAR0 of 16 MiB, BAR2 of 128 GiB and BAR4 of 32 MiB, all but the first 64-bit.
_REGIONS: Final = """\
0x00000000d4000000 0x00000000d4ffffff 0x0000000000040200
0x0000000000000000 0x0000000000000000 0x0000000000000000
0x0000022000000000 0x0000023fffffffff 0x000000000014220c
0x0000000000000000 0x0000000000000000 0x0000000000000000
0x0000024000000000 0x0000024001ffffff 0x000000000014220c
0x0000000000000000 0x0000000000000000 0x0000000000000000"""


def machines() -> Iterator[Machine]:
    """Yield them."""
    yield _hgx_h100()
    yield _dgx_a100()
    yield _cloud_t4()
    yield _workstation("gpu-no-driver", "A GPU that no driver has", None)
    yield _workstation("gpu-nouveau", "A GPU with nouveau", "nouveau")
    yield _workstation("gpu-vfio", "A GPU for virtual machines", "vfio-pci")
    yield _gb10()


def _base(machine: Machine, *, sockets: int, cores: int) -> None:
    parts.kernel(machine, machine.name)
    parts.cpus(machine, sockets=sockets, cores=cores)
    for number in range(sockets):
        listed = f"{number * cores}-{(number + 1) * cores - 1}"
        far = [10 if each == number else 21 for each in range(sockets)]
        parts.numa(
            machine, number, cpus=listed, memory_kib=1_056_000_000, distances=far
        )


def _switches(machine: Machine, device: int, buses: Sequence[str]) -> None:
    """Add NVSwitches: bridges of NVIDIA, and no GPUs."""
    machine.root("pci0000:00")
    for number, bus in enumerate(buses):
        port = machine.bridge(f"0000:00:1c.{number}", under="pci0000:00")
        machine.function(
            f"0000:{bus}:00.0",
            under=port,
            vendor=_NVIDIA,
            device=device,
            class_=0x068000,
            driver="nvidia-nvswitch",
            numa=0,
        )


def _hgx_h100() -> Machine:
    """Return 8 GPUs, each with a NIC on the same PCIe switch, and 4 NVSwitches."""
    machine = Machine("hgx-h100", "HGX H100: 8 GPUs, 4 NVSwitches, 8 ConnectX-7")
    _base(machine, sockets=2, cores=4)
    _switches(machine, 0x22A3, ("05", "06", "07", "08"))
    for index, text in enumerate(HGX_H100):
        bus = int(text, 16)
        node = index // 4
        root = machine.root(f"pci0000:{bus - 6:02x}")
        port = machine.bridge(f"0000:{bus - 6:02x}:01.0", under=root)
        top = _plx(machine, f"0000:{bus - 5:02x}:00.0", port)
        left = _plx(machine, f"0000:{bus - 4:02x}:00.0", top)
        right = _plx(machine, f"0000:{bus - 4:02x}:02.0", top)
        _nic(machine, f"0000:{bus - 3:02x}:00.0", left, index, node)
        machine.function(
            f"0000:{text}:00.0",
            under=right,
            vendor=_NVIDIA,
            device=0x2330,
            class_=_3D,
            subsystem=_H100_SUBSYSTEM,
            revision=0xA1,
            driver="nvidia",
            numa=node,
            cpus=f"{node * 4}-{node * 4 + 3}",
            iommu=100 + index,
            link=(32.0, 16),
            texts={"resource": _REGIONS},
        )
    minors = {f"0000:{bus}:00.0": index for index, bus in enumerate(HGX_H100)}
    _proc(machine, "NVIDIA H100 80GB HBM3", minors, 9)
    parts.dmi(machine, sys_vendor="NVIDIA", product_name="DGXH100")
    parts.plugin(machine, "gpu.nvidia.com")
    return machine


def _plx(machine: Machine, address: str, under: str) -> str:
    return machine.bridge(address, under=under, vendor=0x1000, device=0xC030)


def _nic(machine: Machine, address: str, under: str, index: int, node: int) -> None:
    machine.function(
        address,
        under=under,
        vendor=_MELLANOX,
        device=0x1021,
        class_=0x020700,
        driver="mlx5_core",
        numa=node,
        iommu=80 + index,
        link=(32.0, 16),
    )
    parts.rdma(machine, f"mlx5_{index}", pci=address)


def _proc(
    machine: Machine,
    model: str,
    minors: Mapping[str, int],
    architecture: int,
    version: str = "570.172.08",
) -> None:
    """Add what the driver shows of GPUs by their addresses."""
    gpus: Mapping[str, Mapping[str, object]] = {
        address: {
            "Model": model,
            "GPU UUID": f"GPU-{index:08x}-0000-4000-8000-{architecture:012x}",
            "Bus Type": "PCIe",
            "Device Minor": minor,
        }
        for index, (address, minor) in enumerate(minors.items())
    }
    parts.nvidia(machine, version, gpus)


def _dgx_a100() -> Machine:
    machine = Machine("dgx-a100", "DGX A100: 8 GPUs, MIG on some of them")
    _base(machine, sockets=2, cores=4)
    _switches(machine, 0x1AF1, ("c4", "c5", "c6", "c7", "c8", "c9"))
    for index, bus in enumerate(DGX_A100):
        root = machine.root(f"pci0000:{int(bus, 16) - 1:02x}")
        port = machine.bridge(f"0000:{int(bus, 16) - 1:02x}:01.0", under=root)
        machine.function(
            f"0000:{bus}:00.0",
            under=port,
            vendor=_NVIDIA,
            device=0x20B0,
            class_=_3D,
            driver="nvidia",
            numa=index // 4,
            link=(16.0, 16),
        )
    addresses = [f"0000:{bus}:00.0" for bus in DGX_A100]
    minors = dict(zip(addresses, A100_MINORS, strict=True))
    _proc(machine, "NVIDIA A100-SXM4-40GB", minors, 7)
    for minor, instances in A100_INSTANCES.items():
        parts.mig(machine, minor, instances)
    parts.dmi(machine, sys_vendor="NVIDIA", product_name="DGXA100 920-23687-2530-000")
    return machine


def _cloud_t4() -> Machine:
    machine = Machine("cloud-t4", "A cloud VM with one T4")
    _base(machine, sockets=1, cores=4)
    root = machine.root("pci0000:00")
    machine.function(
        "0000:00:04.0",
        under=root,
        vendor=_NVIDIA,
        device=0x1EB8,
        class_=_3D,
        driver="nvidia",
    )
    _proc(machine, "Tesla T4", {"0000:00:04.0": 0}, 6)
    parts.dmi(machine, sys_vendor="Google", product_name="Google Compute Engine")
    return machine


def _workstation(name: str, title: str, driver: str | None) -> Machine:
    """Return a machine with a GPU for displays, and its audio function."""
    machine = Machine(name, title)
    _base(machine, sockets=1, cores=4)
    root = machine.root("pci0000:00")
    port = machine.bridge("0000:00:01.0", under=root)
    machine.function(
        "0000:01:00.0",
        under=port,
        vendor=_NVIDIA,
        device=0x26B1,
        class_=_VGA,
        driver=driver,
        numa=0,
        drm=(0, 128) if driver == "nouveau" else (None, None),
        iommu=15,
        texts={"resource": _REGIONS},
    )
    machine.function(
        "0000:01:00.1",
        under=port,
        vendor=_NVIDIA,
        device=0x22BA,
        class_=0x040300,
        driver="vfio-pci" if driver == "vfio-pci" else "snd_hda_intel",
        iommu=15,
    )
    if driver == "vfio-pci":
        parts.nodes(machine, "vfio/vfio", "vfio/15", "iommu")
    if driver is not None:
        parts.module(machine, driver.replace("-", "_"))
    return machine


def _gb10() -> Machine:
    machine = Machine("gb10", "DGX Spark: a GB10 whose memory is the machine's")
    _base(machine, sockets=1, cores=20)
    root = machine.root("pci000f:00", below="sys/devices/platform/NVDA000A:00")
    port = machine.bridge("000f:00:00.0", under=root, vendor=_NVIDIA, device=0x22D1)
    machine.function(
        "000f:01:00.0",
        under=port,
        vendor=_NVIDIA,
        device=0x2E12,
        class_=_VGA,
        driver="nvidia",
        drm=(1, 128),
    )
    _proc(machine, "NVIDIA GB10", {"000f:01:00.0": 0}, 10, "580.95.05")
    return machine
