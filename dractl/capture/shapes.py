"""What stays of each kind: all that dractl reads, and what helps to understand."""

import re
from collections.abc import Mapping
from typing import Any, Final

from dractl.api.cluster_info import GROUP as OWN_GROUP
from dractl.api.cluster_info import KIND as CLUSTER_INFO
from dractl.api.decode_workloads import flags
from dractl.api.versions import GROUP
from dractl.capture.configmaps import config_map
from dractl.capture.cuts import Cut, each, fields, replacing, some, whole
from dractl.capture.metadata import annotations, metadata, metadata_with_writers
from dractl.capture.veil import LEFT_OUT, veiled

_CREDENTIALS: Final = re.compile(r"\A.*@(?!sha[0-9]+:)")
_SWITCH: Final = re.compile(r"(?<![^,])[A-Za-z0-9./]+=(?:true|false)(?![^,])")
_GATES: Final = "FEATURE_GATES"
_WHOLE: Final = replacing(metadata=metadata)
_CONFIG: Final = each(replacing(opaque=replacing(parameters=veiled)))
_CLAIM_SPEC: Final = replacing(devices=replacing(config=_CONFIG))


def image(value: Any) -> Any:
    """Keep the name of an image without credentials that somebody put before it."""
    return _CREDENTIALS.sub("", value) if isinstance(value, str) else None


def command(value: Any) -> Any:
    """Keep that there is one: passwords stand in commands and their arguments.

    What configures Kubernetes itself stays: feature gates and versions of the API.
    """
    kept = [
        f"--{name}={','.join(_SWITCH.findall(told))}"
        for name, told in flags({"command": value}).items()
    ]
    return [LEFT_OUT, *kept] if value else None


def _variable(value: Any) -> Any:
    """Keep the name of a variable, and its value where it sets gates of a driver."""
    kept = some("name")(value)
    if kept and kept.get("name") == _GATES and isinstance(value.get("value"), str):
        return {**kept, "value": ",".join(_SWITCH.findall(value["value"]))}
    return kept


