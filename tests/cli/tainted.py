"""A live cluster whose devices are tainted: two nodes, and pods that use a device."""

import json
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from tests.answers import validate
from tests.apiserver import ApiServer
from tests.apiserver.documents import Wire, claim, pod, slice_of
from tests.cli.processes import Piped, piped
from tests.cli.run import ROOT, Ran, Runner, program
from tests.cli.wire import device_class, node

SCHEMA: Final = json.loads((ROOT / "schemas/output/taint.v1.json").read_text())
GPU: Final = "gpu.example.com/n0/gpu-0"
OTHER: Final = "gpu.example.com/n1/gpu-0"
KEY: Final = "example.com/maint"
RULE: Final = "gpu.example.com--n0--gpu-0--maint.example.com"
OTHER_RULE: Final = "gpu.example.com--n1--gpu-0--maint.example.com"
EVICT: Final = f"{KEY}:NoExecute"
AVOID: Final = f"{KEY}:NoSchedule"
PATH: Final = "/apis/resource.k8s.io/*/devicetaintrules/"


def using(name: str, claim_name: str) -> Wire:
    """Return a pod that runs on n0 and uses a claim."""
    found = pod(name)
    entry = {"name": "gpu", "resourceClaimName": claim_name}
    return found | {"spec": {**found["spec"], "resourceClaims": [entry]}}


def tolerating(seconds: int | None = None) -> Wire:
    """Return what makes a device's user put up with the taint."""
    limit = {} if seconds is None else {"tolerationSeconds": seconds}
    return {
        "tolerations": [
            {"key": KEY, "operator": "Exists", "effect": "NoExecute", **limit}
        ]
    }


def cluster(**result: Any) -> list[Wire]:
    """Return two nodes with a device each, the first in use by a pod.

    The fields of `result` are added to what the pod's claim was given.
    """
    return [
        *(node("n0"), node("n1"), slice_of("n0"), slice_of("n1")),
        device_class("gpu", "device.driver == 'gpu.example.com'"),
        using("p", "c"),
        claim("c", ("p",), **result),
    ]


class Tainter:
    """Runs `dractl taint` as some user of a server."""

    def __init__(self, dractl: Runner, server: ApiServer, folder: Path) -> None:
        self._dractl = dractl
        self.server = server
        self._folder = folder

    def config(self, user: str = "admin") -> str:
        """Return the path of a kubeconfig."""
        return str(self.server.kubeconfig(self._folder / f"{user}.yaml", user=user))

    def __call__(self, *argv: str, user: str = "admin") -> Ran:
        return self._dractl("taint", "--kubeconfig", self.config(user), *argv)

    def elsewhere(self, *argv: str) -> None:
        """Run it in a process of its own, as somebody else would at the same time."""
        ran = program("taint", "--kubeconfig", self.config(), *argv)
        assert ran.status == 0, ran.err

    def started(self, *argv: str) -> AbstractContextManager[Piped]:
        """Start it in a process of its own, which ends before the block does."""
        return piped("taint", "--kubeconfig", self.config(), *argv)

    def wait_for_fault(self) -> None:
        """Wait until a fault strikes."""
        end = time.monotonic() + 20
        while not self.server.faults.struck():
            assert time.monotonic() < end, "nothing goes wrong"
            time.sleep(0.02)

    def document(self, *argv: str) -> dict[str, Any]:
        """Return the answer as data."""
        document: dict[str, Any] = json.loads(self(*argv, "-o", "json").out)
        validate(document, SCHEMA)
        return document

    def rules(self) -> dict[str, str]:
        """Return the effects of the rules that there are."""
        found = self.server.objects("DeviceTaintRule")
        return {
            each["metadata"]["name"]: each["spec"]["taint"]["effect"] for each in found
        }

    def writes(self) -> list[tuple[str, int]]:
        """Return the requests that could have changed something, with their status."""
        return [
            (each.method, each.status)
            for each in self.server.requests
            if each.method != "GET" and "devicetaintrules" in each.path
        ]


def outcomes(document: Mapping[str, Any]) -> dict[str, str]:
    """Return what became of each rule."""
    return {each["name"]: each["outcome"] for each in document["outcomes"]}
