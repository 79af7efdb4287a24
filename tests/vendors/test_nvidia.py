import pytest

from dractl.model.hosts import DeviceNode, Nvml, NvmlState, Sriov
from dractl.vendors import nvidia_ids
from dractl.vendors.nvidia import NVIDIA
from tests.hosts.reading import host_facts
from tests.vendors.builders import attribute, device, found, host, names, only
from tests.vendors.nvidia_hosts import GPU, function, machine, silent, told, with_nvml

PCI_BUS_ID = "resource.kubernetes.io/pciBusID"
NUMA_NODE = "resource.kubernetes.io/numaNode"
SCHEMAS = ("0.3", "0.4", "0.5")


def test_a_gpu_is_published_as_the_driver_does() -> None:
    first, *_ = found(NVIDIA, host_facts("hgx-h100"))

    assert device(first) == {
        "name": "gpu-0",
        "attributes": {
            "addressingMode": {"string": "HMM"},
            "architecture": {"string": "Hopper"},
            "brand": {"string": "Nvidia"},
            "cudaComputeCapability": {"version": "9.0.0"},
            "cudaDriverVersion": {"version": "12.8.0"},
            "driverVersion": {"version": "570.172.8"},
            "productName": {"string": "NVIDIA H100 80GB HBM3"},
            NUMA_NODE: {"int": 0},
            PCI_BUS_ID: {"string": "0000:1b:00.0"},
            "resource.kubernetes.io/pcieRoot": {"string": "pci0000:15"},
            "type": {"string": "gpu"},
            "uuid": {"string": "GPU-00000000-0000-4000-8000-000000000009"},
        },
        "capacity": {"memory": {"value": "81559Mi"}},
    }
    assert (first.address, first.numa_node, first.kernel_driver) == (
        "0000:1b:00.0",
        0,
        "nvidia",
    )
    assert dict(first.details) == {"migMode": "off", "nvlinks": "18", "eccErrors": "0"}


def test_switches_and_nics_are_no_gpus() -> None:
    devices = found(NVIDIA, host_facts("hgx-h100"))

    assert names(devices) == [f"gpu-{number}" for number in range(8)]


def test_names_are_from_minors() -> None:
    facts = host_facts("dgx-a100")
    whole = [each for each in found(NVIDIA, facts) if each.kind == "gpu"]

    assert names(whole) == [
        None,
        None,
        None,
        "gpu-1",
        "gpu-6",
        "gpu-7",
        "gpu-4",
        "gpu-5",
    ]


@pytest.mark.parametrize(
    ("schema", "numa"), [("0.3", False), ("0.4", False), ("0.5", True)]
)
def test_only_main_publishes_the_numa_node(schema: str, *, numa: bool) -> None:
    gpu = only(NVIDIA, machine(told()), schemas={"nvidia": schema})

    assert (NUMA_NODE in device(gpu)["attributes"]) is numa


@pytest.mark.parametrize("schema", SCHEMAS)
def test_unified_memory_is_no_capacity(schema: str) -> None:
    gpu = only(NVIDIA, host_facts("gb10"), schemas={"nvidia": schema})

    assert "capacity" not in device(gpu)
    assert attribute(gpu, "addressingMode") == "ATS"
    assert "resource.kubernetes.io/pcieRoot" not in device(gpu)["attributes"]
    assert gpu.warnings == ()


@pytest.mark.parametrize(
    ("version", "published"),
    [
        ("560.35.03", "560.35.3"),
        ("580.126.20", "580.126.20"),
        ("390.12", "390.12.0"),
        ("580.126.20.1", None),
        ("580-beta", None),
    ],
)
def test_versions_are_made_semantic(version: str, published: str | None) -> None:
    facts = with_nvml(machine(told()), driver_version=version)
    attributes = device(only(NVIDIA, facts))["attributes"]

    assert attributes.get("driverVersion", {}).get("version") == published


def test_a_gpu_that_is_not_on_pci_is_listed() -> None:
    gpu = only(NVIDIA, machine(told(None), pci=()))

    assert (gpu.address, device(gpu)["name"]) == (None, "gpu-0")


def test_a_gpu_whose_function_is_not_seen_keeps_its_address() -> None:
    gpu = only(NVIDIA, machine(told(), pci=()))

    assert attribute(gpu, PCI_BUS_ID) == GPU
    assert gpu.kernel_driver is None


# -- without NVML


