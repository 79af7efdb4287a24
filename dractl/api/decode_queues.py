"""Decoding of Kueue's objects, in v1beta1 and v1beta2 (kueue 0.19, apis/kueue)."""

from collections.abc import Iterator

from dractl.api.block_yaml import Entry, entries, listed
from dractl.api.decode_fields import (
    Wire,
    child,
    each,
    flag_if_set,
    quantity_field,
    text,
    text_if_set,
    within,
)
from dractl.api.decode_shared import cluster_meta, condition, namespaced_meta
from dractl.api.decode_workloads import pod_spec
from dractl.model.claims import Condition
from dractl.model.quantity import Quantity
from dractl.model.queues import (
    AdmissionCheck,
    ClusterQueue,
    FlavorQuota,
    LocalQueue,
    QueueConfiguration,
    Workload,
)
from dractl.model.workloads import PodClaim

CONFIGURATION = "kueue-manager-config"
_CONFIGURATION_KEY = "controller_manager_config.yaml"
_MAPPINGS = ("resources", "deviceClassMappings")


def workload(document: Wire) -> Workload:
    """Read a Workload."""
    spec, status = child(document, "spec"), child(document, "status")
    active = within(document, "spec", lambda source: flag_if_set(source, "active"))
    return Workload(
        namespaced_meta(document),
        queue=text(spec, "queueName"),
        active=active is not False,
        claims=tuple(
            claim
            for claims in within(
                document, "spec", lambda source: each(source, "podSets", _claims)
            )
            for claim in claims
        ),
        cluster_queue=text(child(status, "admission"), "clusterQueue"),
        conditions=_conditions(document),
        checks=within(
            document, "status", lambda source: each(source, "admissionChecks", _check)
        ),
        requeue_at=text_if_set(child(status, "requeueState"), "requeueAt"),
    )


def _claims(pod_set: Wire) -> tuple[PodClaim, ...]:
    found: tuple[PodClaim, ...] = within(
        pod_set,
        "template",
        lambda template: within(template, "spec", lambda s: pod_spec(s)["claims"]),
    )
    return found


def _check(source: Wire) -> AdmissionCheck:
    return AdmissionCheck(
        text(source, "name"), text(source, "state"), text(source, "message")
    )


def _conditions(document: Wire) -> tuple[Condition, ...]:
    return within(
        document, "status", lambda status: each(status, "conditions", condition)
    )


def local_queue(document: Wire) -> LocalQueue:
    """Read a LocalQueue."""
    return LocalQueue(
        namespaced_meta(document),
        within(document, "spec", lambda spec: text(spec, "clusterQueue")),
        _conditions(document),
    )


def cluster_queue(document: Wire) -> ClusterQueue:
    """Read a ClusterQueue; v1beta1 has the cohort under another name."""
    reserved = within(document, "status", lambda status: dict(_reserved(status)))

    def quotas(group: Wire) -> tuple[FlavorQuota, ...]:
        found = each(group, "flavors", lambda flavor: _quotas(flavor, reserved))
        return tuple(quota for several in found for quota in several)

    groups = within(document, "spec", lambda spec: each(spec, "resourceGroups", quotas))
    return ClusterQueue(
        cluster_meta(document),
        within(
            document,
            "spec",
            lambda spec: text(spec, "cohortName") or text(spec, "cohort"),
        ),
        tuple(quota for several in groups for quota in several),
        _conditions(document),
    )


def _reserved(status: Wire) -> Iterator[tuple[tuple[str, str], Quantity]]:
    def of_flavor(flavor: Wire) -> tuple[tuple[tuple[str, str], Quantity], ...]:
        name = text(flavor, "name")
        return each(
            flavor,
            "resources",
            lambda used: ((name, text(used, "name")), quantity_field(used, "total")),
        )

    for several in each(status, "flavorsReservation", of_flavor):
        yield from several


def _quotas(
    flavor: Wire, reserved: dict[tuple[str, str], Quantity]
) -> tuple[FlavorQuota, ...]:
    name = text(flavor, "name")

    def quota(source: Wire) -> FlavorQuota:
        resource = text(source, "name")
        return FlavorQuota(
            name,
            resource,
            quantity_field(source, "nominalQuota"),
            reserved.get((name, resource), Quantity.of(0)),
        )

    return each(flavor, "resources", quota)


def configuration(document: Wire) -> QueueConfiguration:
    """Read Kueue's configuration from the ConfigMap that its manifests make."""
    source = within(document, "data", lambda data: text(data, _CONFIGURATION_KEY))
    inside = (e for e in entries(source) if e.path[: len(_MAPPINGS)] == _MAPPINGS)
    return QueueConfiguration(namespaced_meta(document), dict(_mapped(inside)))


def _mapped(inside: Iterator[Entry]) -> Iterator[tuple[str, str]]:
    """Yield device classes with the resource that counts them."""
    resource, classes = "", list[str]()
    for path, value, starts in inside:
        key = path[len(_MAPPINGS) :]
        if starts and len(key) == 1:
            yield from ((name, resource) for name in classes)
            resource, classes = "", []
        if key == ("name",):
            resource = value
        elif key == ("deviceClassNames",):
            classes += listed(value)
    yield from ((name, resource) for name in classes)
