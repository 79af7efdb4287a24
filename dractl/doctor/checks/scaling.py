"""What adds nodes, queues pods or places them: whether it looks at claims."""

from collections.abc import Iterable, Iterator
from typing import Final

from dractl.catalogue.drivers import drivers_of
from dractl.cel.errors import SelectorCompileError
from dractl.diagnose.queues import classes_of
from dractl.diagnose.words import counted, listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.asking import compiled
from dractl.doctor.case import Case
from dractl.doctor.registry import check
from dractl.model.claims import ClaimSpec
from dractl.model.cluster import KubernetesVersion
from dractl.model.workloads import Pod
from dractl.rules.registry import Severity
from dractl.solver.subjects import is_waiting

_KARPENTER: Final = "karpenter.sh/nodepool"
_READY: Final = KubernetesVersion(1, 35)
_DEFAULT: Final = "default-scheduler"
_SUPPORT: Final = {
    "volcano": "Volcano allocates claims only with "
    "predicate.DynamicResourceAllocationEnable: true for its plugin predicates (1.16)",
    "kai-scheduler": "KAI-Scheduler allocates claims, but skips devices that draw on "
    "counters (kai-scheduler/KAI-Scheduler#2100)",
}
"""What is known of schedulers other than Kubernetes' own."""


@check("karpenter-ignores-claims", Severity.WARNING)
def karpenter_ignores_claims(case: Case) -> Iterator[Finding | Skipped]:
    """Karpenter adds nodes here, and ignores claims unless it is told otherwise.

    Its option --ignore-dra-requests (IGNORE_DRA_REQUESTS) is true by default: pods with
    claims get no node for their devices. Support is alpha in the provider of AWS (1.15,
    settings.enableDRA), without admin access, counters, capacity and alternatives. What
    it runs with, no object says; it is a warning while pods with claims wait.
    """
    labelled = any(_KARPENTER in each.meta.labels for each in case.snapshot.nodes)
    if not (case.snapshot.node_pools or labelled) or not case.snapshot.claims:
        return
    waiting = [*_waiting(case)]
    yield Finding(
        "karpenter-ignores-claims",
        Severity.WARNING if waiting else Severity.INFO,
        f"Karpenter adds nodes here, and by default none for claims{_told(waiting)}",
        fix="set IGNORE_DRA_REQUESTS=false where its provider supports DRA, or keep "
        "enough nodes with devices",
        evidence={"pods": [_named(each) for each in waiting]},
    )


@check("cluster-autoscaler", Severity.WARNING)
def cluster_autoscaler(case: Case) -> Iterator[Finding | Skipped]:
    """The Cluster Autoscaler is not well, or too old to look at claims.

    It looks at claims from 1.35 on; before, only with
    --enable-dynamic-resource-allocation. Its release is taken for the cluster's. Of
    groups without nodes, autoscaler-empty-group tells.
    """
    if not case.snapshot.claims:
        return
    for status in case.snapshot.autoscalers:
        if case.snapshot.profile.version < _READY:
            yield Finding(
                "cluster-autoscaler",
                Severity.WARNING,
                "it looks at claims by default from 1.35 on",
                "Cluster Autoscaler",
                fix="run it with --enable-dynamic-resource-allocation",
            )
        if status.health not in {"", "Healthy"}:
            yield Finding(
                "cluster-autoscaler",
                Severity.WARNING,
                f"it says that the cluster is {status.health}",
                "Cluster Autoscaler",
                fix="read its status: it adds no node while that is so",
            )
        backed = [each for each in status.groups if each.scale_up == "Backoff"]
        if backed:
            said = listed(
                f"{each.name}{f' ({each.said})' if each.said else ''}"
                for each in backed
            )
            yield Finding(
                "cluster-autoscaler",
                Severity.WARNING,
                f"it could not add nodes, and waits before it tries again: {said}",
                "Cluster Autoscaler",
                fix="look for the quota of the cloud, or for devices that it lacks",
                evidence={"nodeGroups": [each.name for each in backed]},
            )


@check("autoscaler-empty-group", Severity.WARNING)
def autoscaler_empty_group(case: Case) -> Iterator[Finding | Skipped]:
    """Pods wait for devices that no node has, and a node group is empty.

    The Cluster Autoscaler copies the slices of a group from one of its nodes. A group
    without nodes grows for claims only where the code of the cloud predicts which
    devices its nodes will have; elsewhere it stays empty, and nothing is said
    (kubernetes/autoscaler#10199).
    """
    empty = [
        group.name
        for status in case.snapshot.autoscalers
        for group in status.groups
        if group.target == 0 and group.most != 0
    ]
    if not empty or case.lack_of("ResourceSlice"):
        return
    absent = _absent_classes(case)
    waiting = [
        each
        for each in (_waiting(case) if absent else ())
        if not absent.isdisjoint(_wanted(case, each))
    ]
    if waiting:
        yield Finding(
            "autoscaler-empty-group",
            Severity.WARNING,
            f"no node has the devices{_told(waiting)}; without nodes: {listed(empty)}",
            "Cluster Autoscaler",
            fix="keep one node in the group that has the devices",
            evidence={
                "pods": [_named(each) for each in waiting],
                "nodeGroups": empty,
            },
        )


def _absent_classes(case: Case) -> set[str]:
    """Return the classes of drivers that publish nothing."""
    published = case.cluster.fleet.pools_of
    found = set()
    for each in case.snapshot.classes:
        try:
            selectors = compiled(case, each.selectors)
        except SelectorCompileError:
            continue
        drivers = drivers_of(selectors)
        if drivers and published.keys().isdisjoint(drivers):
            found.add(each.name)
    return found


