"""What keeps claims from one node."""

from collections.abc import Mapping, Sequence

import pytest

from dractl.diagnose.verdict import (
    ABSENCE,
    CHANGES,
    CLASHES,
    DIFFERS,
    LACKS,
    Judge,
    error_of,
)
from dractl.diagnose.world import World
from dractl.model.claims import Constraint, ResourceClaim
from dractl.model.devices import Device, ResourceSlice
from dractl.solver.errors import AllocationAborted, Fault
from tests.builders import (
    NO_SCHEDULE,
    claim,
    class_,
    device,
    first_of,
    held,
    option,
    request,
    slice_,
    snapshot,
)

Verdict = list[set[tuple[int, str, str]]]

FREE, BUSY = device("free"), device("busy")
TAINTED = device("tainted", taints=[NO_SCHEDULE])
SAME = Constraint(match_attribute="gpu.example.com/root")


def world(
    slices: Sequence[ResourceSlice],
    *claims: ResourceClaim,
    gates: Mapping[str, bool] | None = None,
) -> World:
    return World(
        snapshot(slices=slices, claims=claims, kubernetes="1.37", feature_gates=gates)
    )


def verdict(
    devices: Sequence[Device],
    *wanted: ResourceClaim,
    others: Sequence[ResourceClaim] = (),
    gates: Mapping[str, bool] | None = None,
) -> Verdict:
    """Return the sets of level, request and code that keep claims from the node."""
    here = world([slice_(*devices)], *others, *wanted, gates=gates)
    outline = here.allocator.planner.outline(wanted)
    sets, _ = Judge(here).verdict(here.allocator.view(here.nodes[0]), outline)
    return [{(b.level, b.request, b.code) for b in each} for each in sets]


def test_nothing_keeps_a_claim_from_devices_that_are_free() -> None:
    assert verdict([FREE], claim(request())) == []


def test_a_claim_without_requests_is_kept_by_nothing() -> None:
    assert verdict([], claim()) == []


def test_what_others_hold_may_change() -> None:
    assert verdict([BUSY], claim(request()), others=[held(BUSY)]) == [
        {(CHANGES, "gpu", "devices-in-use")}
    ]


def test_a_taint_may_change() -> None:
    assert verdict([TAINTED], claim(request())) == [
        {(CHANGES, "gpu", "devices-tainted")}
    ]


def test_too_few_devices_are_a_lack() -> None:
    assert verdict([FREE], claim(request(count=2))) == [
        {(LACKS, "gpu", "not-enough-devices")}
    ]


def test_devices_that_match_count_whether_they_are_free_or_not() -> None:
    assert verdict([FREE, BUSY], claim(request(count=3)), others=[held(BUSY)]) == [
        {(LACKS, "gpu", "not-enough-devices")}
    ]


def test_devices_of_which_none_matches_differ() -> None:
    assert verdict([FREE], claim(request(selectors=["false"]))) == [
        {(DIFFERS, "gpu", "selector-no-match")}
    ]


def test_a_node_without_devices_of_the_class_has_none_to_speak_of() -> None:
    other = device("nic", driver="nic.example.com")
    here = World(
        snapshot(
            slices=[slice_(other, driver="nic.example.com")],
            classes=[class_("gpu", 'device.driver == "gpu.example.com"')],
        )
    )
    outline = here.allocator.planner.outline([claim(request())])

    (found,), _ = Judge(here).verdict(here.allocator.view(here.nodes[0]), outline)

    assert [each.code for each in found] == [ABSENCE]


def test_a_constraint_clashes_with_what_there_is() -> None:
    devices = [device(name, attributes={"root": name}) for name in "ab"]

    assert verdict(devices, claim(request(count=2), constraints=[SAME])) == [
        {(CLASHES, "gpu", "constraint-unsatisfiable")}
    ]


def test_state_is_blamed_before_a_constraint() -> None:
    pair = [device(name, attributes={"root": "x"}) for name in "ab"]
    other = device("c", attributes={"root": "y"})

    assert verdict(
        [*pair, other],
        claim(request(count=2), constraints=[SAME]),
        others=[held(pair[0])],
    ) == [{(CHANGES, "gpu", "devices-in-use")}]


def test_a_capacity_that_nothing_could_free_is_a_lack() -> None:
    small = device("small", memory="1Gi")
    gates = {"DRAConsumableCapacity": True}

    assert verdict(
        [small], claim(request(capacity={"memory": "2Gi"})), gates=gates
    ) == [{(LACKS, "gpu", "capacity-insufficient")}]


