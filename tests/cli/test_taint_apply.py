"""`dractl taint` changes a live cluster: what was shown, once, and nobody else's."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.apiserver import ApiServer, Fault, Kind, Rule, User
from tests.cli.keyboard import Keyboard
from tests.cli.run import Runner
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
    cluster,
    outcomes,
)


@pytest.fixture
def taint(dractl: Runner, api_server: ApiServer, tmp_path: Path) -> Tainter:
    api_server.add(cluster())
    return Tainter(dractl, api_server, tmp_path)


def typing(
    patch: pytest.MonkeyPatch, text: str, before: Callable[[], None] = lambda: None
) -> None:
    patch.setattr(sys, "stdin", Keyboard(text, before))


def test_a_rule_is_made_if_the_user_wants_it(
    taint: Tainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "y\n")

    ran = taint(GPU, EVICT, "--owner", "alice", "--for", "2h")

    assert ran.status == 0
    assert "EVICTED: 1 pod\n" in ran.out
    assert ran.out.endswith(f"devicetaintrule {RULE} created\n")
    asked = f"create 1 rule on {taint.server.url}, which evicts 1 pod? [y/N] "
    assert ran.err.endswith(asked)
    made = taint.server.object("DeviceTaintRule", RULE)
    assert made["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "dractl"}
    assert made["metadata"]["annotations"].keys() == {
        "dractl.dev/owner",
        "dractl.dev/until",
    }
    assert made["spec"]["deviceSelector"] == {
        "driver": "gpu.example.com",
        "pool": "n0",
        "device": "gpu-0",
    }


def test_who_says_no_changes_nothing(
    taint: Tainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "\n")

    ran = taint(GPU, EVICT)

    assert ran.status == 1
    assert ran.err.endswith("nothing was changed\n")
    assert taint.writes() == []


def test_without_a_terminal_nobody_is_tainted_unasked(taint: Tainter) -> None:
    ran = taint(GPU, EVICT)

    assert ran.status == 2
    assert "hint: --yes answers yes" in ran.err
    assert taint.writes() == []


def test_the_plan_is_shown_before_the_question_whatever_the_output(
    taint: Tainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "y\n")

    ran = taint(GPU, AVOID, "-o", "name")

    assert ran.out == f"devicetaintrule.resource.k8s.io/{RULE}\n"
    assert f"create DeviceTaintRule {RULE}\n" in ran.err


def test_all_devices_are_tainted_only_by_who_means_it(
    taint: Tainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "y\n")

    refused = taint("--all", AVOID)
    done = taint("--all", AVOID, "--yes")

    assert refused.status == 2
    assert "hint: --all --yes does it" in refused.err
    assert done.status == 0
    (rule,) = taint.server.objects("DeviceTaintRule")
    assert rule["spec"]["deviceSelector"] == {}


def test_the_same_command_changes_nothing_more(taint: Tainter) -> None:
    taint(GPU, AVOID, "--yes")
    before = taint.writes()

    ran = taint(GPU, AVOID)

    assert ran.status == 0
    assert ran.out.startswith(f"keep DeviceTaintRule {RULE}\n")
    assert ran.out.endswith(f"devicetaintrule {RULE} unchanged\n")
    assert taint.writes() == before


def test_another_effect_replaces_the_first_one(taint: Tainter) -> None:
    taint(GPU, AVOID, "--yes", "--owner", "alice")

    ran = taint(GPU, EVICT, "--yes", "--overwrite")

    assert ran.out.endswith(f"devicetaintrule {RULE} changed\n")
    assert taint.rules() == {RULE: "NoExecute"}
    kept = taint.server.object("DeviceTaintRule", RULE)["metadata"]["annotations"]
    assert kept == {"dractl.dev/owner": "alice"}


def test_a_taint_is_added_and_another_taken_back_at_once(taint: Tainter) -> None:
    taint(GPU, AVOID, "--yes")

    ran = taint(GPU, f"{KEY}-", "other:None", "--yes")

    assert ran.status == 0
    assert taint.rules() == {"gpu.example.com--n0--gpu-0--other": "None"}


def test_what_is_taken_back_but_not_there_is_told(taint: Tainter) -> None:
    ran = taint(GPU, f"{KEY}-", "--yes")

    assert (ran.status, ran.out) == (1, "")
    assert f"no rule for these devices is meant by {KEY}-" in ran.err


@pytest.mark.parametrize(
    ("dry_run", "writes", "said"),
    [
        ("client", [], "dry run: not tried on the server"),
        ("server", [("PATCH", 201)], "dry run on the server"),
    ],
)
def test_a_dry_run_changes_nothing(
    dry_run: str, writes: list[tuple[str, int]], said: str, taint: Tainter
) -> None:
    ran = taint(GPU, EVICT, f"--dry-run={dry_run}")

    assert ran.status == 0
    assert ran.out.endswith(f"devicetaintrule {RULE} created ({said})\n")
    assert (taint.rules(), taint.writes()) == ({}, writes)


# -- others


def test_fields_of_others_are_not_taken_over_unless_forced(taint: Tainter) -> None:
    taint(GPU, AVOID, "--yes", "--field-manager", "gitops")

    refused = taint(GPU, EVICT, "--yes", "--overwrite")
    forced = taint(GPU, EVICT, "--yes", "--overwrite", "--force-conflicts")

    assert refused.status == 3
    assert refused.out.endswith(f"devicetaintrule {RULE} not changed\n")
    assert "somebody else manages fields of devicetaintrules" in refused.err
    assert "gitops" in refused.err
    assert "hint: leave it to them, or take the fields over with" in refused.err
    assert forced.status == 0
    assert taint.rules() == {RULE: "NoExecute"}


def test_of_two_that_make_a_rule_one_wins_and_the_other_says_so(
    taint: Tainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    rival = f"{KEY}=mine:NoSchedule"
    typing(monkeypatch, "y\n", lambda: taint.elsewhere(GPU, rival, "--yes"))

    ran = taint(GPU, EVICT)

    assert ran.status == 1
    assert (
        f"devicetaintrule {RULE} left alone: somebody else changed it meanwhile: it "
        f"says {rival} on {GPU}\n"
    ) in ran.out
    assert taint.rules() == {RULE: "NoSchedule"}


def test_of_two_that_make_the_same_rule_both_are_content(
    taint: Tainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "y\n", lambda: taint.elsewhere(GPU, EVICT, "--yes"))

    ran = taint(GPU, EVICT)

    assert ran.status == 0
    assert ran.out.endswith(f"devicetaintrule {RULE} unchanged\n")


def test_of_two_that_change_a_rule_one_wins_and_the_other_says_so(
    taint: Tainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    taint(GPU, AVOID, "--yes")
    rival = ("--yes", "--owner", "bob")
    typing(monkeypatch, "y\n", lambda: taint.elsewhere(GPU, AVOID, *rival))

    ran = taint(GPU, EVICT, "--overwrite")

    assert ran.status == 1
    assert "left alone: somebody else changed it meanwhile" in ran.out
    assert taint.rules() == {RULE: "NoSchedule"}


def test_a_rule_that_says_something_else_meanwhile_is_not_removed(
    taint: Tainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    taint(GPU, AVOID, "--yes")
    rival = (GPU, EVICT, "--overwrite", "--yes")
    typing(monkeypatch, "y\n", lambda: taint.elsewhere(*rival))

    ran = taint(GPU, f"{KEY}-")

    assert ran.status == 1
    assert f"devicetaintrule {RULE} left alone: somebody else changed it" in ran.out
    assert taint.rules() == {RULE: "NoExecute"}


def test_a_rule_that_somebody_else_has_removed_is_gone(
    taint: Tainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    taint(GPU, AVOID, "--yes")
    typing(monkeypatch, "y\n", lambda: taint.elsewhere(GPU, f"{KEY}-", "--yes"))

    ran = taint(GPU, f"{KEY}-")

    assert ran.status == 0
    assert ran.out.endswith(f"devicetaintrule {RULE} was gone already\n")


def test_a_rule_that_was_removed_meanwhile_is_not_made_anew(
    taint: Tainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    taint(GPU, AVOID, "--yes")
    typing(monkeypatch, "y\n", lambda: taint.elsewhere(GPU, f"{KEY}-", "--yes"))

    ran = taint(GPU, EVICT, "--overwrite")

    assert ran.status == 1
    assert "left alone: somebody removed it meanwhile" in ran.out
    assert taint.rules() == {}


def test_a_status_that_is_written_meanwhile_is_no_conflict(
    taint: Tainter, monkeypatch: pytest.MonkeyPatch
) -> None:
    taint(GPU, AVOID, "--yes")
    typing(monkeypatch, "y\n", taint.server.evict)
    changed = taint(GPU, EVICT, "--overwrite")
    typing(monkeypatch, "y\n", taint.server.evict)
    removed = taint(GPU, f"{KEY}-")

    assert (changed.status, removed.status) == (0, 0)
    assert taint.rules() == {}


# -- failures


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
        child.kill()

    assert taint.rules() == {RULE: "NoSchedule"}
    again = taint(GPU, OTHER, AVOID, "--yes")
    assert again.out.splitlines()[-2:] == [
        f"devicetaintrule {RULE} unchanged",
        f"devicetaintrule {OTHER_RULE} created",
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_is_told_to_end_tells_what_is_done(
    number: signal.Signals, taint: Tainter
) -> None:
    _hang_at_the_second(taint)
    with taint.started(GPU, OTHER, AVOID, "--yes") as child:
        taint.wait_for_fault()
        child.send_signal(number)
        out, err = child.communicate(timeout=20)

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
