"""Parts of machines beside PCI: networks, CPUs, memory, drivers, the kubelet."""

from collections.abc import Mapping, Sequence
from typing import Final

from tests.hosts.machine import Machine
from tests.hosts.trees import Mark

_KUBELET: Final = "var/lib/kubelet"
_NVIDIA: Final = "proc/driver/nvidia"


def net(  # noqa: PLR0913 - as many as the kernel has files
    machine: Machine,
    name: str,
    *,
    pci: str | None = None,
    mac: str = "02:00:00:00:00:01",
    mtu: int = 1500,
    state: str = "up",
    speed: int | None = 10000,
    kind: int = 1,
    texts: Mapping[str, object] | None = None,
) -> None:
    """Add an interface; without `pci` a virtual one. Without speed its file fails.

    `texts` are further files such as `ifalias`, `phys_port_name`, `phys_switch_id`.
    """
    files = {
        "address": mac,
        "mtu": mtu,
        "operstate": state,
        "type": kind,
        **(texts or {}),
    }
    if pci is not None:
        place = machine.class_device("net", name, files, pci)
    else:
        place = f"sys/devices/virtual/net/{name}"
        machine.texts(place, files)
        machine.link(f"sys/class/net/{name}", place)
    if speed is None:
        machine.mark(f"{place}/speed", Mark.FAILING)
    else:
        machine.text(f"{place}/speed", speed)


def uplink(machine: Machine, name: str) -> None:
    """Let the default route go through this interface."""
    head = (
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\t"
        "Window\tIRTT"
    )
    default = f"{name}\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0"
    local = f"{name}\t0000000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0"
    machine.raw_link("proc/net", "self/net")
    machine.raw_link("proc/self", "1")
    machine.text("proc/1/net/route", f"{head}\n{default}\n{local}")


def rdma(  # noqa: PLR0913 - as many as the kernel has files
    machine: Machine,
    name: str,
    *,
    pci: str,
    guid: str = "b83f:d203:0012:3456",
    firmware: str = "28.39.1002",
    hca: str = "MT4129",
    layer: str = "InfiniBand",
    rate: str = "400 Gb/sec (4X NDR)",
    state: str = "4: ACTIVE",
    ports: int = 1,
) -> None:
    """Add an RDMA device and its verbs node."""
    files = {
        "node_type": "1: CA",
        "node_guid": guid,
        "fw_ver": firmware,
        "hca_type": hca,
    }
    place = machine.class_device("infiniband", name, files, pci)
    port = {"state": state, "rate": rate, "link_layer": layer}
    for number in range(1, ports + 1):
        machine.texts(f"{place}/ports/{number}", port)


def numa(  # noqa: PLR0913 - as many as the kernel has files
    machine: Machine,
    number: int,
    *,
    cpus: str,
    memory_kib: int | None = None,
    distances: Sequence[int] = (10,),
    hugepages: Mapping[int, int] | None = None,
) -> None:
    """Add a NUMA node; `hugepages` are counts by sizes in KiB."""
    place = f"sys/devices/system/node/node{number}"
    machine.text(f"{place}/cpulist", cpus)
    machine.text(f"{place}/distance", " ".join(map(str, distances)))
    if memory_kib is not None:
        total = f"Node {number} MemTotal:       {memory_kib} kB"
        free = f"Node {number} MemFree:        {memory_kib // 2} kB"
        machine.text(f"{place}/meminfo", f"{total}\n{free}")
    for size, count in (hugepages or {}).items():
        machine.text(f"{place}/hugepages/hugepages-{size}kB/nr_hugepages", count)


def cpus(
    machine: Machine, *, sockets: int, cores: int, threads: int = 1, shared_l3: int = 0
) -> None:
    """Add CPUs, numbered as x86 does it: the second threads come after all cores.

    `cores` are those of a socket; `shared_l3` of them share a cache, 0: all.
    """
    group = shared_l3 or cores
    total = sockets * cores
    for number in range(total * threads):
        socket, core = divmod(number % total, cores)
        place = f"sys/devices/system/cpu/cpu{number}"
        names = {"core_id": core, "physical_package_id": socket}
        machine.texts(f"{place}/topology", names)
        cache = (number % total) // group
        machine.texts(f"{place}/cache/index3", {"level": 3, "id": cache})
        if number:  # the first one cannot be taken offline and has no such file
            machine.text(f"{place}/online", 1)
    last = total * threads - 1
    machine.text("sys/devices/system/cpu/online", f"0-{last}" if last else "0")


