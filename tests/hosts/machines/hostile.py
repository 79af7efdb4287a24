"""Machines whose files are damaged, in loops, closed, or not what they should be."""

from collections.abc import Iterator

from tests.hosts import parts
from tests.hosts.machine import Machine
from tests.hosts.trees import Mark


def machines() -> Iterator[Machine]:
    """Yield them."""
    yield _hostile()


def _hostile() -> Machine:
    """Return one sound GPU and NIC, and everything that can be wrong around them."""
    machine = Machine("hostile", "Broken in every way but one GPU and one NIC")
    machine.root("pci0000:00")
    machine.function(
        "0000:00:01.0",
        under="pci0000:00",
        vendor=0x10DE,
        device=0x1EB8,
        class_=0x030200,
        driver="nvidia",
        numa=0,
        drm=(0, 128),
    )
    machine.function(
        "0000:00:02.0",
        under="pci0000:00",
        vendor=0x15B3,
        device=0x1021,
        class_=0x020000,
    )
    parts.net(machine, "eth0", pci="0000:00:02.0")
    parts.kernel(machine, "hostile")
    _break_functions(machine)
    _break_classes(machine)
    _break_the_rest(machine)
    return machine


def _break_functions(machine: Machine) -> None:
    bus = "sys/bus/pci/devices"
    machine.raw_link(f"{bus}/0000:01:00.0", "0000:01:00.1")
    machine.raw_link(f"{bus}/0000:01:00.1", "0000:01:00.0")
    machine.raw_link(f"{bus}/0000:02:00.0", "../../../../../../../../etc/passwd")
    machine.raw_link(f"{bus}/0000:03:00.0", "/nowhere")
    machine.text(f"{bus}/0000:04:00.0", "a file")
    machine.mark(f"{bus}/0000:05:00.0", Mark.CLOSED)
    machine.mark(f"{bus}/0000:06:00.0", Mark.FIFO)
    machine.text(f"{bus}/no-address/vendor", "0x10de")
    machine.texts(f"{bus}/0000:07:00.0", {"vendor": "0x10de", "device": "0xzz"})
    odd = machine.function(
        "0000:08:00.0",
        under="pci0000:00",
        vendor=0x1002,
        device=0x74A1,
        class_=0x120000,
    )
    place = machine.place(odd)
    machine.text(f"{place}/numa_node", "9" * 5000)
    machine.text(f"{place}/revision", "")
    machine.text(f"{place}/current_link_speed", "Unknown")
    machine.text(f"{place}/current_link_width", 255)
    machine.junk(f"{place}/unique_id", bytes(range(256)))
    machine.text(f"{place}/current_compute_partition", "\x1b[31mSPX")
    machine.mark(f"{place}/mem_info_vram_total", Mark.HUGE)
    machine.mark(f"{place}/current_memory_partition", Mark.UNREADABLE)
    machine.mark(f"{place}/product_name", Mark.FAILING)
    machine.raw_link(f"{place}/driver", "driver")
    machine.raw_link(f"{place}/physfn", "../..")
    machine.raw_link(f"{place}/virtfn0", place)
    machine.mark(f"{place}/local_cpulist", Mark.FIFO)


def _break_classes(machine: Machine) -> None:
    machine.raw_link("sys/class/net/loop", "loop")
    machine.text("sys/class/net/bonding_masters", "bond0")
    machine.mark("sys/class/net/empty", Mark.FOLDER)
    machine.raw_link("sys/class/net/self", ".")
    machine.text("sys/class/infiniband/mlx5_0/node_type", "1: CA")
    machine.mark("sys/class/infiniband/mlx5_0/ports/1/state", Mark.UNREADABLE)
    machine.mark("sys/class/infiniband/mlx5_0/ports/x", Mark.FOLDER)
    machine.raw_link("sys/class/infiniband/mlx5_1", "/sys/class/infiniband")
    nodes = "sys/class/kfd/kfd/topology/nodes"
    machine.text(f"{nodes}/0/properties", "simd_count\n=\nsize x\n\ngfx_target 90402")
    machine.raw_link(f"{nodes}/0/mem_banks", "..")
    machine.mark(f"{nodes}/1", Mark.CLOSED)
    machine.text("sys/devices/system/cpu/online", "0-4294967295,,x,7-3")
    machine.mark("sys/devices/system/cpu/cpu0/topology/core_id", Mark.FAILING)
    machine.mark("sys/devices/system/cpu/cpu1", Mark.FIFO)
    machine.text("sys/devices/system/node/node0/cpulist", "0-99999999999")
    machine.text("sys/devices/system/node/node0/distance", "10 x \u00b2")
    machine.junk("sys/devices/system/node/node0/meminfo", b"\xff\x00")
    machine.raw_link("sys/module/nvidia", "../module/nvidia")
    machine.mark("sys/module/amdgpu/version", Mark.UNREADABLE)


def _break_the_rest(machine: Machine) -> None:
    machine.text(
        "proc/1/net/route", "eth0\t00000000\neth1 00000000 x zz 0 0 0 00000000"
    )
    machine.mark("proc/1/net/ipv6_route", Mark.HUGE)
    machine.raw_link("proc/driver/nvidia/gpus/0000:00:01.0/again", "../..")
    machine.mark("proc/driver/nvidia/gpus/0000:00:01.0/information", Mark.UNREADABLE)
    machine.mark("proc/driver/nvidia/version", Mark.FIFO)
    parts.nodes(machine, "nvidia0", mark=Mark.UNREADABLE)
    parts.nodes(machine, "dri/renderD129", mark=Mark.FOLDER)
    parts.nodes(machine, "kfd", mark=Mark.FIFO)
    machine.raw_link("dev/nvidiactl", "/dev/nowhere")
    machine.mark("var/lib/kubelet/plugins", Mark.CLOSED)
    machine.raw_link("var/lib/kubelet/plugins_registry", "plugins_registry")
    machine.raw_link("var/run", "../../../run")
    parts.cdi(machine, "good.json", '{"kind": "nvidia.com/gpu"}', "run/cdi")
    parts.cdi(machine, "cut.json", '{"kind": ', "run/cdi")
    parts.cdi(machine, "list.yaml", "- 1\n- 2", "run/cdi")
    parts.cdi(machine, "other.yaml", "kind: 1\ndevices: {}", "run/cdi")
    machine.mark("run/cdi/huge.yaml", Mark.HUGE)
