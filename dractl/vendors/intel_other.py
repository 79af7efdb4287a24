"""Intel's accelerators and NPUs that no DRA driver publishes; people look for them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from dractl.model.hosts import HostFacts, PciDevice
from dractl.vendors.attributes import located
from dractl.vendors.base import Found, Vendor, Wishes
from dractl.vendors.intel_plugins import OTHER_PLUGINS

_NAME: Final = "intel-other"
_VENDOR: Final = 0x8086


class Engine(NamedTuple):
    """A kind of accelerator, with what publishes it to Kubernetes today."""

    kind: str
    title: str
    instead: str


_PLUGIN: Final = "no DRA driver publishes it, Intel's device plugin does: {}"
_DSA: Final = Engine(
    "accelerator", "Data Streaming Accelerator", _PLUGIN.format("dsa.intel.com")
)
_IAA: Final = Engine(
    "accelerator", "In-Memory Analytics Accelerator", _PLUGIN.format("iaa.intel.com")
)
_DLB: Final = Engine(
    "accelerator", "Dynamic Load Balancer", _PLUGIN.format("dlb.intel.com")
)
_DLB_VF: Final = Engine("vf", "Dynamic Load Balancer VF", _DLB.instead)
_NPU: Final = Engine(
    "npu",
    "NPU",
    "no DRA driver publishes it: Intel's is only begun; its device plugin has "
    "npu.intel.com",
)
_ENGINES: Final[Mapping[int, Engine]] = {
    **dict.fromkeys((0x0B25, 0x11FB, 0x1212), _DSA),
    **dict.fromkeys((0x0CFE, 0x1216), _IAA),
    **dict.fromkeys((0x2710, 0x2714), _DLB),
    **dict.fromkeys((0x2711, 0x2715), _DLB_VF),
    **dict.fromkeys((0x643E, 0x7D1D, 0x7E4C, 0xAD1D, 0xB03E, 0xD71D, 0xFD3E), _NPU),
}


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    del wishes  # nothing is published
    for function in sorted(facts.pci, key=lambda each: each.address):
        engine = _ENGINES.get(function.device)
        if function.vendor == _VENDOR and engine is not None:
            yield _found(function, engine)


def _found(function: PciDevice, engine: Engine) -> Found:
    return replace(
        located(_NAME, engine.kind, f"Intel {engine.title}", function),
        why_not=engine.instead,
        warnings=() if function.driver else ("no kernel driver is bound",),
    )


INTEL_OTHER: Final = Vendor(
    _NAME, "Intel's other accelerators", (), _find, OTHER_PLUGINS
)
