"""Claims that nobody uses, or that hold devices for pods that have ended."""

from collections.abc import Iterator, Sequence

from dractl.diagnose.holders import Consumer
from dractl.leftovers.answer import Finding, Verdict
from dractl.leftovers.inspection import Inspection, Suspect, devices_of, named
from dractl.model.claims import ResourceClaim

_KIND = "ResourceClaim"
_UNTOLD = "cannot be told, since"


def unused_claims(cluster: Inspection) -> Iterator[Finding]:
    """Yield claims that are left over, each for the first reason that holds."""
    for claim in cluster.snapshot.claims:
        if cluster.ownership.living(claim.meta) and not claim.reserved_for:
            continue
        found = _held_in_vain(cluster, claim) or _without_owner(cluster, claim)
        found = found or _unused(cluster, claim)
        if found is not None:
            yield found


def _held_in_vain(cluster: Inspection, claim: ResourceClaim) -> Finding | None:
    """Return what is wrong with a claim whose consumers have all ended or gone."""
    consumers = cluster.holders.consumers(claim)
    if not consumers or not all(each.is_gone or each.is_done for each in consumers):
        return None
    doubt = cluster.known.lack_of("Pod", claim.meta.namespace)
    done = [each for each in consumers if each.is_done]
    if done:
        return _for_finished(cluster, claim, done)
    code, names = "claim-reserved-for-gone", ", ".join(map(str, consumers))
    if doubt:
        why = f"{_UNTOLD} {doubt}; it is reserved for {names}"
        return cluster.finding(Suspect(code, _KIND, claim.meta), Verdict.UNKNOWN, why)
    why = f"it is reserved for {names}, gone; kube-controller-manager has to undo that"
    if claim.meta.deletion_timestamp is not None:
        why += ", and until then the claim cannot be deleted"
    return cluster.finding(
        Suspect(code, _KIND, claim.meta), Verdict.TELL, why, devices_of(claim)
    )


def _for_finished(
    cluster: Inspection, claim: ResourceClaim, done: Sequence[Consumer]
) -> Finding:
    names = ", ".join(map(str, done))
    why = f"it is reserved only for {names}, ended; deleting that frees the claim"
    affects = devices_of(claim)
    code = "claim-held-by-finished"
    return cluster.finding(Suspect(code, _KIND, claim.meta), Verdict.TELL, why, affects)


def _without_owner(cluster: Inspection, claim: ResourceClaim) -> Finding | None:
    """Return what is wrong with a claim that was made for a pod that is gone."""
    meta = claim.meta
    if not meta.owners or claim.reserved_for or meta.deletion_timestamp is not None:
        return None
    code, owners = "claim-owner-gone", named(meta.owners)
    if doubt := cluster.ownership.doubt(meta):
        why = f"{_UNTOLD} {doubt}; its owner is {owners}"
        return cluster.finding(Suspect(code, _KIND, meta), Verdict.UNKNOWN, why)
    why = f"it was made for {owners}, gone, and is reserved for nobody"
    return cluster.finding(
        Suspect(code, _KIND, meta), Verdict.SAFE, why, devices_of(claim)
    )


def _unused(cluster: Inspection, claim: ResourceClaim) -> Finding | None:
    """Return what is wrong with a claim that somebody made and nothing refers to."""
    meta = claim.meta
    is_needed = claim.reserved_for or meta.key in cluster.uses.claims
    if is_needed or meta.owners or meta.deletion_timestamp is not None:
        return None
    code = "claim-unused"
    doubt = cluster.known.lack_of("Pod", meta.namespace)
    if doubt := doubt or cluster.known.lack_of_makers(meta.namespace):
        why = f"{_UNTOLD} {doubt}; nothing that was read refers to it"
        return cluster.finding(Suspect(code, _KIND, meta), Verdict.UNKNOWN, why)
    why = "no pod refers to it, nothing that makes pods, and it is reserved for nobody"
    return cluster.finding(
        Suspect(code, _KIND, meta), Verdict.REVIEW, why, devices_of(claim)
    )
