"""NVMe disks, which no DRA driver that is known publishes."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from dractl.model.hosts import HostFacts, PciDevice
from dractl.vendors.attributes import ids, located
from dractl.vendors.base import Found, Vendor, Wishes
from dractl.vendors.nics import USERSPACE

_NVME: Final = 0x0108
_MODEL_FILE: Final = re.compile(r"nvme/nvme\d+/model")
_MODELS: Final = {
    (0x1D0F, 0x8061): "Amazon EBS",
    (0x1D0F, 0xCD01): "Amazon instance storage",
    (0x1AE0, 0x001F): "Google disk",
}
_WHY_NOT: Final = "no DRA driver is known that publishes disks"


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    """Yield controllers by their addresses."""
    del wishes
    for function in facts.pci:
        if function.kind == _NVME:
            yield _disk(function)


NVME: Final = Vendor("nvme", "NVMe disks", (), _find)


def _told(function: PciDevice) -> str | None:
    names = (name for name in function.texts if _MODEL_FILE.fullmatch(name))
    texts = (function.texts[name].strip() for name in names)
    known = _MODELS.get((function.vendor, function.device))
    return next(filter(None, texts), known)


def _disk(function: PciDevice) -> Found:
    model = _told(function) or f"NVMe {ids(function)}"
    warnings: tuple[str, ...] = ()
    if function.driver is None:
        warnings = ("no kernel driver is bound",)
    elif function.driver in USERSPACE:
        warnings = (f"{function.driver} is bound: the node does not see the disk",)
    found = located("nvme", "nvme", model, function)
    return replace(found, why_not=_WHY_NOT, warnings=warnings)
