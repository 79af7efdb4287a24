"""The eviction controller of 1.36, written down step by step.

It shares nothing with what it is compared to: it walks over everything each time, as
pkg/controller/devicetainteviction describes it.
"""

from datetime import datetime, timedelta

from dractl.api.snapshot import Snapshot
from dractl.model.claims import DeviceResult, ResourceClaim, Toleration
from dractl.model.devices import Taint
from dractl.model.taintrules import DeviceTaintRule
from dractl.model.workloads import Pod


def eviction_time(pod: Pod, snapshot: Snapshot) -> datetime | None:
    """Return when the pod is deleted; None: never."""
    if pod.node_name == "":
        return None
    earliest: datetime | None = None
    for entry in pod.claims:
        if entry.claim is None:
            continue  # the clusters of these tests have no templates
        for claim in snapshot.claims:
            if claim.meta.key != (pod.meta.namespace, entry.claim):
                continue
            if claim.allocation is None or not _is_reserved(claim, pod):
                continue
            when = _claim_time(claim, snapshot)
            if when is not None and (earliest is None or when < earliest):
                earliest = when
    return earliest


def _is_reserved(claim: ResourceClaim, pod: Pod) -> bool:
    for reference in claim.reserved_for:
        if reference.resource == "pods" and reference.uid == pod.meta.uid:
            return True
    return False


def _claim_time(claim: ResourceClaim, snapshot: Snapshot) -> datetime | None:
    earliest: datetime | None = None
    assert claim.allocation is not None, "the caller has looked"
    for result in claim.allocation.results:
        for taint in _taints(result, snapshot):
            when = _taint_time(taint, result)
            if when is not None and (earliest is None or when < earliest):
                earliest = when
    return earliest


def _taint_time(taint: Taint, result: DeviceResult) -> datetime | None:
    if taint.time_added is None:
        return None
    when = datetime.fromisoformat(taint.time_added)
    smallest: int | None = None
    for toleration in result.tolerations:
        if toleration.effect != "NoExecute" or not _matches(toleration, taint):
            continue
        if toleration.seconds is None:
            return None
        seconds = max(toleration.seconds, 0)
        if smallest is None or seconds < smallest:
            smallest = seconds
    return when if smallest is None else when + timedelta(seconds=smallest)


def _matches(toleration: Toleration, taint: Taint) -> bool:
    if toleration.key not in ("", taint.key):
        return False
    if toleration.operator == "Exists":
        return True
    return toleration.operator in ("", "Equal") and toleration.value == taint.value


def _taints(result: DeviceResult, snapshot: Snapshot) -> list[Taint]:
    found: list[Taint] = []
    driver, pool, name = result.device
    newest = 0
    for each in snapshot.slices:
        if (each.driver, each.pool) == (driver, pool):
            newest = max(newest, each.generation)
    for each in snapshot.slices:
        if (each.driver, each.pool, each.generation) != (driver, pool, newest):
            continue
        for device in each.devices:
            if device.name == name:
                found += [t for t in device.taints if t.effect == "NoExecute"]
    for rule in snapshot.taint_rules:
        if rule.taint.effect == "NoExecute" and _selects(rule, result):
            found.append(rule.taint)
    return found


def _selects(rule: DeviceTaintRule, result: DeviceResult) -> bool:
    if not rule.selects:
        return False
    driver, pool, device = result.device
    if rule.driver is not None and rule.driver != driver:
        return False
    if rule.pool is not None and rule.pool != pool:
        return False
    return rule.device is None or rule.device == device
