"""Rules that taint nothing, or whose time is over."""

from collections.abc import Iterator

from dractl.leftovers.answer import Finding, Verdict
from dractl.leftovers.inspection import Inspection, Suspect
from dractl.model.devices import Device
from dractl.model.taintrules import DeviceTaintRule
from dractl.taints.moments import moment
from dractl.taints.rules import Remarks

_KIND = "DeviceTaintRule"
_SHOWN = 8


def stale_rules(cluster: Inspection) -> Iterator[Finding]:
    """Yield rules that are over by their own words, or that select no device."""
    for rule in cluster.snapshot.taint_rules:
        if rule.meta.deletion_timestamp is not None:
            continue
        found = _expired(cluster, rule) or _selects_nothing(cluster, rule)
        if found is not None:
            yield found


def _selected(cluster: Inspection, rule: DeviceTaintRule) -> tuple[Device, ...]:
    selector = rule.selector
    return () if selector is None else cluster.fleet.selected(selector)


def _expired(cluster: Inspection, rule: DeviceTaintRule) -> Finding | None:
    until = Remarks.of(rule).until
    end = moment(until)
    if end is None or end > cluster.now:
        return None
    devices = [str(each.id) for each in _selected(cluster, rule)]
    taint = f"{rule.taint.key}:{rule.taint.effect}"
    affects = [f"device {each} loses taint {taint}" for each in devices[:_SHOWN]]
    if len(devices) > _SHOWN:
        affects.append(f"{len(devices) - _SHOWN} more devices lose it")
    why = f"it was meant until {until}"
    code = "taint-rule-expired"
    return cluster.finding(Suspect(code, _KIND, rule.meta), Verdict.SAFE, why, affects)


def _selects_nothing(cluster: Inspection, rule: DeviceTaintRule) -> Finding | None:
    if _selected(cluster, rule):
        return None
    code = "taint-rule-without-devices"
    if rule.selector is None:
        why = "it has no selector, so it taints nothing"
        return cluster.finding(Suspect(code, _KIND, rule.meta), Verdict.REVIEW, why)
    if doubt := cluster.known.lack_of("ResourceSlice"):
        why = f"cannot be told, since {doubt}; it selects {rule.selector}"
        return cluster.finding(Suspect(code, _KIND, rule.meta), Verdict.UNKNOWN, why)
    why = f"it selects {rule.selector}, and no such device is published"
    affects = ["a device that comes back would not be tainted any more"]
    return cluster.finding(
        Suspect(code, _KIND, rule.meta), Verdict.REVIEW, why, affects
    )
