import pytest

from dractl.model.hosts import DeviceNode, NvmlGpu
from dractl.vendors.base import Wishes
from dractl.vendors.nvidia import NVIDIA
from tests.hardware.nvml_recording import recorded
from tests.vendors.builders import device, found, host, names, only
from tests.vendors.nvidia_hosts import (
    GPU,
    INFORMATION,
    PROC,
    a100,
    function,
    machine,
    told,
    with_nvml,
)

ERRORS = (
    "3 uncorrected ECC errors since the driver was loaded; nvidia-smi -q -d ECC tells "
    "where"
)
LOST = "the GPU is lost (GPU_IS_LOST): it fell off the bus; reboot the machine"
SECOND = "0000:66:00.0"


def lost(name: str = "GPU_IS_LOST") -> NvmlGpu:
    return NvmlGpu(0, lost=name)


@pytest.mark.parametrize(
    ("is_readable", "reason"),
    [
        (False, "this user may not open /dev/nvidia5: run it as root, or allow it"),
        (True, "NVML does not list it; see what NVRM says in the kernel's log (dmesg)"),
    ],
)
def test_a_gpu_that_nvml_leaves_out(reason: str, *, is_readable: bool) -> None:
    # Seen on an H200: where a node may not be opened, NVML counts no GPU, and no error.
    node = DeviceNode("/dev/nvidia5", is_readable=is_readable)
    facts = machine(pci=(function(),), proc_nvidia={PROC: INFORMATION}, nodes=(node,))

    assert only(NVIDIA, facts).why_not == reason


@pytest.mark.parametrize("schema", ["0.4", "0.5"])
def test_a_lost_gpu_is_tainted(schema: str) -> None:
    facts = machine(lost(), pci=(function(),), proc_nvidia={PROC: INFORMATION})
    gpu = only(NVIDIA, facts, schemas={"nvidia": schema})

    assert device(gpu)["name"] == "gpu-5"
    assert device(gpu)["taints"] == [
        {"key": "gpu.nvidia.com/gpu-lost", "effect": "NoSchedule"}
    ]
    assert gpu.warnings == (LOST,)


@pytest.mark.parametrize(
    ("schema", "partitionable"),
    [("0.5-vfio", False), ("0.4-vfio", False), ("0.5", True)],
)
def test_gates_that_exclude_the_health_check_leave_no_taint(
    schema: str, *, partitionable: bool
) -> None:
    facts = machine(lost(), pci=(function(),), proc_nvidia={PROC: INFORMATION})
    wishes = Wishes(schemas={"nvidia": schema}, partitionable=partitionable)
    gpu = list(NVIDIA.find(facts, wishes))[-1]

    assert device(gpu)["name"] == "gpu-5"
    assert "taints" not in device(gpu)


def test_schema_0_3_takes_a_lost_gpu_out() -> None:
    facts = machine(lost(), pci=(function(),), proc_nvidia={PROC: INFORMATION})
    gpu = only(NVIDIA, facts, schemas={"nvidia": "0.3"})

    assert (gpu.device, gpu.why_not) == (None, LOST)


@pytest.mark.parametrize(
    ("error", "why_not"),
    [
        ("GPU_IS_LOST", LOST),
        (
            "RESET_REQUIRED",
            "the GPU needs a reset (RESET_REQUIRED): nvidia-smi --gpu-reset, or reboot",
        ),
        (
            "CORRUPTED_INFOROM",
            "the GPU's InfoROM is corrupt (CORRUPTED_INFOROM): exchange the board",
        ),
    ],
)
def test_a_gpu_that_cannot_be_asked_is_named(error: str, why_not: str) -> None:
    gpu = only(NVIDIA, machine(lost(error), pci=(function(),)))

    assert (gpu.device, gpu.why_not, gpu.address) == (None, why_not, GPU)


def test_a_lost_gpu_hides_no_other() -> None:
    functions = [function(f"0000:{bus}:00.0") for bus in ("1b", "43", "52")]
    facts = host(*functions, nvml=recorded("lost-gpu"), modules={"nvidia": ""})
    first, second, third = found(NVIDIA, facts)

    assert names([first, third]) == ["gpu-0", "gpu-2"]
    assert (second.address, second.why_not) == ("0000:43:00.0", LOST)


