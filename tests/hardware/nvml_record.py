"""Record what NVML tells of this machine: `python -m tests.hardware.nvml_record NAME`.

Writes tests/hosts/nvml/NAME.json. UUIDs, serial numbers and the identity of the fabric
are replaced; everything else is as the library answers it, errors included. Compare
with `nvidia-smi -q -x` of the same machine before it is kept, and say in `about` what
it is. Those whose `about` does not begin with "Recorded" were written from published
facts (tests/hosts/nvml/machines.py).
"""

import ctypes
import re
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import pynvml

from dractl.hardware.nvml_reading import read_nvml
from dractl.hardware.pynvml_library import PynvmlLibrary
from tests.hardware.nvml_recording import RECORDINGS, text

_HANDLES: Final = {
    "nvmlDeviceGetHandleByIndex": "gpu",
    "nvmlDeviceGetMigDeviceHandleByIndex": "mig",
    "nvmlDeviceGetGpuInstanceById": "gi",
}
_SECRETS: Final = frozenset({"nvmlDeviceGetUUID", "nvmlDeviceGetSerial"})
_PLACEMENTS: Final = "nvmlDeviceGetGpuInstancePossiblePlacements"
_HEXADECIMAL: Final = re.compile("[0-9a-f]")


class Recorder:
    """Passes calls on to pynvml, or what stands for it, and keeps the answers."""

    def __init__(self, module: Any = pynvml) -> None:
        self._module = module
        self._handles: list[tuple[Any, str]] = []
        self._replaced: dict[str, str] = {}
        self.calls: list[list[Any]] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        is_function = callable(found) and not isinstance(found, type)
        return partial(self._pass_on, name) if is_function else found

    def _pass_on(self, name: str, *arguments: Any) -> Any:
        labels = [self._label(each) for each in arguments]
        given = [label for label in labels if label is not None]
        try:
            answer = getattr(self._module, name)(*arguments)
        except pynvml.NVMLError as error:
            self.calls.append([name, given, {"error": error.value}])
            raise
        pairs = zip(arguments, labels, strict=True)
        written = [argument for argument, label in pairs if label is None]
        if name in _HANDLES:
            told: Any = {"handle": self._named(name, given, answer)}
        elif name == _PLACEMENTS:
            told = _placements(*written)
        else:
            told = self._told(name, written[0].contents if written else answer)
        self.calls.append([name, given, told])
        return answer

    def _label(self, argument: Any) -> Any:
        if isinstance(argument, int):
            return argument
        return next((name for each, name in self._handles if each is argument), None)

    def _named(self, name: str, given: list[Any], handle: Any) -> str:
        parent = "" if isinstance(given[0], int) else f"{given[0]}/"
        label = f"{parent}{_HANDLES[name]}{given[-1]}"
        self._handles.append((handle, label))
        return label

    def _told(self, name: str, answer: Any) -> Any:
        value = _plain(answer)
        if name in _SECRETS:
            return self._replaced.setdefault(
                value, _numbered(value, len(self._replaced) + 1)
            )
        if isinstance(value, dict) and any(value.get("clusterUuid", ())):
            value["clusterUuid"] = [*[0] * 15, 1]
        return value


def _placements(places: Any, count: Any) -> list[list[int]]:
    """Return the places; where only their number was asked for, that many of none."""
    number = count.contents.value
    if places is None:
        return [[0, 0]] * number
    return [[each.start, each.size] for each in places[:number]]


def _plain(value: Any) -> Any:
    """Return a structure as its fields."""
    if isinstance(value, ctypes.Structure):
        return {
            name: _plain(getattr(value, name))
            for name, kind, *_ in value._fields_
            if not issubclass(kind, ctypes._Pointer)
        }
    if isinstance(value, ctypes.Array):
        return list(value)
    return value.decode() if isinstance(value, bytes) else value


def _numbered(secret: str, number: int) -> str:
    """Return a text of the same shape, with a number for what it said."""
    prefix = secret[:4] if secret.startswith(("GPU-", "MIG-")) else ""
    zeros = _HEXADECIMAL.sub("0", secret.removeprefix(prefix))
    digits = f"{number:x}"
    return prefix + zeros[: -len(digits)] + digits


def recorded_here(module: Any = pynvml) -> list[list[Any]]:
    """Return the calls by which this machine is read, each with its last answer."""
    recorder = Recorder(module)
    read_nvml(PynvmlLibrary(recorder))
    last: Mapping[str, list[Any]] = {str(call[:2]): call for call in recorder.calls}
    return list(last.values())


if __name__ == "__main__":
    name = sys.argv[1]
    (RECORDINGS / f"{name}.json").write_text(text(name, recorded_here()), "utf-8")
