"""`dractl taint` fails, is interrupted, or may not do what it is asked for."""

import os
import signal

import pytest

from tests.apiserver import Fault, Kind, Rule, User
from tests.cli.tainted import (
    AVOID,
    EVICT,
    GPU,
    KEY,
    OTHER,
    OTHER_RULE,
    PATH,
    RULE,
    Tainter,
    outcomes,
)


@pytest.mark.parametrize(
    ("argv", "method", "outcome"),
    [
        ((GPU, EVICT, "--overwrite"), "PATCH", "changed"),
        ((OTHER, EVICT), "PATCH", "created"),
        ((GPU, f"{KEY}-"), "DELETE", "removed"),
    ],
    ids=["change", "create", "remove"],
)
def test_an_answer_that_was_lost_is_no_failure(
    argv: tuple[str, ...], method: str, outcome: str, taint: Tainter
) -> None:
    taint(GPU, AVOID, "--yes")
    taint.server.faults.add(Fault(Kind.DROP_AFTER, method, f"{PATH}*"))

    document = taint.document(*argv, "--yes")

    assert list(outcomes(document).values()) == [outcome]
    assert taint.server.faults.struck() == 1


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.UNAVAILABLE, "not changed"),
        (Kind.DROP_BEFORE, "perhaps changed: there was no answer"),
    ],
    ids=["unavailable", "lost"],
)
def test_a_failure_in_the_middle_tells_what_is_done_and_what_is_not(
    kind: Kind, said: str, taint: Tainter
) -> None:
    fault = Fault(kind, "PATCH", f"{PATH}{OTHER_RULE}", times=None)
    taint.server.faults.add(fault)
    words = (GPU, OTHER, "fabric.example.com", AVOID)

    ran = taint(*words, "--yes", "--request-timeout", "1s")

    assert ran.status == 3
    assert ran.out.splitlines()[-3:] == [
        f"devicetaintrule {RULE} created",
        f"devicetaintrule {OTHER_RULE} {said}",
        "devicetaintrule fabric.example.com--maint.example.com not tried",
    ]
    assert "1 of 3 rules done; the same command goes on from there\n" in ran.err
    taint.server.faults.clear()
    again = taint(*words, "--yes")
    assert [each.split()[-1] for each in again.out.splitlines()[-3:]] == [
        "unchanged",
        "created",
        "created",
    ]


def test_an_answer_that_makes_no_sense_is_no_success(taint: Tainter) -> None:
    taint.server.faults.add(Fault(Kind.WRONG_TYPE, "PATCH", f"{PATH}*"))

    ran = taint(GPU, AVOID, "--yes")
    again = taint(GPU, AVOID, "--yes")

    assert ran.status == 3
    assert ran.out.endswith("perhaps changed: there was no answer\n")
    assert "with something that no API server says" in ran.err
    assert again.out.endswith(f"devicetaintrule {RULE} unchanged\n")


def test_an_interrupt_in_the_middle_tells_what_is_done_and_what_is_not(
    taint: Tainter,
) -> None:
    def interrupted(_seconds: float) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    taint.server.faults.sleep = interrupted
    path = f"{PATH}{OTHER_RULE}"
    taint.server.faults.add(
        Fault(Kind.LATENCY, "PATCH", path), Fault(Kind.DROP_BEFORE, "PATCH", path)
    )

    ran = taint(GPU, OTHER, AVOID, "--yes")

    assert ran.status == 130
    assert ran.out.splitlines()[-2:] == [
        f"devicetaintrule {RULE} created",
        f"devicetaintrule {OTHER_RULE} perhaps changed: there was no answer",
    ]
    assert "warning: interrupted\n" in ran.err
    assert taint.rules() == {RULE: "NoSchedule"}


def _hang_at_the_second(taint: Tainter) -> None:
    path = f"{PATH}{OTHER_RULE}"
    taint.server.faults.add(
        Fault(Kind.LATENCY, "PATCH", path, seconds=20),
        Fault(Kind.DROP_BEFORE, "PATCH", path),
    )


def test_who_is_killed_has_made_whole_rules_and_the_next_one_goes_on(
    taint: Tainter,
) -> None:
    _hang_at_the_second(taint)
    with taint.started(GPU, OTHER, AVOID, "--yes") as child:
        taint.wait_for_fault()
        child.send_signal(signal.SIGKILL)

    assert taint.rules() == {RULE: "NoSchedule"}
    again = taint(GPU, OTHER, AVOID, "--yes")
    assert again.out.splitlines()[-2:] == [
        f"devicetaintrule {RULE} unchanged",
        f"devicetaintrule {OTHER_RULE} created",
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_is_told_to_end_tells_what_is_done(
    number: signal.Signals, taint: Tainter
) -> None:
    _hang_at_the_second(taint)
    with taint.started(GPU, OTHER, AVOID, "--yes") as child:
        taint.wait_for_fault()
        child.send_signal(number)
        out, err = child.communicate()

    assert child.returncode == 130
    assert f"devicetaintrule {RULE} created\n" in out
    assert "warning: interrupted\n" in err
    assert "Traceback" not in err


def test_a_refusal_names_the_rule_that_allows_it(taint: Tainter) -> None:
    denied = Rule("patch", "resource.k8s.io", "devicetaintrules")
    taint.server.access.change(User("alice", deny=(denied,)))

    ran = taint(GPU, AVOID, "--yes", user="alice")

    assert ran.status == 3
    assert "error: user 'alice' may not patch devicetaintrules" in ran.err
    assert "--verb=create,patch --resource=devicetaintrules.resource" in ran.err


def test_who_may_not_see_rules_changes_none(taint: Tainter) -> None:
    denied = Rule("list", "resource.k8s.io", "devicetaintrules")
    taint.server.access.change(User("alice", deny=(denied,)))

    ran = taint(GPU, AVOID, "--yes", user="alice")

    assert ran.status == 3
    assert "error: user 'alice' may not list devicetaintrules" in ran.err
    assert taint.writes() == []


def test_the_role_that_is_printed_is_enough(taint: Tainter) -> None:
    group = "resource.k8s.io"
    verbs = ("get", "create", "patch", "delete")
    seeing = tuple(Rule(verb, "*", "*") for verb in ("list", "watch"))
    paths = tuple(Rule("get", path=path) for path in ("/apis", "/metrics", "/version"))
    changing = tuple(Rule(verb, group, "devicetaintrules") for verb in verbs)
    allowed = (*seeing, *paths, *changing)
    taint.server.access.change(User("alice", allow=allowed))

    with taint.server.evicting():
        asked = taint(GPU, EVICT, "--preview", user="alice")
        made = taint(GPU, EVICT, "--yes", "--wait", user="alice")
        gone = taint(GPU, f"{KEY}-", "--yes", user="alice")

    assert [asked.status, made.status, gone.status] == [0, 0, 0], made.err
