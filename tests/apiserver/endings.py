"""What follows when a pod ends: its claims go, and devices become free."""

from tests.apiserver.resources import Wire
from tests.apiserver.store import Store, Stored


def end_pod(pod: Stored, store: Store) -> None:
    """Remove a pod; do what the garbage collector and the claim controller do then."""
    store.remove(pod)
    for claim in list(store.stored_of("ResourceClaim")):
        status = claim.document.get("status") or {}
        users = status.get("reservedFor") or []
        left = [user for user in users if user.get("uid") != pod.metadata["uid"]]
        if _is_owned(claim.document, pod):
            store.remove(claim)
        elif len(left) < len(users):
            store.put(claim.resource, _released(claim, left), claim.owners)


def _is_owned(document: Wire, pod: Stored) -> bool:
    owners = document["metadata"].get("ownerReferences") or ()
    return any(owner.get("uid") == pod.metadata["uid"] for owner in owners)


def _released(claim: Stored, users: list[Wire]) -> Wire:
    """Return a claim that fewer pods use; without any, it gives its devices back."""
    status = claim.document["status"]
    rest = {"allocation": status["allocation"], "reservedFor": users} if users else {}
    return claim.document | {"status": rest}
