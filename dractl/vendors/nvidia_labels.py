"""Node labels of NVIDIA's GPU Feature Discovery (0.20) and of its operator."""

from typing import Final

from dractl.vendors.plugins import Label, Reading

_GPUS: Final = "gpu.nvidia.com"
_ARCHITECTURES: Final = {
    **{
        each: each.title()
        for each in (
            "kepler", "maxwell", "pascal", "volta", "turing", "ampere", "hopper",
            "blackwell", "rubin",
        )
    },
    "ada-lovelace": "Ada Lovelace",
}  # fmt: skip
_SUFFIXES: Final = ("-SHARED", "-MIG-*")
SPELLING: Final = {".me": "+me", ".gfx": "+gfx"}
"""Pieces of profiles as labels and resources have them, and as devices do."""

_AMOUNTS: Final = {
    "multiprocessors": "multiprocessors",
    "engines.copy": "copyEngines",
    "engines.decoder": "decoders",
    "engines.encoder": "encoders",
    "engines.jpeg": "jpegEngines",
    "engines.ofa": "ofaEngines",
}
_MIG: Final = "nvidia.com/mig-*."
_OPERATOR: Final = "it is for the operator's DaemonSets; a claim finds its nodes itself"
_SHARING: Final = "shares are asked for as capacity of a GPU, or through one claim"


def _device(pattern: str, name: str, reading: Reading = "text") -> Label:
    return Label(pattern, "device", driver=_GPUS, name=name, reading=reading)


def _of_partition(pattern: str, reading: Reading) -> Label:
    return Label(
        pattern,
        "device",
        driver=_GPUS,
        name="profile",
        reading=reading,
        table=SPELLING if reading == "profile" else {},
        suffixes=_SUFFIXES[:1],
        device_class="mig.nvidia.com",
    )


def _of_profile(pattern: str, name: str, reading: Reading) -> Label:
    """Return the row of a label that is about the partitions in its name."""
    return Label(
        _MIG + pattern,
        "device",
        driver=_GPUS,
        name=name,
        reading=reading,
        suffixes=_SUFFIXES,
        of_resource=True,
    )


def _versions(stems: tuple[str, str], name: str) -> tuple[Label, ...]:
    """Return the rows of a version and of its parts, by a new name and an old one."""
    new, old = stems
    parts: tuple[tuple[str, Reading], ...] = (
        (f"{new}.full", "version"),
        (f"{new}.major", "major"),
        (f"{new}.minor", "minor"),
        (f"{new}.revision", "patch"),
        (f"{old}.major", "major"),
        (f"{old}.minor", "minor"),
        (f"{old}.rev", "patch"),
    )
    return tuple(_device(f"nvidia.com/{each}", name, how) for each, how in parts)


_PARTITIONS: Final = (
    Label(
        f"{_MIG}count",
        "device",
        driver=_GPUS,
        name="profile",
        reading="named",
        table=SPELLING,
        of_resource=True,
    ),
    _of_profile("product", "productName", "dashed"),
    _of_profile("memory", "memory", "mebibytes"),
    *(_of_profile(label, name, "number") for label, name in _AMOUNTS.items()),
    *(
        Label(_MIG + each, "gone", _SHARING, driver=_GPUS)
        for each in ("replicas", "sharing-strategy")
    ),
    Label("nvidia.com/mig-*", "node", "it counts parts of a node's GPUs"),
)
_NODE: Final = {
    "nvidia.com/gpu.count": "how many GPUs a node has is no value of a device; ask for "
    "a count, or for all",
    "nvidia.com/gpu.machine": "it is about the machine",
    "nvidia.com/gpu.mode": "no attribute has it",
    "nvidia.com/gpu.clique": "it stays on nodes; a ComputeDomain does it with DRA",
    "nvidia.com/gpu.slices.ci": "no attribute has compute slices alone",
    "nvidia.com/mig.capable": "no attribute has it; the class mig.nvidia.com has "
    "partitions",
    "nvidia.com/vgpu.*": "it is about the host of virtual GPUs",
}
_GONE: Final = {
    **dict.fromkeys(
        (
            "nvidia.com/gpu.replicas", "nvidia.com/gpu.sharing-strategy",
            "nvidia.com/mps.capable",
        ),
        _SHARING,
    ),
    "nvidia.com/mig.strategy": "it is a setting of the plugin; the request says "
    "whether it is for a partition",
    "nvidia.com/gfd.timestamp": "it says when labels were written",
    **dict.fromkeys(
        (
            "nvidia.com/gpu.present", "nvidia.com/gpu.deploy.*",
            "nvidia.com/mig.config", "nvidia.com/mig.config.*",
            "nvidia.com/gpu.workload.config", "nvidia.com/device-plugin.config",
        ),
        _OPERATOR,
    ),
}  # fmt: skip
LABELS: Final = (
    Label(
        "nvidia.com/gpu.product",
        "device",
        driver=_GPUS,
        name="productName",
        reading="dashed",
        suffixes=_SUFFIXES,
    ),
    _of_partition("nvidia.com/gpu.product", "profile"),
    Label(
        "nvidia.com/gpu.family",
        "device",
        driver=_GPUS,
        name="architecture",
        reading="table",
        table=_ARCHITECTURES,
    ),
    _device("nvidia.com/gpu.memory", "memory", "mebibytes"),
    _device("nvidia.com/gpu.compute.major", "cudaComputeCapability", "major"),
    _device("nvidia.com/gpu.compute.minor", "cudaComputeCapability", "minor"),
    *_versions(("cuda.driver-version", "cuda.driver"), "driverVersion"),
    *_versions(("cuda.runtime-version", "cuda.runtime"), "cudaDriverVersion"),
    *(
        _device(f"nvidia.com/gpu.{label}", name, "number")
        for label, name in _AMOUNTS.items()
    ),
    _of_partition("nvidia.com/gpu.slices.gi", "slices"),
    *_PARTITIONS,
    *(Label(pattern, "node", why) for pattern, why in _NODE.items()),
    *(Label(pattern, "gone", why, driver=_GPUS) for pattern, why in _GONE.items()),
)
"""In the order in which they are tried. Gone are those of use to the plugin only."""
