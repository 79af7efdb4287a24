"""Which pools a node sees, in which order, and what makes a pool unusable."""

import dataclasses

import pytest

from dractl.model.cluster import Profile
from dractl.model.devices import CounterSet, Device, NodeScope, ResourceSlice
from dractl.model.nodeselection import NodeSelector, NodeSelectorTerm, Requirement
from dractl.solver.errors import AllocationAborted
from dractl.solver.inventory import Inventory, NodeInventory
from dractl.solver.rules import Rules, rules_of
from tests.builders import device, quantities, slice_

ZONE_A = NodeSelector((NodeSelectorTerm((Requirement("zone", "In", ("a",)),)),))
BROKEN = NodeSelector((NodeSelectorTerm((Requirement("zone", "Gt", ("x",)),)),))
DRAWING = {"set": {"slots": "1"}}
COUNTERS = {"set": {"slots": "2"}}


def rules(kubernetes: str = "1.36", **gates: bool) -> Rules:
    return rules_of(Profile.of(kubernetes, gates))


STABLE = rules(DRAConsumableCapacity=False, DRADeviceBindingConditions=False)


def seen(
    *slices: ResourceSlice,
    using: Rules | None = None,
    node: str = "node-1",
    zone: str = "a",
) -> NodeInventory:
    return Inventory(slices, using or rules()).of(node, {"zone": zone})


def names(inventory: NodeInventory) -> list[str]:
    return ["/".join(entry.device.id) for entry in inventory.entries]


def defects(inventory: NodeInventory) -> list[str]:
    return [pool.defect for pool in inventory.pools]


def one(driver: str, pool: str, name: str = "x", **fields: bool) -> ResourceSlice:
    """Return a slice with one device."""
    conditions = ["ready"] if fields.get("binding") else []
    mine = device(name, driver=driver, pool=pool, conditions=conditions)
    return slice_(mine, name=f"{driver}-{pool}", driver=driver, pool=pool)


def test_pools_are_in_the_order_of_their_bytes() -> None:
    pools = [one("d", "b"), one("d", "a/b"), one("d", "a-b"), one("d", "B")]

    assert names(seen(*pools)) == ["d/B/x", "d/a-b/x", "d/a/b/x", "d/b/x"]


def test_drivers_come_before_pools() -> None:
    assert names(seen(one("e", "a"), one("d", "z"))) == ["d/z/x", "e/a/x"]


def test_pools_with_binding_conditions_come_last() -> None:
    pools = (one("d", "a", binding=True), one("d", "b"))

    assert names(seen(*pools)) == ["d/b/x", "d/a/x"]
    assert names(seen(*pools, using=STABLE)) == ["d/a/x", "d/b/x"]


def test_they_come_last_even_with_binding_conditions_off() -> None:
    off = rules(DRADeviceBindingConditions=False)

    found = seen(one("d", "a", binding=True), one("d", "b"), using=off)

    assert names(found) == ["d/b/x", "d/a/x"]


def test_slices_are_in_the_order_of_their_names_and_devices_as_published() -> None:
    nine = slice_(device("b"), device("a"), name="s9", count=2)
    ten = slice_(device("d"), device("c"), name="s10", count=2)

    found = seen(nine, ten)

    assert [entry.device.name for entry in found.entries] == ["d", "c", "b", "a"]


@pytest.mark.parametrize(
    ("scope", "node", "zone", "reached"),
    [
        (NodeScope(node_name="node-1"), "node-1", "b", True),
        (NodeScope(node_name="node-1"), "node-2", "a", False),
        (NodeScope(all_nodes=True), "node-2", "b", True),
        (NodeScope(selector=ZONE_A), "node-2", "a", True),
        (NodeScope(selector=ZONE_A), "node-2", "b", False),
        (NodeScope(selector=NodeSelector()), "node-1", "a", False),
        (NodeScope(), "node-1", "a", False),
    ],
)
def test_a_slice_counts_on_the_nodes_of_its_scope(
    scope: NodeScope, node: str, zone: str, *, reached: bool
) -> None:
    mine = dataclasses.replace(slice_(device()), scope=scope)

    assert bool(seen(mine, node=node, zone=zone).entries) is reached


def test_an_unusable_node_selector_aborts() -> None:
    mine = dataclasses.replace(slice_(device()), scope=NodeScope(selector=BROKEN))

    with pytest.raises(AllocationAborted, match="slice-0: unusable node selector"):
        seen(mine)


def per_device(*devices: Device) -> ResourceSlice:
    return slice_(*devices, node=None, per_device=True)


def test_a_slice_of_several_scopes_counts_where_one_device_does() -> None:
    mine = per_device(
        device("a", scope=NodeScope(node_name="node-1")),
        device("b", scope=NodeScope(selector=ZONE_A)),
    )

    assert len(seen(mine).entries) == 2
    assert len(seen(mine, node="node-2", zone="b").entries) == 0
    assert [e.scope.node_name for e in seen(mine).entries] == ["node-1", None]