_CONTAINER: Final = fields(
    **dict.fromkeys(("name", "resources", "restartPolicy"), whole),
    ports=each(some("containerPort", "hostPort", "hostIP", "protocol")),
    image=image,
    command=command,
    args=command,
    env=each(_variable),
)
_POD_SPEC_WHOLE: Final = (
    "hostNetwork", "nodeName", "nodeSelector", "overhead", "preemptionPolicy",
    "priority", "resourceClaims", "resources", "restartPolicy", "runtimeClassName",
    "schedulerName", "schedulingGates", "schedulingGroup", "serviceAccountName",
    "tolerations", "workloadRef",
)  # fmt: skip
pod_spec: Final = fields(
    **dict.fromkeys(_POD_SPEC_WHOLE, whole),
    affinity=some("nodeAffinity"),
    containers=each(_CONTAINER),
    initContainers=each(_CONTAINER),
)
_CONTAINER_STATUS: Final = fields(
    **dict.fromkeys(("name", "ready", "restartCount", "started"), whole),
    allocatedResourcesStatus=whole,
    # The message of a container that ended is what it wrote: its log, at times.
    state=fields(
        waiting=some("reason", "message"),
        running=some("startedAt"),
        terminated=some("reason", "exitCode", "startedAt", "finishedAt"),
    ),
)
_POD_STATUS_WHOLE: Final = (
    "conditions", "extendedResourceClaimStatus", "message", "nominatedNodeName",
    "observedGeneration", "phase", "qosClass", "reason", "resourceClaimStatuses",
    "startTime",
)  # fmt: skip
_POD: Final = fields(
    **dict.fromkeys(("apiVersion", "kind"), whole),
    metadata=metadata,
    spec=pod_spec,
    status=fields(
        **dict.fromkeys(_POD_STATUS_WHOLE, whole),
        containerStatuses=each(_CONTAINER_STATUS),
        initContainerStatuses=each(_CONTAINER_STATUS),
    ),
)
_NODE: Final = fields(
    **dict.fromkeys(("apiVersion", "kind"), whole),
    metadata=metadata,
    spec=some("taints", "unschedulable"),
    status=fields(
        **dict.fromkeys(("allocatable", "capacity", "conditions"), whole),
        **dict.fromkeys(("declaredFeatures", "features"), whole),
        nodeInfo=some(
            *("architecture", "containerRuntimeVersion", "kernelVersion"),
            *("kubeletVersion", "operatingSystem", "osImage"),
        ),
    ),
)
_NAMESPACE: Final = fields(
    **dict.fromkeys(("apiVersion", "kind"), whole),
    metadata=metadata,
    status=some("phase"),
)
_SUBJECT: Final = some("apiVersion", "kind", "namespace", "name", "uid", "fieldPath")
_EVENT: Final = fields(
    **dict.fromkeys(("apiVersion", "kind", "type", "reason", "message", "note"), whole),
    **dict.fromkeys(("action", "count", "series", "deprecatedCount"), whole),
    **dict.fromkeys(("firstTimestamp", "lastTimestamp", "eventTime"), whole),
    **dict.fromkeys(("deprecatedFirstTimestamp", "deprecatedLastTimestamp"), whole),
    **dict.fromkeys(("reportingComponent", "reportingController"), whole),
    metadata=metadata,
    involvedObject=_SUBJECT,
    regarding=_SUBJECT,
    source=some("component"),
    deprecatedSource=some("component"),
)
_TEMPLATE: Final = replacing(
    metadata=metadata_with_writers,
    spec=replacing(
        metadata=fields(labels=whole, annotations=annotations), spec=_CLAIM_SPEC
    ),
)
_CLAIM: Final = replacing(
    metadata=metadata_with_writers,
    spec=_CLAIM_SPEC,
    status=replacing(
        allocation=replacing(devices=replacing(config=_CONFIG)),
        devices=each(replacing(data=veiled)),
    ),
)
_BUDGET: Final = fields(
    **dict.fromkeys(("apiVersion", "kind", "spec"), whole),
    metadata=metadata,
    status=some(
        *("conditions", "currentHealthy", "desiredHealthy", "disruptionsAllowed"),
        *("expectedPods", "observedGeneration"),
    ),
)
_POD_SETS: Final = each(
    replacing(template=fields(metadata=some("labels"), spec=pod_spec))
)
_NODE_POOL: Final = fields(
    **dict.fromkeys(("apiVersion", "kind", "status"), whole),
    metadata=metadata,
    spec=fields(
        limits=whole,
        weight=whole,
        template=fields(
            metadata=some("labels"),
            spec=some("requirements", "taints", "startupTaints"),
        ),
    ),
)
_NODE_CLAIM: Final = fields(
    **dict.fromkeys(("apiVersion", "kind"), whole),
    metadata=metadata,
    spec=some("requirements", "resources", "taints", "startupTaints"),
    status=some("allocatable", "capacity", "conditions", "nodeName"),
)


_CLUSTER_POLICY: Final = fields(
    **dict.fromkeys(("apiVersion", "kind"), whole),
    metadata=metadata,
    spec=fields(
        mig=whole,
        devicePlugin=some("enabled", "config"),
        migManager=some("enabled", "config"),
    ),
)


_RBAC: Final = "rbac.authorization.k8s.io"
_ADMISSION: Final = "admissionregistration.k8s.io"
_GOVERNED: Final = frozenset({"*", GROUP})
_NAMESPACES: Final = frozenset({"*", "namespaces"})


def _rule(value: Any) -> Any:
    """Keep a rule about devices, claims or namespaces; others tell of other things."""
    if not isinstance(value, Mapping):
        return None
    groups, resources = (_texts(value.get(key)) for key in ("apiGroups", "resources"))
    if groups & _GOVERNED or ("" in groups and resources & _NAMESPACES):
        return some("apiGroups", "resources", "resourceNames", "verbs")(value)
    return None


def _texts(value: Any) -> set[str]:
    known = value if isinstance(value, list | tuple) else ()
    return {each for each in known if isinstance(each, str)}


_ROLE: Final = fields(
    **dict.fromkeys(("apiVersion", "kind"), whole),
    metadata=metadata,
    rules=each(_rule),
)
_BINDING: Final = fields(
    **dict.fromkeys(("apiVersion", "kind"), whole),
    metadata=metadata,
    roleRef=some("apiGroup", "kind", "name"),
    subjects=each(some("apiGroup", "kind", "name", "namespace")),
)


