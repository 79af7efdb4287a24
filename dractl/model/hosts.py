"""What a machine has, as its kernel and NVML tell it: facts without any vendor's view.

Addresses are as the kernel writes them (`0000:65:00.0`). What is not there, cannot be
read or is meaningless is None or missing; what was tried and failed is in `problems`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True)
class HostProblem:
    """Something that could not be read; `hint` says what would help."""

    where: str
    what: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Sriov:
    """A function's part in SR-IOV: a physical one's counts, or a virtual one's place.

    `parent` is the physical function of a virtual one, `index` its number there.
    """

    total: int = 0
    enabled: int = 0
    parent: str | None = None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class PciLink:
    """A PCIe link: speeds in GT/s, widths in lanes; the current ones fall when idle."""

    speed: float | None = None
    most_speed: float | None = None
    width: int | None = None
    most_width: int | None = None


@dataclass(frozen=True, slots=True)
class PciDevice:
    """A PCI function.

    `class_code` has 24 bits. `driver` is the kernel driver that is bound, None for
    none. `root` is the host bridge as the standard attribute pcieRoot has it, None
    where the upstream helper would fail; `path` are the addresses from that bridge
    down to the function itself. `texts` are further small files of its folder by their
    names below it (`qat/state`, `unique_id`), without the line end. `cards` and
    `renders` are the numbers of its DRM nodes, `accels` its names in /sys/class/accel.
    `mdevs` are the UUIDs of mediated devices, such as vGPUs of the older kind.
    """

    address: str
    vendor: int
    device: int
    class_code: int
    subsystem_vendor: int | None = None
    subsystem_device: int | None = None
    revision: int | None = None
    driver: str | None = None
    driver_override: str | None = None
    numa_node: int | None = None
    local_cpus: str = ""
    root: str | None = None
    path: tuple[str, ...] = ()
    iommu_group: str | None = None
    sriov: Sriov | None = None
    link: PciLink = PciLink()
    cards: tuple[int, ...] = ()
    renders: tuple[int, ...] = ()
    accels: tuple[str, ...] = ()
    vfio_devices: tuple[str, ...] = ()
    mdevs: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> int:
        """The upper 16 bits of the class: 0x0302 for a 3D controller."""
        return self.class_code >> 8


@dataclass(frozen=True, slots=True)
class PlatformGpu:
    """A partition of an AMD GPU that the kernel shows as a platform device.

    `name` is that in /sys/devices/platform (`amdgpu_xcp_3`), `cards` and `renders` are
    the numbers of its DRM nodes; of which GPU it is, only KFD tells.
    """

    name: str
    cards: tuple[int, ...] = ()
    renders: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NetInterface:
    """A network interface; `pci` is the function behind it, None for a virtual one.

    `speed` is in Mbit/s, None when it is down. `is_uplink` tells that the default route
    goes through it. `rdma` are the names of its RDMA devices. `master` is the bridge or
    bond that it is part of. `link_type` is what netlink calls its type (bridge, vlan,
    veth), "" where sysfs does not tell.
    """

    name: str
    mac: str = ""
    mtu: int | None = None
    state: str = ""
    speed: int | None = None
    kind: int | None = None
    pci: str | None = None
    is_virtual: bool = False
    is_uplink: bool = False
    rdma: tuple[str, ...] = ()
    alias: str = ""
    port_name: str = ""
    switch_id: str = ""
    master: str = ""
    link_type: str = ""


@dataclass(frozen=True, slots=True)
class RdmaPort:
    """A port of an RDMA device, in the words of the kernel."""

    number: int
    state: str = ""
    rate: str = ""
    link_layer: str = ""


@dataclass(frozen=True, slots=True)
class RdmaDevice:
    """A device of /sys/class/infiniband."""

    name: str
    pci: str | None = None
    node_type: str = ""
    node_guid: str = ""
    firmware: str = ""
    hca_type: str = ""
    ports: tuple[RdmaPort, ...] = ()


@dataclass(frozen=True, slots=True)
class KfdNode:
    """A node of AMD's compute topology: its properties, memory banks and links."""

    number: int
    gpu_id: int = 0
    properties: Mapping[str, int] = field(default_factory=dict)
    banks: tuple[Mapping[str, int], ...] = ()
    links: tuple[Mapping[str, int], ...] = ()

    @property
    def address(self) -> str:
        """The PCI address; above the 16 bits of the location is a part's number."""
        place = self.properties.get("location_id", 0)
        domain = self.properties.get("domain", 0)
        return (
            f"{domain:04x}:{place >> 8 & 0xFF:02x}:{place >> 3 & 0x1F:02x}.{place & 7}"
        )


@dataclass(frozen=True, slots=True)
class Cpu:
    """A logical CPU.

    `core_type` is p-core or e-core, "" where all cores are alike.
    """

    number: int
    core: int | None = None
    socket: int | None = None
    numa_node: int | None = None
    cache_l3: int | None = None
    is_online: bool = True
    core_type: str = ""


@dataclass(frozen=True, slots=True)
class NumaNode:
    """A NUMA node; memory in bytes, huge pages as counts by their size in bytes."""

    number: int
    cpus: str = ""
    memory: int | None = None
    distances: tuple[int, ...] = ()
    hugepages: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeviceNode:
    """A file below /dev that drivers make, and whether this process may open it."""

    path: str
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class PluginSocket:
    """A socket of a kubelet plugin; `is_registration`: below plugins_registry."""

    path: str
    is_registration: bool = False


