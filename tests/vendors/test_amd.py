import dataclasses
from typing import Any

import pytest

from dractl.model.hosts import DeviceNode, HostFacts, HostProblem, PlatformGpu
from dractl.vendors.amd import AMD
from tests.hosts.reading import host_facts
from tests.vendors.builders import attribute, device, found, names, only
from tests.vendors.instincts import GPU, gpu, kfd, machine, modes


def divided(**fields: Any) -> HostFacts:
    """A GPU in two, whose second part is a platform device."""
    known: dict[str, Any] = {
        "kfd": (kfd(128), kfd(129, 3, location_id=0x10006500)),
        "xcps": (PlatformGpu("amdgpu_xcp_0", (2,), (129,)),),
        **fields,
    }
    return machine(gpu(texts=modes("DPX")), **known)


def test_a_whole_gpu_is_published_as_in_2026() -> None:
    assert device(only(AMD, machine(gpu()))) == {
        "name": "gpu-1-128",
        "attributes": {
            "deviceID": {"string": "0x74a1"},
            "driverVersion": {"version": "6.12.12"},
            "driverVersionFull": {"string": "6.12.12.31400"},
            "numaNode": {"int": 0},
            "partitionProfile": {"string": "spx_nps1"},
            "productName": {"string": "AMD_Instinct_MI300X_OAM"},
            "resource.kubernetes.io/pciBusID": {"string": GPU},
            "resource.kubernetes.io/pcieRoot": {"string": "pci0000:00"},
            "type": {"string": "amdgpu"},
        },
        "capacity": {
            "computeUnits": {"value": "304"},
            "memory": {"value": "64Gi"},
            "simdUnits": {"value": "1216"},
        },
    }


def test_a_whole_gpu_is_published_as_in_2025() -> None:
    facts = machine(
        gpu(), modules={"amdgpu": "6.12.12"}, module_sources={"amdgpu": "8E1C"}
    )

    assert device(only(AMD, facts, schemas={"amd": "0.1"}))["attributes"] == {
        "cardIndex": {"int": 1},
        "deviceID": {"string": "77"},
        "driverSrcVersion": {"string": "8E1C"},
        "driverVersion": {"version": "6.12.12"},
        "family": {"string": "AI"},
        "partitionProfile": {"string": "spx_nps1"},
        "pciAddr": {"string": GPU},
        "productName": {"string": "AMD_Instinct_MI300X_OAM"},
        "renderIndex": {"int": 128},
        "resource.kubernetes.io/pcieRoot": {"string": "pci0000:00"},
        "type": {"string": "amdgpu"},
    }


def test_a_partition_of_2025_names_its_parent() -> None:
    _, first, _ = found(AMD, divided(), schemas={"amd": "0.1"})

    assert attribute(first, "parentPciAddr") == GPU
    assert attribute(first, "parentDeviceID") == "77"
    assert "pciAddr" not in device(first)["attributes"]


@pytest.mark.parametrize(
    ("target", "family"),
    [(90402, "AI"), (90002, "RV"), (100300, "NV"), (110000, ""), (80003, "VI")],
)
def test_the_family_is_that_of_libdrm(target: int, family: str) -> None:
    facts = machine(gpu(), kfd=(kfd(128, gfx_target_version=target),))

    assert attribute(only(AMD, facts, schemas={"amd": "0.1"}), "family") == family


@pytest.mark.parametrize("version", ["", "6.12.12.31400"])
def test_a_version_that_the_server_refuses_is_told_of_2025(version: str) -> None:
    facts = machine(gpu(), modules={"amdgpu": version})

    each = only(AMD, facts, schemas={"amd": "0.1"})

    assert "driverVersion" not in device(each)["attributes"]
    (warning,) = each.warnings
    assert warning.startswith(f"driver 0.1 writes {version!r} as driverVersion")


def test_without_a_version_of_the_module_none_is_published() -> None:
    each = only(AMD, machine(gpu(), modules={"amdgpu": ""}))

    assert {"driverVersion", "driverVersionFull"}.isdisjoint(device(each)["attributes"])


@pytest.mark.parametrize(("schema", "memory"), [("0.1", "80Gi"), ("1.0", "0")])
def test_memory_that_is_not_known(schema: str, memory: str) -> None:
    node = dataclasses.replace(kfd(128), banks=())
    facts = machine(gpu(), kfd=(node,), modules={"amdgpu": "6.12.12"})

    each = only(AMD, facts, schemas={"amd": schema})

    assert device(each)["capacity"]["memory"] == {"value": memory}
    assert each.warnings[0].startswith("its memory cannot be read")


def test_nodes_that_are_not_there_are_told() -> None:
    nodes = (DeviceNode("/dev/dri/renderD128"),)

    assert only(AMD, machine(gpu(), nodes=nodes)).warnings == (
        "/dev/kfd is not there, and jobs need it",
    )


