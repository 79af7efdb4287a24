"""Causes in what a pod refers to: objects that are missing, unmade or on their way."""

import dataclasses
from collections.abc import Iterable, Iterator
from functools import partial

from dractl.catalogue.nearest import nearest
from dractl.diagnose.answer import Cause
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Alter, Change, with_option
from dractl.diagnose.entries import Entry, entries, is_stored
from dractl.diagnose.quotas import exceeded
from dractl.diagnose.table import found_in_objects
from dractl.diagnose.told import Told
from dractl.diagnose.words import listed
from dractl.model.claims import ClaimSpec, ObjectMeta, ResourceClaim
from dractl.model.workloads import Event
from dractl.solver.subjects import Subject

CREATION_FAILED = "FailedResourceClaimCreation"
_ADMIN_LABEL_WORDS = ("admin access to devices requires", "adminAccess: Forbidden")


def _entries(case: Case) -> list[Entry]:
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
    for entry in _entries(case):
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
            f"{_others('it has', others)}",
            evidence={
                "entry": entry.entry.name,
                "template": name,
                "exist": sorted(others)[:32],
                "event": _text(creation_event(case, entry)),
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
    return partial(_with_claim, name=entry.entry.name, spec=template.spec)


def _with_claim(subject: Subject, name: str, spec: ClaimSpec) -> Subject:
    """Return the subject with one more claim, as the controller would make it."""
    assert subject.pod is not None
    meta = ObjectMeta(f"{subject.pod.meta.name}-{name}", subject.pod.meta.namespace)
    return dataclasses.replace(
        subject, problem=None, claims=(*subject.claims, ResourceClaim(meta, spec))
    )


def _others(lead: str, names: Iterable[str]) -> str:
    found = sorted(names)
    return f"; {lead} {listed(found)}" if found else ""


def _text(event: Event | None) -> str | None:
    return None if event is None else event.message


@found_in_objects("claim-missing")
def claim_missing(case: Case) -> Iterator[Told]:
    """A claim that the pod names, or that was made for it, does not exist."""
    claims = case.world.snapshot.claims
    for entry in _entries(case):
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
        others = [
            each.meta.name for each in claims if each.meta.namespace == case.namespace
        ]
        made = ", which was made for this pod," if asked.claim is None else ""
        cause = Cause(
            "claim-missing",
            f"claim {entry.named}{made} does not exist in namespace {case.namespace}"
            f"{_others('it has', others)}",
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


@found_in_objects("admin-access-forbidden")
def admin_access(case: Case) -> Iterator[Told]:
    """The claim to be made asks for admin access, and the namespace forbids it."""
    label = case.world.snapshot.profile.admin_access_label
    if label is None:
        return
    namespace = case.world.snapshot.namespace_by_name.get(case.namespace)
    for entry in _entries(case):
        if not entry.is_unmade or entry.template is None:
            continue
        event = creation_event(case, entry)
        refused = event is not None and any(
            words in event.message for words in _ADMIN_LABEL_WORDS
        )
        lacks = namespace is not None and namespace.meta.labels.get(label) != "true"
        asks = any(
            option.admin_access
            for request in entry.template.spec.requests
            for option in request.options
        )
        if not (refused or (asks and lacks)):
            continue
        cause = Cause(
            "admin-access-forbidden",
            f"claim template {entry.entry.template} asks for admin access, which needs "
            f"the label {label}=true on namespace {case.namespace}",
            evidence={
                "entry": entry.entry.name,
                "template": entry.entry.template,
                "label": label,
                "event": _text(event),
            },
        )
        command = f"kubectl label namespace {case.namespace} {label}=true"
        alter = partial(_with_claim, name=entry.entry.name, spec=entry.template.spec)
        yield Told(
            cause,
            (
                Change(f"label the namespace: {command}", alter),
                Change("leave out adminAccess, unless the pod monitors devices"),
            ),
        )


@found_in_objects("quota-exceeded")
def quota(case: Case) -> Iterator[Told]:
    """A ResourceQuota of the namespace refuses the claim that is to be made."""
    for entry in _entries(case):
        if not entry.is_unmade or entry.template is None:
            continue
        event = creation_event(case, entry)
        over = exceeded(case.world, case.namespace, entry.template.spec)
        refused = event is not None and "exceeded quota" in event.message
        if not over and not refused:
            continue
        parts = [str(each) for each in over]
        why = listed(parts, 2) or (event.message if event is not None else "")
        changes = [
            Change(f"raise {each.resource} of quota {each.quota} to {each.needed}")
            for each in over
        ]
        yield Told(
            Cause(
                "quota-exceeded",
                f"no claim may be made from template {entry.entry.template}: {why}",
                evidence={
                    "entry": entry.entry.name,
                    "quotas": [each.described() for each in over],
                    "event": _text(event),
                },
            ),
            tuple(changes),
        )


@found_in_objects("claim-not-created")
def not_created(case: Case) -> Iterator[Told]:
    """The template exists, but no claim has been made from it, for no reason known."""
    if case.pod is None or not is_stored(case.pod):
        return
    known = {
        cause.evidence.get("entry")
        for find in (admin_access, quota)
        for cause, *_ in find(case)
    }
    for entry in _entries(case):
        if not entry.is_unmade or entry.template is None or entry.entry.name in known:
            continue
        event = creation_event(case, entry)
        said = f": {event.message}" if event is not None else ""
        yield Told(
            Cause(
                "claim-not-created",
                f"no claim has been made yet from template {entry.entry.template} for "
                f"entry {entry.entry.name}{said}",
                evidence={"entry": entry.entry.name, "event": _text(event)},
            ),
            (
                Change(
                    "look into kube-controller-manager: its resourceclaim controller "
                    "makes the claims"
                ),
            ),
        )


@found_in_objects("claim-being-deleted")
def being_deleted(case: Case) -> Iterator[Told]:
    """A claim of the pod is on its way out; new pods cannot use it."""
    for claim in case.subject.claims:
        if claim.meta.deletion_timestamp is None:
            continue
        yield deletion_of(case, claim)


def deletion_of(case: Case, claim: ResourceClaim) -> Told:
    """Return why a claim that is being deleted is still there."""
    consumers = case.world.holders.consumers(claim)
    alive = [each for each in consumers if not each.is_gone and not each.is_done]
    idle = [each for each in consumers if each.is_gone or each.is_done]
    parts = [f"since {claim.meta.deletion_timestamp}"]
    if alive:
        parts.append(f"{listed(map(str, alive), 3)} still use it")
    if idle:
        parts.append(f"it is reserved for {listed(map(str, idle), 3)}, gone or ended")
    if claim.meta.finalizers:
        parts.append(f"finalizers: {listed(claim.meta.finalizers, 3)}")
    changes = []
    if alive:
        changes.append(Change(f"delete {listed(map(str, alive), 3)}, or let it end"))
    elif idle:
        changes.append(
            Change(
                "look into kube-controller-manager: it takes such pods off the claim "
                "and then removes the finalizer"
            )
        )
    elif claim.meta.finalizers:
        changes.append(
            Change("look for whoever has to remove the finalizer; the claim is unused")
        )
    return Told(
        Cause(
            "claim-being-deleted",
            f"claim {claim.meta.name} is being deleted ({'; '.join(parts)})",
            claim.meta.name,
            evidence={
                "deletionTimestamp": claim.meta.deletion_timestamp,
                "finalizers": list(claim.meta.finalizers),
                "reservedFor": [str(each) for each in consumers],
                "gone": [str(each) for each in consumers if each.is_gone],
                "finished": [str(each) for each in consumers if each.is_done],
            },
        ),
        tuple(changes),
    )


# -- the pod itself


@found_in_objects("scheduling-gated")
def gated(case: Case) -> Iterator[Told]:
    """The pod has scheduling gates; until they are gone, nobody schedules it."""
    if case.pod is None or not case.pod.gates:
        return
    gates = listed(case.pod.gates)
    yield Told(
        Cause(
            "scheduling-gated",
            f"the pod waits until its scheduling gates are removed: {gates}",
            evidence={"gates": list(case.pod.gates)},
        ),
        (Change(f"look for the controller that removes {gates}"),),
    )


@found_in_objects("no-scheduler")
def no_scheduler(case: Case) -> Iterator[Told]:
    """No scheduler acts on pods of this schedulerName, as far as can be seen."""
    pod = case.pod
    if pod is None or pod.scheduler_name in {"", "default-scheduler"}:
        return
    name = pod.scheduler_name
    if any(each.type == "PodScheduled" for each in pod.conditions) and not pod.gates:
        return  # somebody has looked at it
    if case.world.is_active(name):
        return
    yield Told(
        Cause(
            "no-scheduler",
            f"nobody schedules for schedulerName {name}: no pod with it has a node, "
            "and no event is from it",
            evidence={"schedulerName": name},
        ),
        (
            Change(
                "use schedulerName default-scheduler",
                partial(_with_scheduler, name="default-scheduler"),
            ),
            Change(f"start the scheduler {name}, or look into its log"),
        ),
    )


def _with_scheduler(subject: Subject, name: str) -> Subject:
    assert subject.pod is not None
    pod = dataclasses.replace(subject.pod, scheduler_name=name)
    return dataclasses.replace(subject, pod=pod)
