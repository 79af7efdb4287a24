"""The second sample cluster: one whose nodes have device plugins still.

What an admin would write stands in plugins.yaml; what a cluster makes of it, its pods
and identities, is added here.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from tools.demo.objects import Object, metadata, owner, suffix

_SOURCE: Final = Path(__file__).with_name("plugins.yaml")
_KUBELET: Final = "v1.36.1"
_RUNS_ON: Final = {
    "chat": ("t4-1", "t4-2"),
    "embed": ("a100-1",),
    "pretrain": ("h100-1",),
    "transcode": ("flex-1",),
    "gateway": ("edge-1",),
}
"""Where the pods of workloads are, in turn; those of others wait."""


def plugins() -> Iterator[Object]:
    """Yield every object, in the order of the source, pods behind what makes them."""
    for document in yaml.safe_load_all(_SOURCE.read_text("utf-8")):
        given = document["metadata"]
        stored = metadata(document["kind"], **given)
        yield {**document, "metadata": stored, **_status(document)}
        yield from _made(document)


def _status(document: Object) -> Object:
    if document["kind"] != "Node":
        return {}
    allocatable = document["status"]["allocatable"]
    return {
        "status": {
            "capacity": allocatable,
            "allocatable": allocatable,
            "conditions": [{"type": "Ready", "status": "True"}],
            "nodeInfo": {"kubeletVersion": _KUBELET},
        }
    }


def _made(document: Object) -> Iterator[Object]:
    """Yield the ReplicaSet of a Deployment, and the pods of a workload."""
    kind, name = document["kind"], document["metadata"]["name"]
    space = document["metadata"].get("namespace", "")
    if kind not in {"Deployment", "StatefulSet", "Job"}:
        return
    spec = document["spec"]
    maker, api = (kind, name), document["apiVersion"]
    if kind == "Deployment":
        maker = ("ReplicaSet", f"{name}-{suffix(space, name)}")
        deployment = owner(kind, name, space, api)
        yield {
            "apiVersion": api,
            "kind": "ReplicaSet",
            "metadata": metadata(
                *maker,
                space,
                labels=spec["template"]["metadata"]["labels"],
                ownerReferences=[deployment],
            ),
            "spec": {
                **{key: spec[key] for key in ("replicas", "selector", "template")}
            },
        }
    for number in range(spec.get("replicas", 1)):
        ending = (
            str(number) if kind == "StatefulSet" else suffix(space, name, str(number))
        )
        nodes = _RUNS_ON.get(name, ())
        node = nodes[number % len(nodes)] if nodes else None
        identity = metadata(
            "Pod",
            f"{maker[1]}-{ending}",
            space,
            **spec["template"]["metadata"],
            ownerReferences=[owner(*maker, space, api)],
        )
        yield _pod(spec["template"]["spec"], identity, node)


def _pod(spec: Object, identity: Object, node: str | None) -> Object:
    place = {} if node is None else {"nodeName": node}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": identity,
        "spec": {**spec, **place},
        "status": {"phase": "Pending" if node is None else "Running"},
    }