def _nothing(_value: Any) -> Any:
    return None


SHAPES: Final[Mapping[tuple[str, str], Cut]] = {
    ("", "Pod"): _POD,
    ("", "Node"): _NODE,
    ("", "Namespace"): _NAMESPACE,
    ("", "Event"): _EVENT,
    ("events.k8s.io", "Event"): _EVENT,
    ("", "ResourceQuota"): _WHOLE,
    ("", "LimitRange"): _WHOLE,
    ("", "ConfigMap"): config_map,
    ("", "Secret"): _nothing,
    # A workload of the past, beside the one that has it now.
    ("apps", "ControllerRevision"): _nothing,
    (GROUP, "DeviceClass"): replacing(
        metadata=metadata_with_writers, spec=replacing(config=_CONFIG)
    ),
    (GROUP, "ResourceClaim"): _CLAIM,
    (GROUP, "ResourceClaimTemplate"): _TEMPLATE,
    (GROUP, "ResourceSlice"): replacing(metadata=metadata_with_writers),
    (GROUP, "DeviceTaintRule"): replacing(metadata=metadata_with_writers),
    ("policy", "PodDisruptionBudget"): _BUDGET,
    ("kueue.x-k8s.io", "Workload"): replacing(
        metadata=metadata, spec=replacing(podSets=_POD_SETS)
    ),
    ("kueue.x-k8s.io", "LocalQueue"): _WHOLE,
    ("kueue.x-k8s.io", "ClusterQueue"): _WHOLE,
    ("kueue.x-k8s.io", "ResourceFlavor"): _WHOLE,
    ("nvidia.com", "ClusterPolicy"): _CLUSTER_POLICY,
    ("nvidia.com", "GPUCluster"): fields(
        **dict.fromkeys(("apiVersion", "kind"), whole), metadata=metadata
    ),
    (_RBAC, "Role"): _ROLE,
    (_RBAC, "ClusterRole"): _ROLE,
    (_RBAC, "RoleBinding"): _BINDING,
    (_RBAC, "ClusterRoleBinding"): _BINDING,
    (_ADMISSION, "ValidatingAdmissionPolicy"): fields(
        **dict.fromkeys(("apiVersion", "kind"), whole),
        metadata=metadata,
        spec=fields(
            matchConstraints=fields(
                resourceRules=each(some("apiGroups", "operations", "resources"))
            )
        ),
    ),
    (_ADMISSION, "ValidatingAdmissionPolicyBinding"): fields(
        **dict.fromkeys(("apiVersion", "kind"), whole),
        metadata=metadata,
        spec=some("policyName", "validationActions"),
    ),
    (_ADMISSION, "ValidatingWebhookConfiguration"): fields(
        **dict.fromkeys(("apiVersion", "kind"), whole),
        metadata=metadata,
        webhooks=each(
            fields(
                failurePolicy=whole,
                clientConfig=fields(service=some("namespace", "name")),
                rules=each(some("apiGroups", "operations", "resources")),
            )
        ),
    ),
    ("monitoring.coreos.com", "PrometheusRule"): fields(
        **dict.fromkeys(("apiVersion", "kind"), whole),
        metadata=metadata,
        spec=fields(groups=each(fields(rules=each(some("alert", "record", "expr"))))),
    ),
    ("k8s.cni.cncf.io", "NetworkAttachmentDefinition"): fields(
        **dict.fromkeys(("apiVersion", "kind"), whole), metadata=metadata
    ),
    ("sriovnetwork.openshift.io", "SriovNetworkNodePolicy"): _WHOLE,
    ("karpenter.sh", "NodePool"): _NODE_POOL,
    ("karpenter.sh", "NodeClaim"): _NODE_CLAIM,
    (OWN_GROUP, CLUSTER_INFO): whole,
}
GROUPS: Final[Mapping[str, Cut]] = {GROUP: _WHOLE, "scheduling.k8s.io": _WHOLE}
"""Groups whose other kinds stay, unknown fields and all."""
