import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from dractl.api.snapshot import Snapshot
from dractl.comparison.answer import CODES, Change, Comparison, Detail
from dractl.comparison.compare import compared
from dractl.demo import PATH as DEMO
from tests.cli import wire

Wire = dict[str, Any]
HELD = {"driver": wire.DRIVER, "pool": "n1", "request": "gpu"}


def held(*names: str) -> Wire:
    """Return the status of a claim that has these devices of n1."""
    results = [{**HELD, "device": name} for name in names]
    return {"allocation": {"devices": {"results": results}}}


def pod(name: str, *, node: str = "", phase: str = "Pending") -> Wire:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "team"},
        "spec": {
            "resourceClaims": [{"name": "gpu", "resourceClaimName": "c"}],
            "containers": [{"name": "main"}],
            **({"nodeName": node} if node else {}),
        },
        "status": {"phase": phase},
    }


def cluster() -> dict[str, Wire]:
    """Return a cluster by names for its documents."""
    return {
        "node": wire.node("n1"),
        "class": wire.device_class("gpu", "true"),
        "slice": wire.resource_slice(
            "n1",
            wire.device("gpu-0", {"v": {"version": "1.0.0"}}, {"memory": "40Gi"}),
            wire.device("gpu-1", {"v": {"version": "1.0.0"}}),
        ),
        "free": wire.claim("free", "team"),
        "held": {**wire.claim("held", "team"), "status": held("gpu-0")},
        "waits": pod("waits"),
        "runs": pod("runs", node="n1", phase="Running"),
        "rule": {
            "apiVersion": "resource.k8s.io/v1beta2",
            "kind": "DeviceTaintRule",
            "metadata": {"name": "hot"},
            "spec": {
                "deviceSelector": {"driver": wire.DRIVER},
                "taint": {"key": "a.example/hot", "effect": "NoSchedule"},
            },
        },
        "quota": {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "q", "namespace": "team"},
            "spec": {"hard": {"count/resourceclaims.resource.k8s.io": "4"}},
        },
        "template": {
            "apiVersion": "resource.k8s.io/v1",
            "kind": "ResourceClaimTemplate",
            "metadata": {"name": "t", "namespace": "team"},
            "spec": {"spec": wire.claim("x")["spec"]},
        },
        "info": {
            "apiVersion": "dractl/v1",
            "kind": "ClusterInfo",
            "kubernetes": "v1.36.1",
            "featureGates": {"DRADeviceTaints": True},
        },
    }


def difference(
    old: dict[str, Wire], new: dict[str, Wire], namespace: str | None = None
) -> Comparison:
    before = Snapshot.from_documents(old.values())
    return compared(before, Snapshot.from_documents(new.values()), namespace)


def after(change: Callable[[dict[str, Wire]], object]) -> tuple[Change, ...]:
    """Return what is different after a change of the documents."""
    old, new = cluster(), cluster()
    change(new)
    found = difference(old, new)
    assert found.unseen == ()
    assert {each.code for each in found.changes} <= CODES.keys()
    return found.changes


def put(path: str, value: object) -> Callable[[dict[str, Wire]], None]:
    """Return what sets a value at a path such as `slice.spec.devices.0.taints`."""

    def change(documents: dict[str, Any]) -> None:
        here: Any = documents
        *steps, last = [
            int(each) if each.isdigit() else each for each in path.split(".")
        ]
        for step in steps:
            here = here[step]
        if value is None:
            del here[last]
        else:
            here[last] = value

    return change


HOT = [{"key": "a.example/hot", "value": "fan", "effect": "NoExecute"}]
MORE = wire.claim("new", "team")


