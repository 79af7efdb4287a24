"""What AMD's device plugin and its labeller call things, and what says it with DRA."""

from typing import Final

from dractl.vendors.plugins import (
    KEEP_TOLERATION,
    Extended,
    Label,
    Plugin,
    Reading,
    Switch,
    Trace,
)

_GPUS: Final = "gpu.amd.com"
_PARTITION: Final = "amd.com/?px_nps?"
AUTO_PARTITION: Final = "auto-partition"
"""The mode of the driver with its gate AutoPartition, to be named as its schema."""

_MODES: Final = (
    "the driver publishes partitions as the GPU has them; with its gate AutoPartition "
    "it changes the mode itself, and publishes all modes"
)
_CHART: Final = (
    "the driver's chart gives its class the name with "
    "deviceClass.extendedResourceName=amd.com/gpu, which is not its default"
)
_SAME_GPU: Final = (
    "partitions of one GPU are asked for with matchAttribute: "
    "resource.kubernetes.io/pciBusID"
)
_EXTENDED: Final = (
    Extended(
        "amd.com/gpu",
        _GPUS,
        conditions=("type=amdgpu",),
        mode="0.1",
        differences=(_MODES, _CHART),
    ),
    Extended("amd.com/gpu", _GPUS, differences=(_MODES, _CHART)),
    Extended(
        "amd.com/gpu",
        _GPUS,
        "gpu.amd.com-spx",
        mode=AUTO_PARTITION,
        differences=(_MODES, _CHART),
    ),
    *(
        Extended(
            name,
            _GPUS,
            conditions=("partitionProfile={}",),
            unit="partition",
            differences=(_MODES, _SAME_GPU),
        )
        for name in (_PARTITION, "amd.com/gpu")
    ),
    *(
        Extended(
            name,
            _GPUS,
            conditions=("computePartition={1}", "memoryPartition={2}"),
            unit="partition",
            capacity={"partitions": "1"},
            mode=AUTO_PARTITION,
            differences=(_MODES, _SAME_GPU),
        )
        for name in (_PARTITION, "amd.com/gpu")
    ),
)
_WHY: Final = {
    "device-id": "drivers before 1.0 have another number there",
    "compute-memory-partition": "with its gate AutoPartition, the driver has two "
    "attributes for it: computePartition and memoryPartition",
}
_ATTRIBUTES: Final[tuple[tuple[str, str, Reading], ...]] = (
    ("product-name", "productName", "underscored"),
    ("device-id", "deviceID", "hex"),
    ("vram", "memory", "gibibytes"),
    ("cu-count", "computeUnits", "number"),
    ("simd-count", "simdUnits", "number"),
    ("driver-version", "driverVersion", "version"),
    ("compute-memory-partition", "partitionProfile", "text"),
)
_PREFIXES: Final = ("amd.com/gpu.", "beta.amd.com/gpu.")
_BARE: Final = "amd.com/"
_NODE: Final = {
    "family": "drivers of 2026 no longer publish the family",
    "driver-src-version": "drivers of 2026 no longer publish it",
    "firmware.*": "no attribute has it",
    "compute-partitioning-supported": "no attribute has it",
    "memory-partitioning-supported": "no attribute has it",
}


def _labels() -> tuple[Label, ...]:
    """Return the rows, whose labels have one of three prefixes."""
    found = []
    for prefix in (*_PREFIXES, _BARE):
        for label, name, reading in _ATTRIBUTES:
            if prefix != _BARE or label == "compute-memory-partition":
                found.append(
                    Label(
                        prefix + label,
                        "device",
                        _WHY.get(label, ""),
                        driver=_GPUS,
                        name=name,
                        reading=reading,
                    )
                )
        found += [
            Label(prefix + label, "node", why)
            for label, why in _NODE.items()
            if prefix != _BARE or "partitioning" in label
        ]
    found.append(
        Label(
            "beta.amd.com/gpu.*",
            "node",
            "its name has a value, and its value is how many such GPUs a node has",
        )
    )
    return tuple(found)


_CONTAINER: Final = (
    "the driver adds the device files to the container; whether the program still "
    "needs it, only its maker knows"
)
PLUGIN: Final = Plugin(
    "AMD device plugin",
    _EXTENDED,
    _labels(),
    (
        Trace(
            "environment",
            "AMD_VISIBLE_DEVICES",
            "the driver alone says through CDI which devices a container has",
            is_removable=True,
        ),
        Trace("environment", "AMD_GPU_DEVICE_COUNT", _CONTAINER),
        Trace(
            "runtime-class",
            "amd*",
            "CDI needs no runtime of AMD's",
            is_removable=True,
        ),
        Trace(
            "toleration",
            "amd.com/gpu",
            KEEP_TOLERATION,
        ),
    ),
    Switch(
        note="the charts know no labels for it: let a label of your own stand in the "
        "node affinity of both DaemonSets",
    ),
    ("rocm/k8s-device-plugin", "amd-gpu-device-plugin"),
)