def test_a_gpu_without_a_numa_node_says_minus_one() -> None:
    assert attribute(only(AMD, machine(gpu(numa_node=None))), "numaNode") == -1


def test_partitions_are_the_devices_of_a_divided_gpu() -> None:
    whole, *partitions = found(AMD, divided())

    assert (whole.kind, whole.device) == ("gpu", None)
    assert whole.why_not == "its partitions are the devices"
    assert names(partitions) == ["gpu-1-128", "gpu-2-129"]
    assert {each.parent for each in partitions} == {GPU}
    assert {attribute(each, "type") for each in partitions} == {"amdgpu-partition"}


def test_a_part_without_a_place_is_found_by_the_id_that_it_shares() -> None:
    nodes = (kfd(128, location_id=0), kfd(129, 3, location_id=0))

    assert names(found(AMD, divided(kfd=nodes))) == [None, "gpu-1-128", "gpu-2-129"]


def test_a_platform_device_that_kfd_does_not_know_is_none() -> None:
    assert names(found(AMD, divided(kfd=(kfd(128),)))) == [None, "gpu-1-128"]


def test_the_driver_leaves_out_parts_without_a_numa_node() -> None:
    function = gpu(texts=modes("DPX"), numa_node=None)
    facts = dataclasses.replace(divided(), pci=(function,))

    *_, last = found(AMD, facts)

    assert last.device is None
    assert last.why_not == (
        "the driver leaves out partitions of a GPU without a NUMA node"
    )


@pytest.mark.parametrize(
    ("fields", "why_not"),
    [
        ({"cards": ()}, "it has no card and render node"),
        (
            {"texts": {"current_compute_partition": "SPX"}},
            "it tells only one of its compute and memory partition modes",
        ),
        (
            {"driver": None},
            "amdgpu is loaded, but did not take it; see the kernel's messages",
        ),
        (
            {"driver": "gim"},
            "gim is bound: its virtual functions are what is used",
        ),
        ({"driver": "nouveau"}, "nouveau is bound, not amdgpu"),
    ],
)
def test_a_gpu_that_the_driver_passes_over(
    fields: dict[str, Any], why_not: str
) -> None:
    each = only(AMD, machine(gpu(**fields)))

    assert (each.device, each.why_not) == (None, why_not)


def test_a_divided_gpu_that_kfd_does_not_know_is_not_published() -> None:
    each = only(AMD, machine(gpu(texts=modes("CPX")), kfd=()))

    assert each.why_not == "KFD does not know it, so its partitions have no GPU"


def test_a_mode_that_cannot_be_read_is_not_taken_for_none() -> None:
    path = f"/sys/devices/pci0000:00/{GPU}/current_compute_partition"
    problems = (HostProblem(path, "permission denied"),)

    each = only(AMD, machine(gpu(texts={}), problems=problems))

    assert each.why_not == "its file current_compute_partition cannot be read"


@pytest.mark.parametrize(("schema", "name"), [("0.1", [None]), ("1.0", ["gpu-1-128"])])
def test_only_charts_of_2026_publish_gpus_without_modes(
    schema: str, name: list[str | None]
) -> None:
    facts = machine(gpu(texts={}), modules={"amdgpu": "6.12.12"})

    assert names(found(AMD, facts, schemas={"amd": schema})) == name


def test_graphics_of_a_processor_are_told_to_be_that() -> None:
    function = dataclasses.replace(gpu(texts={}), device=0x164E)

    each = only(AMD, machine(function))

    assert each.model == "AMD Raphael (integrated)"
    assert each.warnings == (
        "these are a processor's own graphics, and rarely meant for jobs",
    )


def test_graphics_that_only_drive_a_screen_are_listed() -> None:
    function = dataclasses.replace(gpu(texts={}, renders=()), device=0x164E)

    each = only(AMD, machine(function))

    assert (each.device, each.why_not) == (None, "it has no card and render node")


def test_audio_and_bridges_of_amd_are_no_gpus() -> None:
    assert found(AMD, machine(gpu(class_code=0x040300), gpu(class_code=0x060400))) == []


def test_a_node_in_mixed_modes() -> None:
    devices = found(AMD, host_facts("mi300x"))

    assert names(devices) == [
        None, *(f"gpu-{each}-{each + 127}" for each in range(1, 9)),
        None, *(f"gpu-{each}-{each + 127}" for each in range(9, 17)),
        None, "gpu-17-144", "gpu-18-145",
        None, *(f"gpu-{each}-{each + 127}" for each in range(19, 23)),
        *(f"gpu-{each}-{each + 127}" for each in range(23, 27)),
    ]  # fmt: skip


def test_a_node_without_the_kernel_module() -> None:
    devices = found(AMD, host_facts("mi300x-no-driver"))

    assert names(devices) == [None] * 8
    assert {each.why_not for each in devices[1:]} == {
        "no kernel driver is bound; it needs amdgpu; load it: modprobe amdgpu"
    }
