"""Hazards of schedulers other than the default one, and of queues before them."""

from collections.abc import Iterator
from typing import Final

from dractl.migrate.answer import UserPlan
from dractl.migrate.hazards.registry import Case, Said, of_all, of_user
from dractl.migrate.inputs import Route, Shares
from dractl.migrate.making import SHARED
from dractl.migrate.targets import plugins
from dractl.rules.registry import Severity
from dractl.rules.subject import mapping, text

_DEFAULT: Final = "default-scheduler"
_VOLCANO: Final = "volcano"
_VOLCANO_GROUP: Final = "batch.volcano.sh"
_FLAVOR: Final = ("kueue.x-k8s.io", "ResourceFlavor")
_QUEUE: Final = "kueue.x-k8s.io/queue-name"


@of_user("scheduler-without-dra", Severity.WARNING)
def scheduler_without_dra(_case: Case, each: UserPlan) -> Iterator[Said]:
    """Another scheduler than Kubernetes' own places the pods.

    Schedulers allocate devices to claims, so each has to implement DRA itself. One that
    does not binds such pods without devices, or leaves them pending; it also takes
    classes for extended resources only if it has the scheduler's plugin of 1.34 or
    later, and its gate on.
    """
    name = text(each.user.spec, "schedulerName")
    if name not in {"", _DEFAULT, _VOLCANO} and each.targets:
        yield Said(
            f"the pods are placed by {name[:60]}, which has to allocate claims itself",
            "make sure that it implements DRA, or use the default scheduler",
            each.user.input.place((*each.user.steps, "schedulerName")),
        )


@of_user("volcano-without-dra", Severity.WARNING)
def volcano_without_dra(_case: Case, each: UserPlan) -> Iterator[Said]:
    """Volcano places the pods, which allocates claims only if told to.

    From 1.16 its predicates plugin takes the argument
    `predicate.DynamicResourceAllocationEnable: true`, beside the gate of the scheduler.
    Quotas of its queues go by `deviceclass/CLASS` then, with
    `capacity.DynamicResourceAllocationEnable` of the capacity plugin.
    """
    outer = text(mapping(each.user.input.document, "spec"), "schedulerName")
    is_volcano = _VOLCANO in {outer, text(each.user.spec, "schedulerName")}
    if (is_volcano or each.user.input.group == _VOLCANO_GROUP) and each.targets:
        yield Said(
            "Volcano places the pods; it allocates claims only if it is told to",
            "set predicate.DynamicResourceAllocationEnable: true for its plugin "
            "predicates",
        )


@of_user("queue-limits", Severity.ERROR)
def queue_limits(case: Case, each: UserPlan) -> Iterator[Said]:
    """Kueue does not admit pods with such claims.

    It counts devices of ResourceClaimTemplates with plain requests for a number of
    devices. Workloads that name a ResourceClaim directly are inadmissible, and so are
    configuration, admin access, `All` and `firstAvailable` (0.19, keps/2941-DRA).
    """
    if not _is_queued(each):
        return
    reasons = []
    if any(target.is_admin for target in each.targets.values()):
        reasons.append("admin access")
    units = {each.meanings[resource].unit for resource in each.targets}
    if case.order.shares is Shares.CLAIM and units & SHARED:
        reasons.append("a claim that pods share")
    for reason in reasons:
        yield Said(
            f"Kueue does not admit pods with {reason}",
            "leave that out, or keep the extended resource",
            route=Route.CLAIMS,
        )


@of_user("queue-mapping", Severity.WARNING)
def queue_mapping(case: Case, each: UserPlan) -> Iterator[Said]:
    """Kueue has to know under which resource it counts devices of a class.

    Its configuration maps classes to resources of queues
    (`resources.deviceClassMappings`), with the gate KueueDRAIntegration. Workloads with
    claims of a class that is not mapped are inadmissible. Requests for capacity need
    KueueDRAIntegrationConsumableCapacity, which is alpha. For classes that stand for
    extended resources it is KueueDRAIntegrationExtendedResource (0.19).
    """
    if not _is_queued(each):
        return
    mapped = {
        name
        for configuration in case.snapshot.queue_configurations
        for name in configuration.resource_by_class
    }
    wanted = {target.device_class for target in each.targets.values()}
    for name in sorted(wanted - mapped):
        yield Said(
            f"Kueue's configuration does not say as what it counts devices of {name}",
            f"map {name} in resources.deviceClassMappings",
            route=Route.CLAIMS,
        )


@of_all("queue-old-name", Severity.WARNING)
def queue_old_name(case: Case) -> Iterator[Said]:
    """A queue has its quota in the old name of the resource.

    Claims count under another name: that of Kueue's deviceClassMappings, or
    `deviceclass/CLASS` of Volcano. Until the queue has it, workloads with claims are
    not admitted, or not limited.
    """
    seen = set()
    for each in case.mentions:
        key = (each.input.number, each.resource)
        if each.role == "queue" and key not in seen and case.served.get(each.resource):
            seen.add(key)
            yield Said(
                f"its quota of {each.resource} does not count claims",
                "add the name under which devices of the class are counted",
                each.input.place(each.steps),
                Route.CLAIMS,
                each.input.title,
            )


@of_all("queue-node-labels", Severity.INFO)
def queue_node_labels(case: Case) -> Iterator[Said]:
    """A ResourceFlavor of Kueue finds nodes by labels that come with a device plugin.

    Feature discovery often comes with the chart of the device plugin. If it goes with
    that, nodes lose its labels or keep old ones, and pods of the flavor find no node.
    It can go on running beside DRA.
    """
    if not any(each.targets for each in case.users):
        return
    rows = [row for plugin in plugins(case.order) for row in plugin.labels]
    told = [row for row in rows if row.fate != "node"]
    for given in case.inputs:
        if (given.group, given.kind) != _FLAVOR:
            continue
        for label in mapping(given.document, "spec", "nodeLabels"):
            if any(row.part(str(label)) is not None for row in told):
                yield Said(
                    f"it finds nodes by {str(label)[:80]} of feature discovery",
                    "keep feature discovery on nodes that have moved, or use a label "
                    "of your own",
                    given.place(("spec", "nodeLabels", label)),
                    None,
                    given.title,
                )


def _is_queued(each: UserPlan) -> bool:
    labels = mapping(each.user.input.metadata, "labels")
    return bool(each.targets) and (_QUEUE in labels or _QUEUE in each.user.labels)
