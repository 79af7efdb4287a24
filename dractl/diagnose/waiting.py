"""Causes in the pod and in the state of its claims: gates, schedulers, deletions."""

import dataclasses
from collections.abc import Iterator
from functools import partial

from dractl.diagnose.answer import Cause
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Change
from dractl.diagnose.queues import held_by_queue
from dractl.diagnose.table import found_in_objects
from dractl.diagnose.told import Told
from dractl.diagnose.words import listed
from dractl.model.claims import ResourceClaim
from dractl.solver.subjects import Subject


@found_in_objects("claim-being-deleted")
def being_deleted(case: Case) -> Iterator[Told]:
    """A claim of the pod is on its way out; new pods cannot use it."""
    for claim in case.subject.claims:
        if claim.meta.deletion_timestamp is None:
            continue
        yield deletion_of(case, claim)


def deletion_of(case: Case, claim: ResourceClaim) -> Told:
    """Return why a claim that is being deleted is still there."""
    consumers = case.world.holders.consumers(claim)
    alive = [each for each in consumers if not each.is_gone and not each.is_done]
    idle = [each for each in consumers if each.is_gone or each.is_done]
    parts = [f"since {claim.meta.deletion_timestamp}"]
    if alive:
        parts.append(f"{listed(map(str, alive), 3)} still use it")
    if idle:
        parts.append(f"it is reserved for {listed(map(str, idle), 3)}, gone or ended")
    if claim.meta.finalizers:
        parts.append(f"finalizers: {listed(claim.meta.finalizers, 3)}")
    changes = []
    if alive:
        changes.append(Change(f"delete {listed(map(str, alive), 3)}, or let it end"))
    elif idle:
        changes.append(
            Change(
                "look into kube-controller-manager: it takes such pods off the claim "
                "and then removes the finalizer"
            )
        )
    elif claim.meta.finalizers:
        changes.append(
            Change("look for whoever has to remove the finalizer; the claim is unused")
        )
    return Told(
        Cause(
            "claim-being-deleted",
            f"claim {claim.meta.name} is being deleted ({'; '.join(parts)})",
            claim.meta.name,
            evidence={
                "deletionTimestamp": claim.meta.deletion_timestamp,
                "finalizers": list(claim.meta.finalizers),
                "reservedFor": [str(each) for each in consumers],
                "gone": [str(each) for each in consumers if each.is_gone],
                "finished": [str(each) for each in consumers if each.is_done],
            },
        ),
        tuple(changes),
    )


@found_in_objects("scheduling-gated")
def gated(case: Case) -> Iterator[Told]:
    """The pod has scheduling gates; until they are gone, nobody schedules it."""
    if case.pod is None or not case.pod.gates:
        return
    gates = listed(case.pod.gates)
    queue = held_by_queue(case.world, case.pod)
    advice = queue.advice or (f"look for the controller that removes {gates}",)
    yield Told(
        Cause(
            "scheduling-gated",
            f"the pod waits until its scheduling gates are removed: {gates}"
            f"{queue.message}",
            evidence={"gates": list(case.pod.gates), **queue.evidence},
        ),
        tuple(map(Change, advice)),
    )


@found_in_objects("no-scheduler")
def no_scheduler(case: Case) -> Iterator[Told]:
    """No scheduler acts on pods of this schedulerName, as far as can be seen."""
    pod = case.pod
    if pod is None or pod.scheduler_name in {"", "default-scheduler"}:
        return
    name = pod.scheduler_name
    if any(each.type == "PodScheduled" for each in pod.conditions) and not pod.gates:
        return  # somebody has looked at it
    if case.world.is_active(name):
        return
    yield Told(
        Cause(
            "no-scheduler",
            f"nobody schedules for schedulerName {name}: no pod with it has a node, "
            "and no event is from it",
            evidence={"schedulerName": name},
        ),
        (
            Change(
                "use schedulerName default-scheduler",
                partial(_with_scheduler, name="default-scheduler"),
            ),
            Change(f"start the scheduler {name}, or look into its log"),
        ),
    )


def _with_scheduler(subject: Subject, name: str) -> Subject:
    assert subject.pod is not None
    pod = dataclasses.replace(subject.pod, scheduler_name=name)
    return dataclasses.replace(subject, pod=pod)
