"""A healthy cluster: two nodes with GPUs, a driver, classes, and pods that use them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from dractl.api.snapshot import Snapshot
from dractl.doctor.answer import Examination, Finding
from dractl.doctor.case import Case, Given
from dractl.doctor.registry import CHECKS
from dractl.doctor.run import examine

Wire = dict[str, Any]

NOW: Final = datetime(2026, 11, 20, tzinfo=UTC)
API: Final = "resource.k8s.io/v1"
DRIVER: Final = "gpu.nvidia.com"
_TIME: Final = "2026-11-19T08:00:00Z"
_READ: Final = (
    "Pod", "Node", "Namespace", "Event", "PodDisruptionBudget.policy",
    "ResourceSlice.resource.k8s.io", "DeviceClass.resource.k8s.io",
    "ResourceClaim.resource.k8s.io", "ResourceClaimTemplate.resource.k8s.io",
    "Deployment.apps", "DaemonSet.apps", "StatefulSet.apps", "ReplicaSet.apps",
    "Job.batch", "CronJob.batch",
)  # fmt: skip


def healthy() -> list[Wire]:
    """Return the cluster as a live source tells it."""
    return [
        info(),
        node("control-1", role="control-plane"),
        *(each for name in ("n1", "n2") for each in worker(name)),
        *control_plane(),
        kubelet_config("kind: KubeletConfiguration\n"),
        workload("DaemonSet", "nvidia-dra-driver-gpu-kubelet-plugin", "dra"),
        device_class(),
        template("work"),
        workload("Deployment", "work", template="work"),
        claim("work-0-gpu", status=allocated("n1", "gpu-0", reserved="work-0")),
        pod("work-0", node_name="n1", claims=("work-0-gpu",)),
    ]


def info(**fields: Any) -> Wire:
    """Return what the API server says of itself."""
    return {
        "apiVersion": "dractl/v1",
        "kind": "ClusterInfo",
        "metadata": {"name": "cluster"},
        "kubernetes": "v1.36.2",
        "featureGates": {"DynamicResourceAllocation": True},
        "served": ["v1"],
        "read": list(_READ),
        **fields,
    }


def meta(name: str, space: str = "", **fields: Any) -> Wire:
    """Return the metadata of an object that a server has stored."""
    where = {"namespace": space} if space else {}
    times = {"uid": f"uid-{name}", "creationTimestamp": _TIME}
    return {"name": name, **where, **times, **fields}


def node(name: str, *, role: str = "worker", kubelet: str = "v1.36.2") -> Wire:
    """Return a node that is ready."""
    labels = {
        "kubernetes.io/hostname": name,
        f"node-role.kubernetes.io/{role}": "",
        **({"nvidia.com/gpu.present": "true"} if role == "worker" else {}),
    }
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": meta(name, labels=labels),
        "spec": {},
        "status": {
            "allocatable": {"cpu": "64", "memory": "256Gi", "pods": "110"},
            "conditions": [ready],
            "nodeInfo": {"kubeletVersion": kubelet},
        },
    }


def worker(name: str) -> list[Wire]:
    """Return a node with its driver's pod and its devices."""
    return [node(name), driver_pod(name), gpus(name)]


def owner(kind: str, name: str) -> Wire:
    """Return a reference to an owner."""
    return {"kind": kind, "name": name, "uid": f"uid-{name}", "controller": True}


def driver_pod(where: str, *, ready: bool = True) -> Wire:
    """Return the driver's pod on a node."""
    name = "nvidia-dra-driver-gpu-kubelet-plugin"
    owners = [{**owner("DaemonSet", name), "apiVersion": "apps/v1"}]
    made = pod(f"{name}-{where}", "dra", node_name=where, ready=ready)
    return {**made, "metadata": {**made["metadata"], "ownerReferences": owners}}


def gpus(where: str, count: int = 2, **spec: Any) -> Wire:
    """Return the slice of a node, as the driver writes it."""
    devices = [
        {
            "name": f"gpu-{number}",
            "attributes": {
                "type": {"string": "gpu"},
                "uuid": {"string": f"GPU-{where}-{number}"},
            },
            "capacity": {"memory": {"value": "80Gi"}},
        }
        for number in range(count)
    ]
    name = f"{where}-{DRIVER}"
    owners = [{**owner("Node", where), "apiVersion": "v1"}]
    return {
        "apiVersion": API,
        "kind": "ResourceSlice",
        "metadata": meta(name, ownerReferences=owners),
        "spec": {
            "driver": DRIVER,
            "nodeName": where,
            "pool": {"name": where, "generation": 1, "resourceSliceCount": 1},
            "devices": devices,
            **spec,
        },
    }


