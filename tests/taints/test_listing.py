"""All taints are listed, with whose they are and what hangs on them."""

import dataclasses
from collections.abc import Sequence

import pytest

from dractl.api.snapshot import Snapshot
from dractl.model.claims import Condition
from dractl.model.devices import ResourceSlice, Taint
from dractl.model.taintrules import DeviceSelector, DeviceTaintRule
from dractl.taints.fleet import Fleet
from dractl.taints.listing import ListedTaint, Taints, taints_of
from dractl.taints.rules import OWNER, REASON, UNTIL, Remarks
from tests.builders import DRIVER, rule
from tests.taints.cluster import (
    EARLIER,
    NOW,
    OURS,
    SLICES,
    User,
    gpu,
    hot,
    of_node,
    tolerates_hot,
    used_by,
    user,
)

REMARKS = {OWNER: "ops", REASON: "fans", UNTIL: "2026-11-26T11:59:00Z"}


def known(
    *rules: DeviceTaintRule,
    users: Sequence[User] = (),
    slices: Sequence[ResourceSlice] = SLICES,
    gates: dict[str, bool] | None = None,
) -> Snapshot:
    return used_by(*users, rules=rules, slices=slices, gates=gates)


def listed(found: Snapshot) -> Taints:
    return taints_of(Fleet(found), NOW)


def only(found: Snapshot) -> ListedTaint:
    [one] = listed(found).taints
    return one


def codes(found: ListedTaint | Taints) -> list[str]:
    return [each.code for each in found.notices]


def test_a_rule_is_listed_with_its_devices_and_remarks() -> None:
    made = rule(hot(), DRIVER, "n1", labels=OURS, annotations=REMARKS)
    found = only(known(made))
    assert found.rule == made
    assert found.selector == DeviceSelector(DRIVER, "n1")
    assert [each.device for each in found.devices] == ["gpu-0", "gpu-1"]
    assert found.remarks == Remarks("ops", "fans", "2026-11-26T11:59:00Z")
    assert (found.is_ours, found.is_expired, found.is_in_force) == (True, True, True)


def test_taints_of_drivers_are_grouped_and_have_the_earliest_time() -> None:
    later = hot(since="2026-11-26T11:30:00Z")
    sick = of_node(
        "n1",
        dataclasses.replace(gpu(0, "n1"), taints=(later,)),
        dataclasses.replace(gpu(1, "n1"), taints=(hot(), Taint("old", "", "None"))),
    )
    first, second = listed(known(slices=(sick,))).taints
    assert (first.taint, first.rule) == (hot(), None)
    assert first.selector == DeviceSelector(DRIVER)
    assert [each.device for each in first.devices] == ["gpu-0", "gpu-1"]
    assert (second.taint.key, second.taint.time_added) == ("old", None)


def test_who_uses_tainted_devices_and_who_leaves_is_told() -> None:
    goes = user("goes", "n1/gpu-0")
    stays = user("stays", "n1/gpu-1", tolerations=[tolerates_hot()])
    found = only(known(rule(hot(), DRIVER, "n1"), users=[goes, stays]))
    assert found.claims == (goes.claim, stays.claim)
    assert found.pods == (goes.pod, stays.pod)
    assert [each.pod for each in found.leaving] == [goes.pod]


def test_a_pod_leaves_only_for_the_taints_that_evict_it() -> None:
    sick = dataclasses.replace(gpu(0, "n1"), taints=(Taint("sick", "", "NoSchedule"),))
    found = listed(
        known(
            rule(hot(), DRIVER, "n1", name="a"),
            rule(hot("None"), DRIVER, "n1", name="b"),
            users=[user("web", "n1/gpu-0")],
            slices=(of_node("n1", sick),),
        )
    )
    assert [len(each.leaving) for each in found.taints] == [1, 0, 0]


def test_a_pod_leaves_for_the_taint_of_a_driver() -> None:
    sick = dataclasses.replace(gpu(0, "n1"), taints=(hot(),))
    slices = (of_node("n1", sick),)
    found = only(known(users=[user("web", "n1/gpu-0")], slices=slices))
    assert [each.pod.meta.name for each in found.leaving] == ["web"]


@pytest.mark.parametrize(
    ("observed", "generation", "is_current"),
    [(2, 2, True), (None, 2, True), (2, 0, True), (1, 2, False)],
)
def test_what_the_controller_said_of_an_older_rule_does_not_count(
    observed: int | None, generation: int, *, is_current: bool
) -> None:
    said = Condition(
        "EvictionInProgress", "True", "PodsPendingEviction", "1 pod", EARLIER, observed
    )
    made = dataclasses.replace(
        rule(hot(), DRIVER), generation=generation, conditions=(said,)
    )
    assert only(known(made)).eviction == (said if is_current else None)


def test_of_a_rule_that_no_controller_has_seen_nothing_is_said() -> None:
    assert only(known(rule(hot(), DRIVER))).eviction is None


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (rule(hot(), selects=False), "no-selector"),
        (rule(hot(), DRIVER, "n9"), "selects-nothing"),
        (rule(hot(), DRIVER, annotations={UNTIL: "tomorrow"}), "unreadable-end"),
    ],
)
def test_what_is_odd_about_a_rule_is_told(made: DeviceTaintRule, code: str) -> None:
    assert codes(only(known(made))) == [code]


def test_rules_without_their_gate_are_not_in_force() -> None:
    found = known(rule(hot(), DRIVER, "n1"), users=[user("web", "n1/gpu-0")], gates={})
    assert "gate-off" in codes(listed(found))
    assert not only(found).is_in_force
    assert only(found).leaving == ()


def test_bugs_of_the_release_are_told_where_there_are_rules() -> None:
    assert codes(listed(known(rule(hot(), selects=False)))) == [
        "bug-rules-crash-scheduler",
        "bug-rule-without-selector",
    ]
    assert codes(listed(known())) == []
