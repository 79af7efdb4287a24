"""What stays of `metadata`: names, times, labels, owners, and some annotations.

Annotations are where controllers put whole objects, tokens and checksums of secrets, so
that only those stay which are known to hold none.
"""

from collections.abc import Mapping
from typing import Any, Final

from dractl.capture.cuts import Cut, each, fields, some, whole

_ANNOTATIONS: Final = frozenset({
    "app.kubernetes.io/managed-by",
    "argocd.argoproj.io/tracking-id",
    "cluster-autoscaler.kubernetes.io/safe-to-evict",
    "cluster-autoscaler.kubernetes.io/scale-down-disabled",
    "kapp.k14s.io/identity",
    "k8s.v1.cni.cncf.io/networks",
    "k8s.v1.cni.cncf.io/resourceName",
    "karpenter.sh/do-not-disrupt",
    "kubernetes.io/config.mirror",
    "kubernetes.io/config.source",
    "meta.helm.sh/release-name",
    "meta.helm.sh/release-namespace",
})  # fmt: skip
_DOMAINS: Final = ("dractl.dev", "resource.kubernetes.io", "scheduling.k8s.io")


def is_kept(annotation: str) -> bool:
    """Tell whether the annotation of that key stays."""
    domain, slash, _ = annotation.partition("/")
    return annotation in _ANNOTATIONS or (bool(slash) and domain in _DOMAINS)


def annotations(value: Any) -> Any:
    """Keep those that dractl reads, or that tell who manages the object."""
    if not isinstance(value, Mapping):
        return None
    return {key: text for key, text in value.items() if is_kept(key)} or None


_COMMON: Final[Mapping[str, Cut]] = {
    **dict.fromkeys(("name", "generateName", "namespace", "uid"), whole),
    **dict.fromkeys(("resourceVersion", "generation", "finalizers"), whole),
    **dict.fromkeys(("creationTimestamp", "deletionTimestamp", "labels"), whole),
    "annotations": annotations,
    "ownerReferences": each(some("apiVersion", "kind", "name", "uid", "controller")),
}
metadata: Final = fields(**_COMMON)
# Who wrote a slice tells a driver's from one by hand. The version of the API in which
# something was written tells who needs it still. What was written stays out.
metadata_with_writers: Final = fields(
    **_COMMON, managedFields=each(some("manager", "operation", "apiVersion"))
)
