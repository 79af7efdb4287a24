"""An order takes back rules of dractl, and never the wider rule of somebody else."""

from datetime import UTC, datetime

import pytest

from dractl.api.spelling import taint
from dractl.model.taintrules import DeviceTaintRule
from dractl.taints.fleet import Fleet
from dractl.taints.order import Removal
from dractl.taints.plan import Plan
from dractl.taints.removal import expired, taking_back
from dractl.taints.rules import UNTIL
from dractl.taints.targets import Targets, resolved
from tests.builders import DRIVER, device, rule, slice_, snapshot
from tests.taints.cluster import OURS, SLICES

HOT = taint("hot:NoExecute")
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def taken_back(
    *rules: DeviceTaintRule,
    word: str = f"{DRIVER}/n1",
    removal: Removal = Removal("hot"),  # noqa: B008 - a tuple cannot change
) -> Plan:
    fleet = Fleet(snapshot(slices=SLICES, rules=rules))
    return taking_back(fleet, resolved(fleet, Targets((word,))), [removal])


def told(found: Plan) -> dict[str, str]:
    return {each.code: f"{each.message}; {each.hint}" for each in found.notices}


@pytest.mark.parametrize(
    "before",
    [
        rule(HOT, DRIVER, "n1", labels=OURS),
        rule(HOT, DRIVER, "n1"),
        rule(HOT, DRIVER, "n1", "gpu-0", labels=OURS),
        rule(taint("hot=x:None"), DRIVER, "n1"),
    ],
    ids=["ours", "of others, for exactly these", "ours, for some of these", "value"],
)
def test_a_rule_for_these_devices_is_removed(before: DeviceTaintRule) -> None:
    assert taken_back(before).removed == (before,)


@pytest.mark.parametrize(
    ("before", "code"),
    [
        (rule(HOT, DRIVER), "also-tainted"),
        (rule(HOT, DRIVER, labels=OURS), "also-tainted"),
        (rule(HOT, None, "n1"), "also-tainted"),
        (rule(HOT), "also-tainted"),
        (rule(HOT, DRIVER, "n1", "gpu-0"), "also-tainted"),
        (rule(HOT, DRIVER, "n2"), "nothing-to-remove"),
        (rule(HOT, selects=False), "nothing-to-remove"),
        (rule(taint("cold:None"), DRIVER, "n1"), "nothing-to-remove"),
    ],
    ids=[
        "wider", "wider, ours", "crosswise", "everything", "some of these, of others",
        "other devices", "no devices", "other key",
    ],
)  # fmt: skip
def test_other_rules_stay(before: DeviceTaintRule, code: str) -> None:
    found = taken_back(before)
    assert found.removed == ()
    assert code in told(found)


def test_a_removal_may_name_value_and_effect() -> None:
    both = (
        rule(HOT, DRIVER, "n1", name="a", labels=OURS),
        rule(taint("hot:None"), DRIVER, "n1", name="b", labels=OURS),
    )
    found = taken_back(*both, removal=Removal("hot", None, "None"))
    assert [each.name for each in found.removed] == ["b"]


def test_for_all_devices_every_rule_of_dractl_is_removed() -> None:
    rules = (
        rule(HOT, name="wide"),
        rule(HOT, DRIVER, "n1", name="ours", labels=OURS),
        rule(HOT, DRIVER, "n2", name="foreign"),
    )
    fleet = Fleet(snapshot(slices=SLICES, rules=rules))
    targets = resolved(fleet, Targets(everything=True))
    found = taking_back(fleet, targets, [Removal("hot")])
    assert [each.name for each in found.removed] == ["wide", "ours"]
    assert "DeviceTaintRule foreign" in told(found)["also-tainted"]


def test_a_key_that_no_rule_has_gets_the_one_that_was_meant() -> None:
    found = taken_back(rule(HOT, DRIVER, "n1"), removal=Removal("hto"))
    assert told(found)["nothing-to-remove"] == (
        "no rule for these devices is meant by hto-; did you mean hot?"
    )


def test_the_taint_of_a_driver_cannot_be_taken_back() -> None:
    fleet = Fleet(snapshot(slices=(slice_(device("a", taints=[HOT])),)))
    targets = resolved(fleet, Targets((DRIVER,)))
    found = taking_back(fleet, targets, [Removal("hot")])
    assert "no rule can take that back" in told(found)["tainted-by-driver"]


def test_the_targets_notices_come_first() -> None:
    assert taken_back(word=f"{DRIVER}/n9").notices[0].code == "not-published"


@pytest.mark.parametrize(
    ("until", "labels", "is_expired"),
    [
        ("2026-11-26T11:59:59Z", OURS, True),
        ("2026-11-26T12:00:00Z", OURS, True),
        ("2026-11-26T12:00:01Z", OURS, False),
        ("tomorrow", OURS, False),
        ("", OURS, False),
        ("2026-11-26T11:59:59Z", {}, False),
    ],
    ids=["over", "just over", "not yet", "unreadable", "forever", "of others"],
)
def test_rules_of_dractl_whose_time_is_over_are_removed(
    until: str, labels: dict[str, str], *, is_expired: bool
) -> None:
    one = rule(HOT, DRIVER, labels=labels, annotations={UNTIL: until})
    assert expired([one], NOW).removed == ((one,) if is_expired else ())
