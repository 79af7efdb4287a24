"""The two ways to devices, with the conditions under which a user can go them."""

from collections.abc import Iterator, Mapping
from typing import Final

from dractl.migrate.answer import Target, UserPlan
from dractl.migrate.inputs import Order, Route
from dractl.model.cluster import Profile

_GATES: Final[Mapping[Route, tuple[str, ...]]] = {
    Route.CLAIMS: ("DynamicResourceAllocation",),
    Route.EXTENDED: ("DynamicResourceAllocation", "DRAExtendedResource"),
}
_SHARING: Final = "DRAConsumableCapacity"
_ADMIN: Final = "DRAAdminAccess"


def conditions(each: UserPlan, order: Order, route: Route) -> tuple[str, ...]:
    """Return what has to be so for a user to go a route, a sentence each."""
    if not each.targets:
        return ()
    found = [*_of_cluster(each, order.profile, route)]
    for target in each.targets.values():
        found += _of_target(target, route)
    return tuple(dict.fromkeys(found))


def _of_cluster(each: UserPlan, profile: Profile, route: Route) -> Iterator[str]:
    for gate in (*_GATES[route], *_needed(each, route)):
        state = "on" if profile.enabled(gate) else "off"
        yield f"feature gate {gate}, {state} in Kubernetes {profile.version}"
    drivers = dict.fromkeys(target.driver for target in each.targets.values())
    yield f"the DRA driver runs on the nodes: {', '.join(drivers)}"


def _needed(each: UserPlan, route: Route) -> Iterator[str]:
    targets = each.targets.values()
    if any(target.capacity for target in targets):
        yield _SHARING
    if route is Route.CLAIMS and any(target.is_admin for target in targets):
        yield _ADMIN


def _of_target(target: Target, route: Route) -> Iterator[str]:
    if route is Route.CLAIMS:
        yield "pods are made anew, with claims"
        if target.is_admin:
            yield "the namespace has the label for admin access"
    elif target.keeper is not None:
        made = "" if target.class_document is None else ", which is to be made"
        yield (
            f"DeviceClass {target.keeper} has extendedResourceName "
            f"{target.resource}{made}"
        )
    yield from target.row.differences
