"""The kinds that are read from a cluster, and which commands need them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from dractl.api import decode_autoscaling, decode_kubelets, decode_queues
from dractl.api.versions import GROUP
from dractl.live.place import Place

_HUB: Final = ("v1", "v1beta2", "v1beta1")
_RBAC: Final = "rbac.authorization.k8s.io"
_ADMISSION: Final = "admissionregistration.k8s.io"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind: where its objects are in the API; `versions` come best first.

    An `optional` one is not missed where it is not served. `only` is the namespace and
    name of the one object that matters.
    """

    kind: str
    resource: str
    group: str = ""
    versions: tuple[str, ...] = ("v1",)
    namespaced: bool = True
    optional: bool = False
    only: tuple[str, str] | None = None

    @property
    def selector(self) -> str | None:
        """The field selector for the one object that matters; None: all do."""
        return None if self.only is None else f"metadata.name={self.only[1]}"

    def place(self, version: str, namespace: str | None = None) -> Place:
        """Return where the objects are, those of one namespace if it is given."""
        if self.only is not None:
            return Place(self.group, version, self.resource, self.only[0])
        scope = namespace if self.namespaced else None
        return Place(self.group, version, self.resource, scope)


DEVICE_CLASS: Final = Kind("DeviceClass", "deviceclasses", GROUP, _HUB, False)
SLICE: Final = Kind("ResourceSlice", "resourceslices", GROUP, _HUB, False)
CLAIM: Final = Kind("ResourceClaim", "resourceclaims", GROUP, _HUB)
TEMPLATE: Final = Kind("ResourceClaimTemplate", "resourceclaimtemplates", GROUP, _HUB)
TAINT_RULE: Final = Kind(
    "DeviceTaintRule",
    "devicetaintrules",
    GROUP,
    ("v1", "v1beta2", "v1alpha3"),
    namespaced=False,
    optional=True,
)
NODE: Final = Kind("Node", "nodes", namespaced=False)
NAMESPACE: Final = Kind("Namespace", "namespaces", namespaced=False)
POD: Final = Kind("Pod", "pods")
POD_LOG: Final = Kind("Pod", "pods/log")
POD_PROXY: Final = Kind("Pod", "pods/proxy")
NODE_PROXY: Final = Kind("Node", "nodes/proxy", namespaced=False)
EVICTION: Final = Kind("Pod", "pods/eviction")
EVENT: Final = Kind("Event", "events")
QUOTA: Final = Kind("ResourceQuota", "resourcequotas")
LIMIT_RANGE: Final = Kind("LimitRange", "limitranges")
CONFIG_MAP: Final = Kind("ConfigMap", "configmaps")
BUDGET: Final = Kind("PodDisruptionBudget", "poddisruptionbudgets", "policy")
POD_GROUP: Final = Kind(
    "PodGroup",
    "podgroups",
    "scheduling.k8s.io",
    ("v1beta1", "v1alpha3", "v1alpha2"),
    optional=True,
)

_KUEUE: Final = ("kueue.x-k8s.io", ("v1beta2", "v1beta1"))
KUEUE_WORKLOAD: Final = Kind("Workload", "workloads", *_KUEUE, optional=True)
_QUEUES: Final = (
    KUEUE_WORKLOAD,
    Kind("LocalQueue", "localqueues", *_KUEUE, optional=True),
    Kind("ClusterQueue", "clusterqueues", *_KUEUE, namespaced=False, optional=True),
    # Where Kueue's manifests and its chart put it.
    Kind(
        "ConfigMap",
        "configmaps",
        optional=True,
        only=("kueue-system", decode_queues.CONFIGURATION),
    ),
)
_KARPENTER: Final = ("karpenter.sh", ("v1", "v1beta1"), False, True)
_AUTOSCALERS: Final = (
    Kind("NodePool", "nodepools", *_KARPENTER),
    Kind("NodeClaim", "nodeclaims", *_KARPENTER),
    Kind(
        "ConfigMap",
        "configmaps",
        optional=True,
        only=("kube-system", decode_autoscaling.STATUS),
    ),
)

_KUBELETS: Final = Kind(
    "ConfigMap",
    "configmaps",
    optional=True,
    only=("kube-system", decode_kubelets.CONFIGURATION),
)
"""What kubeadm tells kubelets."""


def _optional(group: str, versions: tuple[str, ...], *kinds: str) -> Iterator[Kind]:
    """Yield namespaced kinds of a project that a cluster may lack."""
    for kind in kinds:
        yield Kind(kind, f"{kind.lower()}s", group, versions, optional=True)


