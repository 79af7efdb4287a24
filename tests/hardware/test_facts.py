import os
import time
from pathlib import Path

import pytest

from dractl.hardware.facts import facts
from dractl.model.hosts import HostProblem, Nvml, NvmlState, PlatformGpu
from tests.hardware.nvml_recording import recorded
from tests.hosts import parts
from tests.hosts.machine import Machine
from tests.hosts.reading import facts_beside, facts_of, host_facts
from tests.hosts.trees import Tree, names, tree


def test_this_machine_has_a_name_and_cpus() -> None:
    told = facts(Path("/"), Nvml())

    assert (told.name, told.kernel) == (os.uname().nodename, os.uname().release)
    assert len(told.cpus) >= (os.cpu_count() or 1)


def test_a_mounted_host_has_the_name_in_its_file_and_not_that_of_our_container(
    tmp_path: Path,
) -> None:
    made = Machine("test", "A host")
    parts.kernel(made, "container", "6.8.0-45-generic")
    made.text("etc/hostname", "worker-7")

    told = facts_of(made.tree, tmp_path)

    assert (told.name, told.kernel, told.architecture) == (
        "worker-7",
        "6.8.0-45-generic",
        "",
    )


def test_what_nvml_told_is_among_the_facts() -> None:
    nvml = Nvml(NvmlState.NO_DRIVER)

    assert facts_beside("empty-vm", nvml).nvml is nvml


@pytest.mark.parametrize("state", [NvmlState.NO_DRIVER, NvmlState.FAILED])
def test_nvml_that_misses_a_driver_which_the_kernel_shows_is_kept_from_it(
    state: NvmlState,
) -> None:
    nvml = facts_beside("cloud-t4", Nvml(state, "CODE", "hint")).nvml

    assert (nvml.state, nvml.detail) == (NvmlState.HIDDEN, "CODE")
    assert nvml.hint.startswith("let its container open /dev/nvidiactl")


def test_a_root_without_sys_is_a_problem_with_advice(tmp_path: Path) -> None:
    assert facts_of(Tree("empty"), tmp_path).problems == (
        HostProblem(
            f"{tmp_path}/sys", "there is no such folder", "mount the host's /sys there"
        ),
    )


def test_a_board_without_pci_has_no_functions_and_no_problems() -> None:
    told = host_facts("board")

    assert (told.pci, told.numa, told.dmi, told.problems) == ((), (), {}, ())
    assert (len(told.cpus), told.nets[0].speed) == (4, 1000)


def test_modules_have_versions_and_checksums_where_they_tell_them(
    tmp_path: Path,
) -> None:
    made = Machine("test", "A host")
    parts.module(made, "nvidia", "580.126.20")
    parts.module(made, "amdgpu")
    made.text("sys/module/amdgpu/srcversion", "60E1C3BC9E0D7A3F4B5A2F1")

    told = facts_of(made.tree, tmp_path)

    assert told.modules == {"amdgpu": "", "nvidia": "580.126.20"}
    assert told.module_sources == {"amdgpu": "60E1C3BC9E0D7A3F4B5A2F1"}


def test_partitions_of_amd_gpus_are_platform_devices(tmp_path: Path) -> None:
    made = Machine("test", "A host")
    place = "sys/devices/platform"
    made.text(f"{place}/amdgpu_xcp_10/drm/renderD140/dev", "226:140")
    made.text(f"{place}/amdgpu_xcp_2/drm/card3/dev", "226:3")
    made.text(f"{place}/amdgpu_xcp_2/drm/renderD132/dev", "226:132")
    made.text(f"{place}/pcspkr/uevent", "")

    told = facts_of(made.tree, tmp_path)

    assert told.platform == ("amdgpu_xcp_10", "amdgpu_xcp_2", "pcspkr")
    assert told.xcps == (
        PlatformGpu("amdgpu_xcp_2", (3,), (132,)),
        PlatformGpu("amdgpu_xcp_10", (), (140,)),
    )


def test_the_files_of_nvidias_driver_are_kept_by_their_names(tmp_path: Path) -> None:
    made = Machine("test", "A host")
    gpu = {"Model": "Tesla T4", "GPU UUID": "GPU-1", "Device Minor": 0}
    parts.nvidia(made, "580.126.20", {"0000:00:04.0": gpu})
    access = "capabilities/gpu0/mig/gi1/ci0/access"
    made.text(f"proc/driver/nvidia/{access}", "DeviceFileMinor: 12")
    made.text("proc/driver/nvidia/registry", "Binary: 1")

    told = facts_of(made.tree, tmp_path)

    assert list(told.proc_nvidia) == [
        access,
        "gpus/0000:00:04.0/information",
        "version",
    ]
    assert "580.126.20" in told.proc_nvidia["version"]


@pytest.mark.parametrize("name", names())
def test_the_same_files_give_the_same_facts(tmp_path: Path, name: str) -> None:
    first = facts_of(tree(name), tmp_path, recorded(name))

    assert facts_of(Tree("again"), tmp_path, recorded(name)) == first


def test_two_hundred_functions_are_read_in_a_fifth_of_a_second(tmp_path: Path) -> None:
    made = Machine("test", "A large host")
    made.root("pci0000:00")
    for bus in range(1, 11):
        port = made.bridge(f"0000:00:{bus:02x}.0", under="pci0000:00")
        for slot in range(19):
            made.function(
                f"0000:{bus:02x}:{slot:02x}.0",
                under=port,
                vendor=0x1002,
                device=0x74A1,
                class_=0x120000,
                driver="amdgpu",
                numa=0,
                drm=(bus * 19 + slot, 128 + bus * 19 + slot),
                link=(32.0, 16),
                texts={"unique_id": "c0ffee"},
            )
    root = made.tree.unpack(tmp_path)
    started = time.process_time()

    told = facts(root, Nvml())

    assert (len(told.pci), told.problems) == (200, ())
    assert time.process_time() - started < 0.2
