"""What is wrong with claims, found before and while a node is asked."""

import dataclasses
from collections.abc import Mapping

import pytest

from dractl.api.snapshot import Snapshot
from dractl.model.claims import Constraint, Request, ResourceClaim
from dractl.solver.allocator import Allocator
from dractl.solver.errors import AllocationAborted, PoolsInvalid
from tests.builders import (
    claim,
    class_,
    device,
    first_of,
    held,
    node,
    option,
    request,
    slice_,
    snapshot,
)

MODE = dataclasses.replace(option(), mode="Some")
NO_CAPACITY = {"DRAConsumableCapacity": False}


def allocate(
    *claims: ResourceClaim, cluster: Snapshot | None = None
) -> list[list[str]] | None:
    """Return the names of the devices of each claim; None: they do not fit."""
    asked = cluster or snapshot(slices=[slice_(device("a"), device("b"))])
    answer = Allocator(asked).allocate(asked.nodes[0], claims)
    if answer.allocations is None:
        return None
    return [[r.device.device for r in each.results] for each in answer.allocations]


@pytest.mark.parametrize(
    ("wish", "gates", "message"),
    [
        (Request("r", ()), {}, "request r: unknown request type"),
        (
            first_of("r", option("s")),
            {"DRAPrioritizedList": False},
            "request r: has subrequests, but the DRAPrioritizedList feature",
        ),
        (
            request("r", capacity={"memory": "1"}),
            NO_CAPACITY,
            "request r: has capacity requests",
        ),
        (
            first_of("r", option("s", capacity={})),
            NO_CAPACITY,
            "request r: has capacity requests",
        ),
        (request("r", selectors=["true", None]), {}, "r: selector #1: CEL expression"),
        (request("r", admin=False), {"DRAAdminAccess": False}, "admin access"),
        (request("r", device_class=""), {}, "missing device class name"),
        (first_of("r", option("s", device_class="x")), {}, "r/s: could not retrieve"),
        (Request("r", (MODE,)), {}, "unsupported count mode Some"),
        (request("r", count=33), {}, "devices 33 exceeds the claim limit of 32"),
        (request("r", selectors=["1"]), {}, "selector #0: CEL compile error"),
        (request("r", selectors=["{}[1]"]), {}, "selector #0: CEL"),
    ],
)
def test_a_claim_aborts(wish: Request, gates: Mapping[str, bool], message: str) -> None:
    cluster = snapshot(feature_gates=gates, slices=[slice_(device())])

    with pytest.raises(AllocationAborted, match=message):
        allocate(claim(wish), cluster=cluster)


def test_the_first_wrong_request_is_named() -> None:
    wishes = claim(request("a"), request("b", device_class="x"), request("c", count=99))

    with pytest.raises(AllocationAborted, match="request b: could not"):
        allocate(wishes)


def test_the_stable_allocator_ignores_capacity_requests() -> None:
    gates = {**NO_CAPACITY, "DRADeviceBindingConditions": False}
    cluster = snapshot(feature_gates=gates, slices=[slice_(device())])

    wish = claim(request(capacity={"memory": "1"}))

    assert allocate(wish, cluster=cluster) == [["gpu-0"]]


def test_an_error_of_a_class_names_the_class() -> None:
    cluster = snapshot(classes=[class_("gpu", "1 + 1")], slices=[slice_(device())])

    with pytest.raises(AllocationAborted, match="class gpu: selector #0: CEL compile"):
        allocate(claim(request()), cluster=cluster)


def test_an_expression_is_harmless_where_no_device_is_looked_at() -> None:
    assert allocate(claim(request(selectors=["1"])), cluster=snapshot()) is None


def test_a_device_behind_the_first_that_fits_is_not_evaluated() -> None:
    fails_on_b = 'device.attributes["gpu.example.com"].ok'
    cluster = snapshot(slices=[slice_(device("a", attributes={"ok": True}), device())])

    assert allocate(claim(request(selectors=[fails_on_b])), cluster=cluster) == [["a"]]


def test_devices_in_use_are_evaluated_for_all_but_not_for_a_count() -> None:
    fails_on_b = 'device.attributes["gpu.example.com"].ok'
    free, used = device("z", attributes={"ok": True}), device("b")
    cluster = snapshot(slices=[slice_(used, free)], claims=[held(used)])

    assert allocate(claim(request(selectors=[fails_on_b])), cluster=cluster) == [["z"]]
    with pytest.raises(AllocationAborted, match="CEL runtime error"):
        allocate(claim(request(every=True, selectors=[fails_on_b])), cluster=cluster)


@pytest.mark.parametrize(
    ("count", "names", "state"),
    [(2, ["a"], "being updated"), (1, ["a", "a"], "invalid")],
)
def test_a_request_for_all_aborts_at_any_unusable_pool(
    count: int, names: list[str], state: str
) -> None:
    bad = slice_(
        *(device(name, pool="other") for name in names), pool="other", count=count
    )
    cluster = snapshot(slices=[slice_(device()), bad])

    with pytest.raises(AllocationAborted, match=f"pool/?.*is currently {state}"):
        allocate(claim(request(every=True)), cluster=cluster)


def test_a_count_is_taken_from_other_pools_than_the_unusable_ones() -> None:
    bad = slice_(device("a", pool="a"), device("a", pool="a"), pool="a")
    cluster = snapshot(slices=[slice_(device("b")), bad])

    assert allocate(claim(request()), cluster=cluster) == [["b"]]
    with pytest.raises(PoolsInvalid):
        allocate(claim(request(count=2)), cluster=cluster)


def test_all_devices_that_no_constraint_allows_abort() -> None:
    differ = Constraint(match_attribute="gpu.example.com/x")

    with pytest.raises(AllocationAborted, match="cannot add device"):
        allocate(claim(request(every=True), constraints=[differ]))


def test_all_of_nothing_is_nothing() -> None:
    assert allocate(claim(request(every=True, selectors=["false"]))) is None


def test_all_falls_back_where_nothing_matches() -> None:
    nothing = option("all", every=True, selectors=["false"])

    assert allocate(claim(first_of("r", nothing, option("one")))) == [["a"]]


def test_a_subrequest_that_is_too_large_gives_way_to_the_next() -> None:
    many = snapshot(slices=[slice_(*(device(f"d{n:02}") for n in range(40)))])
    wishes = claim(
        request("r0", count=31), first_of("r1", option("s0", count=2), option("s1"))
    )

    found = allocate(wishes, cluster=many)

    assert found == [[f"d{n:02}" for n in range(32)]]


def test_no_claims_are_allocated_at_once() -> None:
    assert allocate() == []
    assert allocate(claim()) == [[]]


def test_a_node_without_devices_gives_none() -> None:
    cluster = snapshot(nodes=[node("node-2")], slices=[slice_(device())])

    assert allocate(claim(request()), cluster=cluster) is None
