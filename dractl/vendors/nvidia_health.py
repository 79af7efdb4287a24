"""Why a GPU of NVIDIA is not published, and what else its user should know."""

from collections.abc import Iterator, Mapping
from typing import Final

from dractl.model.hosts import NvmlGpu, NvmlState
from dractl.vendors.nvidia_cards import Card, has_hidden_partitions
from dractl.vendors.nvidia_gpus import OLDEST, View

_DRIVER: Final = "nvidia"
_GONE: Final = "GPU_IS_LOST"
_LOST: Final[Mapping[str, str]] = {
    _GONE: "the GPU is lost (GPU_IS_LOST): it fell off the bus; reboot the machine",
    "RESET_REQUIRED": (
        "the GPU needs a reset (RESET_REQUIRED): nvidia-smi --gpu-reset, or reboot"
    ),
    "CORRUPTED_INFOROM": (
        "the GPU's InfoROM is corrupt (CORRUPTED_INFOROM): exchange the board"
    ),
}
_FORBIDDEN: Final = frozenset({"NO_PERMISSION", "OPERATING_SYSTEM"})
_MISSING: Final = "FUNCTION_NOT_FOUND"
_LEAST_DRIVER: Final = 565

# The DRA driver cannot ask either, so that it publishes nothing.
_FATAL: Final = frozenset({NvmlState.NO_DRIVER, NvmlState.MISMATCH, NvmlState.FAILED})


def why_not(card: Card, view: View) -> str:
    """Return why the driver would publish nothing of a GPU, "" if it would."""
    gpu = card.gpu
    if card.is_virtual_function:
        return "a virtual function, which the driver leaves to virtual machines"
    if card.pci is not None and card.pci.driver != _DRIVER:
        return _unbound(card, view)
    if gpu is None and (reason := _untold(card, view)):
        return reason
    if has_hidden_partitions(card, view.facts):
        return _hidden(card, view)
    if gpu is not None and gpu.lost is not None:
        is_known = gpu.lost == _GONE and card.minor is not None
        # 0.3 takes it out of its slice; later ones taint it.
        return "" if is_known and view.release != OLDEST else _lost(gpu)
    return ""


def _untold(card: Card, view: View) -> str:
    state = view.facts.nvml.state
    if state is NvmlState.READ:
        node = f"/dev/nvidia{card.minor}"
        # NVML leaves out what it may not open, without an error.
        if any(each.path == node and not each.is_readable for each in view.facts.nodes):
            return f"this user may not open {node}: run it as root, or allow it"
        return "NVML does not list it; see what NVRM says in the kernel's log (dmesg)"
    return _unasked(view) if state in _FATAL else ""


def _lost(gpu: NvmlGpu) -> str:
    return _LOST.get(gpu.lost or "", f"NVML cannot ask the GPU ({gpu.lost})")


def _unbound(card: Card, view: View) -> str:
    driver = card.pci.driver if card.pci is not None else None
    if driver is None and _DRIVER in view.facts.modules:
        return "nvidia is loaded, but did not take it; see the kernel's messages"
    if driver is None:
        return "no kernel driver has it; install NVIDIA's, or load it: modprobe nvidia"
    if driver == "nouveau":
        return (
            "nouveau has it, which CUDA cannot use; install NVIDIA's driver and "
            "blacklist nouveau"
        )
    if "vfio" in driver:
        return (
            f"it is bound to {driver}, for virtual machines; the DRA driver publishes "
            "it only with its gate PassthroughSupport (schema 0.5-vfio)"
        )
    return f"{driver} has it, not nvidia"


def _hidden(card: Card, view: View) -> str:
    """Return why nothing is said of a divided GPU, of which NVML tells nothing."""
    reason = "MIG is on: its partitions are the devices, which only NVML can name"
    return reason if card.gpu is not None else f"{reason} ({_unasked(view)})"


def _unasked(view: View) -> str:
    nvml = view.facts.nvml
    detail = f" ({nvml.detail})" if nvml.detail else ""
    return f"NVML: {nvml.state.value}{detail}; {nvml.hint}".removesuffix("; ")


