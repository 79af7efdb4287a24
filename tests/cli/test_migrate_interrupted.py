"""`dractl migrate apply` that is killed, interrupted, or run twice at once."""

import json
import signal
from pathlib import Path

import pytest

from tests.apiserver import ApiServer, Fault, Kind
from tests.cli.migrating import (
    Migrator,
    acting,
    deployment,
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


@pytest.mark.parametrize("verb", ["apply", "rollback"])
def test_what_a_server_adds_to_a_change_whose_note_is_lost_is_no_conflict(
    migrate: Migrator, server: ApiServer, verb: str
) -> None:
    argv = ("--yes", "--unverified", "--stage", "workloads")
    migrate("apply", *argv)
    content = json.loads(migrate.path.read_text())
    content["progress"][2]["steps"][0]["mark"] = "begun"
    migrate.path.write_text(json.dumps(content))
    whole = server.object("Deployment", "chat", "default")
    whole["spec"]["template"]["spec"]["resourceClaims"][0]["default"] = True
    server.add(whole)

    ran = migrate(verb, *(argv if verb == "apply" else argv[:1]))

    assert ran.status == 0, ran.err
    spec = server.object("Deployment", "chat", "default")["spec"]["template"]["spec"]
    assert ("resourceClaims" in spec) is (verb == "apply")


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
