"""AMD's GPUs as the kernel shows them: their partition modes, parts and identities.

The parts of a GPU are its own DRM nodes, and platform devices of which only KFD, AMD's
compute topology, tells whose they are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dractl.model.hosts import HostFacts, KfdNode, PciDevice

VENDOR: Final = 0x1002
KINDS: Final = frozenset({0x0300, 0x0302, 0x0380, 0x1200})
"""Classes of GPUs: without displays they are processing accelerators since MI300."""

WHOLE: Final = "spx"
_COMPUTE: Final = "current_compute_partition"
_MEMORY: Final = "current_memory_partition"

_MODELS: Final[Mapping[int, str]] = {
    0x6860: "MI25",
    0x738C: "MI100",
    0x7408: "MI250X",
    0x740C: "MI250X",
    0x740F: "MI210",
    0x74A0: "MI300A",
    0x74A1: "MI300X",
    0x74A2: "MI308X",
    0x74A5: "MI325X",
    0x74B5: "MI300X VF",
    0x74B9: "MI325X VF",
    0x75A0: "MI350X",
    0x75A3: "MI355X",
}
INTEGRATED: Final[Mapping[int, str]] = {
    0x13C0: "Granite Ridge",
    0x150E: "Strix",
    0x15BF: "Phoenix",
    0x15C8: "Phoenix 2",
    0x15D8: "Picasso",
    0x15DD: "Raven Ridge",
    0x1636: "Renoir",
    0x1638: "Cezanne",
    0x164E: "Raphael",
    0x1681: "Rembrandt",
    0x1900: "Hawk Point",
}
"""Graphics inside of processors: what drives a screen rather than a job."""


@dataclass(frozen=True, slots=True)
class Part:
    """What the driver takes for one device: a whole GPU, or one of its partitions.

    `memory` is in bytes; 0 is not known, as with the others. `name` is that of the
    platform device, "" for the GPU's own nodes.
    """

    card: int
    render: int
    memory: int = 0
    compute_units: int = 0
    simds: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU; the modes are "" where it cannot be partitioned, `unique` is KFD's id.

    `fault` says why the driver cannot make out what it is, "" if it can.
    """

    pci: PciDevice
    compute: str = ""
    memory: str = ""
    unique: str = ""
    target: int = 0
    parts: tuple[Part, ...] = ()
    fault: str = ""

    @property
    def is_divided(self) -> bool:
        """Whether there are partitions instead of the whole."""
        return self.compute not in {"", WHOLE}

    @property
    def profile(self) -> str:
        """Its modes as the driver writes them, "" without any."""
        return f"{self.compute}_{self.memory}" if self.compute else ""

    @property
    def product(self) -> str:
        """Its name as the driver writes it, "" where the kernel has none."""
        kept = self.pci.texts.get("product_name", "")
        return kept.replace(" ", "_").replace("(", "").replace(")", "")

    @property
    def model(self) -> str:
        """Its name for people."""
        number = self.pci.device
        integrated = INTEGRATED.get(number)
        if integrated is not None:
            return f"AMD {integrated} (integrated)"
        known = self.pci.texts.get("product_name") or _MODELS.get(number)
        if known is None:
            return f"AMD GPU {number:04x}"
        return known if known.startswith("AMD") else f"AMD {known}"


def gpus(facts: HostFacts) -> Iterator[Gpu]:
    """Yield all GPUs, also those that the kernel driver does not have."""
    nodes = {
        minor: node
        for node in facts.kfd
        if (minor := node.properties.get("drm_render_minor", 0)) > 0
    }
    functions = [
        each for each in facts.pci if each.vendor == VENDOR and each.kind in KINDS
    ]
    others = _others(facts, nodes, functions)
    for function in sorted(functions, key=lambda each: each.address):
        parts = others.get(function.address, [])
        yield _gpu(function, facts, nodes, tuple(parts))


def _gpu(
    function: PciDevice,
    facts: HostFacts,
    nodes: Mapping[int, KfdNode],
    others: tuple[Part, ...],
) -> Gpu:
    compute = function.texts.get(_COMPUTE, "").strip().lower()
    memory = function.texts.get(_MEMORY, "").strip().lower()
    if not function.cards or not function.renders:
        return Gpu(function, compute, memory, fault="it has no card and render node")
    node = nodes.get(function.renders[-1])
    unique = _unique(node)
    own = _part(function.cards[-1], function.renders[-1], node)
    return Gpu(
        function,
        compute,
        memory,
        unique,
        node.properties.get("gfx_target_version", 0) if node is not None else 0,
        (own, *others),
        _fault(function, facts, compute, memory, unique),
    )


def _fault(
    function: PciDevice, facts: HostFacts, compute: str, memory: str, unique: str
) -> str:
    for name in (_COMPUTE, _MEMORY):
        if any(
            each.where.endswith(f"{function.address}/{name}") for each in facts.problems
        ):
            return f"its file {name} cannot be read"
    if bool(compute) != bool(memory):
        return "it tells only one of its compute and memory partition modes"
    if compute not in {"", WHOLE} and not unique:
        return "KFD does not know it, so its partitions have no GPU"
    return ""


def _others(
    facts: HostFacts, nodes: Mapping[int, KfdNode], functions: list[PciDevice]
) -> dict[str, list[Part]]:
    """Return the parts that are platform devices by their GPUs' addresses.

    The kernel makes more of them than it uses; those that KFD does not know are none.
    """
    found: dict[str, list[Part]] = {}
    for device in sorted(facts.xcps, key=lambda each: (len(each.name), each.name)):
        if not device.cards or not device.renders:
            continue
        node = nodes.get(device.renders[-1])
        address = _owner(node, nodes, functions) if node is not None else None
        if address is not None:
            part = _part(device.cards[-1], device.renders[-1], node, device.name)
            found.setdefault(address, []).append(part)
    return found


def _owner(
    node: KfdNode, nodes: Mapping[int, KfdNode], functions: list[PciDevice]
) -> str | None:
    """Return the address of the GPU that a node is part of; None: nobody can tell."""
    if any(each.address == node.address for each in functions):
        return node.address
    # Where kernels do not tell places, the driver goes by the id that parts share.
    unique = _unique(node)
    same = [
        each.address
        for each in functions
        if unique and each.renders and _unique(nodes.get(each.renders[-1])) == unique
    ]
    return same[0] if len(same) == 1 else None


def _unique(node: KfdNode | None) -> str:
    number = node.properties.get("unique_id") if node is not None else None
    return str(number) if number is not None else ""


def _part(card: int, render: int, node: KfdNode | None, name: str = "") -> Part:
    if node is None:
        return Part(card, render, name=name)
    simds = node.properties.get("simd_count", 0)
    # A node that does not tell has one SIMD for each unit, in the driver's words.
    per_unit = node.properties.get("simd_per_cu", 1)
    units = simds // per_unit if per_unit > 0 else 0
    memory = node.banks[0].get("size_in_bytes", 0) if node.banks else 0
    return Part(card, render, memory, units, simds, name)
