"""Nodes that differ in anything that the search reads have different fingerprints."""

from collections.abc import Hashable, Mapping, Sequence

import pytest

from dractl.diagnose.fingerprint import fingerprint
from dractl.diagnose.world import World
from dractl.model.claims import Allocation, Constraint, DeviceResult, ResourceClaim
from dractl.model.devices import Device, ResourceSlice, Taint
from dractl.solver.ledger import Ledger
from dractl.solver.slots import prepare
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

SAME = Constraint(match_attribute="gpu.example.com/root")
SPENT = {"set": {"memory": "8Gi"}}


def print_of(
    slices: Sequence[ResourceSlice],
    *wanted: ResourceClaim,
    others: Sequence[ResourceClaim] = (),
) -> tuple[Hashable, ...]:
    """Return the fingerprint of the only node, for claims."""
    world = World(snapshot(slices=slices, claims=[*others, *wanted], kubernetes="1.37"))
    view = world.allocator.view(world.nodes[0])
    outline = world.allocator.planner.outline(wanted)
    claims = prepare(view, outline, world.allocator.usage)
    return fingerprint(view, claims, Ledger(view, world.allocator.usage, len(claims)))


def of(
    devices: Sequence[Device],
    wanted: ResourceClaim | None = None,
    others: Sequence[ResourceClaim] = (),
    counters: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[Hashable, ...]:
    slices = [slice_(*devices, count=2 if counters else 1)]
    if counters:
        slices.append(slice_(name="sets", count=2, counters=counters))
    return print_of(slices, wanted or claim(request()), others=others)


def part(name: str, memory: str) -> Device:
    return device(name, consumes={"set": {"memory": memory}})


def shared(name: str, memory: str) -> Device:
    return device(name, memory=memory, shared=True)


def share(of: Device, amount: str) -> ResourceClaim:
    result = DeviceResult(
        "r", of.id, share_id="x", consumed_capacity=quantities({"memory": amount})
    )
    return claim(request("r"), name="share", allocation=Allocation((result,)))


def rooted(*roots: str) -> list[Device]:
    return [
        device(f"gpu-{n}", attributes={"root": root}) for n, root in enumerate(roots)
    ]


A = device("a")


# -- what does not matter


def test_names_do_not_matter() -> None:
    assert of([device("a")]) == of([device("z")])


def test_attributes_that_nobody_asks_for_do_not_matter() -> None:
    assert of(rooted("x", "y")) == of(rooted("x", "x"))


def test_of_a_constraint_only_equality_of_values_matters() -> None:
    tied = claim(request(), constraints=[SAME])

    assert of(rooted("x", "y"), tied) == of(rooted("p", "q"), tied)


def test_a_taint_that_is_tolerated_or_without_effect_does_not_matter() -> None:
    assert of([device("a", taints=[Taint("k", "", "None")])]) == of([A])


# -- what does


def different() -> dict[str, tuple[tuple[Hashable, ...], tuple[Hashable, ...]]]:
    """Return pairs of nodes that differ in one thing."""
    tied = claim(request(), constraints=[SAME])
    asks = claim(request(capacity={"memory": "2Gi"}))
    text = 'device.attributes["gpu.example.com"].?root.orValue("") == "x"'
    passing = claim(request(selectors=[text]))
    one, two = shared("a", "8Gi"), shared("a", "9Gi")
    parts = [part("a", "4Gi"), part("b", "4Gi")]
    return {
        "number of devices": (of([A]), of([A, device("b")])),
        "in use": (of([A]), of([A], others=[held(A)])),
        "which is in use": (
            of(rooted("x", "y"), passing, [held(rooted("x", "y")[0])]),
            of(rooted("x", "y"), passing, [held(rooted("x", "y")[1])]),
        ),
        "tainted": (of([A]), of([device("a", taints=[NO_SCHEDULE])])),
        "which passes": (of(rooted("x", "y"), passing), of(rooted("y", "x"), passing)),
        "equal values": (of(rooted("x", "x"), tied), of(rooted("x", "y"), tied)),
        "missing values": (of(rooted("x"), tied), of([A], tied)),
        "what is drawn": (
            of(parts, counters=SPENT),
            of([part("a", "4Gi"), part("b", "5Gi")], counters=SPENT),
        ),
        "what is left to draw": (
            of(parts, counters=SPENT),
            of(parts, counters={"set": {"memory": "7Gi"}}),
        ),
        "what others draw": (
            of([*parts, part("c", "1Gi")], counters=SPENT, others=[held(parts[0])]),
            of(
                [*parts, part("c", "1Gi")],
                counters=SPENT,
                others=[held(part("c", "1Gi"))],
            ),
        ),
        "capacity": (of([one], asks), of([two], asks)),
        "capacity that is left": (
            of([one], asks, [share(one, "1Gi")]),
            of([one], asks, [share(one, "7Gi")]),
        ),
        "shared or not": (of([one]), of([device("a", memory="8Gi")])),
        "incomplete": (
            print_of([slice_(A)], claim(request())),
            print_of([slice_(A, count=2)], claim(request())),
        ),
        "incomplete and invalid": (
            print_of([slice_(A, count=2)], claim(request())),
            print_of([slice_(A, device("a"))], claim(request())),
        ),
        "which drivers": (
            print_of(
                [slice_(device("a", driver="x.com"), driver="x.com")],
                claim(request(selectors=["false"])),
            ),
            print_of([slice_(A)], claim(request(selectors=["false"]))),
        ),
    }


DIFFERENT = different()


@pytest.mark.parametrize("what", DIFFERENT)
def test_nodes_are_told_apart_by(what: str) -> None:
    one, other = DIFFERENT[what]

    assert one != other


@pytest.mark.parametrize("what", DIFFERENT)
def test_a_fingerprint_can_be_remembered(what: str) -> None:
    one, _ = DIFFERENT[what]

    assert hash(one) == hash(one)
