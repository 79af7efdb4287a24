"""Device plugins of the smaller vendors, and of those that no DRA driver follows."""

from collections.abc import Mapping
from typing import Final

from dractl.vendors.plugins import (
    KEEP_TOLERATION,
    NO_DRIVER,
    Extended,
    Plugin,
    Switch,
    Trace,
)

_NEURON: Final = "neuron.aws.com"
_TPU: Final = "tpu.google.com"
_REBELLIONS: Final = "npu.rebellions.ai"
_TPU_NODE: Final = (
    "the environment of a TPU slice is made for each node, whose chips are usually "
    "taken together"
)
_OWN_LABEL: Final = Switch(
    note="let a label of your own stand in the node affinity of both DaemonSets"
)


def _neuron(name: str, *, is_former: bool = False) -> Extended:
    return Extended(
        f"aws.amazon.com/{name}",
        _NEURON,
        conditions=("resourceType=neuron_device",),
        is_former=is_former,
        differences=("a device is a whole one, with all of its cores",),
    )


NEURON_PLUGIN: Final = Plugin(
    "AWS Neuron device plugin",
    (
        _neuron("neuron"),
        _neuron("neurondevice", is_former=True),
        Extended(
            "aws.amazon.com/neuroncore",
            _NEURON,
            conditions=("resourceType=neuron_device",),
            unit="core",
            keeps_pods=False,
            decision="the driver has whole devices only: how many cores one has, "
            "depends on its generation and on logicalNeuronCore",
        ),
    ),
    (),
    (
        Trace(
            "environment",
            "NEURON_RT_*",
            "the Neuron runtime reads it; numbers of cores and devices in it may be "
            "others with DRA",
        ),
        Trace(
            "toleration",
            "aws.amazon.com/neuron*",
            KEEP_TOLERATION,
        ),
    ),
    Switch(
        note="plugin and driver may not be on one node: take separate node groups, "
        "with devicePlugin.enabled=false and draDriver.enabled=true"
    ),
    ("neuron-device-plugin",),
)
TPU_PLUGIN: Final = Plugin(
    "Google TPU device plugin",
    (
        Extended(
            "google.com/tpu",
            _TPU,
            differences=(_TPU_NODE,),
        ),
    ),
    (),
    (
        Trace(
            "environment",
            "TPU_*",
            "the plugin of GKE sets it for the chips of a node; check what the driver "
            "sets",
        ),
        Trace(
            "toleration",
            "google.com/tpu",
            KEEP_TOLERATION,
        ),
    ),
    _OWN_LABEL,
    ("tpu-device-plugin",),
)
REBELLIONS_PLUGIN: Final = Plugin(
    "Rebellions device plugin",
    (
        Extended("rebellions.ai/npu", _REBELLIONS),
        *(
            Extended(
                f"rebellions.ai/{name}",
                _REBELLIONS,
                selector='device.attributes["npu.rebellions.ai"].productName.startsWith('
                f'"{begin}")',
                differences=(
                    f"the driver names models of {name} {begin}...: are all meant?",
                ),
            )
            for name, begin in (("ATOM", "RBLN-CA"), ("REBEL", "RBLN-CR"))
        ),
    ),
    (),
    (),
    _OWN_LABEL,
    ("rbln-device-plugin", "k8s-device-plugin-rbln"),
)
_ASCEND_MODEL: Final = (
    'device.attributes["ascend.project-hami.io"].model.contains("{}")'
)
ASCEND_PLUGIN: Final = Plugin(
    "Ascend device plugin",
    (
        Extended(
            "huawei.com/Ascend*-*",
            decision="a virtual NPU of a fixed size: the driver of HAMi makes classes "
            "such as npu-<model>-mem<N>.project-hami.io, of which one has to be chosen",
        ),
        Extended(
            "huawei.com/Ascend*",
            "ascend.project-hami.io",
            "npu-{}.project-hami.io",
            selector=_ASCEND_MODEL,
            decision="the driver, which is not the vendor's, makes its classes when it "
            "runs: check the name of the one for the model",
        ),
    ),
    (),
    (
        Trace(
            "environment",
            "ASCEND_VISIBLE_DEVICES",
            "the driver alone says through CDI which devices a container has",
            is_removable=True,
        ),
        Trace("runtime-class", "ascend*", "CDI needs no runtime of the vendor's"),
    ),
    _OWN_LABEL,
    ("ascend-k8sdeviceplugin", "ascend-device-plugin"),
)


def _without(name: str, *patterns: str, why: str = NO_DRIVER) -> Plugin:
    rows = tuple(Extended(pattern, decision=why) for pattern in patterns)
    return Plugin(name, rows)


_HCU: Final = (
    "HYGON-AI/k8s-hcu-dra-driver exists, but what it publishes is not known here"
)
UNSERVED_PLUGINS: Final[Mapping[str, Plugin]] = {
    "furiosa": _without("Furiosa device plugin", "furiosa.ai/*"),
    "tenstorrent": _without("Tenstorrent device plugin", "tenstorrent.com/*"),
    "mthreads": _without(
        "Moore Threads device plugin", "mthreads.com/gpu", "mthreads.com/*"
    ),
    "hygon": _without("Hygon device plugin", "hygon.com/dcu*", why=_HCU),
    "cambricon": _without("Cambricon device plugin", "cambricon.com/*"),
    "metax": _without("MetaX device plugin", "metax-tech.com/*"),
    "enflame": _without("Enflame device plugin", "enflame.com/*"),
}
"""By the names of the vendors."""

GENERIC_PLUGINS: Final = (
    _without("Iluvatar device plugin", "iluvatar.ai/*"),
    _without("generic device plugin", "squat.ai/*"),
    _without("smarter device manager", "smarter-devices/*"),
    _without(
        "KubeVirt",
        "devices.kubevirt.io/*",
        why="KubeVirt's own agent offers it: it is no device that DRA hands out",
    ),
)
"""Those of no vendor, or of one without a row."""
