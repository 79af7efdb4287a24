import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dractl.api.snapshot import Snapshot
from dractl.capacity.devices import State, fleet
from dractl.capacity.groups import GROUPINGS, NONE, SEVERAL, Counts, grouped
from dractl.errors import DractlError
from tests import builders
from tests.builders import device, held, node, slice_, snapshot


def cluster() -> Snapshot:
    a, b = (device(f"gpu-{n}", attributes={"model": n}) for n in "ab")
    fabric = device("port", pool="fabric")
    return snapshot(
        nodes=[node("node-1"), node("node-2")],
        slices=[
            slice_(a, b),
            slice_(fabric, name="f", pool="fabric", node=None, all_nodes=True),
        ],
        claims=[held(a)],
    )


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("node", {"node-1": 2, SEVERAL: 1}),
        ("class", {"gpu": 3}),
        ("driver", {builders.DRIVER: 3}),
        ("namespace", {"held": 1, NONE: 2}),
        ("model", {"a": 1, "b": 1, NONE: 1}),
        ("pool", {f"{builders.DRIVER}/pool": 2, f"{builders.DRIVER}/fabric": 1}),
        (f"{builders.DRIVER}/model", {"a": 1, "b": 1, NONE: 1}),
    ],
)
def test_grouped(by: str, expected: dict[str, int]) -> None:
    found = {each.name: each.counts.total for each in grouped(fleet(cluster()), by)}
    assert found == expected


def test_unknown_attribute_is_named_with_the_nearest() -> None:
    with pytest.raises(DractlError) as caught:
        grouped(fleet(cluster()), "modle")
    assert caught.value.hint == "did you mean model?"


@st.composite
def clusters(draw: st.DrawFn) -> Snapshot:
    """Draw a cluster in which anything may be wrong."""
    number = draw(st.integers(1, 3))
    slices, claims = [], []
    for place in range(number):
        pool = f"pool-{place}"
        devices = [
            device(
                f"gpu-{each}",
                pool=pool,
                memory="80Gi",
                attributes={"model": draw(st.sampled_from("ab"))},
                shared=draw(st.booleans()),
                taints=draw(st.sampled_from([(), (builders.NO_SCHEDULE,)])),
                consumes=draw(st.sampled_from([{}, {"set": {"memory": "50Gi"}}])),
            )
            for each in range(draw(st.integers(0, 4)))
        ]
        count = draw(st.sampled_from([2, 2, 2, 3]))
        where = draw(st.sampled_from(["node-0", "node-1", "gone", None]))
        counters = {"set": {"memory": "80Gi"}}
        slices += [
            slice_(
                name=f"c-{place}", pool=pool, node=where, all_nodes=where is None,
                count=count, counters=counters,
            ),
            slice_(
                *devices, name=f"d-{place}", pool=pool, node=where,
                all_nodes=where is None, count=count,
            ),
        ]  # fmt: skip
        taken = [each for each in devices if draw(st.booleans())]
        if taken:
            claims.append(held(*taken, name=f"claim-{place}"))
    return snapshot(
        nodes=[node("node-0"), node("node-1")], slices=slices, claims=claims
    )


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(clusters())
def test_each_device_is_in_one_state_and_nodes_add_up(found: Snapshot) -> None:
    uses = fleet(found)
    for by in GROUPINGS:
        for group in grouped(uses, by):
            _, free, partly, allocated, tainted, unusable, stranded = group.counts
            total = free + partly + allocated + tainted + unusable
            assert total == group.counts.total == len(group.uses)
            assert stranded <= unusable
    for by in ("node", "driver", "model", "pool"):
        parts = [each.counts for each in grouped(uses, by)]
        assert tuple(map(sum, zip(*parts, strict=True))) == (
            tuple(Counts.of(uses)) if uses else ()
        )
    for each in uses:
        assert bool(each.namespaces) == (each.state in {State.ALLOCATED, State.PARTLY})
