"""Nodes: their kubelets' releases, and those that are lost with their devices."""

from collections.abc import Iterator
from shlex import quote
from typing import Final

from dractl.diagnose.words import listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.registry import check
from dractl.doctor.settling import why_lost
from dractl.errors import DractlError
from dractl.model.cluster import KubernetesVersion
from dractl.model.nodeselection import NodeSelector
from dractl.rules.registry import Severity

_SKEW: Final = 3  # minor releases that a kubelet may be older than the API server
_STABLE: Final = KubernetesVersion(1, 34)
_FEW: Final = 3


@check("kubelet-skew", Severity.ERROR, needs=("Node",))
def kubelets_fit(case: Case) -> Iterator[Finding | Skipped]:
    """A kubelet is of another release than the API server allows, or too old for DRA.

    A kubelet may be up to three minor releases older than the API server, and never
    newer. One of a release before 1.34 does not prepare claims of the stable API unless
    its feature gate is on: pods with devices stay there in ContainerCreating.
    """
    release = case.snapshot.profile.version
    with_devices = {each.scope.node_name for each in case.snapshot.slices}
    for node in case.snapshot.nodes:
        try:
            own = KubernetesVersion.parse(node.kubelet_version)
        except DractlError:
            continue
        subject = f"Node/{node.name}"
        if own > release and case.snapshot.info.kubernetes is not None:
            said = f"its kubelet {own} is newer than the API server, {release}"
            yield _skewed(subject, Severity.ERROR, said, own)
        elif own.major == release.major and release.minor - own.minor > _SKEW:
            said = f"its kubelet {own} is too old for an API server of {release}"
            yield _skewed(subject, Severity.ERROR, said, own)
        elif own < _STABLE <= release and node.name in with_devices:
            said = f"its kubelet {own} is from before DRA was stable, {_STABLE}"
            yield _skewed(subject, Severity.WARNING, said, own)


def _skewed(
    subject: str, severity: Severity, said: str, own: KubernetesVersion
) -> Finding:
    fix = "upgrade the kubelet; drain the node before"
    evidence = {"kubelet": str(own)}
    return Finding("kubelet-skew", severity, said, subject, fix=fix, evidence=evidence)


@check("node-lost", Severity.ERROR, needs=("Node",))
def nodes_are_ready(case: Case) -> Iterator[Finding | Skipped]:
    """A node with devices is not ready, or gone while claims are bound to it.

    Its devices stay published, since slices live as long as their node, and new pods do
    not start. Claims that are allocated there stay bound: a pod that shares such a
    claim is not scheduled elsewhere. The devices are free once the pods are gone: by
    deleting the node or with the taint node.kubernetes.io/out-of-service, and with
    --force for pods whose kubelet does not answer. A claim that is reserved for nobody
    is freed by the scheduler when a pod needs it and fits nowhere else.
    """
    held = _claims_by_node(case)
    published = {each.scope.node_name for each in case.snapshot.slices}
    matter = published | held.keys()
    known = case.snapshot.node_by_name
    for node in case.snapshot.nodes:
        if node.name in matter and (why := why_lost(node)):
            yield _lost(node.name, why, held.get(node.name, []), is_gone=False)
    for name in sorted(held.keys() - known.keys()):
        yield _lost(name, "it is gone", held[name], is_gone=True)


def _lost(name: str, why: str, claims: list[str], *, is_gone: bool) -> Finding:
    some = f"; bound to it: {listed(claims, _FEW)}" if claims else ""
    taint = "node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"
    typed = quote(name)
    commands = (
        f"kubectl describe node {typed}",
        f"kubectl get pods -A --field-selector spec.nodeName={typed}",
        *(() if is_gone or not claims else (f"kubectl taint node {typed} {taint}",)),
    )
    fix = (
        "delete the pods that use these claims, with --force if they stay; their "
        "claims are then free"
        if is_gone
        else "bring the node back; if it is down for good and powered off, the taint "
        "frees pods and claims"
    )
    return Finding(
        "node-lost",
        Severity.ERROR if claims else Severity.WARNING,
        f"{why}{some}",
        f"Node/{name}",
        fix=fix,
        commands=commands[1:] if is_gone else commands,
        evidence={"node": name, "claims": claims},
    )


def claims_of_gone_nodes(case: Case) -> set[str]:
    """Return the claims that are bound to nodes which are gone, as `namespace/name`."""
    if case.lack_of("Node"):
        return set()
    held, known = _claims_by_node(case), case.snapshot.node_by_name
    return {claim for name in held.keys() - known.keys() for claim in held[name]}


def _claims_by_node(case: Case) -> dict[str, list[str]]:
    """Return the claims that hold devices which only one node can use, by that node."""
    nodes = {
        (each.driver, each.pool): each.scope.node_name
        for each in case.snapshot.slices
        if each.scope.node_name
    }
    found: dict[str, list[str]] = {}
    for claim in case.snapshot.claims:
        if claim.allocation is None:
            continue
        pods = (each.pod for each in case.cluster.holders.consumers(claim))
        on = {pod.node_name for pod in pods if pod is not None and pod.node_name}
        results = claim.allocation.results
        pools = (nodes.get((e.device.driver, e.device.pool)) for e in results)
        on |= {name for name in pools if name}
        on |= set(_pinned(claim.allocation.node_selector))
        for name in sorted(on):
            found.setdefault(name, []).append("/".join(claim.meta.key))
    return found


def _pinned(selector: NodeSelector | None) -> Iterator[str]:
    """Yield the nodes that a selector names."""
    for term in () if selector is None else selector.terms:
        for each in term.match_fields:
            if each.key == "metadata.name" and each.operator == "In":
                yield from each.values
