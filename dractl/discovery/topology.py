"""How the devices of a machine hang together: PCIe trees, links, and near NICs."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, TypeGuard

from dractl.discovery.links import Link, links
from dractl.model.hosts import HostFacts
from dractl.vendors.base import BACKGROUND, Found


class Place(Enum):
    """What a branch of the tree is."""

    NUMA = "numa"
    ROOT = "root"
    SWITCH = "switch"
    DEVICE = "device"


class Nearness(Enum):
    """The closest that two devices have in common, nearest first."""

    SWITCH = "switch"
    ROOT = "root"
    NUMA = "numa"
    SYSTEM = "system"


NEAR: Final[Mapping[Nearness, str]] = {
    Nearness.SWITCH: "behind the same switch",
    Nearness.ROOT: "at the same PCIe root",
    Nearness.NUMA: "at the same NUMA node",
    Nearness.SYSTEM: "at another NUMA node",
}
"""How near that is, in words."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of the tree.

    `name` is the number of a NUMA node, the name of a PCIe root, or an address; "" for
    what the kernel does not tell. `kind`, `label` and `model` are those of a device;
    `label` also tells what else a NUMA node has.
    """

    place: Place
    name: str
    kind: str = ""
    label: str = ""
    model: str = ""
    branches: tuple["Branch", ...] = ()


def told(branch: Branch, whole: Branch | None = None) -> str:
    """Return what is said of a branch; a part of a device repeats nothing of it."""
    if branch.place is Place.NUMA:
        title = f"NUMA node {branch.name}" if branch.name else "no NUMA node is told"
        return ": ".join(filter(None, (title, branch.label)))
    if branch.place is Place.ROOT:
        return f"PCIe root {branch.name}" if branch.name else "no PCIe root"
    if branch.place is Place.SWITCH:
        return f"switch {branch.name}"
    parts = [branch.name, branch.kind, branch.label, branch.model]
    if whole is not None and whole.place is Place.DEVICE:
        own = branch.model.removeprefix(whole.model).strip()
        name = branch.name if branch.name != whole.name else ""
        parts = [name, branch.kind, branch.label, own]
    return "  ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Affinity:
    """An accelerator, and the NICs that are the nearest to it."""

    device: str
    nearness: Nearness
    nics: tuple[str, ...]


@dataclass(frozen=True)
class Topology:
    """The tree, the links between accelerators, and the NICs near them."""

    branches: tuple[Branch, ...] = ()
    links: tuple[Link, ...] = ()
    affinities: tuple[Affinity, ...] = ()

    @property
    def called(self) -> Mapping[str, str]:
        """What devices are called, by their addresses."""
        return dict(_names(self.branches))


def topology(facts: HostFacts, found: Sequence[Found]) -> Topology:
    """Return how those devices that have an address hang together."""
    chart = _Chart(facts, found)
    return Topology(
        tuple(chart.numa_branches()), tuple(links(facts)), tuple(chart.affinities())
    )


def pruned(whole: Topology, kept: Collection[str]) -> Topology:
    """Return what is left with the devices of these addresses alone."""
    return Topology(
        tuple(_kept(whole.branches, kept)),
        tuple(each for each in whole.links if {each.start, each.end} & {*kept}),
        tuple(each for each in whole.affinities if each.device in kept),
    )


def _names(branches: Iterable[Branch]) -> Iterator[tuple[str, str]]:
    for each in branches:
        if each.place is Place.DEVICE:
            yield each.name, each.label or each.name
        else:
            yield from _names(each.branches)


def _kept(branches: Iterable[Branch], kept: Collection[str]) -> Iterator[Branch]:
    for each in branches:
        if each.place is Place.DEVICE:
            if each.name in kept:
                yield each
            continue
        inside = tuple(_kept(each.branches, kept))
        if each.place is Place.SWITCH and len(inside) == 1:
            yield from inside
        elif inside or each.place is Place.NUMA:
            yield replace(each, branches=inside)


class _Chart:
    """The whole devices of a machine, the parts of each, and the ways to them."""

    def __init__(self, facts: HostFacts, found: Sequence[Found]) -> None:
        self._numa = facts.numa
        # A device that two drivers would publish is still one.
        placed = {each.address: each for each in reversed(found) if each.address}
        self._whole = [
            each
            for each in found
            if each.address is not None
            and placed[each.address] is each
            and (each.parent is None or each.parent not in placed)
        ]
        self._parts: dict[str, list[Found]] = {}
        for each in found:
            if each.parent is not None:
                self._parts.setdefault(each.parent, []).append(each)
        self._paths: Mapping[str | None, tuple[str, ...]] = {
            each.address: (each.root or "", *each.path) for each in facts.pci
        }

    def numa_branches(self) -> Iterator[Branch]:
        """Yield the NUMA nodes, last what is near none that is told."""
        labels = {each.number: _amounts(each.cpus, each.memory) for each in self._numa}
        told = filter(_is_told, map(self._numa_of, self._whole))
        for number in sorted({*told, *labels}):
            here = [each for each in self._whole if self._numa_of(each) == number]
            branches = tuple(self._roots(here))
            label = labels.get(number, "")
            yield Branch(Place.NUMA, str(number), label=label, branches=branches)
        if rest := [each for each in self._whole if self._numa_of(each) is None]:
            yield Branch(Place.NUMA, "", branches=tuple(self._roots(rest)))

    def _numa_of(self, device: Found) -> int | None:
        """Return the node of a device; where there is but one, the kernel is silent."""
        if device.numa_node is None and len(self._numa) == 1:
            return self._numa[0].number
        return device.numa_node

    def _roots(self, devices: Sequence[Found]) -> Iterator[Branch]:
        by_root: dict[str, list[Found]] = {}
        for each in devices:
            by_root.setdefault(self._path(each)[0], []).append(each)
        for root, inside in sorted(by_root.items()):
            yield Branch(Place.ROOT, root, branches=tuple(self._below(inside, 1)))

    def _below(self, devices: Sequence[Found], depth: int) -> Iterator[Branch]:
        """Yield what is below a bridge that is at that depth of all the paths."""
        ways: dict[str, list[Found]] = {}
        for each in devices:
            path = self._path(each)
            ways.setdefault(path[min(depth, len(path) - 1)], []).append(each)
        for name, inside in ways.items():
            if all(each.address == name for each in inside):
                yield from map(self._device, inside)
            elif len({_slot(each) for each in inside}) == 1:
                yield from self._below(inside, depth + 1)
            else:
                branches = tuple(self._below(inside, depth + 1))
                # Only where the ways part there is something to show.
                is_fork = len(branches) > 1
                if is_fork:
                    yield Branch(Place.SWITCH, name, branches=branches)
                else:
                    yield from branches

    def _path(self, device: Found) -> tuple[str, ...]:
        address = device.address or ""
        found = self._paths.get(address, ())
        return found if found[1:] else (found[0] if found else "", address)

    def _device(self, device: Found) -> Branch:
        inside = self._parts.get(device.address or "", ())
        return _leaf(device, tuple(map(_leaf, inside)))

    def affinities(self) -> Iterator[Affinity]:
        """Yield the nearest NICs of every accelerator."""
        nics = [each for each in self._whole if each.kind == "nic"]
        for each in self._whole:
            if each.kind in {"nic", *BACKGROUND} or not nics:
                continue
            near = {nic.address or "": self._nearness(each, nic) for nic in nics}
            nearest = min(near.values(), key=list(Nearness).index)
            names = tuple(name for name, level in near.items() if level is nearest)
            yield Affinity(each.address or "", nearest, names)

    def _nearness(self, one: Found, other: Found) -> Nearness:
        mine, theirs = self._path(one)[:-1], self._path(other)[:-1]
        shared = _shared(mine, theirs)
        if shared > 1:
            return Nearness.SWITCH
        if shared and mine[0]:
            return Nearness.ROOT
        numa = self._numa_of(one)
        if numa is not None and numa == self._numa_of(other):
            return Nearness.NUMA
        return Nearness.SYSTEM


def _is_told(numa: int | None) -> TypeGuard[int]:
    return numa is not None


def _leaf(device: Found, inside: tuple[Branch, ...] = ()) -> Branch:
    name = device.device["name"] if device.device is not None else ""
    address = device.address or ""
    return Branch(Place.DEVICE, address, device.kind, name, device.model, inside)


def _amounts(cpus: str, memory: int | None) -> str:
    amount = "" if memory is None else f"{round(memory / 2**30)} GiB"
    return ", ".join(filter(None, (f"CPUs {cpus}" if cpus else "", amount)))


def _slot(device: Found) -> str:
    """Return the address without the function, of which a device may have several."""
    return (device.address or "").rpartition(".")[0]


def _shared(one: Iterable[str], other: Iterable[str]) -> int:
    """Return how many steps from the root are the same."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
