"""Recordings of NVML: answers by function and arguments, replayed in pynvml's place.

A recording is JSON: `missing` are functions that the library did not have, `calls` are
[function, arguments, answer]. GPUs and the like go by names ("gpu0"); an answer is a
value, the fields of a structure, {"handle": NAME} or {"error": CODE}. What a function
writes through a pointer is its answer here.
"""

import ctypes
import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import pynvml

from dractl.hardware.nvml_reading import read_nvml
from dractl.hardware.pynvml_library import PynvmlLibrary
from dractl.model.hosts import Nvml

RECORDINGS: Final = Path(__file__).parent.parent / "hosts" / "nvml"
_STRUCTURES: Final = {
    "nvmlDeviceGetPciInfo": pynvml.nvmlPciInfo_t,
    "nvmlDeviceGetNvLinkRemotePciInfo": pynvml.nvmlPciInfo_t,
    "nvmlDeviceGetMemoryInfo": pynvml.c_nvmlMemory_t,
    "nvmlDeviceGetAttributes": pynvml.c_nvmlDeviceAttributes,
    "nvmlGpuInstanceGetInfo": pynvml.c_nvmlGpuInstanceInfo_t,
}
_PROFILE: Final = "nvmlDeviceGetGpuInstanceProfileInfo"
_PLACEMENTS: Final = "nvmlDeviceGetGpuInstancePossiblePlacements"


def recording(name: str) -> "Recording":
    """Return the recording of `NAME.json`."""
    told = json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))
    return Recording(told["calls"], told["missing"])


def recorded(name: str) -> Nvml:
    """Return what is read of a recording; of none, that nothing was asked."""
    if name not in recordings():
        return Nvml()
    return read_nvml(PynvmlLibrary(recording(name)))


def recordings() -> list[str]:
    """Return the names of all recordings."""
    return sorted(file.stem for file in RECORDINGS.glob("*.json"))


def text(
    about: str, calls: Sequence[Sequence[Any]], missing: Sequence[str] = ()
) -> str:
    """Return a recording's text, with a line for each call."""
    lines = ",\n  ".join(json.dumps(call) for call in calls)
    head = f'{{\n "about": {json.dumps(about)},\n "missing": {json.dumps([*missing])}'
    return f'{head},\n "calls": [\n  {lines}\n ]\n}}\n'


class Recording:
    """What of pynvml is used: real structures and errors, recorded answers."""

    def __init__(
        self, calls: Sequence[Sequence[Any]], missing: Sequence[str] = ()
    ) -> None:
        self._answers = {
            (function, *arguments): answer for function, arguments, answer in calls
        }
        self._missing = frozenset(missing)
        self.asked: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(pynvml, name)
        is_function = callable(found) and not isinstance(found, type)
        return partial(self._answer, name) if is_function else found

    def _answer(self, function: str, *arguments: Any) -> Any:
        given = [_label(each) for each in arguments if _is_given(each)]
        self.asked.append((function, *given))
        if _symbol(function, given) in self._missing:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_FUNCTION_NOT_FOUND)
        answer = self._answers[function, *given]
        if isinstance(answer, Mapping) and "error" in answer:
            raise pynvml.NVMLError(answer["error"])
        written = [each for each in arguments if not _is_given(each)]
        return _given_back(function, given, answer, written)


def _symbol(function: str, given: list[Any]) -> str:
    """Return the name in the library where pynvml's own does not tell."""
    if function == _PROFILE and len(given) == 2:
        return f"{_PROFILE}V"
    return function


def _is_given(argument: object) -> bool:
    return isinstance(argument, int) or hasattr(argument, "label")


def _label(argument: Any) -> Any:
    return argument if isinstance(argument, int) else argument.label


def _given_back(
    function: str, given: list[Any], answer: Any, written: Sequence[Any]
) -> Any:
    if function == _PLACEMENTS:
        return _write_placements(answer, *written)
    if written:
        _fill(written[0].contents, answer)
        return pynvml.NVML_SUCCESS
    if not isinstance(answer, Mapping):
        return answer
    if "handle" in answer:
        handle = pynvml.c_nvmlDevice_t()
        handle.label = answer["handle"]
        return handle
    if function == _PROFILE:
        version = pynvml.c_nvmlGpuInstanceProfileInfo_v2_t
        older = pynvml.c_nvmlGpuInstanceProfileInfo_t
        return _fill((version if len(given) == 2 else older)(), answer)
    return _fill(_STRUCTURES[function](), answer)


def _write_placements(answer: list[list[int]], places: Any, count: Any) -> int:
    count.contents.value = len(answer)
    for index, (start, size) in enumerate(answer if places is not None else ()):
        places[index].start, places[index].size = start, size
    return int(pynvml.NVML_SUCCESS)


def _fill(structure: Any, fields: Mapping[str, Any]) -> Any:
    known = {name for name, *_ in structure._fields_}
    for name, value in fields.items():
        if name not in known:
            continue  # the older structure of a function has no name
        if isinstance(value, Mapping):
            _fill(getattr(structure, name), value)
        elif isinstance(value, list):
            kind = ctypes.c_uint8 * len(value)
            setattr(structure, name, kind(*value))
        else:
            given = value.encode() if isinstance(value, str) else value
            setattr(structure, name, given)
    return structure
