"""The only door to NVIDIA's management library: where it is, and whether to ask it.

The package nvidia-ml-py (module `pynvml`) is an optional extra, imported on demand.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dractl.hardware.nvml_reading import read_nvml
from dractl.hardware.pynvml_library import PynvmlLibrary
from dractl.model.hosts import Nvml, NvmlState

_FILE: Final = "libnvidia-ml.so.1"
_ROOTS: Final = (
    ".",
    "run/nvidia/driver",  # the GPU operator's driver container
    "home/kubernetes/bin/nvidia",  # GKE
)
_FOLDERS: Final = (
    "usr/lib64",
    "usr/lib/x86_64-linux-gnu",
    "usr/lib/aarch64-linux-gnu",
    "lib64",
    "lib/x86_64-linux-gnu",
    "lib/aarch64-linux-gnu",
    "usr/lib",
    "usr/lib/wsl/lib",
)
_BOOT: Final = "proc/sys/kernel/random/boot_id"  # another for each start of a kernel


def ask_nvml(root: Path) -> Nvml:
    """Return what NVML tells of the machine whose files are below the root.

    It is not asked where these are another machine's: it would tell of this one.
    """
    if not _is_here(root):
        return Nvml(NvmlState.NOT_ASKED)
    try:
        import pynvml
    except ImportError:
        return Nvml(NvmlState.NO_PACKAGE, hint="pip install 'dractl[nvidia]'")
    return read_nvml(PynvmlLibrary(pynvml, libraries(root)))


def libraries(root: Path) -> Iterator[Path]:
    """Yield the files that the library may be, beside what the loader finds."""
    for base in dict.fromkeys((root, Path("/"))):
        for below in _ROOTS:
            for folder in _FOLDERS:
                file = base / below / folder / _FILE
                if file.is_file():
                    yield file


def _is_here(root: Path) -> bool:
    """Tell whether the root is this machine's, or its host's mounted in a container."""
    here = Path("/")
    if root.resolve() == here:
        return True
    boot = _bytes(here / _BOOT)
    return boot != b"" and _bytes(root / _BOOT) == boot


def _bytes(file: Path) -> bytes:
    """Return what is in a file, nothing where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError:
        return b""
