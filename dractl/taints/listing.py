"""The taints that devices have: from whom, since when, and what hangs on them."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from dractl.model.claims import Condition, ResourceClaim
from dractl.model.devices import DeviceId, Taint
from dractl.model.taintrules import DeviceSelector, DeviceTaintRule
from dractl.model.workloads import Pod
from dractl.taints.availability import bugs_of_rules, hindrances
from dractl.taints.eviction import EVICTING, Due, Evictions, users_of
from dractl.taints.fleet import Fleet
from dractl.taints.moments import moment
from dractl.taints.notices import Notice, each_once
from dractl.taints.removal import is_over
from dractl.taints.rules import Remarks, is_ours
from dractl.taints.selection import in_force


class Leaving(NamedTuple):
    """A pod that a taint evicts, and when."""

    pod: Pod
    due: Due


class _User(NamedTuple):
    """A pod that uses tainted devices; `due` None: nothing evicts it."""

    pod: Pod
    due: Due | None


@dataclass(frozen=True, slots=True)
class ListedTaint:
    """A taint of a rule, or one that a driver puts on some of its devices.

    `rule` None: it is the driver's, then `selector` names the driver, and the time of
    the taint is the earliest. `pods` use devices that have it; `leaving` are those that
    are evicted for it. `is_in_force` is False where a gate is off.
    """

    taint: Taint
    selector: DeviceSelector | None
    devices: tuple[DeviceId, ...]
    rule: DeviceTaintRule | None = None
    remarks: Remarks = dataclasses.field(default_factory=Remarks)
    is_expired: bool = False
    is_in_force: bool = True
    claims: tuple[ResourceClaim, ...] = ()
    pods: tuple[Pod, ...] = ()
    leaving: tuple[Leaving, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether dractl made the rule."""
        return self.rule is not None and is_ours(self.rule)

    @property
    def eviction(self) -> Condition | None:
        """What the controller says of its eviction; None: nothing, or of old."""
        return None if self.rule is None else self.rule.eviction


@dataclass(frozen=True, slots=True)
class Taints:
    """All taints: those of rules in their order, then those of drivers."""

    taints: tuple[ListedTaint, ...]
    notices: tuple[Notice, ...] = ()


def taints_of(fleet: Fleet, now: datetime) -> Taints:
    """Return the taints of a cluster."""
    snapshot = fleet.snapshot
    rules = snapshot.taint_rules
    effective = in_force(rules, snapshot.profile)
    listed = [_of_rule(fleet, each, now, is_in_force=bool(effective)) for each in rules]
    listed += _of_drivers(fleet)
    found = _with_users(fleet, listed, Evictions(fleet, effective))
    notices = list(hindrances(snapshot.profile)) if rules else []
    notices += bugs_of_rules(rules, snapshot.profile, snapshot.info.kubernetes or "")
    return Taints(tuple(found), each_once(notices))


def _of_rule(
    fleet: Fleet, rule: DeviceTaintRule, now: datetime, *, is_in_force: bool
) -> ListedTaint:
    selector = rule.selector
    devices = () if selector is None else fleet.known(selector)
    return ListedTaint(
        rule.taint,
        selector,
        devices,
        rule,
        Remarks.of(rule),
        is_over(rule, now),
        is_in_force,
        notices=tuple(_notices(rule, devices)),
    )


def _notices(rule: DeviceTaintRule, devices: Sequence[DeviceId]) -> Iterator[Notice]:
    if rule.selector is None:
        yield Notice(
            "no-selector",
            f"DeviceTaintRule {rule.name} has no deviceSelector, so by the "
            "documentation it selects nothing",
            "an empty one, deviceSelector: {}, selects all devices",
        )
    elif not devices:
        yield Notice(
            "selects-nothing",
            f"DeviceTaintRule {rule.name} selects {rule.selector}, and nobody "
            "publishes that",
        )
    until = Remarks.of(rule).until
    if until and moment(until) is None:
        yield Notice(
            "unreadable-end",
            f"DeviceTaintRule {rule.name} is meant until {until!r}, which is no time",
            "write it like 2026-12-31T18:00:00Z",
        )


def _of_drivers(fleet: Fleet) -> Iterator[ListedTaint]:
    groups: dict[tuple[str, Taint], list[DeviceId]] = {}
    since: dict[tuple[str, Taint], str] = {}
    for device in fleet.devices.values():
        for taint in device.taints:
            plain = Taint(taint.key, taint.value, taint.effect)
            key = (device.driver, plain)
            groups.setdefault(key, []).append(device.id)
            if taint.time_added is not None:
                since[key] = min(taint.time_added, since.get(key, taint.time_added))
    for key, devices in groups.items():
        driver, plain = key
        taint = dataclasses.replace(plain, time_added=since.get(key))
        yield ListedTaint(taint, DeviceSelector(driver), tuple(devices))


def _with_users(
    fleet: Fleet, listed: Sequence[ListedTaint], evictions: Evictions
) -> Iterator[ListedTaint]:
    tainted = {device for each in listed for device in each.devices}
    claims = {
        id(claim): claim
        for device in tainted
        for claim in fleet.holders.get(device, ())
    }
    users: dict[DeviceId, list[_User]] = {}
    for use in users_of(claims.values(), fleet.snapshot):
        user = _User(use.pod, evictions.of_pod(use.pod))
        for device in use.devices():
            users.setdefault(device, []).append(user)
    for each in listed:
        yield _used(fleet, each, users)


def _used(
    fleet: Fleet, listed: ListedTaint, users: Mapping[DeviceId, Sequence[_User]]
) -> ListedTaint:
    claims: dict[int, ResourceClaim] = {}
    found: dict[int, _User] = {}
    for device in listed.devices:
        claims.update({id(claim): claim for claim in fleet.holders.get(device, ())})
        found.update({id(user.pod): user for user in users.get(device, ())})
    return dataclasses.replace(
        listed,
        claims=tuple(claims.values()),
        pods=tuple(user.pod for user in found.values()),
        leaving=tuple(
            Leaving(user.pod, user.due)
            for user in found.values()
            if user.due is not None and _is_reason(listed, user.due)
        ),
    )


def _is_reason(listed: ListedTaint, due: Due) -> bool:
    taint, rule = listed.taint, listed.rule
    if taint.effect != EVICTING or listed.selector is None:
        return False
    return any(
        (each.taint.key, each.taint.value) == (taint.key, taint.value)
        and each.taint.rule == (None if rule is None else rule.name)
        and listed.selector.selects(each.device)
        for each in due.reasons
    )
