"""How devices are: the answer as a whole."""

from dractl.health.answer import Level
from dractl.health.assess import health
from dractl.health.scope import Scope
from dractl.model.devices import DeviceId
from tests.health.asked import GPU, state_of
from tests.health.cluster import (
    DRIVER,
    device,
    node,
    pod,
    slice_,
    snapshot,
    taint,
    usual,
)


def test_where_all_is_well_nothing_is_told_but_that() -> None:
    found = health(snapshot(*usual()))
    assert found.counts == {
        Level.UNHEALTHY: 0,
        Level.DEGRADED: 0,
        Level.UNKNOWN: 1,
        Level.HEALTHY: 1,
    }
    assert [(each.subject, each.level) for each in found.states] == [
        (GPU, Level.HEALTHY)
    ]
    assert (found.evictions, found.free, found.notices) == ((), (), ())


def test_silence_is_no_health_and_has_its_reason() -> None:
    found = health(snapshot(*usual(pod())))
    assert found.counts[Level.HEALTHY] == 0
    assert {(each.is_in_use, len(each.devices)) for each in found.silent} == {
        (True, 1),
        (False, 1),
    }
    used = next(each.why for each in found.silent if each.is_in_use)
    assert used == (
        "kubelets report nothing, though their gate ResourceHealthStatus is on"
    )
    off = health(snapshot(*usual(pod()), ResourceHealthStatus=False))
    assert any("is off" in each.why for each in off.silent)


def test_what_is_in_use_is_not_claimed_where_pods_are_not_seen() -> None:
    rest = [each for each in usual() if each["kind"] != "Pod"]
    (silent,) = health(snapshot(*rest)).silent
    assert (silent.is_in_use, len(silent.devices)) == (None, 2)
    assert "no pod has them" not in silent.why


def test_a_driver_that_taints_what_is_ill_is_believed_to_look_at_the_rest() -> None:
    devices = (device("a", taint("gpu.nvidia.com/xid", value="79")), device("b"))
    found = health(snapshot(node(), slice_(*devices, driver="gpu.nvidia.com")))
    (silent,) = found.silent
    assert (silent.switch, len(silent.devices)) == ("", 1)
    assert "their driver taints what is ill, and not these" in silent.why


def test_what_a_driver_needs_to_publish_health_is_told() -> None:
    found = health(snapshot(node(), slice_(device("d"), driver="gpu.nvidia.com")))
    assert "NVMLDeviceHealthCheck" in found.silent[0].switch


def test_the_question_narrows_the_answer() -> None:
    cluster = snapshot(
        *usual(node("Unknown", name="n2"), slice_(device("gpu-0"), node_name="n2"))
    )
    other = DeviceId(DRIVER, "n2", "gpu-0")
    everything = health(cluster)
    assert sum(everything.counts.values()) == 3
    asked = {
        Scope(node="n2"): {other},
        Scope(devices=frozenset({GPU})): {GPU},
        Scope(claims=frozenset({("ml", "train-gpu")})): {GPU},
        Scope(namespace="ml"): {GPU},
        Scope(namespace="other"): set(),
        Scope(driver="other.example.com"): set(),
    }
    for scope, subjects in asked.items():
        assert {each.subject for each in health(cluster, scope).states} == subjects


def test_what_nodes_share_is_told_of_the_node_whose_pod_has_it() -> None:
    shared = slice_(device("gpu-0", taint("sick")), device("gpu-1"))
    del shared["spec"]["nodeName"]
    shared["spec"]["allNodes"] = True
    cluster = snapshot(*usual(shared, node(name="n2")))
    assert state_of(health(cluster, Scope(node="n1"))).level is Level.UNHEALTHY
    assert health(cluster, Scope(node="n2")).states == ()


def test_what_is_asked_for_by_name_is_told_though_nobody_says_anything() -> None:
    silent = DeviceId(DRIVER, "n1", "gpu-1")
    found = health(snapshot(*usual()), Scope(devices=frozenset({silent})))
    assert state_of(found, silent).signs == ()


def test_worst_comes_first() -> None:
    sick = slice_(device("gpu-0"), device("gpu-1", taint("sick")))
    assert [each.level for each in health(snapshot(*usual(sick))).states] == [
        Level.UNHEALTHY,
        Level.HEALTHY,
    ]
