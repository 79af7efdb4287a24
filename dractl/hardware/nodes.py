"""Device nodes below /dev that drivers of accelerators, NICs and VFIO make."""

import re
import stat
from collections.abc import Iterator
from typing import Final

from dractl.hardware.host import Host
from dractl.model.hosts import DeviceNode

_PATTERNS: Final = {
    "dev": (
        r"accel\d+",  # habanalabs before the subsystem accel; TPU
        r"apex_\d+",
        r"davinci\d+|davinci_manager|devmm_svm|hisi_hdc",
        r"dfl-(fme|port)\.\d+|intel-fpga-(fme|port)\.\d+",
        r"dxg",
        r"hl\d+|hl_controlD\d+",
        r"iommu",
        r"kfd",
        r"neuron\d+",
        r"npu\d+(pe.+)?",
        r"nvidia\d+|nvidiactl|nvidia-(modeset|uvm|uvm-tools|nvlink|nvswitch(ctl|\d+))",
        r"qat_adf_ctl|qat_dev_processes",
        r"rbln\d+|rsd\d+",
        r"uinfiniband",
        r"vfio",
        r"xclmgmt\d+|xocl.*",
    ),
    "dev/accel": (r"accel\d+",),
    "dev/dri": (r"card\d+|renderD\d+",),
    "dev/dsa": (r"wq.+",),
    "dev/iax": (r"wq.+",),
    "dev/infiniband": (r".+",),
    "dev/nvidia-caps": (r".+",),
    "dev/nvidia-caps-imex-channels": (r".+",),
    "dev/rngd": (r".+",),
    "dev/tenstorrent": (r"\d+",),
    "dev/vfio": (r".+",),
    "dev/vfio/devices": (r".+",),
    "dev/xfpga": (r".+",),
}


def device_nodes(host: Host) -> tuple[DeviceNode, ...]:
    """Return the nodes in the order of their paths; folders are none."""
    paths = sorted(_paths(host))
    return tuple(DeviceNode(f"/{path}", host.may_read(path)) for path in paths)


def _paths(host: Host) -> Iterator[str]:
    for folder, patterns in _PATTERNS.items():
        wanted = re.compile("|".join(f"(?:{each})" for each in patterns), re.ASCII)
        for name in filter(wanted.fullmatch, host.names(folder)):
            path = f"{folder}/{name}"
            if host.kind(path) not in {None, stat.S_IFDIR}:
                yield path
