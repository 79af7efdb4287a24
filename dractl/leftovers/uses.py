"""Who names claims, templates and classes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from dractl.api.snapshot import Key, Snapshot
from dractl.model.claims import ClaimSpec
from dractl.model.workloads import PodClaim

_IMPLICIT: Final = "deviceclass.resource.kubernetes.io/"


class Uses:
    """The names of claims and templates that something refers to."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.claims: set[Key] = set()
        self.templates: set[Key] = set()
        for pod in snapshot.pods:
            self._add(pod.meta.namespace, pod.claims)
            self._add_claims(pod.meta.namespace, pod.claim_names)
            if pod.extended_claim:
                self.claims.add((pod.meta.namespace, pod.extended_claim))
        for group in snapshot.pod_groups:
            self._add(group.meta.namespace, group.claims)
            self._add_claims(group.meta.namespace, group.claim_names)
        for queued in snapshot.workloads:
            self._add(queued.meta.namespace, queued.claims)
        for maker in snapshot.workload_resources:
            namespace = maker.meta.namespace
            self.claims |= {(namespace, name) for name in maker.claims}
            self.templates |= {(namespace, name) for name in maker.templates}

    def _add(self, namespace: str, entries: Iterable[PodClaim]) -> None:
        for entry in entries:
            if entry.claim:
                self.claims.add((namespace, entry.claim))
            if entry.template:
                self.templates.add((namespace, entry.template))

    def _add_claims(self, namespace: str, names: Mapping[str, str | None]) -> None:
        self.claims |= {(namespace, name) for name in names.values() if name}


def classes_used(snapshot: Snapshot) -> set[str]:
    """Return the classes that claims, templates and the containers of pods name."""
    specs = [claim.spec for claim in snapshot.claims]
    specs += [template.spec for template in snapshot.templates]
    named = {name for spec in specs for name in _classes_of(spec)}
    asked = {
        resource
        for pod in snapshot.pods
        for container in (*pod.init_containers, *pod.containers)
        for resource in container.requests
    }
    named |= {each.removeprefix(_IMPLICIT) for each in asked}
    return named | {
        each.name for each in snapshot.classes if each.extended_resource_name in asked
    }


def _classes_of(spec: ClaimSpec) -> Iterator[str]:
    for request in spec.requests:
        for option in request.options:
            yield option.device_class
