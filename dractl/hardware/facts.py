"""All facts of a host, from its files and from what NVML told."""

import os
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from dractl.hardware.cdi import cdi_specs
from dractl.hardware.cpus import all_cpus, numa_nodes
from dractl.hardware.host import Host
from dractl.hardware.kfd import kfd_nodes
from dractl.hardware.kubelet import has_registry, plugin_sockets
from dractl.hardware.net import net_interfaces
from dractl.hardware.nodes import device_nodes
from dractl.hardware.pci import drm_numbers, pci_devices
from dractl.hardware.rdma import rdma_devices
from dractl.hardware.texts import host_texts
from dractl.model.hosts import HostFacts, Nvml, NvmlState, PlatformGpu

_SYSFS: Final = ("sys/devices", "sys/bus")
_DMI: Final = "sys/class/dmi/id"
_DMI_WORDS: Final = (  # numbers of single machines are for root alone, and not ours
    "bios_vendor",
    "bios_version",
    "board_name",
    "board_vendor",
    "chassis_asset_tag",
    "product_family",
    "product_name",
    "product_version",
    "sys_vendor",
)
_MODULES: Final = "sys/module"
_PLATFORM: Final = "sys/devices/platform"
_PARTITION: Final = "amdgpu_xcp_"
_NVIDIA: Final = "proc/driver/nvidia"
_NVIDIA_FILES: Final = frozenset(
    {"access", "config", "information", "monitor", "numa_status", "params", "version"}
)
_NVIDIA_DEPTH: Final = 6  # capabilities/gpu0/mig/gi1/ci0
_SILENT: Final = frozenset({NvmlState.NO_DRIVER, NvmlState.FAILED})
_HIDDEN: Final = (
    "let its container open /dev/nvidiactl and /dev/nvidia*; outside of one, see what "
    "NVRM says in the kernel's log (dmesg)"
)


def has_sysfs(root: Path) -> bool:
    """Tell whether a kernel shows its devices below the root."""
    host = Host(root)
    return any(host.kind(each) == stat.S_IFDIR for each in _SYSFS)


def facts(root: Path, nvml: Nvml) -> HostFacts:
    """Return what is known of the host whose file system is at the root.

    Never raises for what is found there: what may not be read is in `problems`.
    """
    host = Host(root)
    if host.folder("sys") is None:
        hint = "mount the host's /sys there" if not host.is_this else "mount sysfs"
        host.note("sys", "there is no such folder", hint)
    name, kernel, architecture = _kernel(host)
    nodes = numa_nodes(host)
    shown = _proc_nvidia(host)
    return HostFacts(
        name=name,
        kernel=kernel,
        architecture=architecture,
        page_size=os.sysconf("SC_PAGE_SIZE") if host.is_this else None,
        dmi=_words(host),
        pci=pci_devices(host),
        nets=net_interfaces(host),
        rdma=rdma_devices(host),
        kfd=kfd_nodes(host),
        cpus=all_cpus(host, nodes),
        numa=nodes,
        modules=dict.fromkeys(host.names(_MODULES), "")
        | _module_files(host, "version"),
        module_sources=_module_files(host, "srcversion"),
        platform=host.names(_PLATFORM),
        xcps=_partitions(host),
        texts=host_texts(host),
        nodes=device_nodes(host),
        proc_nvidia=shown,
        nvml=_as_seen(nvml, shown),
        has_registry=has_registry(host),
        sockets=plugin_sockets(host),
        cdi=cdi_specs(host),
        problems=host.problems,
    )


def _kernel(host: Host) -> tuple[str, str, str]:
    """Return the name of the host, its kernel's release, and its architecture.

    The proc of another host shows us the name of our own container, so the file counts.
    """
    if host.is_this:
        told = os.uname()
        return told.nodename, told.release, told.machine
    name = host.text("etc/hostname") or host.text("proc/sys/kernel/hostname")
    return name or "", host.text("proc/sys/kernel/osrelease") or "", ""


def _words(host: Host) -> Mapping[str, str]:
    texts = {name: host.text(f"{_DMI}/{name}") for name in _DMI_WORDS}
    return {name: text for name, text in texts.items() if text is not None}


def _module_files(host: Host, file: str) -> dict[str, str]:
    names = host.names(_MODULES)
    texts = {name: host.text(f"{_MODULES}/{name}/{file}") for name in names}
    return {name: text for name, text in texts.items() if text is not None}


def _partitions(host: Host) -> tuple[PlatformGpu, ...]:
    """Return AMD's partitions of GPUs by their numbers."""
    platform = host.folder(_PLATFORM)
    numbers = () if platform is None else platform.numbered(_PARTITION)
    names = [f"{_PARTITION}{number}" for number in numbers]
    return tuple(
        PlatformGpu(name, *drm_numbers(host.folder(f"{_PLATFORM}/{name}")))
        for name in names
    )


def _as_seen(nvml: Nvml, shown: Mapping[str, str]) -> Nvml:
    """Return NVML's silence as what it is where the kernel shows NVIDIA's driver.

    Without its device nodes, as in a container, the library takes the kernel module for
    one that is not loaded, or does not know what to say.
    """
    if nvml.state not in _SILENT or "version" not in shown:
        return nvml
    return replace(nvml, state=NvmlState.HIDDEN, hint=_HIDDEN)


def _proc_nvidia(host: Host) -> Mapping[str, str]:
    files = sorted(host.below(_NVIDIA, _NVIDIA_DEPTH))
    texts = {
        path: host.text(path)
        for path in files
        if path.rpartition("/")[2] in _NVIDIA_FILES
    }
    return {
        path.removeprefix(f"{_NVIDIA}/"): text
        for path, text in texts.items()
        if text is not None
    }
