"""Rules that only ask, and what they are to other plans."""

import dataclasses

from dractl.api.snapshot import Snapshot
from dractl.model.claims import ObjectMeta
from dractl.model.cluster import Profile
from dractl.model.devices import Taint
from dractl.model.taintrules import DeviceSelector, DeviceTaintRule
from dractl.taints.fleet import Fleet
from dractl.taints.plan import Change, Plan, plan
from dractl.taints.preview import preview_name, previewing
from dractl.taints.rules import Remarks
from dractl.taints.targets import Resolved
from tests.builders import DRIVER
from tests.taints.cluster import SLICES

UNTIL = "2026-11-26T12:10:00Z"
N1 = DeviceSelector(DRIVER, "n1")


def planned(*rules: DeviceTaintRule) -> Plan:
    snapshot = Snapshot(Profile.of("1.37"), slices=SLICES, taint_rules=rules)
    return plan(Fleet(snapshot), Resolved((N1,)), [Taint("hot", "", "NoExecute")])


def asking() -> DeviceTaintRule:
    """Return the rule that asks what the planned one would do."""
    (rule,) = previewing(planned(), (), UNTIL)
    metadata = rule.document["metadata"]
    meta = ObjectMeta(
        rule.name, labels=metadata["labels"], annotations=metadata["annotations"]
    )
    return DeviceTaintRule(rule.name, rule.taint, True, *rule.selector, meta=meta)


def test_a_rule_that_asks_has_no_effect_and_an_end() -> None:
    (rule,) = previewing(planned(), (), UNTIL)

    assert rule.taint == Taint("hot", "", "None")
    assert rule.selector == N1
    assert rule.name == f"{planned().rules[0].name}-preview"
    assert Remarks.among(rule.document["metadata"]["annotations"]).until == UNTIL


def test_one_that_was_left_behind_is_used_again() -> None:
    left = asking()

    (rule,) = previewing(planned(left), [left], UNTIL)

    assert (rule.change, rule.before) == (Change.CHANGE, left)
    assert rule.is_in_place(left)


def test_one_that_was_left_behind_is_not_taken_for_the_rule_itself() -> None:
    (rule,) = planned(asking()).rules

    assert rule.before is None


def test_one_of_a_person_who_took_its_place_is_another_rule() -> None:
    left = asking()
    changed = dataclasses.replace(left, taint=Taint("hot", "", "NoSchedule"))

    (rule,) = previewing(planned(), [left], UNTIL)

    assert not rule.is_in_place(changed)


def test_a_long_name_stays_a_name() -> None:
    names = {preview_name("a" * 250), preview_name("a" * 249 + "b")}

    assert {len(each) for each in names} == {40}
    assert len(names) == 2
