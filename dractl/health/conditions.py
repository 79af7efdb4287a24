"""What the conditions mean that drivers write into the status of claims.

Drivers are free in what they report (KEP-4817 recommends Ready), so that only types
count whose meaning is plain.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from dractl.diagnose.scheduled import BAD, GOOD
from dractl.health.answer import Level, Sign
from dractl.health.wording import words_of
from dractl.model.claims import Condition, DeviceResult, DeviceStatus
from dractl.model.workloads import Pod

_SLIGHT: Final = frozenset({"Degraded"})
_NEGATIONS: Final = frozenset({"Not", "No", "Non", "Never"})
_TURNED: Final = {"True": "False", "False": "True"}


def signs_of(
    status: DeviceStatus, result: DeviceResult | None, pods: Sequence[Pod]
) -> Iterator[Sign]:
    """Yield what a driver's status says of a device; `result` is what was allocated.

    `pods` have the device: what is not ready hurts those that do not run yet, and the
    scheduler waits for binding conditions only while none is on a node.
    """
    waits = () if result is None else result.binding_conditions
    fails = () if result is None else result.binding_failure_conditions
    is_awaited = any(each.phase != "Running" for each in pods)
    is_bound = any(each.node_name for each in pods)
    for each in status.conditions:
        if each.type in fails:
            if each.status == "True":
                yield _sign("binding-failed", Level.UNHEALTHY, each)
        elif is_bound or each.status == "True" or each.type not in waits:
            level = _level(each, is_awaited=is_awaited)
            yield _sign("driver-condition", level, each)


def _level(condition: Condition, *, is_awaited: bool) -> Level | None:
    """Return what a condition means; None: its meaning is not plain."""
    *before, word = [each.capitalize() for each in words_of(condition.type)] or [""]
    status = condition.status
    if before and before[-1] in _NEGATIONS:
        before.pop()
        status = _TURNED.get(status, status)
    if word in GOOD:
        is_slight = word != "Healthy" and not is_awaited
        return _graded(status, is_good=True, is_slight=is_slight)
    if word not in BAD or (status == "False" and before):
        return None  # that one thing did not fail does not make a device healthy
    return _graded(status, is_good=False, is_slight=word in _SLIGHT)


def _graded(status: str, *, is_good: bool, is_slight: bool) -> Level:
    if status not in _TURNED:
        return Level.UNKNOWN
    if (status == "True") is is_good:
        return Level.HEALTHY
    return Level.DEGRADED if is_slight else Level.UNHEALTHY


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
