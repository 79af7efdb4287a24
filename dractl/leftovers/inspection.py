"""A cluster in which leftovers are looked for, and how they are noted."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.api.tools import tool_of
from dractl.diagnose.holders import Holders
from dractl.leftovers.answer import Finding, Verdict
from dractl.leftovers.known import Known
from dractl.leftovers.ownership import Ownership
from dractl.leftovers.uses import Uses
from dractl.model.claims import ObjectMeta, OwnerReference, ResourceClaim
from dractl.taints.fleet import Fleet
from dractl.taints.moments import moment


class Suspect(NamedTuple):
    """An object, and the code of what it is suspected of."""

    code: str
    kind: str
    meta: ObjectMeta


class Inspection:
    """A snapshot at a moment, with the indexes that all who look share."""

    def __init__(self, snapshot: Snapshot, now: datetime) -> None:
        self.snapshot = snapshot
        self.now = now
        self.known = Known(snapshot)
        self.ownership = Ownership(snapshot, self.known)

    @cached_property
    def uses(self) -> Uses:
        """What is referred to."""
        return Uses(self.snapshot)

    @cached_property
    def holders(self) -> Holders:
        """Who holds devices."""
        return Holders(self.snapshot)

    @cached_property
    def fleet(self) -> Fleet:
        """The published devices."""
        return Fleet(self.snapshot)

    def finding(
        self,
        suspect: Suspect,
        verdict: Verdict,
        why: str,
        affects: Iterable[str] = (),
    ) -> Finding:
        """Return a finding; what a tool would make again is not to be deleted."""
        code, kind, meta = suspect
        created = moment(meta.creation_timestamp)
        tool = tool_of(meta.labels, meta.annotations)
        if tool and verdict is Verdict.REVIEW:
            verdict, why = Verdict.TELL, f"{why}; remove it where {tool} has it from"
        return Finding(
            code,
            kind,
            meta,
            verdict,
            why,
            None if created is None else self.now - created,
            tuple(affects),
            tool,
        )


def devices_of(claim: ResourceClaim) -> tuple[str, ...]:
    """Return what becomes of the devices when the claim goes."""
    results = () if claim.allocation is None else claim.allocation.results
    return tuple(
        f"device {each.device} becomes free"
        for each in results
        if not each.admin_access
    )


def named(owners: Iterable[OwnerReference]) -> str:
    """Return owners as text."""
    return ", ".join(f"{each.kind} {each.name}" for each in owners)
