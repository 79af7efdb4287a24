"""Claims: those that do not go, that have lost their devices, or that wait."""

from collections.abc import Iterator
from datetime import timedelta
from shlex import quote
from typing import Final

from dractl.diagnose.words import listed
from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.doctor.checks.nodes import claims_of_gone_nodes
from dractl.doctor.registry import check
from dractl.model.claims import ResourceClaim
from dractl.model.devices import DeviceId
from dractl.model.workloads import Pod
from dractl.rules.registry import Severity
from dractl.taints.moments import moment

_SOON: Final = timedelta(minutes=5)
_LONG: Final = timedelta(minutes=10)
_FEW: Final = 3
_FAILED: Final = "FailedPrepareDynamicResources"


@check("claim-deletion-stuck", Severity.ERROR)
def claims_go(case: Case) -> Iterator[Finding | Skipped]:
    """A claim is being deleted for more than five minutes.

    Its finalizer, resource.kubernetes.io/delete-protection, keeps it as long as it is
    allocated, and it is allocated as long as a pod uses it. kube-controller-manager
    takes pods off that are gone or have ended, and then the finalizer. Another
    finalizer waits for whoever has put it there. Taking a finalizer off by hand gives
    out devices that a container may still use.
    """
    for claim in case.snapshot.claims:
        since = moment(claim.meta.deletion_timestamp)
        if since is None or case.now - since < _SOON:
            continue
        consumers = case.cluster.holders.consumers(claim)
        alive = [each for each in consumers if not (each.is_gone or each.is_done)]
        why = f"since {claim.meta.deletion_timestamp}"
        if alive:
            why += f": {listed(map(str, alive), _FEW)} still use it"
            fix = "delete these pods, or let them end"
        elif consumers:
            why += f": reserved for {listed(map(str, consumers), _FEW)}, gone or ended"
            fix = "look into kube-controller-manager, which has to take them off"
        elif claim.meta.finalizers:
            why += (
                f": {listed(claim.meta.finalizers, _FEW)} keeps it, and nobody uses it"
            )
            fix = "look for whoever has to take the finalizer off"
        else:
            continue
        yield Finding(
            "claim-deletion-stuck",
            Severity.WARNING if alive else Severity.ERROR,
            why,
            _named(claim),
            fix=fix,
            commands=(_get(claim),),
            evidence={
                "finalizers": list(claim.meta.finalizers),
                "reservedFor": [str(each) for each in consumers],
            },
        )


@check("claim-device-gone", Severity.ERROR, needs=("ResourceSlice",))
def devices_are_published(case: Case) -> Iterator[Finding | Skipped]:
    """A claim is allocated a device that is not published any more.

    A pod that runs keeps it as long as it works; one that starts fails when the driver
    prepares the claim. The driver may be gone or being upgraded, the device broken, or
    its name changed, as partitions do when they are made anew. Where the node is gone
    as well, node-lost tells of the claim; where all its pods have ended or are gone,
    claim-held-in-vain does.
    """
    gone = set(case.cluster.fleet.gone)
    lost: dict[tuple[str, str], list[DeviceId]] = {}
    for device, holders in case.cluster.fleet.holders.items():
        if device in gone:
            for claim in holders:
                lost.setdefault(claim.meta.key, []).append(device)
    told = claims_of_gone_nodes(case)
    for key, devices in lost.items():
        if "/".join(key) in told:
            continue
        claim = case.snapshot.claim_by_key[key]
        consumers = case.cluster.holders.consumers(claim)
        if consumers and all(each.is_gone or each.is_done for each in consumers):
            continue
        users = f"; used by {listed(map(str, consumers), _FEW)}" if consumers else ""
        yield Finding(
            "claim-device-gone",
            Severity.ERROR if consumers else Severity.WARNING,
            f"{listed(map(str, devices), _FEW)}: not published any more{users}",
            _named(claim),
            fix="look at the driver on that node; if the device is gone for good, "
            "delete the pods, so that the claim is allocated anew",
            commands=(_get(claim),),
            evidence={"devices": [str(each) for each in devices]},
        )


@check("claim-pending", Severity.WARNING)
def claims_are_allocated(case: Case) -> Iterator[Finding | Skipped]:
    """A pod waits for the devices of its claims.

    It is told if it waits for more than ten minutes: `dractl explain` says what keeps
    it, and what would help. Pods that the scheduler has refused and that are younger
    are told in one line, to know. A claim that no pod names waits for one; that is as
    it should be.
    """
    young = []
    for pod in case.snapshot.pods:
        created = moment(pod.meta.creation_timestamp)
        waits = bool(pod.claims) and not pod.node_name and not pod.has_ended
        if not waits or pod.gates or pod.meta.deletion_timestamp is not None:
            continue
        if created is None or case.now - created < _LONG:
            young += [_pod(pod)] if _is_refused(pod) else []
            continue
        yield Finding(
            "claim-pending",
            Severity.WARNING,
            f"it waits since {pod.meta.creation_timestamp}",
            _pod(pod),
            fix="see what keeps it",
            commands=(_explained(pod),),
            evidence={"since": pod.meta.creation_timestamp},
        )
    if young:
        yield Finding(
            "claim-pending",
            Severity.INFO,
            f"refused by the scheduler, and not yet for long: {listed(young, _FEW)}",
            fix="see what keeps them",
            commands=("dractl explain pending -A",),
            evidence={"pods": young},
        )


def _is_refused(pod: Pod) -> bool:
    return any(
        each.type == "PodScheduled" and each.status == "False"
        for each in pod.conditions
    )


@check("prepare-failed", Severity.ERROR)
def claims_are_prepared(case: Case) -> Iterator[Finding | Skipped]:
    """A pod has its node and its devices, and the driver does not prepare them.

    The kubelet says so in events, FailedPrepareDynamicResources: the driver is not
    registered on that node, refuses the configuration, or cannot reach the device.
    """
    waiting = {
        pod.meta.key: pod
        for pod in case.snapshot.pods
        if pod.node_name and pod.phase == "Pending"
    }
    if waiting and not case.snapshot.events and (why := case.lack_of("Event")):
        yield Skipped("prepare-failed", why)
    told = set()
    for event in case.snapshot.events:
        key = (event.involved_namespace, event.involved_name)
        pod = waiting.get(key)
        if pod is None or event.reason != _FAILED or key in told:
            continue
        told.add(key)
        yield Finding(
            "prepare-failed",
            Severity.ERROR,
            event.message,
            _pod(pod),
            f"node {pod.node_name}",
            "look at the driver's pod on that node",
            (_explained(pod),),
            {"message": event.message, "count": event.count},
        )


def _named(claim: ResourceClaim) -> str:
    return f"ResourceClaim/{claim.meta.namespace}/{claim.meta.name}"


def _get(claim: ResourceClaim) -> str:
    space, name = map(quote, claim.meta.key)
    return f"dractl explain claim {name} -n {space}"


def _pod(pod: Pod) -> str:
    return f"Pod/{pod.meta.namespace}/{pod.meta.name}"


def _explained(pod: Pod) -> str:
    space, name = map(quote, pod.meta.key)
    return f"dractl explain pod {name} -n {space}"