@dataclass(frozen=True, slots=True)
class CdiSpec:
    """A file of the Container Device Interface: its kind, and the names of devices.

    `nodes` are the device nodes that it would bring into containers, `missing` those
    of them that are not there.
    """

    path: str
    kind: str
    devices: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class NvmlState(Enum):
    """How far the library of NVIDIA's driver could be asked."""

    READ = "it answered"
    NO_PACKAGE = "the package nvidia-ml-py is not installed"
    NO_LIBRARY = "there is no libnvidia-ml.so.1"
    NO_DRIVER = "the kernel module is not loaded"
    MISMATCH = "the library is newer than the loaded kernel module"
    FORBIDDEN = "this user may not ask it"
    HIDDEN = "it cannot be asked from here, though the kernel module is loaded"
    FAILED = "it failed"
    NOT_ASKED = "another machine's files are looked at"


@dataclass(frozen=True, slots=True)
class MigProfile:
    """A kind of MIG partition that a GPU can have; memory in MiB as NVML tells it.

    `index` is what NVML is asked for (NVML_GPU_INSTANCE_PROFILE_*), `number` what it
    answers and nvidia-smi prints. `name` is NVML's own, "" from older libraries.
    `placements` are (start, size) in memory slices.
    """

    index: int
    number: int
    name: str
    slices: int
    memory: int
    multiprocessors: int
    copy_engines: int
    decoders: int
    encoders: int
    jpeg_engines: int
    ofa_engines: int
    placements: tuple[tuple[int, int], ...] = ()
    instances: int = 0


@dataclass(frozen=True, slots=True)
class MigDevice:
    """A MIG partition that exists: profile number, and its place in memory slices.

    What is None may not be asked for by this user. `compute_slices` are fewer than the
    profile's where a GPU instance is divided once more.
    """

    uuid: str
    gpu_instance: int | None = None
    compute_instance: int | None = None
    profile: int | None = None
    start: int | None = None
    size: int | None = None
    compute_slices: int | None = None


@dataclass(frozen=True, slots=True)
class NvLink:
    """A link of a GPU: `remote` is the address at its other end.

    `remote_kind` is GPU, SWITCH, NPU, or "" where it is not known.
    """

    number: int
    is_active: bool
    version: int | None = None
    remote: str | None = None
    remote_kind: str = ""


@dataclass(frozen=True, slots=True)
class NvmlGpu:
    """What NVML tells of a GPU; `lost` is the error after which it was not asked on.

    Errors have NVML's names (`GPU_IS_LOST`). `failures` are those of single questions,
    by the name of the question; that of `handle` means that nothing is known.
    `memory` is in bytes. `mig_mode` is None where the GPU has no MIG, else whether it
    is on now; `mig_pending` after the next reset. `ecc_errors` are the uncorrected ones
    since the driver was loaded.
    """

    index: int
    minor: int | None = None
    uuid: str = ""
    name: str = ""
    brand: str = ""
    architecture: str = ""
    compute_capability: tuple[int, int] | None = None
    pci: str | None = None
    memory: int | None = None
    addressing_mode: str | None = None
    serial: str = ""
    mig_mode: bool | None = None
    mig_pending: bool | None = None
    profiles: tuple[MigProfile, ...] = ()
    migs: tuple[MigDevice, ...] = ()
    links: tuple[NvLink, ...] = ()
    fabric_cluster: str | None = None
    fabric_clique: int | None = None
    is_virtual: bool = False
    ecc_errors: int | None = None
    lost: str | None = None
    failures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nvml:
    """What NVML tells; without `state` READ there is nothing but `detail` and `hint`.

    `detail` are errors of NVML that the state comes from, or that single questions had.
    """

    state: NvmlState = NvmlState.NOT_ASKED
    detail: str = ""
    hint: str = ""
    driver_version: str = ""
    cuda_version: int | None = None
    gpus: tuple[NvmlGpu, ...] = ()


@dataclass(frozen=True)
class HostFacts:
    """All that was found out of a machine.

    `proc_nvidia` are the files of /proc/driver/nvidia, by their names below it.
    `modules` are the versions of loaded kernel modules, "" for one without;
    `module_sources` the checksums of their sources (`srcversion`) that are told. `dmi`
    are the words of the firmware (`product_name`, `sys_vendor`). `name` is the host
    name. `xcps` are partitions of AMD GPUs other than the first of each. `platform` are
    the names in /sys/devices/platform. `texts` are further small files by their paths
    (`sys/firmware/devicetree/base/model`). `page_size` is that of memory, in bytes.
    `has_registry`: the folder is seen in which plugins of the kubelet register.
    """

    name: str = ""
    kernel: str = ""
    architecture: str = ""
    page_size: int | None = None
    dmi: Mapping[str, str] = field(default_factory=dict)
    pci: tuple[PciDevice, ...] = ()
    nets: tuple[NetInterface, ...] = ()
    rdma: tuple[RdmaDevice, ...] = ()
    kfd: tuple[KfdNode, ...] = ()
    cpus: tuple[Cpu, ...] = ()
    numa: tuple[NumaNode, ...] = ()
    modules: Mapping[str, str] = field(default_factory=dict)
    module_sources: Mapping[str, str] = field(default_factory=dict)
    platform: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    xcps: tuple[PlatformGpu, ...] = ()
    nodes: tuple[DeviceNode, ...] = ()
    proc_nvidia: Mapping[str, str] = field(default_factory=dict)
    nvml: Nvml = Nvml()
    has_registry: bool = False
    sockets: tuple[PluginSocket, ...] = ()
    cdi: tuple[CdiSpec, ...] = ()
    problems: tuple[HostProblem, ...] = ()

    def function(self, address: str | None) -> PciDevice | None:
        """Return the PCI function of an address."""
        return next((each for each in self.pci if each.address == address), None)
