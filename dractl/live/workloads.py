"""The pods of a workload, and whether they have the devices that they claim."""

from collections.abc import Iterator, Mapping, Sequence

from dractl.legacy.shapes import mapping_at, sequence_at, text_at
from dractl.live.changing import Wire, uid_of
from dractl.live.connection import Connection
from dractl.live.draining import is_running, items
from dractl.live.kinds import CLAIM, POD
from dractl.live.served import Served


def unserved(
    connection: Connection, served: Served, workload: Wire
) -> Iterator[tuple[str, str]]:
    """Yield the pods of a workload that have claims, with what is wrong with these.

    That is "" if nothing is. The pods are known by its label selector; a workload
    without one tells of none.
    """
    labels = mapping_at(workload, "spec", "selector", "matchLabels")
    namespace = text_at(workload, "metadata", "namespace")
    if not labels:
        return
    selector = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    query = [("labelSelector", selector)]
    place = served.of_kind(CLAIM)
    claims: Mapping[str, Wire] = {
        text_at(each, "metadata", "name"): each
        for each in items(connection, CLAIM.place(place.version, namespace))
    }
    for pod in items(connection, POD.place("v1", namespace), query):
        is_ending = "deletionTimestamp" in mapping_at(pod, "metadata")
        names = tuple(_names(pod))
        if names and is_running(pod) and not is_ending:
            name = text_at(pod, "metadata", "name")
            yield f"pod {namespace}/{name}", _lacking(pod, names, claims)


def _lacking(pod: Wire, names: Sequence[str], claims: Mapping[str, Wire]) -> str:
    for name in names:
        if not name:
            return "a claim of it has not been made yet"
        claim = claims.get(name)
        if claim is None:
            return f"there is no ResourceClaim {name}"
        if not mapping_at(claim, "status", "allocation"):
            return f"ResourceClaim {name} is not allocated"
        users = sequence_at(claim, "status", "reservedFor")
        if uid_of(pod) not in {text_at(each, "uid") for each in users}:
            return f"ResourceClaim {name} is not reserved for it"
    return ""


def _names(pod: Wire) -> Iterator[str]:
    """Yield the names of a pod's claims, "" for one that is not made yet."""
    made = {
        text_at(each, "name"): text_at(each, "resourceClaimName")
        for each in sequence_at(pod, "status", "resourceClaimStatuses")
    }
    for each in sequence_at(pod, "spec", "resourceClaims"):
        own = text_at(each, "resourceClaimName")
        yield own or made.get(text_at(each, "name"), "")
    field = ("status", "extendedResourceClaimStatus", "resourceClaimName")
    if extended := text_at(pod, *field):
        yield extended
