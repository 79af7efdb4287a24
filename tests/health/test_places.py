"""Nodes that are lost, drivers that are ill."""

import pytest

from dractl.health.answer import Level
from dractl.health.assess import health
from dractl.model.devices import DeviceId
from tests.health.asked import codes, said, state_of
from tests.health.cluster import (
    DRIVER,
    SLICES_READ,
    Wire,
    claim,
    condition,
    device,
    node,
    others,
    pod,
    slice_,
    snapshot,
    usual,
)


@pytest.mark.parametrize(
    ("ready", "words"), [("False", "is not ready"), ("Unknown", "is unreachable")]
)
def test_on_a_lost_node_what_is_held_is_unhealthy_the_rest_unknown(
    ready: str, words: str
) -> None:
    found = health(snapshot(*usual(node(ready, message="no word of it"))))
    state = state_of(found)
    assert (state.level, codes(state)) == (Level.UNHEALTHY, ["node-not-ready"])
    assert state.signs[0].message == f"its node {words}: no word of it"
    other = state_of(found, DeviceId(DRIVER, "n1", "gpu-1"))
    assert other.level is Level.UNKNOWN


def test_a_node_that_is_gone_is_told_where_nodes_are_known() -> None:
    rest = [each for each in usual() if each["kind"] != "Node"]
    state = state_of(health(snapshot(*rest, node(name="n2"))))
    assert (state.level, codes(state)) == (Level.UNHEALTHY, ["node-gone"])
    assert state_of(health(snapshot(*rest))).level is Level.HEALTHY


@pytest.mark.parametrize(
    ("kept", "code"),
    [
        ([slice_(device("gpu-1"))], "device-gone"),
        ([slice_(device("gpu-0"), node_name="n2")], "pool-gone"),
        (others(), "driver-gone"),
        ([SLICES_READ], "driver-gone"),
    ],
)
def test_devices_that_are_held_and_published_no_more(
    kept: list[Wire], code: str
) -> None:
    found = health(snapshot(node(), node(name="n2"), *kept, claim(), pod()))
    state = state_of(found)
    assert (state.level, state.is_published) == (Level.UNHEALTHY, False)
    assert (codes(state), state.nodes) == ([code], ("n1",))


def test_what_is_gone_and_used_by_nobody_does_not_hurt_yet() -> None:
    found = health(snapshot(node(), slice_(device("gpu-1")), claim()))
    assert state_of(found).level is Level.DEGRADED


def driver_pod(ready: str, where: str = "n1") -> Wire:
    """Return a pod that looks like the driver's."""
    owner = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "d", "uid": "d"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"example-dra-kubelet-plugin-{where}",
            "namespace": "drivers",
            "ownerReferences": [owner],
        },
        "spec": {"nodeName": where, "containers": [{"name": "main"}]},
        "status": {"phase": "Running", "conditions": [condition("Ready", ready)]},
    }


def test_where_the_pod_of_a_driver_is_ill_its_devices_are_degraded() -> None:
    state = said(driver_pod("False"))
    assert (state.level, codes(state)) == (Level.DEGRADED, ["driver-ill"])
    assert state.signs[0].evidence["pod"] == "drivers/example-dra-kubelet-plugin-n1"
    assert said(driver_pod("True")).level is Level.HEALTHY


def test_a_pod_that_was_evicted_says_nothing_beside_the_one_in_its_place() -> None:
    old = driver_pod("True")
    old["metadata"]["name"] += "-old"
    old["status"]["phase"] = "Failed"
    assert said(driver_pod("True"), old).level is Level.HEALTHY


def test_pods_of_other_drivers_are_not_taken_for_those_of_dranet() -> None:
    network = slice_(device("eth1"), driver="dra.net")
    found = health(snapshot(node(), network, driver_pod("False")))
    assert found.states == ()
    own = driver_pod("False")
    own["metadata"]["name"] = "dranet-x"
    (state,) = health(snapshot(node(), network, own)).states
    assert codes(state) == ["driver-ill"]


def test_where_a_driver_has_its_pods_on_other_nodes_only_it_may_be_gone() -> None:
    state = said(driver_pod("True", where="n2"))
    assert (state.level, codes(state)) == (Level.UNKNOWN, ["driver-absent"])
