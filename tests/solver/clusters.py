"""Small clusters in wire form, for tests of placement."""

from collections.abc import Mapping, Sequence
from typing import Any

from dractl.api.snapshot import Snapshot
from dractl.solver.placement import Outcome, Policy, pending, place

API = "resource.k8s.io/v1"
DRIVER = "gpu.example.com"
Wire = dict[str, Any]


def node(name: str, **fields: Any) -> Wire:
    """Return a node; `labels`, `spec` and `status` as the API has them."""
    labels = {"name": name, **fields.pop("labels", {})}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        **fields,
    }


def gpus(where: str, *devices: Wire | str, **spec: Any) -> Wire:
    """Return a slice of the node's devices, each given by its name or as a whole."""
    full = [{"name": each} if isinstance(each, str) else each for each in devices]
    pool = {"name": where, "generation": 1, "resourceSliceCount": 1}
    place = {} if spec.keys() & {"allNodes", "nodeSelector"} else {"nodeName": where}
    return {
        "apiVersion": API,
        "kind": "ResourceSlice",
        "metadata": {"name": f"{where}-gpu"},
        "spec": {"driver": DRIVER, "pool": pool, **place, "devices": full, **spec},
    }


def gpu_class(name: str = "gpu", **spec: Any) -> Wire:
    """Return a class of all devices, or with the fields given."""
    return {
        "apiVersion": API,
        "kind": "DeviceClass",
        "metadata": {"name": name},
        "spec": spec,
    }


def wish(count: int = 1, **fields: Any) -> Wire:
    """Return the spec of a claim with one request named gpu."""
    exact = {"deviceClassName": "gpu", "count": count, **fields}
    return {"devices": {"requests": [{"name": "gpu", "exactly": exact}]}}


def claim(name: str, spec: Wire | None = None, **fields: Any) -> Wire:
    """Return a claim for one GPU, or with another spec."""
    return {
        "apiVersion": API,
        "kind": "ResourceClaim",
        "metadata": {"name": name, "namespace": "default", **fields.pop("meta", {})},
        "spec": spec or wish(),
        **fields,
    }


def template(name: str, spec: Wire | None = None) -> Wire:
    """Return a template of claims."""
    return {
        "apiVersion": API,
        "kind": "ResourceClaimTemplate",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"spec": spec or wish()},
    }


def pod(name: str, *claims: str, status: Wire | None = None, **spec: Any) -> Wire:
    """Return a pod; claims are `claim/NAME` or `template/NAME`."""
    kinds = {"claim": "resourceClaimName", "template": "resourceClaimTemplateName"}
    entries = []
    for number, each in enumerate(claims):
        kind, _, target = each.partition("/")
        entries.append({"name": f"c{number}", kinds[kind]: target})
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "uid": f"uid-{name}"},
        "spec": {"containers": [], "resourceClaims": entries, **spec},
        "status": status or {},
    }


def given(device: str, where: str, **fields: Any) -> Wire:
    """Return the status of a claim that has a device of a node."""
    result = {"request": "gpu", "driver": DRIVER, "pool": where, "device": device}
    return {"allocation": {"devices": {"results": [result]}, **fields}}


def cluster(
    *documents: Wire,
    kubernetes: str = "1.36",
    gates: Mapping[str, bool] | None = None,
) -> Snapshot:
    """Return the snapshot; every document must be readable."""
    found = Snapshot.from_documents(
        documents, kubernetes=kubernetes, feature_gates=gates
    )
    assert found.problems == ()
    return found


def placed(snapshot: Snapshot, policy: Policy = Policy.FIRST) -> Outcome:
    """Place what is pending."""
    return place(snapshot, pending(snapshot), policy=policy)


def summary(outcome: Outcome) -> list[tuple[str | None, list[str]]]:
    """Return node and devices of each placement."""
    return [
        (
            each.node,
            [
                result.device.device
                for _, allocation in each.allocations
                if allocation is not None
                for result in allocation.results
            ],
        )
        for each in outcome.placements
    ]


def reasons(outcome: Outcome, number: int = 0) -> Mapping[str, Sequence[str]]:
    """Return why nodes refused, reason by reason."""
    return {each.reason: each.nodes for each in outcome.placements[number].reasons}
