"""Workloads whose pods are not even created: refused by the server, held by a queue."""

import re
import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from dractl.diagnose.answer import Cause, WorkloadReport
from dractl.diagnose.creations import refusal, refused
from dractl.diagnose.owners import owner_of
from dractl.diagnose.plugins import serves
from dractl.diagnose.queues import is_admitted, standing, workload_of
from dractl.model.workloads import Event
from dractl.solver.extended import IMPLICIT

if TYPE_CHECKING:
    from dractl.api.snapshot import Key
    from dractl.diagnose.world import World

_OF_DEVICES: Final = ("resource.k8s.io", "resourceclaim", "adminAccess", IMPLICIT)
_CODES: Final = {
    "quota": "quota-exceeded",
    "adminAccess": "admin-access-forbidden",
    "admin access": "admin-access-forbidden",
}
"""The cause behind a refusal, by words of its message."""
_ADVICE: Final = {
    "quota-exceeded": "raise the quota, or free what counts against it",
    "admin-access-forbidden": "label the namespace "
    'resource.kubernetes.io/admin-access: "true"',
}
# Of a Deployment's ReplicaSet, the last part of its name (rand.SafeEncodeString).
_HASH: Final = re.compile(r"[bcdfghjklmnpqrstvwxz2456789]{1,10}")


def uncreated(world: "World", namespace: str | None) -> Iterator[WorkloadReport]:
    """Yield workloads that have to do with devices and lack pods.

    Which do: those of drivers, those that are refused for devices, those of which
    other pods use claims, and those that Kueue holds back and that name claims.
    """
    for (kind, place, name), event in refused(world).items():
        if namespace in {None, place} and _is_of_devices(world, kind, event):
            yield _report(kind, place, name, event)
    for report in _held(world):
        if namespace in {None, report.namespace}:
            yield report


def uncreated_of(world: "World", owner: str, key: "Key") -> Iterator[WorkloadReport]:
    """Yield what keeps the pods of one workload away, whatever they ask for.

    A namespace of "" stands for any.
    """
    for (kind, place, name), event in refused(world).items():
        if key[0] in {"", place} and _is_meant(owner, key[1], kind, name):
            yield _report(kind, place, name, event)
    for report in _held(world):
        meant = (report.kind, report.name) == (owner, key[1])
        if meant and key[0] in {"", report.namespace}:
            yield report


def _is_meant(owner: str, wanted: str, kind: str, name: str) -> bool:
    if (owner, wanted) == (kind, name):
        return True
    # The events are about the Deployment's ReplicaSet, whose name ends in a hash.
    stem, _, suffix = name.rpartition("-")
    is_its_own = (owner, kind) == ("Deployment", "ReplicaSet") and stem == wanted
    return is_its_own and _HASH.fullmatch(suffix) is not None


# -- refused by the server


def _is_of_devices(world: "World", kind: str, event: Event) -> bool:
    key = (event.involved_namespace, event.involved_name)
    resources = world.class_by_resource
    if any(words in event.message for words in (*_OF_DEVICES, *resources)):
        return True
    if kind == "DaemonSet" and any(serves(key, each) for each in _drivers(world)):
        return True
    return any(
        pod.claims and pod.meta.namespace == key[0] and _belongs(owner_of(pod), event)
        for pod in world.snapshot.pods
    )


def _drivers(world: "World") -> frozenset[str]:
    """Return the drivers that publish, or that a class is for."""
    of_classes = (world.drivers_of(each.name) for each in world.snapshot.classes)
    known = (drivers for drivers in of_classes if drivers is not None)
    return frozenset(world.catalogue.drivers).union(*known)


def _belongs(owner: str, event: Event) -> bool:
    kind, _, name = owner.partition(" ")
    return _is_meant(kind, name, event.involved_kind, event.involved_name)


def _report(kind: str, namespace: str, name: str, event: Event) -> WorkloadReport:
    codes = (code for words, code in _CODES.items() if words in event.message)
    code = next(codes, "unknown")
    advice = _ADVICE.get(code)
    cause = Cause(
        code,
        refusal(event),
        evidence={
            "reason": event.reason,
            "event": event.message,
            "count": event.count,
            "lastSeen": event.last_seen,
        },
        fixes=() if advice is None else (advice,),
        commands=(
            shlex.join(("kubectl", "describe", kind.lower(), name, "-n", namespace)),
        ),
    )
    return WorkloadReport(kind, namespace, name, (cause,))


# -- held back by a queue


def _held(world: "World") -> Iterator[WorkloadReport]:
    """Yield what Kueue holds back without pods, such as a job that it suspends."""
    if not world.snapshot.workloads:
        return
    of_pods = (workload_of(world, pod) for pod in world.snapshot.pods)
    with_pods = {each.meta.key for each in of_pods if each is not None}
    for workload in world.snapshot.workloads:
        if not workload.claims or is_admitted(workload):
            continue
        finished = workload.condition("Finished")
        is_done = finished is not None and finished.status == "True"
        if is_done or workload.meta.key in with_pods or not workload.meta.owners:
            continue
        held = standing(world, workload)
        owner = workload.meta.owners[0]
        cause = Cause(
            "scheduling-gated",
            f"{owner.kind} {owner.name} has no pods until it is admitted; "
            f"{held.message}",
            evidence={"queue": held.evidence},
            fixes=held.advice,
        )
        yield WorkloadReport(owner.kind, workload.meta.namespace, owner.name, (cause,))
