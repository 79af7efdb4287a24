"""Links between accelerators beside PCIe: NVLink as NVML tells it, xGMI as KFD does."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dractl.model.hosts import HostFacts

_XGMI: Final = 11  # HSA_IOLINK_TYPE_XGMI of the kernel's kfd_crat.h


@dataclass(frozen=True, slots=True)
class Link:
    """So many links from an accelerator to another, or to switches: `end` is None."""

    kind: str
    start: str
    end: str | None
    count: int
    inactive: int = 0


def links(facts: HostFacts) -> Iterator[Link]:
    """Yield the links of the machine, each pair once."""
    yield from _nvlinks(facts)
    yield from _xgmi(facts)


def _nvlinks(facts: HostFacts) -> Iterator[Link]:
    addresses = {each.pci for each in facts.nvml.gpus}
    for gpu in facts.nvml.gpus:
        up: Counter[str | None] = Counter()
        down = 0
        for each in gpu.links:
            end = each.remote if each.remote in addresses else None
            if each.is_active:
                up[end] += 1
            else:
                down += 1
        if gpu.pci is None:
            continue
        for end, count in up.items():
            # Both ends tell of a link.
            if end is None or gpu.pci < end:
                yield Link("NVLink", gpu.pci, end, count, 0 if end else down)
        if down and None not in up:
            yield Link("NVLink", gpu.pci, None, 0, down)


def _xgmi(facts: HostFacts) -> Iterator[Link]:
    addresses = {each.number: each.address for each in facts.kfd if each.gpu_id}
    pairs: Counter[tuple[str, str]] = Counter()
    for node in facts.kfd:
        for each in node.links:
            start = addresses.get(each.get("node_from", node.number))
            end = addresses.get(each.get("node_to", -1))
            if each.get("type") == _XGMI and start and end and start < end:
                pairs[start, end] = 1
    for (start, end), count in sorted(pairs.items()):
        yield Link("xGMI", start, end, count)
