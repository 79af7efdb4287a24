"""The device taint eviction controller."""

import time
from typing import Any

import pytest

from tests.apiserver import ApiServer
from tests.apiserver.client import Client
from tests.apiserver.documents import RULE, claim, pod, rule, slice_of


def _condition(server: ApiServer) -> dict[str, Any]:
    status = server.object("DeviceTaintRule", "maint")["status"]
    (condition,) = status["conditions"]
    del condition["message"]
    return dict(condition)


def _pods(server: ApiServer) -> list[str]:
    return [each["metadata"]["name"] for each in server.objects("Pod")]


@pytest.fixture
def busy(api_server: ApiServer) -> ApiServer:
    """Return a server with a pod that holds the device of n0, and one without."""
    api_server.add([slice_of("n0"), pod("p"), pod("q"), claim("c", ("p",))])
    return api_server


@pytest.mark.parametrize(
    ("effect", "reason"), [("None", "NoEffect"), ("NoSchedule", "OtherEffect")]
)
def test_a_rule_that_evicts_nobody_is_told_so_once(
    effect: str, reason: str, busy: ApiServer
) -> None:
    Client(busy).apply(RULE, rule(effect), "dractl")
    busy.evict()
    assert _condition(busy) == {
        "type": "EvictionInProgress",
        "status": "False",
        "observedGeneration": 1,
        "lastTransitionTime": "2026-11-23T13:46:29Z",
        "reason": reason,
    }
    revision = busy.store.revision
    busy.evict()
    assert busy.store.revision == revision


def test_a_condition_is_dated_by_its_last_change_of_status(busy: ApiServer) -> None:
    Client(busy).apply(RULE, rule("None"), "dractl")
    busy.evict()
    busy.clock.advance(60)
    Client(busy).apply(RULE, rule("NoSchedule"), "dractl")
    busy.evict()
    condition = _condition(busy)
    assert condition["reason"] == "OtherEffect"
    assert condition["lastTransitionTime"] == "2026-11-23T13:46:29Z"


def test_pods_are_evicted_in_steps(busy: ApiServer) -> None:
    Client(busy).apply(RULE, rule(), "dractl")
    busy.evict()
    pending = _condition(busy)
    assert (pending["status"], pending["reason"]) == ("True", "PodsPendingEviction")
    assert _pods(busy) == ["p", "q"]
    before = busy.object("DeviceTaintRule", "maint")
    busy.evict()
    assert busy.object("DeviceTaintRule", "maint") == before
    assert _pods(busy) == ["q"]
    assert busy.object("ResourceClaim", "c", "default")["status"] == {}
    busy.evict()
    done = _condition(busy)
    assert (done["status"], done["reason"]) == ("False", "Completed")
    (event,) = busy.objects("Event")
    assert event["reason"] == "DeviceTaintManagerEviction"
    assert event["involvedObject"]["name"] == "p"


def test_a_rule_for_a_device_that_nobody_uses_does_not_start(
    busy: ApiServer,
) -> None:
    unused = rule()
    unused["spec"]["deviceSelector"]["pool"] = "n1"
    Client(busy).apply(RULE, unused, "dractl")
    busy.evict()
    assert _condition(busy)["reason"] == "NotStarted"


def test_a_rule_without_a_selector_selects_nothing(busy: ApiServer) -> None:
    unused = rule()
    del unused["spec"]["deviceSelector"]
    Client(busy).apply(RULE, unused, "dractl")
    busy.evict()
    assert _condition(busy)["reason"] == "NotStarted"


@pytest.mark.parametrize(
    ("toleration", "seconds", "left"),
    [
        ({"operator": "Exists", "effect": "NoExecute"}, 9999, ["p"]),
        ({"operator": "Exists"}, 0, []),
        ({"key": "other", "operator": "Exists", "effect": "NoExecute"}, 0, []),
        ({"operator": "Equal", "value": "fw", "effect": "NoExecute"}, 0, ["p"]),
        ({"operator": "Equal", "value": "no", "effect": "NoExecute"}, 0, []),
        (
            {"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60},
            59,
            ["p"],
        ),
        (
            {"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60},
            60,
            [],
        ),
        (
            {"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": -1},
            0,
            [],
        ),
    ],
)
def test_a_result_bears_what_it_tolerates(
    toleration: dict[str, Any],
    seconds: int,
    left: list[str],
    api_server: ApiServer,
) -> None:
    held = claim("c", ("p",), tolerations=[toleration])
    api_server.add([slice_of("n0"), pod("p"), held])
    Client(api_server).apply(RULE, rule(value="fw"), "dractl")
    api_server.evict()
    api_server.clock.advance(seconds)
    api_server.evict()
    assert _pods(api_server) == left


def test_the_controller_can_act_by_itself(busy: ApiServer) -> None:
    with busy.evicting(pause=0.001):
        Client(busy).apply(RULE, rule(), "dractl")
        end = time.monotonic() + 5
        while _pods(busy) != ["q"] and time.monotonic() < end:
            time.sleep(0.001)
    assert _pods(busy) == ["q"]


def test_the_controller_can_take_a_step_per_answer() -> None:
    with ApiServer(controllers=True) as server:
        server.add([slice_of("n0"), pod("p"), claim("c", ("p",))])
        Client(server).apply(RULE, rule(), "dractl")
        reasons = [
            Client(server).get(RULE).document["status"]["conditions"][0]["reason"]
            for _ in range(3)
        ]
    assert reasons == ["PodsPendingEviction", "PodsPendingEviction", "Completed"]
