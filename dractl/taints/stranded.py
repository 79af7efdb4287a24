"""Which pods and claims that wait lose the last place where they would fit."""

import dataclasses
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.model.claims import Request, Toleration
from dractl.model.devices import Device, DeviceId, Taint
from dractl.model.taintrules import DeviceTaintRule
from dractl.model.workloads import Node
from dractl.solver.allocator import Allocator
from dractl.solver.eligibility import Selectors
from dractl.solver.extended import class_by_resource
from dractl.solver.inventory import PoolKey
from dractl.solver.placement import Policy
from dractl.solver.placer import Attempt, Placer
from dractl.solver.rules import rules_of
from dractl.solver.subjects import Subject, pending
from dractl.solver.view import untolerated
from dractl.taints.fleet import Fleet
from dractl.taints.notices import Notice
from dractl.taints.selection import RuleIndex, in_force

_Wish = tuple[tuple[str | None, ...], tuple[Toleration, ...]]
Progress = Callable[[int, int], None]


class Stranded(NamedTuple):
    """What waits, and a node where it would fit without the plan."""

    subject: Subject
    node: str


def stranded(
    fleet: Fleet,
    after: Sequence[DeviceTaintRule],
    devices: Iterable[DeviceId],
    progress: Progress | None = None,
) -> tuple[tuple[Stranded, ...], tuple[Notice, ...]]:
    """Return what fits nowhere once the rules are `after`, and did before.

    Each is looked at by itself, as if the others did not wait. Only those count that
    select one of the devices and do not tolerate what these get.
    """
    snapshot = fleet.snapshot
    hit = _Hit(fleet, after, devices)
    subjects = [each for each in pending(snapshot) if hit.concerns(each)]
    if not subjects:
        return (), ()
    if not snapshot.nodes:
        told = "whether what waits still fits was not checked: there are no nodes"
        return (), (Notice("no-nodes", told),)
    question = _Question(snapshot, after, hit)
    found = []
    for number, subject in enumerate(subjects):
        node = question.lost(subject)
        if node is not None:
            found.append(Stranded(subject, node))
        if progress is not None:
            progress(number + 1, len(subjects))
    return tuple(found), ()


class _Exposed(NamedTuple):
    """A device with all its taints, those of rules included."""

    device: Device
    before: tuple[Taint, ...]
    after: tuple[Taint, ...]


class _Hit:
    """The devices whose taints change."""

    def __init__(
        self,
        fleet: Fleet,
        after: Sequence[DeviceTaintRule],
        devices: Iterable[DeviceId],
    ) -> None:
        self._fleet = fleet
        profile = fleet.snapshot.profile
        before = RuleIndex(in_force(fleet.snapshot.taint_rules, profile))
        self._later = later = RuleIndex(in_force(after, profile))
        published = [fleet.devices[each] for each in devices if each in fleet.devices]
        exposed = [
            _Exposed(device, _taints(device, before), _taints(device, later))
            for device in published
        ]
        self._devices = [each for each in exposed if each.before != each.after]
        self._selectors = Selectors(rules_of(profile).environment)
        self._classes = class_by_resource(fleet.snapshot.classes)
        self._lost: dict[_Wish, bool] = {}
        self._left: dict[_Wish, bool] = {}

    @property
    def pools(self) -> frozenset[PoolKey]:
        """The pools of the devices."""
        found = (each.device.id for each in self._devices)
        return frozenset((each.driver, each.pool) for each in found)

    def concerns(self, subject: Subject) -> bool:
        """Tell whether something that waits selects a device that it may not have."""
        if subject.problem is not None or not self._devices:
            return False
        return any(self._is_lost(wish) for wish in self._wishes(subject))

    def _wishes(self, subject: Subject) -> Iterator[_Wish]:
        for request in _open_requests(subject):
            yield from self._options(request)
        for use in subject.extended:
            yield self._classes[use.resource].selectors, ()

    def _options(self, request: Request) -> Iterator[_Wish]:
        by_name = self._fleet.snapshot.class_by_name
        for option in request.options:
            if (known := by_name.get(option.device_class)) is not None:
                yield (*known.selectors, *option.selectors), option.tolerations

    def _is_lost(self, wish: _Wish) -> bool:
        if wish not in self._lost:
            texts, tolerations = wish
            eligibility = self._selectors.eligibility(texts)
            self._lost[wish] = any(
                untolerated(each.before, tolerations) is None
                and untolerated(each.after, tolerations) is not None
                and eligibility.verdict(each.device) is True
                for each in self._devices
            )
        return self._lost[wish]

    def may_still_fit(self, subject: Subject) -> bool:
        """Tell whether the cluster has a device for each request, in use or not."""
        return all(
            any(self._is_left(wish) for wish in self._options(request))
            for request in _open_requests(subject)
        )

    def _is_left(self, wish: _Wish) -> bool:
        if wish not in self._left:
            texts, tolerations = wish
            eligibility = self._selectors.eligibility(texts)
            self._left[wish] = any(
                untolerated(taints, tolerations) is None
                and eligibility.verdict(device) is True
                for device, taints in self._all_later.items()
            )
        return self._left[wish]

    @cached_property
    def _all_later(self) -> Mapping[Device, tuple[Taint, ...]]:
        devices = self._fleet.devices.values()
        return {device: _taints(device, self._later) for device in devices}


def _open_requests(subject: Subject) -> Iterator[Request]:
    for claim in subject.claims:
        if claim.allocation is None:
            yield from claim.spec.requests


def _taints(device: Device, rules: RuleIndex) -> tuple[Taint, ...]:
    return (*device.taints, *(rule.taint for rule in rules.of(device.id)))


class _Question:
    """Asks the allocator of what waits, with the rules of then and of now."""

    def __init__(
        self,
        snapshot: Snapshot,
        after: Sequence[DeviceTaintRule],
        hit: _Hit,
    ) -> None:
        self._hit = hit
        later = dataclasses.replace(snapshot, taint_rules=tuple(after))
        self._after = Placer(later, None, Policy.FIRST)
        allocator = Allocator(snapshot)
        near = tuple(_that_see(allocator, hit.pools))
        # What fits nowhere later did fit before only where these devices are seen.
        self._before = Placer(
            dataclasses.replace(snapshot, nodes=near), None, Policy.FIRST
        )
        self._before.allocator.adopt(allocator)
        self._known: dict[Hashable, str | None] = {}

    def lost(self, subject: Subject) -> str | None:
        """Return where it fits without the plan; None: nowhere, or with the plan, too.

        Replicas get one answer.
        """
        key = Attempt(self._after, subject).signature
        if key not in self._known:
            fits = self._fits_after(subject)
            self._known[key] = None if fits else self._before.probe(subject).node
        return self._known[key]

    def _fits_after(self, subject: Subject) -> bool:
        # To ask every node takes long where it is all in vain.
        if not self._hit.may_still_fit(subject):
            return False
        return self._after.probe(subject).node is not None


def _that_see(allocator: Allocator, pools: frozenset[PoolKey]) -> Iterator[Node]:
    """Yield the nodes that can see one of the pools."""
    only = {allocator.inventory.nodes_of(each) for each in pools}
    for node in allocator.snapshot.nodes:
        if None in only or node.name in only:
            yield node
