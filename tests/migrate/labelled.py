"""Pods that want something of nodes, and what becomes of it."""

from collections.abc import Mapping
from typing import Any

import yaml

from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Asking, Meaning, Target, User
from dractl.migrate.labels import Translated, translated
from dractl.migrate.targets import target
from dractl.vendors.plugins import Unit
from tests.migrate.builders import inputs, order
from tests.migrate.label_cases import GPU

NOBODY = Snapshot.from_documents((), kubernetes="1.36")
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def user_of(spec: Mapping[str, Any], resources: Mapping[str, Unit]) -> User:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "chat"},
        "spec": {"containers": [{"name": "main"}], **spec},
    }
    asks = tuple(Asking("main", ("spec",), each, 1) for each in resources)
    return User(inputs(yaml.safe_dump(pod))[0], ("spec",), pod["spec"], asks)  # type: ignore[arg-type]


def targets_of(resources: Mapping[str, Unit], profile: str = "") -> dict[str, Target]:
    found = {
        each: target(each, Meaning(unit, profile), order())
        for each, unit in resources.items()
    }
    return {each: made for each, made in found.items() if made is not None}


def translation(
    spec: Mapping[str, Any],
    resources: Mapping[str, Unit] = GPU,
    cluster: Snapshot = NOBODY,
    profile: str = "",
) -> Translated:
    user = user_of(spec, resources)
    return translated(user, targets_of(resources, profile), cluster)


def affinity(*terms: list[tuple[str, str, list[str]]]) -> dict[str, Any]:
    wire = [
        {
            "matchExpressions": [
                {"key": key, "operator": operator, "values": values}
                for key, operator, values in term
            ]
        }
        for term in terms
    ]
    return {"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": wire}}}}


def codes(found: Translated) -> list[str]:
    return [each.code for each in found.findings]


SLICE = """
apiVersion: resource.k8s.io/v1
kind: ResourceSlice
metadata: {name: a}
spec:
  driver: gpu.nvidia.com
  nodeName: a
  pool: {name: a, generation: 1, resourceSliceCount: 1}
  devices:
  - name: gpu-0
    attributes:
      productName: {string: NVIDIA RTX (TM) 6000}
      cudaComputeCapability: {version: 8.6.0}
      architecture: {string: Ampere}
    capacity: {memory: {value: 49140Mi}}
  - {name: gpu-1}
"""
