"""`dractl migrate apply` on nodes: pods leave, the plugin goes, the driver comes."""

from typing import Any

from dractl.migrate.steps import Stage, StageKind
from tests.apiserver import ApiServer
from tests.cli.migrating import (
    NODES,
    OFF,
    RESOURCE,
    Migrator,
    acting,
    held,
    node,
    pod,
)

PODS = [pod("chat-a")]


def test_pods_that_have_to_leave_are_shown(migrate: Migrator) -> None:
    ran = migrate("apply", "--stage", "wave-1", "--unverified", "--dry-run=server")

    assert ran.status == 0
    assert "  1 pod of Deployment default/chat has to find another place\n" in ran.out
    assert "  doubt: a pod may have to wait\n" in ran.out
    assert "   2. evict pods from n0\n      pod default/chat-a\n" in ran.out


def test_a_node_that_was_cordoned_before_stays_so(
    migrate: Migrator, server: ApiServer
) -> None:
    server.add(node("n0") | {"spec": {"unschedulable": True}})

    with acting(server):
        ran = migrate("apply", "--yes", "--stage", "wave-1", "--unverified")

    assert ran.status == 0
    assert "Node n0 was cordoned before, and stays so\n" in ran.out
    assert server.object("Node", "n0")["spec"] == {"unschedulable": True}


def test_a_node_without_a_spec_gets_none(migrate: Migrator, server: ApiServer) -> None:
    bare = {key: value for key, value in node("n0").items() if key != "spec"}
    server.add(bare)

    with acting(server):
        done = wave(migrate)
        there = server.object("Node", "n0")
        back = migrate("rollback", "--yes")

    assert (done.status, back.status) == (0, 0)
    assert "spec" not in there
    assert "spec" not in server.object("Node", "n0")


def budget(allowed: int) -> dict[str, Any]:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "chat", "namespace": "default"},
        "spec": {"selector": {"matchLabels": {"app": "chat"}}},
        "status": {"disruptionsAllowed": allowed},
    }


def wave(migrate: Migrator, *argv: str) -> Any:
    return migrate("apply", "--yes", "--stage", "wave-1", "--unverified", *argv)


def test_a_budget_keeps_a_pod_and_the_stage_stops_there(
    migrate: Migrator, server: ApiServer
) -> None:
    server.add(budget(0))

    with acting(server):
        refused = wave(migrate, "--timeout", "150ms")
        kept = [each["metadata"]["name"] for each in server.objects("Pod")]
        cordoned = server.object("Node", "n0")
        server.add(budget(1))
        done = wave(migrate)

    assert refused.status == 1
    assert "1 pod did not leave n0 in time: default/chat-a" in refused.err
    assert "a disruption budget forbids it" in refused.err
    assert kept == ["chat-a"]
    assert OFF not in cordoned["metadata"]["labels"]
    assert done.status == 0
    assert server.objects("Pod") == []


def test_only_pods_that_use_the_devices_leave(
    migrate: Migrator, server: ApiServer
) -> None:
    daemon = [{"kind": "DaemonSet", "name": "dcgm", "uid": "d", "controller": True}]
    server.add(
        [
            pod("plain") | {"spec": {"nodeName": "n0", "containers": [{"name": "c"}]}},
            pod("other") | {"spec": {**pod("other")["spec"], "nodeName": "n1"}},
            pod("over") | {"status": {"phase": "Succeeded"}},
            pod("dcgm", ownerReferences=daemon),
            pod("static", annotations={"kubernetes.io/config.mirror": "x"}),
        ]
    )

    with acting(server):
        ran = wave(migrate)

    assert ran.status == 0
    left = {each["metadata"]["name"] for each in server.objects("Pod")}
    assert left == {"plain", "other", "over", "static"}
    evicted = "Node n0: evicted default/chat-a\n"
    assert evicted in ran.out
    assert "      pod default/dcgm (of DaemonSet dcgm: once the plugin has" in ran.out
    assert "pod default/dcgm stays on n0: DaemonSet dcgm would put it" in ran.err
    assert "pods of DaemonSets left n0: default/dcgm\n" in ran.err
    assert "pod default/static stays on n0: it is a static pod" in ran.err


def test_pods_that_hold_claims_leave_too(migrate: Migrator, server: ApiServer) -> None:
    bare = {"nodeName": "n0", "containers": [{"name": "c"}]}
    server.add([pod("claimer") | {"spec": bare}, held("c", "claimer")])

    with acting(server):
        ran = wave(migrate)

    assert ran.status == 0
    assert "evicted default/chat-a, default/claimer" in ran.out


def test_a_node_that_keeps_its_resource_is_waited_for(migrate: Migrator) -> None:
    migrate.plan((Stage("wait", StageKind.NODES, "wait", NODES.steps[3:4]),))

    ran = migrate("apply", "--yes", "--timeout", "150ms")

    assert ran.status == 1
    assert f"waiting for Node n0: it still has 2 {RESOURCE}\n" in ran.err
    assert "error: Node n0 is not ready in time: it still has 2" in ran.err


def test_a_pool_has_to_be_complete(migrate: Migrator, server: ApiServer) -> None:
    migrate.plan((Stage("wait", StageKind.NODES, "wait", NODES.steps[5:6]),))
    spec = {
        "driver": "gpu.example.com",
        "nodeName": "n0",
        "pool": {"name": "n0", "generation": 2, "resourceSliceCount": 2},
        "devices": [{"name": "gpu-0"}],
    }
    part = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceSlice",
        "metadata": {"name": "a"},
        "spec": spec,
    }
    server.add(part)

    refused = migrate("apply", "--yes", "--timeout", "150ms")
    server.add(part | {"metadata": {"name": "b"}})
    done = migrate("apply", "--yes")

    assert refused.status == 1
    assert "0 of 1 device of gpu.example.com (pool n0 is not complete)" in refused.err
    assert done.status == 0


def test_a_dry_run_tells_what_a_budget_would_keep(
    migrate: Migrator, server: ApiServer
) -> None:
    server.add([budget(0), pod("bare", ownerReferences=[], labels={})])

    ran = migrate("apply", "--stage", "wave-1", "--unverified", "--dry-run=server")

    assert ran.status == 0
    assert "      pod default/bare (nothing makes it anew)\n" in ran.out
    assert "warning: pod default/chat-a would stay on n0 for now: " in ran.err
    assert "a disruption budget forbids it" in ran.err
    assert all(
        "deletionTimestamp" not in each["metadata"] for each in server.objects("Pod")
    )
