"""Causes in claims that are not made: what refuses them, or keeps them from it."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from dractl.diagnose.answer import Cause
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Change
from dractl.diagnose.entries import is_stored
from dractl.diagnose.objects import creation_event, named_by, text_of, with_claim
from dractl.diagnose.quotas import exceeded
from dractl.diagnose.table import found_in_objects
from dractl.diagnose.told import Told
from dractl.diagnose.words import listed

_NO_REASON: Final = (
    "look into kube-controller-manager: its resourceclaim controller makes the claims"
)
_SOME_REASON: Final = "do away with what the event says; the claim is made anew then"
_ADMIN_LABEL_WORDS: Final = (
    "admin access to devices requires",
    "adminAccess: Forbidden",
)


@found_in_objects("admin-access-forbidden")
def admin_access(case: Case) -> Iterator[Told]:
    """The claim to be made asks for admin access, and the namespace forbids it."""
    label = case.world.snapshot.profile.admin_access_label
    if label is None:
        return
    namespace = case.world.snapshot.namespace_by_name.get(case.namespace)
    for entry in named_by(case):
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
                "event": text_of(event),
            },
        )
        command = f"kubectl label namespace {case.namespace} {label}=true"
        alter = partial(with_claim, name=entry.entry.name, spec=entry.template.spec)
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
    for entry in named_by(case):
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
                    "event": text_of(event),
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
    for entry in named_by(case):
        if not entry.is_unmade or entry.template is None or entry.entry.name in known:
            continue
        event = creation_event(case, entry)
        said = f": {event.message}" if event is not None else ""
        yield Told(
            Cause(
                "claim-not-created",
                f"no claim has been made yet from template {entry.entry.template} for "
                f"entry {entry.entry.name}{said}",
                evidence={"entry": entry.entry.name, "event": text_of(event)},
            ),
            (Change(_NO_REASON if event is None else _SOME_REASON),),
        )
