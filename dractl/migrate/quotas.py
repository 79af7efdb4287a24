"""Quotas and limits of namespaces, so that they fit claims too.

Devices of claims are charged to `CLASS.deviceclass.resource.k8s.io/devices` (Kubernetes
1.36, pkg/quota/v1/evaluator/core/resource_claims.go). The old key stays: pods that have
not moved count against it, and so do claims of a class with the resource's name.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from dractl.migrate.answer import UserPlan
from dractl.migrate.inputs import Input, Route, Wire
from dractl.rules.subject import entries, mapping

Classes = Mapping[str, tuple[str, ...]]

_REQUESTS: Final = "requests."
# Their ones are no devices, so that amounts do not carry over.
_PARTS: Final = frozenset({"core", "fraction"})
_SCOPES: Final = ("scopes", "scopeSelector")


def changed(inputs: Sequence[Input], users: Iterable[UserPlan]) -> Mapping[int, Wire]:
    """Return the quotas and limit ranges that have to change, by the inputs' numbers.

    Quotas of all namespaces do: one that says 0 keeps a namespace from devices. From
    limit ranges the resource goes where pods move to claims, since they would add it to
    these again.
    """
    moving = [each for each in users if each.route is Route.CLAIMS]
    found: dict[int, Wire] = {}
    for given in inputs:
        change = _CHANGES.get((given.group, given.kind))
        document = None if change is None else change(given, moving)
        if document is not None and document != given.document:
            found[given.number] = document
    return found


def classes_of(users: Iterable[UserPlan]) -> Classes:
    """Return the classes by which devices are asked for in place of each resource."""
    found: dict[str, dict[str, None]] = {}
    for each in users:
        for resource, target in each.targets.items():
            if target.row.unit not in _PARTS:
                found.setdefault(resource, {})[target.device_class] = None
    return {resource: tuple(names) for resource, names in found.items()}


def quota_key(device_class: str) -> str:
    """Return the key of a quota for devices of a class."""
    return f"{device_class}.deviceclass.resource.k8s.io/devices"


def has_scopes(quota: Wire) -> bool:
    """Tell whether a quota is for some pods only; it cannot have keys of claims."""
    spec = mapping(quota, "spec")
    inner = mapping(spec, "quota") or spec
    return any(inner.get(key) for key in _SCOPES)


def may_share(one: str, other: str) -> bool:
    """Tell whether two namespaces, "" where one is unknown, can be the same."""
    return one == other or not (one and other)


def _quota(given: Input, users: Sequence[UserPlan]) -> Wire | None:
    return _within(given.document, ("spec", "hard"), classes_of(users))


def _shared_quota(given: Input, users: Sequence[UserPlan]) -> Wire | None:
    return _within(given.document, ("spec", "quota", "hard"), classes_of(users))


def _within(document: Wire, steps: tuple[str, ...], names: Classes) -> Wire | None:
    hard = mapping(document, *steps)
    if not hard or has_scopes(document):
        return None
    return _replaced(document, steps, _with_classes(hard, names))


def _with_classes(hard: Wire, names: Classes) -> dict[str, Any]:
    """Return the limits with those of classes right behind what they stand for."""
    found: dict[str, Any] = {}
    for key, amount in hard.items():
        found.setdefault(key, amount)
        resource = str(key).removeprefix(_REQUESTS)
        for name in names.get(resource, ()) if resource != key else ():
            if quota_key(name) not in hard:
                found[quota_key(name)] = amount
    return found


def _limit_range(given: Input, users: Sequence[UserPlan]) -> Wire | None:
    gone = frozenset(
        resource
        for each in users
        if may_share(each.user.namespace, given.namespace)
        for resource in each.targets
    )
    listed = entries(mapping(given.document, "spec"), "limits")
    items = [_without(item, gone) for item in listed]
    if not gone or items == listed:
        return None
    # Of one that had nothing else, its type is left.
    kept = [
        item
        for item, before in zip(items, listed, strict=True)
        if item == before or any(key != "type" for key in item)
    ]
    return _replaced(given.document, ("spec", "limits"), kept)


def _without(item: Any, gone: frozenset[str]) -> Any:
    """Return rules without resources, and without rules that have none left."""
    if not isinstance(item, Mapping):
        return item
    found: dict[str, Any] = {}
    for key, amounts in item.items():
        if not isinstance(amounts, Mapping):
            found[key] = amounts
            continue
        kept = {name: each for name, each in amounts.items() if name not in gone}
        if kept or not amounts:
            found[key] = kept
    return found


def _replaced(document: Wire, steps: tuple[str, ...], value: object) -> dict[str, Any]:
    step, rest = steps[0], steps[1:]
    inner = _replaced(document[step], rest, value) if rest else value
    return {**document, step: inner}


_CHANGES: Final[
    Mapping[tuple[str, str], Callable[[Input, Sequence[UserPlan]], Wire | None]]
] = {
    ("", "LimitRange"): _limit_range,
    ("", "ResourceQuota"): _quota,
    ("quota.openshift.io", "ClusterResourceQuota"): _shared_quota,
}
