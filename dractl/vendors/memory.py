"""Memory and huge pages of NUMA nodes as the memory driver publishes them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dractl.model.hosts import HostFacts
from dractl.vendors.attributes import NUMA_NODE, Known, attributes
from dractl.vendors.base import Class, Driver, Found, Vendor, Wire, Wishes
from dractl.vendors.wire import amount, capacity, device

_STANDARD: Final = 'device.attributes["resource.kubernetes.io"]'


def _pages(name: str, size: str, *, huge: bool) -> Class:
    test = f'{_STANDARD}.pageSize == "{size}" && {_STANDARD}.hugeTLB == '
    return Class(name, selector=f"{test}{'true' if huge else 'false'}")


_DRIVER: Final = Driver(
    "memory",
    "dra.memory",
    (
        _pages("dra.memory", "4Ki", huge=False),
        _pages("dra.hugepages-2m", "2Mi", huge=True),
        _pages("dra.hugepages-1g", "1Gi", huge=True),
    ),
    {},
    frozenset({"size"}),
    has_random_names=True,
)
_PAGE_SIZE: Final = "resource.kubernetes.io/pageSize"
_HUGE: Final = "resource.kubernetes.io/hugeTLB"
_NUMA_NODES: Final = (NUMA_NODE, "dra.cpu/numaNodeID", "dra.net/numaNode")
_KIB: Final = 1 << 10
_MIB: Final = 1 << 20
_GIB: Final = 1 << 30
_LEAST: Final = _MIB  # what the driver gives to a claim that asks for no amount
_SHARING: Final = "DRAConsumableCapacity"
_NO_PAGE_SIZE: Final = "the size of this machine's pages is not known"


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    """Yield the memory of each node, followed by its huge pages by their size."""
    page = _page_size(facts)
    for node in facts.numa:
        if node.memory:
            yield _memory(node.number, page, node.memory, wishes)
        for size, count in sorted(node.hugepages.items()):
            if count:
                yield _huge_pages(node.number, size, count, wishes)


MEMORY: Final = Vendor("memory", "memory", (_DRIVER,), _find)


def _page_size(facts: HostFacts) -> int | None:
    """Return the size of a plain page, which shows in the sizes of huge ones.

    Kernels with pages of 64Ki have 512Mi for a huge one, those with 16Ki have 32Mi and,
    unlike those with 4Ki, no 64Ki (arch/arm64/mm/hugetlbpage.c).
    """
    sizes = {size for node in facts.numa for size in node.hugepages}
    if facts.page_size is not None:
        return facts.page_size
    if facts.architecture == "x86_64":
        return 4 * _KIB
    if 512 * _MIB in sizes:
        return 64 * _KIB
    if 32 * _MIB in sizes and 64 * _KIB not in sizes:
        return 16 * _KIB
    return 4 * _KIB if 2 * _MIB in sizes else None


def _memory(node: int, page: int | None, whole: int, wishes: Wishes) -> Found:
    model = f"{whole / _GIB:.1f} GiB"
    if page is None:
        return _found(node, model, None, wishes)
    values: dict[str, Known] = {_PAGE_SIZE: amount(page, "BinarySI"), _HUGE: False}
    sizes = _Sizes(whole, page, _LEAST)
    return _found(node, model, _device("memory", node, values, sizes, wishes), wishes)


def _huge_pages(node: int, size: int, count: int, wishes: Wishes) -> Found:
    page = amount(size, "BinarySI")
    values: dict[str, Known] = {_PAGE_SIZE: page, _HUGE: True}
    stem = f"hugepages-{page.lower()}"
    published = _device(stem, node, values, _Sizes(size * count, size, size), wishes)
    return _found(node, f"{count} pages of {page}", published, wishes)


def _found(node: int, model: str, published: Wire | None, wishes: Wishes) -> Found:
    shares = wishes.profile.enabled(_SHARING)
    return Found(
        "memory",
        "memory",
        model,
        numa_node=node,
        driver=_DRIVER.name,
        device=published,
        why_not="" if published else _NO_PAGE_SIZE,
        warnings=() if shares else (f"without {_SHARING} one claim takes all of it",),
    )


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Bytes: all, those of a page, and what a claim gets that asks for no amount."""

    whole: int
    page: int
    default: int


def _device(
    stem: str, node: int, values: Mapping[str, Known], sizes: _Sizes, wishes: Wishes
) -> Wire:
    numa_node = dict.fromkeys(_NUMA_NODES, node)
    size: dict[str, Any] = dict(capacity(sizes.whole, "BinarySI"))
    published = device(
        f"{stem}-node{node}", attributes({**values, **numa_node}), {"size": size}
    )
    if wishes.profile.enabled(_SHARING):
        page, default = (amount(n, "BinarySI") for n in (sizes.page, sizes.default))
        steps = {"min": page, "max": size["value"], "step": page}
        size["requestPolicy"] = {"default": default, "validRange": steps}
        published["allowMultipleAllocations"] = True
    return published