def test_requests_of_a_claim_are_blamed_together_where_each_is_met_by_itself() -> None:
    wanted = claim(request("r", count=2), request("s"))

    assert verdict([FREE, device("b")], wanted) == [{(LACKS, "", "not-enough-devices")}]
    assert verdict([FREE, device("b"), BUSY], wanted, others=[held(BUSY)]) == [
        {(CHANGES, "", "devices-in-use")}
    ]


def test_a_request_that_is_not_met_by_itself_is_blamed_alone() -> None:
    wanted = claim(request("r"), request("s", selectors=["false"]))

    assert verdict([FREE], wanted) == [{(DIFFERS, "s", "selector-no-match")}]


def test_all_that_is_in_the_way_is_blamed() -> None:
    wanted = claim(request("r", count=2), request("s", selectors=["false"]))

    assert verdict([FREE], wanted) == [
        {(LACKS, "r", "not-enough-devices"), (DIFFERS, "s", "selector-no-match")}
    ]


def test_claims_that_do_not_go_together_conflict() -> None:
    wanted = [claim(request(count=2), name=name) for name in "ab"]

    assert verdict([FREE, device("b"), device("c")], *wanted) == [
        {(CLASHES, "", "claims-conflict")}
    ]


def test_claims_that_would_go_together_without_others_are_kept_by_these() -> None:
    wanted = [claim(request(), name=name) for name in "ab"]

    assert verdict([FREE, BUSY], *wanted, others=[held(BUSY)]) == [
        {(CHANGES, "", "devices-in-use")}
    ]


def test_half_a_pool_hides_its_devices() -> None:
    here = world([slice_(FREE, count=2)])
    outline = here.allocator.planner.outline([claim(request())])

    (found,), _ = Judge(here).verdict(here.allocator.view(here.nodes[0]), outline)

    assert [(each.level, each.code) for each in found] == [(CHANGES, "pool-incomplete")]


# -- certainty and errors


@pytest.mark.parametrize(
    ("selector", "certain"), [("true", True), ("device.attributes['x'].y", False)]
)
def test_a_verdict_is_certain_unless_the_search_may_end_in_an_error(
    selector: str, *, certain: bool
) -> None:
    wanted = [claim(request(selectors=[selector], count=9))]
    here = world([slice_(FREE)])
    outline = here.allocator.planner.outline(wanted)

    _, is_certain = Judge(here).verdict(here.allocator.view(here.nodes[0]), outline)

    assert is_certain is certain


def test_what_is_wrong_with_a_claim_whatever_the_devices_is_raised() -> None:
    here = world([slice_(FREE)], gates={"DRAAdminAccess": False})
    outline = here.allocator.planner.outline([claim(request(admin=True))])

    with pytest.raises(AllocationAborted):
        Judge(here).verdict(here.allocator.view(here.nodes[0]), outline)


def test_an_error_is_blamed_on_the_claim_that_it_is_about() -> None:
    here = world([slice_(FREE)])
    outline = here.allocator.planner.outline(
        [claim(request(), name="a"), claim(request(), name="b")]
    )

    found = error_of(AllocationAborted("no", fault=Fault("class", "b")), outline)

    assert (found.claim, found.request, found.error) == (
        1, "", ("no", Fault("class", "b")),
    )  # fmt: skip


def test_an_error_about_no_claim_is_about_the_pod() -> None:
    here = world([slice_(FREE)])
    outline = here.allocator.planner.outline([claim(request())])

    assert error_of(AllocationAborted("no"), outline).claim is None


def test_too_many_devices_of_an_alternative_are_that_alternatives_matter() -> None:
    here = world([slice_(FREE)])
    outline = here.allocator.planner.outline([claim(first_of("r", option("s")))])
    fault = Fault("size", "claim-0", subject="40")

    assert error_of(AllocationAborted("no", fault=fault), outline).request == "r/s"


# -- nodes that look the same


def test_nodes_that_look_the_same_share_a_verdict() -> None:
    here = World(
        snapshot(
            nodes=[],
            slices=[
                slice_(device("a", pool="p1"), pool="p1", node="n1", name="s1"),
                slice_(device("b", pool="p2"), pool="p2", node="n2", name="s2"),
            ],
        )
    )
    judge = Judge(here)
    outline = here.allocator.planner.outline([claim(request(count=2))])

    first, second = (
        judge.verdict(here.allocator.view(node), outline)[0] for node in here.nodes
    )

    assert first is second
