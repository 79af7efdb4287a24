"""Causes in what a pod refers to: objects that are missing, unmade or on their way."""

import dataclasses
from collections.abc import Iterable, Iterator
from functools import partial

from dractl.catalogue.nearest import nearest
from dractl.diagnose.answer import Cause
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Alter, Change, with_option
from dractl.diagnose.entries import Entry, entries
from dractl.diagnose.table import found_in_objects
from dractl.diagnose.told import Told
from dractl.diagnose.words import listed
from dractl.model.claims import (
    ClaimSpec,
    ObjectMeta,
    ResourceClaim,
    ResourceClaimTemplate,
)
from dractl.model.workloads import Event
from dractl.solver.subjects import Subject

CREATION_FAILED = "FailedResourceClaimCreation"


def named_by(case: Case) -> list[Entry]:
    """Return the pod's entries; none for a claim by itself."""
    return [] if case.pod is None else list(entries(case.world, case.pod))


def creation_event(case: Case, entry: Entry) -> Event | None:
    """Return the latest event that says why no claim was made for an entry."""
    if case.pod is None:
        return None
    found = case.world.events_of("Pod", case.pod.meta.key, CREATION_FAILED)
    name = f"PodResourceClaim {entry.entry.name}:"
    return next((event for event in found if name in event.message), None)


@found_in_objects("template-missing")
def template_missing(case: Case) -> Iterator[Told]:
    """A claim is to be made from a template that does not exist."""
    templates = case.world.snapshot.templates
    for entry in named_by(case):
        name = entry.entry.template
        if not entry.is_unmade or name is None or entry.template is not None:
            continue
        others = [
            each.meta.name
            for each in templates
            if each.meta.namespace == case.namespace
        ]
        near = nearest(name, others)
        cause = Cause(
            "template-missing",
            f"claim template {name} does not exist in namespace {case.namespace}"
            f"{_others('it has', others)}{_elsewhere(name, templates)}",
            evidence={
                "entry": entry.entry.name,
                "template": name,
                "exist": sorted(others)[:32],
                "event": text_of(creation_event(case, entry)),
            },
        )
        changes = [
            Change(f"name template {each} in the pod", _as_template(case, entry, each))
            for each in near
        ]
        yield Told(
            cause, (*changes, Change(f"create the ResourceClaimTemplate {name}"))
        )


def _as_template(case: Case, entry: Entry, name: str) -> Alter:
    template = case.world.snapshot.template_by_key[case.namespace, name]
    return partial(with_claim, name=entry.entry.name, spec=template.spec)


def with_claim(subject: Subject, name: str, spec: ClaimSpec) -> Subject:
    """Return the subject with one more claim, as the controller would make it."""
    assert subject.pod is not None
    meta = ObjectMeta(f"{subject.pod.meta.name}-{name}", subject.pod.meta.namespace)
    return dataclasses.replace(
        subject, problem=None, claims=(*subject.claims, ResourceClaim(meta, spec))
    )


def _others(lead: str, names: Iterable[str]) -> str:
    found = sorted(names)
    return f"; {lead} {listed(found)}" if found else f"; {lead} none"


def _elsewhere(
    name: str, known: Iterable[ResourceClaim | ResourceClaimTemplate]
) -> str:
    """Return which other namespaces have an object of that name."""
    found = sorted(each.meta.namespace for each in known if each.meta.name == name)
    return f"; there is one in namespace {listed(found)}" if found else ""


def text_of(event: Event | None) -> str | None:
    """Return what an event says."""
    return None if event is None else event.message


@found_in_objects("claim-missing")
def claim_missing(case: Case) -> Iterator[Told]:
    """A claim that the pod names, or that was made for it, does not exist."""
    claims = case.world.snapshot.claims
    for entry in named_by(case):
        asked = entry.entry
        if asked.claim is None and asked.template is None:
            yield Told(
                Cause(
                    "claim-missing",
                    f"entry {asked.name} names neither a claim nor a template",
                    evidence={"entry": asked.name},
                ),
                (
                    Change(
                        "put resourceClaimName or resourceClaimTemplateName right "
                        "under the entry; `source` is from before Kubernetes 1.31"
                    ),
                ),
            )
            continue
        if entry.claim is not None or entry.named is None:
            continue
        foreign = case.world.snapshot.claim_by_key.get((case.namespace, entry.named))
        if foreign is not None:
            yield _foreign(entry.named, foreign)
            continue
        others = [
            each.meta.name for each in claims if each.meta.namespace == case.namespace
        ]
        made = ", which was made for this pod," if asked.claim is None else ""
        cause = Cause(
            "claim-missing",
            f"claim {entry.named}{made} does not exist in namespace {case.namespace}"
            f"{_others('it has', others)}{_elsewhere(entry.named, claims)}",
            claim=entry.named,
            evidence={"entry": asked.name, "exist": sorted(others)[:32]},
        )
        changes = []
        for near in nearest(entry.named, others):
            claim = case.world.snapshot.claim_by_key[case.namespace, near]
            changes.append(
                Change(
                    f"name claim {near} in the pod",
                    partial(_with_own_claim, claim=claim),
                )
            )
        advice = (
            f"create the ResourceClaim {entry.named}"
            if asked.claim is not None
            else "delete the pod, so that a new one gets a claim of its own"
        )
        yield Told(cause, (*changes, Change(advice)))


def _foreign(name: str, claim: ResourceClaim) -> Told:
    """Tell of a claim that is recorded for the pod, but was made for another one."""
    owners = listed(f"{each.kind} {each.name}" for each in claim.meta.owners)
    return Told(
        Cause(
            "claim-missing",
            f"claim {name} is recorded for this pod, but was made for another object, "
            f"maybe an earlier pod of that name ({owners})",
            claim=name,
            evidence={
                "owners": [f"{o.kind} {o.name} {o.uid}" for o in claim.meta.owners]
            },
        ),
        (Change("delete the pod, so that a new one gets a claim of its own"),),
    )


def _with_own_claim(subject: Subject, claim: ResourceClaim) -> Subject:
    return dataclasses.replace(subject, problem=None, claims=(*subject.claims, claim))


@found_in_objects("class-missing")
def class_missing(case: Case) -> Iterator[Told]:
    """A request that still waits for devices names a class that does not exist."""
    known = case.world.snapshot.class_by_name
    for claim in _open_claims(case):
        for request in claim.spec.requests:
            for option in request.options:
                name = option.device_class
                if not name or name in known:
                    continue
                full = f"{request.name}/{option.name}" if option.name else request.name
                changes = [
                    Change(
                        f"use class {near} in request {full}",
                        partial(
                            _with_class, claim=claim.meta.name, request=full, to=near
                        ),
                    )
                    for near in nearest(name, known)
                ]
                yield Told(
                    Cause(
                        "class-missing",
                        f"request {full} of claim {claim.meta.name}: device class "
                        f"{name} does not exist{_others('there are', known)}",
                        claim.meta.name,
                        full,
                        evidence={"deviceClass": name, "exist": sorted(known)[:32]},
                    ),
                    (
                        *changes,
                        Change(f"create the DeviceClass {name}; drivers bring theirs"),
                    ),
                )


def _open_claims(case: Case) -> list[ResourceClaim]:
    """Return the claims of the case that exist, or that a manifest would lead to."""
    return [each for each in case.subject.claims if each.allocation is None]


def _with_class(subject: Subject, claim: str, request: str, to: str) -> Subject:
    edit = partial(dataclasses.replace, device_class=to)
    return dataclasses.replace(with_option(claim, request, edit)(subject), problem=None)
