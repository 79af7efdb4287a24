"""What is known beyond one object: what other files and a snapshot define."""

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from dractl.api.snapshot import Snapshot
from dractl.catalogue.advice import Advice
from dractl.catalogue.drivers import Drivers, drivers_of
from dractl.catalogue.index import Catalogue
from dractl.catalogue.nearest import nearest
from dractl.cel.environment import STORED
from dractl.cel.errors import SelectorCompileError, SelectorEvalError
from dractl.cel.selector import Selector, compile_cached
from dractl.model.claims import ClaimSpec
from dractl.model.devices import Device
from dractl.model.taintrules import DeviceTaintRule
from dractl.rules.pools import Pool, Share, name_of, pools_of, share_of
from dractl.rules.subject import Option, Subject, entries, mapping, text

if TYPE_CHECKING:
    from dractl.solver.placer import Placer

_DEFINED: Final = frozenset(
    {"DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "Namespace"}
)


@dataclass(frozen=True, slots=True)
class Definition:
    """An object that others name, with what they may want to know of it.

    `requests` are those of a claim, `selectors` those of a class, `labels` those of a
    namespace, `extended_resource` that of a class. A slice, which nobody names, has a
    `share` in a pool; its name is empty if the API server is to make one.
    """

    kind: str
    namespace: str
    name: str
    requests: frozenset[str] = frozenset()
    selectors: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    extended_resource: str = ""
    share: Share | None = None


def definition_of(subject: Subject) -> Definition | None:
    """Return what an object defines; None: nothing that matters to others."""
    if subject.is_slice:
        share = share_of(subject)
        if share is None:
            return None
        return Definition("ResourceSlice", "", name_of(subject), share=share)
    if subject.kind not in _DEFINED or not subject.name:
        return None
    labels = mapping(subject.wire, "metadata", "labels")
    requests = entries(mapping(subject.spec, "devices"), "requests")
    return Definition(
        subject.kind,
        subject.namespace,
        subject.name,
        frozenset(text(each, "name") for each in requests),
        tuple(each.text for each in subject.selectors) if subject.is_class else (),
        tuple((str(k), str(v)) for k, v in labels.items()) if not subject.group else (),
        text(subject.spec, "extendedResourceName") if subject.is_class else "",
    )


@dataclass(frozen=True)
class World:
    """All definitions, and the devices and rules of the snapshot, if there is one.

    `is_whole` tells that a snapshot shows all there is, so what is not in it is not.
    `failing`, `advice` and `_passing` keep what is known of selectors, by their texts.
    """

    definitions: tuple[Definition, ...] = ()
    is_whole: bool = False
    devices: tuple[Device, ...] = field(default=(), repr=False)
    taint_rules: tuple[DeviceTaintRule, ...] = ()
    snapshot: Snapshot | None = field(default=None, repr=False)
    failing: dict[tuple[str, ...], tuple[int, str, str]] = field(
        default_factory=dict, repr=False
    )
    advice: dict[str, tuple[Advice, ...]] = field(default_factory=dict, repr=False)
    _passing: dict[tuple[str, ...], tuple[Device, ...]] = field(
        default_factory=dict, repr=False
    )

    @staticmethod
    def of(snapshot: Snapshot | None, definitions: Iterable[Definition]) -> "World":
        """Return what files define, and a snapshot besides."""
        if snapshot is None:
            return World(tuple(definitions))
        # It brings the solver along, which only a snapshot needs.
        from dractl.catalogue.published import published

        return World(
            (*definitions, *_defined_in(snapshot)),
            is_whole=True,
            devices=tuple(each.device for each in published(snapshot.slices)),
            taint_rules=snapshot.taint_rules,
            snapshot=snapshot,
        )

    @functools.cached_property
    def catalogue(self) -> Catalogue:
        """What the devices of the snapshot publish."""
        return Catalogue.of(self.devices)

    @functools.cached_property
    def empty(self) -> "Placer | None":
        """The cluster with nobody in it and all nodes ready; None: it has no nodes."""
        if self.snapshot is None or not self.snapshot.nodes:
            return None
        from dractl.solver.placement import Policy
        from dractl.solver.placer import Placer

        nodes = tuple(
            dataclasses.replace(each, unschedulable=False, conditions=())
            for each in self.snapshot.nodes
        )
        nobody = dataclasses.replace(
            self.snapshot, claims=(), pods=(), pod_groups=(), nodes=nodes
        )
        return Placer(nobody, None, Policy.FIRST)

    @functools.cached_property
    def _by_kind(self) -> Mapping[str, Mapping[str, list[Definition]]]:
        found: dict[str, dict[str, list[Definition]]] = {}
        for each in self.definitions:
            found.setdefault(each.kind, {}).setdefault(each.name, []).append(each)
        return found

    @functools.cached_property
    def pools(self) -> Mapping[tuple[str, str], Pool]:
        """The pools of all slices, by driver and name."""
        return pools_of((each.name, each.share) for each in self.definitions)

    def find(self, kind: str, name: str, namespace: str = "") -> Definition | None:
        """Return an object by name; one without a namespace may be in any."""
        for each in self._by_kind.get(kind, {}).get(name, ()):
            if not namespace or each.namespace in {"", namespace}:
                return each
        return None

    def resembling(self, kind: str, name: str) -> str | None:
        """Return the name of the object of that kind that was probably meant."""
        return next(iter(nearest(name, self._by_kind.get(kind, {}))), None)

    def drivers(self, class_name: str) -> Drivers:
        """Return the drivers that a class can select; None: any, or it is unknown."""
        selectors = self.class_selectors(class_name)
        return None if selectors is None else drivers_of(selectors)

    def class_selectors(self, class_name: str) -> tuple[Selector, ...] | None:
        """Return the expressions of a class; None: unknown, or they do not compile."""
        found = self.find("DeviceClass", class_name)
        return None if found is None else compiled(found.selectors)

    def passing(self, option: Option) -> tuple[Device, ...] | None:
        """Return the devices that an option selects; None: that cannot be said."""
        if not self.devices:
            return None
        given = self.class_selectors(option.device_class)
        own = compiled(tuple(each.text for each in option.selectors))
        if given is None or own is None:
            return None
        key = tuple(each.text for each in (*given, *own))
        found = self._passing.get(key)
        if found is None:
            found = self._passing[key] = tuple(
                device for device in self.devices if _passes(device, (*given, *own))
            )
        return found


def _passes(device: Device, selectors: Iterable[Selector]) -> bool:
    try:
        return all(each.matches(device) for each in selectors)
    except SelectorEvalError:
        return False  # told elsewhere


@functools.lru_cache(maxsize=1024)
def compiled(texts: tuple[str, ...]) -> tuple[Selector, ...] | None:
    """Return the selectors as a scheduler reads them; None: one does not compile."""
    try:
        return tuple(compile_cached(each, STORED) for each in texts)
    except SelectorCompileError:
        return None


def _defined_in(snapshot: Snapshot) -> Iterator[Definition]:
    for device_class in snapshot.classes:
        yield Definition(
            "DeviceClass",
            "",
            device_class.name,
            selectors=tuple(each for each in device_class.selectors if each),
            extended_resource=device_class.extended_resource_name or "",
        )
    for claim in snapshot.claims:
        names = _requests(claim.spec)
        yield Definition("ResourceClaim", claim.meta.namespace, claim.meta.name, names)
    for template in snapshot.templates:
        meta, names = template.meta, _requests(template.spec)
        yield Definition("ResourceClaimTemplate", meta.namespace, meta.name, names)
    for each in snapshot.slices:
        share = Share(each.driver, each.pool, each.generation, each.slice_count)
        yield Definition("ResourceSlice", "", each.name, share=share)
    for namespace in snapshot.namespaces:
        labels = tuple(namespace.meta.labels.items())
        yield Definition("Namespace", "", namespace.meta.name, labels=labels)


def _requests(spec: ClaimSpec) -> frozenset[str]:
    return frozenset(each.name for each in spec.requests)
