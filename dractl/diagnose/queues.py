"""What Kueue says of a pod or a job that it holds back, or has let go.

Follows Kueue 0.19: conditions of Workloads, LocalQueues and ClusterQueues, and how the
devices of a claim are counted (docs, Dynamic Resource Allocation).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from dractl.diagnose.answer import Cause, Evidence, View
from dractl.diagnose.owners import owner_of
from dractl.diagnose.words import listed, said_in
from dractl.model.claims import Condition, ObjectMeta
from dractl.model.queues import ClusterQueue, FlavorQuota, LocalQueue, Workload
from dractl.model.workloads import Pod

if TYPE_CHECKING:
    from dractl.api.snapshot import Snapshot
    from dractl.diagnose.case import Case
    from dractl.diagnose.world import World

Q = TypeVar("Q", LocalQueue, ClusterQueue)

_API: Final = "kueue.x-k8s.io"
_GROUP: Final = f"{_API}/pod-group-name"
_RESERVED, _ADMITTED, _EVICTED = "QuotaReserved", "Admitted", "Evicted"


class Hold(NamedTuple):
    """What keeps a workload from being admitted, and what would help."""

    message: str
    advice: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a workload stands; `resources` says how its classes are counted.

    A class is mapped to None where Kueue's configuration does not count it; without
    that configuration, there is none in it.
    """

    workload: Workload
    cluster: ClusterQueue | None
    resources: Mapping[str, str | None]
    holds: tuple[Hold, ...]

    @property
    def message(self) -> str:
        """What keeps it, in one clause."""
        name = "/".join(self.workload.meta.key)
        queue = f" in queue {self.workload.queue}" if self.workload.queue else ""
        said = "; ".join(each.message for each in self.holds)
        return f"Kueue's Workload {name}{queue}{f': {said}' if said else ''}"

    @property
    def advice(self) -> tuple[str, ...]:
        """What would help, most decisive first."""
        found = dict.fromkeys(each.advice for each in self.holds if each.advice)
        return tuple(found) or (f"look at Workload {'/'.join(self.workload.meta.key)}",)

    @property
    def evidence(self) -> Evidence:
        """The same as data."""
        cluster = self.cluster
        return {
            "workload": "/".join(self.workload.meta.key),
            "localQueue": self.workload.queue or None,
            "clusterQueue": cluster.meta.name if cluster is not None else None,
            "conditions": [_described(each) for each in self.workload.conditions],
            "admissionChecks": [each.name for each in self.workload.checks],
            "requeueAt": self.workload.requeue_at,
            "resources": dict(self.resources),
            "quotas": [
                {
                    "flavor": each.flavor,
                    "resource": each.resource,
                    "nominal": str(each.nominal),
                    "reserved": str(each.reserved),
                }
                for each in _quotas(cluster, self.resources)
            ],
        }


def _described(condition: Condition) -> Evidence:
    return {
        "type": condition.type,
        "status": condition.status,
        "reason": condition.reason or None,
        "message": condition.message or None,
    }


def _quotas(
    cluster: ClusterQueue | None, resources: Mapping[str, str | None]
) -> list[FlavorQuota]:
    """Return the quotas that count the devices; all where that is not known."""
    quotas = cluster.quotas if cluster is not None else ()
    counted = set(resources.values()) - {None}
    return [each for each in quotas if not resources or each.resource in counted]


@dataclass(frozen=True, slots=True)
class Held:
    """What to add to the words on a pod's gates; all empty where nothing is known."""

    message: str = ""
    advice: tuple[str, ...] = ()
    evidence: Evidence = field(default_factory=dict)


def held_by_queue(world: "World", pod: Pod) -> Held:
    """Return why Kueue holds a pod back, if one of its gates is Kueue's."""
    if not any(each.startswith(f"{_API}/") for each in pod.gates):
        return Held()
    workload = workload_of(world, pod)
    if workload is not None:
        found = standing(world, workload)
        return Held(f"; {found.message}", found.advice, {"queue": found.evidence})
    gaps = (gap for gap in world.snapshot.info.gaps if gap.group == _API)
    gap = next((each for each in gaps if each.kind == "Workload"), None)
    if gap is not None:
        needs = (gap.needs,) if gap.needs else ()
        return Held(f"; what Kueue says of it is not known, since {gap}", needs)
    if not world.snapshot.workloads:
        return Held()
    return Held(
        "; Kueue has no Workload for it",
        (f"see that its label {_API}/queue-name names a LocalQueue",),
    )


