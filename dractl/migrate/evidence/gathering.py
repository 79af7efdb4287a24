"""What one of an extended resource means, from everything that tells it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Finding, Meaning, User
from dractl.migrate.evidence import flags as flag_names
from dractl.migrate.evidence.documents import check_unread
from dractl.migrate.evidence.dynamic_mig import check_dynamic_mig
from dractl.migrate.evidence.flags import flags
from dractl.migrate.evidence.mig import layouts, profile_of
from dractl.migrate.evidence.networks import Network, networks, selectors_of
from dractl.migrate.evidence.node_checks import check_names, look_at
from dractl.migrate.evidence.node_labels import Labels, told
from dractl.migrate.evidence.nodes import Nodes, Place, place_of
from dractl.migrate.evidence.nvidia import Nvidia
from dractl.migrate.evidence.plugin_config import GPU, MIG, PREFIX, SHARED, configs
from dractl.migrate.evidence.record import Record, Setting
from dractl.migrate.inputs import Input, Order
from dractl.migrate.targets import plugins
from dractl.model.workloads import Node
from dractl.vendors.plugins import Unit

_FRACTIONS: Final = ("gpumem", "gpumem-percentage", "gpucores")
_INTEL: Final = "gpu.intel.com/"
_MONITORING: Final = "monitoring"
_AMD: Final = "amd.com/gpu"
_LIKELY: Final[tuple[Unit, ...]] = (
    "device", "partition", "core", "fraction", "time-slice", "mps-share",
)  # fmt: skip
_MOST_SENTENCES: Final = 8


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """All that was read; `meanings` says what follows of it for a resource.

    `resources` are the names that configurations define, `settings` what stands in
    these, and what labels of nodes say. `findings` are what does not fit together.
    """

    resources: frozenset[str]
    settings: tuple[Setting, ...]
    findings: tuple[Finding, ...]
    _nodes: tuple[Node, ...]
    _nvidia: Nvidia
    _networks: tuple[Network, ...]
    _order: Order
    _known: dict[tuple[str, str], tuple[Meaning, ...]] = field(default_factory=dict)
    _offers: dict[str, Nodes] = field(default_factory=dict)
    _there: dict[tuple[str, str], tuple[Meaning, ...]] = field(default_factory=dict)

    def meanings(self, resource: str, user: User | None = None) -> tuple[Meaning, ...]:
        """Return what one of a resource is, wherever the user's pods can be.

        One: it is clear. Several: it depends on the node, or it is not known which
        configuration counts. There is always one; of one that is assumed nothing tells
        but the name, which may be that of something else.
        """
        if user is not None and (parts := _parts(resource, user)):
            return (parts,)
        place = Place() if user is None else place_of(user.spec)
        key = (resource, place.key)
        if key not in self._known:
            found = _merged(self._told(resource, place))
            self._known[key] = self._taught(resource, found)
        return self._known[key]

    def selectors(self, resource: str) -> tuple[str, ...]:
        """Return the CEL of devices that a configuration makes the resource of."""
        return selectors_of(resource, self._networks)

    def _taught(self, resource: str, found: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
        """Return only what a file with mappings says that one is, if there is any."""
        units = {
            row.unit: plugin.name
            for plugin in self._order.plugins
            for row in plugin.extended
            if row.part(resource) is not None
        }
        if not units:
            return found
        fitting = tuple(
            each for each in found if each.unit in units and not each.is_assumed
        )
        return fitting or tuple(
            Meaning(unit, evidence=(f"the mapping of {name} says so",))
            for unit, name in units.items()
        )

    def _told(self, resource: str, place: Place) -> Iterator[Meaning]:
        if resource in self.resources:
            own = (each for each in self._networks if each.resource == resource)
            yield from (Meaning("device", evidence=(each.evidence,)) for each in own)
            return
        here = [
            meaning
            for node in place.near(self._offered(resource))
            if place.has(node, frozenset({resource}))
            for meaning in self._on(resource, node)
        ]
        yield from here
        if not here:
            for labels in place.labels():
                found = tuple(self._at(resource, labels, None))
                yield from found or (self._assumed(resource),)

    def _offered(self, resource: str) -> Nodes:
        """Return the nodes that have a resource.

        If none has it any more, those that had it before their plugin went.
        """
        if resource not in self._offers:
            nodes = [each for each in self._nodes if _offers(each, resource)] or [
                each for each in self._nodes if resource in each.allocatable
            ]
            self._offers[resource] = Nodes.of(nodes)
        return self._offers[resource]

    def _on(self, resource: str, node: Node) -> tuple[Meaning, ...]:
        """Return what one of a resource may be on a node that has it."""
        key = (resource, node.name)
        if key not in self._there:
            found = tuple(self._at(resource, node.meta.labels, node))
            self._there[key] = tuple(
                replace(each, nodes=(node.name,))
                for each in found or (self._assumed(resource),)
            )
        return self._there[key]

    def _at(
        self, resource: str, labels: Labels, node: Node | None
    ) -> Iterator[Meaning]:
        """Yield what one may be on a node with such labels; `node` None: on any."""
        if resource.startswith(PREFIX):
            yield from self._nvidia.meanings(resource, labels, node)
        elif resource.startswith(_INTEL) and _MONITORING not in resource:
            yield from self._slices(node)
        elif resource == _AMD:
            meaning = told(labels, resource, has_all=node is not None)
            if meaning is not None:
                yield meaning

    def _slices(self, node: Node | None) -> Iterator[Meaning]:
        """Yield what Intel's plugin makes of a GPU, for each way to start it."""
        for flag in self._nvidia.flags:
            is_here = node is None or flag.place.has(node)
            if flag.key == flag_names.SHARED and is_here and flag.value.isdecimal():
                said = (f"{flag.subject}: {flag.says}",)
                shares = int(flag.value[:9])
                if shares > 1:
                    yield Meaning("time-slice", replicas=shares, evidence=said)
                else:
                    yield Meaning("device", evidence=said)

    def _assumed(self, resource: str) -> Meaning:
        """Return what the name of a resource speaks for."""
        rows = [
            (row, part)
            for plugin in plugins(self._order)
            for row in plugin.extended
            if (part := row.part(resource)) is not None
        ]
        units = {row.unit for row, _ in rows}
        unit: Unit = next((each for each in _LIKELY if each in units), "device")
        if resource.startswith(PREFIX) and resource.endswith(SHARED):
            unit = "time-slice"
        parts = (part for row, part in rows if row.unit == unit and part)
        profile = next(parts, "") if unit == "partition" else ""
        if resource.startswith(MIG):
            profile = profile_of(resource.removeprefix(MIG).removesuffix(SHARED)) or ""
        if len(units) != 1:
            return Meaning(unit, profile, is_assumed=True)
        return Meaning(unit, profile, evidence=("the name has no other meaning",))


