"""An order comes to rules, and tells what is there beside them."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.api.spelling import taint
from dractl.model.devices import Taint
from dractl.model.taintrules import DeviceSelector, DeviceTaintRule
from dractl.taints.fleet import Fleet
from dractl.taints.plan import Change, Plan, plan
from dractl.taints.rules import OWNER, UNTIL, Remarks
from dractl.taints.targets import Targets, resolved
from tests.builders import DRIVER, device, rule, slice_, snapshot
from tests.taints.cluster import CLASSES, NODES, OURS, SLICES

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
BEFORE = "2026-11-01T00:00:00Z"
HOT = taint("hot:NoExecute")
MILD, VERY = taint("hot:None"), taint("hot=very:NoExecute")
NAME = f"{DRIVER}--n1--hot"
OVER = {UNTIL: BEFORE}


def planned(
    *rules: DeviceTaintRule,
    word: str = f"{DRIVER}/n1",
    taints: Sequence[Taint] = (HOT,),
    remarks: Remarks | None = None,
) -> Plan:
    fleet = Fleet(snapshot(nodes=NODES, classes=CLASSES, slices=SLICES, rules=rules))
    targets = resolved(fleet, Targets((word,)))
    return plan(fleet, targets, taints, remarks)


def told(found: Plan) -> dict[str, str]:
    return {each.code: f"{each.message}; {each.hint}" for each in found.notices}


def test_a_rule_that_is_not_there_is_created() -> None:
    [made] = planned(remarks=Remarks("ops")).rules
    assert made.name == NAME
    assert made.change is Change.CREATE
    assert made.selector == DeviceSelector(DRIVER, "n1")
    assert made.document == {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "DeviceTaintRule",
        "metadata": {
            "name": NAME,
            "labels": OURS,
            "annotations": {"dractl.dev/owner": "ops"},
        },
        "spec": {
            "deviceSelector": {"driver": DRIVER, "pool": "n1"},
            "taint": {"key": "hot", "effect": "NoExecute"},
        },
    }


@pytest.mark.parametrize(
    ("before", "change"),
    [
        (rule(HOT, DRIVER, "n1", name=NAME, labels=OURS), Change.NOTHING),
        (rule(MILD, DRIVER, "n1", name=NAME, labels=OURS), Change.CHANGE),
        (rule(VERY, DRIVER, "n1", name=NAME, labels=OURS), Change.CHANGE),
        (
            rule(HOT, DRIVER, "n1", name=NAME, labels=OURS, annotations=OVER),
            Change.CHANGE,
        ),
        (rule(HOT, DRIVER, "n1", name=NAME), Change.CHANGE),
        (rule(HOT, DRIVER, "n1", name="mine", labels=OURS), Change.NOTHING),
        (rule(HOT, DRIVER, "n2", name="other", labels=OURS), Change.CREATE),
        (rule(HOT, DRIVER, "n1", name="foreign"), Change.CREATE),
    ],
    ids=[
        "same", "effect", "value", "end", "foreign of that name", "renamed",
        "elsewhere", "foreign",
    ],
)  # fmt: skip
def test_a_rule_that_is_there_is_changed_only_where_it_differs(
    before: DeviceTaintRule, change: Change
) -> None:
    [made] = planned(before).rules
    assert made.change is change


def test_owner_and_reason_stay_where_none_is_said() -> None:
    before = rule(HOT, DRIVER, "n1", name=NAME, labels=OURS, annotations={OWNER: "me"})
    [kept] = planned(before).rules
    [other] = planned(before, remarks=Remarks("you", "fans")).rules
    assert kept.change is Change.NOTHING
    assert other.document["metadata"]["annotations"] == {
        "dractl.dev/owner": "you",
        "dractl.dev/reason": "fans",
    }


def test_a_rule_of_dractl_keeps_its_name() -> None:
    before = rule(taint("hot:None"), DRIVER, "n1", name="mine", labels=OURS)
    [made] = planned(before).rules
    assert (made.name, made.document["metadata"]["name"]) == ("mine", "mine")


@pytest.mark.parametrize(
    ("effect", "time"),
    [("NoExecute", BEFORE), ("None", "2026-11-26T12:00:00Z")],
    ids=["same effect", "other effect"],
)
def test_a_taint_is_new_where_its_effect_is(effect: str, time: str) -> None:
    old = dataclasses.replace(taint(f"hot:{effect}"), time_added=BEFORE)
    found = planned(rule(old, DRIVER, "n1", name=NAME, labels=OURS))
    [after] = found.rules_after([rule(old, DRIVER, "n1", name=NAME, labels=OURS)], NOW)
    assert after.taint == Taint("hot", "", "NoExecute", time, NAME)
    assert after.selector == DeviceSelector(DRIVER, "n1")


def test_several_taints_come_to_several_rules() -> None:
    names = [each.name for each in planned(taints=[HOT, taint("old:None")]).rules]
    assert names == [NAME, f"{DRIVER}--n1--old"]


def test_plans_are_joined_without_telling_anything_twice() -> None:
    one, other = planned(), planned(taints=[taint("old:None")])
    both = one.joined(other).joined(Plan(removed=(rule(HOT),)))
    assert both.rules == (*one.rules, *other.rules)
    assert both.removed == (rule(HOT),)
    assert len(both.notices) == 2


def test_a_plan_that_changes_nothing_says_so() -> None:
    assert planned().changes_something
    same = rule(HOT, DRIVER, "n1", name=NAME, labels=OURS)
    assert not planned(same).changes_something


def test_a_rule_of_others_that_taints_the_devices_is_told() -> None:
    found = told(planned(rule(HOT, DRIVER, name="health")))
    assert found["also-tainted"] == (
        "DeviceTaintRule health, made by another tool or person, puts hot:NoExecute on "
        f"devices of these; it selects {DRIVER}; kubectl delete devicetaintrule health "
        "removes it"
    )


def test_a_wider_rule_of_dractl_is_told_with_its_own_words() -> None:
    found = told(planned(rule(HOT, DRIVER, name="wide", labels=OURS)))
    assert f"dractl taint {DRIVER} hot- removes it" in found["also-tainted"]


@pytest.mark.parametrize(
    "other",
    [
        rule(HOT, DRIVER, "n2"),
        rule(taint("cold:None"), DRIVER, "n1"),
        rule(HOT, selects=False),
    ],
    ids=["other devices", "other key", "no devices"],
)
def test_rules_about_something_else_are_not_told(other: DeviceTaintRule) -> None:
    assert "also-tainted" not in told(planned(other))


def test_what_is_taken_over_is_told() -> None:
    found = told(planned(rule(HOT, "d", name=NAME)))
    assert "dractl did not make it" in found["taken-over"]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        (DRIVER, "open-ended"),
        (f"{DRIVER}/n1", "open-ended"),
    ],
)
def test_rules_for_more_than_devices_reach_further(word: str, code: str) -> None:
    assert "published later" in told(planned(word=word))[code]


def test_a_rule_for_all_devices_says_so() -> None:
    fleet = Fleet(snapshot(slices=SLICES))
    found = plan(fleet, resolved(fleet, Targets(everything=True)), [HOT])
    assert "for all devices of the cluster" in told(found)["all-devices"]
    assert found.rules[0].document["spec"]["deviceSelector"] == {}


def test_a_taint_that_the_driver_says_as_well_is_told() -> None:
    sick = slice_(
        device("a", taints=[HOT]), device("b", taints=[HOT, taint("hot:None")])
    )
    fleet = Fleet(snapshot(slices=(sick,)))
    found = plan(fleet, resolved(fleet, Targets((DRIVER,))), [HOT])
    assert told(found)["tainted-by-driver"] == (
        f"the driver itself says hot:NoExecute of {DRIVER}/pool/a and 1 more; "
    )


TARGETS = st.builds(
    Targets,
    words=st.lists(
        st.sampled_from([DRIVER, f"{DRIVER}/n1", f"{DRIVER}/n2/gpu-1"]),
        max_size=2,
    ).map(tuple),
    nodes=st.sampled_from([(), ("n1",), ("n1", "n2")]),
    device_class=st.sampled_from([None, "gpu"]),
    everything=st.booleans(),
)


@pytest.mark.property
@given(targets=TARGETS.filter(lambda each: each != Targets()))
def test_planned_rules_select_exactly_what_is_resolved(targets: Targets) -> None:
    fleet = Fleet(snapshot(nodes=NODES, classes=CLASSES, slices=SLICES))
    found = resolved(fleet, targets)
    rules = plan(fleet, found, [HOT]).rules_after((), NOW)
    for one in fleet.devices:
        by_rule = any(each.selector and each.selector.selects(one) for each in rules)
        is_named = (
            targets.everything
            or not (targets.words or targets.nodes)
            or any(str(one).startswith(word) for word in targets.words)
            or one.pool in targets.nodes
        )
        is_picked = targets.device_class is None or one.driver == DRIVER
        assert by_rule == (is_named and is_picked)
