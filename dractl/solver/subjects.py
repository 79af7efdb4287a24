"""What waits to be placed: pods with their claims, and claims that no pod uses yet.

Follows Kubernetes 1.36: the resourceclaim controller, which makes claims from
templates, and the PreFilter checks of the scheduler's dynamicresources plugin.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from dractl.api.snapshot import Snapshot
from dractl.model.claims import ClaimSpec, ObjectMeta, ResourceClaim
from dractl.model.workloads import Pod, PodClaim, PodGroup
from dractl.solver.extended import ResourceUse, class_by_resource, uses

_OWNER_ANNOTATION: Final = "resource.kubernetes.io/pod-claim-name"


@dataclass(frozen=True, slots=True)
class Subject:
    """Claims that are allocated together, and the pod that they are for.

    `claims` are in the order in which the scheduler takes them; one that is allocated
    already stays what it is. `problem` says why the scheduler would not even try.
    """

    pod: Pod | None
    claims: tuple[ResourceClaim, ...]
    problem: str | None = None
    extended: tuple[ResourceUse, ...] = field(default=())


def pending(snapshot: Snapshot, namespace: str | None = None) -> list[Subject]:
    """Return what waits for devices: pods first, then claims without a waiting pod.

    Without a namespace, all are looked at.
    """
    found = []
    used: set[tuple[str, str]] = set()
    for pod in snapshot.pods:
        if not is_waiting(pod):
            continue
        subject = subject_of(pod, snapshot)
        used.update(claim.meta.key for claim in subject.claims)
        if _wants_devices(subject) and namespace in {None, pod.meta.namespace}:
            found.append(subject)
    found += [
        Subject(None, (claim,), _unusable(claim, snapshot))
        for claim in snapshot.pending_claims
        if claim.meta.key not in used and namespace in {None, claim.meta.namespace}
    ]
    return found


def is_waiting(pod: Pod) -> bool:
    """Tell whether the pod waits for a node."""
    return (
        not pod.node_name
        and pod.phase in {"", "Pending"}
        and pod.meta.deletion_timestamp is None
    )


def _wants_devices(subject: Subject) -> bool:
    return bool(subject.problem or subject.claims or subject.extended)


def subject_of(pod: Pod, snapshot: Snapshot) -> Subject:
    """Return the pod with its claims; those that are still to be made are invented."""
    claims: list[ResourceClaim] = []
    problem = None
    for entry in pod.claims:
        found = _claim_of(pod, entry, snapshot)
        if isinstance(found, ResourceClaim):
            claims.append(found)
            found = _unusable(found, snapshot)
        problem = problem or found
    extended = (
        uses(pod, class_by_resource(snapshot.classes))
        if snapshot.profile.enabled("DRAExtendedResource")
        else ()
    )
    if problem is None and pod.gates:
        problem = f"waits for its scheduling gates: {', '.join(pod.gates)}"
    return Subject(pod, tuple(claims), problem, extended)


def _claim_of(
    pod: Pod, entry: PodClaim, snapshot: Snapshot
) -> ResourceClaim | str | None:
    """Return the claim behind an entry, what is wrong with it, or None: none needed."""
    if entry.claim is not None:
        named = snapshot.claim_by_key.get((pod.meta.namespace, entry.claim))
        return named or f"claim {entry.claim} does not exist"
    if entry.template is None:
        return f"resource claim {entry.name} names neither a claim nor a template"
    group = _sharing_group(pod, entry, snapshot)
    if group is not None:
        return _shared(group, entry, entry.template, snapshot)
    if entry.name in pod.claim_names:
        name = pod.claim_names[entry.name]
        return None if name is None else _made(pod, name, snapshot)
    orphan = next(_orphans(pod, entry, snapshot), None)
    return orphan or _invented(pod.meta, entry, entry.template, snapshot)


def made_for(
    pod: Pod, entry: PodClaim, snapshot: Snapshot
) -> tuple[ResourceClaim | str | None, bool]:
    """Return the claim that was made for an entry, and whether none is needed.

    A name stands for a claim that is recorded, but that does not exist or belongs to
    another pod; None for one that has not been made.
    """
    group = _sharing_group(pod, entry, snapshot)
    names = pod.claim_names if group is None else group.claim_names
    namespace = pod.meta.namespace
    if entry.name in names:
        name = names[entry.name]
        if name is None:
            return None, True
        made = snapshot.claim_by_key.get((namespace, name))
        owned = made is None or group is not None or not made.meta.owners
        if made is not None and (owned or _owns(pod, made)):
            return made, False
        return name, False
    if group is not None:
        return None, False
    return next(_orphans(pod, entry, snapshot), None), False


def _sharing_group(pod: Pod, entry: PodClaim, snapshot: Snapshot) -> PodGroup | None:
    """Return the pod's group if the entry is the group's: same name, same reference."""
    if not pod.group or not snapshot.profile.enabled("DRAWorkloadResourceClaims"):
        return None
    group = snapshot.pod_group_by_key.get((pod.meta.namespace, pod.group))
    return group if group is not None and entry in group.claims else None


def _shared(
    group: PodGroup, entry: PodClaim, template: str, snapshot: Snapshot
) -> ResourceClaim | str | None:
    """Return the claim that all pods of the group share."""
    if entry.name not in group.claim_names:
        return _invented(group.meta, entry, template, snapshot)
    name = group.claim_names[entry.name]
    if name is None:
        return None
    made = snapshot.claim_by_key.get((group.meta.namespace, name))
    return made or f"claim {name}, made for group {group.meta.name}, does not exist"


def _made(pod: Pod, name: str, snapshot: Snapshot) -> ResourceClaim | str:
    """Return the claim that the pod's status names."""
    made = snapshot.claim_by_key.get((pod.meta.namespace, name))
    if made is None:
        return f"claim {name}, made for this pod, does not exist"
    if made.meta.owners and not _owns(pod, made):
        return f"claim {name} was not made for this pod"
    return made


