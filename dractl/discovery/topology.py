"""How the devices of a machine hang together: PCIe trees, links, and near NICs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from dractl.discovery.links import Link, links
from dractl.model.hosts import HostFacts
from dractl.vendors.base import Found


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


def topology(facts: HostFacts, found: Sequence[Found]) -> Topology:
    """Return how those devices that have an address hang together."""
    chart = _Chart(facts, found)
    return Topology(
        tuple(chart.numa_branches()), tuple(links(facts)), tuple(chart.affinities())
    )


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
        told = {each.numa_node for each in self._whole if each.numa_node is not None}
        for number in sorted(told | labels.keys()):
            here = [each for each in self._whole if each.numa_node == number]
            branches = tuple(self._roots(here))
            label = labels.get(number, "")
            yield Branch(Place.NUMA, str(number), label=label, branches=branches)
        if rest := [each for each in self._whole if each.numa_node is None]:
            yield Branch(Place.NUMA, "", branches=tuple(self._roots(rest)))

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
        return Branch(
            Place.DEVICE,
            device.address or "",
            device.kind,
            device.device["name"] if device.device is not None else "",
            device.model,
            tuple(map(self._device, inside)),
        )

    def affinities(self) -> Iterator[Affinity]:
        """Yield the nearest NICs of every accelerator."""
        nics = [each for each in self._whole if each.kind == "nic"]
        for each in self._whole:
            if each.kind == "nic" or not nics:
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
        if one.numa_node is not None and one.numa_node == other.numa_node:
            return Nearness.NUMA
        return Nearness.SYSTEM


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
