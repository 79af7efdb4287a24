"""Whom objects belong to: owners that live or are gone."""

from dractl.api.snapshot import Snapshot
from dractl.leftovers.known import Known
from dractl.model.claims import ObjectMeta, OwnerReference


class Ownership:
    """Which owners are there."""

    def __init__(self, snapshot: Snapshot, known: Known) -> None:
        self._known = known
        self._uids = {
            *(each.meta.uid for each in snapshot.pods),
            *(each.meta.uid for each in snapshot.nodes),
            *(each.meta.uid for each in snapshot.claims),
            *(each.meta.uid for each in snapshot.templates),
            *(each.meta.uid for each in snapshot.pod_groups),
            *(each.meta.uid for each in snapshot.workloads),
            *(each.meta.uid for each in snapshot.workload_resources),
            *(each.meta.uid for each in snapshot.namespaces),
        }

    def living(self, meta: ObjectMeta) -> tuple[OwnerReference, ...]:
        """Return the owners that are there."""
        return tuple(each for each in meta.owners if self._lives(each))

    def doubt(self, meta: ObjectMeta) -> str:
        """Return why an owner that is not there may be alive; "": all are gone."""
        reasons = (
            self._known.lack_of_owner(owner, meta.namespace)
            if owner.uid
            else "the owner is named without its uid"
            for owner in meta.owners
            if not self._lives(owner)
        )
        return next((reason for reason in reasons if reason), "")

    def _lives(self, owner: OwnerReference) -> bool:
        return bool(owner.uid) and owner.uid in self._uids
