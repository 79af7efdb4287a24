from collections.abc import Sequence
from typing import Any

import pynvml
import pytest

from dractl.hardware.nvml_library import NvmlError
from dractl.hardware.nvml_reading import read_nvml
from dractl.hardware.pynvml_library import PynvmlLibrary
from dractl.model.hosts import MigDevice, NvLink, Nvml, NvmlGpu, NvmlState
from tests.hardware.nvml_recording import (
    Recording,
    recorded,
    recording,
    recordings,
)
from tests.hosts.nvml.build import stale
from tests.hosts.nvml.parts import Gpu


def told(*gpus: Gpu, **answers: Any) -> Nvml:
    calls: list[Sequence[Any]] = [
        ["nvmlInitWithFlags", [1], None],
        ["nvmlSystemGetDriverVersion", [], answers.get("driver", "580.126.20")],
        ["nvmlSystemGetCudaDriverVersion_v2", [], answers.get("cuda", 13000)],
        ["nvmlDeviceGetCount", [], answers.get("count", len(gpus))],
        ["nvmlShutdown", [], None],
    ]
    for gpu in gpus:
        calls += gpu.calls()
    return read_nvml(PynvmlLibrary(Recording(calls)))


def t4(index: int = 0, **refused: int) -> Gpu:
    address = f"0000:00:0{index + 4}.0"
    return Gpu(index, address, "Tesla T4", (7, 5), 6, 15360, refused=refused)


def test_the_recordings_are_what_the_machines_say() -> None:
    assert not stale(), "run python -m tests.hosts.nvml.build"


def test_a_gpu_is_told_of() -> None:
    assert recorded("cloud-t4") == Nvml(
        NvmlState.READ,
        driver_version="570.172.08",
        cuda_version=12080,
        gpus=(
            NvmlGpu(
                0,
                minor=0,
                uuid="GPU-00000000-0000-4000-8000-000000000006",
                name="Tesla T4",
                brand="Nvidia",
                architecture="Turing",
                compute_capability=(7, 5),
                pci="0000:00:04.0",
                memory=16106127360,
                addressing_mode="None",
                serial="1650000000000",
                ecc_errors=0,
            ),
        ),
    )


def test_links_lead_to_switches() -> None:
    links = recorded("hgx-h100").gpus[7].links

    assert len(links) == 18
    assert links[5] == NvLink(5, True, 4, "0000:06:00.0", "SWITCH")


def test_links_that_are_down_have_no_end() -> None:
    gpu = Gpu(0, "0000:07:00.0", "A100", (8, 0), 7, 40960, ends=("", "0000:0f:00.0"))

    assert told(gpu).gpus[0].links == (
        NvLink(0, False),
        NvLink(1, True, 4, "0000:0f:00.0", "SWITCH"),
    )


def test_minors_are_not_indices() -> None:
    assert [gpu.minor for gpu in recorded("dgx-a100").gpus] == [2, 3, 0, 1, 6, 7, 4, 5]


def test_mig_is_on_on_some() -> None:
    modes = [gpu.mig_mode for gpu in recorded("dgx-a100").gpus]

    assert modes == [True, True, True, False, False, False, False, False]


def test_mig_devices_are_told_of() -> None:
    first, second, *_ = recorded("dgx-a100").gpus

    assert first.migs[0] == MigDevice(
        "MIG-00000000-0000-5000-8000-000000000009", 2, 0, 9, 4, 4, 3
    )
    assert [mig.start for mig in second.migs] == [0, 1, 2, 3, 4, 5, 6]


def test_profiles_have_placements() -> None:
    profiles = recorded("dgx-a100").gpus[0].profiles

    assert [(each.name, each.placements) for each in profiles[1:4]] == [
        ("2g.10gb", ((0, 2), (2, 2), (4, 2))),
        ("3g.20gb", ((0, 4), (4, 4))),
        ("4g.20gb", ((0, 4),)),
    ]


def test_a_lost_gpu_hides_no_other() -> None:
    first, second, third = recorded("lost-gpu").gpus

    assert second == NvmlGpu(1, lost="GPU_IS_LOST")
    assert (first.minor, third.minor) == (0, 2)


def test_ecc_errors_are_counted() -> None:
    assert [gpu.ecc_errors for gpu in recorded("ecc-errors").gpus] == [0, 3]


def test_mig_devices_are_known_as_far_as_permitted() -> None:
    gpu = recorded("mig-no-permission").gpus[0]

    assert gpu.failures == {"MIG instances": "NO_PERMISSION"}
    assert gpu.migs[0] == MigDevice(
        "MIG-00000000-0000-5000-8000-000000000009", 2, 0, compute_slices=3
    )


def test_what_an_old_library_lacks_is_named() -> None:
    gpu = recorded("old-library").gpus[0]

    assert gpu.failures == {
        "addressing mode": "FUNCTION_NOT_FOUND",
        "fabric": "FUNCTION_NOT_FOUND",
    }
    assert (gpu.profiles[0].number, gpu.profiles[0].name) == (19, "")


def test_a_vgpu_is_seen_from_inside() -> None:
    assert recorded("vgpu-guest").gpus[0].is_virtual


def test_unified_memory_is_not_the_gpus() -> None:
    gpu = recorded("gb10").gpus[0]

    assert (gpu.memory, gpu.addressing_mode, gpu.failures) == (None, "ATS", {})
    assert gpu.pci == "000f:01:00.0"


def test_a_fabric_beyond_the_machine_is_told() -> None:
    gpu = recorded("gb200").gpus[0]

    assert gpu.fabric_cluster == "5a1e0042-0000-0000-0000-000000000007"
    assert gpu.fabric_clique == 32766
    assert recorded("hgx-h100").gpus[0].fabric_cluster is None


