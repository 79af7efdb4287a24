"""Whole migrations of small clusters: what is planned, proven and staged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Fit, Plan, Proof, Rewrite
from dractl.migrate.inputs import Input
from dractl.migrate.plan import plan
from dractl.migrate.pods import Copies
from dractl.migrate.projected import Projected
from dractl.migrate.proof import proof
from dractl.migrate.rewrite import rewritten
from dractl.migrate.stages import stages
from dractl.migrate.steps import Stage
from dractl.migrate.waves import Wave, waves
from dractl.migrate.worlds import Worlds
from tests.migrate.builders import order

Document = Mapping[str, Any]

GPU = "nvidia.com/gpu"
ONE: Document = {"replicas": 1}
PRODUCT = {"nvidia.com/gpu.product": "Tesla-T4"}
"""A label by which something is known of a node's GPUs."""
_OWNER: Document = {"uid": "u", "controller": True}


@dataclass
class Migration:
    """A cluster and files, with everything that follows."""

    inputs: tuple[Input, ...]
    snapshot: Snapshot
    plan: Plan

    @cached_property
    def rewrite(self) -> Rewrite:
        return rewritten(self.plan, self.snapshot, self.inputs)

    @cached_property
    def worlds(self) -> Worlds:
        return Worlds(self.plan, self.inputs, self.snapshot, self.rewrite)

    @property
    def projected(self) -> Projected:
        return self.worlds.known

    @property
    def copies(self) -> tuple[Copies, ...]:
        return self.worlds.users

    @cached_property
    def proof(self) -> Proof:
        return proof(self.worlds)

    @cached_property
    def waves(self) -> tuple[Wave, ...]:
        return waves(self.worlds)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        return stages(self.worlds, self.proof)

    def fit(self, name: str) -> Fit:
        """Return what is said of a workload."""
        (found,) = [x for x in self.proof.fits if x.plan.user.input.name == name]
        return found

    def stage(self, name: str) -> Stage:
        """Return a stage by its name."""
        return {each.name: each for each in self.stages}[name]


def migration(
    cluster: Iterable[Document] = (),
    files: Iterable[Document] = (),
    kubernetes: str = "1.36",
    **wishes: Any,
) -> Migration:
    """Return the migration of what is in a cluster and in files."""
    found = [
        *(Input(dict(each), "cluster", 0, is_file=False) for each in cluster),
        *(Input(dict(each), "app.yaml", 0, is_file=True) for each in files),
    ]
    for number, each in enumerate(found):
        each.number = number
    documents = [each.document for each in found if not each.is_file]
    snapshot = Snapshot.from_documents(documents, kubernetes=kubernetes)
    wanted = order(kubernetes, **wishes)
    return Migration(tuple(found), snapshot, plan(found, snapshot, wanted))


def node(
    name: str,
    amounts: Mapping[str, object],
    labels: Mapping[str, str] = PRODUCT,
    **spec: Any,
) -> Document:
    """Return a node with amounts of extended resources."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": dict(labels)},
        "spec": spec,
        "status": {"allocatable": {"cpu": "64", "pods": "110", **amounts}},
    }


def workload(
    name: str,
    kind: str = "Deployment",
    *,
    asks: Document | None = None,
    namespace: str = "apps",
    counted: Document = ONE,
    **spec: Any,
) -> Document:
    """Return something of the group apps whose pods ask for a GPU, or for `asks`."""
    main = {"name": "main", "image": "app", "resources": {"limits": asks or {GPU: 1}}}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            **counted,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [main], **spec},
            },
        },
    }


def replicas(count: int) -> Document:
    """Return how many pods a workload wants."""
    return {"replicas": count}


def live(name: str, *nodes: str, **spec: Any) -> list[Document]:
    """Return a Deployment with its ReplicaSet, and a pod on each of the nodes."""
    above = workload(name, counted=replicas(len(nodes)), **spec)
    middle = workload(f"{name}-7f", "ReplicaSet", counted=replicas(len(nodes)), **spec)
    middle["metadata"]["ownerReferences"] = [
        {"apiVersion": "apps/v1", "kind": "Deployment", "name": name, **_OWNER}
    ]
    pods = [running(f"{name}-7f-{n}", at, name) for n, at in enumerate(nodes)]
    return [above, middle, *pods]


def running(name: str, where: str, owner: str = "") -> Document:
    """Return a pod on a node; one of a Deployment is of its ReplicaSet."""
    labels = {"app": owner, "pod-template-hash": "7f"} if owner else {}
    above = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": f"{owner}-7f"}
    main = {"name": "main", "image": "app", "resources": {"limits": {GPU: 1}}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": "apps",
            "uid": name,
            "labels": labels,
            "ownerReferences": [{**above, **_OWNER}] if owner else [],
        },
        "spec": {"nodeName": where, "containers": [main]},
        "status": {"phase": "Running"},
    }


def slices(
    where: str, count: int, driver: str = "gpu.nvidia.com", **attributes: str
) -> Document:
    """Return what a driver publishes for a node."""
    values = {"type": "gpu", **attributes}
    stated = {key: {"string": each} for key, each in values.items()}
    devices = [{"name": f"gpu-{n}", "attributes": stated} for n in range(count)]
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceSlice",
        "metadata": {"name": f"{where}-{driver}"},
        "spec": {
            "driver": driver,
            "nodeName": where,
            "pool": {"name": where, "generation": 1, "resourceSliceCount": 1},
            "devices": devices,
        },
    }
