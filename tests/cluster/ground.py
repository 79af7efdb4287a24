"""A place of one's own in a cluster, with names of its own, which is left clean.

The same scenarios run against the API server double, and against the cluster of
`DRACTL_TEST_KUBECONFIG` if that is set. That one may have a scheduler and controllers
or not; what these do is waited for only where a scenario says so.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from kubernetes.config import new_client_from_config

from dractl.live.kinds import NEEDS, Kind
from dractl.live.place import Place
from tests.apiserver.repeating import repeating

Wire = dict[str, Any]

_KINDS: Final = {
    (kind.group, kind.kind): kind for need in NEEDS.values() for kind in need.kinds
} | {("", "Secret"): Kind("Secret", "secrets")}
_PATIENCE: Final = 20.0  # seconds for a controller to do its part


class Refused(Exception):
    """The API server did not do it."""


@dataclass
class Ground:
    """What a scenario stands on: a namespace, a node and a driver that nobody else has.

    `tick` lets time pass in the double and its controllers take a step; others need
    none.
    """

    kubeconfig: Path
    client: Any
    name: str
    tick: Callable[[], None] = lambda: None
    _made: list[Place] = field(default_factory=list)

    @property
    def namespace(self) -> str:
        """The namespace, which is called like everything that is not in one."""
        return self.name

    @property
    def driver(self) -> str:
        """The driver of its slices."""
        return f"{self.name}.example.com"

    def add(self, *documents: Wire) -> list[Wire]:
        """Create objects, namespaced ones in its own namespace; return what became."""
        return [self._add(each) for each in documents]

    def _add(self, document: Wire) -> Wire:
        kind, place = self._place(document)
        metadata = dict(document["metadata"])
        if kind.namespaced:
            metadata["namespace"] = self.namespace
        wanted = {**document, "metadata": metadata}
        found = self._until(lambda: self.ask("POST", place.path, wanted))
        self._made.append(place.of(found["metadata"]["name"]))
        return found

    def state(self, document: Wire, status: Wire) -> Wire:
        """Write the status of an object, as its controller would."""
        _, place = self._place(document)
        name = document["metadata"]["name"]
        path = Place(
            place.group, place.version, place.resource, place.namespace, name, "status"
        ).path
        return self.ask("PUT", path, {**document, "status": status})

    def get(self, document: Wire) -> Wire | None:
        """Return an object as it is now; None: it is gone."""
        _, place = self._place(document)
        try:
            return self.ask("GET", place.of(document["metadata"]["name"]).path)
        except Refused:
            return None

    def wait(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; fail if it does not in time."""
        end = time.monotonic() + _PATIENCE
        while not holds():
            assert time.monotonic() < end, "the cluster does not get there"
            self.tick()
            time.sleep(0.1)

    def acting(self) -> AbstractContextManager[None]:
        """Let the controllers act all the while."""
        return repeating(self.tick, 0.05)

    def _until(self, act: Callable[[], Wire]) -> Wire:
        """Act as soon as it is allowed: pods need an account that is made for them."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                return act()
            except Refused:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def _place(self, document: Mapping[str, Any]) -> tuple[Kind, Place]:
        group, _, version = str(document["apiVersion"]).rpartition("/")
        kind = _KINDS[group, str(document["kind"])]
        return kind, kind.place(version, self.namespace)

    def ask(self, method: str, path: str, body: Wire | None = None) -> Wire:
        """Send a request; raise Refused for anything but success."""
        method, url, headers, sent, _ = self.client.param_serialize(
            method,
            path,
            header_params={"Accept": "application/json"},
            body=body,
            auth_settings=["BearerToken"],
        )
        if body is not None:
            headers["Content-Type"] = "application/json"
        answer = self.client.call_api(method, url, header_params=headers, body=sent)
        text = answer.read()
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise Refused(f"{method} {path}: {answer.status} {text!r}")
        found: Wire = json.loads(text)
        return found

    def clear(self) -> None:
        """Delete what was made, the newest first, and what came of it."""
        for place in reversed(self._made):
            try:
                self.ask("DELETE", place.path, {"gracePeriodSeconds": 0})
            except Refused:
                continue  # a scenario, or dractl itself, has deleted it


@contextmanager
def ground(
    kubeconfig: Path, tick: Callable[[], None] = lambda: None
) -> Iterator[Ground]:
    """Give a namespace and a node in the cluster of a kubeconfig; clear up after."""
    client = new_client_from_config(str(kubeconfig), persist_config=False)
    found = Ground(kubeconfig, client, f"dractl-test-{uuid.uuid4().hex[:8]}", tick)
    ready = {"type": "Ready", "status": "True", "reason": "Test", "message": ""}
    room = {"cpu": "8", "memory": "16Gi", "pods": "20"}
    try:
        found.add(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": found.name}},
            {
                "apiVersion": "v1",
                "kind": "Node",
                "metadata": {"name": found.name, "labels": {"dractl-test": found.name}},
                "status": {
                    "conditions": [ready],
                    "allocatable": room,
                    "capacity": room,
                },
            },
        )
        yield found
    finally:
        found.clear()
        client.close()
