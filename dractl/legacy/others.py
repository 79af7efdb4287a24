"""Legacy constructs in objects of other groups: pods, RBAC, kubeadm, namespaces."""

from collections.abc import Iterator, Mapping
from typing import Final

from dractl.api.pod_specs import pod_specs
from dractl.legacy.construct import GROUP, Document, Legacy, legacy
from dractl.legacy.shapes import mapping_at, sequence_at, text_at

OLD_LABEL: Final = "resource.k8s.io/admin-access"
NEW_LABEL: Final = "resource.kubernetes.io/admin-access"
_GATE: Final = "DynamicResourceAllocation"
_ROLES: Final = frozenset({"Role", "ClusterRole"})
_UNRESTRICTABLE: Final = frozenset({"create", "list", "watch", "deletecollection", "*"})
_CLAIMS: Final = frozenset({"resourceclaims", "resourceclaimtemplates", "*"})
_COMPONENTS: Final = ("apiServer", "controllerManager", "scheduler")


def elsewhere(document: Document) -> Iterator[Legacy]:
    """Yield the constructs of documents outside of the group resource.k8s.io."""
    version, kind = str(document.get("apiVersion")), str(document.get("kind"))
    if kind == "Namespace" and version == "v1":
        yield from _in_namespace(document)
    elif kind in _ROLES and version.startswith("rbac.authorization.k8s.io/"):
        yield from _in_role(document)
    elif version.startswith("kubeadm.k8s.io/"):
        yield from _in_kubeadm(document)
    elif version.startswith("kubelet.config.k8s.io/"):
        if _GATE in mapping_at(document, "featureGates"):
            yield legacy("feature-gate", ("featureGates", _GATE), _GATE)
    elif "partitionSizes" in mapping_at(document, "spec"):
        yield legacy("partition-sizes", ("spec", "partitionSizes"), "partitionSizes")
    else:
        yield from _in_pods(document)


def _in_pods(document: Document) -> Iterator[Legacy]:
    for steps, spec in pod_specs(document):
        for index, claim in enumerate(sequence_at(spec, "resourceClaims")):
            if isinstance(claim, Mapping) and isinstance(claim.get("source"), Mapping):
                place = (*steps, "resourceClaims", index, "source")
                yield legacy("pod-claim-source", place, "source")


def _in_namespace(document: Document) -> Iterator[Legacy]:
    if OLD_LABEL in mapping_at(document, "metadata", "labels"):
        yield legacy("admin-access-label", ("metadata", "labels", OLD_LABEL), OLD_LABEL)


def _in_role(document: Document) -> Iterator[Legacy]:
    for index, rule in enumerate(sequence_at(document, "rules")):
        groups = set(map(str, sequence_at(rule, "apiGroups")))
        resources = set(map(str, sequence_at(rule, "resources")))
        verbs = set(map(str, sequence_at(rule, "verbs")))
        if (
            sequence_at(rule, "resourceNames")
            and groups & {GROUP, "*"}
            and resources & _CLAIMS
            and verbs & _UNRESTRICTABLE
        ):
            steps = ("rules", index, "resourceNames")
            yield legacy("rbac-resource-names", steps, "")


def _in_kubeadm(document: Document) -> Iterator[Legacy]:
    for component in _COMPONENTS:
        arguments = mapping_at(document, component).get("extraArgs")
        steps = (component, "extraArgs")
        if isinstance(arguments, Mapping):
            yield legacy("kubeadm-extra-args", steps, "")
            if _GATE in text_at(arguments, "feature-gates"):
                yield legacy("feature-gate", (*steps, "feature-gates"), _GATE)
        elif isinstance(arguments, list | tuple):
            for index, argument in enumerate(arguments):
                if _GATE in text_at(argument, "value"):
                    yield legacy("feature-gate", (*steps, index, "value"), _GATE)
