"""RBAC: who may take devices of others, write what drivers write, or taint devices."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from shlex import quote
from typing import Final

from dractl.api.decode import Decoded, decode
from dractl.api.versions import GROUP
from dractl.diagnose.words import listed
from dractl.doctor.accounts import accounts
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.grants import Grant, broad, described, names
from dractl.doctor.registry import check
from dractl.manifests.access import class_policy
from dractl.model.access import PolicyRule, Request, Role, Subject
from dractl.rules.registry import Severity

_CLAIMS: Final = ("resourceclaims", "resourceclaimtemplates")
_CREATE: Final = tuple(Request("create", each, GROUP) for each in _CLAIMS)
_WRITE: Final = ("create", "update", "patch", "delete")
_SET: Final = ("update", "patch")
_STATUS: Final = tuple(Request(verb, "resourceclaims/status", GROUP) for verb in _SET)
_OBJECTS: Final = {
    "devicetaintrules": "take devices from all pods, and evict those that have them",
    "deviceclasses": "change which devices the claims of others get",
    "resourceslices": "invent devices, or hide them",
}


@check("admin-access-creators", Severity.WARNING)
def admin_access_creators(case: Case) -> Iterator[Finding | Skipped]:
    """Who may make claims with admin access, since the namespace has the label.

    A claim with adminAccess gets devices that others use, and sees what they do. The
    API server allows it in namespaces with the label
    resource.kubernetes.io/admin-access=true, to everybody who may create claims or
    templates there. Cluster administrators are not listed. Give create on these two
    kinds in such a namespace to monitoring alone.
    """
    if not case.snapshot.profile.enabled("DRAAdminAccess"):
        return
    yield from _unknown(case, "admin-access-creators")
    everywhere = case.grants.everywhere(*_CREATE)
    for namespace in _labelled(case):
        found = _merged(everywhere, case.grants.within(namespace, *_CREATE))
        if found:
            yield Finding(
                "admin-access-creators",
                _by_breadth(found),
                f"{names(found)} may create claims with admin access in namespace "
                f"{namespace}",
                f"Namespace/{namespace}",
                fix="let only monitoring create claims and templates there",
                evidence={"grants": described(found)},
            )


@check("admin-access-labellers", Severity.WARNING)
def admin_access_labellers(case: Case) -> Iterator[Finding | Skipped]:
    """Who may label a namespace, and so allow claims with admin access in it.

    The label is the only guard of adminAccess. Whoever may update or patch a namespace
    can set it, the owner of a namespace too where a Role in it says so
    (kubernetes/kubernetes#141293). A ValidatingAdmissionPolicy that looks at updates of
    namespaces can refuse it; what an existing one says is not looked at.
    """
    label = case.snapshot.profile.admin_access_label
    if label is None or not case.snapshot.profile.enabled("DRAAdminAccess"):
        return
    yield from _unknown(case, "admin-access-labellers")
    requests = [Request(verb, "namespaces", name=None) for verb in _SET]
    within = (
        case.grants.within(at, *(each._replace(name=at) for each in requests))
        for at in case.grants.namespaces
    )
    found = _merged(case.grants.everywhere(*requests), *within)
    if found:
        guard = _guard(case, "UPDATE", "", "namespaces")
        seen = f"; {guard} looks at such changes" if guard else ""
        yield Finding(
            "admin-access-labellers",
            Severity.INFO if guard else _by_breadth(found),
            f"{names(found)} may set the label {label}, which allows admin access"
            f"{seen}",
            fix="refuse changes of that label by a ValidatingAdmissionPolicy",
            evidence={"grants": described(found), "policy": guard or None},
        )


@check("claim-status-writers", Severity.WARNING)
def claim_status_writers(case: Case) -> Iterator[Finding | Skipped]:
    """Who may write the status of claims, beside drivers.

    The status says which devices a claim has. Only schedulers, drivers and controllers
    have to write it; users never do. The accounts under which drivers run, as far as
    their pods are known, are left out; those of schedulers and controllers are not.
    """
    yield from _unknown(case, "claim-status-writers")
    within = (case.grants.within(at, *_STATUS) for at in case.grants.namespaces)
    drivers = {each.subject for each in accounts(case)}
    found = tuple(
        each
        for each in _merged(case.grants.everywhere(*_STATUS), *within)
        if each.subject not in drivers
    )
    if found:
        yield Finding(
            "claim-status-writers",
            _by_breadth(found),
            f"{names(found)} may write the status of claims, which says what devices "
            "they have",
            fix="leave resourceclaims/status to schedulers, drivers and controllers",
            evidence={"grants": described(found)},
        )


@check("device-object-writers", Severity.WARNING)
def device_object_writers(case: Case) -> Iterator[Finding | Skipped]:
    """Who may write DeviceTaintRules, DeviceClasses and ResourceSlices.

    These are for administrators, and slices for drivers: a DeviceTaintRule can evict
    all pods that have devices, in all namespaces. Service accounts are taken for those
    of drivers and controllers where it is slices.
    """
    yield from _unknown(case, "device-object-writers")
    for resource, effect in _OBJECTS.items():
        requests = (Request(verb, resource, GROUP) for verb in _WRITE)
        found = case.grants.everywhere(*requests)
        if resource == "resourceslices":
            found = _people(found)
        if found:
            yield Finding(
                "device-object-writers",
                _by_breadth(found),
                f"{names(found)} may write {resource}: they can {effect}",
                f"{resource}.{GROUP}",
                fix="keep it to administrators and to what needs it",
                evidence={"grants": described(found)},
            )


@check("resource-names", Severity.WARNING)
def resource_names(case: Case) -> Iterator[Finding | Skipped]:
    """A role restricts claims by resourceNames, as if these were device classes.

    resourceNames are the names of objects: here those of claims. A request to create
    has no name yet, so such a rule allows none; list and watch it allows only with a
    field selector for one name. RBAC does not look into objects, so it cannot tell
    which class a claim asks for. A ValidatingAdmissionPolicy can: `dractl render rbac
    --restrict-class` writes one, and -o json has it. A rule without create whose names
    are not those of classes is taken for one that means claims.
    """
    roles = [*((each, "") for each in case.snapshot.roles), *_of_files(case)]
    if not roles:
        yield from _unknown(case, "resource-names")
    guard = _guard(case, "CREATE", GROUP, _CLAIMS[0])
    claims = {each.meta.name for each in case.snapshot.claims}
    classes = case.snapshot.class_by_name.keys() - claims
    for role, where in roles:
        for rule in role.rules:
            if not role.meta.name.startswith("system:") and _misses(rule, classes):
                yield replace(_misunderstood(case, role, rule, guard), where=where)


def _of_files(case: Case) -> Iterator[tuple[Role, str]]:
    """Yield the roles in files of configuration, with where they stand."""
    for given in case.configuration:
        found = decode(given.value)
        if isinstance(found, Decoded) and isinstance(found.value, Role):
            yield found.value, given.where


def _misses(rule: PolicyRule, classes: Collection[str]) -> bool:
    """Tell whether a rule has names for what has none, or those of classes."""
    is_of_claims = not {*_CLAIMS, "*"}.isdisjoint(rule.resources)
    is_there = GROUP in rule.groups and is_of_claims and bool(rule.names)
    return is_there and (
        "create" in rule.verbs or any(each in classes for each in rule.names)
    )


def _misunderstood(case: Case, role: Role, rule: PolicyRule, guard: str) -> Finding:
    known = case.snapshot.class_by_name
    called = ", as DeviceClasses are called" if {*rule.names} & known.keys() else ""
    none = ", and create is not allowed at all" if "create" in rule.verbs else ""
    seen = f"; {guard} looks at new claims" if guard else ""
    classes = [each for each in known if each not in rule.names][:8] or ["CLASS"]
    options = " ".join(f"--restrict-class {quote(each)}" for each in classes)
    return Finding(
        "resource-names",
        Severity.WARNING,
        f"it allows {', '.join(rule.verbs)} of {', '.join(rule.resources)} only for "
        f"the names {listed(rule.names)}{called}: names are those of claims, and do "
        f"not restrict classes{none}{seen}",
        "/".join(filter(None, (role.kind, *role.meta.key))),
        fix="leave resourceNames out, and let a ValidatingAdmissionPolicy keep the "
        "other classes to the namespaces that may use them",
        commands=(f"dractl render rbac {options} --only-namespace NAMESPACE",),
        evidence={
            "names": list(rule.names),
            "verbs": list(rule.verbs),
            "policy": guard or None,
            "wanted": class_policy(classes, ["NAMESPACE"]),
        },
    )


def _merged(*found: Iterable[Grant]) -> tuple[Grant, ...]:
    """Return each subject once, by the first grant."""
    merged: dict[Subject, Grant] = {}
    for each in chain.from_iterable(found):
        merged.setdefault(each.subject, each)
    return tuple(merged.values())


def _labelled(case: Case) -> Iterator[str]:
    label = case.snapshot.profile.admin_access_label
    for each in case.snapshot.namespaces:
        if label is not None and each.meta.labels.get(label) == "true":
            yield each.meta.name


def _unknown(case: Case, code: str) -> Iterator[Skipped]:
    if why := case.grants.lack():
        yield Skipped(code, why)


def _by_breadth(found: Sequence[Grant]) -> Severity:
    return Severity.WARNING if any(broad(found)) else Severity.INFO


def _people(found: Sequence[Grant]) -> tuple[Grant, ...]:
    """Return the grants but for those of single service accounts."""
    return tuple(each for each in found if each.subject.kind != "ServiceAccount")


def _guard(case: Case, operation: str, group: str, resource: str) -> str:
    """Return the policy that can refuse such requests; "": there is none."""
    bound = {each.policy for each in case.snapshot.admission_bindings if each.denies}
    for policy in case.snapshot.admission_policies:
        looks = (each.covers(operation, group, resource) for each in policy.attention)
        if policy.meta.name in bound and any(looks):
            return f"ValidatingAdmissionPolicy {policy.meta.name}"
    return ""
