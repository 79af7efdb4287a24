"""What to make copies of: a claim, a claim template, a pod, what makes pods."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dractl.api.decode import Decoded, decode
from dractl.api.lists import flattened
from dractl.api.pod_specs import pod_specs
from dractl.api.problems import Problem
from dractl.api.snapshot import Snapshot
from dractl.errors import DractlError
from dractl.model.claims import ClaimSpec, ObjectMeta, ResourceClaim, Toleration
from dractl.model.workloads import Pod
from dractl.solver.subjects import Subject, pending, subject_of

Documents = Iterable[tuple[object, str]]

NOTHING_TO_FIT: Final = "nothing-to-fit"
"""The code of the error of documents that have nothing to make copies of."""
_DEFAULT: Final = "default"
_END: Final = "new"
"""How copies are called, before their numbers."""
_DAEMONS: Final = "DaemonSet"
_TOLERATED: Final = (
    ("not-ready", "NoExecute"),
    ("unreachable", "NoExecute"),
    ("disk-pressure", "NoSchedule"),
    ("memory-pressure", "NoSchedule"),
    ("pid-pressure", "NoSchedule"),
    ("unschedulable", "NoSchedule"),
)
"""What pods of a DaemonSet put up with (Kubernetes 1.36, daemonset_util.go)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Something of which there shall be copies, in a cluster that has what it needs.

    `kind`, `namespace` and `name` are those of the object that was named; of one that
    makes several kinds of pods, `part` tells where in it their spec is.
    """

    kind: str
    namespace: str
    name: str
    subject: Subject
    part: str = ""

    def __str__(self) -> str:
        part = f", {self.part}" if self.part else ""
        return f"{self.kind} {self.namespace}/{self.name}{part}"

    @property
    def is_one_per_node(self) -> bool:
        """Whether a node takes no second one."""
        return self.kind == _DAEMONS

    def without_constraints(self) -> "Asked":
        """Return the same with constraints left out of its claims."""
        claims = tuple(
            dataclasses.replace(
                each, spec=dataclasses.replace(each.spec, constraints=())
            )
            for each in self.subject.claims
        )
        subject = dataclasses.replace(self.subject, claims=claims)
        return dataclasses.replace(self, subject=subject)

    def copy(self, number: int, known: Snapshot) -> Subject:
        """Return one copy; the claims that it names stay the same for all."""
        subject = self.subject
        if subject.pod is None:
            claims = (_renamed(each, number) for each in subject.claims)
            return dataclasses.replace(subject, claims=tuple(claims))
        meta = dataclasses.replace(
            subject.pod.meta, name=f"{subject.pod.meta.name}-{number}"
        )
        own = tuple(
            each if each.meta.key in known.claim_by_key else _renamed(each, number)
            for each in subject.claims
        )
        pod = dataclasses.replace(subject.pod, meta=meta)
        return dataclasses.replace(subject, pod=pod, claims=own)


def asked(
    snapshot: Snapshot, documents: Documents, home: str = _DEFAULT
) -> tuple[Snapshot, list[Asked]]:
    """Return the cluster with what documents define, and what they ask copies of.

    Templates and classes of the documents count before those of the cluster; a claim
    that the cluster has is what it is there. A claim or a template is asked for itself
    if no pod of the documents names it. What states no namespace is in `home`. Raises
    DractlError for a document that cannot be read, or if nothing can be copied.
    """
    given = [(_placed(each, home), where) for each, where in flattened(documents)]
    read = Snapshot.from_sourced(given)
    if read.problems:
        raise DractlError("malformed-object", str(read.problems[0]))
    cluster = dataclasses.replace(
        snapshot,
        claims=_merged(snapshot.claims, map(_fresh, read.claims)),
        templates=_merged(read.templates, snapshot.templates),
        classes=tuple(
            {each.name: each for each in (*snapshot.classes, *read.classes)}.values()
        ),
    )
    found = list(_pods(cluster, given))
    named = {
        (each.namespace, name)
        for each in found
        if each.subject.pod is not None
        for entry in each.subject.pod.claims
        if (name := entry.claim or entry.template)
    }
    found += _claims(cluster, read, named)
    # A claim that is asked for itself is not made beside its copies.
    there = snapshot.claim_by_key.keys() | named
    claims = tuple(each for each in cluster.claims if each.meta.key in there)
    cluster = dataclasses.replace(cluster, claims=claims)
    if not found:
        raise DractlError(
            NOTHING_TO_FIT,
            "there is no claim, claim template, pod or workload to make copies of",
        )
    return cluster, found


def claim_asked(snapshot: Snapshot, claim: ResourceClaim) -> Asked:
    """Return a request for copies of a claim that the cluster has."""
    return _claim(snapshot, "ResourceClaim", claim.meta, claim.spec)


def _placed(document: object, home: str) -> object:
    if not isinstance(document, Mapping):
        return document
    metadata = document.get("metadata", {})
    if not isinstance(metadata, Mapping) or metadata.get("namespace"):
        return document
    return {**document, "metadata": {**metadata, "namespace": home}}


def _pods(cluster: Snapshot, documents: Documents) -> Iterator[Asked]:
    for document, _ in documents:
        if not isinstance(document, Mapping) or "containers" in document:
            continue
        kind = str(document.get("kind"))
        specs = list(pod_specs(document))
        for steps, spec in specs:
            meta = _meta(document)
            pod = _pod(document, spec, meta)
            part = ".".join(map(str, steps)) if len(specs) > 1 else ""
            yield Asked(kind, meta.namespace, meta.name, subject_of(pod, cluster), part)


def _meta(document: Mapping[str, Any]) -> ObjectMeta:
    stated = document.get("metadata")
    known = stated if isinstance(stated, Mapping) else {}
    name = known.get("name") or known.get("generateName")
    namespace = known.get("namespace")
    return ObjectMeta(
        name if isinstance(name, str) else str(document.get("kind")).lower(),
        namespace if isinstance(namespace, str) and namespace else _DEFAULT,
    )


def _pod(document: Mapping[str, Any], spec: Mapping[str, Any], meta: ObjectMeta) -> Pod:
    """Return the pod of a spec as nobody has placed it."""
    body = {key: value for key, value in spec.items() if key != "nodeName"}
    found = decode(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": f"{meta.name}-{_END}", "namespace": meta.namespace},
            "spec": body,
        }
    )
    if isinstance(found, Decoded) and isinstance(found.value, Pod):
        more = _TOLERATED if document.get("kind") == _DAEMONS else ()
        tolerations = tuple(
            Toleration(f"node.kubernetes.io/{key}", "Exists", "", effect)
            for key, effect in more
        )
        return dataclasses.replace(
            found.value,
            gates=(),  # whoever sets them lifts them
            tolerations=(*found.value.tolerations, *tolerations),
        )
    told = str(found) if isinstance(found, Problem) else "its pods cannot be read"
    raise DractlError("malformed-object", told)


def _claims(
    cluster: Snapshot, read: Snapshot, named: Iterable[tuple[str, str]]
) -> Iterator[Asked]:
    taken = set(named)
    for claim in read.claims:
        if claim.meta.key not in taken:
            yield _claim(cluster, "ResourceClaim", claim.meta, claim.spec)
    for template in read.templates:
        if template.meta.key not in taken:
            kind = "ResourceClaimTemplate"
            yield _claim(cluster, kind, template.meta, template.spec)


def _claim(cluster: Snapshot, kind: str, meta: ObjectMeta, spec: ClaimSpec) -> Asked:
    name = f"{meta.name or kind.lower()}-{_END}"
    claim = ResourceClaim(ObjectMeta(name, meta.namespace), spec)
    alone = dataclasses.replace(cluster, pods=(), claims=(claim,))
    return Asked(kind, meta.namespace, meta.name, pending(alone)[0])


def _fresh(claim: ResourceClaim) -> ResourceClaim:
    """Return a claim of a file as nobody has allocated it."""
    return dataclasses.replace(claim, allocation=None, reserved_for=(), devices=())


def _merged(known: Iterable[Any], more: Iterable[Any]) -> tuple[Any, ...]:
    """Return objects of which those that come first count."""
    found: dict[object, Any] = {}
    for each in (*known, *more):
        found.setdefault(each.meta.key, each)
    return tuple(found.values())


def _renamed(claim: ResourceClaim, number: int) -> ResourceClaim:
    meta = dataclasses.replace(claim.meta, name=f"{claim.meta.name}-{number}", uid="")
    return dataclasses.replace(claim, meta=meta)
