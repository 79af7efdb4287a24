"""What Intel's device plugins call things, and what says the same with DRA."""

from typing import Final

from dractl.vendors.plugins import (
    KEEP_TOLERATION,
    NO_DRIVER,
    Extended,
    Label,
    Plugin,
    Switch,
    Trace,
)

_GPUS: Final = "gpu.intel.com"
_QAT: Final = "qat.intel.com"
_GAUDI: Final = "gaudi.intel.com"
_SWITCH: Final = Switch(
    note="the charts know no labels for it: let a label of your own stand in the node "
    "selectors of both DaemonSets",
)
_CHART: Final = (
    "the driver's chart can give its class the name instead: "
    "enableDRAExtendedResources=true and extendedResourceName"
)
_NO_SHARES: Final = (
    "-shared-dev-num has no counterpart: millicores are published, but cannot be asked "
    "for; pods share a GPU through one ResourceClaim"
)
_ADMIN: Final = (
    "monitoring is admin access, for which the namespace needs a label: all devices, "
    "whoever has them"
)
_HABANA: Final = (
    "names of the environment differ, and the runtime class habana is not needed"
)
_FEATURE: Final = "intel.feature.node.kubernetes.io/"
_ASKED: Final = "the request for the device says it"


def _gpus(kernel_driver: str) -> tuple[Extended, ...]:
    """Return the rows of GPUs of a kernel driver, whole and shared."""
    name, condition = f"{_GPUS}/{kernel_driver}", f"driver={kernel_driver}"
    return (
        Extended(name, _GPUS, conditions=(condition,), differences=(_CHART,)),
        Extended(
            name,
            _GPUS,
            conditions=(condition,),
            unit="time-slice",
            keeps_pods=False,
            differences=(_NO_SHARES,),
        ),
    )


def _monitoring(name: str, *conditions: str, is_former: bool = True) -> Extended:
    return Extended(
        f"{_GPUS}/{name}",
        _GPUS,
        conditions=conditions,
        keeps_pods=False,
        is_monitoring=True,
        is_former=is_former,
        differences=(_ADMIN,),
    )


GPU_PLUGIN: Final = Plugin(
    "Intel GPU plugin",
    (
        *_gpus("i915"),
        *_gpus("xe"),
        _monitoring("monitoring", is_former=False),
        _monitoring("i915_monitoring", "driver=i915"),
        _monitoring("xe_monitoring", "driver=xe"),
        *(
            Extended(
                f"{_GPUS}/{name}",
                unit="fraction",
                keeps_pods=False,
                decision="parts of a GPU cannot be asked for: choose whole ones, or a "
                "claim that pods share",
            )
            for name in ("millicores", "memory.max", "tiles")
        ),
    ),
    (
        Label(f"{_FEATURE}gpu", "gone", _ASKED, driver=_GPUS),
        Label(
            f"{_GPUS}/device-id.*.present",
            "device",
            driver=_GPUS,
            name="pciId",
            reading="id",
        ),
        Label(f"{_GPUS}/device-id.*.count", "node", "it counts a node's GPUs"),
        Label(
            f"{_GPUS}/family",
            "device",
            driver=_GPUS,
            name="family",
            reading="table",
            table={
                "A_Series": "Arc A-Series",
                "Max_Series": "Data Center Max",
                "Flex_Series": "Data Center Flex",
            },
        ),
        Label(
            f"{_GPUS}/product",
            "device",
            driver=_GPUS,
            name="model",
            reading="underscored",
        ),
        *(
            Label(f"{_GPUS}/{each}", "node", "it is about a node's GPUs together")
            for each in (
                "device.count", "memory.max", "millicores", "tiles", "cards", "gpu-*",
            )
        ),
    ),
    (
        Trace(
            "toleration",
            "gpu.intel.com/*", KEEP_TOLERATION,
        ),
    ),
    _SWITCH,
    ("intel-gpu-plugin",),
)  # fmt: skip
GAUDI_PLUGIN: Final = Plugin(
    "Habana device plugin",
    (
        *(
            Extended(name, _GAUDI, differences=(_CHART, _HABANA))
            for name in ("habana.ai/gaudi", "habana.ai/gaudi[0-9]")
        ),
    ),
    (Label(f"{_FEATURE}gaudi", "gone", _ASKED, driver=_GAUDI),),
    (
        Trace(
            "environment",
            "HABANA_VISIBLE_*",
            "the driver says through CDI which devices and modules a container has",
            is_removable=True,
        ),
        Trace("environment", "HABANA_*", "programs read it; the driver does not"),
        Trace(
            "runtime-class", "habana*", "CDI needs no runtime of Habana's",
            is_removable=True,
        ),
        Trace(
            "toleration",
            "habana.ai/gaudi", KEEP_TOLERATION,
        ),
    ),
    _SWITCH,
    ("habanalabs-device-plugin", "habanalabs-k8s-device-plugin"),
)  # fmt: skip


def _service(name: str, *spellings: str, decision: str = "") -> Extended:
    return Extended(
        f"{_QAT}/{name}",
        _QAT,
        conditions=(f"services={'|'.join(spellings)}",),
        decision=decision,
    )


QAT_PLUGIN: Final = Plugin(
    "Intel QAT plugin",
    (
        Extended(f"{_QAT}/generic", _QAT),
        _service("cy", "sym;asym", "asym;sym"),
        *(_service(each, each) for each in ("sym", "asym", "dc", "dcc")),
        _service(
            "*",
            "{}",
            decision="the driver joins services with semicolons: see what its slices "
            "have in the attribute services",
        ),
    ),
    (Label(f"{_FEATURE}qat", "gone", _ASKED, driver=_QAT),),
    (),
    _SWITCH,
    ("intel-qat-plugin",),
)
_WITHOUT: Final = {
    "Intel NPU plugin": ("npu", "npu.intel.com/*"),
    "Intel DSA plugin": ("dsa", "dsa.intel.com/*"),
    "Intel IAA plugin": ("iaa", "iaa.intel.com/*"),
    "Intel DLB plugin": ("dlb", "dlb.intel.com/*"),
    "Intel SGX plugin": ("sgx", "sgx.intel.com/*"),
}
OTHER_PLUGINS: Final = tuple(
    Plugin(
        title,
        (Extended(pattern, decision=NO_DRIVER),),
        (Label(f"{_FEATURE}{word}", "node", NO_DRIVER),),
        images=(f"intel-{word}-plugin",),
    )
    for title, (word, pattern) in _WITHOUT.items()
)
FPGA_PLUGINS: Final = (
    Plugin(
        "Intel FPGA plugin",
        (Extended("fpga.intel.com/*", decision=NO_DRIVER),),
        (Label(f"{_FEATURE}fpga-*", "node", NO_DRIVER),),
        images=("intel-fpga-plugin",),
    ),
    Plugin(
        "Xilinx FPGA plugin",
        (Extended("xilinx.com/fpga-*", decision=NO_DRIVER),),
        images=("xilinx_k8s_fpga_plugin", "k8s-fpga-device-plugin"),
    ),
)
