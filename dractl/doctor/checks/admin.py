"""Claims with admin access: who has them, and where no new ones could be made."""

from collections.abc import Iterator
from shlex import quote
from typing import Final

from dractl.diagnose.words import counted, listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.registry import check
from dractl.model.claims import ClaimSpec, ObjectMeta
from dractl.rules.registry import Severity

_OLD: Final = "resource.k8s.io/admin-access"


@check("admin-access-in-use", Severity.INFO)
def admin_access_in_use(case: Case) -> Iterator[Finding | Skipped]:
    """Claims have admin access to devices: they see what other pods do with them.

    That is meant for monitoring. Look now and then whether these are still the
    namespaces that you know of.
    """
    found: dict[str, list[str]] = {}
    for claim in case.snapshot.claims:
        results = claim.allocation.results if claim.allocation else ()
        if any(each.admin_access for each in results):
            found.setdefault(claim.meta.namespace, []).append(claim.meta.name)
    for namespace, names in sorted(found.items()):
        yield Finding(
            "admin-access-in-use",
            Severity.INFO,
            f"{counted(len(names), 'claim')} in namespace {namespace} with admin "
            f"access to devices: {listed(names)}",
            f"Namespace/{namespace}",
            evidence={"claims": names},
        )


@check("admin-access-allowed", Severity.INFO)
def admin_access_allowed(case: Case) -> Iterator[Finding | Skipped]:
    """Namespaces have the label that allows claims with admin access.

    Whoever may create claims there gets at devices of others: admin-access-creators
    tells who, admin-access-labellers who can set the label. That of 1.33,
    resource.k8s.io/admin-access, allows nothing from 1.34 on.
    """
    label = case.snapshot.profile.admin_access_label
    if label is None:
        return
    if not case.snapshot.namespaces and (why := case.lack_of("Namespace")):
        yield Skipped("admin-access-allowed", why)
    labelled = {each.meta.name: each.meta.labels for each in case.snapshot.namespaces}
    allowed = sorted(name for name, has in labelled.items() if has.get(label) == "true")
    if allowed:
        yield Finding(
            "admin-access-allowed",
            Severity.INFO,
            f"claims with admin access are allowed in {listed(allowed)}",
            fix=f"take the label {label} off where no monitoring needs it",
            commands=(f"kubectl get namespaces -l {label}=true",),
            evidence={"namespaces": allowed, "label": label},
        )
    old = sorted(
        name for name in labelled.keys() - {*allowed} if _OLD in labelled[name]
    )
    if old and label != _OLD:
        yield Finding(
            "admin-access-allowed",
            Severity.INFO,
            f"{listed(old)} has the label {_OLD}, which allows nothing since 1.34",
            fix=f"use {label} where admin access is wanted, and take the old one off",
            commands=(f"kubectl get namespaces -l {_OLD}",),
            evidence={"namespaces": old, "label": _OLD},
        )


@check("admin-access-unlabelled", Severity.WARNING)
def admin_access_unlabelled(case: Case) -> Iterator[Finding | Skipped]:
    """Admin access is asked for in a namespace without the label that allows it.

    Since 1.33 the API server refuses new claims and templates with adminAccess unless
    the namespace has a label with the value "true"; since 1.34 it is
    resource.kubernetes.io/admin-access. Claims from before it was asked for, or before
    it was taken away, keep what they have, but the pods of a template get no new ones.
    """
    label = case.snapshot.profile.admin_access_label
    if label is None:
        return
    known = case.snapshot.namespace_by_name
    if not known and (why := case.lack_of("Namespace")):
        yield Skipped("admin-access-unlabelled", why)
    found: dict[str, list[str]] = {}
    for kind, meta, spec in _specs(case):
        here = known.get(meta.namespace)
        if here is None or here.meta.labels.get(label) == "true" or not _wants(spec):
            continue
        found.setdefault(meta.namespace, []).append(f"{kind} {meta.name}")
    for namespace, names in sorted(found.items()):
        yield Finding(
            "admin-access-unlabelled",
            Severity.WARNING,
            f"the namespace lacks the label {label}=true, and admin access is asked "
            f"for by {listed(names)}",
            f"Namespace/{namespace}",
            fix="label the namespace, or take adminAccess out of them",
            commands=(f"kubectl label namespace {quote(namespace)} {label}=true",),
            evidence={"objects": names, "label": label},
        )


def _specs(case: Case) -> Iterator[tuple[str, ObjectMeta, ClaimSpec]]:
    for claim in case.snapshot.claims:
        yield "ResourceClaim", claim.meta, claim.spec
    for template in case.snapshot.templates:
        yield "ResourceClaimTemplate", template.meta, template.spec


def _wants(spec: ClaimSpec) -> bool:
    options = (each for request in spec.requests for each in request.options)
    return any(each.admin_access for each in options)
