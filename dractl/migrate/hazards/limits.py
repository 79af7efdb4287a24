"""Hazards of quotas and limits of namespaces, which go by the old name."""

from collections.abc import Iterable, Iterator
from typing import Final

from dractl.migrate.answer import Mention
from dractl.migrate.hazards.registry import Case, Said, of_all
from dractl.migrate.inputs import Route, Wire
from dractl.migrate.places import at
from dractl.migrate.quotas import classes_of, has_scopes, may_share, quota_key
from dractl.rules.registry import Severity
from dractl.rules.subject import mapping, text

_FOR_PODS: Final = "Pod"


@of_all("quota-old-name", Severity.WARNING)
def quota_old_name(case: Case) -> Iterator[Said]:
    """A ResourceQuota limits devices by the old name of the resource.

    Claims are charged to other keys: `CLASS.deviceclass.resource.k8s.io/devices`. The
    old key goes on limiting only claims of a class that carries the resource's name,
    with DRAExtendedResource on: they are charged to both. Elsewhere, whoever the
    quota held off can have any number of devices by claims, also where it said 0. A
    quota with scopes is for pods, and cannot have keys of claims.
    """
    names = classes_of(case.users)
    for each in case.mentions:
        if each.role == "quota" and case.served.get(each.resource):
            wanted = [quota_key(name) for name in names.get(each.resource, ())]
            if wanted and _limits(each.input.document, wanted):
                continue
            keys = ", ".join(wanted)
            fix = f"add {keys} with the same amount; `dractl migrate render` does"
            if not keys:
                fix = "choose a number of devices: no quota counts parts of them"
            elif has_scopes(each.input.document):
                fix = f"it has scopes, which are for pods: make another with {keys}"
            yield _about(each, f"{each.text} does not limit claims", fix)


def _limits(quota: Wire, keys: Iterable[str]) -> bool:
    spec = mapping(quota, "spec")
    return mapping(mapping(spec, "quota") or spec, "hard").keys() >= set(keys)


@of_all("limit-range-default", Severity.WARNING)
def limit_range_default(case: Case) -> Iterator[Said]:
    """A LimitRange gives containers the old resource, also after they have moved.

    It adds its default to every container that does not ask for the resource. What
    has moved to claims would ask for it again and wait for ever, as no node has it any
    more. A `max` or `min` for containers is a default too, where there is no other
    (1.36, pkg/apis/core/v1/defaults.go).
    """
    for each in _ranges(case):
        if not _is_for_pods(each):
            yield _about(
                each,
                f"{each.text} is added to every container that does not ask for it, "
                "also to those that have moved to claims",
                "take it out before pods move; `dractl migrate render` does",
            )


@of_all("limit-range-other", Severity.WARNING)
def limit_range_other(case: Case) -> Iterator[Said]:
    """A LimitRange for pods refuses those that do not state the old resource.

    With `min` or `max` of a resource for pods, a pod has to say how much of it it wants
    (1.36, plugin/pkg/admission/limitranger). After the move it does not. No LimitRange
    knows claims; a quota is the nearest.
    """
    for each in _ranges(case):
        if _is_for_pods(each):
            yield _about(
                each,
                f"{each.text} refuses pods that do not state it, so also those that "
                "have moved to claims",
                "take it out before pods move; a quota can limit claims instead",
            )


def _ranges(case: Case) -> Iterator[Mention]:
    """Yield the first mention of each resource in a rule for pods or containers."""
    seen = set()
    for each in case.mentions:
        key = (each.input.number, each.steps[:-2], each.resource)
        if each.role == "limit-range" and key not in seen and _is_met(each, case):
            seen.add(key)
            yield each


def _is_met(each: Mention, case: Case) -> bool:
    """Tell whether pods that could move are in the namespace of a limit range."""
    return any(
        each.resource in one.targets
        and may_share(one.user.namespace, each.input.namespace)
        for one in case.by_resource.get(each.resource, ())
    )


def _is_for_pods(each: Mention) -> bool:
    item = at(each.input.document, each.steps[:-2])
    return text(item, "type") == _FOR_PODS


def _about(each: Mention, message: str, fix: str) -> Said:
    place = each.input.place(each.steps)
    return Said(message, fix, place, Route.CLAIMS, each.input.title)
