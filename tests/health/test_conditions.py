"""What the conditions of drivers mean."""

import pytest

from dractl.health.answer import Level
from dractl.health.assess import health
from tests.health.asked import codes, said, state_of
from tests.health.cluster import (
    SINCE,
    claim,
    condition,
    device_status,
    pod,
    result,
    snapshot,
    usual,
)


@pytest.mark.parametrize(
    ("kind", "status", "level"),
    [
        ("Ready", "True", Level.HEALTHY),
        ("Ready", "False", Level.DEGRADED),
        ("Ready", "Unknown", Level.UNKNOWN),
        ("NetworkReady", "False", Level.DEGRADED),
        ("example.com/DeviceReady", "False", Level.DEGRADED),
        ("Healthy", "False", Level.UNHEALTHY),
        ("Unhealthy", "True", Level.UNHEALTHY),
        ("Unhealthy", "False", Level.HEALTHY),
        ("Degraded", "False", Level.HEALTHY),
        ("LinkFailed", "False", None),
        ("NotReady", "False", Level.HEALTHY),
        ("NotReady", "True", Level.DEGRADED),
        ("NotReady", "Unknown", Level.UNKNOWN),
        ("NoError", "True", Level.HEALTHY),
        ("NoLinkError", "True", Level.UNHEALTHY),
        ("example.com/is-ready", "False", Level.DEGRADED),
        ("healthy", "False", Level.UNHEALTHY),
        ("Ready", "", Level.UNKNOWN),
        ("Unhealthy", "Unknown", Level.UNKNOWN),
        ("Degraded", "True", Level.DEGRADED),
        ("LinkFailed", "True", Level.UNHEALTHY),
        ("LinkUp", "True", Level.HEALTHY),
        ("LinkUp", "False", Level.DEGRADED),
        ("LinkDown", "True", Level.UNHEALTHY),
        ("Unavailable", "True", Level.UNHEALTHY),
        ("FirmwareCurrent", "False", None),
        ("unready", "False", None),
        ("", "", None),
    ],
)
def test_conditions_count_whose_meaning_is_plain(
    kind: str, status: str, level: Level | None
) -> None:
    told = condition(kind, status, "Worn", "a fan is loud")
    state = said(claim(status=device_status(told)), pod())
    (sign,) = state.signs
    assert (sign.code, sign.level) == ("driver-condition", level)
    assert state.level is (level or Level.UNKNOWN)
    assert sign.message == f"its driver reports {kind}={status} (Worn: a fan is loud)"
    assert sign.since == SINCE


def test_what_is_not_ready_while_its_pod_waits_is_unhealthy() -> None:
    told = claim(status=device_status(condition("Ready", "False")))
    assert said(told, pod(phase="Pending")).level is Level.UNHEALTHY


def test_what_is_not_ready_and_needed_by_nobody_is_degraded() -> None:
    told = claim(status=device_status(condition("Ready", "False")))
    state = said(told, pod(phase="Succeeded"))
    assert (state.level, state.users) == (Level.DEGRADED, ())


def test_what_a_claim_says_of_devices_that_it_does_not_have_does_not_count() -> None:
    other = claim(result("gpu-1"), status=device_status(condition("Ready", "False")))
    other["metadata"]["name"] = "other"
    assert said(other).level is Level.HEALTHY


def test_conditions_count_where_slices_may_not_be_seen() -> None:
    told = claim(status=device_status(condition("Ready", "False", message="no link")))
    found = health(snapshot(told, pod()))
    state = state_of(found)
    assert (state.level, state.is_published) == (Level.DEGRADED, None)
    assert codes(state) == ["driver-condition"]


def test_binding_conditions_that_are_open_are_no_trouble_and_failed_ones_are() -> None:
    binding = result(bindingConditions=["Ready"], bindingFailureConditions=["Broken"])
    waits = device_status(condition("Ready", "False"), condition("Broken", "False"))
    unbound = pod(phase="Pending")
    del unbound["spec"]["nodeName"]
    waiting = health(snapshot(*usual(claim(binding, status=waits), unbound)))
    assert waiting.states == ()
    bound = said(claim(binding, status=waits), pod())
    assert (bound.level, codes(bound)) == (Level.DEGRADED, ["driver-condition"])
    failed = device_status(condition("Broken", "True", message="no link"))
    state = said(claim(binding, status=failed), pod())
    assert (state.level, codes(state)) == (Level.UNHEALTHY, ["binding-failed"])
    assert "no link" in state.signs[0].message


def test_network_and_data_come_along() -> None:
    network = {"interfaceName": "eth1", "ips": ["10.0.0.1/24"], "hardwareAddress": "m"}
    told = device_status(networkData=network, data={"fan": [1, "x"]})
    (status,) = said(claim(status=told)).statuses
    assert status.network is not None
    assert (status.network.interface, status.network.addresses) == (
        "eth1",
        ("10.0.0.1/24",),
    )
    assert status.data == '{"fan":[1,"x"]}'
