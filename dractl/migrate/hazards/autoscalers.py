"""Hazards of what adds nodes, and does not look at claims."""

from collections.abc import Iterator
from typing import Final

from dractl.migrate.answer import UserPlan
from dractl.migrate.hazards.registry import Case, Said, of_all, of_user
from dractl.model.workloads import Node
from dractl.rules.registry import Severity
from dractl.rules.subject import mapping

_CLUSTER: Final = "the cluster"
_KARPENTER: Final = "karpenter.sh/nodepool"
_AUTO_MODE: Final = ("eks.amazonaws.com/compute-type", "auto")
_OF_AUTO_MODE: Final = "eks.amazonaws.com/instance-"
_POOL: Final = "cloud.google.com/gke-nodepool"
_MADE: Final = "nap-"


@of_all("autoscaler-ignores-claims", Severity.WARNING)
def autoscaler_ignores_claims(case: Case) -> Iterator[Said]:
    """Karpenter does not look at claims when it adds nodes.

    Its option `--ignore-dra-requests` is true by default: a pod that waits for devices
    gets a node by its CPU and memory alone, or none. Amounts in a NodePool's limits go
    by the old name. Support is alpha in the provider of AWS (1.15, settings.enableDRA),
    without admin access, counters, capacity and alternatives.
    """
    nodes = [node for node in case.snapshot.nodes if _KARPENTER in node.meta.labels]
    pools = [each for each in case.inputs if each.kind == "NodePool"]
    has_pools = bool(case.snapshot.node_pools or nodes) or any(
        each.group == "karpenter.sh" for each in pools
    )
    if has_pools and _moves(case):
        yield Said(
            "Karpenter adds nodes here, and ignores claims by default",
            "keep enough nodes for the devices, or set IGNORE_DRA_REQUESTS=false where "
            "its provider supports DRA",
            subject=_CLUSTER,
        )


@of_all("cluster-autoscaler-release", Severity.INFO)
def cluster_autoscaler_release(case: Case) -> Iterator[Said]:
    """The Cluster Autoscaler looks at claims from 1.35 on.

    Partitionable devices count from 1.36 on. It copies a group's slices from one of its
    nodes; a group without nodes needs support of the provider, or it does not grow for
    claims.
    """
    if case.snapshot.autoscalers and _moves(case):
        yield Said(
            "the Cluster Autoscaler adds nodes here; its release is not known",
            "use 1.35 or newer, and keep a node in each group",
            subject=_CLUSTER,
        )


@of_user("eks-auto-mode", Severity.ERROR)
def eks_auto_mode(case: Case, each: UserPlan) -> Iterator[Said]:
    """The pods run on nodes of EKS Auto Mode, which has no DRA.

    Its device plugin is part of the nodes and cannot be taken away. Use a managed or a
    self-managed node group.
    """
    nodes = [node for resource in each.targets for node in case.nodes_with[resource]]
    is_asked = any(map(_names_auto, mapping(each.user.spec, "nodeSelector").items()))
    if each.targets and (is_asked or (nodes and all(map(_is_auto, nodes)))):
        yield Said(
            "the pods run on nodes of EKS Auto Mode, which has no DRA",
            "use a managed or a self-managed node group",
        )


@of_all("node-auto-provisioning", Severity.WARNING)
def node_auto_provisioning(case: Case) -> Iterator[Said]:
    """GKE makes node pools for pods here, but none for claims.

    Node auto-provisioning goes by extended resources; pools for DRA have to be made by
    hand, with the label gke-no-default-nvidia-gpu-device-plugin=true, and without time
    sharing, MPS or partitions of GKE's own.
    """
    pools = sorted(
        {
            node.meta.labels[_POOL]
            for node in case.snapshot.nodes
            if node.meta.labels.get(_POOL, "").startswith(_MADE)
        }
    )
    if pools and _moves(case):
        yield Said(
            f"GKE has made the node pool {pools[0]}; it makes none for claims",
            "make node pools for DRA by hand",
            subject=_CLUSTER,
        )


def _moves(case: Case) -> bool:
    return any(each.targets for each in case.users)


def _names_auto(requirement: tuple[object, object]) -> bool:
    """Tell whether only nodes of Auto Mode can have a label."""
    return requirement == _AUTO_MODE or str(requirement[0]).startswith(_OF_AUTO_MODE)


def _is_auto(node: Node) -> bool:
    key, value = _AUTO_MODE
    return node.meta.labels.get(key) == value
