import copy
from collections.abc import Mapping, Sequence

import pytest

from dractl.model.claims import Allocation, Constraint, DeviceResult, ResourceClaim
from dractl.model.devices import Device, Taint
from dractl.solver.allocator import Allocator
from dractl.solver.errors import AllocationAborted
from dractl.solver.plan import Outline
from dractl.solver.relaxation import (
    STATE,
    Obstacle,
    each_of,
    fits_without,
    smallest,
)
from dractl.solver.usage import Usage
from dractl.solver.view import NodeView
from tests.builders import (
    NO_SCHEDULE,
    claim,
    device,
    held,
    quantities,
    request,
    slice_,
    snapshot,
)

Question = tuple[NodeView, Outline, Usage]

IN_USE, COUNTERS = Obstacle.IN_USE, Obstacle.COUNTERS
CAPACITY, TAINTS = Obstacle.CAPACITY, Obstacle.TAINTS
CONSTRAINTS, NONE = Obstacle.CONSTRAINTS, Obstacle.NONE
SINGLE = [IN_USE, COUNTERS, CAPACITY, TAINTS, CONSTRAINTS]
SAME = Constraint(match_attribute="gpu.example.com/root")


def asked(
    devices: Sequence[Device],
    *wanted: ResourceClaim,
    others: Sequence[ResourceClaim] = (),
    counters: Mapping[str, Mapping[str, str]] | None = None,
    gates: Mapping[str, bool] | None = None,
) -> Question:
    """Return a node with devices, claims that want some, and what others hold."""
    slices = [slice_(*devices, count=2 if counters else 1)]
    if counters:
        slices.append(slice_(name="counters", count=2, counters=counters))
    given = snapshot(
        slices=slices, claims=[*others, *wanted], feature_gates=gates, kubernetes="1.37"
    )
    allocator = Allocator(given)
    outline = allocator.planner.outline(wanted)
    return allocator.view(given.nodes[0]), outline, allocator.usage


def share(of: Device, amount: str, name: str = "shared") -> ResourceClaim:
    """Return a claim that has a share of a device."""
    consumed = quantities({"memory": amount})
    result = DeviceResult("r", of.id, share_id=name, consumed_capacity=consumed)
    return claim(request("r"), name=name, allocation=Allocation((result,)))


def helping(question: Question) -> list[Obstacle]:
    """Return the single obstacles without which the claims fit."""
    return [each for each in SINGLE if fits_without(each, *question)]


def sets(question: Question) -> list[Obstacle]:
    """Return the smallest sets of obstacles."""
    return list(smallest(SINGLE, *question))


FREE, BUSY = device("free"), device("busy")
TAINTED = device("tainted", taints=[NO_SCHEDULE])
SPENT = {"set": {"memory": "10Gi"}}
PART = {"set": {"memory": "8Gi"}}
BIG, OTHER = device("big", consumes=PART), device("other", consumes=PART)
POOR = device("poor", memory="8Gi")
SHARED = device("shared", memory="8Gi", shared=True)


# -- one obstacle


def test_what_fits_anyway_fits_without_anything() -> None:
    question = asked([FREE], claim(request()))

    assert fits_without(NONE, *question)
    assert helping(question) == SINGLE
    assert sets(question) == SINGLE


def test_a_device_that_another_claim_has_is_in_use() -> None:
    question = asked([BUSY], claim(request()), others=[held(BUSY)])

    assert not fits_without(NONE, *question)
    assert helping(question) == [IN_USE]


def test_counters_stay_drawn_when_a_device_is_freed() -> None:
    question = asked([BIG, OTHER], claim(request()), others=[held(BIG)], counters=SPENT)
    other = asked([OTHER, BIG], claim(request()), others=[held(OTHER)], counters=SPENT)

    assert helping(question) == [COUNTERS]
    assert helping(other) == [COUNTERS]


