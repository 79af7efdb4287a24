"""CPUs as the CPU driver publishes them: in groups, or one by one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dractl.model.hosts import Cpu, HostFacts
from dractl.vendors.attributes import NUMA_NODE, Known, attributes
from dractl.vendors.base import Class, Driver, Found, Vendor, Wishes
from dractl.vendors.wire import capacity, device

_INDIVIDUAL: Final = "individual"
_MACHINE: Final = "machine"
_SOCKET: Final = "socket"
_NUMA: Final = "numanode"
_DRIVER: Final = Driver(
    "cpu",
    "dra.cpu",
    (Class("dra.cpu"),),
    {
        "coreType": "string",
        **dict.fromkeys(
            ("socketID", "numCPUs", "cpuID", "coreID", "cacheL3ID", "numaNodeID"), "int"
        ),
        "smtEnabled": "bool",
    },
    frozenset({"cpu"}),
    schemas=(_INDIVIDUAL, _MACHINE, _SOCKET, _NUMA),
)
_GROUPINGS: Final[Mapping[str, tuple[str, Callable[[Cpu], int | None]]]] = {
    _SOCKET: ("cpudevsocket", lambda cpu: cpu.socket),
    _NUMA: ("cpudevnuma", lambda cpu: cpu.numa_node),
}
_UNPLACED: Final = (
    "its kernel tells no NUMA node of its CPUs, so that none is published"
)
_SHARING: Final = "DRAConsumableCapacity"


@dataclass(frozen=True, slots=True)
class _Placed:
    """A CPU whose place is known; the driver passes over others."""

    number: int
    core: int
    socket: int
    numa_node: int
    cpu: Cpu


def _find(facts: HostFacts, wishes: Wishes) -> Iterator[Found]:
    """Yield devices by their names; CPUs that are offline are none."""
    online = [each for each in facts.cpus if each.is_online]
    placed = sorted(_placed(online), key=lambda each: each.number)
    if online and not placed:
        yield Found(
            "cpu", "cpu", _count(online), driver=_DRIVER.name, why_not=_UNPLACED
        )
        return
    cores = {(each.socket, each.core) for each in placed}
    has_smt = len(placed) > len(cores)
    if wishes.schema(_DRIVER) == _INDIVIDUAL:
        yield from _each(placed, has_smt=has_smt)
    else:
        yield from _groups(placed, wishes, has_smt=has_smt)


CPU: Final = Vendor("cpu", "CPUs", (_DRIVER,), _find)


def _count(cpus: Sequence[object]) -> str:
    return "1 CPU" if len(cpus) == 1 else f"{len(cpus)} CPUs"


def _placed(cpus: Sequence[Cpu]) -> Iterator[_Placed]:
    for cpu in cpus:
        if None not in (place := (cpu.core, cpu.socket, cpu.numa_node)):
            core, socket, numa_node = (each or 0 for each in place)
            yield _Placed(cpu.number, core, socket, numa_node, cpu)


# -- in groups


def _groups(
    placed: Sequence[_Placed], wishes: Wishes, *, has_smt: bool
) -> Iterator[Found]:
    grouping = wishes.schema(_DRIVER)
    if grouping == _MACHINE:
        yield _group("cpudevmachine", placed, {"smtEnabled": has_smt}, wishes)
        return
    stem, number_of = _GROUPINGS[grouping]
    groups: dict[int, list[_Placed]] = {}
    for each in placed:
        number = number_of(each.cpu)
        groups.setdefault(number or 0, []).append(each)
    for number, members in sorted(groups.items()):
        own: dict[str, Known] = {"smtEnabled": has_smt, "socketID": members[0].socket}
        numa_node = number if grouping == _NUMA else None
        yield _group(f"{stem}{number:03}", members, own, wishes, numa_node)


def _group(
    name: str,
    members: Sequence[_Placed],
    own: Mapping[str, Known],
    wishes: Wishes,
    numa_node: int | None = None,
) -> Found:
    values = {**own, "numCPUs": len(members), **_numa_node(numa_node)}
    published: dict[str, Any] = device(
        name, attributes(_qualified(values)), {"dra.cpu/cpu": capacity(len(members))}
    )
    warnings: tuple[str, ...] = ()
    if wishes.profile.enabled(_SHARING):
        published["allowMultipleAllocations"] = True
    else:
        warnings = (f"without {_SHARING} one claim takes {_count(members)}",)
    return Found(
        "cpu",
        "cpu",
        _count(members),
        numa_node=numa_node,
        driver=_DRIVER.name,
        device=published,
        warnings=warnings,
        details={"cpus": _ranges([each.number for each in members])},
    )


def _numa_node(number: int | None) -> dict[str, Known]:
    """Return the attributes that have it, for drivers with different names for it."""
    names = (NUMA_NODE, "dra.net/numaNode", "dra.cpu/numaNodeID")
    return dict.fromkeys(names, number)


def _qualified(values: Mapping[str, Known]) -> dict[str, Known]:
    return {
        name if "/" in name else f"{_DRIVER.name}/{name}": value
        for name, value in values.items()
    }


def _ranges(numbers: Sequence[int]) -> str:
    """Return sorted numbers as the kernel lists CPUs: `0-3,8`."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1] = [ranges[-1][0], number]
        else:
            ranges.append([number])
    return ",".join("-".join(map(str, each)) for each in ranges)


# -- one by one


def _each(placed: Sequence[_Placed], *, has_smt: bool) -> Iterator[Found]:
    """Yield CPUs so that the two threads of a core are neighbours."""
    cores: dict[tuple[int, int], list[_Placed]] = {}
    for each in placed:
        cores.setdefault((each.socket, each.core), []).append(each)
    # The driver knows siblings only where a core has two threads.
    groups = [
        group
        for core in cores.values()
        for group in ([core] if len(core) <= 2 else [[each] for each in core])  # noqa: PLR2004
    ]
    ordered = sorted(groups, key=lambda group: group[0].number)
    for number, each in enumerate(one for group in ordered for one in group):
        yield _single(f"cpudev{number:03}", each, has_smt=has_smt)


def _single(name: str, placed: _Placed, *, has_smt: bool) -> Found:
    cpu = placed.cpu
    values: dict[str, Known] = {
        "cpuID": placed.number,
        "coreID": placed.core,
        "coreType": cpu.core_type or "standard",
        "socketID": placed.socket,
        "cacheL3ID": -1 if cpu.cache_l3 is None else cpu.cache_l3,
        "smtEnabled": has_smt,
        **_numa_node(placed.numa_node),
    }
    return Found(
        "cpu",
        "cpu",
        f"CPU {placed.number}",
        numa_node=placed.numa_node,
        driver=_DRIVER.name,
        device=device(name, attributes(_qualified(values)), {}),
    )
