"""MIG profiles as NVIDIA's DRA driver names them, and how it counts what they take.

From go-nvlib (pkg/nvlib/device/mig_profile.go) and the driver's partitions.go, v0.4.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from dractl.model.hosts import MigProfile, NvmlGpu
from dractl.vendors import wire
from dractl.vendors.base import Wire

_MIB: Final = 1 << 20
_GIB: Final = 1 << 30
_BINARY: Final = "BinarySI"

# NVML_GPU_INSTANCE_PROFILE_*: compute slices, and what stands after the memory.
_KINDS: Final[Mapping[int, tuple[int, str]]] = {
    0x0: (1, ""), 0x1: (2, ""), 0x2: (3, ""), 0x3: (4, ""), 0x4: (7, ""),
    0x5: (8, ""), 0x6: (6, ""), 0x7: (1, "+me"), 0x8: (2, "+me"), 0x9: (1, ""),
    0xA: (1, "+gfx"), 0xB: (2, "+gfx"), 0xC: (4, "+gfx"), 0xD: (1, "-me"),
    0xE: (2, "-me"), 0xF: (1, "+me.all"), 0x10: (2, "+me.all"),
}  # fmt: skip


def profile_name(profile: MigProfile, total: int) -> str | None:
    """Return the name on a GPU with so many bytes; None for a kind too new.

    The share of the memory counts in eighths, rounded up, of the GiB, rounded up. So
    the number is no amount: 1g.5gb has 4864Mi.
    """
    if profile.index not in _KINDS or total <= 0:
        return None
    slices, suffix = _KINDS[profile.index]
    eighths = -(-profile.memory * _MIB * 8 // total)
    whole = -(-total // _GIB)
    return f"{slices}g.{(eighths * whole + 4) // 8}gb{suffix}"


def device_name(minor: int, name: str, number: int, start: int) -> str:
    """Return the name of a partition's device."""
    label = re.sub(r"[^a-z0-9-]", "-", name.replace(".", "").lower())
    return f"gpu-{minor}-mig-{label}-{number}-{start}"


def engines(profile: MigProfile) -> dict[str, int]:
    """Return what a partition has, by the names of its capacities."""
    return {
        "multiprocessors": profile.multiprocessors,
        "copyEngines": profile.copy_engines,
        "decoders": profile.decoders,
        "encoders": profile.encoders,
        "jpegEngines": profile.jpeg_engines,
        "ofaEngines": profile.ofa_engines,
        "memory": profile.memory * _MIB,
    }


def most(gpu: NvmlGpu) -> dict[str, int]:
    """Return what the whole GPU has, which is the most of what any partition has."""
    found: dict[str, int] = {}
    for profile in gpu.profiles:
        if profile.index in _KINDS and profile.placements:
            for name, amount in engines(profile).items():
                found[name] = max(amount, found.get(name, 0))
    return found


def memory_slices(gpu: NvmlGpu) -> int:
    """Return how many slices of memory the largest partition takes: all there are."""
    return max(
        size
        for each in gpu.profiles
        if each.index in _KINDS
        for _, size in each.placements
    )


def capacities(amounts: Mapping[str, int]) -> dict[str, Wire]:
    """Return amounts as capacities."""
    return {name: wire.capacity(each, _BINARY) for name, each in amounts.items()}


def counters(amounts: Mapping[str, int], slices: range) -> dict[str, Any]:
    """Return amounts as counters, and one counter for each slice of memory."""
    named = {_counter(name): each for name, each in amounts.items()}
    named |= {f"memory-slice-{number}": 1 for number in slices}
    return {name: wire.capacity(each, _BINARY) for name, each in sorted(named.items())}


def _counter(capacity: str) -> str:
    """Return the name of a counter: `jpeg-engines` for jpegEngines."""
    return re.sub(r"([a-z])([A-Z])", r"\1-\2", capacity).lower()
