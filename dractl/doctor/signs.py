"""What in a cluster can meet a known bug: one question for each, asked by checks/bugs.

The answer says what meets it; "" for nothing. Pods that meet one now, `dractl explain`
tells of; here it is told what may do so.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from dractl.diagnose.words import listed
from dractl.doctor.asking import (
    FEW,
    SEVERAL,
    asking,
    claims_of,
    devices_that,
    evicting,
    in_events,
    selecting,
    specs,
    waiting_with,
)
from dractl.doctor.case import Case
from dractl.doctor.quirks import QUIRK_TRIGGERS, matched_lists, timed_out
from dractl.doctor.traps_claims import TRAPS_OF_CLAIMS
from dractl.doctor.traps_devices import TRAPS_OF_DEVICES
from dractl.model.claims import ClaimSpec, Constraint, Request, ResourceClaim
from dractl.solver.extended import class_by_resource, uses
from dractl.solver.subjects import is_waiting
from dractl.taints.eviction import results_of

_MANY: Final = 3  # devices of which the first is forgotten


# -- the scheduler


def _allocated_and_fresh(case: Case) -> str:
    """Return the pods that wait with a claim that has devices for several nodes."""
    return waiting_with(case, lambda claim, _: _is_for_several(claim))


def _is_for_several(claim: ResourceClaim) -> bool:
    if claim.allocation is None:
        return False
    selector = claim.allocation.node_selector
    return selector is None or not any(each.match_fields for each in selector.terms)


def _all_that_consume(case: Case) -> str:
    consuming = devices_that(case, lambda each: bool(each.consumes))
    found = selecting(case, consuming, lambda _, option: option.mode == "All")
    return listed(found, FEW)


def _all_that_are_shared(case: Case) -> str:
    shared = devices_that(case, lambda each: each.allow_multiple_allocations)
    found = selecting(case, shared, lambda _, option: option.mode == "All")
    return listed(found, FEW)


def _all_in_alternatives(case: Case) -> str:
    return asking(
        case,
        lambda request: (
            request.prioritized and any(each.mode == "All" for each in request.options)
        ),
    )


def _counters_with_constraints(case: Case) -> str:
    """Return what waits for devices with counters, or has a constraint or taints."""
    consuming = devices_that(case, lambda each: bool(each.consumes))
    tainted = any(each.taints for each in consuming)
    bound = {name for name, spec in specs(case) if spec.constraints}
    found = selecting(case, consuming, lambda _request, _option: True)
    waiting = "ResourceClaim "
    return listed(
        (
            each
            for each in found
            if tainted or each in bound or each.startswith(waiting)
        ),
        FEW,
    )


def _pools_of_one_name(case: Case) -> str:
    drivers: dict[str, set[str]] = {}
    for each in case.snapshot.slices:
        if each.shared_counters:
            drivers.setdefault(each.pool, set()).add(each.driver)
    mixed = (
        f"pool {pool} of {' and '.join(sorted(those))}"
        for pool, those in drivers.items()
        if len(those) > 1
    )
    return listed(mixed, FEW)


def _overdrawn(case: Case) -> str:
    """Return the pools of which a counter is overdrawn."""
    return listed((each.subject for each in case.overdrawn), FEW)


def _given_twice(case: Case) -> str:
    """Return the devices that two claims have for themselves."""
    counts = Counter(
        each.device
        for each in results_of(case.snapshot.claims)
        if each.share_id is None and not each.admin_access
    )
    return listed((f"device {each}" for each in counts if counts[each] > 1), FEW)


def _qualified_capacity(case: Case) -> str:
    return asking(
        case,
        lambda request: any(
            "/" in name for option in request.options for name in option.capacity or {}
        ),
    )


def _extended(case: Case) -> str:
    """Return the pods that have, or want, extended resources of a class."""
    classes = class_by_resource(case.snapshot.classes)
    return listed(
        (
            f"Pod {'/'.join(each.meta.key)}"
            for each in case.snapshot.pods
            if not each.has_ended
            and (each.extended_claim or (is_waiting(each) and uses(each, classes)))
        ),
        FEW,
    )


def _rules(case: Case) -> str:
    rules = case.snapshot.taint_rules
    return listed((f"DeviceTaintRule {each.name}" for each in rules), FEW)


def _rules_without_selector(case: Case) -> str:
    rules = (each for each in case.snapshot.taint_rules if not each.selects)
    return listed((f"DeviceTaintRule {each.name}" for each in rules), FEW)


def _rules_for_all(case: Case) -> str:
    """Return the rules whose selector is empty."""
    return listed(
        (
            f"DeviceTaintRule {each.name}"
            for each in case.snapshot.taint_rules
            if each.selector is not None and not any(each.selector)
        ),
        FEW,
    )


def _extended_beside_taints(case: Case) -> str:
    return _extended(case) if evicting(case) else ""


def _tolerating(case: Case) -> str:
    if not evicting(case):
        return ""
    return listed(
        (
            f"ResourceClaim {'/'.join(claim.meta.key)}"
            for claim in case.snapshot.claims
            for request in claim.spec.requests
            if any(each.tolerations for each in request.options)
        ),
        FEW,
    )


def _constrained(
    case: Case, told: Callable[[Constraint, ClaimSpec], bool]
) -> Iterator[str]:
    for name, spec in specs(case):
        if any(told(each, spec) for each in spec.constraints):
            yield name


def _distinct_of_many(case: Case) -> str:
    def has_many(constraint: Constraint, spec: ClaimSpec) -> bool:
        if constraint.distinct_attribute is None:
            return False
        # Of two, the first is forgotten only where the search gives the second up.
        has_more = len(spec.constraints) > 1 or len(spec.requests) > 1
        least = SEVERAL if has_more else _MANY
        named = {each.partition("/")[0] for each in constraint.requests}
        return any(
            option.mode == "All" or option.count >= least
            for request in spec.requests
            if not named or request.name in named
            for option in request.options
        )

    return listed(_constrained(case, has_many), FEW)


def _admin_first(case: Case) -> str:
    """Return what has a request with admin access before others, be it of a pod."""
    found = [name for name, spec in specs(case) if _has_admin_first(spec.requests)]
    for pod in case.snapshot.pods:
        if is_waiting(pod) and len(pod.claims) >= SEVERAL:
            fresh = [each for each in claims_of(case, pod) if each.allocation is None]
            requests = [request for each in fresh for request in each.spec.requests]
            if _has_admin_first(requests):
                found.append(f"Pod {'/'.join(pod.meta.key)}")
    return listed(found, FEW)


def _has_admin_first(requests: Iterable[Request]) -> bool:
    admin = [any(option.admin_access for option in each.options) for each in requests]
    return any(admin) and not all(admin[admin.index(True) :])


def _config_for_several(case: Case) -> str:
    """Return what has configuration for more than one of its requests."""
    found = (
        name
        for name, spec in specs(case)
        if any(
            # Without requests, it is for all of them, and stands there once.
            len({name.partition("/")[0] for name in each.requests}) >= SEVERAL
            for each in spec.config
        )
    )
    return listed(found, FEW)


# -- others


def _kept_by_finished(case: Case) -> str:
    found = []
    for claim in case.snapshot.claims:
        consumers = case.cluster.holders.consumers(claim)
        if claim.allocation and consumers and all(each.is_done for each in consumers):
            found.append(f"ResourceClaim {'/'.join(claim.meta.key)}")
    return listed(found, FEW)


def _zero_steps(case: Case) -> str:
    found = devices_that(
        case,
        lambda device: any(
            each.policy is not None
            and each.policy.step is not None
            and each.policy.step.nanos <= 0
            for each in device.capacity.values()
        ),
    )
    return listed((f"device {each.id}" for each in found), FEW)


def _with_several_claims(case: Case) -> str:
    return in_events(case, "unable to get claim info")


def _of_kai(case: Case) -> str:
    pods = (
        f"Pod {'/'.join(each.meta.key)}"
        for each in case.snapshot.pods
        if each.claims and each.scheduler_name == "kai-scheduler"
    )
    has_counters = any(each.shared_counters for each in case.snapshot.slices)
    return listed(pods, FEW) if has_counters else ""


TRIGGERS: Final[Mapping[str, Callable[[Case], str]]] = {
    **QUIRK_TRIGGERS,
    **TRAPS_OF_DEVICES,
    **TRAPS_OF_CLAIMS,
    "allocated-and-fresh-claim": _allocated_and_fresh,
    "all-mode-counters-panic": _all_that_consume,
    "all-mode-takes-spent-device": _all_that_are_shared,
    "all-mode-in-alternatives": _all_in_alternatives,
    "alternatives-abort": _all_in_alternatives,
    "alternatives-with-all": _all_in_alternatives,
    "counters-stay-reserved": _counters_with_constraints,
    "counters-by-pool-name": _pools_of_one_name,
    "counters-given-out-twice": _overdrawn,
    "overdrawn-blocks-pool": _overdrawn,
    "device-given-twice": _given_twice,
    "timeout-taken-for-unschedulable": timed_out,
    "qualified-capacity-name": _qualified_capacity,
    "extended-with-node-allocatable": _extended,
    "extended-scoring": _extended,
    "eviction-skips-extended": _extended_beside_taints,
    "tolerations-not-stored": _tolerating,
    "rules-crash-scheduler": _rules,
    "rule-without-selector": _rules_without_selector,
    "rule-for-all-devices": _rules_for_all,
    "distinct-attribute-forgets": _distinct_of_many,
    "list-match-narrows": matched_lists,
    "admin-before-others": _admin_first,
    "config-given-twice": _config_for_several,
    "zero-step-panic": _zero_steps,
    "finished-pod-keeps-claim": _kept_by_finished,
    "kubelet-refuses-extended": _extended,
    "kubelet-skips-claims": _with_several_claims,
    "unprepare-without-claim": lambda case: in_events(
        case, "ResourceClaim not created yet"
    ),
    "partial-prepare": lambda case: in_events(case, "already prepared"),
    "dead-driver-slices": lambda case: in_events(case, "not registered"),
    "kai-without-counters": _of_kai,
}
"""Of a bug, by its id, what shows that it can be met here.

Without one it is met wherever it is: those of kubelets, whose releases are known.
"""
