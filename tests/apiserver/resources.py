"""What an API server serves: groups, versions and resources, one row each.

Groups and their order are those of a recorded 1.36.2 server with all versions on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dractl.api.lifecycle import LIVES, life_in
from dractl.api.versions import GROUP
from dractl.model.cluster import KubernetesVersion

Wire = dict[str, Any]

VERBS: Final = (
    "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch",
)  # fmt: skip
_SUBRESOURCE_VERBS: Final = {
    "status": ("get", "patch", "update"),
    "eviction": ("create",),
    "log": ("get",),
    "proxy": ("create", "delete", "get", "patch", "update"),
}


@dataclass(frozen=True)
class Resource:
    """A kind of objects and where it is served.

    No `versions`: those of its group. `hash` is the storageVersionHash, "" if none is
    shown. `is_counted` tells whether specs carry a generation, and `shows_deleted`
    whether DELETE answers with the object rather than with a Status.
    """

    group: str
    plural: str
    kind: str
    namespaced: bool
    versions: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    hash: str = ""
    is_counted: bool = False
    shows_deleted: bool = False

    @property
    def qualified(self) -> str:
        """The name as messages have it: `pods`, `jobs.batch`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def api_version(self, version: str) -> str:
        """Return the apiVersion of its objects in a version."""
        return f"{self.group}/{version}" if self.group else version


def _dra(
    plural: str, kind: str, hashed: str, *subresources: str, **rest: bool
) -> Resource:
    namespaced = rest.pop("namespaced", False)
    return Resource(
        GROUP, plural, kind, namespaced, (), subresources, hashed,
        shows_deleted=True, **rest,
    )  # fmt: skip


RESOURCES: Final[tuple[Resource, ...]] = (
    _dra("deviceclasses", "DeviceClass", "Yk2PTc1Ybxk=", is_counted=True),
    _dra("devicetaintrules", "DeviceTaintRule", "DJ3UJ0fj8MI=", "status",
         is_counted=True),
    _dra("resourceclaims", "ResourceClaim", "wgAZaHcZxUg=", "status", namespaced=True),
    _dra("resourceclaimtemplates", "ResourceClaimTemplate", "TuzjC49aUfM=",
         namespaced=True),
    _dra("resourcepoolstatusrequests", "ResourcePoolStatusRequest", "iy583CtMwdY=",
         "status"),
    _dra("resourceslices", "ResourceSlice", "KsC072WgaEY=", is_counted=True),
    Resource("", "configmaps", "ConfigMap", True),
    Resource("", "events", "Event", True),
    Resource("", "limitranges", "LimitRange", True),
    Resource("", "namespaces", "Namespace", False, subresources=("status",)),
    Resource("", "nodes", "Node", False, subresources=("status", "proxy")),
    Resource("", "persistentvolumeclaims", "PersistentVolumeClaim", True,
             shows_deleted=True),
    Resource("", "pods", "Pod", True,
             subresources=("status", "eviction", "log", "proxy"),
             is_counted=True, shows_deleted=True),
    Resource("", "resourcequotas", "ResourceQuota", True, shows_deleted=True),
    Resource("", "secrets", "Secret", True),
    Resource("", "serviceaccounts", "ServiceAccount", True, shows_deleted=True),
    Resource("", "services", "Service", True, shows_deleted=True),
    Resource("apps", "daemonsets", "DaemonSet", True, is_counted=True),
    Resource("apps", "deployments", "Deployment", True, is_counted=True),
    Resource("apps", "replicasets", "ReplicaSet", True, is_counted=True),
    Resource("apps", "statefulsets", "StatefulSet", True, is_counted=True),
    Resource("batch", "cronjobs", "CronJob", True, is_counted=True),
    Resource("batch", "jobs", "Job", True, is_counted=True),
    Resource("events.k8s.io", "events", "Event", True),
    Resource("policy", "poddisruptionbudgets", "PodDisruptionBudget", True,
             subresources=("status",), is_counted=True),
    Resource("rbac.authorization.k8s.io", "clusterrolebindings", "ClusterRoleBinding",
             False),
    Resource("rbac.authorization.k8s.io", "clusterroles", "ClusterRole", False),
    Resource("rbac.authorization.k8s.io", "rolebindings", "RoleBinding", True),
    Resource("rbac.authorization.k8s.io", "roles", "Role", True),
    Resource("admissionregistration.k8s.io", "validatingwebhookconfigurations",
             "ValidatingWebhookConfiguration", False, ("v1",)),
    Resource("scheduling.k8s.io", "priorityclasses", "PriorityClass", False, ("v1",)),
    Resource("scheduling.k8s.io", "podgroups", "PodGroup", True,
             ("v1beta1", "v1alpha3", "v1alpha2")),
    Resource("scheduling.k8s.io", "workloads", "Workload", True,
             ("v1beta1", "v1alpha3", "v1alpha2", "v1alpha1")),
    Resource("storage.k8s.io", "csinodes", "CSINode", False, ("v1",)),
    Resource("apiextensions.k8s.io", "customresourcedefinitions",
             "CustomResourceDefinition", False, is_counted=True),
    Resource("karpenter.sh", "nodeclaims", "NodeClaim", False, is_counted=True),
    Resource("karpenter.sh", "nodepools", "NodePool", False, is_counted=True),
    Resource("kueue.x-k8s.io", "clusterqueues", "ClusterQueue", False,
             is_counted=True),
    Resource("kueue.x-k8s.io", "localqueues", "LocalQueue", True, is_counted=True),
    Resource("kueue.x-k8s.io", "resourceflavors", "ResourceFlavor", False,
             is_counted=True),
    Resource("kueue.x-k8s.io", "workloads", "Workload", True, is_counted=True),
    Resource("k8s.cni.cncf.io", "network-attachment-definitions",
             "NetworkAttachmentDefinition", True),
    Resource("monitoring.coreos.com", "prometheusrules", "PrometheusRule", True),
    Resource("nvidia.com", "clusterpolicies", "ClusterPolicy", False),
    Resource("resource.nvidia.com", "computedomains", "ComputeDomain", True,
             is_counted=True),
)  # fmt: skip

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("v1",),
    "apiregistration.k8s.io": ("v1",),
    "apps": ("v1",),
    "events.k8s.io": ("v1",),
    "authentication.k8s.io": ("v1",),
    "authorization.k8s.io": ("v1",),
    "autoscaling": ("v2", "v1"),
    "batch": ("v1",),
    "certificates.k8s.io": ("v1", "v1beta1", "v1alpha1"),
    "networking.k8s.io": ("v1", "v1beta1"),
    "policy": ("v1",),
    "rbac.authorization.k8s.io": ("v1",),
    "storage.k8s.io": ("v1", "v1beta1"),
    "admissionregistration.k8s.io": ("v1", "v1beta1", "v1alpha1"),
    "apiextensions.k8s.io": ("v1",),
    "scheduling.k8s.io": ("v1",),
    "coordination.k8s.io": ("v1", "v1beta1", "v1alpha2"),
    "node.k8s.io": ("v1",),
    "discovery.k8s.io": ("v1",),
    GROUP: (),  # the versions that the release has
    "flowcontrol.apiserver.k8s.io": ("v1",),
    "internal.apiserver.k8s.io": ("v1alpha1",),
    "storagemigration.k8s.io": ("v1beta1",),
}
"""The groups that are served unless a test says otherwise, "" for the core group."""


