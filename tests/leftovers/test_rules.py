"""Rules that taint nothing, or whose time is over; classes that nothing asks for."""

from tests.leftovers.cluster import (
    base,
    codes,
    found,
    gap,
    live,
    only,
    pod,
    rule,
    slice_,
)
from tests.solver.clusters import gpu_class

PAST = "2026-11-19T00:00:00Z"
FUTURE = "2026-11-21T00:00:00Z"
ALL = {"driver": "gpu.example.com"}
NONE = {"driver": "other.example.com"}


def test_a_rule_that_taints_a_device_is_kept() -> None:
    assert codes(slice_(), rule("r", ALL)) == []


def test_a_rule_whose_time_is_over_can_go() -> None:
    finding = only(slice_(), rule("r", ALL, PAST))
    assert (finding.code, finding.verdict.value) == ("taint-rule-expired", "safe")
    assert finding.affects == (
        "device gpu.example.com/n1/gpu-0 loses taint a.example.com/x:NoSchedule",
    )


def test_a_rule_whose_time_is_to_come_is_kept() -> None:
    assert codes(slice_(), rule("r", ALL, FUTURE)) == []


def test_a_time_that_cannot_be_read_is_not_over() -> None:
    assert codes(slice_(), rule("r", ALL, "tomorrow")) == []


def test_a_rule_that_selects_no_device_is_to_be_reviewed() -> None:
    wanted = [("taint-rule-without-devices", "r", "review")]
    assert codes(slice_(), rule("r", NONE)) == wanted
    assert codes(slice_(), rule("r", None)) == wanted


def test_where_slices_may_not_be_read_nothing_is_concluded() -> None:
    documents = [*base(), rule("r", ALL), live(gap("ResourceSlice"))]
    (finding,) = found(documents).findings
    assert finding.verdict.value == "unknown"


def test_a_class_that_nothing_asks_for_is_told() -> None:
    assert codes(gpu_class("spare")) == [("class-unused", "spare", "tell")]


def test_a_class_behind_an_extended_resource_that_a_pod_asks_for_is_used() -> None:
    wanted = {"resources": {"limits": {"example.com/gpu": "1"}}}
    asking = pod("p", containers=[{"name": "main", **wanted}])
    given = gpu_class("spare", extendedResourceName="example.com/gpu")
    assert codes(given, asking) == []
