"""Which small files are read, beside those that every device has.

A row of PCI_TEXTS is for functions of a vendor (None: all) whose class begins so; a row
of HOST_TEXTS is for the host. `*` stands for any name, or a part of one, in one folder.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dractl.hardware.host import Folder, Host

_MOST_MATCHES: Final = 256
_LONGEST: Final = 4096


@dataclass(frozen=True, slots=True)
class Row:
    """Files of functions; `kinds` are beginnings of their class in hexadecimal."""

    vendor: int | None
    kinds: tuple[str, ...]
    names: tuple[str, ...]


_FPGA_MANAGEMENT: Final = "fpga_region/region*/dfl-fme.*/bitstream_id"
_FPGA_FUNCTION: Final = "fpga_region/region*/dfl-port.*/afu_id"

PCI_TEXTS: Final = (
    Row(None, ("",), ("sriov_drivers_autoprobe",)),
    Row(None, ("0108",), ("nvme/nvme*/model",)),
    Row(
        0x1002,
        ("03", "12"),
        (
            "available_compute_partition",
            "available_memory_partition",
            "current_compute_partition",
            "current_memory_partition",
            "mem_info_vram_total",
            "product_name",
            "unique_id",
        ),
    ),
    Row(0x10DE, ("03",), ("nvidia/current_vgpu_type", "resource")),
    Row(0x8086, ("03",), ("drm/card*/lmem_total_bytes",)),
    Row(0x8086, ("0b40",), ("qat/cfg_services", "qat/state")),
    Row(0x8086, ("12",), (_FPGA_MANAGEMENT, _FPGA_FUNCTION)),
    Row(0x1DA3, ("12",), ("device_type", "module_id", "status")),
    Row(0x1172, ("12",), (_FPGA_MANAGEMENT, _FPGA_FUNCTION)),
)

HOST_TEXTS: Final = (
    "sys/bus/mdev/devices/*/mdev_type/name",
    "sys/devices/virtual/neuron_device/neuron*/connected_devices",
    "sys/devices/virtual/neuron_device/neuron*/core_count",
    "sys/firmware/devicetree/base/model",
)


def pci_texts(folder: Folder, vendor: int, class_code: int) -> dict[str, str]:
    """Return the texts of a function by their names in its folder."""
    kind = f"{class_code:06x}"
    names = [
        name
        for row in PCI_TEXTS
        if row.vendor in {None, vendor} and kind.startswith(row.kinds)
        for name in row.names
    ]
    return _texts(folder, names)


def host_texts(host: Host) -> Mapping[str, str]:
    """Return the texts of the host by their paths."""
    root = host.folder("")
    return {} if root is None else _texts(root, HOST_TEXTS)


def _texts(folder: Folder, patterns: Iterable[str]) -> dict[str, str]:
    found = {}
    for pattern in patterns:
        for name in _matches(folder, pattern):
            text = folder.text(name)
            if text is not None and len(text) <= _LONGEST:
                found[name] = text
    return found


def _matches(folder: Folder, pattern: str) -> Iterator[str]:
    """Yield the names below a folder that a pattern stands for, existing or not."""
    names = [""]
    for part in pattern.split("/"):
        if "*" not in part:
            names = [f"{name}/{part}" for name in names]
            continue
        wanted = re.compile(".*".join(map(re.escape, part.split("*"))))
        names = [
            f"{name}/{each}"
            for name in names
            for each in _inside(folder, name)
            if wanted.fullmatch(each)
        ][:_MOST_MATCHES]
    return iter([name[1:] for name in names])


def _inside(folder: Folder, name: str) -> Iterable[str]:
    return folder.inside(name[1:]) if name else folder.names