def control_plane(gates: str = "") -> list[Wire]:
    """Return the static pods of the control plane, which are told these gates."""
    told = [f"--feature-gates={gates}"] if gates else []
    programs = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    return [
        pod(f"{each}-control-1", "kube-system", container=each, command=[each, *told])
        for each in programs
    ]


def kubelet_config(text: str) -> Wire:
    """Return what kubeadm tells kubelets."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": meta("kubelet-config", "kube-system"),
        "data": {"kubelet": text},
    }


def pod(  # noqa: PLR0913 - what pods differ in
    name: str,
    space: str = "default",
    *,
    node_name: str = "control-1",
    claims: Sequence[str] = (),
    container: str = "main",
    command: Sequence[str] = (),
    ready: bool = True,
    phase: str = "Running",
) -> Wire:
    """Return a pod that runs; claims are those that it names."""
    entries = [{"name": each, "resourceClaimName": each} for each in claims]
    state = "True" if ready else "False"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta(name, space),
        "spec": {
            "nodeName": node_name,
            "containers": [{"name": container, "command": list(command)}],
            "resourceClaims": entries,
        },
        "status": {
            "phase": phase,
            "conditions": [{"type": "Ready", "status": state}],
        },
    }


def workload(kind: str, name: str, space: str = "default", template: str = "") -> Wire:
    """Return what makes pods, whose claims are made from a template."""
    entries = [{"name": "gpu", "resourceClaimTemplateName": template}]
    inner = {"containers": [], "resourceClaims": entries if template else []}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": meta(name, space),
        "spec": {"template": {"spec": inner}},
    }


def device_class(name: str = DRIVER, *selectors: str, **spec: Any) -> Wire:
    """Return the class of the driver, or one with other selectors."""
    texts = selectors or (f"device.driver == '{DRIVER}'",)
    cel = [{"cel": {"expression": each}} for each in texts]
    return {
        "apiVersion": API,
        "kind": "DeviceClass",
        "metadata": meta(name),
        "spec": {"selectors": cel, **spec},
    }


def wish(device_class: str = DRIVER, **fields: Any) -> Wire:
    """Return the spec of a claim for one device of a class."""
    exactly = {"deviceClassName": device_class, **fields}
    return {"devices": {"requests": [{"name": "gpu", "exactly": exactly}]}}


def template(name: str, spec: Wire | None = None) -> Wire:
    """Return a template of claims."""
    return {
        "apiVersion": API,
        "kind": "ResourceClaimTemplate",
        "metadata": meta(name, "default"),
        "spec": {"spec": spec or wish()},
    }


def claim(name: str, spec: Wire | None = None, **fields: Any) -> Wire:
    """Return a claim; `meta` are further fields of its metadata."""
    return {
        "apiVersion": API,
        "kind": "ResourceClaim",
        "metadata": meta(name, "default", **fields.pop("meta", {})),
        "spec": spec or wish(),
        **fields,
    }


def allocated(where: str, device: str, reserved: str = "") -> Wire:
    """Return the status of a claim that has a device of a node."""
    result = {"request": "gpu", "driver": DRIVER, "pool": where, "device": device}
    users = [{"resource": "pods", "name": reserved, "uid": f"uid-{reserved}"}]
    return {
        "allocation": {"devices": {"results": [result]}},
        **({"reservedFor": users} if reserved else {}),
    }


def examined(
    documents: Sequence[Wire],
    *given: Wire,
    only: Sequence[str] = (),
    kubernetes: str | None = None,
    gates: Mapping[str, bool] | None = None,
) -> Examination:
    """Return what the checks say of a cluster, and of files of configuration."""
    snapshot = Snapshot.from_documents(
        documents, kubernetes=kubernetes, feature_gates=gates or {}
    )
    assert snapshot.problems == ()
    files = tuple(Given(f"f.yaml:{n}", each) for n, each in enumerate(given, 1))
    return examine(Case(snapshot, NOW, files), only=only)


def found(
    code: str, documents: Sequence[Wire], *given: Wire, **judged: Any
) -> tuple[Finding, ...]:
    """Return the findings of one check."""
    assert code in CHECKS
    return examined(documents, *given, only=[code], **judged).findings
