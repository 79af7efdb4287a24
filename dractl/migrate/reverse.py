"""The way back: from claims of pods to extended resources."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Final

from dractl.api.decode import Decoded, decode
from dractl.api.versions import GROUP
from dractl.api.workload_resources import (
    CLAIM_NAME,
    TEMPLATE_NAME,
    Reference,
    references,
)
from dractl.migrate.answer import Finding, Rewrite
from dractl.migrate.asks import Spec, specs
from dractl.migrate.classes import NAME
from dractl.migrate.edits import changed_at, without
from dractl.migrate.former import Former, former
from dractl.migrate.holders import Holder, holders, shared, without_claims
from dractl.migrate.inputs import Input, Order, Steps, Wire
from dractl.migrate.losses import loss
from dractl.migrate.memory import note_in
from dractl.migrate.places import at
from dractl.migrate.quotas import quota_key
from dractl.model.claims import ResourceClaim, ResourceClaimTemplate
from dractl.rules.subject import entries, mapping, text

_KINDS: Final = {"ResourceClaimTemplate": TEMPLATE_NAME, "ResourceClaim": CLAIM_NAME}
_STAYS: Final = "claim-stays"
_HARD: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("", "ResourceQuota"): ("spec", "hard"),
    ("quota.openshift.io", "ClusterResourceQuota"): ("spec", "quota", "hard"),
}
_LOST: Final = "not-reversible"


def reversed_(inputs: Sequence[Input], order: Order) -> Rewrite:
    """Return what documents become where claims of pods are extended resources again.

    Of a claim that dractl wrote, its annotation says what was there before; of another,
    the vendors' rows say what it can stand for. Templates, claims and classes that
    nothing needs any more are `removed`. What cannot come back is a finding each: an
    error where the claim stays for it, a warning where it is lost.
    """
    work = _Work(inputs, order)
    for each in inputs:
        if each.group != GROUP:
            for spec in specs(each):
                work.give_back(each, spec)
    unused = frozenset(work.unused())
    needed = frozenset(work.needed(unused))
    documents = {**dict(work.quotas(needed)), **work.documents}
    removed = unused.union(work.unused_classes(needed))
    return Rewrite(documents, findings=tuple(work.findings), removed=removed)


@dataclass(eq=False)
class _Work:
    inputs: Sequence[Input]
    order: Order
    documents: dict[int, Wire] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    used: dict[int, Former] = field(default_factory=dict)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """The extended resources of the inputs' classes."""
        return {
            each.name: resource
            for each in self.inputs
            if each.group == GROUP and each.kind == "DeviceClass"
            if (resource := text(mapping(each.document, "spec"), NAME))
        }

    @cached_property
    def _claims(self) -> Mapping[Reference, list[Input]]:
        """Templates and claims by how pods name them."""
        found: dict[Reference, list[Input]] = {}
        for each in self.inputs:
            if each.group == GROUP and each.kind in _KINDS:
                reference = Reference(_KINDS[each.kind], each.name)
                found.setdefault(reference, []).append(each)
        return found

    def give_back(self, given: Input, found: Spec) -> None:
        """Let the pods of a spec have extended resources instead of claims."""
        document = self.documents.get(given.number, given.document)
        spec = mapping(at(document, found.steps))
        if found.is_machine and "resourceClaims" in spec:
            what = "it stays: devices of virtual machines are changed by hand"
            self._say(given, _STAYS, what, given.place(found.steps))
            return
        back: dict[str, Former] = {}
        amounts: dict[Steps, dict[str, int]] = {}
        for index, entry in enumerate(entries(spec, "resourceClaims")):
            place = given.place((*found.steps, "resourceClaims", index))
            name = text(entry, "name")
            former_ = self._former(given, entry, place) if name else None
            if former_ is None:
                continue
            own = self._amounts(given, former_, name, tuple(holders(spec)))
            if own is None:
                continue
            back[name] = former_
            for steps, more in own.items():
                had = amounts.setdefault(steps, {})
                for resource, count in more.items():
                    had[resource] = had.get(resource, 0) + count
        if not back:
            return
        moved = [one for each in back.values() for one in each.memory.moved]
        change = partial(without_claims, frozenset(back), amounts, moved)
        self.documents[given.number] = changed_at(document, found.steps, change)

    def _former(self, given: Input, entry: object, place: str) -> Former | None:
        """Return what a claim of a pod was; None, with a finding, where it stays."""
        reference = next(
            (
                Reference(key, name)
                for key in _KINDS.values()
                if (name := text(entry, key))
            ),
            None,
        )
        if reference is None:
            return None
        source = self._find(reference, given.namespace)
        if source is None:
            kind = next(kind for kind, key in _KINDS.items() if key == reference.field)
            what = f"its {kind} {reference.name} is not among what was read"
            self._say(given, _STAYS, what, place)
            return None
        found = self.used.get(source.number)
        if found is not None:
            return found
        found = former(source, self.order, self._names)
        wished = self.order.resources
        if wished and wished.isdisjoint(found.resources.values()):
            return None
        if found.stays:
            self._say(source, _STAYS, f"it stays: {found.stays}", source.where)
            return None
        for what, steps in found.losses:
            self._say(source, _LOST, f"lost: {what}", source.place(steps))
        if found.is_shared:
            what = "lost: that pods share its devices; each asks for its own"
            self._say(source, _LOST, what, source.where)
        return self.used.setdefault(source.number, found)

    def _find(self, reference: Reference, namespace: str) -> Input | None:
        """Return a claim by how a pod of a namespace names it."""
        named = self._claims.get(reference, [])
        same = [each for each in named if each.namespace == namespace]
        loose = [each for each in named if _may_be_one(each.namespace, namespace)]
        return next(iter((*same, *loose)), None)

    def _amounts(
        self, given: Input, found: Former, claim: str, all_: Sequence[Holder]
    ) -> dict[Steps, Mapping[str, int]] | None:
        """Return what containers asked for in the place of a claim.

        None, with a finding, where that is unknown.
        """
        own: dict[Steps, Mapping[str, int]] = {}
        for each in all_:
            requests = each.requests(claim)
            if requests is None:
                continue
            amounts = found.amounts(each.name, requests)
            if amounts is None:
                what = f"claim {claim} stays: how much of it container {each.name} "
                what += "asked for is not known"
                self._say(given, _STAYS, what, given.where)
                return None
            own[each.steps] = amounts
        if not own:
            what = f"lost: the devices of claim {claim}, which no container has"
            self._say(given, _LOST, what, given.where)
        for first, second in shared(all_, claim, found.resources):
            what = f"lost: that containers {first} and {second} share devices"
            self._say(given, _LOST, what, given.where)
        return own

    def unused(self) -> Iterator[int]:
        """Yield the claims and templates that no pods name any more."""
        still: dict[Reference, set[str]] = {}
        for given in self.inputs:
            document = self.documents.get(given.number, given.document)
            for reference in references(document):
                still.setdefault(reference, set()).add(given.namespace)
        for number, each in self.used.items():
            given = each.given
            namespaces = still.get(Reference(_KINDS[given.kind], given.name), ())
            if not any(_may_be_one(one, given.namespace) for one in namespaces):
                yield number

    def needed(self, unused: Collection[int]) -> Iterator[str]:
        """Yield the classes of claims that stay."""
        for each in self.inputs:
            is_claim = each.group == GROUP and each.kind in _KINDS
            if is_claim and each.number not in unused:
                yield from _class_names(each.document)

    def unused_classes(self, needed: Collection[str]) -> Iterator[int]:
        """Yield the classes that a migration made, and nothing needs any more."""
        for each in self.inputs:
            is_class = each.group == GROUP and each.kind == "DeviceClass"
            if is_class and note_in(each.document) and each.name not in needed:
                yield each.number

    def quotas(self, needed: Collection[str]) -> Iterator[tuple[int, Wire]]:
        """Yield quotas without what says of classes the same as of resources."""
        pairs = {
            (f"requests.{each.resources[name]}", quota_key(class_name))
            for each in self.used.values()
            for name, class_name in each.classes.items()
            if class_name not in needed
        }
        for given in self.inputs:
            steps = _HARD.get((given.group, given.kind))
            hard = mapping(given.document, *steps) if steps else {}
            gone = [
                key for old, key in pairs if key in hard and hard.get(old) == hard[key]
            ]
            if steps and gone:
                places = [(*steps, key) for key in gone]
                yield given.number, without(given.document, places)

    def _say(self, given: Input, code: str, what: str, place: str) -> None:
        found = loss(code, what, given.title, place)
        if found not in self.findings:
            self.findings.append(found)


def _may_be_one(one: str, other: str) -> bool:
    """Tell whether two namespaces can be the same, of which one may be unknown."""
    return one == other or not (one and other)


def _class_names(document: Wire) -> Iterator[str]:
    """Yield the classes that a claim names, in any version of its API."""
    found = decode(document)
    value = found.value if isinstance(found, Decoded) else None
    if isinstance(value, ResourceClaim | ResourceClaimTemplate):
        for request in value.spec.requests:
            for option in request.options:
                yield option.device_class
