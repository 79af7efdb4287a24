"""Decoding of what surrounds claims: pods, nodes, namespaces, events, quotas.

Defaults are those of the API server (pkg/apis/core/v1/defaults.go, 1.36).
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from dractl.api.decode_fields import (
    Wire,
    child,
    each,
    flag,
    integer,
    integer_if_set,
    labels,
    mismatch,
    quantities,
    text,
    text_if_set,
    within,
    within_if_set,
)
from dractl.api.decode_shared import (
    cluster_meta,
    condition,
    namespaced_meta,
    node_selector,
    requirement,
    toleration,
)
from dractl.api.problems import MalformedField
from dractl.model.gates import PROGRAMS
from dractl.model.nodeselection import NodeSelector, Requirement
from dractl.model.quantity import Quantity
from dractl.model.workloads import (
    Container,
    ContainerClaim,
    DeviceHealth,
    Event,
    Namespace,
    Node,
    NodeTaint,
    Pod,
    PodClaim,
    PodDisruptionBudget,
    PodGroup,
    ResourceQuota,
    Waiting,
)

T = TypeVar("T")

_LABEL_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist")
_FLAGS: Final = frozenset({"feature-gates", "runtime-config"})
_COMPONENTS: Final = frozenset(PROGRAMS.values())
ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - what the scheduler takes an unset hostIP for


def node(document: Wire) -> Node:
    """Read a Node."""
    meta = cluster_meta(document)
    status = child(document, "status")
    try:
        allocatable = quantities(status, "allocatable")
        conditions = each(status, "conditions", condition)
        versions = within(status, "nodeInfo", _versions)
    except MalformedField as bad:
        raise bad.inside("status") from None
    return within(
        document,
        "spec",
        lambda spec: Node(
            meta=meta,
            taints=each(spec, "taints", _node_taint),
            unschedulable=flag(spec, "unschedulable"),
            allocatable=allocatable,
            conditions=conditions,
            kubelet_version=versions[0],
            container_runtime=versions[1],
        ),
    )


def _versions(info: Wire) -> tuple[str, str]:
    return text(info, "kubeletVersion"), text(info, "containerRuntimeVersion")


def _node_taint(source: Wire) -> NodeTaint:
    return NodeTaint(text(source, "key"), text(source, "value"), text(source, "effect"))


def pod(document: Wire) -> Pod:
    """Read a Pod."""
    meta = namespaced_meta(document)
    found = within(document, "status", _pod_status)
    spec = within(document, "spec", pod_spec)
    return Pod(meta=meta, **spec, **found)


def pod_spec(spec: Wire) -> dict[str, Any]:
    """Read a pod's spec, in a pod or in a template, as arguments for Pod."""
    shares_host = flag(spec, "hostNetwork")

    def read(source: Wire) -> Container:
        return _container(source, shares_host=shares_host)

    return {
        "node_name": text(spec, "nodeName"),
        "service_account": text(spec, "serviceAccountName"),
        "scheduler_name": text(spec, "schedulerName") or "default-scheduler",
        "priority": integer(spec, "priority"),
        "gates": each(spec, "schedulingGates", lambda gate: text(gate, "name")),
        "node_selector": labels(spec, "nodeSelector"),
        "affinity": within_if_set(spec, "affinity", _required_affinity),
        "tolerations": each(spec, "tolerations", toleration),
        "init_containers": each(spec, "initContainers", read),
        "containers": each(spec, "containers", read),
        "pod_requests": within(spec, "resources", _requests),
        "overhead": quantities(spec, "overhead"),
        "claims": each(spec, "resourceClaims", _pod_claim),
        "group": within(
            spec, "schedulingGroup", lambda group: text(group, "podGroupName")
        ),
    }


def _required_affinity(source: Wire) -> NodeSelector | None:
    return within(
        source,
        "nodeAffinity",
        lambda inner: within_if_set(
            inner, "requiredDuringSchedulingIgnoredDuringExecution", node_selector
        ),
    )


def _container(source: Wire, *, shares_host: bool) -> Container:
    ports = each(source, "ports", lambda port: _port(port, shares_host=shares_host))
    name = text(source, "name")
    requests, claims = within(source, "resources", _resources)
    return Container(
        name=name,
        requests=requests,
        claims=claims,
        sidecar=text(source, "restartPolicy") == "Always",
        host_ports=tuple([port for port in ports if port[2] > 0]),
        flags=flags(source),
    )


def flags(container: Wire) -> dict[str, str]:
    """Read what a container's command says of feature gates and versions of the API.

    Keys are the names of the flags; what is no text is no flag. A later one is added
    to an earlier one, as the components do (component-base/cli/flag). The gates of a
    component that is started without such a flag are "".
    """
    lists = [container.get(key) for key in ("command", "args")]
    words = [each for found in lists if isinstance(found, list) for each in found]
    if not words:
        return {}
    texts = [each for each in words if isinstance(each, str)]
    read: dict[str, str] = {}
    if any(each.rpartition("/")[2] in _COMPONENTS for each in texts):
        read["feature-gates"] = ""
    for word, after in zip(texts, [*texts, ""][1:], strict=True):
        name, equals, value = word.partition("=")
        name = name.removeprefix("--")
        if name in _FLAGS and word.startswith("--"):
            value = value if equals else "" if after.startswith("-") else after
            read[name] = f"{read[name]},{value}" if read.get(name) else value
    return read


def _port(source: Wire, *, shares_host: bool) -> tuple[str, str, int]:
    """Read the host's side of a port: address, protocol, number (0: none)."""
    fallback = integer(source, "containerPort") if shares_host else 0
    return (
        text(source, "hostIP") or ANY_ADDRESS,
        text(source, "protocol") or "TCP",
        integer(source, "hostPort") or fallback,
    )


