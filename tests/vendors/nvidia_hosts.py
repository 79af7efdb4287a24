"""Machines with GPUs of NVIDIA that tests put together."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from dractl.model.hosts import (
    HostFacts,
    MigProfile,
    Nvml,
    NvmlGpu,
    NvmlState,
    PciDevice,
)
from tests.hosts.nvml.parts import A100_40GB
from tests.hosts.nvml.parts import Profile as Row
from tests.vendors.builders import host, pci

GPU = "0000:65:00.0"
PROC = "gpus/0000:65:00.0/information"
INFORMATION = "Model:  \t Tesla T4\nGPU UUID: \t GPU-7\nDevice Minor: \t 5"


def function(address: str = GPU, **fields: Any) -> PciDevice:
    known = {"class_code": 0x030200, "driver": "nvidia", **fields}
    return pci(address, 0x10DE, known.pop("device", 0x1EB8), **known)


def told(address: str | None = GPU, **fields: Any) -> NvmlGpu:
    known = {
        "minor": 0,
        "uuid": "GPU-1",
        "name": "Tesla T4",
        "brand": "Nvidia",
        "architecture": "Turing",
        "compute_capability": (7, 5),
        "memory": 15360 << 20,
        **fields,
    }
    return NvmlGpu(known.pop("index", 0), pci=address, **known)


def machine(*gpus: NvmlGpu, **fields: Any) -> HostFacts:
    """Return a machine whose NVML tells of these GPUs, and no more functions."""
    functions = [function(gpu.pci) for gpu in gpus if gpu.pci is not None]
    nvml = Nvml(
        NvmlState.READ, driver_version="580.126.20", cuda_version=13000, gpus=gpus
    )
    known = {"nvml": nvml, "modules": {"nvidia": "580.126.20"}, **fields}
    return host(*known.pop("pci", functions), **known)


def silent(state: NvmlState, **fields: Any) -> HostFacts:
    """Return a machine whose NVML tells nothing, with a T4 and NVIDIA's driver."""
    nvml = Nvml(state, fields.pop("detail", ""), fields.pop("hint", ""))
    known = {
        "nvml": nvml,
        "modules": {"nvidia": "570.172.08"},
        "proc_nvidia": {PROC: INFORMATION},
        **fields,
    }
    return host(function(), **known)


def profiles(table: Sequence[Row] = A100_40GB) -> tuple[MigProfile, ...]:
    """Return the profiles of a table."""
    return tuple(map(_profile, table))


def _profile(row: Row) -> MigProfile:
    index, number, name, instances, memory, slices, processors, *engines = row[:11]
    copy, decoders, jpeg, ofa = engines
    starts, size = row[11:]
    places = tuple((start, size) for start in starts)
    return MigProfile(
        index, number, name, slices, memory, processors, copy, decoders, 0, jpeg, ofa,
        places, instances,
    )  # fmt: skip


def a100(**fields: Any) -> NvmlGpu:
    """Return an A100 with MIG switched on, and no partitions."""
    return told(**{
        "name": "NVIDIA A100-SXM4-40GB",
        "architecture": "Ampere",
        "memory": 40960 << 20,
        "mig_mode": True,
        "mig_pending": True,
        "profiles": profiles(),
        **fields,
    })  # fmt: skip


def with_nvml(facts: HostFacts, **fields: Any) -> HostFacts:
    """Return the machine with other answers of NVML."""
    return dataclasses.replace(facts, nvml=dataclasses.replace(facts.nvml, **fields))
