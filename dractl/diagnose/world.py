"""One cluster under diagnosis: what is worked out once and serves all questions."""

import dataclasses
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar, cast

from dractl.api.snapshot import Key, Snapshot
from dractl.catalogue.drivers import drivers_of
from dractl.catalogue.index import Catalogue
from dractl.cel.errors import SelectorCompileError
from dractl.cel.selector import Selector, compile_cached
from dractl.diagnose.holders import Holders
from dractl.diagnose.standins import with_stand_ins
from dractl.model.claims import DeviceClass, Option
from dractl.model.cluster import Profile
from dractl.model.devices import Device, DeviceId, ResourceSlice
from dractl.model.workloads import Event, Node, Pod
from dractl.solver.allocator import Allocator
from dractl.solver.extended import class_by_resource
from dractl.solver.inventory import PoolKey
from dractl.solver.placement import Policy
from dractl.solver.placer import Placer
from dractl.solver.usage import Usage

T = TypeVar("T")


class World:
    """A snapshot with its allocator and its indexes. Nothing is ever placed in it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.has_nodes = bool(snapshot.nodes)
        self.given = snapshot
        self.snapshot = with_stand_ins(snapshot)
        self.placer = Placer(self.snapshot, None, Policy.FIRST)
        self._other: dict[str, World] = {}
        self._once: dict[Hashable, object] = {}

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what is computed for a key, the first time it is asked for.

        Replicas ask the same: what was found for one of them serves the others.
        """
        if key not in self._once:
            self._once[key] = compute()
        return cast("T", self._once[key])

    @property
    def allocator(self) -> Allocator:
        """The allocator, with the usage as it is."""
        return self.placer.allocator

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes in the source's order."""
        return self.snapshot.nodes

    @cached_property
    def holders(self) -> Holders:
        """Who holds which device."""
        return Holders(self.snapshot)

    @cached_property
    def _events(self) -> Mapping[tuple[str, str, str], list[Event]]:
        found: dict[tuple[str, str, str], list[Event]] = {}
        for event in self.snapshot.events:
            subject = (
                event.involved_kind,
                event.involved_namespace,
                event.involved_name,
            )
            found.setdefault(subject, []).append(event)
        return found

    def events_of(self, kind: str, key: Key, *reasons: str) -> list[Event]:
        """Return the events of an object for one of these reasons, latest first."""
        found = [
            event
            for event in self._events.get((kind, *key), ())
            if not reasons or event.reason in reasons
        ]
        return sorted(found, key=lambda event: event.last_seen or "", reverse=True)

    @cached_property
    def users(self) -> Mapping[Key, tuple[Pod, ...]]:
        """The pods that name each claim, by themselves or through their status."""
        found: dict[Key, list[Pod]] = {}
        for pod in self.snapshot.pods:
            for entry in pod.claims:
                name = entry.claim or pod.claim_names.get(entry.name)
                group = self.snapshot.pod_group_by_key.get(
                    (pod.meta.namespace, pod.group)
                )
                if not name and group is not None:
                    name = group.claim_names.get(entry.name)
                if name:
                    found.setdefault((pod.meta.namespace, name), []).append(pod)
            if pod.extended_claim:
                key = (pod.meta.namespace, pod.extended_claim)
                found.setdefault(key, []).append(pod)
        return {key: tuple(pods) for key, pods in found.items()}

    @cached_property
    def class_by_resource(self) -> Mapping[str, DeviceClass]:
        """The classes that stand for extended resources, whatever the gate says."""
        return class_by_resource(self.snapshot.classes)

    @cached_property
    def devices(self) -> tuple[Device, ...]:
        """The devices of the newest generation of each pool, taints of rules included.

        Complete or not, and whichever node they are for.
        """
        inventory = self.allocator.inventory
        return tuple(
            device for key in inventory.pools for device in self.devices_of(key)
        )

    def devices_of(self, key: PoolKey) -> Iterable[Device]:
        """Return the devices of a pool's newest generation."""
        return (
            device
            for each in self.newest_slices(key)
            if not each.shared_counters
            for device in each.devices
        )

    def newest_slices(self, key: PoolKey) -> list[ResourceSlice]:
        """Return the slices of a pool's newest generation, on whatever nodes."""
        slices = self.allocator.inventory.slices_of(key)
        newest = max((each.generation for each in slices), default=0)
        return [each for each in slices if each.generation == newest]

    @cached_property
    def device_by_id(self) -> Mapping[DeviceId, Device]:
        """The same, by name."""
        return {device.id: device for device in self.devices}

    @cached_property
    def catalogue(self) -> Catalogue:
        """What there is to select on."""
        return Catalogue.of(self.devices)

    def selector(self, text: str | None) -> Selector | None:
        """Return a selector as the scheduler compiles it; None if it does not."""
        if text is None:
            return None
        try:
            return compile_cached(text, self.placer.allocator.rules.environment)
        except SelectorCompileError:
            return None

    def parts(self, option: Option, request: str) -> list[tuple[str, Selector]]:
        """Return the selectors of a request's class and of its own, with their owners.

        In the order of evaluation; without those that do not compile.
        """
        device_class = self.snapshot.class_by_name.get(option.device_class)
        of_class = device_class.selectors if device_class else ()
        found = [
            (f"class {option.device_class}", self.selector(text)) for text in of_class
        ]
        found += [
            (f"request {request}", self.selector(text)) for text in option.selectors
        ]
        return [(owner, each) for owner, each in found if each is not None]

    def drivers_of(self, name: str) -> frozenset[str] | None:
        """Return the only drivers whose devices a class can select; None: any."""
        device_class = self.snapshot.class_by_name.get(name)
        if device_class is None:
            return None
        compiled = [self.selector(text) for text in device_class.selectors]
        return drivers_of([each for each in compiled if each is not None])

    def is_active(self, scheduler: str) -> bool:
        """Tell whether a scheduler of that name has ever acted in the snapshot."""
        return any(
            pod.node_name and pod.scheduler_name == scheduler
            for pod in self.snapshot.pods
        ) or any(event.source == scheduler for event in self.snapshot.events)

    def usage_without(self, freed: frozenset[Key]) -> Usage:
        """Return what is held once some claims are gone."""
        if not freed:
            return self.allocator.usage
        kept = (each for each in self.snapshot.claims if each.meta.key not in freed)
        return Usage.of(kept, self.allocator.rules)

    def with_classes(self, *changed: DeviceClass) -> "World":
        """Return the same cluster with some classes replaced, or added."""
        by_name = {each.name: each for each in (*self.snapshot.classes, *changed)}
        snapshot = dataclasses.replace(self.snapshot, classes=tuple(by_name.values()))
        return self._sharing(snapshot)

    def without_rule(self, name: str) -> "World":
        """Return the same cluster without a DeviceTaintRule."""
        rules = tuple(each for each in self.snapshot.taint_rules if each.name != name)
        return self._changed(f"without rule {name}", self.snapshot, taint_rules=rules)

    def _sharing(self, snapshot: Snapshot) -> "World":
        """Return a world that differs in its classes, and shares what is costly."""
        other = World(snapshot)
        other.has_nodes = self.has_nodes
        other.given = self.given
        # The views and the index of slices depend on no class.
        other.placer.allocator.adopt(self.allocator)
        return other

    def with_profile(self, profile: Profile) -> "World":
        """Return the same cluster under another release or other gates."""
        key = f"{profile.version} {sorted(profile.gates)}"
        return self._changed(key, self.given, profile=profile)

    def _changed(self, key: str, snapshot: Snapshot, **changes: Any) -> "World":
        """Return the world of a changed snapshot; the key stands for the changes."""
        known = self._other.get(key)
        if known is None:
            other = dataclasses.replace(snapshot, **changes)
            known = self._other[key] = World(other)
        return known

    def named(self, names: Sequence[str]) -> list[Node]:
        """Return nodes by their names."""
        return [self.snapshot.node_by_name[name] for name in names]
