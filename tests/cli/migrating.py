"""A live cluster that migrates: two nodes, a plugin, a driver, and a workload.

The plugin and the driver go by labels of nodes, as those of real charts do.
"""

import json
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dractl.migrate import progress_file
from dractl.migrate.answer import Verdict
from dractl.migrate.progress import Origin, planned
from dractl.migrate.steps import Patch, Stage, StageKind, Step, Verb
from tests.apiserver import ApiServer
from tests.apiserver.documents import Wire, claim, slice_of
from tests.apiserver.repeating import repeating
from tests.cli.processes import Piped, piped
from tests.cli.run import Ran, Runner
from tests.cli.wire import device_class

RESOURCE: Final = "example.com/gpu"
DRIVER: Final = "gpu.example.com"
OFF: Final = "example.com/plugin"
ON: Final = "example.com/dra"
_LIMITS: Final = "/spec/template/spec/containers/0/resources/limits"
_ESCAPED: Final = f"{_LIMITS}/example.com~1gpu"
_CLAIMS: Final = "/spec/template/spec/resourceClaims"

CLASS: Final = device_class("gpu", f"device.driver == '{DRIVER}'")
TEMPLATE: Final[Wire] = {
    "apiVersion": "resource.k8s.io/v1",
    "kind": "ResourceClaimTemplate",
    "metadata": {"name": "chat-gpu", "namespace": "default"},
    "spec": {
        "spec": {
            "devices": {
                "requests": [{"name": "gpu", "exactly": {"deviceClassName": "gpu"}}]
            }
        }
    },
}
PATCH: Final[Patch] = (
    {"op": "test", "path": _ESCAPED, "value": "1"},
    {"op": "remove", "path": _ESCAPED},
    {
        "op": "add",
        "path": _CLAIMS,
        "value": [{"name": "gpu", "resourceClaimTemplateName": "chat-gpu"}],
    },
)
BACK: Final[Patch] = (
    {"op": "remove", "path": _CLAIMS},
    {"op": "add", "path": _ESCAPED, "value": "1"},
)


def node(name: str) -> Wire:
    """Return a node with two devices of the plugin."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "spec": {"podCIDR": "10.0.0.0/24"},
        "status": {"allocatable": {"cpu": "8", RESOURCE: "2"}},
    }


def deployment() -> Wire:
    """Return the workload, whose pods ask for the plugin's resource."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "chat", "namespace": "default", "generation": 1},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": "chat"}},
            "template": {"spec": {"containers": [using()]}},
        },
        "status": {
            "observedGeneration": 1, "updatedReplicas": 1, "readyReplicas": 1,
        },
    }  # fmt: skip


def using(amount: str = "1") -> Wire:
    """Return a container that asks for the plugin's resource."""
    return {"name": "main", "resources": {"limits": {RESOURCE: amount, "cpu": "1"}}}


def pod(name: str, **metadata: Any) -> Wire:
    """Return a pod on n0 that asks for the plugin's resource, made by a ReplicaSet."""
    owner = {"kind": "ReplicaSet", "name": "chat-1", "uid": "r", "controller": True}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name, "namespace": "default", "uid": name,
            "labels": {"app": "chat"}, "ownerReferences": [owner], **metadata,
        },
        "spec": {"nodeName": "n0", "containers": [using()]},
        "status": {"phase": "Running"},
    }  # fmt: skip


def on_node(name: str) -> tuple[Step, ...]:
    """Return the steps by which a node changes its stack."""
    node: dict[str, Any] = {"kind": "Node", "api_version": "v1", "name": name}
    return (
        Step(Verb.CORDON, f"cordon {name}", **node),
        Step(Verb.EVICT, f"evict pods from {name}", **node, amounts=(RESOURCE,)),
        Step(Verb.LABEL, f"no plugin on {name}", **node, labels={OFF: "false"}),
        Step(Verb.WAIT, f"wait for {name}", **node, amounts=(RESOURCE,)),
        Step(Verb.LABEL, f"the driver on {name}", **node, labels={ON: "true"}),
        Step(Verb.WAIT, f"wait for {name}", **node, devices={DRIVER: 1}),
        Step(Verb.UNCORDON, f"uncordon {name}", **node),
    )


def created(document: Wire) -> Step:
    """Return the step that creates an object."""
    metadata = document["metadata"]
    return Step(
        Verb.CREATE,
        f"create {document['kind']} {metadata['name']}",
        document["kind"],
        document["apiVersion"],
        metadata.get("namespace", ""),
        metadata["name"],
        document,
    )


OBJECTS: Final = Stage(
    "objects",
    StageKind.OBJECTS,
    "what claims need",
    (created(CLASS), created(TEMPLATE)),
)
NODES: Final = Stage(
    "wave-1",
    StageKind.NODES,
    "the first node",
    on_node("n0"),
    ("n0",),
    {"Deployment default/chat": 1},
    ("a pod may have to wait",),
)
WORKLOADS: Final = Stage(
    "workloads",
    StageKind.WORKLOADS,
    "pods with claims",
    (
        Step(
            Verb.PATCH,
            "rewrite Deployment default/chat",
            "Deployment",
            "apps/v1",
            "default",
            "chat",
            patch=PATCH,
            back=BACK,
        ),
    ),
)
STAGES: Final = (OBJECTS, NODES, WORKLOADS)