def test_a_lost_gpu_that_the_kernel_took_away_is_listed() -> None:
    first, gone = found(NVIDIA, machine(told(), NvmlGpu(1, lost="GPU_IS_LOST")))

    assert device(first)["name"] == "gpu-0"
    assert (gone.address, gone.model, gone.why_not) == (None, "NVIDIA GPU", LOST)


def test_ecc_errors_are_a_warning_and_no_taint() -> None:
    functions = [function(f"0000:{bus}:00.0") for bus in ("1b", "43")]
    well, ill = found(NVIDIA, host(*functions, nvml=recorded("ecc-errors")))

    assert (well.warnings, well.details["eccErrors"]) == ((), "0")
    assert ill.warnings == (ERRORS,)
    assert "taints" not in device(ill)


def test_a_gpu_that_may_not_be_opened_is_published_as_far_as_known() -> None:
    closed = NvmlGpu(0, failures={"handle": "NO_PERMISSION"})
    facts = machine(closed, pci=(function(),), proc_nvidia={PROC: INFORMATION})
    gpu = only(NVIDIA, facts)

    assert device(gpu)["name"] == "gpu-5"
    assert gpu.warnings == (
        "this user may not open the GPU: run it as root, or allow /dev/nvidia*",
    )


def test_partitions_that_may_not_be_asked_for_are_listed() -> None:
    function_of = function("0000:07:00.0")
    facts = host(function_of, nvml=recorded("mig-no-permission"))
    whole, *parts = found(NVIDIA, facts)

    assert whole.warnings == (
        "this user may not ask for: MIG instances; run it as root",
    )
    assert names(parts) == [None] * 4


def test_what_an_old_driver_lacks_is_named() -> None:
    whole, first, *_ = found(
        NVIDIA, host(function("0000:07:00.0"), nvml=recorded("old-library"))
    )

    assert whole.warnings == (
        "this driver is too old to tell: addressing mode, fabric",
        "driver 450.248.02 is older than 565, which the DRA driver needs",
    )
    assert device(first)["attributes"]["cudaDriverVersion"] == {"version": "11.0.0"}


def test_a_vgpu_is_named() -> None:
    facts = host(function("0000:02:00.0"), nvml=recorded("vgpu-guest"))
    gpu = only(NVIDIA, facts)

    assert device(gpu)["attributes"]["brand"] == {"string": "NvidiaVWS"}
    assert gpu.details["vgpu"] == "yes"
    assert gpu.warnings == (
        "a vGPU: its size and its partitions are those that the host gave it",
    )


def test_vgpus_of_a_host_are_named() -> None:
    divided = function(mdevs=("a", "b"), texts={"nvidia/current_vgpu_type": "0"})
    typed = function(SECOND, texts={"nvidia/current_vgpu_type": "592"})
    second = told(SECOND, index=1, minor=1)
    devices = found(NVIDIA, machine(told(), second, pci=(divided, typed)))

    assert [each.warnings for each in devices] == [
        ("2 vGPUs were made of it, not by DRA",),
        ("a vGPU of type 592 was made of it, not by DRA",),
    ]


def test_other_failures_are_named() -> None:
    gpu = only(NVIDIA, machine(told(failures={"memory": "UNKNOWN"})))

    assert gpu.warnings == ("memory: UNKNOWN",)


@pytest.mark.parametrize("version", ["565.57.01", "580.126.20", ""])
def test_a_driver_that_is_new_enough_is_no_warning(version: str) -> None:
    facts = with_nvml(machine(told()), driver_version=version)

    assert only(NVIDIA, facts).warnings == ()


def test_details_tell_of_links_that_are_down() -> None:
    links = recorded("dgx-a100").gpus[3].links
    down = tuple(type(link)(link.number, False) for link in links[:2])
    gpu = a100(mig_mode=False, mig_pending=False, links=(*down, *links[2:]))

    assert only(NVIDIA, machine(gpu)).details["nvlinks"] == "10 up, 2 down"
