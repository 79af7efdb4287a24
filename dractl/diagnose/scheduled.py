"""Causes in pods that have a node: what keeps the kubelet from starting them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from dractl.diagnose.answer import Cause
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Change
from dractl.diagnose.kubelet import (
    Word,
    told_once,
    words_of_events,
    words_of_status,
)
from dractl.diagnose.plugins import ailing
from dractl.diagnose.table import found_on_node
from dractl.diagnose.told import Told
from dractl.diagnose.words import listed
from dractl.model.claims import (
    Condition,
    DeviceResult,
    DeviceStatus,
    ResourceClaim,
)
from dractl.model.workloads import Pod

_PREPARING: Final = ("FailedPrepareDynamicResources", "FailedPrepareDynamicResource")
_STARTING: Final = ("FailedCreatePodSandBox", "Failed", "FailedMount")
_CREATING: Final = ("CreateContainerError", "RunContainerError")
_OF_DEVICES: Final = ("CDI", "no such device", "resource claim", "ResourceClaim")

ADVICE: Final[Mapping[str, str]] = {
    "registered": "see that the driver's pod runs on the node and has registered with "
    "the kubelet",
    "DeadlineExceeded": "the driver does not answer in time: read the log of its "
    "pod on the node",
    "Unavailable": "the driver's socket is gone: see that its pod runs on the node",
    "connection refused": "the driver's socket is dead: restart its pod on the node",
    "unknown field": "the opaque parameters of the claim or class have a field that "
    "this driver version does not know",
    "strict decoding": "the opaque parameters of the claim or class do not suit this "
    "driver version",
    "already prepared": "the driver remembers a claim that is gone: restart its pod; "
    "if that does not help, its checkpoint on the node has to go",
    "checkpoint": "the driver cannot read its checkpoint, as after an up- or downgrade",
    "no such device": "the device has vanished from the node: compare with "
    "kubectl get resourceslices",
    "CDI": "the CDI files on the node do not name the device: restart the driver's pod",
    "not allowed to use": "the claim is not reserved for this pod",
}
"""What to do, by words of the message."""

GOOD: Final = frozenset({"Ready", "Healthy", "Available", "Online", "Up", "Succeeded"})
BAD: Final = frozenset(
    {
        *("Unhealthy", "Degraded", "Failed", "Faulty", "Error"),
        *("Offline", "Down", "Unavailable", "Lost"),
    }
)


def _pod(case: Case) -> Pod:
    assert case.pod is not None, "only pods are scheduled"
    return case.pod


def _claims(case: Case) -> list[ResourceClaim]:
    """Return the claims of the pod, the one for extended resources included."""
    pod = _pod(case)
    found = list(case.subject.claims)
    if pod.extended_claim:
        key = (pod.meta.namespace, pod.extended_claim)
        if (claim := case.world.snapshot.claim_by_key.get(key)) is not None:
            found.append(claim)
    return found


@found_on_node("no-scheduler")
def bypassed(case: Case) -> Iterator[Told]:
    """The pod was given its node by hand, so that nobody allocated its claims."""
    pod = _pod(case)
    if pod.phase != "Pending" or any(
        each.type == "PodScheduled" and each.status == "True" and _is_bound(case, pod)
        for each in pod.conditions
    ):
        return
    open_claims = [each for each in _claims(case) if each.allocation is None]
    if not open_claims:
        return
    names = listed(each.meta.name for each in open_claims)
    yield Told(
        Cause(
            "no-scheduler",
            f"spec.nodeName {pod.node_name} bypasses the scheduler, so nobody "
            f"allocates claim {names}",
            open_claims[0].meta.name,
            nodes=(pod.node_name,),
            evidence={
                "nodeName": pod.node_name,
                "claims": [each.meta.name for each in open_claims],
            },
        ),
        (
            Change(
                "leave out nodeName; use a node selector on kubernetes.io/hostname "
                f"{pod.node_name} instead"
            ),
        ),
    )


def _is_bound(case: Case, pod: Pod) -> bool:
    """Tell whether a scheduler bound the pod, which it does after allocating."""
    return any(
        event.reason == "Scheduled"
        for event in case.world.events_of("Pod", pod.meta.key)
    )


@found_on_node("prepare-failed")
def prepare_failed(case: Case) -> Iterator[Told]:
    """The kubelet cannot prepare the devices of the pod."""
    pod = _pod(case)
    if pod.phase != "Pending":
        return
    if any(bypassed(case)):
        return  # what follows from that is no other cause
    failed = _failures(case, pod)
    if failed:
        yield _failed(case, pod, failed)
        return
    for claim in _claims(case):
        if claim.allocation is not None and not _is_reserved(claim, pod):
            consumers = case.world.holders.consumers(claim)
            others = listed(map(str, consumers), 3) or "nobody"
            yield Told(
                Cause(
                    "prepare-failed",
                    f"claim {claim.meta.name} is allocated, but reserved for {others} "
                    "and not for this pod, so the kubelet refuses to use it",
                    claim.meta.name,
                    nodes=(pod.node_name,),
                    evidence={"reservedFor": [str(each) for each in consumers]},
                ),
                (Change("delete the pod, so that the scheduler places a new one"),),
            )


def _failures(case: Case, pod: Pod) -> list[Word]:
    """Return what is said of devices that cannot be prepared, the latest event first.

    Sandboxes and containers fail for many reasons; only words of devices count.
    """
    events = case.world.events_of("Pod", pod.meta.key, *_PREPARING)
    failed = words_of_events(events)
    if not _claims(case):
        return failed
    names = {
        name
        for result in _results(case)
        for name in (result.device.driver, result.device.device)
    }
    events = case.world.events_of("Pod", pod.meta.key, *_STARTING)
    starting = words_of_events(events)
    starting += [each for each in words_of_status(pod) if each.reason in _CREATING]
    of_devices = [
        word
        for word in starting
        if any(each in word.message for each in (*_OF_DEVICES, *names))
    ]
    return told_once([*failed, *of_devices])


def _results(case: Case) -> list[DeviceResult]:
    return [
        result
        for claim in _claims(case)
        for result in (claim.allocation.results if claim.allocation else ())
    ]


def _failed(case: Case, pod: Pod, said: Sequence[Word]) -> Told:
    latest = said[0]
    advice = [text for words, text in ADVICE.items() if words in latest.message]
    drivers = sorted({result.device.driver for result in _results(case)})
    gone = [str(result.device) for result in _gone(case, _results(case))]
    message = f"the kubelet on {pod.node_name} cannot prepare the pod: {latest.message}"
    if gone:
        message += f"; no slice has {listed(gone)} any more"
    changes = [Change(text) for text in advice]
    if not advice:
        named = f"driver {listed(drivers)}" if drivers else "the driver"
        changes.append(Change(f"read the log of {named} on node {pod.node_name}"))
    ill = ailing(case.world, drivers, pod.node_name)
    changes += [Change(f"look at why {each}") for each in ill]
    claims = _claims(case)
    return Told(
        Cause(
            "prepare-failed",
            message,
            claims[0].meta.name if len(claims) == 1 else None,
            nodes=(pod.node_name,),
            evidence={
                "reason": latest.reason,
                "event": latest.message,
                "count": latest.count,
                "lastSeen": latest.last_seen,
                "said": [each.described for each in said],
                "drivers": drivers,
                "goneDevices": gone,
            },
        ),
        tuple(changes),
    )


def _is_reserved(claim: ResourceClaim, pod: Pod) -> bool:
    return any(
        each.resource != "pods"
        or (each.name == pod.meta.name and each.uid in {"", pod.meta.uid})
        for each in claim.reserved_for
    )


# -- health


@found_on_node("device-unhealthy")
def unhealthy(case: Case) -> Iterator[Told]:
    """The kubelet or the driver says that a device of the pod is not healthy."""
    pod = _pod(case)
    for report in pod.health:
        if report.health != "Unhealthy":
            continue
        said = f": {report.message}" if report.message else ""
        yield Told(
            Cause(
                "device-unhealthy",
                f"container {report.container}: device {report.device} of "
                f"{report.resource} is unhealthy{said}",
                nodes=(pod.node_name,),
                evidence={
                    "container": report.container,
                    "resource": report.resource,
                    "device": report.device,
                    "health": report.health,
                    "message": report.message or None,
                },
            ),
            _replacing(pod),
        )
    for claim in _claims(case):
        for status in claim.devices:
            yield from _from_status(pod, claim, status)
        if pod.phase == "Pending" and claim.allocation is not None:
            yield from _vanished(case, pod, claim)


def _vanished(case: Case, pod: Pod, claim: ResourceClaim) -> Iterator[Told]:
    """Yield devices that a pod got before it ran, and that are published no more."""
    assert claim.allocation is not None, "the caller has looked"
    gone = [str(each.device) for each in _gone(case, claim.allocation.results)]
    if gone and not _failures(case, pod):
        yield Told(
            Cause(
                "device-unhealthy",
                f"claim {claim.meta.name} has {listed(gone)}, which no slice has any "
                "more",
                claim.meta.name,
                nodes=(pod.node_name,),
                evidence={"devices": gone},
            ),
            (Change("delete the pod, so that a new one gets other devices"),),
        )


def _gone(case: Case, results: Iterable[DeviceResult]) -> list[DeviceResult]:
    """Return devices that drivers no longer publish, though they publish others."""
    return [
        result
        for result in results
        if result.device not in case.world.device_by_id
        and result.device.driver in case.world.catalogue.drivers
    ]


def _from_status(
    pod: Pod, claim: ResourceClaim, status: DeviceStatus
) -> Iterator[Told]:
    for condition in status.conditions:
        if not is_bad(condition):
            continue
        said = condition.message or condition.reason
        yield Told(
            Cause(
                "device-unhealthy",
                f"device {status.device} of claim {claim.meta.name} reports "
                f"{condition.type}={condition.status}{f': {said}' if said else ''}",
                claim.meta.name,
                nodes=(pod.node_name,),
                evidence={
                    "device": str(status.device),
                    "condition": condition.type,
                    "status": condition.status,
                    "reason": condition.reason or None,
                    "message": condition.message or None,
                },
            ),
            _replacing(pod),
        )


def is_bad(condition: Condition) -> bool:
    """Tell whether a driver's condition says that a device is not well.

    Drivers are free in what they report; only names whose meaning is plain count.
    """
    if condition.type in GOOD:
        return condition.status == "False"
    return condition.type in BAD and condition.status == "True"


def _replacing(pod: Pod) -> tuple[Change, ...]:
    return (
        Change(
            f"have the device looked at on node {pod.node_name}; taint it, so that "
            "nobody else gets it, and delete the pod"
        ),
    )
