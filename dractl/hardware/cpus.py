"""CPUs and NUMA nodes, from /sys/devices/system."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Final

from dractl.hardware.host import Folder, Host, number
from dractl.model.hosts import Cpu, NumaNode

_CPUS: Final = "sys/devices/system/cpu"
_NODES: Final = "sys/devices/system/node"
_CORE_TYPES: Final = {
    "p-core": "sys/devices/cpu_core/cpus",
    "e-core": "sys/devices/cpu_atom/cpus",
}
_MOST_CPUS: Final = 1 << 13  # as Linux itself on x86
_LIST: Final = re.compile(r"{0}(,{0})*".format(r"[0-9]{1,4}(-[0-9]{1,4})?"))
_TOTAL: Final = re.compile(r"MemTotal: +([0-9]{1,15}) kB")
_PAGES: Final = re.compile(r"hugepages-([0-9]{1,10})kB")
_THIRD_LEVEL: Final = 3


def numa_nodes(host: Host) -> tuple[NumaNode, ...]:
    """Return the NUMA nodes in the order of their numbers."""
    nodes = host.folder(_NODES)
    if nodes is None:
        return ()
    folders = ((each, nodes.folder(f"node{each}")) for each in nodes.numbered("node"))
    return tuple(_node(each, folder) for each, folder in folders if folder)


def all_cpus(host: Host, nodes: tuple[NumaNode, ...]) -> tuple[Cpu, ...]:
    """Return the logical CPUs in the order of their numbers."""
    folder = host.folder(_CPUS)
    if folder is None:
        return ()
    # Kernels that cannot take CPUs away do not tell which ones are there.
    online = frozenset(numbers(cpu_list(folder.text("online"))))
    places = {cpu: node.number for node in nodes for cpu in numbers(node.cpus)}
    types = {
        cpu: word
        for word, path in _CORE_TYPES.items()
        for cpu in numbers(cpu_list(host.text(path)))
    }
    return tuple(
        Cpu(
            number=each,
            core=_id(folder.number(f"cpu{each}/topology/core_id")),
            socket=_id(folder.number(f"cpu{each}/topology/physical_package_id")),
            numa_node=places.get(each),
            cache_l3=_third_cache(folder, each),
            is_online=not online or each in online,
            core_type=types.get(each, ""),
        )
        for each in folder.numbered("cpu")
    )


def cpu_list(text: str | None) -> str:
    """Return a list such as `0-3,8`, "" for what is none."""
    return text if text is not None and _LIST.fullmatch(text) else ""


def numbers(cpus: str) -> Iterator[int]:
    """Yield the numbers of a list, as many as a machine can have."""
    ends = (part.partition("-") for part in cpus.split(",") if part)
    ranges = (range(int(first), int(last or first) + 1) for first, _, last in ends)
    yield from islice(chain.from_iterable(ranges), _MOST_CPUS)


def _node(each: int, folder: Folder) -> NumaNode:
    total = _TOTAL.search(folder.text("meminfo") or "")
    distances = map(number, (folder.text("distance") or "").split())
    return NumaNode(
        number=each,
        cpus=cpu_list(folder.text("cpulist")),
        memory=int(total[1]) << 10 if total else None,
        distances=tuple(each for each in distances if each is not None),
        hugepages=_huge_pages(folder.folder("hugepages")),
    )


def _huge_pages(folder: Folder | None) -> Mapping[int, int]:
    if folder is None:
        return {}
    counts = {
        int(match[1]) << 10: folder.number(f"{name}/nr_hugepages")
        for name in folder.names
        if (match := _PAGES.fullmatch(name))
    }
    return {size: counts[size] or 0 for size in sorted(counts)}


def _third_cache(folder: Folder, each: int) -> int | None:
    cache = f"cpu{each}/cache/index3"
    if folder.number(f"{cache}/level") != _THIRD_LEVEL:
        return None
    return _id(folder.number(f"{cache}/id"))


def _id(stated: int | None) -> int | None:
    """Return an id; the kernel says -1 where it does not know."""
    return None if stated is None or stated < 0 else stated
