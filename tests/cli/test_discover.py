"""`dractl discover` shows what a machine has, and what drivers would publish."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.answers import validate
from tests.cli.machines import SCHEMA, Machine
from tests.cli.run import Runner, program
from tests.hosts.trees import names

Machines = Callable[[str], Machine]


@pytest.fixture
def machine(dractl: Runner, tmp_path: Path) -> Machines:
    return lambda host: Machine(dractl, tmp_path, host)


def test_devices_are_listed_by_driver(machine: Machines) -> None:
    ran = machine("mi300x")()

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[:5] == [
        "gpu.amd.com: 30 devices",
        "  DEVICE      KIND       MODEL                    NUMA  PCI ADDRESS   KERNEL",
        "  -           gpu        AMD Instinct MI300X OAM  0     0000:05:00.0  amdgpu",
        "    not published: its partitions are the devices",
        "  gpu-1-128   partition  AMD Instinct MI300X OAM  0     0000:05:00.0  amdgpu",
    ]


@pytest.mark.parametrize("host", names())
def test_every_host_fits_the_terminal_that_everybody_has_and_the_schema(
    machine: Machines, host: str, subtests: pytest.Subtests
) -> None:
    there = machine(host)
    for options in ([], ["--topology"], ["--all"]):
        with subtests.test(f"text {options}"):
            ran = there(*options)
            assert ran.status == 0
            assert [line for line in ran.out.splitlines() if len(line) > 80] == []
    with subtests.test("json"):
        assert there.document("--all")["kind"] == "DiscoverResult"


def test_why_a_device_is_not_published_stands_below_it(machine: Machines) -> None:
    ran = machine("rdma-nics")("--driver", "dra.net")

    said = "the node needs ens1f1np1: the default route goes through it"
    assert f"    not published: {said}\n" in ran.out


def test_many_parts_of_a_device_are_told_by_two(machine: Machines) -> None:
    ran = machine("qat")("--vendor", "qat")

    assert "  and 14 more like these\n" in ran.out
    assert ran.out.count("qatvf-") == 2


def test_wide_has_a_line_for_each_device(machine: Machines) -> None:
    head, *lines = machine("qat")("-o", "wide").out.splitlines()

    assert head.split()[:3] == ["DRIVER", "DEVICE", "KIND"]
    assert len(lines) == 22


def test_it_is_told_whether_the_kubelet_knows_a_driver(machine: Machines) -> None:
    hgx = machine("hgx-h100")

    heads = [each for each in hgx().out.splitlines() if ": 8 devices" in each]
    assert heads[0].endswith(": 8 devices, registered with the kubelet")
    assert heads[1].endswith(": 8 devices, not registered with the kubelet")
    known, *_, unknown = hgx("-o", "wide").out.splitlines()[1:]
    assert "  registered  " in known
    assert "  not registered  " in unknown
    assert "registered" not in machine("qat")().out


def test_files_of_cdi_that_name_what_is_gone_are_told(machine: Machines) -> None:
    board = machine("board")
    folder = board.root / "etc/cdi"
    folder.mkdir(parents=True, exist_ok=True)
    nodes = [{"path": "/dev/gone0"}, {"path": "/dev/gone1"}]
    device = {"name": "0", "containerEdits": {"deviceNodes": nodes}}
    spec = {"cdiVersion": "0.6.0", "kind": "acme.example/gpu", "devices": [device]}
    (folder / "acme.json").write_text(json.dumps(spec))

    assert (
        "warning: /etc/cdi/acme.json (acme.example/gpu) names device nodes that are "
        "not there: /dev/gone0 and 1 more\n"
    ) in board().err


def test_names_are_those_that_other_commands_take(machine: Machines) -> None:
    ran = machine("flex-170")("-o", "name", "--node-name", "n1")

    assert ran.out.splitlines()[0] == "gpu.intel.com/n1/0000-4d-00-0-0x56c0"


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        ([], {"nic", "vf"}),
        (["--all"], {"nic", "vf", "nvme", "interface", "cpu", "memory"}),
        (["--kind", "nvme,vf"], {"nvme", "vf"}),
        (["--vendor", "cpu"], {"cpu"}),
        (["--driver", "dra.cpu", "--kind", "nic"], set()),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_devices_can_be_left_out(
    machine: Machines, options: list[str], kinds: set[str]
) -> None:
    [node] = machine("rdma-nics").document(*options)["nodes"]

    assert {each["kind"] for each in node["devices"]} == kinds


def test_a_machine_without_accelerators_gets_a_helpful_answer(
    machine: Machines,
) -> None:
    ran = machine("board")("--vendor", "amd")
    assert (ran.status, ran.out) == (0, "")
    assert "no such device among" in ran.err

    ran = machine("empty-vm")()
    assert ran.status == 0
    assert "no accelerator was found among" in ran.err


def test_this_machine_is_looked_at_in_a_process_of_its_own() -> None:
    ran = program("discover", "-o", "json", "--all")

    assert ran.status == 0
    validate(json.loads(ran.out), SCHEMA)


def test_what_cannot_be_read_is_told_and_the_rest_is_there(machine: Machines) -> None:
    ran = machine("hostile")()

    assert ran.status == 0
    assert "gpu.amd.com: 1 device\n" in ran.out
    assert "permission denied (run this as root" in ran.err


def test_a_tree_is_drawn_with_links_and_the_nearest_nics(machine: Machines) -> None:
    ran = machine("hgx-h100")("--topology")

    assert "    ├── 0000:9d:00.0  gpu  gpu-4  NVIDIA H100 80GB HBM3\n" in ran.out
    assert "  gpu-4  behind the same switch  pci-0000-9a-00-0\n" in ran.out


# -- slices and classes


def test_slices_are_those_of_the_node(machine: Machines) -> None:
    found = machine("mi300x").objects("-o", "slice", "--node-name", "n1")

    assert [each["metadata"]["name"] for each in found] == ["n1-gpu.amd.com"]
    assert found[0]["spec"]["nodeName"] == "n1"


@pytest.mark.parametrize(
    ("options", "version"),
    [
        ([], "v1"),
        (["--api-version", "v1beta1"], "v1beta1"),
        (["--kubernetes-version", "1.33"], "v1beta2"),
    ],
    ids=str,
)
def test_slices_are_written_in_a_version_that_the_release_has(
    machine: Machines, options: list[str], version: str
) -> None:
    [found] = machine("mi300x").objects("-o", "slice", *options)

    assert found["apiVersion"] == f"resource.k8s.io/{version}"
    assert ("basic" in found["spec"]["devices"][0]) == (version == "v1beta1")


def test_a_pool_is_whole_though_not_all_of_it_is_listed(machine: Machines) -> None:
    rdma = machine("rdma-nics")
    listed = rdma("-o", "name").out.splitlines()
    [found] = rdma.objects("-o", "slice")

    assert len(found["spec"]["devices"]) > len(listed)


def test_another_version_of_a_driver_publishes_otherwise(machine: Machines) -> None:
    hgx = machine("hgx-h100")

    def standard(*options: str) -> set[str]:
        [found] = hgx.objects(
            "-o", "slice", "--vendor", "nvidia", "--kind", "gpu", *options
        )
        names = found["spec"]["devices"][0]["attributes"]
        return {each for each in names if "/" in each}

    newest, older = standard(), standard("--driver-schema", "nvidia=0.4")
    assert newest - older == {"resource.kubernetes.io/numaNode"}


def test_what_slices_lack_is_told(machine: Machines) -> None:
    ran = machine("cloud-t4")("-o", "slice", "--node-name", "n1")

    assert ran.status == 0
    assert ran.err == (
        "warning: gpu-0: NVML was not asked: only name, UUID and place are known of "
        "it\n"
        "gpu.nvidia.com: not known here: memory, brand, architecture, "
        "addressingMode, cudaComputeCapability, cudaDriverVersion (NVML)\n"
    )


def test_why_devices_are_not_in_slices_is_told_once_for_each_reason(
    machine: Machines,
) -> None:
    ran = machine("rdma-nics")("-o", "slice", "--kind", "nic,vf")

    assert ran.err == (
        "not published: 0000:04:00.0: no kernel driver is bound, so that there is no "
        "interface to give\n"
        "not published: 0000:3b:00.1: the node needs ens1f1np1: the default route "
        "goes through it\n"
        "not published: 0000:3b:00.4, 0000:86:00.0: vfio-pci is bound, which makes no "
        "network interface\n"
        "dra.net: not known here: ipv4, ipv6 (netlink); ebpf, tcFilterNames, "
        "tcxProgramNames (tc and eBPF)\n"
    )


def test_what_the_release_drops_of_slices_is_told(machine: Machines) -> None:
    options = ["-o", "slice", "--partitionable", "--kubernetes-version", "1.35"]
    ran = machine("mi300x")(*options)

    assert ran.status == 0
    assert (
        "warning: Kubernetes 1.35 drops sharedCounters of 1 objects: the feature gate "
        "DRAPartitionableDevices is off\n"
    ) in ran.err


def test_classes_are_those_of_drivers_that_have_devices_here(
    machine: Machines,
) -> None:
    found = machine("hgx-h100").objects("-o", "class", "--vendor", "nvidia")

    by_name = {each["metadata"]["name"]: each["spec"] for each in found}
    assert {"gpu.nvidia.com", "mig.nvidia.com"} <= by_name.keys()
    assert by_name["gpu.nvidia.com"]["extendedResourceName"] == "nvidia.com/gpu"


def test_a_class_that_no_chart_ships_is_told_to_be_an_example(
    machine: Machines,
) -> None:
    ran = machine("ascend-910b")("-o", "class")

    name = "ascend.project-hami.io"
    assert ran.err == f"{name} is an example: {name} comes without it\n"


@pytest.mark.parametrize(
    ("host", "classes"),
    [
        ("rdma-nics", ["dra.net"]),
        ("trn1", ["neuron.aws.com", "dra.net", "efa.networking.k8s.aws"]),
    ],
)
def test_classes_of_a_cloud_are_for_its_machines(
    machine: Machines, host: str, classes: list[str]
) -> None:
    found = machine(host).objects("-o", "class")

    assert [each["metadata"]["name"] for each in found] == classes


def test_a_release_without_extended_resources_gets_none(machine: Machines) -> None:
    options = ["-o", "class", "--kubernetes-version", "1.34"]
    found = machine("flex-170").objects(*options)

    assert [each["spec"].keys() for each in found] == [{"selectors"}] * len(found)


# -- options


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--demo"], "a cluster is only asked to compare it with this machine"),
        (["--context", "a"], "a cluster is only asked to compare it"),
        (["--compare", "--topology"], "--compare and --topology exclude each other"),
        (["--compare", "-o", "wide"], "--compare has no -o wide"),
        (["--compare", "-o", "slice"], "-o slice and --compare exclude each other"),
        (["--topology", "-o", "class"], "-o class and --topology exclude each other"),
        (["--node-name", "BAD NAME"], "--node-name 'BAD NAME': must be lower-case"),
        (["--compare", "--kind", "gpu", "--demo"], "--compare takes all devices"),
        (["--api-version", "v1"], "--api-version goes with -o slice and -o class"),
        (["--vendor", "amdd"], "no vendor 'amdd'"),
        (["--driver-schema", "nvidia"], "'nvidia' is not VENDOR=VERSION"),
        (["--driver-schema", "amd=9"], "gpu.amd.com has no version '9' that differs"),
        (["--every", "1s"], "--every and --timeout go with --watch"),
        (["-l", "a=b"], "--selector and --namespace go with --from-pods"),
        (["--from-pods", "--root", "/host"], "--root says where this machine's"),
        (["--with-facts"], "--with-facts goes with -o json and -o yaml"),
        (["--from-pods", "--demo"], "--from-pods needs a live cluster"),
        (["--watch", "--topology"], "--watch shows the devices of this machine"),
        (["--watch", "-o", "name"], "--watch prints a table or JSON"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_options_that_make_no_sense_are_refused(
    dractl: Runner, options: list[str], message: str
) -> None:
    ran = dractl("discover", *options)

    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


@pytest.mark.parametrize("release", ["1.20", "1.99"])
def test_a_release_that_is_not_known_is_told(machine: Machines, release: str) -> None:
    ran = machine("board")("--kubernetes-version", release)

    assert ran.err.startswith(f"warning: Kubernetes {release} is unknown here; it is ")


def test_a_root_that_is_not_there_is_an_error(dractl: Runner, tmp_path: Path) -> None:
    ran = dractl("discover", "--root", str(tmp_path / "none"))

    assert ran.status == 3
    assert "is no folder" in ran.err


@pytest.mark.parametrize("folders", [(), ("devices", "proc"), ("sys", "dev")])
def test_a_root_that_is_no_host_s_is_an_error(
    dractl: Runner, tmp_path: Path, folders: tuple[str, ...]
) -> None:
    for each in folders:
        (tmp_path / each).mkdir()
    ran = dractl("discover", "--root", str(tmp_path), "-o", "json")

    assert (ran.status, ran.out) == (3, "")
    assert f"{tmp_path} has neither sys/devices nor sys/bus" in ran.err
    assert "hint: " in ran.err


def test_a_root_without_a_name_is_not_this_folder(dractl: Runner) -> None:
    ran = dractl("discover", "--root", "")

    assert (ran.status, ran.out) == (2, "")
    assert "--root names no folder" in ran.err


def test_a_machine_without_a_name_needs_one_for_slices(machine: Machines) -> None:
    board = machine("board")
    (board.root / "etc/hostname").unlink(missing_ok=True)
    (board.root / "proc/sys/kernel/hostname").unlink(missing_ok=True)

    ran = board("-o", "slice", "--all")
    assert ran.status == 3
    assert "--node-name" in ran.err


def test_a_host_name_that_no_node_can_have_makes_no_slices(machine: Machines) -> None:
    board = machine("board")
    (board.root / "etc").mkdir(exist_ok=True)
    (board.root / "etc/hostname").write_text("my_board\n")

    ran = board("-o", "slice", "--all")
    assert (ran.status, ran.out) == (3, "")
    assert "no node can be named as the machine is: 'my_board'" in ran.err
    assert "hint: name it with --node-name" in ran.err
