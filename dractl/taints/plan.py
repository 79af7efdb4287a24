"""Which rules an order comes to, beside what there is already."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from dractl.api.spelling import written
from dractl.model.devices import Taint
from dractl.model.taintrules import DeviceSelector, DeviceTaintRule
from dractl.taints.beside import also_tainted, driver_taints, first_of
from dractl.taints.fleet import Fleet
from dractl.taints.moments import written_moment
from dractl.taints.naming import rule_name
from dractl.taints.notices import Notice, each_once
from dractl.taints.rules import Remarks, is_ours, is_preview, marked, rule_document
from dractl.taints.targets import Resolved


class Change(StrEnum):
    """What applying a planned rule does."""

    CREATE = "create"
    CHANGE = "change"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class PlannedRule:
    """A rule as it is to be. `before` is what has its name now; None: nothing.

    `document` is the rule in v1, without the time, which the API server adds.
    """

    name: str
    selector: DeviceSelector
    taint: Taint
    change: Change
    document: dict[str, Any]
    before: DeviceTaintRule | None = None

    @property
    def overwrites(self) -> bool:
        """Whether it says something else of what has a taint, or takes a rule over."""
        if self.before is None:
            return False
        was, wanted = self.before.taint, self.taint
        is_same = (was.value, was.effect) == (wanted.value, wanted.effect)
        return not (is_same and is_ours(self.before))

    def is_in_place(self, rule: DeviceTaintRule) -> bool:
        """Tell whether a rule says already what this one is to say."""
        return _equals(rule, self.document, self.taint)

    def after(self, now: datetime) -> DeviceTaintRule:
        """Return the rule as it is once it has been applied.

        The time of the taint is set anew only where the effect changes
        (pkg/registry/resource/devicetaintrule/strategy.go, 1.36).
        """
        time = written_moment(now)
        if self.before is not None and self.before.taint.effect == self.taint.effect:
            time = self.before.taint.time_added or time
        taint = dataclasses.replace(self.taint, time_added=time, rule=self.name)
        return DeviceTaintRule(self.name, taint, True, *self.selector)


@dataclass(frozen=True, slots=True)
class Plan:
    """The rules to apply and to remove, and what is to be known of it."""

    rules: tuple[PlannedRule, ...] = ()
    removed: tuple[DeviceTaintRule, ...] = ()
    notices: tuple[Notice, ...] = ()

    def joined(self, other: "Plan") -> "Plan":
        """Return a plan to do both."""
        return Plan(
            (*self.rules, *other.rules),
            (*self.removed, *other.removed),
            each_once((*self.notices, *other.notices)),
        )

    @property
    def changes_something(self) -> bool:
        """Whether there is anything to do."""
        applied = any(each.change is not Change.NOTHING for each in self.rules)
        return applied or bool(self.removed)

    def rules_after(
        self, before: Sequence[DeviceTaintRule], now: datetime
    ) -> tuple[DeviceTaintRule, ...]:
        """Return the rules that there are once the plan has been carried out."""
        found = {each.name: each for each in before}
        for planned in self.rules:
            found[planned.name] = planned.after(now)
        for each in self.removed:
            found.pop(each.name, None)
        return tuple(found.values())


def plan(
    fleet: Fleet,
    targets: Resolved,
    taints: Iterable[Taint],
    remarks: Remarks | None = None,
) -> Plan:
    """Return a rule for every selector and taint."""
    known = _Known(fleet.snapshot.taint_rules)
    rules = tuple(
        _planned(known, selector, taint, remarks or Remarks())
        for taint in taints
        for selector in targets.selectors
    )
    notices = [*targets.notices, *_reach_of(rules), *_beside(fleet, rules)]
    return Plan(rules, notices=each_once(notices))


class _Known:
    """The rules that there are, by name and by what they are about."""

    def __init__(self, rules: Iterable[DeviceTaintRule]) -> None:
        self.by_name = {each.name: each for each in rules}
        self.by_subject = {
            (each.selector, each.taint.key): each
            for each in rules
            if is_ours(each) and not is_preview(each)
        }

    def same(self, selector: DeviceSelector, key: str) -> DeviceTaintRule | None:
        """Return the rule of dractl for a selector and a key, whatever its name."""
        return self.by_subject.get((selector, key)) or self.by_name.get(
            rule_name(selector, key)
        )


def _planned(
    known: _Known, selector: DeviceSelector, taint: Taint, remarks: Remarks
) -> PlannedRule:
    before = known.same(selector, taint.key)
    name = rule_name(selector, taint.key) if before is None else before.name
    if before is not None:
        remarks = remarks.on_top_of(Remarks.of(before))
    document = marked(rule_document(selector, taint, name), remarks)
    change = Change.CREATE
    if before is not None:
        change = Change.NOTHING if _equals(before, document, taint) else Change.CHANGE
    return PlannedRule(name, selector, taint, change, document, before)


def _equals(before: DeviceTaintRule, document: dict[str, Any], taint: Taint) -> bool:
    """Tell whether a rule says what the document says, remarks included."""
    timeless = dataclasses.replace(before.taint, time_added=None, rule=None)
    selector = before.selector
    selects = {} if selector is None else selector.as_wire()
    return (
        timeless == taint
        and selector is not None
        and selects == document["spec"]["deviceSelector"]
        and is_ours(before)
        and Remarks.of(before).annotations()
        == document["metadata"].get("annotations", {})
    )


def _reach_of(rules: Iterable[PlannedRule]) -> Iterator[Notice]:
    """Yield how far rules go that are not for single devices."""
    for each in rules:
        if each.selector == DeviceSelector():
            yield Notice(
                "all-devices",
                f"rule {each.name} is for all devices of the cluster, of every driver, "
                "and for those that come later",
            )
        elif each.selector.device is None:
            yield Notice(
                "open-ended",
                f"rule {each.name} is also for devices of {each.selector} that are "
                "published later",
            )


def _beside(fleet: Fleet, rules: Sequence[PlannedRule]) -> Iterator[Notice]:
    """Yield rules and drivers that taint the devices already, or whose rules change."""
    for each in rules:
        if each.before is not None and not is_ours(each.before):
            yield Notice(
                "taken-over",
                f"DeviceTaintRule {each.name} exists, and dractl did not make it",
                "from then on, dractl takes it for its own",
            )
    names = {each.name for each in rules}
    for key, group in groupby(rules, key=lambda each: each.taint.key):
        selectors = frozenset(each.selector for each in group)
        for other in fleet.snapshot.taint_rules:
            if other.taint.key == key and other.name not in names:
                yield from also_tainted(other, selectors)
    for (taint, _), devices in driver_taints(fleet, (r.selector for r in rules)):
        if any(_is_same(taint, each.taint) for each in rules):
            yield Notice(
                "tainted-by-driver",
                f"the driver itself says {written(taint)} of {first_of(devices)}",
            )


def _is_same(one: Taint, other: Taint) -> bool:
    return (one.key, one.value, one.effect) == (other.key, other.value, other.effect)
