"""What drivers and schedulers have to be allowed, by the release of the cluster."""

from collections.abc import Iterator
from shlex import quote
from typing import Final

from dractl.api.versions import GROUP
from dractl.doctor.accounts import Account, accounts
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.grants import described, names
from dractl.doctor.registry import check
from dractl.manifests.access import roles, rule
from dractl.model.access import Request
from dractl.rules.registry import Severity

_GATE: Final = "DRAResourceClaimGranularStatusAuthorization"
_VERBS: Final = ("update", "patch")
_BINDING: Final = "resourceclaims/binding"
_DRIVER: Final = "resourceclaims/driver"
_STATUS: Final = "resourceclaims/status"
_PUBLISH: Final = Request("create", "resourceslices", GROUP)
_NEEDED: Final = (
    *(
        Request(verb, "resourceslices", GROUP)
        for verb in ("list", "watch", "create", "update", "delete")
    ),
    Request("get", "resourceclaims", GROUP),
)
"""What the kubelet plugin library of 1.36 does for every driver."""


@check("driver-permissions", Severity.ERROR)
def driver_permissions(case: Case) -> Iterator[Finding | Skipped]:
    """A driver's service account may not do what the driver has to do.

    Every driver lists, watches and writes ResourceSlices and reads claims. Since 1.36
    (DRAResourceClaimGranularStatusAuthorization), one that writes the status of devices
    needs, beside update or patch on resourceclaims/status, the verb
    associated-node:update or associated-node:patch on resourceclaims/driver, for its
    own name; a driver that does not run on the node of the claim needs
    arbitrary-node:update and arbitrary-node:patch. Charts from before 1.36 lack them
    (kubernetes/kubernetes#138149). The account is that of pods whose names look like
    the driver's, and where several do, of those that may create slices; RBAC of single
    namespaces is not counted.
    """
    if why := case.grants.lack():
        yield Skipped("driver-permissions", why)
    if not case.grants.knows_cluster:
        return
    known = accounts(case)
    unknown = {each.driver for each in case.snapshot.slices} - {
        each.driver for each in known
    }
    if unknown:
        why = "no pod looks like that of driver"
        yield Skipped("driver-permissions", why, tuple(sorted(unknown)))
    publishing = {each for each in known if case.grants.may(each.subject, _PUBLISH)}
    served = {each.driver for each in publishing}
    for account in known:
        if account.driver in served and account not in publishing:
            continue  # a pod of the same vendor that is not the driver
        missing = [*_missing(case, account)]
        if missing:
            yield _without(case, account, missing)


@check("status-permissions", Severity.WARNING)
def status_permissions(case: Case) -> Iterator[Finding | Skipped]:
    """Somebody may write the status of claims, but since 1.36 nothing that is in it.

    With DRAResourceClaimGranularStatusAuthorization, whoever changes the allocation or
    reservedFor needs update or patch on resourceclaims/binding: schedulers other than
    Kubernetes' own, and what removes reservations. Whoever changes status.devices needs
    verbs on resourceclaims/driver (see driver-permissions). Without either, every
    change is refused.
    """
    if not case.snapshot.profile.enabled(_GATE):
        return
    if why := case.grants.lack():
        yield Skipped("status-permissions", why)
    if not case.grants.knows_cluster:
        return
    drivers = {each.subject for each in accounts(case)}
    enough = (
        *_of(_BINDING),
        *(each for verb in _VERBS for each in _driver(verb, None)),
    )
    found = [
        each
        for each in case.grants.everywhere(*_of(_STATUS))
        if each.subject.kind == "ServiceAccount"
        and each.subject not in drivers
        and not case.grants.may(each.subject, *enough)
    ]
    if found:
        yield Finding(
            "status-permissions",
            Severity.WARNING,
            f"{names(found)} may write {_STATUS}, and neither {_BINDING} nor "
            f"{_DRIVER}: since 1.36 their changes are refused",
            fix=f"schedulers need update and patch on {_BINDING}; drivers what "
            "`dractl render rbac --role driver` gives",
            evidence={
                "grants": described(found),
                "ruleForSchedulers": rule((_BINDING,), _VERBS),
            },
        )


def _missing(case: Case, account: Account) -> Iterator[str]:
    """Yield what a driver may not do, as RBAC says it."""
    subject = account.subject
    for request in _NEEDED:
        if not case.grants.may(subject, request):
            yield f"{request.verb} on {request.resource}"
    if not case.snapshot.profile.enabled(_GATE):
        return
    for verb in _VERBS:
        writes = case.grants.may(subject, Request(verb, _STATUS, GROUP))
        if writes and not case.grants.may(subject, *_driver(verb, account.driver)):
            yield f"associated-node:{verb} on {_DRIVER}"


def _without(case: Case, account: Account, missing: list[str]) -> Finding:
    driver, subject = account
    at = f"{subject.namespace}/{subject.name}"
    granular = case.snapshot.profile.enabled(_GATE)
    made = roles("driver", driver=driver, account=None, granular=granular)
    command = f"dractl render rbac --role driver --driver {quote(driver)}"
    return Finding(
        "driver-permissions",
        Severity.ERROR,
        f"driver {driver} runs as {at}, which lacks {', '.join(missing)}",
        f"ServiceAccount/{at}",
        fix="upgrade its chart, or bind a role that allows it",
        commands=(f"{command} --service-account {quote(at)}",),
        evidence={"driver": driver, "missing": missing, "role": made[0]},
    )


def _driver(verb: str, driver: str | None) -> tuple[Request, ...]:
    """Return what writes the devices of a driver, or of some driver."""
    return tuple(
        Request(f"{node}:{verb}", _DRIVER, GROUP, driver)
        for node in ("associated-node", "arbitrary-node")
    )


def _of(resource: str) -> tuple[Request, ...]:
    return tuple(Request(verb, resource, GROUP) for verb in _VERBS)