@pytest.mark.parametrize(
    "mine",
    [
        per_device(device(scope=NodeScope(all_nodes=True))),
        dataclasses.replace(slice_(device()), per_device_scope=False),
    ],
)
def test_scopes_of_devices_are_ignored_without_partitionable_devices(
    mine: ResourceSlice,
) -> None:
    assert seen(mine, using=rules(DRAPartitionableDevices=False)).pools == ()


def generation(
    number: int, name: str, *, count: int = 1, **where: str
) -> ResourceSlice:
    return slice_(
        device(name),
        name=f"slice-{name}",
        generation=number,
        count=count,
        node=where.get("node", "node-1"),
    )


def test_only_the_newest_generation_counts() -> None:
    found = seen(generation(1, "old"), generation(2, "new"))

    assert [entry.device.name for entry in found.entries] == ["new"]


def test_an_old_generation_that_is_complete_here_is_used_beside_a_newer_one() -> None:
    found = seen(generation(1, "old"), generation(2, "new", node="node-2"))

    assert [entry.device.name for entry in found.entries] == ["old"]


def test_an_old_generation_that_is_not_complete_here_does_not_exist() -> None:
    old = generation(1, "old", count=2)

    assert seen(old, generation(2, "new", node="node-2")).pools == ()


@pytest.mark.parametrize(
    ("counts", "defect"), [((2,), "incomplete"), ((1, 1), "incomplete"), ((2, 2), "")]
)
def test_a_pool_needs_as_many_slices_as_it_says(
    counts: tuple[int, ...], defect: str
) -> None:
    slices = [generation(1, f"d{n}", count=count) for n, count in enumerate(counts)]

    assert defects(seen(*slices)) == [defect]


def test_slices_for_other_nodes_complete_a_pool_without_offering_devices() -> None:
    slices = (
        generation(1, "here", count=2),
        generation(1, "there", count=2, node="node-2"),
    )

    assert [entry.device.name for entry in seen(*slices).entries] == ["here"]


def test_a_device_name_twice_makes_a_pool_invalid() -> None:
    found = seen(slice_(device("a"), device("a")))

    assert (defects(found), found.has_invalid_pool, found.entries) == (
        ["invalid"], True, ()
    )  # fmt: skip


def counting(
    *devices: Device, node: str = "node-1", sets: int = 1
) -> tuple[ResourceSlice, ...]:
    """Return a pool with counters: a slice for these and one for the devices."""
    declared = slice_(name="counters", count=2, node=node, counters=COUNTERS)
    declared = dataclasses.replace(
        declared, shared_counters=declared.shared_counters * sets
    )
    return declared, slice_(*devices, name="devices", count=2, node=node)


@pytest.mark.parametrize(
    ("consumes", "defect"),
    [
        (DRAWING, ""),
        ({"unknown": {"slots": "1"}}, "invalid"),
        ({"set": {"unknown": "1"}}, "invalid"),
    ],
)
def test_a_device_may_draw_only_from_counters_that_exist(
    consumes: dict[str, dict[str, str]], defect: str
) -> None:
    assert defects(seen(*counting(device(consumes=consumes)))) == [defect]


def test_a_counter_set_twice_makes_a_pool_invalid() -> None:
    assert defects(seen(*counting(device(consumes=DRAWING), sets=2))) == ["invalid"]


def test_unknown_counters_do_not_matter_without_partitionable_devices() -> None:
    found = seen(
        slice_(device(consumes=DRAWING)), using=rules(DRAPartitionableDevices=False)
    )

    assert defects(found) == [""]


def test_a_pool_knows_its_counters_and_who_draws_from_them() -> None:
    (pool,) = seen(*counting(device("a", consumes=DRAWING), device("b"))).pools

    assert pool.counters == {("set", "slots"): quantities({"n": "2"})["n"].nanos}
    assert [each.name for each in pool.consumers] == ["a"]


@pytest.mark.parametrize(("kubernetes", "pools"), [("1.36", 1), ("1.37", 0)])
def test_an_incomplete_pool_with_counters_is_seen_from_all_nodes_until_1_37(
    kubernetes: str, pools: int
) -> None:
    (counters, _) = counting()

    found = seen(counters, node="node-2", using=rules(kubernetes))

    assert defects(found) == ["incomplete"] * pools


@pytest.mark.parametrize("kubernetes", ["1.36", "1.37"])
def test_counters_of_another_nodes_slice_serve_the_devices_here(
    kubernetes: str,
) -> None:
    far, _ = counting(node="node-2")
    _, near = counting(device(consumes=DRAWING))

    (pool,) = seen(far, near, using=rules(kubernetes)).pools

    assert (pool.defect, len(pool.entries), len(pool.counters)) == ("", 1, 1)


def test_a_slice_with_counters_offers_no_devices() -> None:
    mixed = dataclasses.replace(
        slice_(device()), shared_counters=(CounterSet("set", quantities({"a": "1"})),)
    )

    assert seen(mixed).entries == ()


def test_the_only_node_of_a_pool_is_known() -> None:
    inventory = Inventory([one("d", "a"), slice_(device(), all_nodes=True)], rules())

    assert inventory.nodes_of(("d", "a")) == "node-1"
    assert inventory.nodes_of(("gpu.example.com", "pool")) is None
    assert inventory.nodes_of(("d", "unknown")) is None