def test_without_nvml_what_the_driver_shows_is_published() -> None:
    gpu = only(NVIDIA, silent(NvmlState.NOT_ASKED))

    assert device(gpu) == {
        "name": "gpu-5",
        "attributes": {
            "driverVersion": {"version": "570.172.8"},
            "productName": {"string": "Tesla T4"},
            NUMA_NODE: {"int": 0},
            PCI_BUS_ID: {"string": GPU},
            "resource.kubernetes.io/pcieRoot": {"string": "pci0000:00"},
            "type": {"string": "gpu"},
            "uuid": {"string": "GPU-7"},
        },
    }
    assert gpu.warnings == (
        "NVML was not asked: only name, UUID and place are known of it",
    )


@pytest.mark.parametrize(
    ("state", "hint", "said"),
    [
        (
            NvmlState.NO_PACKAGE,
            "pip install it",
            "the package nvidia-ml-py is not installed: {}; pip install it",
        ),
        (NvmlState.NO_LIBRARY, "", "there is no libnvidia-ml.so.1: {}"),
        (NvmlState.FORBIDDEN, "be root", "this user may not ask it: {}; be root"),
        (
            NvmlState.HIDDEN,
            "x",
            "it cannot be asked from here, though the kernel module is loaded: {}; x",
        ),
    ],
)
def test_why_nvml_is_silent_is_said(state: NvmlState, hint: str, said: str) -> None:
    gpu = only(NVIDIA, silent(state, hint=hint))

    known = said.format("only name, UUID and place are known of it")
    assert device(gpu)["name"] == "gpu-5"
    assert gpu.warnings == (f"NVML: {known}",)


@pytest.mark.parametrize(
    ("state", "why_not"),
    [
        (NvmlState.MISMATCH, "the library is newer than the loaded kernel module"),
        (NvmlState.NO_DRIVER, "the kernel module is not loaded"),
        (NvmlState.FAILED, "it failed"),
    ],
)
def test_what_stops_the_driver_too_is_a_reason(state: NvmlState, why_not: str) -> None:
    gpu = only(NVIDIA, silent(state, detail="CODE", hint="reboot"))

    assert gpu.why_not == f"NVML: {why_not} (CODE); reboot"
    assert (gpu.device, gpu.warnings, gpu.model) == (None, (), "Tesla T4")


def test_a_gpu_without_minor_has_no_name() -> None:
    gpu = only(NVIDIA, silent(NvmlState.NOT_ASKED, proc_nvidia={}))

    assert "minor number" in gpu.why_not
    assert gpu.model == "Tesla T4"


def test_a_uuid_of_question_marks_is_none() -> None:
    lines = "Device Minor: 1\nGPU UUID: GPU-????????-????-????-????-????????????"
    proc = {"gpus/0000:65:00.0/information": lines}
    gpu = only(NVIDIA, silent(NvmlState.NOT_ASKED, proc_nvidia=proc))

    assert "uuid" not in device(gpu)["attributes"]


def test_a_gpu_that_nvml_does_not_list_is_named() -> None:
    facts = machine(pci=(function(),))

    assert only(NVIDIA, facts).why_not.startswith("NVML does not list it")


# -- other kernel drivers


@pytest.mark.parametrize(
    ("name", "why_not"),
    [
        ("gpu-no-driver", "no kernel driver has it"),
        ("gpu-nouveau", "nouveau has it"),
        ("gpu-vfio", "it is bound to vfio-pci"),
    ],
)
def test_a_gpu_without_nvidias_driver(name: str, why_not: str) -> None:
    gpu = only(NVIDIA, host_facts(name))

    assert gpu.why_not.startswith(why_not)
    assert (gpu.model, gpu.address, gpu.device, gpu.warnings) == (
        "RTX 6000 Ada Generation",
        "0000:01:00.0",
        None,
        (),
    )


def test_a_module_that_did_not_take_the_gpu_is_named() -> None:
    facts = host(function(driver=None), modules={"nvidia": "580.126.20"})

    assert only(NVIDIA, facts).why_not.startswith("nvidia is loaded, but")


def test_another_driver_is_named() -> None:
    facts = host(function(driver="simpledrm"))

    assert only(NVIDIA, facts).why_not == "simpledrm has it, not nvidia"


def test_an_unknown_gpu_is_called_by_its_id() -> None:
    assert only(NVIDIA, host(function(device=0xBEEF))).model == "GPU 10de:beef"


def test_names_that_are_not_of_pci_ids_are_not_published() -> None:
    assert (nvidia_ids.model(0x2E12), nvidia_ids.product(0x2E12)) == ("GB10", None)
    assert nvidia_ids.product(0x2330) == "GH100 [H100 SXM5 80GB]"


