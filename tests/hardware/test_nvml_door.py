import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dractl.hardware.nvml import ask_nvml, libraries
from dractl.model.hosts import Nvml, NvmlState


def test_another_machine_is_not_asked(tmp_path: Path) -> None:
    assert ask_nvml(tmp_path) == Nvml(NvmlState.NOT_ASKED)


def test_the_library_of_an_operator_is_found(tmp_path: Path) -> None:
    file = tmp_path / "run/nvidia/driver/usr/lib64/libnvidia-ml.so.1"
    file.parent.mkdir(parents=True)
    file.touch()

    assert next(iter(libraries(tmp_path))) == file


def test_the_library_of_an_operator_is_loaded(tmp_path: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    source = tmp_path / "nvml.c"
    source.write_text("int nvmlInitWithFlags(unsigned flags) { return 9; }\n")
    library = tmp_path / "libnvidia-ml.so.1"
    name = f"-Wl,-soname,{library.name}"
    subprocess.run(
        [compiler, "-shared", name, "-o", library, source], check=True, timeout=60
    )
    program = (
        "import pynvml, sys, pathlib\n"
        "from dractl.hardware.nvml_reading import read_nvml\n"
        "from dractl.hardware.pynvml_library import PynvmlLibrary\n"
        "files = [pathlib.Path(each) for each in sys.argv[1:]]\n"
        "print(read_nvml(PynvmlLibrary(pynvml, files)).detail)\n"
    )
    found = [
        subprocess.run(
            [sys.executable, "-c", program, *files],
            check=True,
            timeout=60,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for files in ([], [source, library])
    ]

    if found[0] != "LIBRARY_NOT_FOUND":
        pytest.skip("this machine has the library")
    assert found[1] == "DRIVER_NOT_LOADED"