@check("kueue-unmapped-class", Severity.WARNING)
def kueue_unmapped_class(case: Case) -> Iterator[Finding | Skipped]:
    """Kueue does not know under which resource it counts devices of a class.

    Its configuration maps classes to resources of queues
    (resources.deviceClassMappings). Workloads with claims of a class that is not mapped
    are admitted without a quota for it, or not at all, by release
    (kubernetes-sigs/kueue#10504).
    """
    used: dict[str, list[str]] = {}
    for workload in case.snapshot.workloads:
        for name in classes_of(case.snapshot, workload):
            used.setdefault(name, []).append("/".join(workload.meta.key))
    configurations = case.snapshot.queue_configurations
    if used and not configurations:
        yield Skipped("kueue-unmapped-class", "Kueue's configuration was not read")
        return
    mapped = {name for each in configurations for name in each.resource_by_class}
    for name in sorted(used.keys() - mapped):
        yield Finding(
            "kueue-unmapped-class",
            Severity.WARNING,
            f"Workload {listed(used[name])} asks for class {name}, and Kueue's "
            "configuration does not say as what it counts",
            f"DeviceClass/{name}",
            fix=f"map {name} in resources.deviceClassMappings, and restart Kueue",
            evidence={"workloads": used[name]},
        )


@check("scheduler-support", Severity.WARNING)
def scheduler_support(case: Case) -> Iterator[Finding | Skipped]:
    """Pods with claims are placed by another scheduler than Kubernetes' own.

    Schedulers allocate devices to claims, so each has to implement DRA itself. One that
    does not binds such pods without devices, or leaves them pending. It is a warning
    while such pods wait; where all of them run, it does.
    """
    found: dict[str, list[Pod]] = {}
    for pod in case.snapshot.pods:
        if pod.claims and pod.scheduler_name != _DEFAULT:
            found.setdefault(pod.scheduler_name, []).append(pod)
    for name, pods in sorted(found.items()):
        waiting = [each for each in pods if is_waiting(each) and not each.gates]
        if not waiting and any(each.phase == "Running" for each in pods):
            continue
        known = _SUPPORT.get(name, "it has to allocate claims itself")
        yield Finding(
            "scheduler-support",
            Severity.WARNING if waiting else Severity.INFO,
            f"{counted(len(pods), 'pod')} with claims of scheduler {name}: {known}"
            f"{_told(waiting)}",
            f"scheduler {name}",
            fix="make sure that it implements DRA, or use the default scheduler",
            evidence={"pods": [_named(each) for each in pods]},
        )


@check("no-preemption", Severity.WARNING)
def no_preemption(case: Case) -> Iterator[Finding | Skipped]:
    """A pod waits for devices that pods of lower priority have.

    The scheduler takes no devices away for pods of higher priority: preemption ends a
    pod, but what it would free of devices is not looked at (KEP-5690, which is planned
    as alpha for 1.38). Devices are told by the class that both ask for.
    """
    holders = _holders(case)
    asking: dict[str, list[Pod]] = {}
    for pod in _waiting(case):
        for name in _wanted(case, pod):
            asking.setdefault(name, []).append(pod)
    for name, waiting in sorted(asking.items()):
        have = holders.get(name, ())
        least = min((each.priority for each in have), default=None)
        above = [
            each for each in waiting if least is not None and each.priority > least
        ]
        most = max((each.priority for each in above), default=0)
        below = [each for each in have if above and each.priority < most]
        if below:
            yield Finding(
                "no-preemption",
                Severity.WARNING,
                f"{listed(map(_named, above))} wait for it with priority up to {most}, "
                f"and pods with less have such devices: {listed(map(_named, below))}",
                f"DeviceClass/{name}",
                fix="delete pods of lower priority: no scheduler does it for devices",
                evidence={
                    "waiting": [_named(each) for each in above],
                    "holding": [_named(each) for each in below],
                },
            )


def _waiting(case: Case) -> Iterator[Pod]:
    """Yield the pods with claims that wait for a node, and are not held back."""
    for pod in case.snapshot.pods:
        if pod.claims and is_waiting(pod) and not pod.gates:
            yield pod


def _wanted(case: Case, pod: Pod) -> set[str]:
    """Return the classes that the pod still waits for."""
    namespace, snapshot = pod.meta.namespace, case.snapshot
    found: set[str] = set()
    for entry in pod.claims:
        name = entry.claim or pod.claim_names.get(entry.name)
        claim = snapshot.claim_by_key.get((namespace, name or ""))
        template = snapshot.template_by_key.get((namespace, entry.template or ""))
        if claim is not None and claim.allocation is None:
            found |= _classes(claim.spec)
        elif claim is None and template is not None:
            found |= _classes(template.spec)
    return found


def _holders(case: Case) -> dict[str, list[Pod]]:
    """Return the pods that have devices, by the classes that they were asked by."""
    found: dict[str, dict[str, Pod]] = {}
    for claim in case.snapshot.claims:
        if claim.allocation is None:
            continue
        for consumer in case.cluster.holders.consumers(claim):
            if consumer.pod is not None and not consumer.is_done:
                for name in _classes(claim.spec):
                    own = found.setdefault(name, {})
                    own[_named(consumer.pod)] = consumer.pod
    return {name: list(pods.values()) for name, pods in found.items()}


def _classes(spec: ClaimSpec) -> set[str]:
    options = (each for request in spec.requests for each in request.options)
    return {each.device_class for each in options if not each.admin_access}


def _told(waiting: Iterable[Pod]) -> str:
    names = [*map(_named, waiting)]
    verb = "waits" if len(names) == 1 else "wait"
    return f"; {listed(names)} {verb}" if names else ""


def _named(pod: Pod) -> str:
    return "/".join(pod.meta.key)
