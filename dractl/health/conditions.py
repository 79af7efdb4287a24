"""What the conditions mean that drivers write into the status of claims.

Drivers are free in what they report (KEP-4817 recommends Ready), so that only types
count whose meaning is plain.
"""

from collections.abc import Iterator
from typing import Final

from dractl.diagnose.scheduled import is_bad
from dractl.health.answer import Level, Sign
from dractl.health.wording import words_of
from dractl.model.claims import Condition, DeviceResult, DeviceStatus

_GOOD: Final = frozenset({"Ready", "Healthy", "Available", "Online", "Succeeded"})
_GRAVE: Final = frozenset({"Unhealthy", "Failed", "Faulty", "Error", "Offline", "Lost"})
_SLIGHT: Final = frozenset({"Degraded"})


def signs_of(
    status: DeviceStatus, result: DeviceResult | None, *, is_running: bool
) -> Iterator[Sign]:
    """Yield what a driver's status says of a device; `result` is what was allocated.

    `is_running`: all pods that have the device run, so that what is not ready does not
    keep them from it.
    """
    waits = () if result is None else result.binding_conditions
    fails = () if result is None else result.binding_failure_conditions
    for each in status.conditions:
        if each.type in fails:
            if each.status == "True":
                yield _sign("binding-failed", Level.UNHEALTHY, each)
        elif each.type not in waits:
            level = _level(each, is_running=is_running)
            yield _sign("driver-condition", level, each)


def _level(condition: Condition, *, is_running: bool) -> Level | None:
    """Return what a condition means; None: its meaning is not plain."""
    words = words_of(condition.type)
    word = words[-1] if words else ""
    if word in _GOOD:
        if condition.status == "True":
            return Level.HEALTHY
        if condition.status != "False":
            return Level.UNKNOWN
        is_slight = is_running and word != "Healthy"
        return Level.DEGRADED if is_slight else Level.UNHEALTHY
    if condition.status == "Unknown" and word in _GRAVE | _SLIGHT:
        return Level.UNKNOWN
    if condition.status == "True" and (is_bad(condition) or word in _GRAVE | _SLIGHT):
        return Level.DEGRADED if word in _SLIGHT else Level.UNHEALTHY
    return None


def _sign(code: str, level: Level | None, condition: Condition) -> Sign:
    said = ": ".join(filter(None, (condition.reason, condition.message)))
    told = f"its driver reports {condition.type}={condition.status}"
    if code == "binding-failed":
        told = f"its driver could not make it ready: {condition.type}"
    return Sign(
        code,
        level,
        f"{told}{f' ({said})' if said else ''}",
        condition.last_transition_time,
        evidence={
            "type": condition.type,
            "status": condition.status,
            "reason": condition.reason or None,
            "message": condition.message or None,
        },
    )
