"""What in claims and pods meets odd rules of the allocator; see quirks.py."""

from collections.abc import Callable, Mapping
from typing import Final

from dractl.diagnose.words import listed
from dractl.doctor.asking import (
    FEW,
    asking,
    devices_that,
    evicting,
    selecting,
    specs,
    waiting_with,
)
from dractl.doctor.case import Case
from dractl.model.claims import ResourceClaim
from dractl.model.limits import limit
from dractl.model.workloads import Pod
from dractl.solver.extended import IMPLICIT, class_by_resource
from dractl.solver.subjects import is_waiting
from dractl.solver.view import tolerates, untolerated

_CROWD: Final = 1000  # pods that wait


# -- taints


def _keyless(case: Case) -> str:
    return asking(
        case,
        lambda request: any(
            not each.key and each.operator != "Exists"
            for option in request.options
            for each in option.tolerations
        ),
    )


def _running_out(case: Case) -> str:
    taints = evicting(case)
    return asking(
        case,
        lambda request: any(
            each.seconds is not None and any(tolerates(each, one) for one in taints)
            for option in request.options
            for each in option.tolerations
        ),
    )


def _monitoring_tainted(case: Case) -> str:
    tainted = devices_that(case, lambda each: untolerated(each.taints, ()) is not None)
    return listed(
        selecting(
            case,
            tainted,
            lambda _, option: bool(option.admin_access) and not option.tolerations,
        ),
        FEW,
    )


# -- claims and pods


def _pinned(case: Case) -> str:
    """Return the pods that wait with a claim of a node, and with one of none."""
    return waiting_with(case, _is_pinned)


def _is_pinned(claim: ResourceClaim, pod: Pod) -> bool:
    """Tell whether a claim has devices of one node, and is nobody else's."""
    if claim.allocation is None or claim.allocation.node_selector is None:
        return False
    others = [each for each in claim.reserved_for if each.uid != pod.meta.uid]
    terms = claim.allocation.node_selector.terms
    return not others and any(each.match_fields for each in terms)


def _reserved_by_many(case: Case) -> str:
    most = limit("reservations", case.snapshot.profile.version)
    return listed(
        (
            f"ResourceClaim {'/'.join(each.meta.key)}"
            for each in case.snapshot.claims
            if len(each.reserved_for) >= most
        ),
        FEW,
    )


def _implicit_of_losers(case: Case) -> str:
    """Return the pods that ask for a class whose extended resource another has."""
    winners = class_by_resource(case.snapshot.classes)
    lost = {
        f"{IMPLICIT}{each.name}"
        for each in case.snapshot.classes
        if each.extended_resource_name
        and winners[each.extended_resource_name].name != each.name
    }
    if not lost:
        return ""
    return listed(
        (
            f"Pod {'/'.join(pod.meta.key)}"
            for pod in case.snapshot.pods
            if is_waiting(pod)
            and any(
                not lost.isdisjoint(each.requests)
                for each in (*pod.init_containers, *pod.containers)
            )
        ),
        FEW,
    )


def _crowd(case: Case) -> str:
    waiting = [  # the scheduler does not look at those with gates
        each
        for each in case.snapshot.pods
        if each.claims and not each.gates and is_waiting(each)
    ]
    return f"{len(waiting)} pods with claims wait" if len(waiting) >= _CROWD else ""


def _config_for_alternatives(case: Case) -> str:
    found = []
    for name, spec in specs(case):
        alternatives = {each.name for each in spec.requests if each.prioritized}
        if any(not alternatives.isdisjoint(each.requests) for each in spec.config):
            found.append(name)
    return listed(found, FEW)


TRAPS_OF_CLAIMS: Final[Mapping[str, Callable[[Case], str]]] = {
    "toleration-without-key": _keyless,
    "toleration-runs-out": _running_out,
    "admin-access-meets-taints": _monitoring_tainted,
    "pinned-claim-stays": _pinned,
    "reservations-full": _reserved_by_many,
    "implicit-name-lost": _implicit_of_losers,
    "alternatives-not-scored": lambda case: asking(case, lambda each: each.prioritized),
    "claims-requeue-all": _crowd,
    "config-of-alternatives-lost": _config_for_alternatives,
}
"""Of each, by its id, what shows that it can be met here; "": nothing."""
