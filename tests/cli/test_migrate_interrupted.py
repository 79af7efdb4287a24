"""`dractl migrate apply` that is killed, interrupted, or run twice at once."""

import json
import signal
from typing import Final

import pytest

from tests.apiserver import ApiServer, Fault, Kind
from tests.cli.migrating import (
    STAGES,
    Migrator,
    acting,
    former,
    pod,
)

PODS = [pod("chat-a")]


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


STRIKES: Final = (
    Fault(Kind.INTERRUPT_BEFORE, method="[PD]*"),  # POST, PATCH, DELETE
    Fault(Kind.INTERRUPT_AFTER, method="[PD]*"),
    Fault(Kind.INTERRUPT_AFTER, method="[PD]*", every=2),
)


def until_done(migrate: Migrator, *argv: str) -> int:
    """Run a command that is interrupted before and after its first changes.

    Returns how often it was, until it came to its end.
    """
    for number in range(99):
        migrate.server.faults.clear()
        migrate.server.faults.add(STRIKES[number % len(STRIKES)])
        ran = migrate(*argv)
        if ran.status == 0:
            return number
        assert ran.status == 130, ran.err
        assert "interrupted; the same command goes on from there" in ran.err
    raise AssertionError("it does not come to its end")


def test_after_an_end_at_any_change_the_same_command_goes_on(
    migrate: Migrator, server: ApiServer
) -> None:
    before = former(server)
    argv = ("apply", "--yes", "--unverified")
    with acting(server):
        ends = [until_done(migrate, *argv, "--stage", each.name) for each in STAGES]
        seen = [migrate("verify", "--stage", each.name) for each in STAGES]
        back = until_done(migrate, "rollback", "--all", "--yes")

    assert all(each >= 2 for each in ends)
    assert [each.status for each in seen] == [0, 0, 0], seen
    assert back >= 7
    assert former(server) == before


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
    # Somewhere in the wait for pods, which nobody ends here.
    strike = Fault(Kind.INTERRUPT_AFTER, method="GET", path="*/pods", every=6)
    server.faults.add(strike)

    ran = migrate("apply", "--yes", "--unverified", "--stage", "wave-1")

    assert ran.status == 130
    said = "interrupted; the same command goes on from there\n1 of 7 steps done"
    assert said in ran.err
    assert migrate.marks(1)[:3] == ["done", "begun", "open"]
    assert server.object("Node", "n0")["spec"]["unschedulable"] is True
    assert migrate("status").status == 0
