"""Which of upstream's three allocators a release with its gates runs."""

import pytest

from dractl.model.cluster import Profile
from dractl.solver.rules import Rules, rules_of

STABLE = {"DRAConsumableCapacity": False, "DRADeviceBindingConditions": False}


def rules(kubernetes: str, **gates: bool) -> Rules:
    return rules_of(Profile.of(kubernetes, gates))


@pytest.mark.parametrize(
    ("kubernetes", "gates", "stable"),
    [
        ("1.34", {}, True),
        ("1.35", {}, True),
        ("1.35", {"DRAConsumableCapacity": True}, False),
        ("1.36", {}, False),
        ("1.36", STABLE, True),
        ("1.36", {**STABLE, "DRAListTypeAttributes": True}, False),
        ("1.37", {}, False),
        ("1.37", STABLE, True),
    ],
)
def test_the_stable_allocator_runs_where_nothing_newer_is_asked_for(
    kubernetes: str, gates: dict[str, bool], *, stable: bool
) -> None:
    mine = rules(kubernetes, **gates)

    assert (
        mine.capacity_requests_ignored,
        mine.permutations,
        mine.distinct_supported,
        mine.binding_pools_last,
        mine.shared_use_counts,
        mine.binds_to_node,
    ) == (stable, stable, not stable, not stable, not stable, not stable)


def test_binding_conditions_need_two_gates() -> None:
    assert rules("1.36").binding
    assert not rules("1.36", DRAResourceClaimDeviceStatus=False).binding
    assert not rules("1.36", DRADeviceBindingConditions=False).binding


def test_without_the_status_gate_binding_conditions_alone_are_stable() -> None:
    gates = {"DRAConsumableCapacity": False, "DRAResourceClaimDeviceStatus": False}

    assert rules("1.36", **gates).capacity_requests_ignored


@pytest.mark.parametrize(
    ("kubernetes", "gates", "everywhere"),
    [("1.36", {}, True), ("1.37", {}, False), ("1.37", STABLE, True)],
)
def test_counter_slices_follow_nodes_since_1_37_except_in_stable(
    kubernetes: str, gates: dict[str, bool], *, everywhere: bool
) -> None:
    assert rules(kubernetes, **gates).counter_pools_everywhere is everywhere


@pytest.mark.parametrize(("kubernetes", "repeats"), [("1.36", True), ("1.37", False)])
def test_config_is_repaired_in_1_37(kubernetes: str, *, repeats: bool) -> None:
    mine = rules(kubernetes)

    assert mine.claim_config_repeats is repeats
    assert mine.covering_requests_cleared is not repeats


@pytest.mark.parametrize(
    ("kubernetes", "gates", "readable"),
    [
        ("1.36", {}, False),
        ("1.36", {"DRAListTypeAttributes": True}, True),
        ("1.37", {}, True),
    ],
)
def test_lists_are_readable_by_gate_and_since_1_37_always(
    kubernetes: str, gates: dict[str, bool], *, readable: bool
) -> None:
    assert rules(kubernetes, **gates).environment.lists_readable is readable


def test_taint_rules_are_off_by_default_in_1_36() -> None:
    assert not rules("1.36").taint_rules
    assert rules("1.36", DRADeviceTaintRules=True).taint_rules
