"""Pools: whether they are complete, well formed, and have room."""

from typing import Any, Final

import pytest

from dractl.rules.registry import Severity
from tests.doctor.healthy import DRIVER, NOW, found, gpus, healthy, info, node

Wire = dict[str, Any]

SHARED: Final = [{"name": "memory", "counters": {"memory": {"value": "8Gi"}}}]
CPUS: Final = [{"name": "memory", "counters": {"cpus": {"value": "8"}}}]


def pool(generation: int = 1, count: int = 1, name: str = "n1") -> Wire:
    """Return what a slice says of its pool."""
    return {"name": name, "generation": generation, "resourceSliceCount": count}


def renamed(document: Wire, name: str) -> Wire:
    document["metadata"]["name"] = name
    return document


def drawing(counter: str = "memory") -> list[Wire]:
    """Return a device that draws on a counter."""
    counters = {counter: {"value": "4Gi"}}
    return [
        {
            "name": "d",
            "consumesCounters": [{"counterSet": "memory", "counters": counters}],
        }
    ]


def counting(name: str, shared: list[Wire], count: int = 2) -> Wire:
    """Return a slice of counters alone."""
    made = gpus("n1", 0, pool=pool(count=count), sharedCounters=shared)
    del made["spec"]["devices"]
    return renamed(made, name)


def test_an_incomplete_pool_is_an_error() -> None:
    half = gpus("n1", pool=pool(count=2))
    (finding,) = found("pool-incomplete", [info(), half])
    assert "it has 1 of 2 slices of generation 1" in finding.message


def test_the_newest_generation_of_a_pool_counts() -> None:
    old = renamed(gpus("n1", pool=pool(1, 2)), "old")
    new = renamed(gpus("n1", pool=pool(2, 1)), "new")
    assert not found("pool-incomplete", [info(), old, new])


def test_two_devices_of_one_name_make_a_pool_invalid() -> None:
    both = [renamed(gpus("n1", pool=pool(1, 2)), name) for name in ("a", "b")]
    (finding,) = found("pool-invalid", [info(), *both])
    assert finding.severity is Severity.ERROR
    assert "device gpu-0, gpu-1 is there more than once" in finding.message


def test_a_device_for_all_nodes_and_one_for_a_node_have_to_differ() -> None:
    everywhere = renamed(gpus("n1", 1, pool=pool(1, 2), allNodes=True), "all")
    del everywhere["spec"]["nodeName"]
    own = gpus("n1", pool=pool(1, 2))
    (finding,) = found("pool-invalid", [info(), everywhere, own])
    assert "device gpu-0 is there more than once" in finding.message


def test_devices_of_one_name_for_different_nodes_count_as_one() -> None:
    both = [renamed(gpus(name, 1, pool=pool(1, 2, "p")), name) for name in ("n1", "n2")]
    (finding,) = found("pool-invalid", [info(), *both])
    assert finding.severity is Severity.WARNING
    assert (
        finding.message == "device gpu-0 is there for several nodes, and counts as one"
    )


@pytest.mark.parametrize(
    ("slices", "flaw"),
    [
        (
            [
                counting("a", SHARED, 3),
                counting("b", CPUS, 3),
                gpus("n1", 1, pool=pool(count=3)),
            ],
            "counter set memory is declared more than once",
        ),
        (
            [
                counting("a", SHARED),
                gpus("n1", pool=pool(count=2), devices=drawing("cpus")),
            ],
            "counter memory/cpus is used and nowhere declared",
        ),
        ([gpus("n1", devices=drawing())], "counter memory/memory is used"),
    ],
)
def test_counters_that_are_not_there_make_a_pool_invalid(
    slices: list[Wire], flaw: str
) -> None:
    (finding,) = found("pool-invalid", [info(), *slices])
    assert finding.severity is Severity.ERROR
    assert finding.message.startswith(flaw)
    off = {"DRAPartitionableDevices": False}
    assert not found("pool-invalid", [info(), *slices], gates=off)


def test_counters_of_a_slice_that_is_still_to_come_are_not_missed() -> None:
    half = gpus("n1", pool=pool(count=2), devices=drawing())
    assert found("pool-incomplete", [info(), half])
    assert not found("pool-invalid", [info(), half])


def test_a_pool_with_counters_is_in_order() -> None:
    apart = [
        counting("a", SHARED),
        gpus("n1", pool=pool(count=2), devices=drawing()),
    ]
    assert not found("pool-invalid", [info(), *apart])
    assert not found("slice-old-layout", [info(), *apart])


@pytest.mark.parametrize(
    ("release", "is_told"), [("1.34", False), ("1.35", True), ("1.36", True)]
)
def test_counters_beside_devices_are_of_old(release: str, *, is_told: bool) -> None:
    both = gpus("n1", devices=drawing(), sharedCounters=SHARED)
    told = found(
        "slice-old-layout",
        [info(kubernetes=f"v{release}.0"), both],
        gates={"DRAPartitionableDevices": True},
    )
    assert bool(told) is is_told
    for each in told:
        assert (
            "has counters and devices: 1 device of it is not given out" in each.message
        )


def test_a_pool_without_devices_is_to_know() -> None:
    (finding,) = found("pool-empty", [info(), gpus("n1", 0)])
    assert (finding.severity, finding.where) == (Severity.INFO, "node n1")


@pytest.mark.parametrize(
    ("offered", "severity"),
    [({}, Severity.WARNING), ({"nvidia.com/gpu": "8"}, Severity.INFO)],
)
def test_where_labels_tell_of_hardware_an_empty_pool_is_wrong(
    offered: dict[str, str], severity: Severity
) -> None:
    labelled = node("n3")
    labelled["status"]["allocatable"] |= offered
    (finding,) = found("pool-empty", [*healthy(), labelled, gpus("n3", 0)])
    assert (finding.subject, finding.severity) == (f"pool {DRIVER}/n3", severity)


def test_a_node_that_has_just_joined_may_have_an_empty_pool() -> None:
    labelled = node("n3")
    labelled["metadata"]["creationTimestamp"] = NOW.isoformat()
    (finding,) = found("pool-empty", [*healthy(), labelled, gpus("n3", 0)])
    assert finding.severity is Severity.INFO


def test_a_slice_that_is_nearly_full_is_to_know() -> None:
    assert found("slice-near-limit", [info(), gpus("n1", 120)])
    assert not found("slice-near-limit", [info(), gpus("n1", 100)])
    two = [renamed(gpus("n1", 120, pool=pool(1, 2)), name) for name in ("a", "b")]
    assert not found("slice-near-limit", [info(), *two])
