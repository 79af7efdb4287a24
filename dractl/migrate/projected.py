"""The devices that nodes have once the DRA driver runs there.

What a driver has published already is taken as it is. For the rest, devices are
assumed: as many as the device plugin has, with what node labels and the row of the
resource tell of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.api.versions import HUB
from dractl.manifests.classes import device_class
from dractl.manifests.presets import preset_of
from dractl.migrate.answer import Meaning, Plan, Rewrite, Target
from dractl.migrate.inputs import Wire
from dractl.migrate.label_facts import told_by_labels
from dractl.migrate.making import SHARED
from dractl.migrate.selector_facts import told_by_selectors
from dractl.model.devices import ResourceSlice
from dractl.model.nodeselection import NodeSelectorError
from dractl.model.workloads import Node
from dractl.vendors.plugins import Plugin

PUBLISHED: Final = "published"
ASSUMED: Final = "assumed"

_MOST: Final = 4096  # devices of a resource on a node; more is not to be believed
_UNCOUNTED: Final = frozenset({"core", "fraction"})
_CLASS: Final = "DeviceClass"
_REMARKS: Final[Mapping[str, str]] = {
    "assumed": "the devices behind {resource} on {nodes} are assumed from its amount: "
    "no driver has published them",
    "untold": "nothing but its amount tells of the devices behind {resource} on "
    "{nodes}",
    "shares": "whether the driver lets several pods have a device of {resource} on "
    "{nodes} is not known: none that it has published shows it",
    "unshared": "how many pods share a device of {resource} on {nodes} is not known",
    "huge": "{resource} on {nodes} is too much to be looked at",
}
_UNASKED: Final = {"requestPolicy": {"default": "0", "validRange": {"min": "0"}}}


class Case(NamedTuple):
    """What a resource means somewhere, and what stands for it then."""

    meaning: Meaning
    target: Target


@dataclass(frozen=True, eq=False, slots=True)
class Offer:
    """A resource of a node that goes, and what comes in its place.

    `amount` is what the device plugin offers, up to a number. `per_device` is how many
    of these a device stands for. `devices` are assumed ones, none if some are
    published. `is_told`: labels say more of them than the amount.
    """

    node: Node
    resource: str
    case: Case
    amount: int
    per_device: int = 1
    source: str = PUBLISHED
    devices: tuple[Wire, ...] = ()
    is_told: bool = True

    @property
    def is_counted(self) -> bool:
        """Whether devices can be counted by the amount."""
        return self.case.meaning.unit not in _UNCOUNTED

    @property
    def is_huge(self) -> bool:
        """Whether the node has more than is looked at."""
        return self.node.allocatable[self.resource].ceiling > self.amount


@dataclass(frozen=True, eq=False, slots=True)
class Projected:
    """What changes on nodes: `gone` are resources by node, `classes` are to be made.

    `documents` are the assumed slices by node. `doubts` keep a proof from being one;
    `notes` are worth knowing.
    """

    offers: tuple[Offer, ...]
    gone: Mapping[str, tuple[str, ...]]
    documents: Mapping[str, tuple[Wire, ...]]
    classes: tuple[Wire, ...]
    doubts: tuple[str, ...]
    notes: tuple[str, ...]


def projected(plan: Plan, snapshot: Snapshot, rewrite: Rewrite) -> Projected:
    """Return what nodes have after, of all resources that some user leaves."""
    cases = _cases(plan)
    doubts: dict[str, None] = {}
    notes: dict[str, None] = {}
    offers: list[Offer] = []
    gone: dict[str, tuple[str, ...]] = {}
    plugins = {id(c.target.plugin): c.target.plugin for c in _all(cases)}
    for node in snapshot.nodes:
        names = _offered(node)
        if not cases.keys() & set(names):
            continue
        leaving = _leaving(names, cases, plugins.values())
        gone[node.name] = leaving
        others = [name for name in leaving if name not in cases]
        if others:
            text = "goes with the device plugin, and nothing is planned for it"
            notes[f"{', '.join(others)} of node {node.name} {text}"] = None
        for resource in leaving:
            if resource in cases:
                case = _case_on(node, resource, cases[resource], doubts)
                offers.append(_offer(node, resource, case, snapshot, plan.order.align))
    _judge(offers, plan, doubts, notes)
    return Projected(
        tuple(offers),
        gone,
        _slices(offers),
        tuple(_classes(plan, snapshot, rewrite)),
        tuple(doubts),
        tuple(notes),
    )


def _cases(plan: Plan) -> dict[str, list[Case]]:
    """Return the cases of each resource that is left by some user."""
    found: dict[str, list[Case]] = {}
    for each in plan.users:
        if each.route is None:
            continue
        for resource, target in each.targets.items():
            case = Case(each.meanings[resource], target)
            known = found.setdefault(resource, [])
            if case not in known:
                known.append(case)
    return found


def _all(cases: Mapping[str, list[Case]]) -> Iterator[Case]:
    for each in cases.values():
        yield from each


def _offered(node: Node) -> list[str]:
    """Return the extended resources that a node has."""
    return [
        name
        for name, amount in sorted(node.allocatable.items())
        if "/" in name and amount.nanos > 0
    ]


def _leaving(
    names: Iterable[str], cases: Mapping[str, object], plugins: Iterable[Plugin]
) -> tuple[str, ...]:
    """Return which resources go when the plugins go."""
    patterns = [
        each
        for plugin in plugins
        for each in plugin.extended
        if "*" not in each.pattern.partition("/")[0]
    ]
    return tuple(
        name
        for name in names
        if name in cases or any(each.part(name) is not None for each in patterns)
    )


def _case_on(
    node: Node, resource: str, cases: list[Case], doubts: dict[str, None]
) -> Case:
    """Return what a resource means on a node: what is said of it, or of all nodes."""
    named = [each for each in cases if node.name in each.meaning.nodes]
    general = [each for each in cases if not each.meaning.nodes]
    found = named or general
    if not found:
        doubts[f"what one of {resource} is on node {node.name} is not known"] = None
        return cases[0]
    shapes = {(c.meaning.unit, c.meaning.profile, c.meaning.replicas) for c in found}
    if len(shapes) > 1:
        doubts[f"one of {resource} on node {node.name} is told in two ways"] = None
    return found[0]


def _offer(
    node: Node, resource: str, case: Case, snapshot: Snapshot, align: str
) -> Offer:
    per_device = 1
    if case.meaning.unit in SHARED:
        per_device = max(case.meaning.replicas, 1)
    amount = min(node.allocatable[resource].ceiling, _MOST * per_device)
    if _has_slices(snapshot.slices, case.target.driver, node):
        return Offer(node, resource, case, amount, per_device)
    attributes, capacity = told_by_labels(
        node.meta.labels, case.target.plugin.labels, case.target.driver, resource
    )
    is_told = bool(attributes or capacity)
    device = _device(case, attributes, capacity, per_device)
    if align:
        device["attributes"].setdefault(align, {"string": node.name})
    offer = Offer(node, resource, case, amount, per_device, ASSUMED, (), is_told)
    count = amount // per_device if offer.is_counted else 0
    return replace(offer, devices=(device,) * count)


def _has_slices(slices: Iterable[ResourceSlice], driver: str, node: Node) -> bool:
    for each in slices:
        if each.driver != driver or not each.devices:
            continue
        if each.per_device_scope:
            scopes = [d.scope for d in each.devices if d.scope is not None]
        else:
            scopes = [each.scope]
        try:
            if any(scope.includes(node.name, node.meta.labels) for scope in scopes):
                return True
        except NodeSelectorError:
            continue  # the allocator says what is wrong with it
    return False


def _device(
    case: Case, attributes: Wire, capacity: Wire, per_device: int
) -> dict[str, Any]:
    """Return a device as the class and the request want it, with what labels tell."""
    target = case.target
    spec = class_of(target, target.device_class).get("spec")
    listed = spec.get("selectors") if isinstance(spec, Mapping) else None
    texts = [str(each["cel"]["expression"]) for each in listed or ()]
    needed, amounts = told_by_selectors((*texts, *target.expressions), target.driver)
    shares = {
        name: {"value": f"{per_device}", "requestPolicy": {"default": each}}
        for name, each in target.capacity.items()
        if case.meaning.unit in SHARED
    }
    attributes, capacity = {**needed, **attributes}, {**amounts, **capacity}
    if not shares:
        return {"attributes": attributes, "capacity": capacity}
    # Drivers count the rest for those only who ask for some of it.
    unasked = {name: {**each, **_UNASKED} for name, each in capacity.items()}
    return {
        "attributes": attributes,
        "capacity": {**unasked, **shares},
        "allowMultipleAllocations": True,
    }


def _judge(
    offers: Iterable[Offer], plan: Plan, doubts: dict[str, None], notes: dict[str, None]
) -> None:
    """Note what is not known of the devices that are assumed."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in offers:
        meaning = each.case.meaning
        if meaning.unit in SHARED and not meaning.replicas:
            found.setdefault((each.resource, "unshared"), []).append(each.node.name)
        if each.source == PUBLISHED:
            continue
        found.setdefault((each.resource, "assumed"), []).append(each.node.name)
        if meaning.unit in SHARED and each.case.target.capacity:
            found.setdefault((each.resource, "shares"), []).append(each.node.name)
        if not each.is_told:
            found.setdefault((each.resource, "untold"), []).append(each.node.name)
        if each.is_huge:
            found.setdefault((each.resource, "huge"), []).append(each.node.name)
    for (resource, what), nodes in found.items():
        where = notes if what == "assumed" else doubts
        where[_REMARKS[what].format(resource=resource, nodes=several(nodes))] = None
    if plan.order.align and any(each.devices for each in offers):
        doubts[
            f"which of the assumed devices have {plan.order.align} in common is not "
            "known: those of a node are taken to have it"
        ] = None


