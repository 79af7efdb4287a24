"""What kubelets report of devices, in the status of the pods that have them.

Follows Kubernetes 1.36, pkg/kubelet/cm/dra/manager.go (UpdateAllocatedResourcesStatus):
a device of a claim is named by its first CDI device, or by driver, pool and device. It
says nothing of claims for extended resources: what names no claim is of a plugin.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dractl.api.snapshot import Snapshot
from dractl.health.answer import Level, Sign, Subject, Thing
from dractl.model.claims import ResourceClaim
from dractl.model.devices import DeviceId
from dractl.model.workloads import DeviceHealth, Pod
from dractl.taints.eviction import claim_of

_CLAIM: Final = "claim:"
_LEVELS: Final = {"Healthy": Level.HEALTHY, "Unhealthy": Level.UNHEALTHY}
_UNKNOWN: Final = "Unknown"  # also what it says of drivers that never report


class Report(NamedTuple):
    """What is said of a device: by the kubelet of a pod, or by the file of a claim."""

    subject: Subject
    sign: Sign
    pod: Pod | None = None
    claim: ResourceClaim | None = None


def reports_of(snapshot: Snapshot) -> Iterator[Report]:
    """Yield what kubelets report; what several containers share, once for each pod."""
    for pod in snapshot.pods:
        if not pod.health or pod.has_ended:
            continue
        said: dict[tuple[str, str, str, str], DeviceHealth] = {}
        for each in pod.health:
            said[each.resource, each.device, each.health, each.message] = each
        for each in said.values():
            yield _report(snapshot, pod, each)


def _report(snapshot: Snapshot, pod: Pod, report: DeviceHealth) -> Report:
    subject: Subject | None = None
    name, request, claim = "", "", None
    if report.resource.startswith(_CLAIM):
        name, _, request = report.resource.removeprefix(_CLAIM).partition("/")
        entries = [each for each in pod.claims if each.name == name]
        claim = claim_of(pod, entries[0], snapshot) if entries else None
    if claim is not None:
        subject = _named(report.device, _devices(claim, request))
    if subject is None:
        subject = Thing(report.resource, report.device, pod.node_name)
    return Report(subject, _sign(report), pod, claim)


def _sign(report: DeviceHealth) -> Sign:
    more = f": {report.message}" if report.message else ""
    if report.health == _UNKNOWN and not more:
        more = ", so that its driver tells it nothing, or has not for long"
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


def _devices(claim: ResourceClaim, request: str) -> list[DeviceId]:
    """Return what a claim was given for a request, "" for all, each device once."""
    results = () if claim.allocation is None else claim.allocation.results
    base = request.partition("/")[0]  # the kubelet leaves out subrequests as well
    return list(
        dict.fromkeys(
            each.device
            for each in results
            if not base or each.request.partition("/")[0] == base
        )
    )


def _named(text: str, devices: Sequence[DeviceId]) -> DeviceId | None:
    """Return the device that a report names: as a whole, or as CDI has it.

    CDI's name ends with that of the device, perhaps after a claim's UID, and its vendor
    often has the driver in it. Where there is one device only, it is that.
    """
    vendor, _, name = text.rpartition("=")
    found = [each for each in devices if text in {str(each), each.device}]
    for has_driver in (True, False):
        found = found or [
            each
            for each in devices
            if vendor
            and (name == each.device or name.endswith(f"-{each.device}"))
            and (each.driver in vendor or not has_driver)
        ]
    longest = max((len(each.device) for each in found), default=0)
    found = [each for each in found if len(each.device) == longest] or [*devices]
    return found[0] if len(found) == 1 else None
