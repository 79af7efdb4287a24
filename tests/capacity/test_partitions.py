from collections.abc import Sequence

import pytest

from dractl.api.snapshot import Snapshot
from dractl.capacity.devices import fleet
from dractl.capacity.fragmentation import spreads
from dractl.capacity.partitions import at_once, by_use, partitions
from dractl.model.devices import Device, NodeScope
from tests.builders import NO_SCHEDULE, device, held, node, slice_, snapshot


def part(name: str, model: str, *places: int) -> Device:
    """Return a partition that takes some of the four places of a GPU."""
    return device(
        name,
        attributes={"model": model},
        consumes={"gpu": {f"place-{each}": "1" for each in places}},
    )


SMALL = [part(f"small-{n}", "small", n) for n in range(4)]
LARGE = [part(f"large-{n}", "large", n, n + 1) for n in (0, 2)]


def gpu(*taken: Device) -> Snapshot:
    counters = slice_(
        name="c", count=2, counters={"gpu": {f"place-{n}": "1" for n in range(4)}}
    )
    return snapshot(
        slices=[counters, slice_(*SMALL, *LARGE, name="d", count=2)],
        claims=[held(*taken)] if taken else [],
    )


@pytest.mark.parametrize(
    ("taken", "possible"),
    [
        ([], [4, 2]),
        ([SMALL[0]], [3, 1]),
        ([SMALL[0], SMALL[3]], [2, 0]),
        ([LARGE[0]], [2, 1]),
        ([*LARGE], [0, 0]),
    ],
)
def test_possible(taken: Sequence[Device], possible: list[int]) -> None:
    cluster = gpu(*taken)
    uses = fleet(cluster)
    found = partitions(cluster, uses)
    assert [each.possible for each in found] == possible
    assert [each.whole for each in found] == [4, 2]
    assert [each.kind for each in found] == ["small", "large"]
    assert at_once(uses, by_use(found)) == max(possible)
    left = sum(each.left.nanos for each in found[0].counters) // 10**9
    assert left == 4 - sum(len(each.consumes[0].counters) for each in taken)


def test_parents_that_look_the_same_are_told_apart() -> None:
    one, other = (
        [
            device(f"{name}-{n}", consumes={name: {"memory": "1"}})
            for n in range(3)
        ]
        for name in ("gpu-0", "gpu-1")
    )  # fmt: skip
    counters = {name: {"memory": "2"} for name in ("gpu-0", "gpu-1")}
    cluster = snapshot(
        slices=[
            slice_(name="c", count=2, counters=counters),
            slice_(*one, *other, name="d", count=2),
        ],
        claims=[held(one[0])],
    )
    found = partitions(cluster, fleet(cluster))
    assert [(str(each.parent), each.possible) for each in found] == [
        ("gpu-0", 1),
        ("gpu-1", 2),
    ]


def test_partitions_that_are_tainted_are_no_room() -> None:
    """Parents of the same size differ by what else keeps partitions from being had."""
    tainted, sound = (
        device("gpu-0", consumes={"gpu-0": {"memory": "1"}}, taints=[NO_SCHEDULE]),
        device("gpu-1", consumes={"gpu-1": {"memory": "1"}}),
    )
    counters = {name: {"memory": "1"} for name in ("gpu-0", "gpu-1")}
    cluster = snapshot(
        slices=[
            slice_(name="c", count=2, counters=counters),
            slice_(tainted, sound, name="d", count=2),
        ]
    )
    found = partitions(cluster, fleet(cluster))
    assert [(each.possible, each.whole) for each in found] == [(0, 0), (1, 1)]


def on_two_nodes() -> Snapshot:
    """Return partitions that several nodes have of counters for three of them."""
    parts = [
        device(
            f"part-{place}",
            attributes={"model": "part"},
            consumes={"gpu": {"memory": "1"}},
            scope=NodeScope(node_name=name),
        )
        for place, name in enumerate(("n1", "n2", "n2", "n2"))
    ]
    counters = slice_(
        name="c", count=2, all_nodes=True, counters={"gpu": {"memory": "3"}}
    )
    return snapshot(
        slices=[
            counters,
            slice_(*parts, name="d", count=2, node=None, per_device=True),
        ],
        nodes=[node("n1"), node("n2")],
    )


def test_partitions_of_several_nodes_are_counted_on_all_of_them() -> None:
    cluster = on_two_nodes()
    uses = fleet(cluster)
    (found,) = partitions(cluster, uses)
    assert (found.node, found.published, found.possible, found.whole) == ("", 4, 3, 3)
    kinds = by_use([found])
    assert at_once(uses, kinds) == 3
    (spread,) = spreads(uses, kinds)
    assert (spread.free, spread.most, spread.node) == (3, 3, "n2")


def test_no_partitions() -> None:
    cluster = snapshot(slices=[slice_(device())])
    assert partitions(cluster, fleet(cluster)) == ()


def nodes_with(*free: int, of: int = 4) -> Snapshot:
    """Return nodes of some GPUs each, of which so many are free."""
    slices, taken = [], []
    for place, number in enumerate(free):
        devices = [
            device(
                f"gpu-{each}",
                pool=f"pool-{place}",
                attributes={
                    "model": "A",
                    "resource.kubernetes.io/pcieRoot": f"pci{each // 2}",
                },
            )
            for each in range(of)
        ]
        taken += devices[number:]
        slices.append(
            slice_(
                *devices, name=f"s-{place}", pool=f"pool-{place}", node=f"node-{place}"
            )
        )
    return snapshot(
        nodes=[node(f"node-{place}") for place in range(len(free))],
        slices=slices,
        claims=[held(*taken)] if taken else [],
    )


@pytest.mark.parametrize(
    ("free", "most", "is_split", "together"),
    [
        ((1, 2, 1), 2, True, 2),
        ((4, 0), 4, False, 2),
        ((1, 0), 1, False, 1),
        ((1, 1), 1, True, 1),
        ((4, 4), 4, False, 2),
    ],
)
def test_spread(
    free: tuple[int, ...], most: int, is_split: bool, together: int
) -> None:
    cluster = nodes_with(*free)
    (found,) = spreads(fleet(cluster), {})
    assert (found.free, found.most, found.whole) == (sum(free), most, 4)
    assert found.is_split is is_split
    (near,) = found.together
    assert (near.attribute, near.number) == (
        "resource.kubernetes.io/pcieRoot",
        together,
    )


def test_tainted_devices_are_no_whole() -> None:
    """Two nodes of which one device each is free are not split where no more can be."""
    slices = [
        slice_(
            device("gpu-0", pool=name, attributes={"model": "A"}),
            device("gpu-1", pool=name, attributes={"model": "A"}, taints=[NO_SCHEDULE]),
            name=name,
            pool=name,
            node=name,
        )
        for name in ("n1", "n2")
    ]
    cluster = snapshot(slices=slices, nodes=[node("n1"), node("n2")])
    (found,) = spreads(fleet(cluster), {})
    assert (found.free, found.most, found.whole, found.is_split) == (2, 1, 1, False)


def test_nothing_free_has_no_spread() -> None:
    assert spreads(fleet(nodes_with(0, 0)), {}) == ()


def test_spread_of_partitions_counts_what_can_be_had_at_once() -> None:
    cluster = gpu(SMALL[0])
    uses = fleet(cluster)
    small, large = spreads(uses, by_use(partitions(cluster, uses)))
    assert (small.free, small.whole, large.free, large.whole) == (3, 4, 1, 2)
    assert small.is_parts
