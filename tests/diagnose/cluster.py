"""Stored objects around devices, in wire form, and short ways to ask about them."""

from collections.abc import Sequence
from typing import Any

from dractl.api.snapshot import Snapshot
from dractl.diagnose.answer import Cause, PodReport
from dractl.diagnose.case import Case
from dractl.diagnose.explain import explain, explain_pod
from dractl.diagnose.world import World
from dractl.solver.subjects import subject_of
from tests.solver.clusters import (
    API,
    DRIVER,
    claim,
    cluster,
    given,
    gpu_class,
    gpus,
    node,
    pod,
    template,
    wish,
)

__all__ = [
    "API", "DRIVER", "Wire", "case_of", "causes", "claim", "cluster", "codes",
    "condition", "event", "given", "gpu_class", "gpus", "held", "made_pod", "namespace",
    "node", "only", "pinned", "pod", "report", "stuck", "taint", "template", "wish",
]  # fmt: skip

Wire = dict[str, Any]


def made_pod(name: str, *claims: str, entry: str = "c0", **spec: Any) -> Wire:
    """Return a pod whose one entry is from template `two`, with the claim made for it.

    Without a claim, the status says that none is needed.
    """
    made = [
        {"name": entry, **({"resourceClaimName": each} if each else {})}
        for each in claims or ("",)
    ]
    status = {"phase": "Pending", "resourceClaimStatuses": made}
    found = pod(name, "template/two", status=status, **spec)
    found["spec"]["resourceClaims"][0]["name"] = entry
    return found


def held(name: str, where: str, *devices: str, pod: str = "", **fields: Any) -> Wire:
    """Return a claim that has devices of a node, reserved for a pod if one is named."""
    status: Wire = given(devices[0], where)
    status["allocation"]["devices"]["results"] = [
        {"request": "gpu", "driver": DRIVER, "pool": where, "device": each}
        for each in devices
    ]
    if pod:
        reference = {"resource": "pods", "name": pod, "uid": f"uid-{pod}"}
        status["reservedFor"] = [reference]
    return claim(name, wish(len(devices)), status=status, **fields)


def pinned(where: str) -> Wire:
    """Return the node selector of an allocation on one node."""
    field = {"key": "metadata.name", "operator": "In", "values": [where]}
    return {"nodeSelector": {"nodeSelectorTerms": [{"matchFields": [field]}]}}


def event(name: str, reason: str, message: str, **fields: Any) -> Wire:
    """Return an event about a pod."""
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{name}.{reason}", "namespace": "default"},
        "involvedObject": {"kind": "Pod", "namespace": "default", "name": name},
        "reason": reason,
        "message": message,
        **fields,
    }


def namespace(name: str, **labels: str) -> Wire:
    """Return a namespace."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": labels},
    }


def taint(key: str = "broken", value: str = "", effect: str = "NoSchedule") -> Wire:
    """Return a taint of a device."""
    return {"key": key, "value": value, "effect": effect}


def condition(kind: str, status: str = "True", **fields: str) -> Wire:
    """Return a status condition."""
    return {"type": kind, "status": status, **fields}


def report(snapshot: Snapshot, name: str = "web") -> PodReport:
    """Return what is told of a pod."""
    return explain_pod(World(snapshot), snapshot.pod_by_key["default", name])


def causes(snapshot: Snapshot, name: str = "web") -> tuple[Cause, ...]:
    """Return what keeps a pod."""
    return report(snapshot, name).causes


def codes(snapshot: Snapshot, name: str = "web") -> list[str]:
    """Return the codes of what keeps a pod, most decisive first."""
    return [each.code for each in causes(snapshot, name)]


def only(snapshot: Snapshot, name: str = "web") -> Cause:
    """Return the one cause that keeps a pod."""
    (found,) = causes(snapshot, name)
    return found


def case_of(snapshot: Snapshot, name: str = "web") -> Case:
    """Return a pod under diagnosis."""
    found = snapshot.pod_by_key["default", name]
    return Case(World(snapshot), subject_of(found, snapshot))


def stuck(snapshot: Snapshot) -> Sequence[tuple[str, list[str]]]:
    """Return every pod with its codes."""
    return [
        (each.pod.meta.name, [cause.code for cause in each.causes])
        for each in explain(snapshot).pods
    ]
