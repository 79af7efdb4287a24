"""Documents in which every name that is to go has the word acme in it."""

from typing import Any, Final

Wire = dict[str, Any]

MARK: Final = "acme"
_API: Final = "resource.k8s.io/v1"
_SERIALS: Final = {
    "serialNumber": {"string": "acme-serial"},
    "uuid": {"strings": ["GPU-acme-uuid"]},
    "host": {"string": "acme-node"},
    "productName": {"string": "H100"},
}
_LABELS: Final = {"team": "acme-team", "kubernetes.io/hostname": "acme-node"}


def documents() -> list[Wire]:
    """Return the documents, as they are once they are cleaned."""
    return [*_objects(), *_of_devices(), *_of_others()]


def _object(version: str, kind: str, name: str, **fields: Any) -> Wire:
    meta = {"name": name, "namespace": "acme", "labels": _LABELS}
    return {"apiVersion": version, "kind": kind, "metadata": meta, **fields}


def _terms() -> Wire:
    expression = {"key": "team", "operator": "In", "values": ["acme-team"]}
    place = {"key": "metadata.name", "operator": "In", "values": ["acme-node"]}
    term = {"matchExpressions": [expression], "matchFields": [place]}
    return {"nodeSelectorTerms": [term]}


def _objects() -> list[Wire]:
    taints = [{"key": "dedicated", "value": "acme-only", "effect": "NoSchedule"}]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": _terms()}
    pod = _object(
        "v1", "Pod", "acme-pod",
        spec={
            "nodeName": "acme-node",
            "nodeSelector": {"team": "acme-team"},
            "affinity": {"nodeAffinity": required},
            "tolerations": [{"key": "dedicated", "value": "acme-only"}],
            "containers": [{
                "name": "main",
                "image": "registry.acme.example/acme/app:1",
                "env": [{"name": "acme_TOKEN"}],
            }],
            "resourceClaims": [{"name": "g", "resourceClaimTemplateName": "acme-t"}],
        },
        status={
            "message": "pod acme-pod on acme-node",
            "resourceClaimStatuses": [
                {"name": "g", "resourceClaimName": "acme-pod-g-x"}
            ],
        },
    )  # fmt: skip
    pod["metadata"] |= {
        "annotations": {"dractl.dev/owner": "acme-admin"},
        "generateName": "acme-job-",
        "ownerReferences": [{"kind": "Job", "name": "acme-job", "uid": "u"}],
    }
    event = _object("v1", "Event", "acme-event", message=(
        'claim acme/acme-pod-g-x2 ("GPU-acme-uuid", acme-serial): pulling '
        "registry.acme.example/acme/app:1 from acme-node.: dial 10.0.0.1, fe80::1"
    ))  # fmt: skip
    event["involvedObject"] = {"kind": "Pod", "namespace": "acme", "name": "acme-pod"}
    hook = _object(
        "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "acme-hook"
    )
    service = {"namespace": "acme", "name": "acme-webhook"}
    hook["webhooks"] = [
        {
            "failurePolicy": "Fail",
            "clientConfig": {"service": service, "url": "https://acme.example"},
            "rules": [{"apiGroups": ["resource.k8s.io"]}],
        }
    ]
    return [
        hook,
        _object("v1", "Namespace", "acme"),
        _object("v1", "Node", "acme-node", spec={"taints": taints}),
        pod,
        event,
    ]


def _of_devices() -> list[Wire]:
    selector = 'device.attributes["d.example.com"].serialNumber == "acme-serial"'
    result = {"driver": "d.example.com", "pool": "acme-node", "device": "gpu-0"}
    network = {"ips": ["10.1.1.1/24"], "hardwareAddress": "aa:bb:cc:dd:ee:ff"}
    pools = [{"name": name} for name in ("acme-node", "acme-pool")]
    slices = [
        _object(_API, "ResourceSlice", f"acme-slice-{number}", spec={
            "driver": "d.example.com", "pool": pool, "nodeSelector": _terms(),
            "devices": [{"name": "gpu-0", "attributes": _SERIALS}],
        })
        for number, pool in enumerate(pools)
    ]  # fmt: skip
    rule = {"deviceSelector": {"driver": "d.example.com", "pool": "acme-pool"}}
    status = {
        "allocation": {"devices": {"results": [result]}, "nodeSelector": _terms()},
        "reservedFor": [{"resource": "pods", "name": "acme-pod"}],
        "devices": [{**result, "networkData": network, "data": {"on": "acme-node"}}],
    }
    opaque = {"driver": "d.example.com", "parameters": {"peer": "acme-node"}}
    spec = {"selectors": [{"cel": {"expression": selector}}]}
    return [
        *slices,
        {"apiVersion": _API, "kind": "DeviceClass", "metadata": {"name": "gpu"},
         "spec": {**spec, "config": [{"opaque": opaque}]}},
        _object(_API, "DeviceTaintRule", "acme-rule", spec=rule),
        _object(_API, "ResourceClaim", "acme-pod-g-x", spec={}, status=status),
        _object(_API, "ResourceClaimTemplate", "acme-t", spec={
            "metadata": {"labels": _LABELS}, "spec": {"devices": {}},
        }),
    ]  # fmt: skip


def _of_others() -> list[Wire]:
    report = (
        "clusterWide: {}\nnodeGroups:\n- name: https://cloud/acme/group\n"
        "  health: {}\n- name: acme-group\n"
    )
    scaler = _object("v1", "ConfigMap", "cluster-autoscaler-status")
    scaler["metadata"] = {"name": "cluster-autoscaler-status", "namespace": "acme"}
    return [
        {**scaler, "data": {"status": report}},
        _object("kueue.x-k8s.io/v1beta1", "LocalQueue", "acme-queue",
                spec={"clusterQueue": "acme-shared"}),
        _object("kueue.x-k8s.io/v1beta1", "ClusterQueue", "acme-shared",
                spec={"cohort": "acme-cohort"}),
        _object("kueue.x-k8s.io/v1beta1", "Workload", "acme-load",
                spec={"queueName": "acme-queue"}),
        _object("karpenter.sh/v1", "NodePool", "acme-nodes"),
        _object("v1", "ResourceQuota", "acme-quota", spec={}),
        _object("resource.nvidia.com/v1beta1", "ComputeDomain", "acme-domain",
                spec={"channel": {"resourceClaimTemplate": {"name": "acme-t"}}}),
        {"apiVersion": "dractl/v1", "kind": "ClusterInfo",
         "metadata": {"name": "cluster"},
         "unread": [{"kind": "Pod", "resource": "pods", "group": "",
                     "cause": "forbidden", "only": "acme"}]},
    ]  # fmt: skip