def hybrid(machine: Machine, *, core: str, atom: str) -> None:
    """Say which CPUs are performance cores and which are efficient ones."""
    machine.text("sys/devices/cpu_core/cpus", core)
    machine.text("sys/devices/cpu_atom/cpus", atom)


def kfd(  # noqa: PLR0913 - as many as the kernel has files
    machine: Machine,
    number: int,
    properties: Mapping[str, int],
    *,
    gpu_id: int = 0,
    banks: Sequence[Mapping[str, int]] = (),
    links: Sequence[Mapping[str, int]] = (),
) -> None:
    """Add a node of AMD's compute topology."""
    place = f"sys/devices/virtual/kfd/kfd/topology/nodes/{number}"
    machine.link("sys/class/kfd/kfd", "sys/devices/virtual/kfd/kfd")
    machine.text(f"{place}/gpu_id", gpu_id)
    machine.text(f"{place}/properties", _pairs(properties))
    for index, bank in enumerate(banks):
        machine.text(f"{place}/mem_banks/{index}/properties", _pairs(bank))
    for index, link in enumerate(links):
        machine.text(f"{place}/io_links/{index}/properties", _pairs(link))


def _pairs(pairs: Mapping[str, int]) -> str:
    return "\n".join(f"{name} {value}" for name, value in pairs.items())


def module(machine: Machine, name: str, version: str | None = None) -> None:
    """Add a loaded kernel module."""
    machine.text(f"sys/module/{name}/initstate", "live")
    if version is not None:
        machine.text(f"sys/module/{name}/version", version)


def nvidia(
    machine: Machine, version: str, gpus: Mapping[str, Mapping[str, object]]
) -> None:
    """Add what NVIDIA's driver shows; `gpus` are the lines of `information`.

    Of these, Bus Location comes by itself.
    """
    module(machine, "nvidia", version)
    loaded = (
        "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  "
        f"{version}  Release Build  (build@host)"
    )
    compiler = "GCC version:  gcc version 13.3.0 (Ubuntu 13.3.0-6ubuntu2~24.04)"
    machine.text(f"{_NVIDIA}/version", f"{loaded}\n{compiler}")
    nodes(machine, "nvidiactl", "nvidia-uvm")
    for address, lines in gpus.items():
        stated = {**lines, "Bus Location": address}
        text = "\n".join(f"{name + ':':<17}{value}" for name, value in stated.items())
        machine.text(f"{_NVIDIA}/gpus/{address}/information", text)
        nodes(machine, f"nvidia{lines['Device Minor']}")


def mig(machine: Machine, minor: int, instances: Sequence[int]) -> None:
    """Add what it shows of GPU instances, each with one compute instance.

    The numbers of device files count on over all GPUs; here each has 135 of its own.
    """
    for instance in instances:
        first = 135 * minor + 9 * instance + 3
        folder = f"{_NVIDIA}/capabilities/gpu{minor}/mig/gi{instance}"
        for number, place in enumerate((folder, f"{folder}/ci0")):
            lines = f"DeviceFileMinor: {first + number}\nDeviceFileMode: 292"
            machine.text(f"{place}/access", f"{lines}\nDeviceFileModify: 1")


def dmi(machine: Machine, **words: str) -> None:
    """Add the words of the firmware, such as sys_vendor and product_name."""
    place = "sys/devices/virtual/dmi/id"
    machine.texts(place, words)
    machine.link("sys/class/dmi/id", place)


def kernel(machine: Machine, name: str, release: str = "6.8.0-45-generic") -> None:
    """Name the host and its kernel."""
    machine.texts("proc/sys/kernel", {"hostname": name, "osrelease": release})


def nodes(machine: Machine, *paths: str, mark: Mark | None = None) -> None:
    """Add device nodes below /dev; here they are files."""
    for path in paths:
        if mark is None:
            machine.text(f"dev/{path}", "")
        else:
            machine.mark(f"dev/{path}", mark)


def plugin(
    machine: Machine, driver: str, *, uid: str = "", registered: bool = True
) -> None:
    """Add the sockets of a DRA driver; `uid` is its pod's, if it makes use of that."""
    suffix = f"-{uid}" if uid else ""
    machine.mark(f"{_KUBELET}/plugins/{driver}/dra{suffix}.sock", Mark.SOCKET)
    if registered:
        name = f"{driver}{suffix}-reg.sock"
        machine.mark(f"{_KUBELET}/plugins_registry/{name}", Mark.SOCKET)


def cdi(machine: Machine, name: str, text: str, folder: str = "var/run/cdi") -> None:
    """Add a specification of the Container Device Interface, in JSON or YAML."""
    machine.text(f"{folder}/{name}", text.rstrip("\n"))
