"""Whom objects belong to: owners that live or are gone, and tools that made them."""

from collections.abc import Mapping
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.leftovers.known import Known
from dractl.model.claims import ObjectMeta, OwnerReference

_BY_LABEL: Final[Mapping[str, str]] = {
    "addonmanager.kubernetes.io/mode": "the addon manager",
    "argocd.argoproj.io/instance": "Argo CD",
    "helm.toolkit.fluxcd.io/name": "Flux",
    "kapp.k14s.io/app": "kapp",
    "kustomize.toolkit.fluxcd.io/name": "Flux",
    "objectset.rio.cattle.io/hash": "Fleet",
    "olm.owner": "OLM",
    "resource.nvidia.com/computeDomain": "a ComputeDomain",
}
_BY_ANNOTATION: Final[Mapping[str, str]] = {
    "argocd.argoproj.io/tracking-id": "Argo CD",
    "kapp.k14s.io/identity": "kapp",
    "meta.helm.sh/release-name": "Helm",
}
_MANAGED_BY: Final = "app.kubernetes.io/managed-by"
# Typed by people and by dractl itself; nobody makes these objects again.
_BY_HAND: Final = frozenset({"", "dractl", "kubectl", "kustomize"})


def managed_by(meta: ObjectMeta) -> str:
    """Return the tool that would make the object again; "" for none."""
    for key, tool in _BY_ANNOTATION.items():
        if key in meta.annotations:
            return tool
    for key, tool in _BY_LABEL.items():
        if key in meta.labels:
            return tool
    stated = meta.labels.get(_MANAGED_BY, "")
    return "" if stated.lower() in _BY_HAND else stated


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
