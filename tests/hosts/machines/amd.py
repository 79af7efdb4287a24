"""Machines with AMD's Instinct accelerators."""

from collections.abc import Iterator
from typing import Final

from tests.hosts import parts
from tests.hosts.machine import Machine

_MODES: Final = ("CPX", "CPX", "DPX", "QPX", "SPX", "SPX", "SPX", "SPX")
_PARTS: Final = {"SPX": 1, "DPX": 2, "QPX": 4, "CPX": 8}
_BUSES: Final = (0x05, 0x26, 0x46, 0x65, 0x85, 0xA6, 0xC6, 0xE5)
_VRAM: Final = 206_141_652_992
_SIMDS: Final = 1216
_UNIQUE: Final = 0x5A5A_0000_0000_1000
_HIVE: Final = 0x2B3C_4D5E_6F70_8192
_XGMI, _PCIE = 11, 2  # KFD's types of links
_SPARE: Final = 2


def machines() -> Iterator[Machine]:
    """Yield them."""
    yield _mixed()
    yield _no_driver()


def _mixed() -> Machine:
    """Return a node whose GPUs are partitioned differently, as NPS1 allows it."""
    machine = Machine("mi300x", "A node of 8 MI300X, half of them in partitions")
    _base(machine, "mi300x-0")
    parts.module(machine, "amdgpu", "6.12.12")
    parts.nodes(machine, "kfd")
    machine.text("sys/module/amdgpu/srcversion", "8E1C3D9A0B7F25D46A1E9C2")
    for number in range(2):
        parts.kfd(machine, number, {"cpu_cores_count": 96, "simd_count": 0})
    firsts = [2 + sum(map(_parts_of, _MODES[:gpu])) for gpu in range(len(_MODES))]
    for gpu, mode in enumerate(_MODES):
        _gpu(machine, gpu, driver="amdgpu", mode=mode, first=firsts[gpu])
        _topology(machine, gpu, mode, firsts)
    used = sum(map(_parts_of, _MODES))
    for spare in range(_SPARE):
        _platform(machine, used - len(_MODES) + spare, used + spare)
    return machine


def _no_driver() -> Machine:
    """Return a node without the kernel module, and one GPU for virtual machines."""
    machine = Machine("mi300x-no-driver", "A node of 8 MI300X without amdgpu")
    _base(machine, "mi300x-1")
    parts.module(machine, "vfio_pci")
    for gpu in range(len(_MODES)):
        _gpu(machine, gpu, driver="vfio-pci" if gpu == 0 else None)
    return machine


def _base(machine: Machine, name: str) -> None:
    parts.kernel(machine, name)
    parts.cpus(machine, sockets=2, cores=4)
    parts.numa(machine, 0, cpus="0-3", memory_kib=1_056_000_000, distances=(10, 32))
    parts.numa(machine, 1, cpus="4-7", memory_kib=1_057_000_000, distances=(32, 10))
    machine.root("pci0000:f0")
    machine.function(
        "0000:f1:00.0",
        under="pci0000:f0",
        vendor=0x1A03,
        device=0x2000,
        class_=0x030000,
        driver="ast",
        numa=1,
        drm=(0, None),
    )


def _parts_of(mode: str) -> int:
    return _PARTS[mode]


def _address(gpu: int) -> str:
    return f"0000:{_BUSES[gpu]:02x}:00.0"


def _gpu(
    machine: Machine, gpu: int, *, driver: str | None, mode: str = "", first: int = 0
) -> None:
    """Add a GPU behind a root port and a switch; `first` is that of its KFD nodes."""
    bus = _BUSES[gpu]
    root = machine.root(f"pci0000:{bus - 4:02x}")
    port = machine.bridge(f"0000:{bus - 4:02x}:01.1", under=root, vendor=0x1022)
    up = machine.bridge(f"0000:{bus - 2:02x}:00.0", under=port, vendor=0x1002)
    down = machine.bridge(f"0000:{bus - 1:02x}:00.0", under=up, vendor=0x1002)
    texts = {
        "available_compute_partition": "SPX, DPX, QPX, CPX",
        "available_memory_partition": "NPS1, NPS4",
        "current_compute_partition": mode,
        "current_memory_partition": "NPS1",
        "mem_info_vram_total": _VRAM,
        "product_name": "AMD Instinct MI300X OAM",
        "unique_id": f"{_UNIQUE + gpu:016x}",
    }
    machine.function(
        _address(gpu),
        under=down,
        vendor=0x1002,
        device=0x74A1,
        class_=0x120000,
        subsystem=(0x1002, 0x74A1),
        driver=driver,
        numa=gpu // 4,
        cpus="0-3" if gpu < len(_MODES) // 2 else "4-7",
        drm=(first - 1, 126 + first) if driver == "amdgpu" else (None, None),
        iommu=20 + gpu,
        vfio="vfio0" if driver == "vfio-pci" else None,
        link=(32.0, 16),
        texts=texts if driver == "amdgpu" else {},
    )


def _topology(machine: Machine, gpu: int, mode: str, firsts: list[int]) -> None:
    """Add the KFD nodes of a GPU, and platform devices for all but the first."""
    count = _PARTS[mode]
    for part in range(count):
        node = firsts[gpu] + part
        links = _links(gpu, node, firsts) if part == 0 else []
        parts.kfd(
            machine,
            node,
            {
                "cpu_cores_count": 0,
                "simd_count": _SIMDS // count,
                "mem_banks_count": 1,
                "io_links_count": len(links),
                "simd_per_cu": 4,
                "gfx_target_version": 90402,
                "vendor_id": 0x1002,
                "device_id": 0x74A1,
                "location_id": (part << 28 if part else 0) | _BUSES[gpu] << 8,
                "domain": 0,
                "drm_render_minor": 126 + node,
                "hive_id": _HIVE,
                "unique_id": _UNIQUE + gpu,
            },
            gpu_id=1000 + node,
            banks=[{"heap_type": 1, "size_in_bytes": _VRAM // count}],
            links=links,
        )
        if part:
            _platform(machine, node - 2 - gpu - 1, node - 2)


def _links(gpu: int, node: int, firsts: list[int]) -> list[dict[str, int]]:
    """Return the links of a GPU: to its processor, and by xGMI to all others."""
    other = [each for each in firsts if each != node]
    ends = [(_PCIE, gpu // 4, 20), *((_XGMI, each, 15) for each in other)]
    return [
        {"type": kind, "node_from": node, "node_to": end, "weight": weight}
        for kind, end, weight in ends
    ]


def _platform(machine: Machine, index: int, minor: int) -> None:
    """Add a platform device of a partition with its DRM nodes."""
    place = f"sys/devices/platform/amdgpu_xcp_{index}"
    for name in (f"card{minor + 1}", f"renderD{128 + minor}"):
        machine.text(f"{place}/drm/{name}/dev", f"226:{minor}")
        machine.link(f"{place}/drm/{name}/device", place)
        machine.link(f"sys/class/drm/{name}", f"{place}/drm/{name}")
        parts.nodes(machine, f"dri/{name}")
