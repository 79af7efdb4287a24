"""Machines as NVML tells of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tests.hosts.nvml.parts import A100_40GB, H100_80GB, Call, Gpu, Mig

Machine = tuple[str, str, list[Call], Sequence[str]]
HGX_H100: Final = ("1b", "43", "52", "61", "9d", "c3", "d1", "df")
DGX_A100: Final = ("07", "0f", "47", "4e", "87", "90", "b7", "bd")
A100_MINORS: Final = (2, 3, 0, 1, 6, 7, 4, 5)
_MIXED: Final = (
    Mig(2, 9, 4, 4, 3),
    Mig(3, 14, 0, 2, 2),
    Mig(9, 19, 2, 1, 1),
    Mig(10, 19, 3, 1, 1),
)
_SMALL: Final = [Mig(7 + start, 19, start, 1, 1) for start in range(7)]
A100_INSTANCES: Final = {
    minor: tuple(each.instance for each in migs)
    for minor, migs in zip(A100_MINORS, (_MIXED, _SMALL), strict=False)
}
"""The GPU instances of a DGX A100, by the minor numbers of its GPUs."""

_COMPLETE: Final = {"state": 3, "status": 0, "cliqueId": 0, "clusterUuid": [0] * 16}
_CLUSTER: Final = [0x5A, 0x1E, 0x00, 0x42] + [0] * 11 + [7]
_OLD: Final = (
    "nvmlDeviceGetAddressingMode",
    "nvmlDeviceGetGpuInstanceProfileInfoV",
    "nvmlDeviceGetGpuFabricInfoV",
    "nvmlDeviceGetGpuFabricInfo",
)


def machines() -> Iterator[Machine]:
    """Yield name, title, calls and missing functions of each."""
    yield "hgx-h100", "HGX H100: eight GPUs, four NVSwitches", _told(_h100s()), ()
    yield "dgx-a100", "DGX A100: MIG on three of eight", _told(_a100s()), ()
    yield "cloud-t4", "A cloud VM with one T4", _told([_t4()]), ()
    yield "vgpu-guest", "A guest with a vGPU", _told([_vgpu()]), ()
    lost = _h100s({1: {"nvmlDeviceGetHandleByIndex": 15}})[:3]
    yield "lost-gpu", "Three H100s, the second fell off the bus", _told(lost), ()
    ecc = _told(_h100s(ecc=1)[:2])
    yield "ecc-errors", "Two H100s, the second has ECC errors", ecc, ()
    closed = _told(_a100s({"nvmlDeviceGetGpuInstanceById": 4})[:1])
    yield "mig-no-permission", "An A100 with MIG, not run as root", closed, ()
    old = _told(_a100s()[:1], driver="450.248.02", cuda=11000)
    yield "old-library", "An A100 with MIG and a driver of 2020", old, _OLD
    yield (
        "gb10",
        "DGX Spark: a GB10 with unified memory",
        _told([_gb10()], "580.95.05", 13000),
        (),
    )
    yield "gb200", "A GB200 NVL72 compute tray", _told(_gb200s(), "580.126.20"), ()
    for name, title, code in (
        ("driver-not-loaded", "The kernel module is not loaded", 9),
        ("mismatch", "The library is newer than the module", 18),
        ("no-library", "There is no library", 12),
        ("forbidden", "The device nodes may not be opened", 4),
    ):
        yield name, title, [["nvmlInitWithFlags", [1], {"error": code}]], ()


def _told(
    gpus: Sequence[Gpu], driver: str = "570.172.08", cuda: int = 12080
) -> list[Call]:
    calls: list[Call] = [
        ["nvmlInitWithFlags", [1], None],
        ["nvmlSystemGetDriverVersion", [], driver],
        ["nvmlSystemGetCudaDriverVersion_v2", [], cuda],
        ["nvmlDeviceGetCount", [], len(gpus)],
    ]
    for gpu in gpus:
        calls += gpu.calls()
    return [*calls, ["nvmlShutdown", [], None]]


def _h100s(
    refused: Mapping[int, Mapping[str, int]] | None = None, ecc: int | None = None
) -> list[Gpu]:
    switches = [f"0000:0{number}:00.0" for number in (5, 6, 7, 8)]
    ends = [switches[end] for end in (0,) * 5 + (1,) * 4 + (2,) * 4 + (3,) * 5]
    return [
        Gpu(
            index,
            f"0000:{bus}:00.0",
            "NVIDIA H100 80GB HBM3",
            (9, 0),
            9,
            81559,
            profiles=H100_80GB,
            mig=False,
            ends=ends,
            fabric=_COMPLETE,
            ecc=3 if index == ecc else 0,
            refused=(refused or {}).get(index, {}),
        )
        for index, bus in enumerate(HGX_H100)
    ]


def _a100s(refused: Mapping[str, int] | None = None) -> list[Gpu]:
    ends = [f"0000:c{4 + number // 2}:00.0" for number in range(12)]
    migs: Mapping[int, Sequence[Mig]] = {0: _MIXED, 1: _SMALL}
    return [
        Gpu(
            index,
            f"0000:{bus}:00.0",
            "NVIDIA A100-SXM4-40GB",
            (8, 0),
            7,
            40960,
            minor=A100_MINORS[index],
            addressing=None,
            profiles=A100_40GB,
            mig=index in {0, 1, 2},
            migs=migs.get(index, ()),
            ends=ends if index > 2 else (),
            link_version=3,
            refused=refused or {},
        )
        for index, bus in enumerate(DGX_A100)
    ]


def _t4() -> Gpu:
    return Gpu(0, "0000:00:04.0", "Tesla T4", (7, 5), 6, 15360, addressing=0)


def _vgpu() -> Gpu:
    return Gpu(
        0,
        "0000:02:00.0",
        "NVIDIA A40-48Q",
        (8, 6),
        7,
        49152,
        brand=10,
        addressing=None,
        virtualization=2,
        ecc=None,
    )


def _gb10() -> Gpu:
    return Gpu(
        0, "000f:01:00.0", "NVIDIA GB10", (12, 1), 10, None, addressing=2, ecc=None
    )


def _gb200s() -> list[Gpu]:
    fabric: dict[str, Any] = {**_COMPLETE, "cliqueId": 32766, "clusterUuid": _CLUSTER}
    return [
        Gpu(
            index,
            f"{domain}:01:00.0",
            "NVIDIA GB200",
            (10, 0),
            10,
            189471,
            addressing=2,
            mig=False,
            fabric=fabric,
        )
        for index, domain in enumerate(("0008", "0009", "0018", "0019"))
    ]
