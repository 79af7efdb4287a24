"""What kubelets report of devices, in the status of the pods that have them.

Follows Kubernetes 1.36, pkg/kubelet/cm/dra/manager.go (UpdateAllocatedResourcesStatus):
a device of a claim is named by its CDI device, or by driver, pool and device.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.health.answer import Level, Sign, Subject, Thing
from dractl.model.claims import DeviceResult, ResourceClaim
from dractl.model.workloads import DeviceHealth, Pod
from dractl.taints.eviction import claim_of

_CLAIM: Final = "claim:"
_LEVELS: Final = {"Healthy": Level.HEALTHY, "Unhealthy": Level.UNHEALTHY}
_DONE: Final = frozenset({"Succeeded", "Failed"})


class Report(NamedTuple):
    """What one kubelet says of a device of one pod."""

    subject: Subject
    sign: Sign
    pod: Pod


def reports_of(snapshot: Snapshot) -> Iterator[Report]:
    """Yield what kubelets report; what several containers share, once for each pod."""
    for pod in snapshot.pods:
        if not pod.health or pod.phase in _DONE:
            continue
        said: dict[tuple[str, str, str, str], DeviceHealth] = {}
        for each in pod.health:
            said[each.resource, each.device, each.health, each.message] = each
        for each in said.values():
            yield Report(_subject(snapshot, pod, each), _sign(each), pod)


def _sign(report: DeviceHealth) -> Sign:
    more = f": {report.message}" if report.message else ""
    return Sign(
        "kubelet",
        _LEVELS.get(report.health, Level.UNKNOWN),
        f"the kubelet reports {report.health or 'nothing clear'}{more}",
        evidence={
            "resource": report.resource,
            "device": report.device,
            "health": report.health,
            "message": report.message or None,
        },
    )


def _subject(snapshot: Snapshot, pod: Pod, report: DeviceHealth) -> Subject:
    results = list(_results(snapshot, pod, report))
    found = [each for each in results if _is_named(report.device, each)]
    if not found and len(results) == 1:
        found = results
    if len(found) == 1:
        return found[0].device
    return Thing(report.resource, report.device, pod.node_name)


def _results(
    snapshot: Snapshot, pod: Pod, report: DeviceHealth
) -> Iterator[DeviceResult]:
    """Yield what the pod was given for the claim or request that a report names."""
    claim: ResourceClaim | None = None
    request = ""
    if report.resource.startswith(_CLAIM):
        name, _, request = report.resource.removeprefix(_CLAIM).partition("/")
        entries = [each for each in pod.claims if each.name == name]
        claim = claim_of(pod, entries[0], snapshot) if entries else None
    elif pod.extended_claim:
        claim = snapshot.claim_by_key.get((pod.meta.namespace, pod.extended_claim))
    if claim is None or claim.allocation is None:
        return
    for each in claim.allocation.results:
        if request in {"", each.request, each.request.partition("/")[0]}:
            yield each


def _is_named(text: str, result: DeviceResult) -> bool:
    """Tell whether the name in a report is that of a device: whole, or that of CDI."""
    if text in {str(result.device), result.device.device}:
        return True
    _, equals, name = text.partition("=")
    device = result.device.device
    return bool(equals) and (name == device or name.endswith(f"-{device}"))