def several(names: Sequence[str]) -> str:
    """Return the first of some nodes and the number of others: `node a (2 more)`."""
    more = f" ({len(names) - 1} more)" if len(names) > 1 else ""
    return f"node {names[0]}{more}"


def _slices(offers: Iterable[Offer]) -> dict[str, tuple[Wire, ...]]:
    """Return the slices of assumed devices: a pool for each node and driver."""
    pools: dict[tuple[str, str], list[Wire]] = {}
    for each in offers:
        if each.devices:
            driver = each.case.target.driver
            pools.setdefault((each.node.name, driver), []).extend(each.devices)
    found: dict[str, tuple[Wire, ...]] = {}
    for (node, driver), devices in pools.items():
        stem = driver.partition(".")[0].lower()
        document = {
            "apiVersion": HUB,
            "kind": "ResourceSlice",
            "metadata": {"name": f"{node}-{driver}-assumed"},
            "spec": {
                "driver": driver,
                "nodeName": node,
                "pool": {"name": node, "generation": 1, "resourceSliceCount": 1},
                "devices": [
                    {"name": f"{stem}-{number}", **device}
                    for number, device in enumerate(devices)
                ],
            },
        }
        found[node] = (*found.get(node, ()), document)
    return found


def _classes(plan: Plan, snapshot: Snapshot, rewrite: Rewrite) -> Iterator[Wire]:
    """Yield the classes that the plan makes, and those that charts will bring."""
    made: dict[str, Wire] = {}
    added = (each for group in rewrite.added.values() for each in group)
    for document in (*plan.objects, *rewrite.shared, *added):
        if document.get("kind") == _CLASS:
            made[_name(document)] = document
    yield from made.values()
    known = {*made, *snapshot.class_by_name}
    for each in plan.users:
        for target in each.targets.values():
            for name in (target.device_class, target.keeper):
                if name and name not in known:
                    known.add(name)
                    yield class_of(target, name)


def _name(document: Wire) -> str:
    metadata = document.get("metadata")
    return str(metadata.get("name")) if isinstance(metadata, Mapping) else ""


def class_of(target: Target, name: str) -> Wire:
    """Return a class that the target names, as its chart has it."""
    own = target.class_document
    if own is not None and _name(own) == name:
        return own
    preset = preset_of(target.driver)
    classes = () if preset is None else (*preset.classes, *preset.partitioned)
    resource = next((c.extended_resource for c in classes if c.name == name), None)
    if resource is None and name == target.keeper:
        resource = target.resource
    return device_class(
        name=name, driver=target.driver, preset=preset, extended_resource=resource
    )
