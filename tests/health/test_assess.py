"""How devices are, case by case."""

import dataclasses
from typing import Any, cast

import pytest

from dractl.health.answer import FreeClaim, FreeStatus, Health, Level, State, Thing
from dractl.health.assess import health
from dractl.health.scope import Scope
from dractl.model.devices import DeviceId
from tests.health.cluster import (
    DRIVER,
    SINCE,
    Wire,
    claim,
    condition,
    device,
    device_status,
    node,
    pod,
    report,
    result,
    rule,
    slice_,
    snapshot,
    taint,
    usual,
)

GPU = DeviceId(DRIVER, "n1", "gpu-0")


def state_of(found: Health, subject: object = GPU) -> State:
    """Return what the answer says of a device."""
    (state,) = (each for each in found.states if each.subject == subject)
    return state


def said(*others: Wire) -> State:
    """Return what is said of the device that the pod has."""
    return state_of(health(snapshot(*usual(*others))))


def devices_of(told: FreeStatus) -> list[Any]:
    """Return the entries of status.devices that a status is translated to."""
    status = cast("dict[str, Any]", told.instead["status"])
    return list(status["devices"])


def codes(state: State) -> list[str]:
    return [each.code for each in state.signs if each.level is not Level.HEALTHY]


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


# -- kubelets


@pytest.mark.parametrize(
    ("word", "level"),
    [
        ("Healthy", Level.HEALTHY),
        ("Unhealthy", Level.UNHEALTHY),
        ("Unknown", Level.UNKNOWN),
        ("Sideways", Level.UNKNOWN),
    ],
)
@pytest.mark.parametrize(
    "name",
    [
        "gpu-0",
        f"{DRIVER}/n1/gpu-0",
        "k8s.gpu.example.com/device=gpu-0",
        "k8s.gpu.example.com/claim=0b0e-gpu-0",
    ],
)
def test_kubelets_report_by_any_name_of_a_device(
    word: str, level: Level, name: str
) -> None:
    state = said(
        claim(result(), result("gpu-1")), pod(report(name, word, "XID 79 on it"))
    )
    assert (state.level, state.signs[0].code) == (level, "kubelet")
    assert state.signs[0].message == f"the kubelet reports {word}: XID 79 on it"
    assert [each.pod.meta.name for each in state.users] == ["train"]


def test_a_report_for_a_claim_with_one_device_needs_no_name() -> None:
    assert said(pod(report("whatever", "Unhealthy"))).level is Level.UNHEALTHY


def test_a_report_of_one_request_is_of_its_devices() -> None:
    results = (result(request="a/sub"), result("gpu-1", request="b"))
    told = pod(report("cdi", "Unhealthy"), resource="claim:gpu/a")
    assert said(claim(*results), told).level is Level.UNHEALTHY


def test_devices_of_plugins_are_told_as_pods_name_them() -> None:
    told = pod(report("GPU-1", "Unhealthy"), resource="nvidia.com/gpu")
    found = health(snapshot(*usual(told)))
    state = state_of(found, Thing("nvidia.com/gpu", "GPU-1", "n1"))
    assert (state.level, state.is_published) == (Level.UNHEALTHY, False)
    assert str(state.subject) == "nvidia.com/gpu GPU-1 on node n1"
    assert [each.pod.meta.name for each in state.users] == ["train"]


def test_pods_that_have_ended_say_nothing() -> None:
    found = health(snapshot(*usual(pod(report("gpu-0", "Unhealthy"), phase="Failed"))))
    assert found.counts[Level.UNHEALTHY] == 0


def test_several_containers_say_it_once() -> None:
    told = pod(report("gpu-0", "Unhealthy"))
    statuses = told["status"]["containerStatuses"]
    statuses.append({**statuses[0], "name": "other"})
    assert len(said(told).signs) == 1


