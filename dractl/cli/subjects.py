"""What `dractl explain` is asked about: words to pods, claims, devices, workloads."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from dractl.api.snapshot import Snapshot
from dractl.catalogue.nearest import guess
from dractl.cli.names import spelled, unknown
from dractl.cli.options import usage
from dractl.diagnose.answer import (
    ClaimReport,
    DeviceReport,
    Explanation,
    PodReport,
    WorkloadReport,
)
from dractl.diagnose.device import explain_device
from dractl.diagnose.explain import explain, explain_claim, explain_pod
from dractl.diagnose.owners import owner_of
from dractl.diagnose.unchecked import unchecked
from dractl.diagnose.uncreated import uncreated_of
from dractl.diagnose.world import World

if TYPE_CHECKING:
    from dractl.model.claims import ObjectMeta

KINDS: Final = {
    "pod": "pod",
    "pods": "pod",
    "po": "pod",
    "claim": "claim",
    "claims": "claim",
    "resourceclaim": "claim",
    "resourceclaims": "claim",
    "device": "device",
    "devices": "device",
}
WORKLOADS: Final = {
    "deployment": "Deployment",
    "deployments": "Deployment",
    "deploy": "Deployment",
    "statefulset": "StatefulSet",
    "statefulsets": "StatefulSet",
    "sts": "StatefulSet",
    "daemonset": "DaemonSet",
    "daemonsets": "DaemonSet",
    "ds": "DaemonSet",
    "replicaset": "ReplicaSet",
    "replicasets": "ReplicaSet",
    "rs": "ReplicaSet",
    "job": "Job",
    "jobs": "Job",
    "jobset": "JobSet",
    "jobsets": "JobSet",
    "leaderworkerset": "LeaderWorkerSet",
    "leaderworkersets": "LeaderWorkerSet",
    "lws": "LeaderWorkerSet",
}

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Question:
    """A kind, the names asked about, and the namespace, None for all."""

    kind: str = "pending"
    names: tuple[str, ...] = ()
    namespace: str | None = None
    owner: str = field(default="")

    @property
    def is_whole(self) -> bool:
        """Whether all that is stuck is asked about."""
        return self.kind == "pending"

    @staticmethod
    def of(words: Sequence[str], namespace: str | None) -> "Question":
        """Read `pod NAME`, `pod/NAME` and the like; raise DractlError for the rest."""
        if not words or list(words) == ["pending"]:
            return Question(namespace=namespace)
        kind, *names = words
        if "/" in kind:
            # TYPE/NAME, once or several times.
            parts = [each.partition("/") for each in words]
            kind = parts[0][0]
            if any(each[0] != kind for each in parts):
                raise usage("all TYPE/NAME have to be of one type")
            names = [name for _, _, name in parts if name]
        wanted = KINDS.get(kind.lower())
        owner = WORKLOADS.get(kind.lower(), "")
        if wanted is None and not owner:
            listed = "it can be: pending, pod, claim, device, or a workload"
            raise usage(
                f"{kind[:60]!r} is nothing that can be explained",
                hint=guess(kind, [*KINDS, *WORKLOADS, "pending"], listed),
            )
        if not names:
            raise usage(f"explain {kind} needs a name", hint=f"explain {kind} NAME")
        return Question(wanted or "workload", tuple(names), namespace, owner)


def answer(
    question: Question, cluster: Snapshot, progress: Progress
) -> Explanation | list[DeviceReport]:
    """Return the answer; raises DractlError for what is not there."""
    if question.is_whole:
        return explain(cluster, namespace=question.namespace, progress=progress)
    world = World(cluster)
    if question.kind == "device":
        return [explain_device(world, name) for name in question.names]
    pods: list[PodReport] = []
    claims: list[ClaimReport] = []
    workloads: list[WorkloadReport] = []
    for name in question.names:
        if question.kind == "claim":
            claims += _claims(world, question, name)
            continue
        without = _without_pods(world, question, name)
        pods += _pods(world, question, name, may_lack=bool(without))
        workloads += without
    return Explanation(
        cluster.profile,
        tuple(pods),
        tuple(claims),
        unchecked(cluster),
        cluster.problems,
        tuple(workloads),
    )


def _without_pods(world: World, question: Question, name: str) -> list[WorkloadReport]:
    if not question.owner:
        return []
    namespace, _, short = name.rpartition("/")
    key = (namespace or question.namespace or "", short)
    return list(uncreated_of(world, question.owner, key))


def _pods(
    world: World, question: Question, name: str, *, may_lack: bool
) -> list[PodReport]:
    owner = f"{question.owner} " if question.owner else ""
    found = [
        pod
        for pod in world.snapshot.pods
        if _is_meant(pod.meta, question, name, owner_of(pod) if owner else None, owner)
    ]
    if not found and not may_lack:
        pods = world.snapshot.pods
        known = spelled((each.meta for each in pods), name)
        if owner:
            owners = (owner_of(each).partition(" ") for each in pods)
            known = [each for kind, _, each in owners if kind == question.owner]
        raise unknown(question.owner or "pod", name, known, is_namespaced=True)
    return [explain_pod(world, pod) for pod in found]


def _is_meant(
    meta: "ObjectMeta", question: Question, name: str, owned: str | None, owner: str
) -> bool:
    namespace, _, short = name.rpartition("/")
    wanted = namespace or question.namespace
    if wanted is not None and wanted != meta.namespace:
        return False
    return meta.name == short if owned is None else owned == f"{owner}{short}"


def _claims(world: World, question: Question, name: str) -> list[ClaimReport]:
    found = [
        claim
        for claim in world.snapshot.claims
        if _is_meant(claim.meta, question, name, None, "")
    ]
    if not found:
        known = spelled((each.meta for each in world.snapshot.claims), name)
        raise unknown("claim", name, known, is_namespaced=True)
    return [explain_claim(world, claim) for claim in found]


def names_of(kind: str, cluster: Snapshot, namespace: str | None) -> Iterator[str]:
    """Yield the names of a kind that can be explained, each once and in order."""
    wanted = KINDS.get(kind.lower())
    owner = WORKLOADS.get(kind.lower())
    found: Iterable[str]
    if wanted == "device":
        found = (str(each.id) for slice_ in cluster.slices for each in slice_.devices)
    elif wanted == "claim":
        found = (c.meta.name for c in cluster.claims if _is_in(c.meta, namespace))
    elif wanted == "pod":
        found = (p.meta.name for p in cluster.pods if _is_in(p.meta, namespace))
    else:
        owners = (
            owner_of(each).partition(" ")
            for each in cluster.pods
            if _is_in(each.meta, namespace)
        )
        found = (name for of_kind, _, name in owners if of_kind == owner)
    yield from sorted(set(found))


def _is_in(meta: "ObjectMeta", namespace: str | None) -> bool:
    return namespace in {None, meta.namespace}
