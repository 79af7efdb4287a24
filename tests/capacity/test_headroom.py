import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dractl.api.snapshot import Snapshot
from dractl.capacity.devices import State, fleet
from dractl.capacity.headroom import headroom
from dractl.capacity.moving import displaced, settled
from dractl.capacity.whatif import RemoveNode, changed
from dractl.model.claims import Allocation, DeviceResult, ResourceClaim
from dractl.model.devices import Device, ResourceSlice
from dractl.solver.placement import place
from tests.builders import (
    claim,
    device,
    held,
    node,
    quantities,
    request,
    slice_,
    snapshot,
)


def cluster(*nodes: tuple[int, int], models: str = "") -> Snapshot:
    """Return nodes with (total, used) devices; each used one has its claim."""
    slices, claims = [], []
    for place_, (total, used) in enumerate(nodes):
        name = f"node-{place_}"
        model = models[place_] if models else "m"
        devices = [
            device(f"gpu-{n}", pool=name, attributes={"model": model})
            for n in range(total)
        ]
        slices.append(slice_(*devices, name=name, pool=name, node=name))
        claims += [
            held(each, name=f"c-{place_}-{n}") for n, each in enumerate(devices[:used])
        ]
    return snapshot(
        nodes=[node(f"node-{n}") for n in range(len(nodes))],
        slices=slices,
        claims=claims,
    )


def test_the_largest_node_is_lost() -> None:
    found = cluster((2, 0), (4, 1), (3, 3))
    [loss] = headroom(found, fleet(found))

    assert (loss.name, loss.node, loss.devices, loss.free) == ("m", "node-1", 4, 3)
    assert (loss.free_before, loss.free_after) == (5, 1)
    assert [each.node for each in loss.moved] == ["node-0"]
    assert loss.is_covered


def test_of_nodes_as_large_the_one_with_most_in_use() -> None:
    found = cluster((2, 0), (2, 2), (2, 1))
    [loss] = headroom(found, fleet(found))
    assert loss.node == "node-1"


def test_what_has_no_place_elsewhere() -> None:
    found = cluster((1, 0), (3, 3))
    [loss] = headroom(found, fleet(found))
    assert (len(loss.moved), len(loss.homeless), loss.free_after) == (1, 2, 0)
    assert loss.homeless[0].reason == "does not fit on any other node"
    assert not loss.is_covered


def test_each_model_has_a_node_of_its_own() -> None:
    found = cluster((2, 1), (1, 0), (2, 0), models="abb")
    losses = headroom(found, fleet(found))
    # Claims ask for the class, so the other model serves as well.
    assert [(each.name, each.node, each.free_after) for each in losses] == [
        ("a", "node-0", 0),
        ("b", "node-2", 1),
    ]


def test_devices_of_several_nodes_are_lost_with_none() -> None:
    port = device("port", pool="f", attributes={"model": "p"})
    found = snapshot(slices=[slice_(port, pool="f", node=None, all_nodes=True)],
                     nodes=[node("node-1"), node("node-2")])  # fmt: skip
    assert headroom(found, fleet(found)) == ()


@pytest.mark.parametrize("by", ["class", "driver", "node"])
def test_by_other_groups(by: str) -> None:
    found = cluster((2, 1), (1, 0))
    assert headroom(found, fleet(found), by)[0].node == "node-0"


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=4)
)
@settings(max_examples=30, deadline=None)
def test_it_is_what_the_cluster_without_the_node_has(
    sizes: list[tuple[int, int]],
) -> None:
    before = cluster(*((total, min(total, used)) for total, used in sizes))
    for loss in headroom(before, fleet(before)):
        after = changed(before, RemoveNode(loss.node))
        placements = place(after, displaced(before, after)).placements
        taken = sum(each.node is not None for each in placements)
        free = sum(each.state is State.FREE for each in fleet(after))
        assert len(loss.moved) == taken
        assert loss.free_after == free - taken


def shared(pool: str) -> Device:
    return device("gpu", pool=pool, shared=True, memory="40Gi")


def share(given: Device, memory: str) -> ResourceClaim:
    """Return a claim that has a share of a device, as much as it asks for."""
    amount = {"memory": memory}
    result = DeviceResult(
        "r", given.id, share_id=memory, consumed_capacity=quantities(amount)
    )
    return claim(
        request("r", capacity=amount),
        name=f"{given.id.pool}-{memory}",
        allocation=Allocation((result,)),
    )


def sharing(*used: str) -> Snapshot:
    """Return two devices of which one has room for all that has the other."""
    devices = [shared(name) for name in ("node-0", "node-1")]
    return snapshot(
        nodes=[node("node-0"), node("node-1")],
        slices=[slice_(each, pool=each.id.pool, node=each.id.pool) for each in devices],
        claims=[
            *(share(devices[0], each) for each in used),
            share(devices[1], "1Gi"),
        ],
    )


def parted(name: str) -> tuple[Sequence[Device], Sequence[ResourceSlice]]:
    """Return the halves of a GPU and the whole of it."""
    halves = {f"half-{n}": (n,) for n in (0, 1)}
    devices = [
        device(
            part,
            pool=name,
            consumes={"gpu": {f"place-{each}": "1" for each in places}},
        )
        for part, places in {**halves, "whole": (0, 1)}.items()
    ]
    counters = {"gpu": {"place-0": "1", "place-1": "1"}}
    some = slice_(name=f"c-{name}", pool=name, node=name, count=2, counters=counters)
    return devices, (some, slice_(*devices, name=name, pool=name, node=name, count=2))


def parting() -> Snapshot:
    """Return two GPUs of which one has a part in use."""
    devices, slices = parted("node-0")
    return snapshot(
        nodes=[node("node-0"), node("node-1")],
        slices=[*slices, *parted("node-1")[1]],
        claims=[held(devices[0])],
    )


def reaching() -> Snapshot:
    """Return a node whose claim has ports as well, and no place elsewhere."""
    gpu = device("gpu", pool="node-0")
    ports = [device(f"port-{n}", pool="net") for n in range(2)]
    results = tuple(DeviceResult("r", each.id) for each in (gpu, *ports))
    return snapshot(
        nodes=[node("node-0"), node("node-1")],
        slices=[
            slice_(gpu, pool="node-0", node="node-0"),
            slice_(*ports, name="net", pool="net", node=None, all_nodes=True),
        ],
        claims=[claim(request("r", count=3), allocation=Allocation(results))],
    )


def closing() -> Snapshot:
    """Return a GPU's node, and one that is cordoned and sees the same port."""
    gpu, port = device("gpu", pool="node-0"), device("port", pool="net")
    return snapshot(
        nodes=[
            node("node-0"),
            dataclasses.replace(node("node-1"), unschedulable=True),
        ],
        slices=[
            slice_(gpu, pool="node-0", node="node-0"),
            slice_(port, name="net", pool="net", node=None, all_nodes=True),
        ],
    )


@pytest.mark.parametrize(
    ("before", "free_after"),
    [
        (sharing("20Gi", "19Gi"), 0),
        (sharing("20Gi", "18Gi"), 1),
        (parting(), 1),
        (reaching(), 2),
        (closing(), 0),
    ],
)
def test_what_is_left_is_looked_at(before: Snapshot, free_after: int) -> None:
    [loss] = headroom(before, fleet(before), "driver")
    assert (loss.node, loss.free_after) == ("node-0", free_after)

    after = changed(before, RemoveNode("node-0"))
    moved = settled(after, place(after, displaced(before, after)).placements)
    left = [each for each in fleet(moved) if each.state in (State.FREE, State.PARTLY)]
    assert len(left) == free_after