def _requests(resources: Wire) -> dict[str, Quantity]:
    """Read requests; what has only a limit is requested as much as that."""
    limits = quantities(resources, "limits")
    requests = quantities(resources, "requests")
    return {**limits, **requests} if limits else requests


def _resources(
    source: Wire,
) -> tuple[dict[str, Quantity], tuple[ContainerClaim, ...]]:
    return _requests(source), each(source, "claims", _container_claim)


def _container_claim(source: Wire) -> ContainerClaim:
    return ContainerClaim(text(source, "name"), text(source, "request"))


def _pod_claim(source: Wire) -> PodClaim:
    return PodClaim(
        text(source, "name"),
        text_if_set(source, "resourceClaimName"),
        text_if_set(source, "resourceClaimTemplateName"),
    )


def _claim_names(status: Wire) -> dict[str, str | None]:
    made = each(
        status,
        "resourceClaimStatuses",
        lambda entry: (text(entry, "name"), text_if_set(entry, "resourceClaimName")),
    )
    return dict(made)


def _pod_status(status: Wire) -> dict[str, Any]:
    return {
        "phase": text(status, "phase"),
        "claim_names": _claim_names(status),
        "extended_claim": within_if_set(
            status,
            "extendedResourceClaimStatus",
            lambda extended: text_if_set(extended, "resourceClaimName"),
        ),
        "conditions": each(status, "conditions", condition),
        "health": _of_containers(status, _container_health),
        "waiting": _of_containers(status, _container_waiting),
        "reason": text(status, "reason"),
        "message": text(status, "message"),
    }


def _of_containers(
    status: Wire, read: Callable[[Wire], tuple[T, ...]]
) -> tuple[T, ...]:
    """Read something of every container's status."""
    found = [
        *each(status, "initContainerStatuses", read),
        *each(status, "containerStatuses", read),
    ]
    return tuple([one for some in found for one in some])


def _container_waiting(source: Wire) -> tuple[Waiting, ...]:
    waiting = child(child(source, "state"), "waiting")
    reason, message = text(waiting, "reason"), text(waiting, "message")
    return (Waiting(text(source, "name"), reason, message),) if reason else ()


def _container_health(source: Wire) -> tuple[DeviceHealth, ...]:
    container = text(source, "name")

    def of_resource(allocated: Wire) -> tuple[DeviceHealth, ...]:
        resource = text(allocated, "name")
        return each(
            allocated,
            "resources",
            lambda found: DeviceHealth(
                container,
                resource,
                text(found, "resourceID"),
                text(found, "health"),
                text(found, "message"),
            ),
        )

    found = each(source, "allocatedResourcesStatus", of_resource)
    return tuple(report for reports in found for report in reports)


def pod_group(document: Wire) -> PodGroup:
    """Read a PodGroup of scheduling.k8s.io."""
    return PodGroup(
        namespaced_meta(document),
        within(document, "spec", lambda spec: each(spec, "resourceClaims", _pod_claim)),
        within(document, "status", _claim_names),
    )


def namespace(document: Wire) -> Namespace:
    """Read a Namespace."""
    return Namespace(cluster_meta(document))


def event(document: Wire) -> Event:
    """Read an Event of the core group or of events.k8s.io."""
    series = child(document, "series")
    subject = child(document, "involvedObject") or child(document, "regarding")
    times = (
        text_if_set(series, "lastObservedTime"),
        text_if_set(document, "lastTimestamp"),
        text_if_set(document, "deprecatedLastTimestamp"),
        text_if_set(document, "eventTime"),
    )
    counts = (
        integer(series, "count"),
        integer(document, "count"),
        integer(document, "deprecatedCount"),
    )
    return Event(
        meta=namespaced_meta(document),
        involved_kind=text(subject, "kind"),
        involved_name=text(subject, "name"),
        involved_namespace=text(subject, "namespace"),
        reason=text(document, "reason"),
        message=text(document, "message") or text(document, "note"),
        type=text(document, "type"),
        count=next((count for count in counts if count > 0), 1),
        last_seen=next((time for time in times if time), None),
        source=text(document, "reportingComponent")
        or text(document, "reportingController")
        or text(child(document, "source"), "component")
        or text(child(document, "deprecatedSource"), "component"),
    )


def resource_quota(document: Wire) -> ResourceQuota:
    """Read a ResourceQuota; the limits in force are those of its status."""
    meta = namespaced_meta(document)
    wanted = within(document, "spec", lambda spec: quantities(spec, "hard"))
    return within(
        document,
        "status",
        lambda status: ResourceQuota(
            meta=meta,
            hard=quantities(status, "hard") or wanted,
            used=quantities(status, "used"),
        ),
    )


def pod_disruption_budget(document: Wire) -> PodDisruptionBudget:
    """Read a PodDisruptionBudget of policy/v1."""
    meta = namespaced_meta(document)
    allowed = within(
        document, "status", lambda status: integer_if_set(status, "disruptionsAllowed")
    )
    return within(
        document,
        "spec",
        lambda spec: PodDisruptionBudget(
            meta, within_if_set(spec, "selector", _label_selector), allowed
        ),
    )


def _label_selector(source: Wire) -> tuple[Requirement, ...]:
    plain = labels(source, "matchLabels").items()
    return (
        *(Requirement(key, "In", (value,)) for key, value in plain),
        *each(source, "matchExpressions", _label_requirement),
    )


def _label_requirement(source: Wire) -> Requirement:
    found = requirement(source)
    if found.operator not in _LABEL_OPERATORS:
        expected = f"one of {', '.join(_LABEL_OPERATORS)}"
        raise mismatch("operator", expected, found.operator)
    return found
