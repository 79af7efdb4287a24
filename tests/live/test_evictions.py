"""Evictions, followed as the controller and the pods have it."""

import threading
from collections.abc import Sequence

import pytest

from dractl.live.connection import Connection
from dractl.live.evictions import Following, follow, verdicts
from dractl.live.taintrules import TaintRules
from dractl.model.claims import ObjectMeta
from dractl.model.workloads import Pod
from tests.apiserver import ApiServer
from tests.apiserver.client import Client
from tests.apiserver.documents import RULE, claim, pod, rule, slice_of

NAME = "maint"


@pytest.fixture
def rules(api_server: ApiServer, connection: Connection) -> TaintRules:
    api_server.add([slice_of("n0"), pod("p"), pod("q"), claim("c", ("p", "q"))])
    return TaintRules(connection, "v1beta2", "dractl")


def expected(*names: str) -> list[Pod]:
    """Return pods that are expected to go; their uids are their names."""
    return [Pod(ObjectMeta(name, "default", uid=name)) for name in names]


def left(found: Following) -> list[str]:
    return [each.meta.name for each in found.left]


def test_a_verdict_is_waited_for(api_server: ApiServer, rules: TaintRules) -> None:
    Client(api_server).apply(RULE, rule("None"), "dractl")

    with api_server.evicting():
        said = verdicts(rules, [NAME])[NAME]

    assert said is not None
    assert "With NoExecute: 2 pods in 1 namespaces" in said.message


def test_a_verdict_on_an_older_state_does_not_count(
    api_server: ApiServer, rules: TaintRules
) -> None:
    Client(api_server).apply(RULE, rule("NoSchedule"), "dractl")
    api_server.evict()
    Client(api_server).apply(RULE, rule("None"), "dractl")

    assert verdicts(rules, [NAME], 0.2) == {NAME: None}


def test_a_rule_that_is_gone_has_no_verdict(rules: TaintRules) -> None:
    assert verdicts(rules, [NAME], 0.1) == {NAME: None}


def test_progress_tells_how_many_pods_are_gone(
    api_server: ApiServer, rules: TaintRules
) -> None:
    Client(api_server).apply(RULE, rule(), "dractl")
    heard: list[tuple[int, int]] = []

    with api_server.evicting():
        found = follow(
            rules, [NAME], expected("p", "q"), lambda *said: heard.append(said)
        )

    assert found.is_over
    assert left(found) == []
    assert heard[-1] == (2, 2)


def ending(*names: str) -> Sequence[object]:
    """Return pods that are being deleted, and wait for their kubelet."""
    return [
        pod(name, deletionTimestamp="2026-11-23T13:46:29Z", finalizers=["a/b"])
        for name in names
    ]


def test_pods_that_are_ending_are_waited_for(
    api_server: ApiServer, rules: TaintRules
) -> None:
    Client(api_server).apply(RULE, rule("NoSchedule"), "dractl")
    api_server.evict()
    api_server.add(ending("p"))

    early = follow(rules, [NAME], expected("p"), lambda *_: None, 0.2)
    api_server.add(pod("p", deletionTimestamp="2026-11-23T13:46:29Z"))
    timer = threading.Timer(0.3, api_server.end_pods)
    timer.start()
    late = follow(rules, [NAME], expected("p"), lambda *_: None, 20)
    timer.join()

    assert (early.is_over, left(early)) == (False, ["p"])
    assert (late.is_over, left(late)) == (True, [])


def test_a_pod_of_the_same_name_is_another_pod(
    api_server: ApiServer, rules: TaintRules
) -> None:
    Client(api_server).apply(RULE, rule("NoSchedule"), "dractl")
    api_server.evict()
    api_server.add(pod("p", uid="another"))

    found = follow(rules, [NAME], expected("p"), lambda *_: None, 20)

    assert (found.is_over, left(found)) == (True, [])


def test_pods_that_nobody_evicts_are_not_waited_for_for_ever(
    api_server: ApiServer, rules: TaintRules
) -> None:
    Client(api_server).apply(RULE, rule("NoSchedule"), "dractl")
    api_server.evict()

    found = follow(rules, [NAME], expected("p"), lambda *_: None, patience=0.2)

    assert (found.is_over, found.is_silent, left(found)) == (True, False, ["p"])


def test_many_pods_are_looked_at_in_rounds(
    api_server: ApiServer, rules: TaintRules
) -> None:
    Client(api_server).apply(RULE, rule(), "dractl")
    gone = [f"gone-{number}" for number in range(60)]

    with api_server.evicting():
        found = follow(rules, [NAME], expected(*gone, "p", "q"), lambda *_: None, 20)

    assert (found.is_over, left(found)) == (True, [])


def test_where_nobody_answers_nobody_is_waited_for(
    api_server: ApiServer, rules: TaintRules
) -> None:
    Client(api_server).apply(RULE, rule(), "dractl")

    found = follow(rules, [NAME], expected("p"), lambda *_: None, patience=0.2)

    assert (found.is_silent, left(found)) == (True, ["p"])