def test_counters_that_no_device_draws_within_the_limit_are_an_obstacle_too() -> None:
    question = asked([BIG], claim(request()), counters={"set": {"memory": "1Gi"}})

    assert helping(question) == [COUNTERS]


def test_a_capacity_that_is_too_small_is_an_obstacle() -> None:
    question = asked([POOR], claim(request(capacity={"memory": "9Gi"})))

    assert helping(question) == [CAPACITY]


def test_a_capacity_that_no_device_has_is_an_obstacle() -> None:
    question = asked([FREE], claim(request(capacity={"memory": "1"})))

    assert helping(question) == [CAPACITY]


def test_a_capacity_that_is_consumed_is_an_obstacle() -> None:
    wanted = claim(request(capacity={"memory": "4Gi"}))

    assert helping(asked([SHARED], wanted, others=[share(SHARED, "6Gi")])) == [CAPACITY]
    assert fits_without(NONE, *asked([SHARED], wanted, others=[share(SHARED, "2Gi")]))


def test_a_shared_device_that_is_used_up_is_short_of_capacity_for_everybody() -> None:
    question = asked([SHARED], claim(request()), others=[share(SHARED, "8Gi")])

    assert helping(question) == [CAPACITY]


def test_a_taint_that_is_not_tolerated_is_an_obstacle() -> None:
    assert helping(asked([TAINTED], claim(request()))) == [TAINTS]


def test_a_constraint_that_no_choice_meets_is_an_obstacle() -> None:
    devices = [device(name, attributes={"root": name}) for name in "ab"]

    question = asked(devices, claim(request(count=2), constraints=[SAME]))

    assert helping(question) == [CONSTRAINTS]


def test_a_constraint_on_an_attribute_that_is_missing_is_an_obstacle() -> None:
    question = asked([FREE], claim(request(), constraints=[SAME]))

    assert helping(question) == [CONSTRAINTS]


def test_too_few_devices_are_none_of_the_obstacles() -> None:
    assert sets(asked([FREE], claim(request(count=2)))) == []


def test_a_selector_that_nothing_passes_is_none_of_the_obstacles() -> None:
    assert sets(asked([FREE], claim(request(selectors=["false"])))) == []


# -- several obstacles


def test_of_a_device_that_is_held_and_tainted_both_have_to_go() -> None:
    question = asked([TAINTED], claim(request()), others=[held(TAINTED)])

    assert helping(question) == []
    assert sets(question) == [IN_USE | TAINTS]


def test_of_two_devices_with_one_obstacle_each_either_may_go() -> None:
    question = asked([BUSY, TAINTED], claim(request()), others=[held(BUSY)])

    assert sets(question) == [IN_USE, TAINTS]


def test_a_set_with_more_than_is_needed_is_not_told() -> None:
    both = device("both", taints=[NO_SCHEDULE])
    question = asked(
        [BUSY, both], claim(request()), others=[held(BUSY), held(both, name="held-1")]
    )

    assert sets(question) == [IN_USE]


def test_both_of_two_devices_may_be_needed_for_different_reasons() -> None:
    question = asked([BUSY, TAINTED], claim(request(count=2)), others=[held(BUSY)])

    assert helping(question) == []
    assert sets(question) == [IN_USE | TAINTS]


def test_claims_are_looked_at_together() -> None:
    wanted = [claim(request(), name="a"), claim(request(), name="b")]

    assert sets(asked([FREE, BUSY], *wanted, others=[held(BUSY)])) == [IN_USE]


def test_three_obstacles_may_have_to_go_at_once() -> None:
    bad = device("bad", memory="1Gi", taints=[NO_SCHEDULE])
    question = asked(
        [bad], claim(request(capacity={"memory": "2Gi"})), others=[held(bad)]
    )

    assert sets(question) == [IN_USE | CAPACITY | TAINTS]


def test_sets_come_smallest_first() -> None:
    twice = device("twice", taints=[NO_SCHEDULE])
    question = asked(
        [twice, POOR],
        claim(request(capacity={"memory": "9Gi"})),
        others=[held(twice)],
    )

    assert sets(question) == [CAPACITY]


