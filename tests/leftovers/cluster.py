"""A small cluster in which all is in use, and ways to leave something over in it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from dractl.api.snapshot import Snapshot
from dractl.leftovers.answer import ALL, Finding, Leftovers, Limits
from dractl.leftovers.find import leftovers
from tests.solver.clusters import API, claim, gpu_class, gpus, node, pod, template, wish

__all__ = [
    "NOW", "POD", "Wire", "base", "claim", "codes", "found", "gap", "gpus", "live",
    "meta", "only", "owner", "pod", "reserved", "rule", "slice_", "template",
    "workload",
]  # fmt: skip

Wire = dict[str, Any]

NOW: Final = datetime(2026, 11, 20, tzinfo=UTC)
POD: Final = {"kind": "Pod", "name": "gone", "uid": "uid-gone"}


def base() -> list[Wire]:
    """Return what every cluster has: a node, a pod, a Deployment; and a driver."""
    dns = workload("Deployment", "coredns")
    driver = workload("DaemonSet", "gpu-example-dra-driver")
    return [node_1(), pod("coredns-1"), dns, driver, gpu_class(), claimed_class()]


def node_1() -> Wire:
    """Return the node, with its uid."""
    return meta(node("n1"), uid="uid-n1")


def claimed_class() -> Wire:
    """Return a template in use that asks for the class, so that it is used."""
    return meta(template("base", wish()), ownerReferences=[owner("Node", "n1")])


def meta(document: Wire, **fields: Any) -> Wire:
    """Return the object with these fields in its metadata."""
    return {**document, "metadata": {**document["metadata"], **fields}}


def owner(kind: str, name: str) -> Wire:
    """Return a reference to an owner."""
    return {"kind": kind, "name": name, "uid": f"uid-{name}", "controller": True}


def workload(kind: str, name: str, *templates: str, **spec: Any) -> Wire:
    """Return an object whose pods have claims made from templates."""
    claims = [{"name": each, "resourceClaimTemplateName": each} for each in templates]
    described = {"containers": [], "resourceClaims": claims}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "default", "uid": f"uid-{name}"},
        "spec": {"template": {"spec": described}, **spec},
    }


def slice_(name: str = "s", node: str | None = "n1", **fields: Any) -> Wire:
    """Return a slice as a kubelet plugin would write it."""
    made = gpus(node or "n1", "gpu-0", **fields.pop("spec", {}))
    owners = [owner("Node", node)] if node else []
    given = {"ownerReferences": owners, **fields}
    return meta(made, name=name, uid=f"uid-{name}", **given)


def rule(name: str, selector: Wire | None, until: str = "") -> Wire:
    """Return a rule that taints devices."""
    annotations = {"dractl.dev/until": until} if until else {}
    taint = {"key": "a.example.com/x", "effect": "NoSchedule"}
    selected = {} if selector is None else {"deviceSelector": selector}
    return {
        "apiVersion": API,
        "kind": "DeviceTaintRule",
        "metadata": {"name": name, "annotations": annotations},
        "spec": {"taint": taint, **selected},
    }


def reserved(*pods: str, device: str = "") -> Wire:
    """Return the status of a claim that is reserved for pods, and has a device."""
    status: Wire = {
        "reservedFor": [
            {"resource": "pods", "name": each, "uid": f"uid-{each}"} for each in pods
        ]
    }
    if device:
        result = {"request": "gpu", "driver": "gpu.example.com", "pool": "n1"}
        results = [{**result, "device": device}]
        status["allocation"] = {"devices": {"results": results}}
    return status


def live(*unread: Wire) -> Wire:
    """Return what a live source says of itself."""
    return {
        "apiVersion": "dractl/v1",
        "kind": "ClusterInfo",
        "metadata": {"name": "cluster"},
        "kubernetes": "v1.36.2",
        "unread": list(unread),
    }


def gap(kind: str, only: str | None = None, cause: str = "forbidden") -> Wire:
    """Return that a kind could not be read."""
    found = {"kind": kind, "resource": f"{kind.lower()}s", "group": "", "cause": cause}
    return found if only is None else {**found, "only": only}


def found(documents: Sequence[Wire], limits: Limits = ALL) -> Leftovers:
    """Return what is left over in a cluster."""
    snapshot = Snapshot.from_documents(documents, kubernetes="1.36")
    assert snapshot.problems == ()
    return leftovers(snapshot, NOW, limits)


def codes(*documents: Wire) -> list[tuple[str, str, str]]:
    """Return code, name and verdict of what is left over beside the base."""
    return [
        (each.code, each.meta.name, each.verdict.value)
        for each in found([*base(), *documents]).findings
    ]


def only(*documents: Wire) -> Finding:
    """Return the one finding that there is beside the base."""
    (finding,) = found([*base(), *documents]).findings
    return finding