WORKLOADS: Final = (
    Kind("Deployment", "deployments", "apps"),
    Kind("StatefulSet", "statefulsets", "apps"),
    Kind("DaemonSet", "daemonsets", "apps"),
    Kind("ReplicaSet", "replicasets", "apps"),
    Kind("Job", "jobs", "batch"),
    Kind("CronJob", "cronjobs", "batch"),
    Kind("ReplicationController", "replicationcontrollers", optional=True),
    Kind("PodTemplate", "podtemplates", optional=True),
    *_optional(
        "scheduling.k8s.io", ("v1beta1", "v1alpha3", "v1alpha2", "v1alpha1"), "Workload"
    ),
    *_optional("jobset.x-k8s.io", ("v1alpha2",), "JobSet"),
    *_optional("leaderworkerset.x-k8s.io", ("v1",), "LeaderWorkerSet"),
    *_optional(
        "ray.io", ("v1", "v1alpha1"), "RayCluster", "RayCronJob", "RayJob", "RayService"
    ),
    *_optional("trainer.kubeflow.org", ("v1alpha1",), "TrainJob", "TrainingRuntime"),
    Kind(
        "ClusterTrainingRuntime", "clustertrainingruntimes", "trainer.kubeflow.org",
        ("v1alpha1",), namespaced=False, optional=True,
    ),
    *_optional("kubeflow.org", ("v2beta1", "v1"), "MPIJob"),
    *_optional(
        "kubeflow.org", ("v1",),
        "JAXJob", "Notebook", "PaddleJob", "PyTorchJob", "TFJob", "XGBoostJob",
    ),
    *_optional(
        "kubevirt.io", ("v1",),
        "VirtualMachine", "VirtualMachineInstance", "VirtualMachineInstanceReplicaSet",
    ),
    *_optional("resource.nvidia.com", ("v1beta1",), "ComputeDomain"),
    *_optional(
        "argoproj.io", ("v1alpha1",),
        "CronWorkflow", "Rollout", "Workflow", "WorkflowTemplate",
    ),
    *_optional("serving.kserve.io", ("v1beta1",), "InferenceService"),
    *_optional("serving.kserve.io", ("v1alpha2", "v1alpha1"), "LLMInferenceService"),
    *_optional("serving.knative.dev", ("v1",), "Service"),
    *_optional("batch.volcano.sh", ("v1alpha1",), "Job"),
    *_optional("workload.codeflare.dev", ("v1beta2",), "AppWrapper"),
    KUEUE_WORKLOAD,
)  # fmt: skip
"""What makes pods, or names claims for them; each of its projects' newest first."""

_ACCESS: Final = (
    Kind("Role", "roles", _RBAC, optional=True),
    Kind("RoleBinding", "rolebindings", _RBAC, optional=True),
    *(
        Kind(kind, resource, group, namespaced=False, optional=True)
        for kind, resource, group in (
            ("ClusterRole", "clusterroles", _RBAC),
            ("ClusterRoleBinding", "clusterrolebindings", _RBAC),
            ("ValidatingAdmissionPolicy", "validatingadmissionpolicies", _ADMISSION),
            (
                "ValidatingAdmissionPolicyBinding",
                "validatingadmissionpolicybindings",
                _ADMISSION,
            ),
        )
    ),
)
"""Who may do what; few may read it."""
_WEBHOOKS: Final = Kind(
    "ValidatingWebhookConfiguration",
    "validatingwebhookconfigurations",
    _ADMISSION,
    namespaced=False,
    optional=True,
)
_CLUSTER_POLICY: Final = Kind(
    "ClusterPolicy", "clusterpolicies", "nvidia.com", namespaced=False, optional=True
)
_STACKS: Final = (
    _CLUSTER_POLICY,
    Kind("GPUCluster", "gpuclusters", "nvidia.com", ("v1alpha1",), False, True),
)
"""What NVIDIA's GPU operator runs: the device plugin, or the DRA driver."""
_PLUGINS: Final = (
    _CLUSTER_POLICY,
    Kind(
        "NetworkAttachmentDefinition",
        "network-attachment-definitions",
        "k8s.cni.cncf.io",
        optional=True,
    ),
    Kind(
        "SriovNetworkNodePolicy",
        "sriovnetworknodepolicies",
        "sriovnetwork.openshift.io",
        optional=True,
    ),
)
"""What configures device plugins, beside ConfigMaps."""
_RULES: Final = Kind(
    "PrometheusRule", "prometheusrules", "monitoring.coreos.com", optional=True
)

_DEVICES: Final = (SLICE, DEVICE_CLASS, TAINT_RULE, NODE)
_CLAIMS: Final = (CLAIM, TEMPLATE, POD, POD_GROUP, NAMESPACE)


_MIGRATION: Final = tuple(
    dict.fromkeys(
        (
            *(*_DEVICES, *_CLAIMS, QUOTA, LIMIT_RANGE, BUDGET),
            *(*WORKLOADS, *_QUEUES, *_AUTOSCALERS, *_PLUGINS, _RULES),
        )
    )
)


_REWRITTEN: Final = (NODE, QUOTA, LIMIT_RANGE, *WORKLOADS)
"""What a rollout changes, but never makes."""


def _rollout(verb: str) -> Mapping[Kind, tuple[str, ...]]:
    """Return what a rollout does to kinds; what it makes, it makes or removes."""
    return {
        DEVICE_CLASS: ("get", verb, "patch"),
        **dict.fromkeys((TEMPLATE, CLAIM), ("get", verb)),
        **dict.fromkeys(_REWRITTEN, ("get", "patch")),
        EVICTION: ("create",),
    }


