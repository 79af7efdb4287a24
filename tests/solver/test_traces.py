"""What upstream's search does not restore shows in its answers, and so in ours."""

import dataclasses
from collections.abc import Sequence

import pytest

from dractl.model.attributes import Attribute
from dractl.model.claims import Constraint, ResourceClaim, Toleration
from dractl.model.devices import Device
from dractl.solver.allocator import Allocator
from dractl.solver.guide import leaves_traces
from dractl.solver.slots import prepare
from tests.builders import (
    NO_SCHEDULE,
    claim,
    device,
    first_of,
    held,
    option,
    request,
    slice_,
    snapshot,
)

PART = {"set": {"slots": "1"}}
PREFIX = 'device.attributes["gpu.example.com"]'
ATTRIBUTE = "gpu.example.com/kind"


def allocated(
    devices: Sequence[Device],
    *claims: ResourceClaim,
    slots: str | None = None,
    used: Sequence[ResourceClaim] = (),
) -> list[list[str]] | None:
    """Return the names of the devices of each claim; `slots` adds a counter."""
    slices = [slice_(*devices, count=1 if slots is None else 2)]
    if slots is not None:
        counters = {"set": {"slots": slots}}
        slices.append(slice_(name="counters", count=2, counters=counters))
    cluster = snapshot(slices=slices, claims=used)
    found = Allocator(cluster).allocate(cluster.nodes[0], claims).allocations
    if found is None:
        return None
    return [[result.device.device for result in each.results] for each in found]


def kinds(*values: str, consumes: bool = False) -> list[Device]:
    draw = PART if consumes else None
    return [
        device(f"{value}{number}", attributes={"kind": value}, consumes=draw)
        for number, value in enumerate(values)
    ]


@pytest.mark.parametrize(("slots", "found"), [("1", None), ("2", [["b"]])])
def test_counters_of_a_tainted_device_stay_booked(
    slots: str, found: list[list[str]] | None
) -> None:
    parts = [
        device("a", taints=[NO_SCHEDULE], consumes=PART),
        device("b", consumes=PART),
    ]

    assert allocated(parts, claim(request()), slots=slots) == found


def test_a_tolerated_taint_books_nothing_twice() -> None:
    parts = [device("a", taints=[NO_SCHEDULE], consumes=PART)]
    wish = claim(request(tolerations=[Toleration(operator="Exists")]))

    assert allocated(parts, wish, slots="1") == [["a"]]


@pytest.mark.parametrize(("slots", "found"), [("2", None), ("3", [["x0", "x2"]])])
def test_counters_of_a_device_that_a_constraint_refuses_stay_booked(
    slots: str, found: list[list[str]] | None
) -> None:
    same = Constraint(match_attribute=ATTRIBUTE)
    parts = kinds("x", "y", "x", consumes=True)
    wish = claim(request(count=2), constraints=[same])

    assert allocated(parts, wish, slots=slots) == found


def test_a_request_for_three_distinct_values_gets_the_first_value_again() -> None:
    wish = claim(
        request(count=3), constraints=[Constraint(distinct_attribute=ATTRIBUTE)]
    )

    assert allocated(kinds("x", "y", "x"), wish) == [["x0", "y1", "x2"]]


def test_three_requests_for_distinct_values_are_told_apart() -> None:
    wish = claim(
        *(request(name) for name in "abc"),
        constraints=[Constraint(distinct_attribute=ATTRIBUTE)],
    )

    assert allocated(kinds("x", "y", "x"), wish) is None


def test_an_overdrawn_counter_blocks_the_whole_pool() -> None:
    both = [device("a", consumes={"set": {"slots": "2"}}), device("b", consumes=PART)]

    assert allocated(both, claim(request()), slots="1", used=[held(both[0])]) is None


def test_a_device_without_counters_is_free_of_that() -> None:
    parts = [device("a", consumes={"set": {"slots": "2"}}), device("b")]

    found = allocated(parts, claim(request()), slots="1", used=[held(parts[0])])

    assert found == [["b"]]


def test_shares_of_one_device_draw_from_counters_once() -> None:
    shared = device("a", memory="4", shared=True, consumes=PART)
    wish = request(capacity={"memory": "1"})

    found = allocated([shared], claim(wish), claim(wish), slots="1")

    assert found == [["a"], ["a"]]


