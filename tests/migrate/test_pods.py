"""The pods that stand for users, before and after."""

import copy
from typing import Any

import pytest

from dractl.migrate.pods import pinned
from tests.migrate.clusters import (
    GPU,
    PRODUCT,
    live,
    migration,
    node,
    replicas,
    running,
    workload,
)


def test_copies_have_names_and_what_the_documents_say() -> None:
    (found,) = migration(
        [node("a", {GPU: 1})], [workload("chat", counted=replicas(2))]
    ).copies

    assert [each.meta.name for each in found.before.free] == ["chat-0", "chat-1"]
    assert [each.meta.key for each in found.after.free] == [
        ("apps", "chat-0"),
        ("apps", "chat-1"),
    ]
    old, new = found.before.free[0], found.after.free[0]
    assert GPU in old.containers[0].requests
    assert GPU not in new.containers[0].requests
    assert new.claims
    assert new.containers[0].claims


def test_pods_that_run_are_known_by_what_owns_them() -> None:
    found = migration([node("a", {GPU: 2}), *live("chat", "a", "a")]).copies

    (only,) = found
    assert [each.meta.name for each in only.running] == ["chat-7f-0", "chat-7f-1"]
    assert (only.missing, only.wanted) == (0, 2)
    assert [each.meta.name for each in only.after.fixed] == ["chat-7f-0", "chat-7f-1"]


def test_a_replica_set_that_nobody_gives_is_known_by_its_name() -> None:
    (found,) = migration(
        [node("a", {GPU: 2}), running("chat-7f-0", "a", "chat")],
        [workload("chat", counted=replicas(3))],
    ).copies

    assert [each.meta.name for each in found.running] == ["chat-7f-0"]
    assert found.missing == 2


@pytest.mark.parametrize(
    "change",
    [
        {"status": {"phase": "Succeeded"}},
        {"status": {"phase": "Failed"}},
        {"spec": {"containers": []}},
    ],
)
def test_pods_that_have_ended_or_wait_are_not_counted(change: dict[str, Any]) -> None:
    pod = {**running("chat-7f-0", "a", "chat"), **change}
    (found,) = migration([node("a", {GPU: 1}), pod], [workload("chat")]).copies

    assert (found.running, found.missing) == ((), 1)


def test_more_pods_than_wanted_all_count() -> None:
    above, middle, *pods = live("chat", "a", "a", "a")
    fewer = copy.deepcopy(dict(above))
    fewer["spec"]["replicas"] = 1
    (found,) = migration([node("a", {GPU: 3}), fewer, middle, *pods]).copies

    assert (len(found.running), found.missing, found.wanted) == (3, 0, 3)


def test_none_wanted_are_none() -> None:
    (found,) = migration([], [workload("chat", counted=replicas(0))]).copies

    assert found.wanted == 0


def test_a_daemon_set_has_one_on_each_node_that_suits() -> None:
    taint = {"key": "dedicated", "value": "x", "effect": "NoSchedule"}
    (found,) = migration(
        [
            node("a", {GPU: 1}),
            node("b", {GPU: 1}, unschedulable=True),
            node("c", {GPU: 1}, taints=[taint]),
            node("d", {}, {}),
            workload("watch", "DaemonSet", counted={}, nodeSelector=dict(PRODUCT)),
        ]
    ).copies

    assert found.spots == ("a", "b")
    assert [len(each.fixed) for each in (found.before, found.after)] == [2, 2]


def test_a_daemon_set_whose_selector_goes_to_devices_comes_to_more_nodes() -> None:
    found = migration(
        [
            node("a", {GPU: 1}),
            node("d", {}, {}),
            workload("watch", "DaemonSet", counted={}, nodeSelector=dict(PRODUCT)),
        ]
    )

    assert found.copies[0].stray == ("d",)
    assert "makes pods on 1 more nodes after" in " ".join(found.proof.reasons)


def test_who_has_moved_is_free_to_go_anywhere() -> None:
    (found,) = migration(
        [node("a", {GPU: 1}), node("b", {GPU: 1}), *live("chat", "a", "b")]
    ).copies

    stays = found.meanwhile(frozenset({"a"}), frozenset(), has_moved=False)
    moved = found.meanwhile(frozenset({"a"}), frozenset(), has_moved=True)
    assert (len(stays.fixed), len(stays.free), len(stays.late)) == (1, 0, 1)
    assert (len(moved.fixed), len(moved.free), len(moved.late)) == (0, 1, 1)
    assert moved.free[0].claims


def test_a_pod_of_a_node_keeps_its_own_requirements() -> None:
    terms = [
        {"matchExpressions": [{"key": "zone", "operator": "In", "values": [value]}]}
        for value in ("x", "y")
    ]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": terms}}  # fmt: skip
    (found,) = migration(
        [], [workload("chat", affinity={"nodeAffinity": required})]
    ).copies
    pod = pinned(found.before.free[0], "a")

    assert pod.affinity is not None
    assert pod.affinity.matches("a", {"zone": "y"})
    assert not pod.affinity.matches("a", {"zone": "z"})
    assert not pod.affinity.matches("b", {"zone": "x"})


def test_gates_are_lifted_by_others() -> None:
    (found,) = migration(
        [], [workload("chat", schedulingGates=[{"name": "kueue"}])]
    ).copies

    assert found.before.free[0].gates == ()


def test_a_machine_runs_in_a_pod_that_asks_for_its_devices() -> None:
    machine = {
        "apiVersion": "kubevirt.io/v1",
        "kind": "VirtualMachine",
        "metadata": {"name": "vm", "namespace": "apps"},
        "spec": {
            "running": True,
            "template": {
                "spec": {
                    "domain": {
                        "devices": {
                            "gpus": [
                                {"name": "g0", "deviceName": "nvidia.com/pgpu"},
                                {"name": "g1", "deviceName": "nvidia.com/pgpu"},
                            ]
                        }
                    }
                }
            },
        },
    }
    (found,) = migration([node("a", {"nvidia.com/pgpu": 2})], [machine]).copies

    (pod,) = found.before.free
    requests = pod.containers[0].requests
    assert requests["nvidia.com/pgpu"].ceiling == 2
