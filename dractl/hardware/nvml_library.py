"""What NVML is asked, in Python's types, and the codes that it answers with."""

from enum import IntEnum
from typing import Final, NamedTuple, NewType, Protocol

from dractl.model.hosts import MigProfile

Handle = NewType("Handle", object)
"""How the library names a GPU, a MIG device or a GPU instance."""

PROFILE_INDICES: Final = range(0x12)
"""NVML_GPU_INSTANCE_PROFILE_COUNT of nvml.h 13."""

LINK_NUMBERS: Final = range(36)
"""NVML_NVLINK_MAX_LINKS of nvml.h 13."""


class NvmlCode(IntEnum):
    """NVML's return codes (nvml.h, nvmlReturn_t) that are no success."""

    UNINITIALIZED = 1
    INVALID_ARGUMENT = 2
    NOT_SUPPORTED = 3
    NO_PERMISSION = 4
    ALREADY_INITIALIZED = 5
    NOT_FOUND = 6
    INSUFFICIENT_SIZE = 7
    INSUFFICIENT_POWER = 8
    DRIVER_NOT_LOADED = 9
    TIMEOUT = 10
    IRQ_ISSUE = 11
    LIBRARY_NOT_FOUND = 12
    FUNCTION_NOT_FOUND = 13
    CORRUPTED_INFOROM = 14
    GPU_IS_LOST = 15
    RESET_REQUIRED = 16
    OPERATING_SYSTEM = 17
    LIB_RM_VERSION_MISMATCH = 18
    IN_USE = 19
    MEMORY = 20
    NO_DATA = 21
    VGPU_ECC_NOT_SUPPORTED = 22
    INSUFFICIENT_RESOURCES = 23
    FREQ_NOT_SUPPORTED = 24
    ARGUMENT_VERSION_MISMATCH = 25
    DEPRECATED = 26
    NOT_READY = 27
    GPU_NOT_FOUND = 28
    INVALID_STATE = 29
    RESET_TYPE_NOT_SUPPORTED = 30
    UNKNOWN = 999


_NAMES: Final = {code.value: code.name for code in NvmlCode}


class NvmlError(Exception):
    """A question that NVML refused."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code

    @property
    def name(self) -> str:
        """NVML's name of the code, without its prefix."""
        return _NAMES.get(self.code, f"code {self.code}")


class Fabric(NamedTuple):
    """A GPU's place in an NVLink fabric; `state` 3 is complete, `status` 0 is well."""

    state: int
    status: int
    cluster: str
    clique: int


class MigMode(NamedTuple):
    """Whether a GPU is divided now, and after its next reset."""

    current: bool
    pending: bool


class MigInstance(NamedTuple):
    """A GPU instance: the number of its profile, its place in memory slices."""

    profile: int
    start: int
    size: int


class Library(Protocol):
    """NVML; every method but `stop` may raise NvmlError."""

    def start(self) -> None:
        """Load and initialise the library, also where there are no GPUs."""

    def stop(self) -> None:
        """Let go of it."""

    def driver_version(self) -> str:
        """Return the version of the driver (`580.126.20`)."""

    def cuda_version(self) -> int:
        """Return the newest CUDA version it supports; 12080 is 12.8."""

    def count(self) -> int:
        """Return the number of GPUs, lost ones included."""

    def gpu(self, index: int) -> Handle:
        """Return the handle of a GPU."""

    def minor(self, gpu: Handle) -> int:
        """Return N of /dev/nvidiaN."""

    def uuid(self, gpu: Handle) -> str:
        """Return the UUID of a GPU or a MIG device, with its prefix."""

    def name(self, gpu: Handle) -> str:
        """Return the product's name."""

    def brand(self, gpu: Handle) -> str:
        """Return the brand as the DRA driver writes it."""

    def architecture(self, gpu: Handle) -> str:
        """Return the architecture as the DRA driver writes it."""

    def compute_capability(self, gpu: Handle) -> tuple[int, int]:
        """Return the compute capability."""

    def address(self, gpu: Handle) -> str:
        """Return the PCI address as the kernel writes it."""

    def memory(self, gpu: Handle) -> int:
        """Return the bytes of memory in all."""

    def addressing_mode(self, gpu: Handle) -> str:
        """Return HMM, ATS or None, as a word."""

    def mig_mode(self, gpu: Handle) -> MigMode:
        """Return the MIG mode."""

    def profile(self, gpu: Handle, index: int) -> MigProfile:
        """Return a profile, without its placements."""

    def placements(self, gpu: Handle, number: int) -> tuple[tuple[int, int], ...]:
        """Return where instances of a profile can be."""

    def most_migs(self, gpu: Handle) -> int:
        """Return how many MIG devices there can be."""

    def mig(self, gpu: Handle, index: int) -> Handle:
        """Return the handle of a MIG device."""

    def gpu_instance(self, mig: Handle) -> int:
        """Return the id of a MIG device's GPU instance."""

    def compute_instance(self, mig: Handle) -> int:
        """Return the id of a MIG device's compute instance."""

    def compute_slices(self, mig: Handle) -> int:
        """Return how many compute slices a MIG device has."""

    def instance(self, gpu: Handle, number: int) -> MigInstance:
        """Return a GPU instance by its id."""

    def link(self, gpu: Handle, number: int) -> bool:
        """Tell whether an NVLink is active."""

    def link_version(self, gpu: Handle, number: int) -> int:
        """Return the version of an NVLink."""

    def link_address(self, gpu: Handle, number: int) -> str:
        """Return the PCI address at the other end."""

    def link_kind(self, gpu: Handle, number: int) -> str:
        """Return what is at the other end; see NvLink.remote_kind."""

    def fabric(self, gpu: Handle) -> Fabric:
        """Return the place in a fabric."""

    def is_virtual(self, gpu: Handle) -> bool:
        """Tell whether it is a vGPU, seen from inside a virtual machine."""

    def ecc_errors(self, gpu: Handle) -> int:
        """Return the uncorrected errors since the driver was loaded."""

    def serial(self, gpu: Handle) -> str:
        """Return the serial number of the board."""