@pytest.mark.parametrize(
    ("path", "value", "code", "name", "detail"),
    [
        ("info.kubernetes", "v1.37.0", "cluster-changed", "cluster",
         Detail("Kubernetes", "v1.36.1", "v1.37.0")),
        ("info.featureGates.DRADeviceTaints", False, "cluster-changed", "cluster",
         Detail("DRADeviceTaints", "on", "off")),
        ("node2", wire.node("n2"), "node-added", "n2", None),
        ("node", None, "node-removed", "n1", None),
        ("node.spec", {"unschedulable": True}, "node-changed", "n1",
         Detail("cordoned", None, "yes")),
        ("node.status", {"allocatable": {"nvidia.com/gpu": "8"}}, "node-changed", "n1",
         Detail("nvidia.com/gpu", None, "8")),
        ("node.status", {"nodeInfo": {"containerRuntimeVersion": "containerd://2.0"}},
         "node-changed", "n1", Detail("runtime", None, "containerd://2.0")),
        ("node.metadata.labels", {"zone": "b"}, "node-changed", "n1",
         Detail("label zone", None, "b")),
        ("slice.spec.nodeName", "n2", "pool-changed", "n1",
         Detail("nodes", "n1", "n2")),
        ("slice.spec.pool.generation", 7, "pool-changed", "n1",
         Detail("generation", "1", "7")),
        ("slice.spec.pool.resourceSliceCount", 2, "pool-changed", "n1",
         Detail("slices", "1 of 1", "1 of 2")),
        ("slice.spec.devices.2", wire.device("gpu-2"), "device-added", "gpu-2", None),
        ("slice.spec.devices.1", None, "device-removed", "gpu-1", None),
        ("slice.spec.devices.0.taints", HOT, "device-changed", "gpu-0",
         Detail("taint a.example/hot=fan:NoExecute", None, "yes")),
        ("slice.spec.devices.0.bindsToNode", True, "device-changed", "gpu-0",
         Detail("tied to the node that is chosen", None, "yes")),
        ("slice.spec.devices.0.bindingFailureConditions", ["a.example/no"],
         "device-changed", "gpu-0",
         Detail("binding failure condition a.example/no", None, "yes")),
        ("slice.spec.devices.0.attributes.v.version", "2.0.0", "device-changed",
         "gpu-0", Detail(f"attribute {wire.DRIVER}/v", "1.0.0", "2.0.0")),
        ("slice.spec.devices.0.capacity", None, "device-changed", "gpu-0",
         Detail("capacity memory", "40Gi", None)),
        ("rule", None, "taint-rule-removed", "hot", None),
        ("rule.spec.taint.effect", "NoExecute", "taint-rule-changed", "hot",
         Detail("taint", "a.example/hot:NoSchedule", "a.example/hot:NoExecute")),
        ("rule.spec.deviceSelector.pool", "n1", "taint-rule-changed", "hot",
         Detail("devices", wire.DRIVER, f"{wire.DRIVER}/n1")),
        ("class", None, "class-removed", "gpu", None),
        ("class.spec.selectors.0.cel.expression", "false", "class-changed", "gpu",
         Detail("selector 1", "true", "false")),
        ("template.spec.spec.devices.requests.0.exactly.count", 2, "template-changed",
         "t", Detail("request gpu", "1 gpu", "2 gpu")),
        ("template.spec.spec.devices.requests.0.exactly.tolerations",
         [{"operator": "Exists", "tolerationSeconds": 5}], "template-changed", "t",
         Detail("request gpu", "1 gpu", "1 gpu tolerating all for 5 s")),
        ("template.spec.spec.devices.requests.0.exactly.tolerations",
         [{"key": "a.example/hot", "effect": "NoExecute"}], "template-changed", "t",
         Detail("request gpu", "1 gpu", "1 gpu tolerating a.example/hot=:NoExecute")),
        ("template.spec.metadata", {"labels": {"team": "b"}}, "template-changed", "t",
         Detail("label team", None, "b")),
        ("held.status.allocation.devices.results.0.adminAccess", True,
         "claim-changed", "held",
         Detail("shares", None, f"{wire.DRIVER}/n1/gpu-0 as admin")),
        ("held.status.allocation.devices.results.0.consumedCapacity",
         {"memory": "10Gi"}, "claim-changed", "held",
         Detail("shares", None, f"{wire.DRIVER}/n1/gpu-0 memory 10Gi")),
        ("waits.spec.schedulingGates", [{"name": "a.example/g"}], "pod-changed",
         "waits", Detail("scheduling gate a.example/g", None, "yes")),
        ("quota.spec.hard.count/resourceclaims", "8", "quota-changed", "q",
         Detail("count/resourceclaims", None, "8")),
        ("new", MORE, "claim-added", "new", None),
        ("new", {**MORE, "status": held("gpu-1")}, "claim-allocated", "new",
         Detail("devices", None, f"{wire.DRIVER}/n1/gpu-1")),
        ("free", None, "claim-removed", "free", None),
        ("free.status", held("gpu-1"), "claim-allocated", "free",
         Detail("devices", None, f"{wire.DRIVER}/n1/gpu-1")),
        ("held.status", None, "claim-freed", "held",
         Detail("devices", f"{wire.DRIVER}/n1/gpu-0", None)),
        ("held.status", held("gpu-1"), "claim-moved", "held",
         Detail("devices", f"{wire.DRIVER}/n1/gpu-0", f"{wire.DRIVER}/n1/gpu-1")),
        ("free.metadata.deletionTimestamp", "2026-01-01T00:00:00Z", "claim-changed",
         "free", Detail("being deleted", None, "yes")),
        ("more", pod("more"), "pod-waiting", "more", None),
        ("more", pod("more", node="n1", phase="Running"), "pod-added", "more",
         Detail("node", None, "n1")),
        ("waits", None, "pod-removed", "waits", None),
        ("waits.spec.nodeName", "n1", "pod-placed", "waits",
         Detail("node", None, "n1")),
        ("runs.status.phase", "Failed", "pod-failed", "runs",
         Detail("phase", "Running", "Failed")),
        ("runs.status.phase", "Succeeded", "pod-changed", "runs",
         Detail("phase", "Running", "Succeeded")),
    ],
)  # fmt: skip
def test_a_change_is_told_with_what_is_different(
    path: str, value: object, code: str, name: str, detail: Detail | None
) -> None:
    def change(documents: dict[str, Wire]) -> None:
        if path == "slice.spec.devices.2":
            documents["slice"]["spec"]["devices"].append(value)
        elif path == "quota.spec.hard.count/resourceclaims":
            documents["quota"]["spec"]["hard"]["count/resourceclaims"] = value
        else:
            put(path, value)(documents)

    [found] = after(change)
    assert (found.code, found.name) == (code, name)
    assert list(found.details) == ([] if detail is None else [detail])


