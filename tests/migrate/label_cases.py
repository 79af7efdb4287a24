"""Node labels with their values, and the selectors of devices that they become."""

from collections.abc import Mapping

from dractl.vendors.plugins import Unit

GPU: Mapping[str, Unit] = {"nvidia.com/gpu": "device"}
MIG: Mapping[str, Unit] = {"nvidia.com/mig-1g.5gb.me": "partition"}
AMD: Mapping[str, Unit] = {"amd.com/gpu": "device"}
INTEL: Mapping[str, Unit] = {"gpu.intel.com/i915": "device"}
G = 'device.attributes["gpu.nvidia.com"]'
C = 'device.capacity["gpu.nvidia.com"]'
M = 'device.capacity["gpu.amd.com"].memory'
A = 'device.attributes["gpu.amd.com"]'

SELECTORS = {
    "nvidia.com/gpu.product=NVIDIA-A100-SXM4-40GB": (
        GPU,
        f'{G}.productName.replace(" ", "-") == "NVIDIA-A100-SXM4-40GB"',
    ),
    "nvidia.com/gpu.product=Tesla-T4-SHARED": (
        GPU,
        f'{G}.productName.replace(" ", "-") == "Tesla-T4"',
    ),
    "nvidia.com/gpu.family=ada-lovelace": (
        GPU,
        f'{G}.architecture == "Ada Lovelace"',
    ),
    "nvidia.com/gpu.family=hopper": (GPU, f'{G}.architecture == "Hopper"'),
    "nvidia.com/gpu.memory=81559": (
        GPU,
        f'{C}.memory.compareTo(quantity("81559Mi")) >= 0',
    ),
    "nvidia.com/gpu.compute.major=8": (
        GPU,
        (
            f'{G}.cudaComputeCapability.compareTo(semver("8.0.0")) >= 0 && '
            f'{G}.cudaComputeCapability.compareTo(semver("9.0.0")) < 0'
        ),
    ),
    "nvidia.com/gpu.compute.minor=6": (
        GPU,
        f"{G}.cudaComputeCapability.minor() == 6",
    ),
    "nvidia.com/cuda.driver-version.full=560.35.03": (
        GPU,
        f'{G}.driverVersion.compareTo(semver("560.35.3")) == 0',
    ),
    "nvidia.com/cuda.driver.rev=03": (GPU, f"{G}.driverVersion.patch() == 3"),
    "nvidia.com/cuda.runtime-version.full=12.8": (
        GPU,
        f'{G}.cudaDriverVersion.compareTo(semver("12.8.0")) == 0',
    ),
    "nvidia.com/cuda.runtime.major=12": (
        GPU,
        (
            f'{G}.cudaDriverVersion.compareTo(semver("12.0.0")) >= 0 && '
            f'{G}.cudaDriverVersion.compareTo(semver("13.0.0")) < 0'
        ),
    ),
    "nvidia.com/gpu.multiprocessors=98": (
        GPU,
        f'{C}.multiprocessors.compareTo(quantity("98")) == 0',
    ),
    "nvidia.com/gpu.engines.jpeg=1": (
        GPU,
        f'{C}.jpegEngines.compareTo(quantity("1")) == 0',
    ),
    "nvidia.com/mig-1g.5gb.me.product=NVIDIA-A100-MIG-1g.5gb.me": (
        MIG,
        f'{G}.productName.replace(" ", "-") == "NVIDIA-A100"',
    ),
    "nvidia.com/mig-1g.5gb.me.engines.copy=1": (
        MIG,
        f'{C}.copyEngines.compareTo(quantity("1")) == 0',
    ),
    "nvidia.com/gpu.slices.gi=1": (MIG, f'{G}.profile.startsWith("1g.")'),
    "cloud.google.com/gke-gpu-partition-size=1g.5gb": (
        MIG,
        f'{G}.profile == "1g.5gb"',
    ),
    "amd.com/gpu.product-name=AMD_Instinct_MI300X": (
        AMD,
        f'{A}.productName.replace(" ", "_") == "AMD_Instinct_MI300X"',
    ),
    "beta.amd.com/gpu.device-id=740f": (AMD, f'{A}.deviceID == "0x740f"'),
    "amd.com/gpu.cu-count=304": (
        AMD,
        'device.capacity["gpu.amd.com"].computeUnits.compareTo(quantity("304")) == 0',
    ),
    "amd.com/gpu.vram=16G": (
        AMD,
        (
            f'{M}.compareTo(quantity("15872Mi")) >= 0 && '
            f'{M}.compareTo(quantity("16896Mi")) < 0'
        ),
    ),
    "amd.com/gpu.driver-version=6.10.05": (
        AMD,
        f'{A}.driverVersion.compareTo(semver("6.10.5")) == 0',
    ),
    "amd.com/compute-memory-partition=cpx_nps4": (
        AMD,
        f'{A}.partitionProfile == "cpx_nps4"',
    ),
    "amd.com/gpu.compute-memory-partition=spx_nps1": (
        AMD,
        f'{A}.partitionProfile == "spx_nps1"',
    ),
    "gpu.intel.com/device-id.0380-56c0.present=true": (
        INTEL,
        'device.attributes["gpu.intel.com"].pciId == "0x56c0"',
    ),
    "gpu.intel.com/family=Flex_Series": (
        INTEL,
        'device.attributes["gpu.intel.com"].family == "Data Center Flex"',
    ),
    "gpu.intel.com/product=Flex_170": (
        INTEL,
        'device.attributes["gpu.intel.com"].model.replace(" ", "_") == "Flex_170"',
    ),
}
