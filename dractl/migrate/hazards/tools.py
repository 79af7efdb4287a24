"""Hazards of tools that know devices by the resource's name only."""

from collections.abc import Iterable, Iterator
from typing import Final

from dractl.api.pod_specs import pod_specs
from dractl.migrate import targets
from dractl.migrate.answer import Mention
from dractl.migrate.hazards.registry import Case, Said, of_all
from dractl.migrate.inputs import Input, Route
from dractl.migrate.mentions import is_request
from dractl.rules.registry import Severity
from dractl.rules.subject import entries, text

_FOR_CLAIMS: Final = "KUBERNETES_ENABLE_DRA"
_ATTACHMENT: Final = "NetworkAttachmentDefinition"


@of_all("reads-node-capacity", Severity.WARNING)
def reads_node_capacity(case: Case) -> Iterator[Said]:
    """A dashboard, an alert or a scaler counts devices by the resource's name.

    With DRA, no node has the resource any more, on either route: sums of capacity and
    of allocatable amounts become 0, and so do sums of requests for pods with claims.
    Devices are in ResourceSlices then, and who has them in ResourceClaims;
    kube-state-metrics has metrics for neither by default.
    """
    for each, count in _by_input(case, "dashboard", "scaler"):
        times = f", in {count} places" if count > 1 else ""
        yield _about(
            each,
            f"it counts devices by {each.resource}{times}, which no node will have",
            "count devices of ResourceSlices and allocations of ResourceClaims",
        )


@of_all("reads-pod-metrics", Severity.WARNING)
def reads_pod_metrics(case: Case) -> Iterator[Said]:
    """A dashboard, an alert or a scaler looks at metrics of GPUs by their pods.

    dcgm-exporter tells which pod has a GPU by what the kubelet says of device plugins.
    It tells a claim's pod, on either route, only with its own option for DRA
    (KUBERNETES_ENABLE_DRA), and only if it may read pods and ResourceSlices. Without
    that the metrics have no labels of pods: graphs stay empty, and autoscalers get no
    value.
    """
    if any(map(_tells_claims, case.inputs)):
        return
    for each, _ in _by_input(case, "pod-metrics"):
        yield _about(
            each,
            "it looks at metrics of GPUs by pods, which dcgm-exporter does not tell of "
            "claims by default",
            "set KUBERNETES_ENABLE_DRA=true for dcgm-exporter, and let it read pods "
            "and ResourceSlices",
        )


@of_all("scheduler-old-name", Severity.WARNING)
def scheduler_old_name(case: Case) -> Iterator[Said]:
    """A scheduler or the descheduler goes by how much of the resource is asked for.

    Pods with claims ask for none of it, and nodes without the device plugin offer none.
    So pods are neither packed nor spread by devices any more, and nodes whose devices
    are all taken look empty.
    """
    for each, _ in _by_input(case, "scheduler"):
        yield _about(
            each,
            f"it places or moves pods by {each.resource}, of which those with claims "
            "ask for nothing",
            f"take {each.resource} out of it when all pods have moved",
            Route.CLAIMS,
        )


@of_all("policy-old-name", Severity.WARNING)
def policy_old_name(case: Case) -> Iterator[Said]:
    """A policy knows pods with devices by the resource's name.

    Pods with claims do not have it. What the policy forbids them is allowed then, and
    what it adds to them (tolerations, labels, limits) does not come any more. Quotas
    can limit devices by class; a policy can look at ResourceClaims and
    ResourceClaimTemplates.
    """
    for each, _ in _by_input(case, "policy"):
        yield _about(
            each,
            f"it looks for {each.resource} in pods, which those with claims do not "
            "have",
            "let it look at spec.resourceClaims of pods, or at claims and their "
            "templates, too",
            Route.CLAIMS,
        )


@of_all("node-pool-old-name", Severity.WARNING)
def node_pool_old_name(case: Case) -> Iterator[Said]:
    """What adds nodes has limits or hints in the old name of the resource.

    Limits of a Karpenter NodePool for it do not count devices of DRA, and so never
    stop it. Hints at what a node of an empty group would have, for the Cluster
    Autoscaler, do not say which devices a driver would publish.
    """
    for each, _ in _by_input(case, "node-pool"):
        yield _about(
            each,
            f"{each.text} says nothing of devices of DRA",
            "limit the pool by another resource, or keep nodes in the group",
        )


@of_all("network-attachment", Severity.WARNING)
def network_attachment(case: Case) -> Iterator[Said]:
    """A network names the resource, which a webhook may add to pods.

    Pods ask for the network in an annotation, and network-resources-injector adds the
    resource of its NetworkAttachmentDefinition to their first container. Those that
    have moved to claims would ask for both, and wait for ever. Manifests in files do
    not show what it adds.
    """
    for each, _ in _by_input(case, "other"):
        if each.input.kind == _ATTACHMENT:
            yield _about(
                each,
                f"pods with this network may get {each.resource} added by a webhook",
                "take the annotation k8s.v1.cni.cncf.io/resourceName off, or exempt "
                "the namespace, before pods move",
            )


@of_all("asks-elsewhere", Severity.WARNING)
def asks_elsewhere(case: Case) -> Iterator[Said]:
    """An object asks for the resource outside of any spec of a pod.

    A controller makes pods of it, in a way of its own. So dractl cannot rewrite it:
    whether it can pass claims on is a matter of its kind. With a class for the
    resource's name, its pods go on as they are.
    """
    for each, _ in _counted(mention for mention in case.mentions if _asks(mention)):
        if targets.known(each.resource, case.order):
            yield _about(
                each,
                f"{each.text} is asked for in a way that only {each.input.kind} knows",
                "see whether its kind takes claims, or keep the name with a class: "
                "--route extended-resource",
            )


@of_all("named-elsewhere", Severity.INFO)
def named_elsewhere(case: Case) -> Iterator[Said]:
    """Something else names the resource.

    It may be configuration of a scheduler, a policy, or a note. Somebody who knows it
    should see whether it still says something.
    """
    for each, count in _by_input(case, "other"):
        if each.input.kind != _ATTACHMENT and not _asks(each):
            times = f", and {count - 1} more" if count > 1 else ""
            of = "" if each.text.startswith(each.resource) else f"{each.resource}: "
            yield _about(each, f"it names {of}{each.text}{times}", "")


def _tells_claims(given: Input) -> bool:
    """Tell whether it runs a dcgm-exporter that knows claims."""
    if given.kind != "DaemonSet":
        return False
    return any(
        text(variable, "name") == _FOR_CLAIMS and text(variable, "value") == "true"
        for _, spec in pod_specs(given.document)
        for container in entries(spec, "containers")
        for variable in entries(container, "env")
    )


def _by_input(case: Case, *roles: str) -> Iterator[tuple[Mention, int]]:
    """Yield mentions in some roles of resources that move, as `_counted` does."""
    return _counted(
        each
        for each in case.mentions
        if each.role in roles and case.served.get(each.resource)
    )


def _counted(mentions: Iterable[Mention]) -> Iterator[tuple[Mention, int]]:
    """Yield the first mention of a resource in each document, with their number."""
    found: dict[tuple[int, str], list[Mention]] = {}
    for each in mentions:
        found.setdefault((each.input.number, each.resource), []).append(each)
    for listed in found.values():
        yield listed[0], len(listed)


def _asks(each: Mention) -> bool:
    return each.role == "other" and is_request(each.steps)


def _about(each: Mention, message: str, fix: str, route: Route | None = None) -> Said:
    place = each.input.place(each.steps)
    return Said(message, fix, place, route, each.input.title)