class Migrator:
    """Runs the commands of a rollout, with a file of its own."""

    def __init__(self, dractl: Runner, server: ApiServer, folder: Path) -> None:
        self._dractl = dractl
        self._folder = folder
        self.server = server
        self.path = folder / "state.json"
        self.plan()

    def plan(self, stages: tuple[Stage, ...] = STAGES, server: str = "") -> None:
        """Write a file with stages of which nothing is done."""
        url = server or self.server.url
        made = "2026-11-23T12:00:00Z"
        origin = Origin(url, "v1.36.2", "0.1", made, Verdict.SAFE)
        content = progress_file.document(planned(origin, stages))
        self.path.write_text(json.dumps(content))

    def argv(self, *argv: str, user: str = "admin") -> tuple[str, ...]:
        """Return the arguments of a command for the cluster and the file."""
        verb, *rest = argv
        path = self.server.kubeconfig(self._folder / f"{user}.yaml", user=user)
        state = ("--state", str(self.path))
        source = () if verb == "status" else ("--kubeconfig", str(path))
        return ("migrate", verb, *state, *source, *rest)

    def __call__(self, *argv: str, user: str = "admin") -> Ran:
        return self._dractl(*self.argv(*argv, user=user))

    def through(self, *stages: str) -> None:
        """Do and verify stages, one after another."""
        for name in stages:
            done = self("apply", "--yes")
            assert done.status == 0, done.err
            assert f"STAGE {name}:" in done.out
            seen = self("verify", "--timeout", "9s")
            assert seen.status == 0, seen.out + seen.err

    def started(self, *argv: str) -> AbstractContextManager[Piped]:
        """Start it in a process of its own, which ends before the block does."""
        return piped(*self.argv(*argv))

    def wait_for_mark(self, stage: int, step: int, mark: str) -> None:
        """Wait until the file says how far a step is."""
        end = time.monotonic() + 20
        while self.marks(stage)[step] != mark:
            assert time.monotonic() < end, "the step does not come"
            time.sleep(0.02)

    def marks(self, stage: int) -> list[str]:
        """Return how far the steps of a stage are, as the file says."""
        content = json.loads(self.path.read_text())
        return [each["mark"] for each in content["progress"][stage]["steps"]]

    def states(self) -> dict[str, str]:
        """Return the states of all stages, as the command says them."""
        document = json.loads(self("status", "-o", "json").out)
        return {each["name"]: each["state"] for each in document["stages"]}

    def writes(self) -> list[tuple[str, str]]:
        """Return the requests that could have changed something."""
        return [
            (each.method, each.path.rpartition("/")[2])
            for each in self.server.requests
            if each.method != "GET"
        ]


@dataclass(frozen=True)
class Stacks:
    """What a plugin and a driver are called, and the labels by which they go."""

    resource: str = RESOURCE
    driver: str = DRIVER
    off: str = OFF
    on: str = ON
    device: Mapping[str, Any] = field(default_factory=lambda: {"name": "gpu-0"})


EXAMPLE: Final = Stacks()


def acting(server: ApiServer, stacks: Stacks = EXAMPLE) -> AbstractContextManager[None]:
    """Let the plugin, the driver, kubelets and controllers do their work beside."""
    return repeating(lambda: act(server, stacks), 0.02)


def act(server: ApiServer, stacks: Stacks = EXAMPLE) -> None:
    """Bring plugin and driver to where labels want them; end pods; count replicas."""
    server.end_pods()
    with server.store.lock:
        for stored in list(server.store.stored_of("Node")):
            labels = stored.metadata.get("labels") or {}
            amount = "0" if labels.get(stacks.off) == "false" else "2"
            status = stored.document["status"]
            if status["allocatable"][stacks.resource] != amount:
                now = {**status["allocatable"], stacks.resource: amount}
                new = {**stored.document, "status": {**status, "allocatable": now}}
                server.store.put(stored.resource, new, stored.owners)
            _publish(server, stacks, stored.name, is_on=labels.get(stacks.on) == "true")
        for stored in list(server.store.stored_of("Deployment")):
            status = stored.document["status"]
            generation = stored.metadata["generation"]
            if status["observedGeneration"] != generation:
                now = {**status, "observedGeneration": generation}
                new = {**stored.document, "status": now}
                server.store.put(stored.resource, new, stored.owners)


def _publish(server: ApiServer, stacks: Stacks, name: str, *, is_on: bool) -> None:
    slices = server.store.stored_of("ResourceSlice")
    known = next((each for each in slices if each.name == name), None)
    if is_on and known is None:
        devices = [{**stacks.device, "name": f"gpu-{number}"} for number in range(2)]
        found = slice_of(name)
        spec = {**found["spec"], "driver": stacks.driver, "devices": devices}
        server.add(found | {"spec": spec})
    elif known is not None and not is_on:
        server.store.remove(known)


def former(server: ApiServer) -> list[Wire]:
    """Return what a migration changes, without what the server counts."""
    found: list[Wire] = []
    kinds = ("Node", "Deployment", "DeviceClass", "ResourceClaimTemplate")
    for kind in kinds:
        for each in server.objects(kind):
            kept = {
                key: value
                for key, value in each["metadata"].items()
                if key not in {"resourceVersion", "generation", "managedFields"}
            }
            status = {**each.get("status", {}), "observedGeneration": 0}
            found.append({**each, "metadata": kept, "status": status})
    return found


def held(name: str, user: str) -> Wire:
    """Return a claim on the device of n0 that a pod holds."""
    return claim(name, (user,))
