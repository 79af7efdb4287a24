"""NVML through pynvml: each question is a call, its answer in Python's types.

The module is a parameter, as it is not always installed; it is not typed.
"""

import ctypes
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from dractl.hardware.nvml_library import (
    Fabric,
    Handle,
    MigInstance,
    MigMode,
    NvmlCode,
    NvmlError,
)
from dractl.model.hosts import MigProfile

_NO_GPUS: Final = 1  # NVML_INIT_FLAG_NO_GPUS: a machine without GPUs is no error
_MIG_ON: Final = 1  # NVML_DEVICE_MIG_ENABLE
_VGPU: Final = 2  # NVML_GPU_VIRTUALIZATION_MODE_VGPU
_UNCORRECTED: Final = 1  # NVML_MEMORY_ERROR_TYPE_UNCORRECTED
_VOLATILE: Final = 0  # NVML_VOLATILE_ECC

# The words are those of go-nvlib (pkg/nvlib/device/device.go), which drivers publish.
_ARCHITECTURES: Final = {
    2: "Kepler", 3: "Maxwell", 4: "Pascal", 5: "Volta", 6: "Turing", 7: "Ampere",
    8: "Ada Lovelace", 9: "Hopper", 10: "Blackwell", 13: "Rubin",
}  # fmt: skip
_BRANDS: Final = {
    1: "Quadro", 2: "Tesla", 3: "NVS", 4: "Grid", 5: "GeForce", 6: "Titan",
    7: "NvidiaVApps", 8: "NvidiaVPC", 9: "NvidiaVCS", 10: "NvidiaVWS",
    11: "NvidiaCloudGaming", 12: "QuadroRTX", 13: "NvidiaRTX", 14: "Nvidia",
    15: "GeForceRTX", 16: "TitanRTX",
}  # fmt: skip
_ADDRESSING: Final = {0: "None", 1: "HMM", 2: "ATS"}
_ENDS: Final = {0: "GPU", 1: "NPU", 2: "SWITCH"}


