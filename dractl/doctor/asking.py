"""What is still to be allocated in a cluster, and what of it asks for something."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from dractl.cel.errors import SelectorCompileError, SelectorEvalError
from dractl.cel.selector import compile_cached, stored_environment_of
from dractl.diagnose.words import listed
from dractl.doctor.case import Case
from dractl.model.claims import ClaimSpec, Option, Request, ResourceClaim
from dractl.model.devices import Device
from dractl.model.workloads import Pod

FEW: Final = 3
"""How many are named of what has something in common."""


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


def asking(case: Case, told: Callable[[Request], bool]) -> str:
    """Return what has a request of that sort."""
    return listed(
        (name for name, spec in specs(case) if any(map(told, spec.requests))), FEW
    )


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
