"""`dractl migrate apply`: one stage, as it was shown, never more than was planned."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from dractl.migrate.steps import Stage, StageKind, Step, Verb
from tests.apiserver import ApiServer, Fault, Kind, Rule, User
from tests.cli.keyboard import typing
from tests.cli.migrating import (
    CLASS,
    NODES,
    OBJECTS,
    OFF,
    ON,
    RESOURCE,
    TEMPLATE,
    WORKLOADS,
    Migrator,
    acting,
    deployment,
    held,
    node,
    pod,
)
from tests.cli.run import Runner


@pytest.fixture
def server(api_server: ApiServer) -> ApiServer:
    """Return a server with two nodes, and a workload with a pod on the first."""
    api_server.add([node("n0"), node("n1"), deployment(), pod("chat-a")])
    return api_server


@pytest.fixture
def migrate(dractl: Runner, server: ApiServer, tmp_path: Path) -> Migrator:
    return Migrator(dractl, server, tmp_path)


def test_three_stages_are_done_and_verified_one_by_one(
    migrate: Migrator, server: ApiServer
) -> None:
    with acting(server):
        migrate.through("objects", "wave-1", "workloads")
        ran = migrate("apply", "--yes")

    assert (ran.status, ran.out) == (0, "")
    assert ran.err == "it is done already\n"
    assert set(migrate.states().values()) == {"verified"}
    labels = server.object("Node", "n0")["metadata"]["labels"]
    assert (labels[OFF], labels[ON]) == ("false", "true")
    assert "unschedulable" not in server.object("Node", "n0")["spec"]
    spec = server.object("Deployment", "chat", "default")["spec"]["template"]["spec"]
    assert spec["resourceClaims"][0]["resourceClaimTemplateName"] == "chat-gpu"
    assert spec["containers"][0]["resources"] == {"limits": {"cpu": "1"}}
    assert server.objects("Pod") == []


def test_a_stage_is_shown_and_done_if_the_user_wants_it(
    migrate: Migrator, server: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "y\n")

    ran = migrate("apply")

    assert ran.status == 0
    assert ran.out == (
        "STAGE objects: what claims need\n"
        "   1. create DeviceClass gpu\n"
        "   2. create ResourceClaimTemplate chat-gpu\n"
        "DeviceClass gpu created\n"
        "ResourceClaimTemplate default/chat-gpu created\n"
    )
    assert ran.err == (
        f"do stage objects on {server.url}? [y/N] 2 of 2 steps done\n"
        "next: dractl migrate verify checks stage objects\n"
    )
    (entry,) = server.objects("DeviceClass")
    assert entry["spec"] == CLASS["spec"]
    assert migrate.marks(0) == ["done", "done"]


def test_pods_that_have_to_leave_are_shown(migrate: Migrator) -> None:
    ran = migrate("apply", "--stage", "wave-1", "--unverified", "--dry-run=server")

    assert ran.status == 0
    assert "  1 pod of Deployment default/chat have to find another place\n" in ran.out
    assert "  doubt: a pod may have to wait\n" in ran.out
    assert "   2. evict pods from n0\n      pod default/chat-a\n" in ran.out


def test_who_says_no_changes_nothing(
    migrate: Migrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "\n")
    before = migrate.path.read_text()

    ran = migrate("apply")

    assert ran.status == 1
    assert ran.err.endswith("nothing was changed\n")
    assert (migrate.writes(), migrate.path.read_text()) == ([], before)


def test_without_a_terminal_nothing_is_done_unasked(migrate: Migrator) -> None:
    ran = migrate("apply")

    assert ran.status == 2
    assert "hint: --yes answers yes" in ran.err
    assert migrate.writes() == []


@pytest.mark.parametrize(
    ("dry_run", "writes", "said"),
    [
        ("client", [], "dry run: no server was asked to change anything\n"),
        (
            "server",
            [("POST", "deviceclasses"), ("POST", "resourceclaimtemplates")],
            "2 of 2 steps done (dry run on the server)\n",
        ),
    ],
)
def test_a_dry_run_changes_nothing(
    dry_run: str,
    writes: list[tuple[str, str]],
    said: str,
    migrate: Migrator,
    server: ApiServer,
) -> None:
    before = migrate.path.read_text()

    ran = migrate("apply", f"--dry-run={dry_run}")

    assert ran.status == 0
    assert ran.err == said
    assert migrate.writes() == writes
    assert server.objects("DeviceClass") == []
    assert migrate.path.read_text() == before


# -- order and safety


def test_a_stage_waits_for_the_earlier_one_to_be_verified(migrate: Migrator) -> None:
    migrate("apply", "--yes")

    refused = migrate("apply", "--yes")
    forced = migrate("apply", "--yes", "--unverified", "--stage", "workloads")

    assert refused.status == 1
    assert "error: stage objects is applied, not verified\n" in refused.err
    assert forced.status == 0
    assert migrate.states()["workloads"] == "applied"


def test_a_stage_that_does_not_exist_is_wrong_usage(migrate: Migrator) -> None:
    ran = migrate("apply", "--yes", "--stage", "wave-9")

    assert ran.status == 2
    assert "hint: there are objects, wave-1, workloads" in ran.err


def test_another_cluster_than_that_of_the_file_is_refused(migrate: Migrator) -> None:
    migrate.plan(server="https://elsewhere.example:6443")

    ran = migrate("apply", "--yes")

    assert ran.status == 3
    assert "is about https://elsewhere.example:6443, not about http://" in ran.err
    assert migrate.writes() == []


def test_a_file_that_was_changed_by_hand_is_refused(migrate: Migrator) -> None:
    content = json.loads(migrate.path.read_text())
    content["stages"][0]["steps"][0]["name"] = "other"
    migrate.path.write_text(json.dumps(content))

    ran = migrate("apply", "--yes")

    assert ran.status == 3
    assert "its stages are not those that were planned" in ran.err


def test_a_plan_in_the_file_is_not_planned_anew(
    migrate: Migrator, tmp_path: Path
) -> None:
    ran = migrate("apply", str(tmp_path), "--yes")

    assert ran.status == 2
    assert "has a plan already, so nothing is planned anew" in ran.err


@pytest.mark.parametrize("option", ["--demo", "--snapshot=x.json"])
def test_only_a_live_cluster_is_changed(
    option: str, dractl: Runner, migrate: Migrator
) -> None:
    state = ("--state", str(migrate.path))
    ran = dractl("migrate", "apply", *state, "--yes", option)

    assert ran.status == 2
    assert "a rollout is about a live cluster" in ran.err


def test_of_two_runs_at_once_one_is_refused(
    migrate: Migrator, server: ApiServer
) -> None:
    server.faults.add(Fault(Kind.LATENCY, path="*/deviceclasses", seconds=3.0))
    with migrate.started("apply", "--yes") as child:
        migrate.wait_for_mark(0, 0, "begun")
        ran = migrate("apply", "--yes")
        child.send_signal(signal.SIGKILL)

    assert ran.status == 3
    assert "another run of dractl works with it" in ran.err
    assert migrate("apply", "--yes").status == 0


# -- what others do


def test_an_equal_object_that_is_there_is_not_ours(
    migrate: Migrator, server: ApiServer
) -> None:
    server.add(TEMPLATE)

    ran = migrate("apply", "--yes")

    assert ran.status == 0
    assert (
        "ResourceClaimTemplate default/chat-gpu was there already, and is the same\n"
    ) in ran.out


def test_another_object_of_the_name_stops_the_stage(
    migrate: Migrator, server: ApiServer
) -> None:
    server.add(CLASS | {"spec": {}})

    ran = migrate("apply", "--yes")

    assert ran.status == 1
    assert "DeviceClass gpu is there already, and says something else" in ran.err
    assert ran.err.endswith("0 of 2 steps done\n")
    assert server.object("DeviceClass", "gpu")["spec"] == {}
    assert migrate.marks(0) == ["open", "open"]


def changed(server: ApiServer, limits: dict[str, str]) -> None:
    whole = server.object("Deployment", "chat", "default")
    spec = whole["spec"]["template"]["spec"]
    spec["containers"][0]["resources"]["limits"] = limits
    server.add(whole)


def test_a_workload_that_asks_for_something_else_is_left_alone(
    migrate: Migrator, server: ApiServer
) -> None:
    changed(server, {RESOURCE: "2"})

    ran = migrate("apply", "--yes", "--stage", "workloads", "--unverified")

    assert ran.status == 1
    assert "Deployment default/chat is not any more what the plan saw" in ran.err
    spec = server.object("Deployment", "chat", "default")["spec"]["template"]["spec"]
    assert "resourceClaims" not in spec


def test_a_workload_that_is_scaled_meanwhile_is_changed_all_the_same(
    migrate: Migrator, server: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scale() -> None:
        whole = server.object("Deployment", "chat", "default")
        server.add(whole | {"spec": {**whole["spec"], "replicas": 5}})

    typing(monkeypatch, "y\n", scale)
    ran = migrate("apply", "--stage", "workloads", "--unverified")

    assert ran.status == 0
    spec = server.object("Deployment", "chat", "default")["spec"]
    assert spec["replicas"] == 5
    assert "resourceClaims" in spec["template"]["spec"]


def test_a_lost_answer_is_no_conflict(migrate: Migrator, server: ApiServer) -> None:
    server.faults.add(
        Fault(Kind.DROP_AFTER, method="POST"),
        Fault(Kind.DROP_AFTER, method="PATCH"),
    )

    first = migrate("apply", "--yes")
    second = migrate("apply", "--yes", "--stage", "workloads", "--unverified")

    assert (first.status, second.status) == (0, 0)
    assert "DeviceClass gpu created\n" in first.out
    assert "Deployment default/chat changed\n" in second.out


def test_a_node_that_was_cordoned_before_stays_so(
    migrate: Migrator, server: ApiServer
) -> None:
    server.add(node("n0") | {"spec": {"unschedulable": True}})

    with acting(server):
        ran = migrate("apply", "--yes", "--stage", "wave-1", "--unverified")

    assert ran.status == 0
    assert "Node n0 was cordoned before, and stays so\n" in ran.out
    assert server.object("Node", "n0")["spec"] == {"unschedulable": True}


# -- evictions


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
        refused = wave(migrate, "--timeout", "400ms")
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
    assert left == {"plain", "other", "over", "dcgm", "static"}
    assert "pod default/dcgm stays on n0: DaemonSet dcgm keeps it there" in ran.err
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

    ran = migrate("apply", "--yes", "--timeout", "400ms")

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

    refused = migrate("apply", "--yes", "--timeout", "400ms")
    server.add(part | {"metadata": {"name": "b"}})
    done = migrate("apply", "--yes")

    assert refused.status == 1
    assert "0 of 1 devices of gpu.example.com (pool n0 is not complete)" in refused.err
    assert done.status == 0


# -- people


def hand(migrate: Migrator) -> None:
    step = Step(Verb.BY_HAND, "switch the chart's value")
    migrate.plan((Stage("hand", StageKind.OBJECTS, "by hand", (step,)), OBJECTS))


def test_what_has_to_be_done_by_hand_is_asked_for(
    migrate: Migrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand(migrate)

    typing(monkeypatch, "y\nn\n")
    first = migrate("apply")
    typing(monkeypatch, "y\ny\n")
    second = migrate("apply")

    assert first.status == 1
    assert "by hand: switch the chart's value\nis that done? [y/N]" in first.err
    assert "hint: do it, then run the same command again" in first.err
    assert second.status == 0


def test_a_script_does_by_hand_between_two_runs(migrate: Migrator) -> None:
    hand(migrate)

    assert migrate("apply", "--yes").status == 1
    assert migrate("apply", "--yes").status == 0


# -- interruptions


@pytest.mark.parametrize(
    ("stage", "kills"), [("objects", [0]), ("wave-1", [0, 4]), ("workloads", [0])]
)
def test_after_a_kill_in_any_step_the_same_command_goes_on(
    migrate: Migrator, server: ApiServer, stage: str, kills: list[int]
) -> None:
    number = list(migrate.states()).index(stage)
    paths = {"objects": "*classes", "wave-1": "*/n0", "workloads": "*/chat"}
    slow = Fault(Kind.LATENCY, path=paths[stage], times=None, seconds=0.2)
    argv = ("apply", "--yes", "--unverified", "--stage", stage)
    with acting(server):
        server.faults.add(slow)
        for step in kills:
            with migrate.started(*argv) as child:
                migrate.wait_for_mark(number, step, "begun")
                child.kill()
        server.faults.clear()
        ran = migrate(*argv)
        seen = migrate("verify", "--stage", stage, "--timeout", "9s")

    assert ran.status == 0, ran.err
    assert set(migrate.marks(number)) == {"done"}
    assert seen.status == 0, seen.out


def test_a_kill_between_the_change_and_the_note_of_it_is_no_conflict(
    migrate: Migrator,
) -> None:
    argv = ("apply", "--yes", "--unverified", "--stage", "workloads")
    assert migrate(*argv).status == 0
    content = json.loads(migrate.path.read_text())
    content["progress"][2]["steps"][0]["mark"] = "begun"
    migrate.path.write_text(json.dumps(content))

    ran = migrate(*argv)

    assert ran.status == 0
    assert "Deployment default/chat already changed\n" in ran.out
    assert migrate.marks(2) == ["done"]


def test_an_interrupt_leaves_the_file_right(
    migrate: Migrator, server: ApiServer
) -> None:
    with migrate.started(
        "apply", "--yes", "--unverified", "--stage", "wave-1"
    ) as child:
        migrate.wait_for_mark(1, 1, "begun")
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=20)

    assert child.returncode == 130
    assert "interrupted; the same command goes on from there\n1 of 7 steps done" in err
    assert migrate.marks(1)[:3] == ["done", "begun", "open"]
    assert server.object("Node", "n0")["spec"]["unschedulable"] is True
    assert migrate("status").status == 0


def test_who_may_not_do_a_step_is_told_what_is_missing(
    migrate: Migrator, server: ApiServer
) -> None:
    deny = (Rule("patch", "apps"),)
    server.access.change(User("alice", allow=(Rule(),), deny=deny))

    ran = migrate(
        "apply", "--yes", "--unverified", "--stage", "workloads", user="alice"
    )

    assert ran.status == 3
    assert "'alice' may not patch deployments" in ran.err
    assert ran.err.endswith("0 of 1 step done\n")
    assert WORKLOADS.name in migrate("status").out
