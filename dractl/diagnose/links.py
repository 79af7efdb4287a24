"""The chain from a pod through its claims to devices, on one screen."""

from dractl.diagnose.answer import Link
from dractl.diagnose.entries import entries
from dractl.diagnose.world import World
from dractl.model.claims import ClaimSpec, Option, ResourceClaim
from dractl.model.workloads import Pod


def links(world: World, pod: Pod) -> tuple[Link, ...]:
    """Return one link for each claim of the pod, also for what has yet to be made."""
    found = []
    for entry in entries(world, pod):
        name = entry.named or ""
        if entry.claim is not None:
            found.append(link_of(world, entry.claim, entry.entry.name))
        else:
            wants = _wants(entry.spec) if entry.spec else ()
            found.append(Link(entry.entry.name, name, "missing", wants))
    if pod.extended_claim:
        key = (pod.meta.namespace, pod.extended_claim)
        if (claim := world.snapshot.claim_by_key.get(key)) is not None:
            found.append(link_of(world, claim, "extended resources"))
    return tuple(found)


def link_of(world: World, claim: ResourceClaim, entry: str = "") -> Link:
    """Return what a claim wants and what it has."""
    del world
    results = claim.allocation.results if claim.allocation else ()
    return Link(
        entry,
        claim.meta.name,
        _state(claim),
        _wants(claim.spec),
        tuple(str(each.device) for each in results),
    )


def _state(claim: ResourceClaim) -> str:
    if claim.meta.deletion_timestamp is not None:
        return "deleting"
    if claim.allocation is None:
        return "pending"
    return "reserved" if claim.reserved_for else "allocated"


def _wants(spec: ClaimSpec) -> tuple[str, ...]:
    found = []
    for request in spec.requests:
        options = " or ".join(_option(option) for option in request.options)
        found.append(f"{request.name}: {options}")
    return tuple(found)


def _option(option: Option) -> str:
    number = "all" if option.mode == "All" else str(option.count)
    return f"{number} {option.device_class}"
