"""Quotas on devices: those that are used up, that count half, or that count nothing."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from dractl.api.versions import GROUP
from dractl.diagnose.words import listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.registry import check
from dractl.model.quantity import Quantity
from dractl.model.workloads import ResourceQuota
from dractl.rules.registry import Severity
from dractl.solver.extended import IMPLICIT

_DEVICES: Final = f".deviceclass.{GROUP}/devices"
_REQUESTS: Final = "requests."
_OBJECTS: Final = f"count/resourceclaims.{GROUP}"
_NOTHING: Final = Quantity.of(0)


@check("quota-exhausted", Severity.WARNING)
def quota_exhausted(case: Case) -> Iterator[Finding | Skipped]:
    """A quota on devices or claims is used up.

    That is what quotas are for, so it is only told; it is a warning where an event says
    that something was refused for it. Requests for all devices count as 32.
    """
    for quota in case.snapshot.quotas:
        spent = {
            key: hard
            for key, hard in quota.hard.items()
            if _is_on_devices(key, case) and quota.used.get(key, _NOTHING) >= hard
        }
        # A limit of none forbids, and is not used up.
        spent = {key: hard for key, hard in spent.items() if hard > _NOTHING}
        if spent:
            refused = _refused(case, quota)
            said = ", ".join(f"{hard} of {key}" for key, hard in spent.items())
            why = f"; it has refused {refused}" if refused else ""
            yield Finding(
                "quota-exhausted",
                Severity.WARNING if refused else Severity.INFO,
                f"all is used: {said}{why}",
                _named(quota),
                fix="raise it, or delete claims that nobody needs",
                evidence={
                    "hard": {key: str(hard) for key, hard in spent.items()},
                    "refused": refused or None,
                },
            )


@check("quota-one-key", Severity.WARNING)
def quota_one_key(case: Case) -> Iterator[Finding | Skipped]:
    """A quota limits a class, but not the extended resource of the same devices.

    A class with extendedResourceName gives devices to pods that ask for that resource.
    Claims count in both keys, CLASS.deviceclass.resource.k8s.io/devices and
    requests.RESOURCE; pods with the extended resource only in the second
    (kubernetes/kubernetes#135404). So a quota with the first key alone does not limit
    them. Every class can be had as deviceclass.resource.kubernetes.io/CLASS, too; of
    that key only a mention is made.
    """
    if not case.snapshot.profile.enabled("DRAExtendedResource"):
        return
    for namespace, limited in _limits(case).items():
        for key, quota in limited.items():
            each = case.snapshot.class_by_name.get(key.removesuffix(_DEVICES))
            if not key.endswith(_DEVICES) or each is None:
                continue
            resource = each.extended_resource_name
            if resource and f"{_REQUESTS}{resource}" not in limited:
                yield Finding(
                    "quota-one-key",
                    Severity.WARNING,
                    f"it limits {key}, and pods get the same devices as {resource} "
                    "without a limit",
                    _named(quota),
                    namespace,
                    f"limit {_REQUESTS}{resource} as well, and "
                    f"{_REQUESTS}{IMPLICIT}{each.name}",
                    evidence={"key": key, "missing": f"{_REQUESTS}{resource}"},
                )


@check("quota-unknown-class", Severity.WARNING)
def quota_unknown_class(case: Case) -> Iterator[Finding | Skipped]:
    """A quota limits a class that does not exist.

    It is often a typo, so that the class that was meant has no limit.
    """
    known = case.snapshot.class_by_name
    if not known and (why := case.lack_of("DeviceClass")):
        yield Skipped("quota-unknown-class", why)
        return
    for quota in case.snapshot.quotas:
        names = [*filter(None, map(_class_in, quota.hard))]
        missing = [each for each in names if each not in known]
        if missing:
            there = listed(sorted(known)) or "none"
            yield Finding(
                "quota-unknown-class",
                Severity.WARNING,
                f"it limits class {listed(missing)}, which does not exist; there is "
                f"{there}",
                _named(quota),
                fix="name a class that exists",
                evidence={"missing": missing, "classes": sorted(known)},
            )


def _class_in(key: str) -> str:
    """Return the class that a key of a quota is for; "" for none."""
    implicit = f"{_REQUESTS}{IMPLICIT}"
    if key.startswith(implicit):
        return key.removeprefix(implicit)
    return key.removesuffix(_DEVICES) if key.endswith(_DEVICES) else ""


def _is_on_devices(key: str, case: Case) -> bool:
    extended = {each.extended_resource_name for each in case.snapshot.classes}
    resource = key.removeprefix(_REQUESTS)
    return key == _OBJECTS or bool(_class_in(key)) or resource in extended


def _limits(case: Case) -> Mapping[str, Mapping[str, ResourceQuota]]:
    """Return what is limited in each namespace, and by which quota."""
    found: dict[str, dict[str, ResourceQuota]] = {}
    for quota in case.snapshot.quotas:
        here = found.setdefault(quota.meta.namespace, {})
        for key in quota.hard:
            here.setdefault(key, quota)
    return found


def _refused(case: Case, quota: ResourceQuota) -> str:
    """Return what an event says that the quota has refused; "": nothing."""
    is_of = partial(_speaks_of, quota.meta.name)
    for event in case.snapshot.events:
        if event.meta.namespace == quota.meta.namespace and is_of(event.message):
            return f"{event.involved_kind} {event.involved_name}"
    return ""


def _speaks_of(name: str, message: str) -> bool:
    return f"exceeded quota: {name}," in message


def _named(quota: ResourceQuota) -> str:
    return f"ResourceQuota/{quota.meta.namespace}/{quota.meta.name}"
