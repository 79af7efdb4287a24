"""What NVIDIA's device plugins call things, and what says the same with DRA.

From k8s-device-plugin 0.20 and its GPU Feature Discovery, the plugin of KubeVirt, and
HAMi, which gives `nvidia.com/gpu` a meaning of its own.
"""

from collections.abc import Mapping
from typing import Any, Final

from dractl.vendors.nvidia_labels import LABELS, SPELLING
from dractl.vendors.plugins import KEEP_TOLERATION, Extended, Plugin, Switch, Trace

_GPUS: Final = "gpu.nvidia.com"
_MIG: Final = "mig.nvidia.com"
_VFIO: Final = "vfio.gpu.nvidia.com"
_SHARES_SINCE: Final = "0.5"
_NO_GPU_WITHOUT: Final = "containers that do not ask for a GPU see none"
_NO_PACKING: Final = (
    "the plugin packs GPUs that NVLink connects; DRA does so only for a constraint on "
    "an attribute, such as resource.kubernetes.io/pcieRoot"
)
_NAME_TAKEN: Final = (
    f"{_GPUS}, the driver's class for nvidia.com/gpu, hands out whole GPUs: a class "
    "for partitions can have the name only if that one gives it up"
)
_PROFILES: Final = (
    "the name of a profile depends on the GPU: 1g.5gb of one with 40 GB is 1g.10gb of "
    "one with 80 GB"
)
_SHARES: Final = (
    "shares need the driver's gate ConsumableShares (0.5) and DRAConsumableCapacity; "
    "without them, the pods of a namespace can share a ResourceClaim"
)
_MPS_LIMITS: Final = (
    "the plugin gives each client its part of the memory; with DRA the limit is what "
    "mpsConfig.defaultPinnedDeviceMemoryLimit says: state it"
)
_MPS_GATE: Final = (
    "MPS needs the driver's gate MPSSupport (alpha), and excludes ConsumableShares, "
    "DynamicMIG and its health check"
)
_HAMI: Final = (
    "with HAMi, nvidia.com/gpu counts parts of GPUs, whose memory another resource "
    "tells: ask for capacity of a GPU, or for HAMi's own DRA driver"
)
_PLAIN_NAME: Final = (
    'device.attributes["gpu.nvidia.com"].productName'
    '.replace(" ", "_").replace("/", "_").replace(".", "_").replace("-", "")'
    '.replace("[", "").replace("]", "").replace("(", "").replace(")", "") == "{}"'
)
_VM: Final = (
    "the device lists of virtual machines change too, and the driver's gate "
    "PassthroughSupport is alpha"
)


