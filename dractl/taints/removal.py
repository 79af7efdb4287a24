"""Which rules an order takes back, and what it leaves in place."""

from collections.abc import Sequence
from datetime import datetime

from dractl.api.spelling import written
from dractl.catalogue.nearest import nearest
from dractl.model.devices import DeviceId, Taint
from dractl.model.taintrules import DeviceTaintRule
from dractl.taints.beside import also_tainted, driver_taints, first_of
from dractl.taints.fleet import Fleet
from dractl.taints.moments import moment
from dractl.taints.notices import Notice, each_once
from dractl.taints.order import Removal
from dractl.taints.plan import Plan
from dractl.taints.rules import Remarks, is_ours
from dractl.taints.targets import Resolved, wider_than


def taking_back(fleet: Fleet, targets: Resolved, removals: Sequence[Removal]) -> Plan:
    """Return the rules to remove: those for exactly these devices, whoever made them.

    Of rules for some of the devices only those that dractl made; what is wider stays
    and is told, and so are taints of the drivers, which no rule can take back.
    """
    removed, notices = [], list(targets.notices)
    wanted = frozenset(targets.selectors)
    for rule in fleet.snapshot.taint_rules:
        if rule.selector is None or not any(
            each.means(rule.taint) for each in removals
        ):
            continue
        is_inside = any(wider in wanted for wider in wider_than(rule.selector))
        if rule.selector in wanted or (is_inside and is_ours(rule)):
            removed.append(rule)
        else:
            notices += also_tainted(rule, wanted)
    for (taint, driver), devices in driver_taints(fleet, targets.selectors):
        if _is_meant(taint, removals):
            notices.append(_of_driver(taint, driver, devices))
    if not removed:
        notices += [_nothing_found(fleet, each) for each in removals]
    return Plan(removed=tuple(removed), notices=each_once(notices))


def _is_meant(taint: Taint, removals: Sequence[Removal]) -> bool:
    return any(each.means(taint) for each in removals)


def _of_driver(taint: Taint, driver: str, devices: list[DeviceId]) -> Notice:
    return Notice(
        "tainted-by-driver",
        f"driver {driver} says {written(taint)} of {first_of(devices)}; no rule can "
        "take that back",
        "the driver does so once the device is well again",
    )


def _nothing_found(fleet: Fleet, removal: Removal) -> Notice:
    rules = fleet.snapshot.taint_rules
    near = nearest(removal.key, [each.taint.key for each in rules])
    hint = "dractl taint --list shows all taints"
    if near and near[0] != removal.key:
        hint = f"did you mean {near[0]}?"
    return Notice(
        "nothing-to-remove", f"no rule for these devices is meant by {removal}", hint
    )


def expired(rules: Sequence[DeviceTaintRule], now: datetime) -> Plan:
    """Return the removal of those rules of dractl whose time is over."""
    return Plan(removed=tuple(each for each in rules if is_over(each, now)))


def is_over(rule: DeviceTaintRule, now: datetime) -> bool:
    """Tell whether dractl made a rule for a time that is over."""
    until = moment(Remarks.of(rule).until)
    return is_ours(rule) and until is not None and until <= now
