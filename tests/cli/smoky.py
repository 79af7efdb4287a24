"""A cluster that does what scheduler and kubelet do with the pod of a smoke test."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

from tests.apiserver import ApiServer
from tests.apiserver.repeating import repeating
from tests.apiserver.store import Stored
from tests.cli.processes import Piped, piped
from tests.cli.run import Ran, Runner
from tests.solver.clusters import gpu_class, gpus, node

Wire = dict[str, Any]

DEVICE: Final = {"request": "device", "driver": "gpu.example.com", "pool": "n1"}
PATHS: Final = {
    "Pod": "/api/v1/namespaces/team/pods",
    "ResourceClaim": "/apis/resource.k8s.io/v1/namespaces/team/resourceclaims",
}


class Cluster:
    """A server with one class, and how far its pods get: `until` a step."""

    def __init__(self, dractl: Runner, server: ApiServer, folder: Path) -> None:
        self.server = server
        self._dractl = dractl
        self._folder = folder
        self.until = "running"
        self.lets_go = True
        server.add([node("n1"), gpus("n1", "gpu-0"), gpu_class("gpu")])

    def __call__(self, *argv: str, user: str = "admin") -> Ran:
        """Run the smoke test while the cluster lives."""
        with self.living():
            return self._dractl(*self._argv(user), *argv)

    @contextmanager
    def started(self, *argv: str) -> Iterator[Piped]:
        """Start it in a process of its own, while the cluster lives."""
        with self.living(), piped(*self._argv("admin"), *argv) as child:
            yield child

    def _argv(self, user: str) -> list[str]:
        path = self.server.kubeconfig(
            self._folder / "config", user=user, namespace="team"
        )
        return ["doctor", "--smoke-test", "--kubeconfig", str(path)]

    def living(self) -> AbstractContextManager[None]:
        return repeating(self._live, 0.01)

    def left(self) -> list[str]:
        """Return what there is of claims and pods that do not end."""
        return [
            each["metadata"]["name"]
            for kind in ("ResourceClaim", "Pod")
            for each in self.server.objects(kind)
            if "deletionTimestamp" not in each["metadata"]
        ]

    def _live(self) -> None:
        with self.server.store.lock:
            for pod in self.server.store.stored_of("Pod"):
                self._step(pod)
        if self.lets_go:
            self.server.end_pods()

    def _step(self, pod: Stored) -> None:
        if pod.document.get("status", {}).get("phase") == "Running":
            return
        store = self.server.store
        key = pod.metadata["name"]
        claims = [each for each in store.stored_of("ResourceClaim") if each.name == key]
        if not claims:
            return
        if self.until == "created":
            said = "0/1 nodes are available: cannot allocate all claims."
            condition = {"type": "PodScheduled", "status": "False", "message": said}
            self._put(pod, status={"phase": "Pending", "conditions": [condition]})
            return
        results = [{**DEVICE, "device": "gpu-0"}]
        user = {"resource": "pods", "name": key, "uid": pod.metadata["uid"]}
        status = {
            "allocation": {"devices": {"results": results}},
            "reservedFor": [user],
        }
        if claims[0].document.get("status") != status:
            self._put(claims[0], status=status)
        spec = {**pod.document["spec"], "nodeName": "n1"}
        phases: dict[str, Callable[[], Wire]] = {
            "reserved": lambda: _waiting("ContainerCreating", ""),
            "prepared": lambda: _waiting("ErrImagePull", "no such image"),
            "running": lambda: {"phase": "Running"},
            "failed": lambda: {"phase": "Failed", "reason": "OutOfpods"},
        }
        found = phases[self.until]()
        if pod.document.get("status") != found:
            self._put(pod, spec=spec, status=found)

    def _put(self, stored: Stored, **fields: Any) -> None:
        self.server.store.put(stored.resource, stored.document | fields, stored.owners)


def _waiting(reason: str, message: str) -> Wire:
    state = {"waiting": {"reason": reason, "message": message}}
    return {
        "phase": "Pending",
        "containerStatuses": [{"name": "smoke-test", "state": state}],
    }
