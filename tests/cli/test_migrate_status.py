"""`dractl migrate status`: how far it is, from the file alone."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.answers import validate
from tests.apiserver import ApiServer
from tests.cli.migrating import NODES, Migrator, node, pod
from tests.cli.run import ROOT, Runner

SCHEMA: Final = json.loads((ROOT / "schemas/output/migrate-status.v1.json").read_text())


@pytest.fixture
def migrate(dractl: Runner, api_server: ApiServer, tmp_path: Path) -> Migrator:
    return Migrator(dractl, api_server, tmp_path)


def test_the_stages_are_listed_with_what_comes_next(migrate: Migrator) -> None:
    ran = migrate("status")

    assert ran.status == 0
    assert ran.out == (
        "STAGE      STATE  STEPS  WHAT\n"
        "objects    open   0/2    what claims need\n"
        "wave-1     open   0/7    the first node\n"
        "workloads  open   0/1    pods with claims\n"
    )
    assert ran.err == (
        f"{migrate.server.url}, planned 2026-11-23T12:00:00Z\n"
        f"next: dractl migrate apply --state {migrate.path} does stage objects\n"
    )
    assert migrate.server.requests == []


def test_long_titles_stay_in_their_column(migrate: Migrator) -> None:
    migrate.plan((replace(NODES, title="a node " * 20),))

    first, *rest = migrate("status").out.splitlines()[1:]

    assert first.startswith("wave-1  open   0/7    a node a node")
    assert rest
    assert {len(each) - len(each.lstrip()) for each in rest} == {22}
    assert max(map(len, (first, *rest))) <= 80


def test_a_program_gets_all_of_it(migrate: Migrator) -> None:
    migrate("apply", "--yes")

    document = json.loads(migrate("status", "-o", "json").out)

    validate(document, SCHEMA)
    assert document["server"] == migrate.server.url
    assert document["stages"][0]["state"] == "applied"
    assert [each["mark"] for each in document["stages"][0]["steps"]] == ["done"] * 2
    assert document["nextStage"] == "wave-1"
    said = f"dractl migrate verify --state {migrate.path} checks stage objects"
    assert document["next"] == said


def test_each_state_has_its_next_command(migrate: Migrator) -> None:
    argv = ("apply", "--yes", "--unverified", "--stage")
    migrate("apply", "--yes")
    migrate("verify")
    seen = [migrate("status").err.splitlines()[-1]]
    migrate.server.add([node("n0"), pod("chat-a")])
    migrate("rollback", "--yes")
    migrate(*argv, "wave-1", "--timeout", "50ms")  # nobody ends the pod
    seen.append(migrate("status").err.splitlines()[-1])
    migrate("rollback", "--yes")
    seen.append(migrate("status").err.splitlines()[-1])

    goes_on = "goes on with stage wave-1"
    state = f"--state {migrate.path}"
    assert seen == [
        f"next: dractl migrate apply {state} does stage wave-1",
        f"next: dractl migrate apply --stage wave-1 --unverified {state} {goes_on}",
        f"next: dractl migrate apply {state} does stage objects",
    ]
    assert migrate.states()["objects"] == "rolled-back"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("rollback", "--to", "w"), "wave-1\topen: the first node\nworkloads\t"),
        (("apply", "--stage", "ob"), "objects\topen: what claims need\n:4\n"),
        (("verify", "--stage", "x"), ":4\n"),
    ],
)
def test_stages_are_completed_from_the_file(
    migrate: Migrator, dractl: Runner, words: tuple[str, ...], expected: str
) -> None:
    verb, *rest = words
    state = ("--state", str(migrate.path))

    ran = dractl("__complete", "migrate", verb, *state, *rest)
    migrate.path.write_text("{")
    broken = dractl("__complete", "migrate", verb, *state, *rest)

    assert ran.out.startswith(expected)
    assert (broken.out, broken.err) == (":4\n", "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no such file, so no migration has begun"),
        (b"{", "is no file of a migration that dractl can go on with"),
        (b"[1]", "its content is not what it should be"),
        (
            b'{"apiVersion": "dractl/v2", "kind": "Migration"}',
            "hint: go on with the release of dractl that wrote it",
        ),
        (b'{"apiVersion": "dractl/v1", "kind": "Other"}', "it is no Migration"),
    ],
)
def test_a_file_that_says_nothing_is_told(
    migrate: Migrator, content: bytes | None, said: str
) -> None:
    if content is None:
        migrate.path.unlink()
    else:
        migrate.path.write_bytes(content)

    ran = migrate("status")

    assert (ran.status, ran.out) == (3, "")
    assert said in ran.err
