"""`dractl migrate apply`: one stage, as it was shown, never more than was planned."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from dractl.migrate.steps import Stage, StageKind, Step, Verb
from tests.apiserver import ApiServer, Fault, Kind, Rule, User
from tests.cli.keyboard import typing
from tests.cli.migrating import (
    CLASS,
    OBJECTS,
    OFF,
    ON,
    RESOURCE,
    TEMPLATE,
    WORKLOADS,
    Migrator,
    acting,
    pod,
)
from tests.cli.run import Runner

PODS = [pod("chat-a")]


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
        f"next: dractl migrate verify --state {migrate.path} checks stage objects\n"
    )
    (entry,) = server.objects("DeviceClass")
    assert entry["spec"] == CLASS["spec"]
    assert migrate.marks(0) == ["done", "done"]


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


def test_a_plan_with_other_options_than_that_of_the_file_is_refused(
    migrate: Migrator, tmp_path: Path
) -> None:
    ran = migrate("apply", str(tmp_path), "--yes")

    assert ran.status == 2
    assert "has a plan already, made with other options" in ran.err


@pytest.mark.parametrize("option", ["--demo", "--snapshot=x.json"])
def test_only_a_live_cluster_is_changed(
    option: str, dractl: Runner, migrate: Migrator
) -> None:
    state = ("--state", str(migrate.path))
    ran = dractl("migrate", "apply", *state, "--yes", option)

    assert ran.status == 2
    assert "a rollout is about a live cluster" in ran.err


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

    told = migrate("apply", "--yes")
    done = migrate("apply", "--yes")

    assert (told.status, done.status) == (1, 0)
    assert "by hand: switch the chart's value\n" in told.err
    assert "by hand" not in done.err
    assert done.out.endswith("\ndone by hand: switch the chart's value\n")


def test_what_goes_and_what_comes_is_shown_in_narrow_lines(migrate: Migrator) -> None:
    stage = replace(WORKLOADS, title="a title of many words " * 5, doubts=("so " * 40,))
    migrate.plan((stage,))

    ran = migrate("apply", "--dry-run=client")

    assert re.search(
        r'      remove\s+/spec/template/.*/example.com~1gpu\s+"1"\n', ran.out
    )
    assert max(map(len, ran.out.splitlines())) <= 80


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


def test_an_older_server_gets_objects_in_its_version(
    dractl: Runner, tmp_path: Path
) -> None:
    served = {"resource.k8s.io": ["v1beta1"]}
    with ApiServer(kubernetes="1.33", served=served) as server:
        migrate = Migrator(dractl, server, tmp_path)
        done = migrate("apply", "--yes")
        seen = migrate("verify")
        sent = [each.path for each in server.requests if each.method == "POST"]
        back = migrate("rollback", "--yes")

    assert (done.status, seen.status, back.status) == (0, 0, 0)
    assert sent[0] == "/apis/resource.k8s.io/v1beta1/deviceclasses"
