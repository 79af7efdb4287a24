"""What in a cluster meets where a release does other than one expects; see signs.py."""

from collections.abc import Callable, Mapping
from typing import Final

from dractl.diagnose.words import listed
from dractl.doctor.asking import (
    FEW,
    asking,
    asking_for_all,
    devices_that,
    evicting,
    in_conditions,
    selecting,
    specs,
)
from dractl.doctor.case import Case
from dractl.doctor.checks.pools import broken_pools
from dractl.solver.view import tolerates, untolerated
from dractl.taints.eviction import results_of
from dractl.taints.selection import RuleIndex, in_force


def matched_lists(case: Case) -> str:
    """Return what has a constraint on an attribute that is a list."""
    lists = {
        name
        for device in case.cluster.fleet.devices.values()
        for name, attribute in device.attributes.items()
        if isinstance(attribute.value, tuple)
    }
    return listed(
        (
            name
            for name, spec in specs(case)
            if any(
                lists & {each.match_attribute, each.distinct_attribute}
                for each in spec.constraints
            )
        ),
        FEW,
    )


def timed_out(case: Case) -> str:
    """Return the pods for which the search took too long."""
    return in_conditions(case, "timed out trying to allocate devices")


def _all_beside_broken_pools(case: Case) -> str:
    wanted = asking_for_all(case)
    broken = broken_pools(case) if wanted else ()
    return f"{listed(broken, FEW)}; {wanted}" if broken else ""


def _all_with_capacity(case: Case) -> str:
    return asking(
        case,
        lambda request: any(
            each.mode == "All" and each.capacity for each in request.options
        ),
    )


def _charged_again(case: Case) -> str:
    found = devices_that(
        case,
        lambda each: (
            bool(each.consumes)
            and each.allow_multiple_allocations
            and not each.capacity
        ),
    )
    return listed((f"device {each.id}" for each in found), FEW)


def _vanished(case: Case) -> str:
    """Return devices that claims have, and that pools with counters lack."""
    counted = {
        (each.driver, each.pool)
        for each in case.snapshot.slices
        if each.shared_counters
    }
    return listed(
        (
            f"device {each.device}"
            for each in results_of(case.snapshot.claims)
            if (each.device.driver, each.device.pool) in counted
            and each.device not in case.cluster.fleet.devices
            and not each.admin_access
        ),
        FEW,
    )


def _admin_of_counted(case: Case) -> str:
    counted = devices_that(case, lambda each: bool(each.consumes))
    return listed(
        selecting(case, counted, lambda _, option: bool(option.admin_access)), FEW
    )


def _shared_and_tainted(case: Case) -> str:
    """Return the claims for any pod that have a device with a taint for new ones."""
    devices = case.cluster.fleet.devices
    rules = RuleIndex(in_force(case.snapshot.taint_rules, case.snapshot.profile))
    found = []
    for claim in case.snapshot.claims:
        if any(each.kind == "Pod" for each in claim.meta.owners):
            continue
        for each in results_of([claim]):
            device = devices.get(each.device)
            own = () if device is None else device.taints
            taints = (*own, *(rule.taint for rule in rules.of(each.device)))
            if untolerated(taints, each.tolerations) is not None:
                found.append(f"ResourceClaim {'/'.join(claim.meta.key)}")
    return listed(found, FEW)


def _tolerating_without_effect(case: Case) -> str:
    taints = evicting(case)
    return asking(
        case,
        lambda request: any(
            not each.effect and tolerates(each, taint)
            for option in request.options
            for each in option.tolerations
            for taint in taints
        ),
    )


def _miscounted(case: Case) -> str:
    found = (
        f"pool {each.driver}/{each.pool}"
        for each in case.snapshot.slices
        if each.shared_counters
        or any(one.allow_multiple_allocations for one in each.devices)
    )
    return listed(found, FEW)


QUIRK_TRIGGERS: Final[Mapping[str, Callable[[Case], str]]] = {
    "all-mode-broken-pool": _all_beside_broken_pools,
    "all-mode-with-constraint": lambda case: in_conditions(
        case, "because a claim constraint would not be satisfied"
    ),
    "all-mode-leaves-out": _all_with_capacity,
    "counters-charged-twice": _charged_again,
    "vanished-device-frees-counters": _vanished,
    "admin-access-needs-counters": _admin_of_counted,
    "lists-not-compared": matched_lists,
    "slow-node-blocks-pod": timed_out,
    "taints-spare-allocated-claims": _shared_and_tainted,
    "toleration-without-effect": _tolerating_without_effect,
    "pool-status-miscounts": _miscounted,
    "selector-error-without-device": lambda case: in_conditions(case, "no such key"),
}
"""Of each, by its id, what shows that it can be met here; "": nothing."""
