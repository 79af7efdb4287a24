"""What drivers publish, and rules put on devices."""

import pytest

from dractl.health.answer import Level
from dractl.health.assess import health
from tests.health.asked import said, state_of
from tests.health.cluster import (
    SINCE,
    Wire,
    condition,
    device,
    node,
    rule,
    slice_,
    snapshot,
    taint,
    usual,
)


@pytest.mark.parametrize(
    ("driver", "attributes", "level"),
    [
        ("gpu.intel.com", {"health": "Healthy"}, Level.HEALTHY),
        ("gpu.intel.com", {"health": "Unhealthy"}, Level.UNHEALTHY),
        ("gpu.intel.com", {"health": "Unknown"}, Level.UNKNOWN),
        ("gpu.intel.com", {"healthy": False}, None),
        ("gaudi.intel.com", {"healthy": True}, Level.HEALTHY),
        ("gaudi.intel.com", {"healthy": False}, Level.UNHEALTHY),
        ("other.example.com", {"healthy": False}, Level.UNHEALTHY),
        ("other.example.com", {"health": "good"}, Level.UNKNOWN),
        ("gpu.nvidia.com", {"healthy": False}, None),
    ],
)
def test_attributes_tell_as_their_vendor_has_them(
    driver: str, attributes: dict[str, object], level: Level | None
) -> None:
    found = health(snapshot(node(), slice_(device("d", **attributes), driver=driver)))
    assert [each.level for each in found.states] == ([level] if level else [])


@pytest.mark.parametrize(
    ("driver", "told", "level"),
    [
        ("gpu.nvidia.com", taint("gpu.nvidia.com/xid", value="79"), Level.UNHEALTHY),
        ("gpu.nvidia.com", taint("gpu.nvidia.com/gpu-lost"), Level.UNHEALTHY),
        ("gpu.nvidia.com", taint("gpu.nvidia.com/xid", "None", "31"), Level.UNKNOWN),
        ("gpu.nvidia.com", taint("gpu.nvidia.com/unmonitored", "None"), Level.UNKNOWN),
        ("x.example.com", taint("x.example.com/broken", "Future"), Level.UNKNOWN),
        (
            "gpu.intel.com",
            taint("HealthIssues-fan_power", "NoExecute"),
            Level.UNHEALTHY,
        ),
        ("gpu.intel.com", taint("UnboundUnmanaged"), Level.DEGRADED),
        ("x.example.com", taint("x.example.com/hw-error"), Level.UNHEALTHY),
        ("x.example.com", taint("x.example.com/FanFailed"), Level.UNHEALTHY),
        ("x.example.com", taint("x.example.com/default-deadline"), Level.DEGRADED),
        ("x.example.com", taint("health.example.com/kept-for-bob"), Level.DEGRADED),
    ],
)
def test_taints_of_drivers_tell_what_their_keys_mean(
    driver: str, told: Wire, level: Level
) -> None:
    found = health(snapshot(node(), slice_(device("d", told), driver=driver)))
    (state,) = found.states
    assert (state.level, state.signs[0].code) == (level, "driver-taint")
    assert state.signs[0].since == SINCE


def test_where_the_gate_is_off_taints_mean_nothing() -> None:
    sick = slice_(device("gpu-0", taint("sick")), device("gpu-1"))
    found = health(snapshot(*usual(sick), DRADeviceTaints=False))
    assert state_of(found).level is Level.HEALTHY


@pytest.mark.parametrize(
    ("effect", "key", "level"),
    [
        ("NoSchedule", "example.com/maintenance", Level.DEGRADED),
        ("NoSchedule", "example.com/broken", Level.UNHEALTHY),
        ("NoExecute", "example.com/maintenance", Level.DEGRADED),
        ("None", "example.com/broken", Level.HEALTHY),
    ],
)
def test_rules_take_out_of_service_what_they_select(
    effect: str, key: str, level: Level
) -> None:
    state = said(rule(effect, key))
    assert state.level is level
    (sign,) = (each for each in state.signs if each.code == "rule-taint")
    assert (sign.rule, sign.since) == ("fw", SINCE)


def test_evictions_are_told_with_their_progress_and_who_leaves() -> None:
    progress = condition("EvictionInProgress", "True", "PodsPending", "1 pod to go")
    found = health(
        snapshot(*usual(rule("NoExecute", status={"conditions": [progress]})))
    )
    (eviction,) = found.evictions
    assert eviction.said is not None
    assert (eviction.said.reason, eviction.said.message) == (
        "PodsPending",
        "1 pod to go",
    )
    assert [each.pod.meta.name for each in eviction.leaving] == ["train"]
    (user,) = state_of(found).users
    assert user.due is not None
    assert user.due.when.isoformat() == "2026-11-26T11:00:00+00:00"


def test_rules_of_a_release_without_them_are_told_to_do_nothing() -> None:
    found = health(snapshot(*usual(rule("NoExecute")), DRADeviceTaintRules=False))
    assert found.counts[Level.DEGRADED] == 0
    assert [each.code for each in found.notices] == ["gate-off"]