class PynvmlLibrary:
    """A Library of nvml_library.py; `files` are tried where the loader finds none."""

    def __init__(self, module: Any, files: Iterable[Path] = ()) -> None:
        self._module = module
        self._files = files

    def start(self) -> None:
        """Load and initialise the library, also where there are no GPUs."""
        try:
            self._ask("nvmlInitWithFlags", _NO_GPUS)
        except NvmlError as error:
            if error.code != NvmlCode.LIBRARY_NOT_FOUND or not self._preload():
                raise
            self._ask("nvmlInitWithFlags", _NO_GPUS)

    def stop(self) -> None:
        """Let go of it."""
        # The answers are there already: they count, not how the library takes leave.
        with suppress(NvmlError):
            self._ask("nvmlShutdown")

    def _preload(self) -> bool:
        """Load one of the files: the loader then has one of the name pynvml wants."""
        for file in self._files:
            with suppress(OSError):
                ctypes.CDLL(str(file), mode=ctypes.RTLD_GLOBAL)
                return True
        return False

    def _ask(self, function: str, *arguments: object) -> Any:
        try:
            return getattr(self._module, function)(*arguments)
        except self._module.NVMLError as error:
            raise NvmlError(error.value) from error

    def _either(self, newer: Callable[[], Any], older: Callable[[], Any]) -> Any:
        """Return what the newer function answers, or the older in older libraries."""
        try:
            return newer()
        except NvmlError as error:
            if error.code != NvmlCode.FUNCTION_NOT_FOUND:
                raise
        return older()

    def driver_version(self) -> str:
        """Return the version of the driver (`580.126.20`)."""
        return _text(self._ask("nvmlSystemGetDriverVersion"))

    def cuda_version(self) -> int:
        """Return the newest CUDA version it supports; 12080 is 12.8."""
        return int(self._ask("nvmlSystemGetCudaDriverVersion_v2"))

    def count(self) -> int:
        """Return the number of GPUs, lost ones included."""
        return int(self._ask("nvmlDeviceGetCount"))

    def gpu(self, index: int) -> Handle:
        """Return the handle of a GPU."""
        return Handle(self._ask("nvmlDeviceGetHandleByIndex", index))

    def minor(self, gpu: Handle) -> int:
        """Return N of /dev/nvidiaN."""
        return int(self._ask("nvmlDeviceGetMinorNumber", gpu))

    def uuid(self, gpu: Handle) -> str:
        """Return the UUID of a GPU or a MIG device, with its prefix."""
        return _text(self._ask("nvmlDeviceGetUUID", gpu))

    def name(self, gpu: Handle) -> str:
        """Return the product's name."""
        return _text(self._ask("nvmlDeviceGetName", gpu))

    def brand(self, gpu: Handle) -> str:
        """Return the brand as the DRA driver writes it."""
        return _BRANDS.get(self._ask("nvmlDeviceGetBrand", gpu), "Unknown")

    def architecture(self, gpu: Handle) -> str:
        """Return the architecture as the DRA driver writes it."""
        number = self._ask("nvmlDeviceGetArchitecture", gpu)
        return _ARCHITECTURES.get(number, "Unknown")

    def compute_capability(self, gpu: Handle) -> tuple[int, int]:
        """Return the compute capability."""
        major, minor = self._ask("nvmlDeviceGetCudaComputeCapability", gpu)
        return int(major), int(minor)

    def address(self, gpu: Handle) -> str:
        """Return the PCI address as the kernel writes it."""
        return _address(self._ask("nvmlDeviceGetPciInfo", gpu))

    def memory(self, gpu: Handle) -> int:
        """Return the bytes of memory in all."""
        return int(self._ask("nvmlDeviceGetMemoryInfo", gpu).total)

    def addressing_mode(self, gpu: Handle) -> str:
        """Return HMM, ATS or None, as a word; "" for one that is not known yet."""
        number = self._ask("nvmlDeviceGetAddressingMode", gpu)
        return _ADDRESSING.get(number, "")

    def mig_mode(self, gpu: Handle) -> MigMode:
        """Return the MIG mode."""
        current, pending = self._ask("nvmlDeviceGetMigMode", gpu)
        return MigMode(current == _MIG_ON, pending == _MIG_ON)

    def profile(self, gpu: Handle, index: int) -> MigProfile:
        """Return a profile, without its placements."""
        function = "nvmlDeviceGetGpuInstanceProfileInfo"
        told = self._either(
            lambda: self._ask(function, gpu, index),
            lambda: self._ask(function, gpu, index, 1),
        )
        return MigProfile(
            index=index,
            number=told.id,
            name=_text(getattr(told, "name", "")).removeprefix("MIG "),
            slices=told.sliceCount,
            memory=told.memorySizeMB,
            multiprocessors=told.multiprocessorCount,
            copy_engines=told.copyEngineCount,
            decoders=told.decoderCount,
            encoders=told.encoderCount,
            jpeg_engines=told.jpegCount,
            ofa_engines=told.ofaCount,
            instances=told.instanceCount,
        )

    def placements(self, gpu: Handle, number: int) -> tuple[tuple[int, int], ...]:
        """Return where instances of a profile can be."""
        function = "nvmlDeviceGetGpuInstancePossiblePlacements"
        count = ctypes.c_uint()
        self._ask(function, gpu, number, None, ctypes.pointer(count))
        places = (self._module.c_nvmlGpuInstancePlacement_t * count.value)()
        self._ask(function, gpu, number, places, ctypes.pointer(count))
        return tuple((each.start, each.size) for each in places[: count.value])

    def most_migs(self, gpu: Handle) -> int:
        """Return how many MIG devices there can be."""
        return int(self._ask("nvmlDeviceGetMaxMigDeviceCount", gpu))

    def mig(self, gpu: Handle, index: int) -> Handle:
        """Return the handle of a MIG device."""
        return Handle(self._ask("nvmlDeviceGetMigDeviceHandleByIndex", gpu, index))

    def gpu_instance(self, mig: Handle) -> int:
        """Return the id of a MIG device's GPU instance."""
        return int(self._ask("nvmlDeviceGetGpuInstanceId", mig))

    def compute_instance(self, mig: Handle) -> int:
        """Return the id of a MIG device's compute instance."""
        return int(self._ask("nvmlDeviceGetComputeInstanceId", mig))

    def compute_slices(self, mig: Handle) -> int:
        """Return how many compute slices a MIG device has."""
        return int(self._ask("nvmlDeviceGetAttributes", mig).computeInstanceSliceCount)

    def instance(self, gpu: Handle, number: int) -> MigInstance:
        """Return a GPU instance by its id."""
        instance = self._ask("nvmlDeviceGetGpuInstanceById", gpu, number)
        told = self._ask("nvmlGpuInstanceGetInfo", instance)
        return MigInstance(told.profileId, told.placement.start, told.placement.size)

    def link(self, gpu: Handle, number: int) -> bool:
        """Tell whether an NVLink is active."""
        return bool(self._ask("nvmlDeviceGetNvLinkState", gpu, number))

    def link_version(self, gpu: Handle, number: int) -> int:
        """Return the version of an NVLink."""
        return int(self._ask("nvmlDeviceGetNvLinkVersion", gpu, number))

    def link_address(self, gpu: Handle, number: int) -> str:
        """Return the PCI address at the other end."""
        return _address(self._ask("nvmlDeviceGetNvLinkRemotePciInfo", gpu, number))

    def link_kind(self, gpu: Handle, number: int) -> str:
        """Return what is at the other end; see NvLink.remote_kind."""
        kind = self._ask("nvmlDeviceGetNvLinkRemoteDeviceType", gpu, number)
        return _ENDS.get(kind, "")

    def fabric(self, gpu: Handle) -> Fabric:
        """Return the place in a fabric."""
        newer = self._module.c_nvmlGpuFabricInfo_v2_t()
        older = self._module.c_nvmlGpuFabricInfo_t()

        def ask_newer() -> Any:
            self._ask("nvmlDeviceGetGpuFabricInfoV", gpu, ctypes.pointer(newer))
            return newer

        def ask_older() -> Any:
            self._ask("nvmlDeviceGetGpuFabricInfo", gpu, ctypes.pointer(older))
            return older

        told = self._either(ask_newer, ask_older)
        cluster = UUID(bytes=bytes(told.clusterUuid))
        return Fabric(told.state, told.status, str(cluster), told.cliqueId)

    def is_virtual(self, gpu: Handle) -> bool:
        """Tell whether it is a vGPU, seen from inside a virtual machine."""
        return bool(self._ask("nvmlDeviceGetVirtualizationMode", gpu) == _VGPU)

    def ecc_errors(self, gpu: Handle) -> int:
        """Return the uncorrected errors since the driver was loaded."""
        return int(
            self._ask("nvmlDeviceGetTotalEccErrors", gpu, _UNCORRECTED, _VOLATILE)
        )

    def serial(self, gpu: Handle) -> str:
        """Return the serial number of the board."""
        return _text(self._ask("nvmlDeviceGetSerial", gpu))


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _address(told: Any) -> str:
    """Return the address with the kernel's domain: NVML's has eight digits."""
    domain, _, rest = _text(told.busId).lower().partition(":")
    return f"{int(domain, 16):04x}:{rest}"