def _mps(replicas: int) -> Mapping[str, Any]:
    """Return MPS for so many clients, each with its part of the threads."""
    sharing: dict[str, Any] = {"strategy": "MPS"}
    if replicas > 0:
        part = max(100 // replicas, 1)
        sharing["mpsConfig"] = {"defaultActiveThreadPercentage": part}
    return {
        "apiVersion": "resource.nvidia.com/v1beta1",
        "kind": "GpuConfig",
        "sharing": sharing,
    }


def _shared(name: str) -> tuple[Extended, ...]:
    """Return the rows of GPUs, and of their partitions, that a name shares."""
    return (
        Extended(
            name,
            _GPUS,
            _MIG,
            ("profile={}",),
            unit="time-slice",
            keeps_pods=False,
            capacity={"shares": "1"},
            capacity_since=_SHARES_SINCE,
            differences=(_SHARES, _PROFILES),
        ),
        Extended(
            name,
            _GPUS,
            unit="time-slice",
            capacity={"shares": "1"},
            capacity_since=_SHARES_SINCE,
            differences=(_SHARES,),
        ),
        Extended(
            name,
            _GPUS,
            unit="mps-share",
            keeps_pods=False,
            config=_mps,
            differences=(_MPS_LIMITS, _MPS_GATE),
        ),
    )


_GPU: Final = (
    Extended("nvidia.com/gpu", _GPUS, differences=(_NO_GPU_WITHOUT, _NO_PACKING)),
    Extended(
        "nvidia.com/gpu",
        _GPUS,
        _MIG,
        ("profile={}",),
        unit="partition",
        keeps_pods=False,
        differences=(
            _NAME_TAKEN,
            _PROFILES,
        ),
    ),
    *_shared("nvidia.com/gpu"),
    Extended(
        "nvidia.com/gpu", _GPUS, unit="fraction", keeps_pods=False, decision=_HAMI
    ),
    *_shared("nvidia.com/gpu.shared"),
)
_PARTS: Final = (
    *(
        Extended(
            pattern,
            _GPUS,
            _MIG,
            ("profile={}",),
            unit="time-slice",
            spelling=SPELLING,
            capacity={"shares": "1"},
            capacity_since=_SHARES_SINCE,
            differences=(_SHARES, _PROFILES),
        )
        for pattern in ("nvidia.com/mig-*.shared", "nvidia.com/mig-*")
    ),
    Extended(
        "nvidia.com/mig-*",
        _GPUS,
        _MIG,
        ("profile={}",),
        unit="partition",
        spelling=SPELLING,
        differences=(_PROFILES,),
    ),
)
_MACHINES: Final = (
    *(
        Extended(
            name, decision="vGPUs are made by their manager: no DRA driver has them"
        )
        for name in ("nvidia.com/GRID_*", "nvidia.com/NVIDIA_*Q")
    ),
    Extended(
        "nvidia.com/[A-Z]*", _GPUS, _VFIO, selector=_PLAIN_NAME, differences=(_VM,)
    ),
    *(
        Extended(name, _GPUS, _VFIO, differences=(_VM,))
        for name in ("nvidia.com/pgpu", "nvidia.com/gpgpu")
    ),
)
_FRACTIONS: Final = (
    Extended(
        "nvidia.com/gpumem",
        _GPUS,
        unit="fraction",
        capacity={"memory": "{}Mi"},
        capacity_since=_SHARES_SINCE,
        keeps_pods=False,
        decision="HAMi's DRA driver takes it over as it is; NVIDIA's needs "
        "consumableShares=memory, and a request for capacity memory",
        differences=("the driver does not limit how much memory a container takes",),
    ),
    Extended(
        "nvidia.com/gpucores",
        unit="fraction",
        keeps_pods=False,
        decision="NVIDIA's driver has no limit of compute; HAMi's DRA driver has",
    ),
    Extended(
        "nvidia.com/gpumem-percentage",
        unit="fraction",
        keeps_pods=False,
        decision="capacity is asked for in bytes: which, depends on the GPU",
    ),
)
_TRACES: Final = (
    Trace(
        "environment",
        "NVIDIA_VISIBLE_DEVICES",
        "the driver alone says through CDI which devices a container has; a value "
        "that is written by hand can show it others",
        is_removable=True,
        shown=("all", "none", "void", ""),
    ),
    Trace(
        "environment",
        "NVIDIA_DRIVER_CAPABILITIES",
        "CDI mounts all of the driver's libraries; only NVIDIA's own runtime reads it",
        is_removable=True,
        shown=("all", "compute,utility", "utility,compute", "compute", "utility"),
    ),
    *(
        Trace("environment", name, "only NVIDIA's own runtime reads it")
        for name in ("NVIDIA_GDRCOPY", "NVIDIA_GDS", "NVIDIA_MOFED")
    ),
    Trace(
        "environment",
        "NVIDIA_IMEX_CHANNELS",
        "a ComputeDomain gives IMEX channels with DRA: make one, and let pods name the "
        "claim template that it makes",
        is_removable=True,
    ),
    *(
        Trace(
            "environment",
            name,
            "say it in mpsConfig of the claim or its class, if the GPU is shared "
            "through MPS; without MPS it does nothing",
        )
        for name in (
            "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT",
            "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE",
        )
    ),
    Trace(
        "environment",
        "CUDA_MPS_*",
        "the driver sets up MPS for claims that ask for it",
        is_removable=True,
    ),
    Trace(
        "runtime-class",
        "nvidia*",
        "CDI needs no runtime of NVIDIA's; with the old one, an image that has "
        "NVIDIA_VISIBLE_DEVICES=all can see all GPUs",
        is_removable=True,
    ),
    Trace(
        "toleration",
        "nvidia.com/gpu",
        KEEP_TOLERATION,
    ),
    Trace(
        "annotation",
        "cdi.k8s.io/*",
        "the kubelet passes on what the driver says: CDI by annotation hands out "
        "devices that nobody allocated",
        is_removable=True,
    ),
)
_DRIVER_ON: Final = {"nvidia.com/dra-kubelet-plugin": "true"}
PLUGIN: Final = Plugin(
    "NVIDIA device plugin",
    (*_GPU, *_PARTS, *_FRACTIONS, *_MACHINES),
    LABELS,
    _TRACES,
    Switch(
        {"nvidia.com/gpu.deploy.device-plugin": "false"},
        _DRIVER_ON,
        "the first label is one of the gpu-operator; the second has to stand in the "
        "node affinity of the DRA chart (kubeletPlugin.affinity), and the chart needs "
        "gpuResourcesEnabledOverride=true. On GKE, nodes get "
        "gke-no-default-nvidia-gpu-device-plugin=true instead",
    ),
    ("k8s-device-plugin", "kubevirt-gpu-device-plugin", "hami"),
)
