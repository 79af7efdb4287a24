"""What is still to be allocated in a cluster, and what of it asks for something."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Final

from dractl.cel.errors import SelectorCompileError, SelectorEvalError
from dractl.cel.selector import Selector, compile_cached, stored_environment_of
from dractl.diagnose.words import listed
from dractl.doctor.case import Case
from dractl.model.claims import ClaimSpec, Option, Request, ResourceClaim
from dractl.model.devices import Device, Taint
from dractl.model.workloads import Pod
from dractl.solver.subjects import is_waiting
from dractl.taints.eviction import EVICTING
from dractl.taints.selection import in_force

FEW: Final = 3
"""How many are named of what has something in common."""
SEVERAL: Final = 2


def specs(case: Case) -> Iterator[tuple[str, ClaimSpec]]:
    """Yield what is still to be allocated: claims that wait, and templates."""
    for claim in case.snapshot.pending_claims:
        yield f"ResourceClaim {'/'.join(claim.meta.key)}", claim.spec
    for template in case.snapshot.templates:
        yield f"ResourceClaimTemplate {'/'.join(template.meta.key)}", template.spec


def claims_of(case: Case, pod: Pod) -> Iterator[ResourceClaim]:
    """Yield the claims of a pod that are there, in the order of its entries."""
    for entry in pod.claims:
        name = entry.claim or pod.claim_names.get(entry.name) or ""
        claim = case.snapshot.claim_by_key.get((pod.meta.namespace, name))
        if claim is not None:
            yield claim


def waiting_with(case: Case, told: Callable[[ResourceClaim, Pod], bool]) -> str:
    """Return the pods that wait with a claim of that sort beside one without devices.

    Those with one claim are not among them.
    """
    found = []
    for pod in case.snapshot.pods:
        if not is_waiting(pod) or len(pod.claims) < SEVERAL:
            continue
        claims = [*claims_of(case, pod)]
        has_fresh = any(each.allocation is None for each in claims)
        if has_fresh and any(told(each, pod) for each in claims):
            found.append(f"Pod {'/'.join(pod.meta.key)}")
    return listed(found, FEW)


def asking(case: Case, told: Callable[[Request], bool]) -> str:
    """Return what has a request of that sort."""
    return listed(
        (name for name, spec in specs(case) if any(map(told, spec.requests))), FEW
    )


def asking_for_all(case: Case) -> str:
    """Return what has a request for all devices, be it as an alternative."""
    return asking(case, lambda each: any(one.mode == "All" for one in each.options))


def devices_that(case: Case, told: Callable[[Device], bool]) -> list[Device]:
    """Return the published devices of that sort."""
    return [each for each in case.cluster.fleet.devices.values() if told(each)]


def selecting(
    case: Case, devices: list[Device], told: Callable[[Request, Option], bool]
) -> list[str]:
    """Return what asks for one of the devices by an option of that sort."""
    found: dict[str, None] = {}
    known: dict[tuple[str | None, ...], bool] = {}
    for name, spec in specs(case):
        for request in spec.requests:
            for option in request.options:
                own = case.snapshot.class_by_name.get(option.device_class)
                if own is None or not devices or not told(request, option):
                    continue
                texts = (*own.selectors, *option.selectors)
                if texts not in known:
                    known[texts] = any(accepted(case, texts, devices))
                if known[texts]:
                    found[name] = None
    return list(found)


def accepted(
    case: Case, texts: Iterable[str | None], devices: Iterable[Device]
) -> Iterator[Device]:
    """Yield the devices that selectors accept; where they fail, they do not."""
    try:
        selectors = compiled(case, texts)
    except SelectorCompileError:
        return
    for device in devices:
        with suppress(SelectorEvalError):
            if all(each.matches(device) for each in selectors):
                yield device


def compiled(case: Case, texts: Iterable[str | None]) -> Sequence[Selector]:
    """Return the selectors of stored objects; raise SelectorCompileError."""
    environment = stored_environment_of(case.snapshot.profile)
    return [compile_cached(each, environment) for each in texts if each]


def evicting(case: Case) -> Sequence[Taint]:
    """Return the taints that evict pods, one of each key and value."""
    rules = in_force(case.snapshot.taint_rules, case.snapshot.profile)
    taints = (
        *(rule.taint for rule in rules),
        *(each for one in case.cluster.fleet.devices.values() for each in one.taints),
    )
    found = {(each.key, each.value): each for each in taints if each.effect == EVICTING}
    return tuple(found.values())


def in_conditions(case: Case, words: str) -> str:
    """Return the pods of which a condition says these words."""
    return listed(
        (
            f"Pod {'/'.join(pod.meta.key)}"
            for pod in case.snapshot.pods
            if any(words in each.message for each in pod.conditions)
        ),
        FEW,
    )


def in_events(case: Case, words: str) -> str:
    """Return of what an event says these words."""
    return listed(
        (
            f"{each.involved_kind} {each.involved_namespace}/{each.involved_name}"
            for each in case.snapshot.events
            if words in each.message
        ),
        FEW,
    )
