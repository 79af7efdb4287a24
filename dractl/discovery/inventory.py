"""The devices of a machine in their order, and what is to be known about them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dractl.discovery.kubelet import registered_drivers
from dractl.discovery.topology import Topology, pruned, topology
from dractl.model.hosts import HostFacts, HostProblem, NvmlState
from dractl.vendors import VENDORS
from dractl.vendors.base import BACKGROUND, Found, Vendor, Wishes

_NETWORK: Final = frozenset({"nic"})
_NVIDIA: Final = 0x10DE
_DISPLAY: Final = 0x03
_NO_WISHES: Final = Wishes()


@dataclass(frozen=True, slots=True)
class Missing:
    """Files that would bring device nodes into containers, of which some are gone."""

    path: str
    kind: str
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class Inventory:
    """What a machine has; `node` is its name in the cluster.

    `nvml` tells why NVML is silent on a machine that has something of NVIDIA.
    `functions` is the number of its PCI functions, known or not. `registered` are the
    DRA drivers that the kubelet was told of, None where its folder is not seen.
    `cdi` are files that no longer fit the machine.
    """

    node: str
    machine: str = ""
    kernel: str = ""
    architecture: str = ""
    nvml: str = ""
    functions: int = 0
    found: tuple[Found, ...] = ()
    topology: Topology = field(default_factory=Topology)
    registered: tuple[str, ...] | None = None
    cdi: tuple[Missing, ...] = ()
    problems: tuple[HostProblem, ...] = ()

    @property
    def accelerators(self) -> tuple[Found, ...]:
        """The devices that are neither everybody's nor the network's."""
        kinds = _kinds(self.found)
        return tuple(each for each in self.found if _group(each, kinds) == 0)


def inventory(
    facts: HostFacts,
    wishes: Wishes = _NO_WISHES,
    vendors: Sequence[Vendor] = VENDORS,
    node: str | None = None,
) -> Inventory:
    """Return what the vendors find on a machine, accelerators first."""
    name = node or facts.name.lower()
    wishes = replace(wishes, node=name)
    found = _ordered(each for vendor in vendors for each in vendor.find(facts, wishes))
    return Inventory(
        name,
        " ".join(filter(None, map(facts.dmi.get, ("sys_vendor", "product_name")))),
        facts.kernel,
        facts.architecture,
        _nvml(facts),
        len(facts.pci),
        found,
        topology(facts, found),
        registered_drivers(facts),
        tuple(_missing(facts)),
        facts.problems,
    )


def narrowed(
    whole: Inventory,
    *,
    kinds: Collection[str] = (),
    vendors: Collection[str] = (),
    drivers: Collection[str] = (),
    everything: bool = False,
) -> Inventory:
    """Return the inventory of some devices: unless named, all but everybody's."""
    is_all = bool(everything or kinds or vendors or drivers)
    kept = tuple(
        each
        for each in whole.found
        if (is_all or each.kind not in BACKGROUND)
        and (not kinds or each.kind in kinds)
        and (not vendors or each.vendor in vendors)
        and (not drivers or each.driver in drivers)
    )
    addresses = {each.address for each in kept if each.address is not None}
    return replace(whole, found=kept, topology=pruned(whole.topology, addresses))


def notes(whole: Inventory) -> Iterator[str]:
    """Yield what helps where there is nothing to show."""
    if not whole.accelerators and not whole.functions:
        yield (
            "no accelerator was found, and no PCI device at all; in a container, mount "
            "the host's /sys, /proc and /dev and name their place with --root"
        )
    elif not whole.accelerators:
        yield f"no accelerator was found among {whole.functions} PCI functions"


def _nvml(facts: HostFacts) -> str:
    """Return why NVML is silent; "" where it is not, or has nothing to tell."""
    nvml = facts.nvml
    has_nvidia = any(
        each.vendor == _NVIDIA and each.kind >> 8 == _DISPLAY for each in facts.pci
    )
    if nvml.state is NvmlState.READ or not has_nvidia:
        return ""
    detail = f" ({nvml.detail})" if nvml.detail else ""
    return f"NVML: {nvml.state.value}{detail}"


def _missing(facts: HostFacts) -> Iterator[Missing]:
    for spec in facts.cdi:
        if spec.missing:
            yield Missing(spec.path, spec.kind, spec.missing)


# -- the order


def _ordered(found: Iterable[Found]) -> tuple[Found, ...]:
    """Return accelerators, then the network, then the rest; else as they came."""
    listed = list(found)
    kinds = _kinds(listed)
    return tuple(sorted(listed, key=lambda each: _group(each, kinds)))


def _group(found: Found, kinds: Mapping[str, str]) -> int:
    """Return the number of its group; a part of a device is in the group of that."""
    kind = kinds.get(found.parent or "", found.kind)
    if kind in BACKGROUND:
        return 2
    return 1 if kind in _NETWORK else 0


def _kinds(found: Iterable[Found]) -> Mapping[str, str]:
    """Return the kinds of devices that are no parts of others, by their addresses."""
    return {
        each.address: each.kind
        for each in found
        if each.address is not None and each.parent is None
    }
