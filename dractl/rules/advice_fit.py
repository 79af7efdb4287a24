"""Advice from a trial in the allocator: what no node could ever give."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from dractl.api.decode import Decoded, decode
from dractl.model.claims import ResourceClaim, ResourceClaimTemplate
from dractl.rules.advice import advice
from dractl.rules.registry import Violation
from dractl.rules.subject import Subject
from dractl.rules.world import World

if TYPE_CHECKING:
    from dractl.solver.placement import NodeGroup
    from dractl.solver.placer import Placer

SAID_BY: Final = frozenset(
    {
        "capacity-too-large",
        "capacity-unknown",
        "cel-fails",
        "class-missing",
        "devices-tainted",
        "no-device-matches",
        "too-many-devices",
    }
)
"""The codes that say more exactly why a claim fits nowhere."""


@advice("claim-fits-nowhere")
def claim_fits_nowhere(subject: Subject, world: World) -> Iterator[Violation]:
    """A claim that no node of the snapshot could serve, were all its devices free.

    Each request may have devices enough, yet not on one node, not with the same value
    of an attribute that a constraint compares, or not with the counters that they
    share. The allocator of `dractl allocate` says so, asked for a cluster in which
    nobody has devices and every node is ready. `dractl explain` tells what it lacks.
    """
    placer = world.empty
    if placer is None or not subject.is_claim or not _is_known(subject, world):
        return
    claim = _claim(subject)
    if claim is None:
        return
    why = _refusal(placer, claim)
    if why is not None:
        yield Violation(
            "claim-fits-nowhere",
            subject.spec_path.field("devices", "requests"),
            f"no node of the snapshot could serve this, were all devices free: {why}",
        )


def _is_known(subject: Subject, world: World) -> bool:
    """Tell whether all its classes are those of the snapshot, none a file's."""
    classes = world.snapshot.classes if world.snapshot else ()
    stored = {each.name: each.selectors for each in classes}
    return bool(subject.options) and all(
        (found := world.find("DeviceClass", option.device_class)) is not None
        and found.selectors == stored.get(option.device_class)
        for option in subject.options
    )


def _claim(subject: Subject) -> ResourceClaim | None:
    """Return what is asked for, as a claim without devices; None: it is malformed."""
    decoded = decode(subject.wire)
    if not isinstance(decoded, Decoded):
        return None
    value = decoded.value
    if not isinstance(value, ResourceClaim | ResourceClaimTemplate):
        return None
    return ResourceClaim(value.meta, value.spec)


def _refusal(placer: "Placer", claim: ResourceClaim) -> str | None:
    """Return what most nodes with devices lack.

    None: some node would do, or an error decides.
    """
    from dractl.solver.errors import AllocationAborted
    from dractl.solver.placer import Attempt
    from dractl.solver.subjects import Subject as Asked

    attempt = Attempt(placer, Asked(None, (claim,)))
    try:
        if attempt.find() is not None:
            return None
        groups = attempt.groups()
    except AllocationAborted:
        return None  # what stops the scheduler is told by the rules for expressions
    by_name = placer.snapshot.node_by_name

    def telling(group: "NodeGroup") -> tuple[bool, int]:
        view = placer.allocator.view(by_name[group.nodes[0]])
        return bool(view.devices), len(group.nodes)

    return max(groups, key=telling).reason