class Served:
    """What one server serves: a release, with a test's wishes on top.

    `wishes` are versions by group; none takes the group away. Groups that are not
    built in, such as kueue.x-k8s.io, are served if they are wished for.
    """

    def __init__(
        self,
        release: KubernetesVersion,
        wishes: Mapping[str, Sequence[str]],
        more: Iterable[Resource] = (),
    ) -> None:
        self.release = release
        self._rows = (*RESOURCES, *more)
        own = {group: tuple(versions) for group, versions in GROUPS.items()}
        own[GROUP] = tuple(
            version
            for version in LIVES["ResourceClaim"]
            if any(life_in(kind, version, release) for kind in LIVES)
        )
        every = own | {group: tuple(versions) for group, versions in wishes.items()}
        self.groups = {group: versions for group, versions in every.items() if versions}

    def resources(self, group: str, version: str) -> Iterator[Resource]:
        """Yield the resources of a served version, by name."""
        if version not in self.groups.get(group, ()):
            return
        rows = (row for row in self._rows if row.group == group)
        yield from sorted(
            (row for row in rows if self._has(row, version)), key=lambda row: row.plural
        )

    def _has(self, row: Resource, version: str) -> bool:
        if row.group == GROUP:
            return life_in(row.kind, version, self.release) is not None
        return version in (row.versions or self.groups[row.group])

    def resource(self, group: str, version: str, plural: str) -> Resource | None:
        """Return the resource that is served there; None: there is none."""
        rows = self.resources(group, version)
        return next((row for row in rows if row.plural == plural), None)

    def of_kind(self, kind: str, group: str | None = None) -> Resource:
        """Return the row of a kind, served or not; the first if no group is given."""
        for row in self._rows:
            if row.kind == kind and group in (None, row.group):
                return row
        raise KeyError(f"no row in the table of resources for {kind} of {group!r}")


def listed(row: Resource) -> Iterator[Wire]:
    """Yield the entries of a resource and its subresources in an APIResourceList."""
    entry: Wire = {
        "name": row.plural,
        "singularName": row.kind.lower(),
        "namespaced": row.namespaced,
        "kind": row.kind,
        "verbs": list(VERBS),
    }
    yield entry | ({"storageVersionHash": row.hash} if row.hash else {})
    for name in sorted(row.subresources):
        yield {
            "name": f"{row.plural}/{name}",
            "singularName": "",
            "namespaced": row.namespaced,
            "kind": f"{row.kind}ProxyOptions" if name == "proxy" else row.kind,
            "verbs": list(_SUBRESOURCE_VERBS[name]),
        }
