"""Accelerators of vendors that have no DRA driver, or none that is known here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from dractl.model.hosts import HostFacts, PciDevice
from dractl.vendors.attributes import ids, is_accelerator, located
from dractl.vendors.base import Found, Vendor, Wishes
from dractl.vendors.other_plugins import UNSERVED_PLUGINS
from dractl.vendors.plugins import Plugin

_DISPLAYS: Final = frozenset({0x0300, 0x0302, 0x0380})
_NONE_KNOWN: Final = "no DRA driver is known for it"


@dataclass(frozen=True, slots=True)
class _Maker:
    """A vendor: its PCI id, models by device ids, and what stands in for a driver.

    Without `others` only devices whose model is known are meant.
    """

    name: str
    title: str
    vendor: int
    models: Mapping[int, str]
    instead: str = ""
    others: bool = True

    def find(self, facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
        """Yield the vendor's accelerators by their addresses."""
        del wishes
        for function in facts.pci:
            if function.vendor == self.vendor and self._is_meant(function):
                yield self._found(function)

    def _is_meant(self, function: PciDevice) -> bool:
        if function.device in self.models:
            return True
        is_of_a_kind = function.kind in _DISPLAYS or is_accelerator(function)
        return self.others and is_of_a_kind

    def _found(self, function: PciDevice) -> Found:
        kind = "gpu" if function.kind in _DISPLAYS else "npu"
        model = self.models.get(function.device, f"{self.title} {ids(function)}")
        return replace(
            located(self.name, kind, model, function),
            why_not=f"{_NONE_KNOWN}; {self.instead}" if self.instead else _NONE_KNOWN,
            warnings=() if function.driver else ("no kernel driver is bound",),
        )


_MAKERS: Final = (
    _Maker(
        "furiosa",
        "FuriosaAI",
        0x1ED2,
        {0x0000: "Warboy", 0x0001: "RNGD"},
        "its device plugin offers furiosa.ai/<architecture>",
    ),
    _Maker(
        "tenstorrent",
        "Tenstorrent",
        0x1E52,
        {0x401E: "Wormhole", 0xB140: "Blackhole", 0xFACA: "Grayskull"},
    ),
    _Maker(
        "spyre", "IBM Spyre", 0x1014, {0x06A7: "Spyre", 0x06A8: "Spyre"}, others=False
    ),
    _Maker(
        "mthreads",
        "Moore Threads",
        0x1ED5,
        {
            0x0123: "MTT S2000",
            0x0201: "MTT S80",
            0x0202: "MTT S70",
            0x0222: "MTT S3000",
            0x0323: "MTT S4000",
            0x0327: "MTT S4000",
            0x0328: "MTT S4000",
        },
        "its device plugin offers mthreads.com/gpu",
    ),
    _Maker(
        "hygon",
        "Hygon",
        0x1D94,
        {0x6211: "K100_AI"},
        "HYGON-AI/k8s-hcu-dra-driver is not looked into yet",
    ),
    _Maker("kunlun", "Baidu Kunlun", 0x1D22, {0x3684: "Kunlun", 0x3685: "Kunlun2"}),
    _Maker(
        "cambricon",
        "Cambricon",
        0xCABC,
        {0x0270: "MLU270-S4", 0x0370: "MLU370-S4"},
        "its device plugin offers cambricon.com/mlu",
    ),
    _Maker("metax", "MetaX", 0x9999, {0x0A01: "C500"}),
    _Maker(
        "enflame", "Enflame", 0x1E36, {0xC035: "S60", 0xC041: "L300", 0xC042: "L600"}
    ),
    _Maker("graphcore", "Graphcore", 0x1D95, {0x0001: "Colossus GC2"}),
    _Maker("hailo", "Hailo", 0x1E60, {0x2864: "Hailo-8", 0x45C4: "Hailo-10H"}),
    _Maker("coral", "Coral", 0x1AC1, {0x089A: "Edge TPU"}, others=False),
    _Maker(
        "broadcom",
        "Broadcom",
        0x14E4,
        {0x5E87: "Valkyrie", 0x5E88: "Viper"},
    ),
)


def _plugins(name: str) -> tuple[Plugin, ...]:
    plugin = UNSERVED_PLUGINS.get(name)
    return () if plugin is None else (plugin,)


UNSERVED: Final = tuple(
    Vendor(maker.name, maker.title, (), maker.find, _plugins(maker.name))
    for maker in _MAKERS
)