# -- drivers


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
        ("Unhealthy", "False", None),
        ("Unhealthy", "Unknown", Level.UNKNOWN),
        ("Degraded", "True", Level.DEGRADED),
        ("LinkFailed", "True", Level.UNHEALTHY),
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


def test_binding_conditions_that_are_open_are_no_trouble_and_failed_ones_are() -> None:
    binding = result(bindingConditions=["Ready"], bindingFailureConditions=["Broken"])
    waits = device_status(condition("Ready", "False"), condition("Broken", "False"))
    waiting = health(snapshot(*usual(claim(binding, status=waits), pod())))
    assert waiting.states == ()
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


# -- what is published


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


# -- rules


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


# -- places


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
    others = [each for each in usual() if each["kind"] != "Node"]
    state = state_of(health(snapshot(*others, node(name="n2"))))
    assert (state.level, codes(state)) == (Level.UNHEALTHY, ["node-gone"])
    assert state_of(health(snapshot(*others))).level is Level.HEALTHY


@pytest.mark.parametrize(
    ("kept", "code"),
    [
        ([slice_(device("gpu-1"))], "device-gone"),
        ([slice_(device("gpu-0"), node_name="n2")], "pool-gone"),
        ([slice_(device("gpu-0"), driver="other.example.com")], "driver-gone"),
        ([], "driver-gone"),
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


# -- nobody says anything


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


def test_a_driver_that_taints_what_is_ill_is_believed_to_look_at_the_rest() -> None:
    devices = (device("a", taint("gpu.nvidia.com/xid", value="79")), device("b"))
    found = health(snapshot(node(), slice_(*devices, driver="gpu.nvidia.com")))
    (silent,) = found.silent
    assert (silent.switch, len(silent.devices)) == ("", 1)
    assert "their driver taints what is ill, and not these" in silent.why


def test_what_a_driver_needs_to_publish_health_is_told() -> None:
    found = health(snapshot(node(), slice_(device("d"), driver="gpu.nvidia.com")))
    assert "NVMLDeviceHealthCheck" in found.silent[0].switch


# -- what is asked


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


# -- the status of articles


@pytest.mark.parametrize(
    ("word", "level", "status"),
    [
        ("healthy", Level.HEALTHY, "True"),
        ("UNHEALTHY", Level.UNHEALTHY, "False"),
        ("degraded", Level.DEGRADED, "False"),
        ("so-so", Level.UNKNOWN, "Unknown"),
    ],
)
def test_the_status_of_articles_is_read_and_translated(
    word: str, level: Level, status: str
) -> None:
    free = {"driverStatus": {"healthStatus": word, "temperature": "65C", "fans": [1]}}
    bare = claim(status=free)
    del bare["status"]["allocation"]
    found = health(snapshot(bare))
    state = state_of(found, FreeClaim("ml", "train-gpu"))
    assert state.level is level
    (told,) = found.free
    assert told.fields == (
        ("healthStatus", word),
        ("temperature", "65C"),
        ("fans", "[1]"),
    )
    (entry,) = devices_of(told)
    assert entry["conditions"][0]["status"] == status
    assert entry["data"] == {"temperature": "65C", "fans": "[1]"}


def test_of_an_allocated_claim_it_names_the_devices() -> None:
    free = {"driverStatus": {"healthStatus": "unhealthy"}}
    found = health(snapshot(*usual(claim(status=free))))
    assert state_of(found).level is Level.UNHEALTHY
    (entry,) = devices_of(found.free[0])
    assert (entry["pool"], entry["device"]) == ("n1", "gpu-0")
    assert "data" not in entry


@pytest.mark.parametrize(
    "odd", [[], "healthy", 3, None, {}, {"healthStatus": {}}, {1: 2}]
)
def test_odd_statuses_of_articles_do_no_harm(odd: object) -> None:
    found = health(snapshot(*usual(claim(status={"driverStatus": odd}))))
    assert dataclasses.is_dataclass(found)
    assert found.counts[Level.UNHEALTHY] == 0