def _owns(pod: Pod, claim: ResourceClaim) -> bool:
    return any(
        owner.uid == pod.meta.uid if owner.uid and pod.meta.uid else
        owner.kind == "Pod" and owner.name == pod.meta.name
        for owner in claim.meta.owners
    )  # fmt: skip


def _orphans(pod: Pod, entry: PodClaim, snapshot: Snapshot) -> Iterator[ResourceClaim]:
    """Yield claims made for the entry that the pod's status does not mention yet."""
    return (
        claim
        for claim in snapshot.claims
        if claim.meta.namespace == pod.meta.namespace
        and claim.meta.annotations.get(_OWNER_ANNOTATION) == entry.name
        and _owns(pod, claim)
    )


def _invented(
    owner: ObjectMeta, entry: PodClaim, template: str, snapshot: Snapshot
) -> ResourceClaim | str:
    found = snapshot.template_by_key.get((owner.namespace, template))
    if found is None:
        return f"claim template {template} does not exist"
    label = snapshot.profile.admin_access_label
    if label and _lacks_label(found.spec, owner.namespace, label, snapshot):
        return (
            f"claim template {template} asks for admin access, which needs the label "
            f"{label}=true on namespace {owner.namespace}"
        )
    meta = ObjectMeta(
        f"{owner.name}-{entry.name}",
        owner.namespace,
        labels=found.claim_labels,
        annotations=found.claim_annotations,
    )
    return ResourceClaim(meta, found.spec)


def _lacks_label(
    spec: ClaimSpec, namespace: str, label: str, snapshot: Snapshot
) -> bool:
    """Tell whether the API server would refuse the claim for its admin access."""
    known = snapshot.namespace_by_name.get(namespace)
    return (
        known is not None
        and known.meta.labels.get(label) != "true"
        and any(o.admin_access for request in spec.requests for o in request.options)
    )


def _unusable(claim: ResourceClaim, snapshot: Snapshot) -> str | None:
    """Return why the scheduler would refuse the claim before looking at any node."""
    name = claim.meta.name
    if claim.meta.deletion_timestamp is not None:
        return f"claim {name} is being deleted"
    if claim.allocation is not None:
        return None
    for request in claim.spec.requests:
        if request.prioritized and not snapshot.profile.enabled("DRAPrioritizedList"):
            return (
                f"claim {name}, request {request.name}: has subrequests, but the "
                "feature gate DRAPrioritizedList is off"
            )
        for option in request.options:
            if (
                option.device_class
                and option.device_class not in snapshot.class_by_name
            ):
                return (
                    f"claim {name}, request {request.name}: device class "
                    f"{option.device_class} does not exist"
                )
    return None