@pytest.mark.parametrize(
    ("state", "status", "failure"),
    [
        (0, 0, None),
        (1, 0, "registration not started"),
        (2, 0, "registration in progress"),
        (3, 999, "UNKNOWN"),
        (9, 0, "registration state 9"),
    ],
)
def test_a_fabric_that_is_not_there_yet_is_a_failure(
    state: int, status: int, failure: str | None
) -> None:
    fabric = {"state": state, "status": status, "clusterUuid": [7] * 16}
    gpu = Gpu(0, "0000:1b:00.0", "H100", (9, 0), 9, 81559, fabric=fabric)

    assert told(gpu).gpus[0].failures.get("fabric") == failure


@pytest.mark.parametrize(
    ("name", "state", "detail"),
    [
        ("driver-not-loaded", NvmlState.NO_DRIVER, "DRIVER_NOT_LOADED"),
        ("mismatch", NvmlState.MISMATCH, "LIB_RM_VERSION_MISMATCH"),
        ("no-library", NvmlState.NO_LIBRARY, "LIBRARY_NOT_FOUND"),
        ("forbidden", NvmlState.FORBIDDEN, "NO_PERMISSION"),
    ],
)
def test_why_nothing_is_told_is_said(name: str, state: NvmlState, detail: str) -> None:
    answer = recorded(name)

    assert (answer.state, answer.detail, answer.gpus) == (state, detail, ())
    assert answer.hint


@pytest.mark.parametrize(
    ("code", "state", "detail"),
    [
        (17, NvmlState.FORBIDDEN, "OPERATING_SYSTEM"),
        (999, NvmlState.FAILED, "UNKNOWN"),
        (77, NvmlState.FAILED, "code 77"),
    ],
)
def test_other_errors_at_the_start(code: int, state: NvmlState, detail: str) -> None:
    calls = [["nvmlInitWithFlags", [1], {"error": code}]]
    answer = read_nvml(PynvmlLibrary(Recording(calls)))

    assert (answer.state, answer.detail) == (state, detail)


def test_a_count_that_is_refused_is_the_whole_answer() -> None:
    assert told(count={"error": 17}).state is NvmlState.FORBIDDEN


def test_a_version_that_is_refused_is_named() -> None:
    answer = told(driver={"error": 999}, cuda={"error": 13})

    assert answer.detail == "driver version: UNKNOWN, CUDA version: FUNCTION_NOT_FOUND"
    assert (answer.driver_version, answer.cuda_version) == ("", None)


@pytest.mark.parametrize("code", [3])
def test_what_is_not_supported_is_no_failure(code: int) -> None:
    gpu = told(t4(nvmlDeviceGetMemoryInfo=code)).gpus[0]

    assert (gpu.memory, gpu.failures, gpu.lost) == (None, {}, None)


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (2, "INVALID_ARGUMENT"),
        (4, "NO_PERMISSION"),
        (6, "NOT_FOUND"),
        (7, "INSUFFICIENT_SIZE"),
        (13, "FUNCTION_NOT_FOUND"),
        (17, "OPERATING_SYSTEM"),
        (25, "ARGUMENT_VERSION_MISMATCH"),
        (999, "UNKNOWN"),
    ],
)
def test_a_question_that_fails_is_named(code: int, failure: str) -> None:
    gpu = told(t4(nvmlDeviceGetMemoryInfo=code)).gpus[0]

    assert (gpu.memory, gpu.failures) == (None, {"memory": failure})
    assert gpu.serial == "1650000000000"


@pytest.mark.parametrize(
    ("code", "lost"),
    [(14, "CORRUPTED_INFOROM"), (15, "GPU_IS_LOST"), (16, "RESET_REQUIRED")],
)
def test_a_gpu_that_is_lost_on_the_way_is_asked_no_more(code: int, lost: str) -> None:
    gpu, other = told(t4(nvmlDeviceGetMemoryInfo=code), t4(1)).gpus

    assert (gpu.lost, gpu.name, gpu.serial) == (lost, "Tesla T4", "")
    assert other.memory == 15360 << 20


def test_a_gpu_that_may_not_be_opened_is_listed() -> None:
    gpu = told(t4(nvmlDeviceGetHandleByIndex=4)).gpus[0]

    assert gpu == NvmlGpu(0, failures={"handle": "NO_PERMISSION"})


def test_an_uninitialised_library_is_a_bug() -> None:
    with pytest.raises(NvmlError):
        told(t4(nvmlDeviceGetName=1))


class Growing(Recording):
    """A library where an instance appears between length and content, once."""

    refusals = 1

    def _answer(self, function: str, *arguments: Any) -> Any:
        if "PossiblePlacements" in function and arguments[2] is not None:
            self.refusals -= 1
            if self.refusals >= 0:
                raise pynvml.NVMLError(pynvml.NVML_ERROR_INSUFFICIENT_SIZE)
        return super()._answer(function, *arguments)


def test_a_list_that_grew_is_read_again() -> None:
    held = recording("mig-no-permission")
    growing = Growing([])
    growing._answers = held._answers

    gpu = read_nvml(PynvmlLibrary(growing)).gpus[0]

    assert "MIG placements" not in gpu.failures
    assert len(gpu.profiles) == 7


@pytest.mark.parametrize("name", recordings())
def test_the_library_is_let_go_of(name: str) -> None:
    held = recording(name)
    answer = read_nvml(PynvmlLibrary(held))

    is_read = answer.state is NvmlState.READ
    assert (held.asked[-1] == ("nvmlShutdown",)) is is_read
