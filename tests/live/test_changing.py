"""Changes of objects of any kind, only of what they were planned for."""

from collections.abc import Callable
from typing import Any

import pytest

from dractl.live.changing import (
    Changes,
    Evicted,
    Operations,
    Outcome,
    Outdated,
    Wire,
    uid_of,
)
from dractl.live.connection import Connection
from dractl.live.errors import ClusterError
from dractl.live.place import Place
from tests.apiserver import ApiServer, Fault, Kind
from tests.apiserver.documents import pod, rule

NODE = Place("", "v1", "nodes", None, "n0")
POD = Place("", "v1", "pods", "default", "p")
RULE = Place("resource.k8s.io", "v1beta2", "devicetaintrules", None, "maint")


@pytest.fixture
def changes(connection: Connection) -> Changes:
    return Changes(connection)


@pytest.fixture
def node(api_server: ApiServer) -> str:
    """Return the uid of a node."""
    api_server.add({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n0"}})
    return uid_of(api_server.object("Node", "n0"))


def cordon(live: Wire) -> Operations:
    if live.get("spec", {}).get("unschedulable"):
        return ()
    return ({"op": "add", "path": "/spec", "value": {"unschedulable": True}},)


def touch(server: ApiServer) -> None:
    whole = server.object("Node", "n0")
    labels = {"touched": str(len(server.requests))}
    server.add({**whole, "metadata": {**whole["metadata"], "labels": labels}})


def test_an_object_is_changed_as_planned(
    api_server: ApiServer, changes: Changes, node: str
) -> None:
    first = changes.patch(NODE, node, cordon)
    second = changes.patch(NODE, node, cordon)

    assert (first.outcome, second.outcome) == (Outcome.CHANGED, Outcome.UNCHANGED)
    assert first.object["spec"] == {"unschedulable": True}
    sent = [each for each in api_server.requests if each.method == "PATCH"]
    assert len(sent) == 1
    assert sent[0].query["fieldManager"] == "dractl"


def test_a_dry_one_is_only_tried(
    api_server: ApiServer, connection: Connection, node: str
) -> None:
    changed = Changes(connection, is_dry=True).patch(NODE, node, cordon)

    assert changed.outcome is Outcome.CHANGED
    assert "spec" not in api_server.object("Node", "n0")


def test_what_others_write_meanwhile_is_planned_for_anew(
    api_server: ApiServer, changes: Changes, node: str
) -> None:
    left = [1, 1]

    def plan(live: Wire) -> Operations:
        if left:
            left.pop()
            touch(api_server)
        return cordon(live)

    assert changes.patch(NODE, node, plan).outcome is Outcome.CHANGED
    assert api_server.object("Node", "n0")["metadata"]["labels"]


def test_what_others_write_all_the_time_is_left_alone(
    api_server: ApiServer, changes: Changes, node: str
) -> None:
    def plan(live: Wire) -> Operations:
        touch(api_server)
        return cordon(live)

    changed = changes.patch(NODE, node, plan)

    assert changed.outcome is Outcome.OUTDATED
    assert changed.message.startswith("others change it all the time")


def outdated(_live: Wire) -> Operations:
    raise Outdated("it is not the same")


@pytest.mark.parametrize(
    ("place", "plan", "why"),
    [
        (NODE, outdated, "it is not the same"),
        (NODE.of("n1"), cordon, "it was made anew meanwhile"),
        (NODE.of("n2"), cordon, "it is not there any more"),
    ],
)
def test_an_object_that_is_another_is_left_alone(
    api_server: ApiServer,
    changes: Changes,
    place: Place,
    plan: Callable[[Wire], Operations],
    why: str,
) -> None:
    for name in ("n0", "n1"):
        metadata = {"name": name, "uid": f"of-{name}"}
        api_server.add({"apiVersion": "v1", "kind": "Node", "metadata": metadata})

    changed = changes.patch(place, "of-n0", plan)

    assert (changed.outcome, changed.message) == (Outcome.OUTDATED, why)


def test_a_change_whose_answer_is_lost_was_made(
    api_server: ApiServer, changes: Changes, node: str
) -> None:
    api_server.faults.add(Fault(Kind.DROP_AFTER, method="PATCH"))

    assert changes.patch(NODE, node, cordon).outcome is Outcome.CHANGED


def test_what_the_server_does_not_take_is_an_error(
    api_server: ApiServer, changes: Changes
) -> None:
    api_server.add(rule())
    uid = uid_of(api_server.object("DeviceTaintRule", "maint"))
    bad = {"op": "replace", "path": "/spec/taint/effect", "value": "Never"}

    with pytest.raises(ClusterError, match="refuses to patch"):
        changes.patch(RULE, uid, lambda _: (bad,))


def test_a_change_that_fits_nothing_is_an_error(changes: Changes, node: str) -> None:
    bad = {"op": "remove", "path": "/spec/taints"}

    with pytest.raises(ClusterError, match="the patch does not fit"):
        changes.patch(NODE, node, lambda _: (bad,))


def test_an_object_is_only_created(api_server: ApiServer, changes: Changes) -> None:
    first = changes.create(RULE, rule())
    second = changes.create(RULE, rule("None"))

    assert (first.outcome, second.outcome) == (Outcome.CHANGED, Outcome.UNCHANGED)
    assert uid_of(first.object) == uid_of(second.object)
    made = api_server.object("DeviceTaintRule", "maint")
    assert made["spec"]["taint"]["effect"] == "NoExecute"


def test_an_object_whose_answer_is_lost_was_created(
    api_server: ApiServer, changes: Changes
) -> None:
    api_server.faults.add(Fault(Kind.DROP_AFTER, method="POST"))

    assert changes.create(RULE, rule()).outcome is Outcome.CHANGED


def test_a_dry_object_is_not_kept(
    api_server: ApiServer, connection: Connection
) -> None:
    made = Changes(connection, is_dry=True).create(RULE, rule())

    assert made.outcome is Outcome.CHANGED
    assert api_server.objects("DeviceTaintRule") == []


def budget(allowed: int) -> dict[str, Any]:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "b", "namespace": "default"},
        "spec": {"selector": {}},
        "status": {"disruptionsAllowed": allowed},
    }


def test_a_pod_is_asked_to_go(api_server: ApiServer, changes: Changes) -> None:
    api_server.add(pod("p"))

    assert changes.evict(POD, "p") == (Evicted.ENDING, "")
    marked = api_server.object("Pod", "p", "default")["metadata"]
    assert "deletionTimestamp" in marked


def test_a_budget_keeps_a_pod_at_once(api_server: ApiServer, changes: Changes) -> None:
    api_server.add([pod("p"), budget(0)])

    kept, why = changes.evict(POD, "p")

    assert kept is Evicted.KEPT
    assert "a disruption budget forbids it" in why
    assert len(api_server.requests) == 1


@pytest.mark.parametrize("uid", ["p", "another"])
def test_a_pod_that_is_gone_or_another_is_left_alone(
    api_server: ApiServer, changes: Changes, uid: str
) -> None:
    if uid == "another":
        api_server.add(pod("p"))

    assert changes.evict(POD, uid)[0] is Evicted.GONE
    assert all(
        "deletionTimestamp" not in each["metadata"]
        for each in api_server.objects("Pod")
    )