def test_virtual_functions_are_not_the_drivers() -> None:
    virtual = function("0000:65:00.4", driver="nvidia", sriov=Sriov(parent=GPU))
    whole, part = found(NVIDIA, machine(told(), pci=(function(), virtual)))

    assert device(whole)["name"] == "gpu-0"
    assert (part.kind, part.parent, part.device) == ("vf", GPU, None)
    assert part.why_not.startswith("a virtual function")


# -- passing through


@pytest.mark.parametrize(
    ("schema", "more"),
    [
        ("0.3-vfio", {"numa": {"int": 0}}),
        ("0.4-vfio", {"numa": {"int": 0}, "iommuFDEnabled": {"bool": True}}),
        ("0.5-vfio", {NUMA_NODE: {"int": 0}, "iommuFDEnabled": {"bool": True}}),
    ],
)
def test_a_gpu_for_virtual_machines_is_published_if_wished(
    schema: str, more: dict[str, object]
) -> None:
    facts = host_facts("gpu-vfio")
    gpu = only(NVIDIA, facts, schemas={"nvidia": schema})

    known = {
        "type": {"string": "vfio"},
        "uuid": {"string": "e7af2681-d4df-538a-9cde-d6ca12d67e90"},
        "deviceID": {"string": "0x26b1"},
        "vendorID": {"string": "0x10de"},
        "productName": {"string": "AD102GL [RTX 6000 Ada Generation]"},
        PCI_BUS_ID: {"string": "0000:01:00.0"},
        "resource.kubernetes.io/pcieRoot": {"string": "pci0000:00"},
    }
    assert device(gpu) == {
        "name": "gpu-vfio-0",
        "attributes": dict(sorted({**known, **more}.items())),
        "capacity": {"addressableMemory": {"value": "256Gi"}},
    }


def test_gpus_with_the_driver_can_be_passed_through_too() -> None:
    second = "0000:66:00.0"
    facts = machine(told(), pci=(function(), function(second, driver="vfio-pci")))
    devices = found(NVIDIA, facts, schemas={"nvidia": "0.5-vfio"})

    assert names(devices) == ["gpu-vfio-0", "gpu-0", "gpu-vfio-1"]
    assert attribute(devices[2], "iommuFDEnabled") is False


@pytest.mark.parametrize(
    "resource", ["", "junk", "0x0 0x0 0x0", "x y z", "0x0 0xff 0x200"]
)
def test_windows_that_are_not_known_are_no_capacity(resource: str) -> None:
    facts = host(function(driver="vfio-pci", texts={"resource": resource}))
    gpu = only(NVIDIA, facts, schemas={"nvidia": "0.5-vfio"})

    assert "capacity" not in device(gpu)


# -- IMEX


def test_a_machine_in_a_fabric_has_a_channel() -> None:
    gpu = told(fabric_cluster="5a1e", fabric_clique=7)
    whole, channel, daemon = found(NVIDIA, machine(gpu))

    assert whole.details["fabric"] == "5a1e.7"
    assert channel.driver == daemon.driver == "compute-domain.nvidia.com"
    assert device(channel) == {
        "name": "channel-0",
        "attributes": {"id": {"int": 0}, "type": {"string": "channel"}},
    }
    assert device(daemon)["name"] == "daemon-0"


def test_a_machine_with_nodes_of_channels_has_one() -> None:
    node = DeviceNode("/dev/nvidia-caps-imex-channels/channel0")
    facts = machine(told(), nodes=(node,))

    assert names(found(NVIDIA, facts)) == ["gpu-0", "channel-0", "daemon-0"]


def test_a_machine_without_fabric_has_none() -> None:
    assert names(found(NVIDIA, machine(told()))) == ["gpu-0"]
    assert found(NVIDIA, host(nvml=Nvml())) == []


def test_a_fabric_that_is_not_well_stops_the_driver() -> None:
    well = told(fabric_cluster="5a1e", fabric_clique=7)
    failures = {"fabric": "registration in progress"}
    ill = told("0000:66:00.0", index=1, minor=1, failures=failures)
    *gpus, channel, _ = found(NVIDIA, machine(well, ill))

    assert gpus[1].warnings == ("fabric: registration in progress",)
    assert (channel.device, channel.why_not) == (
        None,
        "the NVLink fabric is not well (GPU 1: registration in progress)",
    )


def test_gpus_in_different_cliques_stop_the_driver() -> None:
    gpus = (
        told(fabric_cluster="5a1e", fabric_clique=7),
        told("0000:66:00.0", index=1, minor=1, fabric_cluster="5a1e", fabric_clique=8),
    )
    *_, channel, _ = found(NVIDIA, machine(*gpus))

    assert channel.why_not == "its GPUs are in different NVLink cliques"
