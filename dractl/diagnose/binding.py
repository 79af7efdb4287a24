"""A cause in what follows allocation: conditions that drivers have yet to report."""

from collections.abc import Iterator

from dractl.diagnose.answer import Cause
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Change
from dractl.diagnose.table import found_in_objects
from dractl.diagnose.told import Told
from dractl.diagnose.words import listed
from dractl.model.claims import DeviceResult, ResourceClaim


@found_in_objects("binding-conditions-pending")
def pending(case: Case) -> Iterator[Told]:
    """The claim is allocated; its devices are not ready to be bound yet, or failed."""
    if case.pod is None:
        return
    for claim in case.subject.claims:
        if claim.allocation is None:
            continue
        for result in claim.allocation.results:
            told = _of(claim, result)
            if told is not None:
                yield told


def _of(claim: ResourceClaim, result: DeviceResult) -> Told | None:
    reported = {
        condition.type: condition
        for status in claim.devices
        if status.device == result.device
        for condition in status.conditions
    }
    failed = [
        name
        for name in result.binding_failure_conditions
        if name in reported and reported[name].status == "True"
    ]
    missing = [
        name
        for name in result.binding_conditions
        if name not in reported or reported[name].status != "True"
    ]
    if not failed and not missing:
        return None
    device, driver = result.device, result.device.driver
    if failed:
        said = reported[failed[0]].message or reported[failed[0]].reason
        why = f"failed: {listed(failed)}{f' ({said})' if said else ''}"
        advice = (
            f"see why driver {driver} could not make the device ready; the scheduler "
            "allocates the claim anew with its next attempt"
        )
    else:
        why = f"waits until driver {driver} reports {listed(missing)}"
        advice = (
            f"see that the controller of driver {driver} runs; the scheduler gives up "
            "after 10 minutes by default and tries other devices"
        )
    return Told(
        Cause(
            "binding-conditions-pending",
            f"claim {claim.meta.name} is allocated, but device {device} {why}",
            claim.meta.name,
            result.request,
            evidence={
                "device": str(device),
                "missing": missing,
                "failed": failed,
                "allocated": claim.allocation.timestamp if claim.allocation else None,
            },
        ),
        (Change(advice),),
    )
