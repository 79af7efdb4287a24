"""What drivers call things: their classes, attributes and capacities.

From the sources of the drivers themselves, as of August 2026. Names that several
drivers share (model, memory) lead to what each driver calls them.
"""

from collections.abc import Mapping
from typing import Final

from dractl.vendors.base import Class, Driver

_STANDARD: Final = "resource.kubernetes.io"
STANDARD: Final[Mapping[str, str]] = {
    "pcieRoot": "string",
    "pciBusID": "string",
    "numaNode": "int",
}
"""The attributes that Kubernetes defines, and their kinds."""


def _strings(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "string")


_NVIDIA_GPU: Final = {
    **_strings(
        "type", "uuid", "productName", "brand", "architecture", "addressingMode",
        "parentUUID", "profile",
    ),
    "cudaComputeCapability": "version",
    "driverVersion": "version",
    "cudaDriverVersion": "version",
}  # fmt: skip

PRESETS: Final = (
    Driver(
        "nvidia",
        "gpu.nvidia.com",
        (
            Class("gpu.nvidia.com", "gpu", "nvidia.com/gpu"),
            Class("mig.nvidia.com", "mig"),
            Class("vfio.gpu.nvidia.com", "vfio"),
        ),
        _NVIDIA_GPU,
        frozenset({
            "memory", "multiprocessors", "copyEngines", "decoders", "encoders",
            "jpegEngines", "ofaEngines", "shares",
        }),
        {"model": "productName"},
    ),
    Driver(
        "amd",
        "gpu.amd.com",
        (Class("gpu.amd.com", extended_resource="amd.com/gpu"),),
        {
            **_strings(
                "type", "deviceID", "productName", "partitionProfile",
                "computePartition", "memoryPartition", "driverVersionFull",
            ),
            "driverVersion": "version",
        },
        frozenset({"memory", "computeUnits", "simdUnits", "partitions"}),
        {"model": "productName"},
    ),
    Driver(
        "intel",
        "gpu.intel.com",
        (Class("gpu.intel.com", extended_resource="intel.com/gpu"),),
        {
            **_strings("model", "family", "driver", "type", "pciId", "health"),
            "sriov": "bool",
        },
        frozenset({"memory", "millicores"}),
    ),
    Driver(
        "gaudi",
        "gaudi.intel.com",
        (Class("gaudi.intel.com", extended_resource="intel.com/gaudi"),),
        {**_strings("model", "serial"), "healthy": "bool"},
    ),
    Driver(
        "qat",
        "qat.intel.com",
        (Class("qat.intel.com", extended_resource="intel.com/qat"),),
        _strings("services"),
    ),
    Driver(
        "dranet",
        "dra.net",
        (Class("dra.net"),),
        {
            **_strings(
                "ifName", "mac", "encapsulation", "alias", "state", "type", "ipv4",
                "ipv6", "pciAddress", "pciVendor", "pciDevice", "pciSubsystem",
            ),
            **dict.fromkeys(("mtu", "numaNode", "sriovVfs"), "int"),
            **dict.fromkeys(("rdma", "sriov", "virtual", "ebpf", "isSriovVf"), "bool"),
        },
    ),
    Driver(
        "sriov",
        "sriovnetwork.k8snetworkplumbingwg.io",
        (Class("sriovnetwork.k8snetworkplumbingwg.io"),),
        {
            **_strings(
                "pciAddress", "PFName", "EswitchMode", "vendor", "deviceID",
                "pfDeviceID", "resourceName", "linkType", "pfPciAddress",
            ),
            "vfID": "int",
        },
    ),
    Driver(
        "neuron",
        "neuron.aws.com",
        (Class("neuron.aws.com"),),
        {
            **_strings("instanceType", "neuronDriverVersion", "resourceType"),
            "deviceId": "int",
            "draDriverVersion": "version",
        },
    ),
    Driver(
        "tpu",
        "tpu.google.com",
        (Class("tpu.google.com"),),
        _strings("uuid", "tpuGen", "brand", "accelerator", "topology"),
        shared={"model": "tpuGen"},
    ),
    Driver(
        "rebellions",
        "npu.rebellions.ai",
        (Class("npu.rebellions.ai", extended_resource="rebellions.ai/npu"),),
        _strings(
            "type", "productName", "sid", "uuid", "pciDeviceID", "firmwareVersion",
            "driverVersion",
        ),
        frozenset({"memory"}),
        {"model": "productName"},
    ),
    Driver(
        "cpu",
        "dra.cpu",
        (Class("dra.cpu"),),
        {
            **_strings("coreType"),
            **dict.fromkeys(("socketID", "numCPUs", "cpuID", "coreID"), "int"),
            "smtEnabled": "bool",
        },
        frozenset({"cpu"}),
    ),
    Driver(
        "example",
        "gpu.example.com",
        (Class("gpu.example.com", extended_resource="example.com/gpu"),),
        {**_strings("uuid", "model"), "index": "int", "driverVersion": "version"},
        frozenset({"memory", "compute"}),
    ),
)  # fmt: skip

VENDORS: Final = tuple(preset.vendor for preset in PRESETS)


def preset_of(name: str) -> Driver | None:
    """Return the driver of a vendor, a driver or a class; None if none is known."""
    for preset in PRESETS:
        if name in {preset.vendor, preset.name, *(c.name for c in preset.classes)}:
            return preset
    return None


def qualified_attribute(name: str, preset: Driver | None) -> str | None:
    """Return the full name of an attribute; None if nobody knows whose it is."""
    if "/" in name:
        return name
    if preset is not None and name in preset.attributes:
        return f"{preset.name}/{name}"
    if name in STANDARD:
        return f"{_STANDARD}/{name}"
    if preset is not None and name in preset.shared:
        return f"{preset.name}/{preset.shared[name]}"
    return None
