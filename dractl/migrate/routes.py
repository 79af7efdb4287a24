"""The two ways to devices, with the conditions under which a user can go them."""

from collections.abc import Iterator
from typing import Final

from dractl.migrate.answer import Target, UserPlan
from dractl.migrate.inputs import Order, Route
from dractl.model.cluster import Profile

_DRA: Final = "DynamicResourceAllocation"
_BY_NAME: Final = "DRAExtendedResource"
_SHARING: Final = "DRAConsumableCapacity"
_ADMIN: Final = "DRAAdminAccess"


def conditions(each: UserPlan, order: Order, route: Route) -> tuple[str, ...]:
    """Return what has to be so for a user to go a route, a few words each."""
    if not each.targets:
        return ()
    found = [_gate(gate, order.profile) for gate in _gates(each, order, route)]
    found += [f"the driver {target.driver}" for target in each.targets.values()]
    for target in each.targets.values():
        found += _of_target(target, route)
    return tuple(dict.fromkeys(found))


def _gates(each: UserPlan, order: Order, route: Route) -> Iterator[str]:
    targets = each.targets.values()
    if not order.profile.enabled(_DRA):
        yield _DRA
    if route is Route.EXTENDED:
        yield _BY_NAME
    elif any(target.is_admin for target in targets):
        yield _ADMIN
    if any(target.capacity for target in targets):
        yield _SHARING


def _gate(gate: str, profile: Profile) -> str:
    state = "on" if profile.enabled(gate) else "off"
    return f"the gate {gate}, {state} in {profile.version}"


def _of_target(target: Target, route: Route) -> Iterator[str]:
    if route is Route.CLAIMS:
        yield "new pods"
        if target.is_admin:
            yield "the label for admin access on the namespace"
    elif target.keeper is not None:
        made = "" if target.class_document is None else " (to be made)"
        yield f"DeviceClass {target.keeper} for {target.resource}{made}"
