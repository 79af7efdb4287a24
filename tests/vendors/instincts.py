"""Machines with an AMD GPU that tests put together, and what KFD tells of them."""

from typing import Any

from dractl.model.hosts import HostFacts, KfdNode, PciDevice
from tests.vendors.builders import host, pci

GPU = "0000:65:00.0"
VRAM = 64 << 30


def gpu(address: str = GPU, **fields: Any) -> PciDevice:
    known = {
        "driver": "amdgpu",
        "cards": (1,),
        "renders": (128,),
        "texts": modes("SPX"),
        **fields,
    }
    return pci(address, 0x1002, 0x74A1, **known)


def modes(compute: str, memory: str = "NPS1", **texts: str) -> dict[str, str]:
    return {
        "current_compute_partition": compute,
        "current_memory_partition": memory,
        "product_name": "AMD Instinct MI300X (OAM)",
        **texts,
    }


def kfd(render: int, number: int = 2, **properties: int) -> KfdNode:
    known = {
        "drm_render_minor": render,
        "simd_count": 1216,
        "simd_per_cu": 4,
        "unique_id": 77,
        "location_id": 0x6500,
        "gfx_target_version": 90402,
        **properties,
    }
    return KfdNode(number, 1, known, ({"size_in_bytes": VRAM},))


def machine(*functions: PciDevice, **fields: Any) -> HostFacts:
    known = {"kfd": (kfd(128),), "modules": {"amdgpu": "6.12.12.31400"}, **fields}
    return host(*functions, **known)