@dataclass(frozen=True, slots=True)
class Need:
    """What a command reads; without the `essential` kinds it has no answer.

    `changes` are the verbs by which it changes kinds, `asks` those of what it asks for
    one by one. `everywhere` are kinds that matter beyond the namespace that is asked
    for, even strictly. `finds` tells whether it asks what versions of groups have,
    `watches` whether it can follow objects as they change.
    """

    kinds: tuple[Kind, ...]
    essential: tuple[Kind, ...] = ()
    changes: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    everywhere: tuple[Kind, ...] = ()
    asks: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    finds: bool = False
    watches: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that are no resources: where a server says what it has."""
        kinds = (*self.kinds, *self.changes, *self.asks) if self.finds else ()
        found = {
            f"/apis/{kind.group}/{version}" if kind.group else f"/api/{version}"
            for kind in kinds
            for version in kind.versions
        }
        return (*PATHS, *sorted(found))

    @property
    def narrow(self) -> tuple[Kind, ...]:
        """The kinds of which one namespace is enough where only that is asked for."""
        return tuple(
            kind
            for kind in self.kinds
            if kind.namespaced and kind.only is None and kind not in self.everywhere
        )


_EXAMINED: Final = tuple(
    dict.fromkeys(
        (
            *(*_DEVICES, *_CLAIMS, EVENT, QUOTA, BUDGET),
            *(*WORKLOADS, *_QUEUES, *_AUTOSCALERS, *_STACKS, *_ACCESS, _KUBELETS),
        )
    )
)
"""What doctor looks at."""

NEEDS: Final[Mapping[str, Need]] = {
    "allocate": Need((*_DEVICES, *_CLAIMS), (SLICE, DEVICE_CLASS, CLAIM)),
    "attributes": Need(_DEVICES, (SLICE,)),
    "cel": Need(_DEVICES, (SLICE,)),
    "cleanup": Need(
        (*_DEVICES, *_CLAIMS, *WORKLOADS),
        (CLAIM, TEMPLATE),
        dict.fromkeys((TEMPLATE, CLAIM, TAINT_RULE, SLICE), ("get", "delete")),
    ),
    "diff": Need((*_DEVICES, *_CLAIMS, QUOTA), (SLICE, CLAIM)),
    "discover": Need(
        (SLICE, NODE, CLAIM), (SLICE,), asks={POD: ("list",), POD_LOG: ("get",)}
    ),
    "doctor": Need(_EXAMINED),
    "doctor component-metrics": Need(
        _EXAMINED, asks=dict.fromkeys((NODE_PROXY, POD_PROXY), ("get",))
    ),
    "doctor smoke-test": Need(
        (DEVICE_CLASS, CLAIM),
        (DEVICE_CLASS,),
        dict.fromkeys((CLAIM, POD), ("get", "create", "delete")),
        asks={EVENT: ("list",)},
    ),
    "doctor upgrade": Need((*_EXAMINED, _WEBHOOKS)),
    "explain": Need(
        (*_DEVICES, *_CLAIMS, EVENT, QUOTA, *_QUEUES, *_AUTOSCALERS), watches=True
    ),
    "health": Need((SLICE, TAINT_RULE, NODE, CLAIM, POD, POD_GROUP), watches=True),
    "migrate apply": Need(
        _MIGRATION,
        (NODE, POD),
        _rollout("create"),
        asks={CONFIG_MAP: ("get",)},
        finds=True,
    ),
    "migrate plan": Need(_MIGRATION, (NODE, POD), asks={CONFIG_MAP: ("get",)}),
    "migrate render": Need(_MIGRATION, (NODE, POD), asks={CONFIG_MAP: ("get",)}),
    "migrate rollback": Need((CLAIM, POD), changes=_rollout("delete"), finds=True),
    "migrate verify": Need(
        (SLICE, CLAIM, POD),
        asks=dict.fromkeys((DEVICE_CLASS, TEMPLATE, CLAIM, *_REWRITTEN), ("get",)),
        finds=True,
    ),
    "validate": Need((*_DEVICES, *_CLAIMS, QUOTA)),
    "taint": Need(
        (*_DEVICES, *_CLAIMS, BUDGET),
        (SLICE, CLAIM),
        {TAINT_RULE: ("get", "create", "patch", "delete")},
    ),
    "report": Need(_EXAMINED),
    "top": Need((*_DEVICES, *_CLAIMS, QUOTA), (SLICE, CLAIM)),
    "snapshot": Need(
        tuple(
            dict.fromkeys(
                (
                    *(*_DEVICES, *_CLAIMS, EVENT, QUOTA, LIMIT_RANGE, BUDGET),
                    *(*WORKLOADS, *_QUEUES, *_AUTOSCALERS, *_PLUGINS, _RULES),
                    *(*_STACKS, *_ACCESS, _KUBELETS, _WEBHOOKS),
                )
            )
        ),
        everywhere=(CLAIM,),
        asks={CONFIG_MAP: ("get",)},
    ),
}
"""Of every command that reads a cluster."""

PATHS: Final = ("/apis", "/metrics", "/version")
"""What every command asks for beside kinds; it does without /metrics."""
