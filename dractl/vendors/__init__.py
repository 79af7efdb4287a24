"""Vendors of devices, one module with one row for each."""

from typing import Final

from dractl.vendors.amd import AMD
from dractl.vendors.ascend import ASCEND
from dractl.vendors.base import Vendor
from dractl.vendors.cpu import CPU
from dractl.vendors.dranet import DRANET
from dractl.vendors.example import EXAMPLE
from dractl.vendors.fpga import FPGA
from dractl.vendors.gaudi import GAUDI
from dractl.vendors.intel_gpu import INTEL
from dractl.vendors.intel_other import INTEL_OTHER
from dractl.vendors.memory import MEMORY
from dractl.vendors.neuron import NEURON
from dractl.vendors.nvidia import NVIDIA
from dractl.vendors.nvme import NVME
from dractl.vendors.others import the_rest
from dractl.vendors.qat import QAT
from dractl.vendors.rebellions import REBELLIONS
from dractl.vendors.sriov import SRIOV
from dractl.vendors.tpu import TPU
from dractl.vendors.unserved import UNSERVED

_KNOWN: Final[tuple[Vendor, ...]] = (
    NVIDIA,
    AMD,
    INTEL,
    GAUDI,
    QAT,
    INTEL_OTHER,
    FPGA,
    NEURON,
    TPU,
    REBELLIONS,
    ASCEND,
    *UNSERVED,
    DRANET,
    SRIOV,
    CPU,
    MEMORY,
    NVME,
    EXAMPLE,
)
VENDORS: Final[tuple[Vendor, ...]] = (*_KNOWN, the_rest(_KNOWN))
"""All of them, in the order in which their devices are told."""
