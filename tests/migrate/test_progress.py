"""How far a migration is, and the file that keeps it."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from dractl.errors import DractlError, ExitStatus
from dractl.migrate import progress_file
from dractl.migrate.answer import Verdict
from dractl.migrate.progress import (
    Course,
    Mark,
    Migration,
    Origin,
    Record,
    Stack,
    State,
    planned,
    stack,
)
from dractl.migrate.steps import Stage, StageKind, Step, Verb

OPEN, BEGUN, DONE, UNDOING, UNDONE = Mark
ORIGIN = Origin("https://a", "v1.36.2", "0.1", "2026-11-23T12:00:00Z", Verdict.SAFE)


def steps(count: int) -> tuple[Step, ...]:
    return tuple(Step(Verb.CORDON, f"cordon n{n}", name=f"n{n}") for n in range(count))


def stage(name: str, count: int = 2) -> Stage:
    return Stage(name, StageKind.NODES, f"the stage {name}", steps(count))


def made(*names: str) -> Migration:
    return planned(ORIGIN, tuple(map(stage, names)))


def done(migration: Migration, name: str, time: str = "t") -> Migration:
    for number in range(2):
        migration = migration.recorded(name, number, Record(DONE))
    return migration.verified(name, time)


@pytest.mark.parametrize(
    ("marks", "verified", "state"),
    [
        ((OPEN, OPEN), "", State.OPEN),
        ((BEGUN, OPEN), "", State.PARTLY),
        ((DONE, OPEN), "", State.PARTLY),
        ((DONE, DONE), "", State.APPLIED),
        ((DONE, DONE), "t", State.VERIFIED),
        ((DONE, UNDOING), "", State.PARTLY_BACK),
        ((DONE, UNDONE), "", State.PARTLY_BACK),
        ((UNDONE, UNDONE), "", State.BACK),
        ((UNDONE, OPEN), "", State.BACK),
        ((), "", State.APPLIED),
    ],
)
def test_a_stage_is_as_far_as_its_steps(
    marks: tuple[Mark, ...], verified: str, state: State
) -> None:
    records = tuple(map(Record, marks))
    assert Course(stage("a", len(marks)), records, verified).state is state


def test_the_first_stage_that_is_not_done_is_next() -> None:
    migration = made("a", "b", "c")
    assert migration.next is migration.courses[0]
    assert migration.last is None

    migration = done(migration, "a")
    assert migration.next is not None
    assert migration.next.stage.name == "b"
    assert migration.unverified_before(migration.next) is None

    migration = done(migration, "c", "")
    assert migration.next is not None
    assert migration.next.stage.name == "b"
    assert migration.last is not None
    assert migration.last.stage.name == "c"
    before = migration.unverified_before(migration.last)
    assert before is not None
    assert before.stage.name == "b"


def test_a_step_that_changes_has_its_stage_verified_anew() -> None:
    migration = done(made("a"), "a")
    assert migration.courses[0].state is State.VERIFIED

    migration = migration.recorded("a", 1, Record(DONE))
    assert migration.courses[0].state is State.APPLIED


@pytest.mark.parametrize(
    ("down_to", "everything", "names"),
    [(None, False, "c"), ("a", False, "cb"), ("c", False, ""), (None, True, "cba")],
)
def test_what_is_taken_back_comes_last_first(
    down_to: str | None, everything: bool, names: str
) -> None:
    migration = done(done(done(made("a", "b", "c", "d"), "a"), "b"), "c")

    found = migration.to_undo(down_to, everything=everything)

    assert "".join(each.stage.name for each in found) == names


def test_a_stage_that_does_not_exist_is_wrong_usage() -> None:
    with pytest.raises(DractlError) as caught:
        made("a", "b").named("x")

    assert caught.value.status is ExitStatus.USAGE
    assert caught.value.hint == "there are a, b"


def test_the_steps_of_a_node_say_what_it_has() -> None:
    own = (
        Step(Verb.WAIT, "", name="n0", amounts=("a", "b")),
        Step(Verb.WAIT, "", kind="Node", name="n0", devices={"d": 2}),
        Step(Verb.WAIT, "", name="n1", amounts=("c",), devices={"e": 1}),
        Step(Verb.CREATE, "", kind="DeviceClass", name="n0", amounts=("x",)),
    )
    found = stack(Stage("s", StageKind.NODES, "", own), "n0")

    assert found == Stack(frozenset({"a", "b"}), {"d": 2})


# -- the file


def whole() -> Migration:
    full = Step(
        Verb.PATCH,
        "rewrite it",
        "Deployment",
        "apps/v1",
        "ns",
        "chat",
        document={"kind": "X"},
        patch=({"op": "remove", "path": "/a"},),
        back=({"op": "add", "path": "/a", "value": 1},),
        labels={"a": None, "b": "c"},
        amounts=("r",),
        devices={"d": 1},
    )
    rich = Stage(
        "w", StageKind.WORKLOADS, "t", (full,), ("n0",), {"Pod a": 1}, ("why",)
    )
    migration = planned(ORIGIN, (stage("a"), rich))
    record = Record(Mark.BEGUN, {"uid": "u", "labels": {"x": None}}, "now")
    return done(migration, "a", "then").recorded("w", 0, record)


def content() -> Any:
    return json.loads(json.dumps(progress_file.document(whole())))


def test_a_file_says_all_of_a_migration() -> None:
    found = progress_file.migration(content(), "f")

    assert progress_file.document(found) == progress_file.document(whole())
    assert found.courses[1].stage.steps == whole().courses[1].stage.steps
    assert found.courses[1].records == whole().courses[1].records
    assert found.courses[0].verified == "then"
    assert found.origin.verdict is Verdict.SAFE


def put(path: str, value: object) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        *steps, last = [int(s) if s.isdigit() else s for s in path.split("/")]
        for each in steps:
            document = document[each]
        document[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("kind", "Other"),
        ("origin", None),
        ("origin/verdict", "perhaps"),
        ("origin/server", 7),
        ("stages", {}),
        ("stages/0/name", "other"),
        ("stages/0/steps/0/verb", "destroy"),
        ("progress", []),
        ("progress/0", None),
        ("progress/0/stage", "w"),
        ("progress/0/verified", 1),
        ("progress/0/steps", []),
        ("progress/0/steps/0", "done"),
        ("progress/0/steps/0/mark", "finished"),
        ("progress/0/steps/0/mark", ["done"]),
        ("progress/0/steps/0/former", [1]),
        ("progress/0/steps/0/time", 5),
    ],
)
def test_a_file_that_is_wrong_somewhere_is_refused(path: str, value: object) -> None:
    document = copy.deepcopy(content())
    put(path, value)(document)

    with pytest.raises(DractlError) as caught:
        progress_file.migration(document, "state.json")

    assert caught.value.code == "malformed"
    assert str(caught.value).startswith("state.json: is no file of a migration")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("verb", "destroy"),
        ("text", 5),
        ("document", "x"),
        ("patch", {}),
        ("patch", ["remove"]),
        ("labels", {"a": 1}),
        ("amounts", "r"),
        ("amounts", [1]),
        ("devices", {"d": "1"}),
        ("devices", []),
    ],
)
def test_steps_of_a_wrong_shape_are_refused_even_if_nobody_touched_them(
    path: str, value: object
) -> None:
    document = content()
    put(f"stages/1/steps/0/{path}", value)(document)
    document["origin"]["digest"] = progress_file.digest(document["stages"])

    with pytest.raises(DractlError, match=r"stages\[1\]"):
        progress_file.migration(document, "state.json")


@pytest.mark.parametrize("document", [None, [], "x", 5, {}])
def test_anything_else_is_no_migration(document: object) -> None:
    with pytest.raises(DractlError, match="is no file of a migration"):
        progress_file.migration(document, "f")
