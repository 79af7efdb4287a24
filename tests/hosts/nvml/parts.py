"""GPUs as NVML tells of them, for recordings; see tests/hardware/nvml_recording.py."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

Call = list[Any]
NOT_SUPPORTED: Final = {"error": 3}
NOT_THERE: Final = {"error": 2}
MIB: Final = 1 << 20
# NVML's index, number, name, instances, memory in MiB, slices, multiprocessors, copy
# engines, decoders, JPEG engines, OFA engines, starts and size in memory slices.
Profile = tuple[int, int, str, int, int, int, int, int, int, int, int, range, int]
A100_40GB: Final[Sequence[Profile]] = (
    (0, 19, "1g.5gb", 7, 4864, 1, 14, 1, 0, 0, 0, range(7), 1),
    (1, 14, "2g.10gb", 3, 9856, 2, 28, 2, 1, 0, 0, range(0, 5, 2), 2),
    (2, 9, "3g.20gb", 2, 19968, 3, 42, 3, 2, 0, 0, range(0, 5, 4), 4),
    (3, 5, "4g.20gb", 1, 19968, 4, 56, 4, 2, 0, 0, range(1), 4),
    (4, 0, "7g.40gb", 1, 40192, 7, 98, 7, 5, 1, 1, range(1), 8),
    (7, 20, "1g.5gb+me", 1, 4864, 1, 14, 1, 1, 1, 1, range(7), 1),
    (9, 15, "1g.10gb", 4, 9856, 1, 14, 1, 1, 0, 0, range(0, 7, 2), 2),
)
H100_80GB: Final[Sequence[Profile]] = (
    (0, 19, "1g.10gb", 7, 9984, 1, 16, 1, 1, 1, 0, range(7), 1),
    (1, 14, "2g.20gb", 3, 20096, 2, 32, 2, 2, 2, 0, range(0, 5, 2), 2),
    (2, 9, "3g.40gb", 2, 40448, 3, 60, 3, 3, 3, 0, range(0, 5, 4), 4),
    (3, 5, "4g.40gb", 1, 40448, 4, 64, 4, 4, 4, 0, range(1), 4),
    (4, 0, "7g.80gb", 1, 81152, 7, 132, 8, 7, 7, 1, range(1), 8),
    (7, 20, "1g.10gb+me", 1, 9984, 1, 16, 1, 1, 1, 1, range(7), 1),
    (9, 15, "1g.20gb", 4, 20096, 1, 26, 1, 1, 1, 0, range(0, 7, 2), 2),
)


@dataclass(frozen=True)
class Mig:
    """A MIG device: ids of its instances, number of the profile, place."""

    instance: int
    profile: int
    start: int
    size: int
    slices: int
    compute: int = 0


@dataclass(frozen=True)
class Gpu:
    """A GPU; what `refused` says by function has this error code instead."""

    index: int
    address: str
    name: str
    capability: tuple[int, int]
    architecture: int
    memory_mib: int | None
    minor: int | None = None
    brand: int = 14
    addressing: int | None = 1
    profiles: Sequence[Profile] = ()
    mig: bool | None = None
    migs: Sequence[Mig] = ()
    ends: Sequence[str] = ()
    link_version: int = 4
    end_kind: int = 2
    fabric: Mapping[str, Any] | None = None
    virtualization: int = 0
    ecc: int | None = 0
    refused: Mapping[str, int] = field(default_factory=dict)

    @property
    def handle(self) -> str:
        """Its name in the recording."""
        return f"gpu{self.index}"

    @property
    def uuid(self) -> str:
        """A UUID that no GPU has."""
        return f"GPU-{self.index:08x}-0000-4000-8000-{self.architecture:012x}"

    def calls(self) -> Iterator[Call]:
        """Yield what NVML answers, in the order in which it is asked."""
        get = "nvmlDeviceGetHandleByIndex"
        if get in self.refused:
            yield [get, [self.index], {"error": self.refused[get]}]
            return
        yield [get, [self.index], {"handle": self.handle}]
        for function, arguments, answer in self._asked():
            if function in self.refused:
                answer = {"error": self.refused[function]}  # noqa: PLW2901
            yield [function, [self.handle, *arguments], answer]
        yield from self._instances()

    def _asked(self) -> Iterator[tuple[str, list[Any], Any]]:
        minor = self.index if self.minor is None else self.minor
        yield "nvmlDeviceGetMinorNumber", [], minor
        yield "nvmlDeviceGetUUID", [], self.uuid
        yield "nvmlDeviceGetName", [], self.name
        yield "nvmlDeviceGetBrand", [], self.brand
        yield "nvmlDeviceGetArchitecture", [], self.architecture
        yield "nvmlDeviceGetCudaComputeCapability", [], list(self.capability)
        yield "nvmlDeviceGetPciInfo", [], _pci(self.address)
        memory = None if self.memory_mib is None else {"total": self.memory_mib * MIB}
        yield "nvmlDeviceGetMemoryInfo", [], _or_not(memory)
        yield "nvmlDeviceGetAddressingMode", [], _or_not(self.addressing)
        yield "nvmlDeviceGetVirtualizationMode", [], self.virtualization
        yield "nvmlDeviceGetTotalEccErrors", [1, 0], _or_not(self.ecc)
        yield "nvmlDeviceGetSerial", [], f"165000000000{self.index}"
        mode = None if self.mig is None else [int(self.mig), int(self.mig)]
        yield "nvmlDeviceGetMigMode", [], _or_not(mode)
        yield from self._profiles()
        yield "nvmlDeviceGetGpuFabricInfoV", [], _or_not(self.fabric)
        yield from self._links()

    def _profiles(self) -> Iterator[tuple[str, list[Any], Any]]:
        if self.mig is None:
            return
        told = {profile[0]: profile for profile in self.profiles}
        for index in range(0x12):
            answer = _profile(told[index]) if index in told else NOT_SUPPORTED
            yield "nvmlDeviceGetGpuInstanceProfileInfo", [index], answer
            yield "nvmlDeviceGetGpuInstanceProfileInfo", [index, 1], answer
        for profile in self.profiles:
            places = [[start, profile[12]] for start in profile[11]]
            function = "nvmlDeviceGetGpuInstancePossiblePlacements"
            yield function, [profile[1]], places

    def _links(self) -> Iterator[tuple[str, list[Any], Any]]:
        if not self.ends:
            yield "nvmlDeviceGetNvLinkState", [0], NOT_SUPPORTED
            return
        for number, end in enumerate(self.ends):
            yield "nvmlDeviceGetNvLinkState", [number], int(bool(end))
            if end:
                yield "nvmlDeviceGetNvLinkVersion", [number], self.link_version
                yield "nvmlDeviceGetNvLinkRemotePciInfo", [number], _pci(end)
                yield "nvmlDeviceGetNvLinkRemoteDeviceType", [number], self.end_kind
        yield "nvmlDeviceGetNvLinkState", [len(self.ends)], NOT_THERE

    def _instances(self) -> Iterator[Call]:
        if not self.mig:
            return
        yield ["nvmlDeviceGetMaxMigDeviceCount", [self.handle], 7]
        for index in range(7):
            found = index < len(self.migs)
            name = f"{self.handle}/mig{index}"
            answer = {"handle": name} if found else {"error": 6}
            yield ["nvmlDeviceGetMigDeviceHandleByIndex", [self.handle, index], answer]
            if found:
                yield from self._instance(name, index, self.migs[index])

    def _instance(self, name: str, index: int, mig: Mig) -> Iterator[Call]:
        uuid = f"MIG-{self.index:08x}-{index:04x}-5000-8000-{mig.profile:012x}"
        yield ["nvmlDeviceGetGpuInstanceId", [name], mig.instance]
        get, instance = (
            "nvmlDeviceGetGpuInstanceById",
            f"{self.handle}/gi{mig.instance}",
        )
        refused = self.refused.get(get)
        answer = {"error": refused} if refused else {"handle": instance}
        yield [get, [self.handle, mig.instance], answer]
        place = {"start": mig.start, "size": mig.size}
        told = {"id": mig.instance, "profileId": mig.profile, "placement": place}
        yield ["nvmlGpuInstanceGetInfo", [instance], told]
        yield ["nvmlDeviceGetUUID", [name], uuid]
        yield ["nvmlDeviceGetComputeInstanceId", [name], mig.compute]
        slices = {"computeInstanceSliceCount": mig.slices}
        yield ["nvmlDeviceGetAttributes", [name], slices]


def _or_not(value: Any) -> Any:
    return NOT_SUPPORTED if value is None else value


def _pci(address: str) -> dict[str, str]:
    domain, _, rest = address.partition(":")
    return {"busId": f"{int(domain, 16):08X}:{rest.upper()}"}


def _profile(profile: Profile) -> dict[str, Any]:
    _, number, name, instances, memory, slices, processors, *engines, _, _ = profile
    copy, decoders, jpeg, ofa = engines
    return {
        "id": number,
        "sliceCount": slices,
        "instanceCount": instances,
        "multiprocessorCount": processors,
        "copyEngineCount": copy,
        "decoderCount": decoders,
        "encoderCount": 0,
        "jpegCount": jpeg,
        "ofaCount": ofa,
        "memorySizeMB": memory,
        "name": f"MIG {name}",
    }