def test_only_candidates_are_looked_at() -> None:
    question = asked([BUSY, TAINTED], claim(request()), others=[held(BUSY)])

    assert smallest([TAINTS], *question) == (TAINTS,)
    assert smallest([COUNTERS], *question) == ()
    assert smallest([], *question) == ()


# -- requests for all devices


@pytest.mark.parametrize(
    ("devices", "others", "obstacle"),
    [
        ([FREE, BUSY], [held(BUSY)], IN_USE),
        ([FREE, TAINTED], [], TAINTS),
    ],
    ids=["in use", "tainted"],
)
def test_all_devices_are_to_be_had_only_without_an_obstacle_to_any(
    devices: list[Device], others: list[ResourceClaim], obstacle: Obstacle
) -> None:
    question = asked(devices, claim(request(every=True)), others=others)

    assert helping(question) == [obstacle]


def test_all_devices_that_draw_too_much_together_fit_without_counters() -> None:
    question = asked([BIG, OTHER], claim(request(every=True)), counters=SPENT)

    assert helping(question) == [COUNTERS]


def test_all_is_of_every_device_once_capacity_is_no_obstacle() -> None:
    busy = device("busy", memory="8Gi")
    wanted = claim(request(every=True, capacity={"memory": "9Gi"}))

    assert sets(asked([POOR, busy], wanted)) == [CAPACITY]
    assert sets(asked([POOR, busy], wanted, others=[held(busy)])) == [IN_USE | CAPACITY]


def test_an_error_of_the_search_stays_an_error() -> None:
    devices = [device(name, attributes={"root": name}) for name in "ab"]
    question = asked(devices, claim(request(every=True), constraints=[SAME]))

    with pytest.raises(AllocationAborted):
        fits_without(NONE, *question)
    assert fits_without(CONSTRAINTS, *question)


# -- admin access


def test_admin_access_finds_nothing_in_use() -> None:
    question = asked([BUSY], claim(request(admin=True)), others=[held(BUSY)])

    assert fits_without(NONE, *question)


def test_admin_access_does_not_see_through_taints() -> None:
    question = asked([TAINTED], claim(request(admin=True)))

    assert helping(question) == [TAINTS]


# -- what is asked stays what it is


@pytest.mark.parametrize("obstacle", [*SINGLE, IN_USE | COUNTERS | CAPACITY | TAINTS])
def test_nothing_is_changed_by_the_question(obstacle: Obstacle) -> None:
    both = device("both", taints=[NO_SCHEDULE], consumes=PART, memory="1Gi")
    view, outline, usage = asked(
        [both, SHARED, BIG],
        claim(request(capacity={"memory": "6Gi"}, count=2)),
        others=[held(BIG), share(SHARED, "6Gi")],
        counters=SPENT,
    )
    held_before = copy.deepcopy(usage)
    view_before = (view.consuming, view.multi, view.devices)

    fits_without(obstacle, view, outline, usage)

    assert usage == held_before
    assert (view.consuming, view.multi, view.devices) == view_before
    assert not fits_without(NONE, view, outline, usage)


def test_asking_twice_has_the_same_answer() -> None:
    question = asked([TAINTED, BUSY], claim(request()), others=[held(BUSY)])

    assert sets(question) == sets(question)


# -- the flags


def test_state_is_all_that_may_change_while_claim_and_devices_stay() -> None:
    assert set(STATE) == set(SINGLE) - {CONSTRAINTS}


def test_a_set_is_taken_apart_in_the_order_of_the_flags() -> None:
    assert list(each_of(TAINTS | IN_USE)) == [IN_USE, TAINTS]
    assert list(each_of(NONE)) == []


def test_a_taint_without_effect_is_no_obstacle() -> None:
    harmless = device("odd", taints=[Taint("a", "", "None")])

    assert fits_without(NONE, *asked([harmless], claim(request())))