def test_what_is_the_same_is_not_different() -> None:
    assert after(lambda documents: documents) == ()


def test_what_changes_all_the_time_is_not_told() -> None:
    def change(documents: dict[str, Wire]) -> None:
        for each in documents.values():
            each.setdefault("metadata", {})["resourceVersion"] = "999"
        documents["waits"]["status"]["conditions"] = [
            {"type": "PodScheduled", "status": "False", "message": "0/1 nodes"}
        ]
        documents["slice"]["metadata"]["name"] = "another"

    assert after(change) == ()


@pytest.mark.parametrize(
    ("which", "code"),
    [
        ("held", "claim-replaced"),
        ("node", "node-replaced"),
        ("quota", "quota-replaced"),
        ("rule", "taint-rule-replaced"),
        ("runs", "pod-replaced"),
        ("template", "template-replaced"),
        ("waits", "pod-replaced"),
    ],
)
def test_what_was_made_again_is_told_though_it_looks_the_same(
    which: str, code: str
) -> None:
    old, new = cluster(), cluster()
    old[which]["metadata"]["uid"] = "1"
    new[which]["metadata"]["uid"] = "2"
    found = difference(old, new)
    assert [each.code for each in found.changes] == [code]
    assert code in CODES


def test_only_the_namespace_that_is_asked_for_is_compared() -> None:
    old, new = cluster(), cluster()
    new["new"] = wire.claim("new", "other")
    del new["free"], new["node"]
    found = difference(old, new, "team")
    assert [each.full_name for each in found.changes] == ["n1", "team/free"]


def test_a_kind_that_could_not_be_read_is_not_taken_for_gone() -> None:
    old, new = cluster(), cluster()
    gap = {
        "kind": "ResourceClaim",
        "resource": "resourceclaims",
        "group": "resource.k8s.io",
        "cause": "forbidden",
    }
    new["info"]["unread"] = [gap]
    del new["free"], new["held"]
    found = difference(old, new)
    assert found.changes == ()
    [unseen] = found.unseen
    assert unseen.kind == "ResourceClaim"
    assert "may not be read" in unseen.why


def test_a_kind_that_a_cluster_does_not_serve_has_no_objects() -> None:
    old, new = cluster(), cluster()
    old["info"]["unread"] = [
        {
            "kind": "DeviceTaintRule",
            "resource": "devicetaintrules",
            "group": "resource.k8s.io",
            "cause": "not-served",
        }
    ]
    del old["rule"]
    found = difference(old, new)
    assert [each.code for each in found.changes] == ["taint-rule-added"]
    assert found.unseen == ()


def test_the_newest_generation_of_a_pool_counts() -> None:
    def change(documents: dict[str, Wire]) -> None:
        newer = copy.deepcopy(documents["slice"])
        newer["metadata"]["name"] = "newer"
        newer["spec"]["pool"]["generation"] = 2
        newer["spec"]["devices"] = [wire.device("gpu-9")]
        documents["newer"] = newer

    found = after(change)
    assert [(each.code, each.name) for each in found] == [
        ("pool-changed", "n1"),
        ("device-removed", "gpu-0"),
        ("device-removed", "gpu-1"),
        ("device-added", "gpu-9"),
    ]


@pytest.mark.parametrize("junk", [None, 7, "x", [], {"a": []}, [None]])
def test_documents_of_any_form_are_no_reason_to_fail(junk: object) -> None:
    for name in cluster():
        for field in ("spec", "status", "metadata"):
            old, new = cluster(), cluster()
            new[name][field] = junk
            difference(old, new)


SAMPLE: list[Wire] = json.loads(DEMO.read_text("utf-8"))["items"]
TOLD = {"DeviceClass", "Node", "ResourceClaim", "ResourceClaimTemplate"}


def test_the_order_of_objects_is_no_difference() -> None:
    before = Snapshot.from_documents(SAMPLE)
    assert compared(before, Snapshot.from_documents(SAMPLE[::-1])) == Comparison()


@pytest.mark.parametrize(
    "number", [n for n, each in enumerate(SAMPLE) if each["kind"] in TOLD][::4]
)
def test_each_object_that_goes_or_comes_is_told_once(number: int) -> None:
    whole = Snapshot.from_documents(SAMPLE)
    less = Snapshot.from_documents([*SAMPLE[:number], *SAMPLE[number + 1 :]])
    [gone] = compared(whole, less).changes
    [came] = compared(less, whole).changes
    kind, name = SAMPLE[number]["kind"], SAMPLE[number]["metadata"]["name"]
    assert (gone.kind, gone.name) == (came.kind, came.name) == (kind, name)
    assert gone.code.endswith("-removed")
    assert came.code.endswith(("-added", "-allocated"))
