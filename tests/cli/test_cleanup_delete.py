"""`dractl cleanup --delete`: only what was seen, as it was seen, and all is told."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.apiserver import ApiServer, Fault, Kind, Rule, User
from tests.cli.abandoned import ORPHANS, Cleaner, cluster
from tests.cli.keyboard import typing
from tests.cli.run import Runner
from tests.leftovers.cluster import meta

B = "/apis/resource.k8s.io/*/namespaces/default/resourceclaims/b"


@pytest.fixture
def server(api_server: ApiServer) -> ApiServer:
    """Return a server with three claims to delete, and a template to look at."""
    api_server.add(cluster())
    return api_server


@pytest.fixture
def cleaner(dractl: Runner, server: ApiServer, tmp_path: Path) -> Cleaner:
    return Cleaner(dractl, server, tmp_path)


def test_what_is_safe_is_shown_and_deleted_if_the_user_wants_it(
    cleaner: Cleaner, server: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "y\n")

    ran = cleaner("--delete")

    assert ran.status == 0
    assert ran.out == "".join(f"resourceclaim default/{n} deleted\n" for n in "abc")
    shown, _, rest = ran.err.partition("delete these 3 objects from ")
    assert [line.split()[1] for line in shown.splitlines()[1:]] == [
        "default/a",
        "default/b",
        "default/c",
    ]
    assert rest == (
        f"{server.url}? [y/N] 3 deleted\n1 object more after a look: --include-review\n"
    )
    assert cleaner.claims() == []
    assert server.object("ResourceClaimTemplate", "unused", "default")


def test_who_says_no_keeps_everything(
    cleaner: Cleaner, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "\n")

    ran = cleaner("--delete")

    assert (ran.status, ran.out) == (1, "")
    assert ran.err.endswith("nothing was deleted\n")
    assert (cleaner.claims(), cleaner.deletes()) == (["a", "b", "c"], 0)


def test_without_a_terminal_nothing_is_deleted_unasked(cleaner: Cleaner) -> None:
    ran = cleaner("--delete")

    assert (ran.status, ran.out) == (2, "")
    assert "hint: --yes answers yes" in ran.err
    assert cleaner.deletes() == 0


def test_what_needs_a_look_is_deleted_only_on_demand(
    cleaner: Cleaner, server: ApiServer
) -> None:
    ran = cleaner("--delete", "--include-review", "--yes")

    assert (ran.status, ran.err) == (0, "4 deleted\n")
    assert "resourceclaimtemplate default/unused deleted\n" in ran.out
    kept = server.objects("ResourceClaimTemplate")
    assert [each["metadata"]["name"] for each in kept] == ["base"]


def test_where_nothing_is_safe_nobody_is_asked(cleaner: Cleaner) -> None:
    ran = cleaner("--delete", "--only", "template-unused")

    assert (ran.status, ran.out) == (0, "")
    assert ran.err.startswith("nothing to delete\n")


@pytest.mark.parametrize(
    ("dry_run", "said", "deletes"),
    [("client", "no server was asked", 0), ("server", "dry run on the server", 3)],
)
def test_a_dry_run_deletes_nothing(
    cleaner: Cleaner, dry_run: str, said: str, deletes: int
) -> None:
    ran = cleaner("--delete", f"--dry-run={dry_run}")

    assert ran.status == 0
    assert "resourceclaim default/a would be deleted (" in ran.out
    assert said in ran.out
    assert said in ran.err
    assert (cleaner.claims(), cleaner.deletes()) == (["a", "b", "c"], deletes)


def remade(server: ApiServer) -> None:
    server.add(meta(ORPHANS[1], uid="another"))


def touched(server: ApiServer) -> None:
    uid = server.object("ResourceClaim", "b", "default")["metadata"]["uid"]
    server.add(meta(ORPHANS[1], uid=uid, labels={"in": "use"}))


@pytest.mark.parametrize("change", [remade, touched])
def test_what_has_changed_meanwhile_is_left_alone(
    cleaner: Cleaner,
    server: ApiServer,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[ApiServer], None],
) -> None:
    typing(monkeypatch, "yes\n", lambda: change(server))

    ran = cleaner("--delete")

    assert ran.status == 1
    assert ran.out.splitlines() == [
        "resourceclaim default/a deleted",
        "resourceclaim default/b not deleted: it has changed since it was read",
        "resourceclaim default/c deleted",
    ]
    assert "2 deleted, 1 changed\n" in ran.err
    assert cleaner.claims() == ["b"]


def test_what_has_gone_meanwhile_is_told(
    cleaner: Cleaner, monkeypatch: pytest.MonkeyPatch, server: ApiServer
) -> None:
    def vanish() -> None:
        with server.store.lock:
            stored = next(
                each
                for each in server.store.stored_of("ResourceClaim")
                if each.metadata["name"] == "b"
            )
            server.store.remove(stored)

    typing(monkeypatch, "y\n", vanish)

    ran = cleaner("--delete")

    assert ran.status == 1
    assert "resourceclaim default/b not deleted: it was gone already\n" in ran.out
    assert cleaner.claims() == []


def test_a_refusal_names_the_rule_and_ends_the_work(
    cleaner: Cleaner, server: ApiServer
) -> None:
    denied = Rule("delete", "resource.k8s.io", "resourceclaims")
    server.access.change(User("alice", deny=(denied,)))

    ran = cleaner("--delete", "--yes", user="alice")

    assert ran.status == 3
    assert ran.out.splitlines() == [
        "resourceclaim default/a not deleted",
        "resourceclaim default/b not tried",
        "resourceclaim default/c not tried",
    ]
    assert "error: user 'alice' may not delete resourceclaims" in ran.err
    assert "--verb=delete --resource=resourceclaims.resource.k8s.io" in ran.err
    assert ran.err.splitlines()[-2] == "1 failed, 2 not tried"
    assert cleaner.claims() == ["a", "b", "c"]


def test_a_deletion_whose_answer_was_lost_is_a_deletion(
    cleaner: Cleaner, server: ApiServer
) -> None:
    server.faults.add(Fault(Kind.DROP_AFTER, "DELETE", B))

    ran = cleaner("--delete", "--yes")

    assert ran.status == 0
    assert "resourceclaim default/b deleted\n" in ran.out
    assert (cleaner.claims(), cleaner.deletes()) == ([], 4)


def test_a_lost_answer_is_no_failure_where_finalizers_keep_the_object(
    cleaner: Cleaner, server: ApiServer
) -> None:
    server.add(meta(ORPHANS[1], uid="kept", finalizers=["example.com/keep"]))
    server.faults.add(Fault(Kind.DROP_AFTER, "DELETE", B))

    ran = cleaner("--delete", "--yes")

    assert ran.status == 0
    assert "resourceclaim default/b deleted\n" in ran.out
    assert cleaner.claims() == ["b"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.UNAVAILABLE, "not deleted"),
        (Kind.DROP_BEFORE, "perhaps deleted: there was no answer"),
    ],
    ids=["unavailable", "lost"],
)
def test_a_failure_in_the_middle_tells_what_is_done_and_what_is_not(
    cleaner: Cleaner, server: ApiServer, kind: Kind, said: str
) -> None:
    server.faults.add(Fault(kind, "DELETE", B, times=None))

    ran = cleaner("--delete", "--yes", "--request-timeout", "1s")

    assert ran.status == 3
    assert ran.out.splitlines() == [
        "resourceclaim default/a deleted",
        f"resourceclaim default/b {said}",
        "resourceclaim default/c not tried",
    ]
    assert "error: " in ran.err
    assert cleaner.claims() == ["b", "c"]


def test_an_interrupt_in_the_middle_tells_what_is_done_and_what_is_not(
    cleaner: Cleaner, server: ApiServer
) -> None:
    def interrupted(_seconds: float) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    server.faults.sleep = interrupted
    server.faults.add(
        Fault(Kind.LATENCY, "DELETE", B), Fault(Kind.DROP_BEFORE, "DELETE", B)
    )

    ran = cleaner("--delete", "--yes")

    assert ran.status == 130
    assert ran.out.splitlines() == [
        "resourceclaim default/a deleted",
        "resourceclaim default/b perhaps deleted: there was no answer",
        "resourceclaim default/c not tried",
    ]
    assert "interrupted" in ran.err


def test_data_says_what_became_of_each(cleaner: Cleaner, server: ApiServer) -> None:
    server.faults.add(Fault(Kind.UNAVAILABLE, "DELETE", B, times=None))

    document = cleaner.document("--delete", "--yes", "--request-timeout", "1s")

    became = {
        each["object"]["name"]: each["outcome"] and each["outcome"]["status"]
        for each in document["findings"]
    }
    assert became == {"unused": None, "a": "deleted", "b": "failed", "c": "not-tried"}


def test_names_are_those_of_what_was_deleted(cleaner: Cleaner) -> None:
    ran = cleaner("--delete", "--yes", "-o", "name")

    assert ran.out.splitlines() == [
        f"resourceclaim.resource.k8s.io/{name}" for name in "abc"
    ]