def taints(card: Card, view: View) -> list[dict[str, str]]:
    """Return the taints by the driver's health check (gate NVMLDeviceHealthCheck).

    It taints by events, so that errors of the past, such as ECC's, leave no taint. The
    gate is off unless set, but what it says is what a user wants to know. It excludes
    DynamicMIG and PassthroughSupport.
    """
    is_excluded = view.partitionable or view.schema != view.release
    if is_excluded or view.release == OLDEST:
        return []
    if card.gpu is None or card.gpu.lost != _GONE:
        return []
    return [{"key": "gpu.nvidia.com/gpu-lost", "effect": "NoSchedule"}]


def warnings(card: Card, view: View) -> Iterator[str]:
    """Yield what is wrong or unusual about a GPU, worst first."""
    gpu = card.gpu
    if gpu is None and not why_not(card, view):
        yield _guess(view)
    yield from _vgpus(card)
    if gpu is None:
        return
    if gpu.lost is not None:
        yield _lost(gpu)
    if gpu.ecc_errors:
        yield (
            f"{gpu.ecc_errors} uncorrected ECC errors since the driver was loaded; "
            "nvidia-smi -q -d ECC tells where"
        )
    yield from _refusals(gpu)
    yield from _mig(gpu, view)
    yield from _versions(view)


def _vgpus(card: Card) -> Iterator[str]:
    """Yield what virtual machines have of a GPU, which DRA knows nothing of."""
    if card.pci is not None and card.pci.mdevs:
        yield f"{len(card.pci.mdevs)} vGPUs were made of it, not by DRA"
    kind = card.pci.texts.get("nvidia/current_vgpu_type", "0") if card.pci else "0"
    if kind != "0":
        yield f"a vGPU of type {kind} was made of it, not by DRA"


def _guess(view: View) -> str:
    nvml = view.facts.nvml
    known = "only name, UUID and place are known of it"
    if nvml.state is NvmlState.NOT_ASKED:
        return f"NVML was not asked: {known}"
    return f"NVML: {nvml.state.value}: {known}; {nvml.hint}".removesuffix("; ")


def _refusals(gpu: NvmlGpu) -> Iterator[str]:
    forbidden = [name for name, error in gpu.failures.items() if error in _FORBIDDEN]
    if "handle" in forbidden:
        yield "this user may not open the GPU: run it as root, or allow /dev/nvidia*"
    elif forbidden:
        yield f"this user may not ask for: {', '.join(forbidden)}; run it as root"
    missing = [name for name, error in gpu.failures.items() if error == _MISSING]
    if missing:
        yield f"this driver is too old to tell: {', '.join(missing)}"
    for name, error in gpu.failures.items():
        if error not in _FORBIDDEN | {_MISSING}:
            yield f"{name}: {error}"


def _mig(gpu: NvmlGpu, view: View) -> Iterator[str]:
    if gpu.mig_mode is not None and gpu.mig_mode != gpu.mig_pending:
        yield f"MIG mode goes {'on' if gpu.mig_pending else 'off'} with the next reset"
    if gpu.migs and view.partitionable:
        yield (
            f"it has {len(gpu.migs)} MIG partitions that DRA did not make; with its "
            "gate DynamicMIG the driver removes them when it starts"
        )
    if gpu.is_virtual:
        yield "a vGPU: its size and its partitions are those that the host gave it"


def _versions(view: View) -> Iterator[str]:
    told = view.facts.nvml.driver_version
    major = told.partition(".")[0]
    if major.isascii() and major.isdecimal() and int(major) < _LEAST_DRIVER:
        yield f"driver {told} is older than {_LEAST_DRIVER}, which the DRA driver needs"


def details(card: Card) -> dict[str, str]:
    """Return what is shown of a GPU where there is room."""
    gpu = card.gpu
    if gpu is None:
        return {}
    up = sum(link.is_active for link in gpu.links)
    down = len(gpu.links) - up
    found = {
        "migMode": {None: "", True: "on", False: "off"}[gpu.mig_mode],
        "nvlinks": f"{up} up, {down} down" if down else str(up or ""),
        "eccErrors": "" if gpu.ecc_errors is None else str(gpu.ecc_errors),
        "fabric": f"{gpu.fabric_cluster}.{gpu.fabric_clique}"
        if gpu.fabric_cluster
        else "",
        "vgpu": "yes" if gpu.is_virtual else "",
    }
    return {name: text for name, text in found.items() if text}