def gathered(inputs: Sequence[Input], snapshot: Snapshot, order: Order) -> Evidence:
    """Read what documents and nodes tell of device plugins.

    Nothing is raised for what cannot be read: it is among the findings.
    """
    record = Record()
    check_unread(inputs, record)
    set_flags = flags(inputs, record)
    nvidia = Nvidia(configs(inputs, record), set_flags, layouts(inputs, record))
    defined = networks(inputs, set_flags, record)
    maps = frozenset(each.name for each in inputs if each.kind == "ConfigMap")
    check_names(nvidia, maps, record)
    look_at(snapshot.nodes, nvidia, record)
    check_dynamic_mig(snapshot, nvidia, record)
    return Evidence(
        frozenset(each.resource for each in defined),
        tuple(record.settings),
        tuple(record.findings),
        snapshot.nodes,
        nvidia,
        defined,
        order,
    )


def _parts(resource: str, user: User) -> Meaning | None:
    """Return the meaning of HAMi: pods say which part of a GPU they want."""
    asked = [f"{PREFIX}{each}" for each in _FRACTIONS]
    found = [each for each in asked if each in user.resources]
    if not found or resource not in {GPU, *asked}:
        return None
    return Meaning("fraction", evidence=(f"the pod also asks for {found[0]}",))


def _offers(node: Node, resource: str) -> bool:
    """Tell whether a node has a resource; one that states nothing may have any."""
    if not node.allocatable:
        return told(node.meta.labels, resource, has_all=True) is not None
    amount = node.allocatable.get(resource)
    return amount is not None and amount.nanos > 0


def _merged(found: Iterable[Meaning]) -> tuple[Meaning, ...]:
    """Return meanings once each, with all their nodes and what tells them."""
    by_kind: dict[tuple[Unit, str, int], list[Meaning]] = {}
    for each in found:
        by_kind.setdefault((each.unit, each.profile, each.replicas), []).append(each)
    return tuple(_joined(group) for group in by_kind.values())


def _joined(group: Sequence[Meaning]) -> Meaning:
    sentences = dict.fromkeys(text for each in group for text in each.evidence)
    is_anywhere = any(not each.nodes for each in group)
    names = dict.fromkeys(name for each in group for name in each.nodes)
    return replace(
        group[0],
        evidence=tuple(sentences)[:_MOST_SENTENCES],
        nodes=() if is_anywhere else tuple(names),
        is_assumed=all(each.is_assumed for each in group),
    )