# -- which workload


def workload_of(world: "World", pod: Pod) -> Workload | None:
    """Return the Workload of a pod: its own, its group's, or its owner's."""
    namespace = pod.meta.namespace
    by_owner = world.once("workloads by owner", lambda: _by_owner(world))
    kind, _, name = owner_of(pod).partition(" ")
    owners = [("Pod", pod.meta.name)]
    owners += [(each.kind, each.name) for each in pod.meta.owners]
    # The Workload of a group of pods has the group's name.
    owners += [(kind, name), ("Workload", pod.meta.labels.get(_GROUP, ""))]
    found = (by_owner.get((namespace, *owner)) for owner in owners)
    return next((each for each in found if each is not None), None)


def _by_owner(world: "World") -> Mapping[tuple[str, str, str], Workload]:
    """Return the Workloads by those that they stand for, and by their own names."""
    return {
        (each.meta.namespace, kind, name): each
        for each in world.snapshot.workloads
        for kind, name in (
            *((owner.kind, owner.name) for owner in each.meta.owners),
            ("Workload", each.meta.name),
        )
    }


def is_admitted(workload: Workload) -> bool:
    """Tell whether Kueue has let it go."""
    condition = workload.condition(_ADMITTED)
    return condition is not None and condition.status == "True"


# -- where it stands


def standing(world: "World", workload: Workload) -> Standing:
    """Return where a workload stands in its queue."""
    snapshot = world.snapshot
    local = _named(snapshot.local_queues, workload.queue, workload.meta.namespace)
    behind = workload.cluster_queue or (local.cluster_queue if local else "")
    cluster = _named(snapshot.cluster_queues, behind, "")
    resources = _resources(world, workload)
    found = (
        *_switched_off(workload),
        *_of_queues(world, workload, local, behind),
        *_of_conditions(workload),
        *_of_quota(world, cluster, resources, workload),
    )
    return Standing(workload, cluster, resources, found)


def _named(queues: Sequence[Q], name: str, namespace: str) -> Q | None:
    return next((q for q in queues if q.meta.key == (namespace, name)), None)


def _switched_off(workload: Workload) -> Iterator[Hold]:
    if not workload.active:
        name = "/".join(workload.meta.key)
        yield Hold(
            "spec.active is false", f"set spec.active of Workload {name} to true"
        )


def _of_queues(
    world: "World", workload: Workload, local: LocalQueue | None, behind: str
) -> Iterator[Hold]:
    """Yield queues that are missing or not active, the ClusterQueue first."""
    snapshot = world.snapshot
    cluster = _named(snapshot.cluster_queues, behind, "")
    if behind and snapshot.cluster_queues and cluster is None:
        yield _missing(
            "ClusterQueue", behind, [q.meta for q in snapshot.cluster_queues]
        )
    elif cluster is not None and (why := _inactive(cluster.conditions)) is not None:
        yield Hold(
            f"ClusterQueue {behind} is not active{why}",
            f"mend ClusterQueue {behind}: it admits nothing until it is active",
        )
    elif local is not None and (why := _inactive(local.conditions)) is not None:
        yield Hold(
            f"LocalQueue {local.meta.name} is not active{why}",
            f"mend LocalQueue {local.meta.name}: it lets nothing in until it is active",
        )
    if workload.queue and snapshot.local_queues and local is None:
        own = [q.meta for q in snapshot.local_queues]
        namespace = workload.meta.namespace
        yield _missing(
            "LocalQueue", workload.queue, [m for m in own if m.namespace == namespace]
        )


def _missing(kind: str, name: str, others: Sequence[ObjectMeta]) -> Hold:
    there = listed(sorted(each.name for each in others)) or "none"
    return Hold(
        f"{kind} {name} does not exist; there is {there}", f"create the {kind} {name}"
    )


def _inactive(conditions: Sequence[Condition]) -> str | None:
    for each in conditions:
        if each.type == "Active" and each.status == "False":
            return _why(each)
    return None


def _why(condition: Condition) -> str:
    said = said_in(condition)
    return f": {said}" if said else ""


