"""What in a cluster can meet a known bug: one question for each, asked by checks/bugs.

The answer says what meets it; "" for nothing. Pods that meet one now, `dractl explain`
tells of; here it is told what may do so.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from dractl.cel.errors import SelectorCompileError, SelectorEvalError
from dractl.cel.selector import compile_cached, stored_environment_of
from dractl.diagnose.words import listed
from dractl.doctor.case import Case
from dractl.model.claims import ClaimSpec, Constraint, Option, Request, ResourceClaim
from dractl.model.devices import Device
from dractl.solver.subjects import is_waiting

_FEW: Final = 3
_SEVERAL: Final = 2
_MANY: Final = 3  # devices of which the first is forgotten
_DONE: Final = frozenset({"Succeeded", "Failed"})


def _specs(case: Case) -> Iterator[tuple[str, ClaimSpec]]:
    """Yield what is still to be allocated: claims that wait, and templates."""
    for claim in case.snapshot.pending_claims:
        yield f"ResourceClaim {'/'.join(claim.meta.key)}", claim.spec
    for template in case.snapshot.templates:
        yield f"ResourceClaimTemplate {'/'.join(template.meta.key)}", template.spec


def _asking(case: Case, told: Callable[[Request], bool]) -> str:
    """Return what has a request of that sort."""
    return listed(
        (name for name, spec in _specs(case) if any(map(told, spec.requests))), _FEW
    )


def _devices(case: Case, told: Callable[[Device], bool]) -> list[Device]:
    return [each for each in case.cluster.fleet.devices.values() if told(each)]


def _selecting(
    case: Case, devices: list[Device], told: Callable[[Request, Option], bool]
) -> list[str]:
    """Return what asks for one of the devices by an option of that sort."""
    found: dict[str, None] = {}
    known: dict[tuple[str | None, ...], bool] = {}
    for name, spec in _specs(case):
        for request in spec.requests:
            for option in request.options:
                own = case.snapshot.class_by_name.get(option.device_class)
                if own is None or not devices or not told(request, option):
                    continue
                texts = (*own.selectors, *option.selectors)
                if texts not in known:
                    known[texts] = _selects(case, texts, devices)
                if known[texts]:
                    found[name] = None
    return list(found)


def _selects(
    case: Case, texts: Iterable[str | None], devices: Iterable[Device]
) -> bool:
    """Tell whether selectors accept a device; where they fail, they do not."""
    environment = stored_environment_of(case.snapshot.profile)
    try:
        selectors = [compile_cached(each, environment) for each in texts if each]
    except SelectorCompileError:
        return False
    for device in devices:
        try:
            if all(each.matches(device) for each in selectors):
                return True
        except SelectorEvalError:
            continue
    return False


def _events(case: Case, words: str) -> str:
    return listed(
        (
            f"{each.involved_kind} {each.involved_namespace}/{each.involved_name}"
            for each in case.snapshot.events
            if words in each.message
        ),
        _FEW,
    )


# -- the scheduler


def _allocated_and_fresh(case: Case) -> str:
    """Return the pods that wait with a claim that has devices for several nodes."""
    known = case.snapshot.claim_by_key
    found = []
    for pod in case.snapshot.pods:
        if not is_waiting(pod) or len(pod.claims) < _SEVERAL:
            continue
        names = (each.claim or pod.claim_names.get(each.name) for each in pod.claims)
        claims = [
            claim
            for name in names
            if (claim := known.get((pod.meta.namespace, name or ""))) is not None
        ]
        fresh = [each for each in claims if each.allocation is None]
        if fresh and any(map(_is_for_several, claims)):
            found.append(f"Pod {'/'.join(pod.meta.key)}")
    return listed(found, _FEW)


def _is_for_several(claim: ResourceClaim) -> bool:
    if claim.allocation is None:
        return False
    selector = claim.allocation.node_selector
    return selector is None or not any(each.match_fields for each in selector.terms)


def _all_that_consume(case: Case) -> str:
    consuming = _devices(case, lambda each: bool(each.consumes))
    found = _selecting(case, consuming, lambda _, option: option.mode == "All")
    return listed(found, _FEW)


def _all_that_are_shared(case: Case) -> str:
    shared = _devices(case, lambda each: each.allow_multiple_allocations)
    found = _selecting(case, shared, lambda _, option: option.mode == "All")
    return listed(found, _FEW)


def _all_in_alternatives(case: Case) -> str:
    return _asking(
        case,
        lambda request: (
            request.prioritized and any(each.mode == "All" for each in request.options)
        ),
    )


def _counters_with_constraints(case: Case) -> str:
    """Return what has a constraint, or meets taints, on devices with counters."""
    consuming = _devices(case, lambda each: bool(each.consumes))
    tainted = any(each.taints for each in consuming)
    bound = {name for name, spec in _specs(case) if spec.constraints}
    found = _selecting(case, consuming, lambda _request, _option: True)
    return listed((each for each in found if tainted or each in bound), _FEW)


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
    return listed(mixed, _FEW)


def _shared_with_counters(case: Case) -> str:
    found = _devices(
        case, lambda each: bool(each.consumes) and each.allow_multiple_allocations
    )
    return listed((f"device {each.id}" for each in found), _FEW)


def _qualified_capacity(case: Case) -> str:
    return _asking(
        case,
        lambda request: any(
            "/" in name for option in request.options for name in option.capacity or {}
        ),
    )


def _extended(case: Case) -> str:
    return listed(
        (
            f"Pod {'/'.join(each.meta.key)}"
            for each in case.snapshot.pods
            if each.extended_claim and each.phase not in _DONE
        ),
        _FEW,
    )


def _rules(case: Case) -> str:
    rules = case.snapshot.taint_rules
    return listed((f"DeviceTaintRule {each.name}" for each in rules), _FEW)


def _rules_without_selector(case: Case) -> str:
    rules = (each for each in case.snapshot.taint_rules if not each.selects)
    return listed((f"DeviceTaintRule {each.name}" for each in rules), _FEW)


def _rules_for_all(case: Case) -> str:
    """Return the rules whose selector is empty."""
    return listed(
        (
            f"DeviceTaintRule {each.name}"
            for each in case.snapshot.taint_rules
            if each.selector is not None and not any(each.selector)
        ),
        _FEW,
    )


def _evicting_taints(case: Case) -> bool:
    rules = any(each.taint.effect == "NoExecute" for each in case.snapshot.taint_rules)
    return rules or bool(
        _devices(
            case, lambda each: any(one.effect == "NoExecute" for one in each.taints)
        )
    )


def _extended_beside_taints(case: Case) -> str:
    return _extended(case) if _evicting_taints(case) else ""


def _tolerating(case: Case) -> str:
    if not _evicting_taints(case):
        return ""
    return _asking(case, lambda request: any(x.tolerations for x in request.options))


def _constrained(
    case: Case, told: Callable[[Constraint, ClaimSpec], bool]
) -> Iterator[str]:
    for name, spec in _specs(case):
        if any(told(each, spec) for each in spec.constraints):
            yield name


def _distinct_of_many(case: Case) -> str:
    def has_many(constraint: Constraint, spec: ClaimSpec) -> bool:
        return constraint.distinct_attribute is not None and any(
            option.mode == "All" or option.count >= _MANY
            for request in spec.requests
            if not constraint.requests or request.name in constraint.requests
            for option in request.options
        )

    return listed(_constrained(case, has_many), _FEW)


def _matched_lists(case: Case) -> str:
    lists = {
        name
        for device in case.cluster.fleet.devices.values()
        for name, attribute in device.attributes.items()
        if isinstance(attribute.value, tuple)
    }
    if not lists:
        return ""
    found = _constrained(case, lambda each, _spec: each.match_attribute in lists)
    return listed(found, _FEW)


def _admin_first(case: Case) -> str:
    def is_so(spec: ClaimSpec) -> bool:
        admin = [
            any(option.admin_access for option in each.options)
            for each in spec.requests
        ]
        return any(admin) and not all(admin[admin.index(True) :])

    return listed((name for name, spec in _specs(case) if is_so(spec)), _FEW)


def _config_for_several(case: Case) -> str:
    """Return what has configuration for more than one of its requests."""
    found = (
        name
        for name, spec in _specs(case)
        if any(
            len(each.requests or spec.requests) >= _SEVERAL
            and (each.requests or len(spec.requests) >= _SEVERAL)
            for each in spec.config
        )
    )
    return listed(found, _FEW)


def _timed_out(case: Case) -> str:
    words = "timed out trying to allocate devices"
    return listed(
        (
            f"Pod {'/'.join(pod.meta.key)}"
            for pod in case.snapshot.pods
            if any(words in each.message for each in pod.conditions)
        ),
        _FEW,
    )


# -- others


def _kept_by_finished(case: Case) -> str:
    found = []
    for claim in case.snapshot.claims:
        consumers = case.cluster.holders.consumers(claim)
        if claim.allocation and consumers and all(each.is_done for each in consumers):
            found.append(f"ResourceClaim {'/'.join(claim.meta.key)}")
    return listed(found, _FEW)


def _zero_steps(case: Case) -> str:
    found = _devices(
        case,
        lambda device: any(
            each.policy is not None
            and each.policy.step is not None
            and each.policy.step.nanos <= 0
            for each in device.capacity.values()
        ),
    )
    return listed((f"device {each.id}" for each in found), _FEW)


def _with_several_claims(case: Case) -> str:
    return _events(case, "unable to get claim info")


def _of_kai(case: Case) -> str:
    pods = (
        f"Pod {'/'.join(each.meta.key)}"
        for each in case.snapshot.pods
        if each.claims and each.scheduler_name == "kai-scheduler"
    )
    has_counters = any(each.shared_counters for each in case.snapshot.slices)
    return listed(pods, _FEW) if has_counters else ""


TRIGGERS: Final[Mapping[str, Callable[[Case], str]]] = {
    "allocated-and-fresh-claim": _allocated_and_fresh,
    "all-mode-counters-panic": _all_that_consume,
    "all-mode-takes-spent-device": _all_that_are_shared,
    "all-mode-in-alternatives": _all_in_alternatives,
    "alternatives-abort": _all_in_alternatives,
    "alternatives-with-all": _all_in_alternatives,
    "counters-stay-reserved": _counters_with_constraints,
    "counters-by-pool-name": _pools_of_one_name,
    "counters-given-out-twice": _shared_with_counters,
    "timeout-taken-for-unschedulable": _timed_out,
    "qualified-capacity-name": _qualified_capacity,
    "extended-with-node-allocatable": _extended,
    "extended-scoring": _extended,
    "eviction-skips-extended": _extended_beside_taints,
    "tolerations-not-stored": _tolerating,
    "rules-crash-scheduler": _rules,
    "rule-without-selector": _rules_without_selector,
    "rule-for-all-devices": _rules_for_all,
    "distinct-attribute-forgets": _distinct_of_many,
    "list-match-narrows": _matched_lists,
    "admin-before-others": _admin_first,
    "config-given-twice": _config_for_several,
    "zero-step-panic": _zero_steps,
    "finished-pod-keeps-claim": _kept_by_finished,
    "kubelet-refuses-extended": _extended,
    "kubelet-skips-claims": _with_several_claims,
    "unprepare-without-claim": lambda case: _events(
        case, "ResourceClaim not created yet"
    ),
    "partial-prepare": lambda case: _events(case, "already prepared"),
    "dead-driver-slices": lambda case: _events(case, "not registered"),
    "kai-without-counters": _of_kai,
}
"""Of a bug, by its id, what shows that it can be met here.

Without one it is met wherever it is: those of kubelets, whose releases are known.
"""
