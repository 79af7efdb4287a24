"""The questions to NVML in their order, and what its return codes mean.

Order and treatment follow the GPU plugin of NVIDIA's DRA driver (nvlib.go, v0.4), but
for one thing: there an error of one GPU ends the whole enumeration, here it is noted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from dractl.hardware.nvml_library import (
    LINK_NUMBERS,
    Handle,
    Library,
    NvmlCode,
    NvmlError,
)
from dractl.hardware.nvml_mig import with_migs
from dractl.hardware.nvml_questions import Questions
from dractl.model.hosts import NvLink, Nvml, NvmlGpu, NvmlState

_FABRIC_COMPLETED: Final = 3  # NVML_GPU_FABRIC_STATE_COMPLETED
_FABRIC_STATES: Final = {1: "not started", 2: "in progress"}
_NO_CLUSTER: Final = "00000000-0000-0000-0000-000000000000"
_ACCESS: Final = (
    NvmlState.FORBIDDEN,
    "run it as root, or let its container open /dev/nvidiactl and /dev/nvidia*",
)
_UNREAD: Final[Mapping[int, tuple[NvmlState, str]]] = {
    NvmlCode.LIBRARY_NOT_FOUND: (
        NvmlState.NO_LIBRARY,
        "install NVIDIA's driver; where an operator keeps it, mount /run/nvidia/driver",
    ),
    NvmlCode.DRIVER_NOT_LOADED: (
        NvmlState.NO_DRIVER,
        "load it with modprobe nvidia; a new kernel may lack it",
    ),
    NvmlCode.LIB_RM_VERSION_MISMATCH: (
        NvmlState.MISMATCH,
        "reload the nvidia modules or reboot; only the library was updated so far",
    ),
    NvmlCode.NO_PERMISSION: _ACCESS,
    NvmlCode.OPERATING_SYSTEM: _ACCESS,
}
_FAILED: Final = (NvmlState.FAILED, "look for NVRM and Xid in the kernel's log (dmesg)")


def read_nvml(library: Library) -> Nvml:
    """Return what NVML tells, or why it tells nothing."""
    try:
        library.start()
    except NvmlError as error:
        return _unread(error)
    try:
        return _read(library)
    finally:
        library.stop()


def _unread(error: NvmlError) -> Nvml:
    state, hint = _UNREAD.get(error.code, _FAILED)
    return Nvml(state, detail=error.name, hint=hint)


def _read(library: Library) -> Nvml:
    questions = Questions()
    version = questions.answer("driver version", library.driver_version)
    cuda = questions.answer("CUDA version", library.cuda_version)
    try:
        count = library.count()
    except NvmlError as error:
        return _unread(error)
    return Nvml(
        NvmlState.READ,
        detail=", ".join(
            f"{what}: {name}" for what, name in questions.failures.items()
        ),
        driver_version=version or "",
        cuda_version=cuda,
        gpus=tuple(_gpu(library, index) for index in range(count)),
    )


def _gpu(library: Library, index: int) -> NvmlGpu:
    questions = Questions()
    gpu = NvmlGpu(index)
    handle = questions.answer("handle", library.gpu, index)
    if handle is not None:
        gpu = _with_name(gpu, library, handle, questions)
        gpu = _with_sizes(gpu, library, handle, questions)
        gpu = with_migs(gpu, library, handle, questions)
        gpu = _with_fabric(gpu, library, handle, questions)
        links = tuple(_links(library, handle, questions))
        gpu = replace(gpu, links=links)
    return replace(gpu, lost=questions.lost, failures=questions.failures)


def _with_name(
    gpu: NvmlGpu, library: Library, handle: Handle, questions: Questions
) -> NvmlGpu:
    return replace(
        gpu,
        minor=questions.answer("minor", library.minor, handle),
        uuid=questions.answer("UUID", library.uuid, handle) or "",
        name=questions.answer("name", library.name, handle) or "",
        brand=questions.answer("brand", library.brand, handle) or "",
        architecture=questions.answer("architecture", library.architecture, handle)
        or "",
        compute_capability=questions.answer(
            "compute capability", library.compute_capability, handle
        ),
        pci=questions.answer("PCI address", library.address, handle),
    )


def _with_sizes(
    gpu: NvmlGpu, library: Library, handle: Handle, questions: Questions
) -> NvmlGpu:
    return replace(
        gpu,
        memory=questions.answer("memory", library.memory, handle),
        addressing_mode=questions.answer(
            "addressing mode", library.addressing_mode, handle
        ),
        is_virtual=questions.answer("virtualization mode", library.is_virtual, handle)
        or False,
        ecc_errors=questions.answer("ECC errors", library.ecc_errors, handle),
        serial=questions.answer("serial", library.serial, handle) or "",
    )


def _with_fabric(
    gpu: NvmlGpu, library: Library, handle: Handle, questions: Questions
) -> NvmlGpu:
    fabric = questions.answer("fabric", library.fabric, handle)
    if fabric is None or fabric.state == 0:
        return gpu
    if fabric.state != _FABRIC_COMPLETED:
        state = _FABRIC_STATES.get(fabric.state, f"state {fabric.state}")
        questions.failures["fabric"] = f"registration {state}"
        return gpu
    if fabric.status:
        questions.failures["fabric"] = NvmlError(fabric.status).name
        return gpu
    if fabric.cluster == _NO_CLUSTER:
        # NVLink within this machine only (compute-domain-kubelet-plugin/nvlib.go).
        return gpu
    return replace(gpu, fabric_cluster=fabric.cluster, fabric_clique=fabric.clique)


def _links(library: Library, handle: Handle, questions: Questions) -> Iterator[NvLink]:
    for number in LINK_NUMBERS:
        is_active = questions.found("NVLink", library.link, handle, number)
        if is_active is None:
            return
        link = NvLink(number, is_active)
        yield _with_end(link, library, handle, questions) if is_active else link


def _with_end(
    link: NvLink, library: Library, handle: Handle, questions: Questions
) -> NvLink:
    ask = questions.answer
    return replace(
        link,
        version=ask("NVLink", library.link_version, handle, link.number),
        remote=ask("NVLink", library.link_address, handle, link.number),
        remote_kind=ask("NVLink", library.link_kind, handle, link.number) or "",
    )