def _of_conditions(workload: Workload) -> Iterator[Hold]:
    """Yield what Kueue itself says of why the workload waits."""
    reserved = workload.condition(_RESERVED)
    evicted = workload.condition(_EVICTED)
    if evicted is not None and evicted.status == "True":
        again = f"; it is tried again at {workload.requeue_at}"
        yield Hold(
            f"it was evicted{_why(evicted)}{again if workload.requeue_at else ''}", ""
        )
    if reserved is None:
        yield Hold("Kueue has not looked at it yet", "see that Kueue's controller runs")
    elif reserved.status != "True":
        yield Hold(f"no quota is reserved{_why(reserved)}", "")
    elif is_admitted(workload):
        yield Hold(
            "it is admitted, so its gates should go",
            "read the log of Kueue's controller, which removes them",
        )
    for check in workload.checks:
        if check.state != "Ready":
            said = f": {check.message}" if check.message else ""
            yield Hold(
                f"admission check {check.name} is {check.state or 'Pending'}{said}",
                f"look at AdmissionCheck {check.name} and at who answers it",
            )


# -- quota


def _resources(world: "World", workload: Workload) -> Mapping[str, str | None]:
    """Return under which resource the devices of each class are counted."""
    configurations = world.snapshot.queue_configurations
    if not configurations:
        return {}
    known = {
        name: resource
        for each in configurations
        for name, resource in each.resource_by_class.items()
    }
    return {name: known.get(name) for name in classes_of(world.snapshot, workload)}


def classes_of(snapshot: "Snapshot", workload: Workload) -> list[str]:
    """Return the classes that the claims of a workload ask for, each once."""
    namespace = workload.meta.namespace
    specs = [
        found.spec
        for entry in workload.claims
        for found in (
            snapshot.template_by_key.get((namespace, entry.template or "")),
            snapshot.claim_by_key.get((namespace, entry.claim or "")),
        )
        if found is not None
    ]
    names = [
        option.device_class
        for spec in specs
        for request in spec.requests
        for option in request.options
    ]
    return list(dict.fromkeys(names))


def _of_quota(
    world: "World",
    cluster: ClusterQueue | None,
    resources: Mapping[str, str | None],
    workload: Workload,
) -> Iterator[Hold]:
    """Yield what the quotas lack for the devices, where none is reserved."""
    reserved = workload.condition(_RESERVED)
    if reserved is None or reserved.status == "True":
        return
    yield from unmapped(world, resources)
    direct = [each.claim for each in workload.claims if each.claim]
    if direct:
        yield Hold(
            f"it names claim {listed(direct)} itself",
            "use a ResourceClaimTemplate: up to 0.19, Kueue takes no workload that "
            "names ResourceClaims",
        )
    if cluster is None:
        return
    for quota in _quotas(cluster, resources):
        # Without the mapping, only what is used up may be what is lacking.
        if not resources and quota.reserved < quota.nominal:
            continue
        borrows = (
            f", beside what cohort {cluster.cohort} lends" if cluster.cohort else ""
        )
        yield Hold(
            f"ClusterQueue {cluster.meta.name} has {quota.nominal} of {quota.resource} "
            f"in flavor {quota.flavor}{borrows}, and {quota.reserved} are reserved",
            f"wait until workloads of ClusterQueue {cluster.meta.name} end, or raise "
            f"its nominalQuota of {quota.resource}",
        )


def unmapped(world: "World", resources: Mapping[str, str | None]) -> Iterator[Hold]:
    """Yield the classes whose devices no quota counts."""
    missing = [name for name, resource in resources.items() if resource is None]
    if not missing:
        return
    where = listed(
        "/".join(each.meta.key) for each in world.snapshot.queue_configurations
    )
    classes = f"class {listed(missing)}"
    yield Hold(
        f"deviceClassMappings in ConfigMap {where} names no resource for {classes}",
        f"map {classes} in deviceClassMappings of ConfigMap {where}, and restart Kueue",
    )


def of_queue(case: "Case", causes: Sequence[Cause]) -> Iterator[View]:
    """Yield what Kueue has done for a pod that waits, though it was let go."""
    pod = case.pod
    workload = None if pod is None else workload_of(case.world, pod)
    if pod is None or pod.node_name or workload is None or not causes:
        return
    if not is_admitted(workload) or pod.gates:
        return
    held = standing(case.world, workload)
    where = workload.cluster_queue or "a ClusterQueue"
    name = "/".join(workload.meta.key)
    yield View(
        "Kueue",
        f"has admitted Workload {name}, which holds quota of {where} while it waits",
        held.evidence,
    )
    for hold in unmapped(case.world, held.resources):
        yield View("Kueue", f"counts these devices in no quota: {hold.message}")
