"""`dractl taint` changes a live cluster: what was shown, once, and nobody else's."""

import pytest

from tests.cli.keyboard import typing
from tests.cli.tainted import (
    AVOID,
    EVICT,
    GPU,
    KEY,
    RULE,
    Tainter,
)


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
    assert refused.err.endswith("0 of 1 rule done\n")
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
