"""Node labels of Node Feature Discovery: devices that are there, and the machine."""

from typing import Final

from dractl.vendors.plugins import Label

_FEATURE: Final = "feature.node.kubernetes.io/"
_PRESENT: Final = (
    "it says that such a device is there, which a request for one finds out itself"
)
_MACHINE: Final = "it is about the machine"
_DRIVERS: Final = (
    ("10de", "gpu.nvidia.com"),
    ("1002", "gpu.amd.com"),
    ("1da3", "gaudi.intel.com"),
    ("1d0f", "neuron.aws.com"),
    ("1eff", "npu.rebellions.ai"),
    ("1ae0", "tpu.google.com"),
    ("19e5", "ascend.project-hami.io"),
    ("15b3", "sriovnetwork.k8snetworkplumbingwg.io"),
    ("15b3", "dra.net"),
)
_PLACES: Final = ("pci-*_{}.present", "pci-{}.present", "pci-{}_*.present")
# The default fields of such a label are class and vendor; admins choose others.
_INTEL: Final = (
    ("pci-03??_8086.present", "gpu.intel.com"),
    ("pci-0b40_8086.present", "qat.intel.com"),
    ("pci-0200_8086.present", "sriovnetwork.k8snetworkplumbingwg.io"),
    ("pci-0200_8086.present", "dra.net"),
)
_OF_MACHINES: Final = (
    "cpu-*", "kernel-*", "memory-*", "system-os_release.*", "storage-*", "network-*",
    "usb-*", "pci-*", "custom-*", "local-*",
)  # fmt: skip
NFD: Final = (
    *(
        Label(_FEATURE + place.format(vendor), "gone", _PRESENT, driver=driver)
        for vendor, driver in _DRIVERS
        for place in _PLACES
    ),
    *(
        Label(_FEATURE + pattern, "gone", _PRESENT, driver=driver)
        for pattern, driver in _INTEL
    ),
    *(Label(_FEATURE + pattern, "node", _MACHINE) for pattern in _OF_MACHINES),
)
"""Those of the vendor whose device is asked for are of no more use; others stay."""