def test_one_request_for_two_never_gets_two_shares_of_one_device() -> None:
    wish = claim(request(count=2, capacity={"memory": "1"}))

    assert allocated([device("a", memory="4", shared=True)], wish) is None


def test_admin_access_ignores_other_claims_but_not_its_own() -> None:
    mine = [device("a"), device("b")]
    wish = claim(request("x", admin=True), request("y", admin=True))

    assert allocated(mine, wish, used=[held(mine[0])]) == [["a", "b"]]


def test_admin_access_keeps_the_device_from_later_claims_of_the_pod() -> None:
    normal, admin = claim(request()), claim(request(admin=True))

    assert allocated([device("a")], normal, admin) == [["a"], ["a"]]
    assert allocated([device("a")], admin, normal) is None


def stable_choice(slots: str) -> list[str] | None:
    """Ask the stable allocator for two devices beside `a`, which another needs.

    Each time that it looks for `a` it comes upon the tainted device first.
    """
    devices = [
        device("tainted", attributes={"a": True}, taints=[NO_SCHEDULE], consumes=PART),
        device("a", attributes={"a": True, "free": True}),
        device("b", attributes={"free": True}),
        device("c", attributes={"free": True}),
        device("part", attributes={"part": True}, consumes=PART),
    ]
    cluster = snapshot(
        feature_gates={
            "DRAConsumableCapacity": False,
            "DRADeviceBindingConditions": False,
        },
        slices=[
            slice_(*devices, count=2),
            slice_(name="counters", count=2, counters={"set": {"slots": slots}}),
        ],
    )
    wish = claim(
        *(
            request(name, count=count, selectors=[f"has({PREFIX}.{name})"])
            for name, count in (("free", 2), ("a", 1), ("part", 1))
        )
    )
    found = Allocator(cluster).allocate(cluster.nodes[0], [wish]).allocations
    return [each.device.device for each in found[0].results] if found else None


@pytest.mark.parametrize(
    ("slots", "found"), [("4", None), ("5", ["b", "c", "a", "part"])]
)
def test_the_stable_allocator_books_more_since_it_tries_every_order(
    slots: str, found: list[str] | None
) -> None:
    # (a, b), (a, c), (b, a) and only then (b, c); in ascending order, one less.
    assert stable_choice(slots) == found


def leaves(wish: ResourceClaim, *devices: Device) -> bool:
    """Tell whether a search for the claim in a pool with counters leaves traces."""
    counters = slice_(name="counters", count=2, counters={"set": {"slots": "9"}})
    cluster = snapshot(
        feature_gates={"DRAListTypeAttributes": True},
        slices=[slice_(*devices, count=2), counters],
    )
    allocator = Allocator(cluster)
    view = allocator.view(cluster.nodes[0])
    claims = prepare(view, allocator.planner.outline([wish]), allocator.usage)
    return leaves_traces(view, claims)


DIFFERENT = Constraint(distinct_attribute=ATTRIBUTE)
SAME = Constraint(match_attribute=ATTRIBUTE)
DRAWING = device(consumes=PART)
LISTED = dataclasses.replace(
    device(), attributes={ATTRIBUTE: Attribute("strings", ("x", "y"))}
)


@pytest.mark.parametrize(
    ("wish", "mine", "expected"),
    [
        (claim(request()), DRAWING, False),
        (claim(request()), device(consumes=PART, shared=True), True),
        (claim(request()), device(consumes=PART, taints=[NO_SCHEDULE]), True),
        (claim(request()), device(shared=True), False),
        (claim(request(every=True)), device(shared=True), True),
        (claim(request(), constraints=[SAME]), DRAWING, True),
        (claim(request(), constraints=[SAME]), device(), False),
        (claim(request(), constraints=[SAME]), LISTED, True),
        (claim(request(), constraints=[DIFFERENT]), device(), False),
        (claim(request(count=2), constraints=[DIFFERENT]), device(), True),
    ],
)
def test_a_search_may_leave_traces(
    wish: ResourceClaim, mine: Device, *, expected: bool
) -> None:
    assert leaves(wish, mine) is expected


def test_too_large_a_choice_is_given_up_at_once() -> None:
    many = snapshot(slices=[slice_(*(device(f"d{n}") for n in range(40)))])
    nothing = option("a", selectors=["false"])
    wish = claim(first_of("x", nothing, option("b", count=13)), request("y", count=20))

    answer = Allocator(many).allocate(many.nodes[0], [wish])

    assert answer.allocations is None
    assert answer.steps < 50
