"""The moment of a snapshot, and ages."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dractl.api.snapshot import Snapshot
from dractl.cli.clock import age, moment_for, moment_of
from dractl.cli.reading import Cluster
from dractl.cli.terminal import Terminal
from tests.leftovers.cluster import gpus, meta, pod, rule, template

NEW, OLD = "2026-11-20T10:00:00Z", "2026-11-19T10:00:00Z"
TAINT = {"key": "a.example.com/x", "effect": "NoSchedule"}


def made(document: dict[str, Any], time: str) -> dict[str, Any]:
    return meta(document, creationTimestamp=time)


CONDITION = {"type": "Ready", "status": "True", "lastTransitionTime": NEW}
EVENT = {
    "apiVersion": "v1",
    "kind": "Event",
    "metadata": {"name": "e", "namespace": "default"},
    "involvedObject": {"kind": "Pod", "name": "p", "namespace": "default"},
    "lastTimestamp": NEW,
}


@pytest.mark.parametrize(
    "document",
    [
        made(template("t"), NEW),
        pod("p", status={"conditions": [CONDITION]}),
        gpus("n1", {"name": "gpu-0", "taints": [{**TAINT, "timeAdded": NEW}]}),
        EVENT,
    ],
    ids=["metadata", "condition", "taint", "event"],
)
def test_the_moment_of_a_snapshot_is_the_newest_time_in_it(
    document: dict[str, Any],
) -> None:
    snapshot = Snapshot.from_documents([made(template("old"), OLD), document])

    assert snapshot.problems == ()
    assert moment_of(snapshot) == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_what_is_planned_for_later_is_no_moment_of_a_snapshot() -> None:
    planned = rule("r", {"driver": "gpu.example.com"}, until=NEW)
    ending = meta(template("t"), creationTimestamp=OLD, deletionTimestamp=NEW)

    found = moment_of(Snapshot.from_documents([planned, ending]))

    assert found == datetime(2026, 11, 19, 10, tzinfo=UTC)


def test_a_snapshot_without_times_is_older_than_all_that_was_planned() -> None:
    screen = Terminal(io.StringIO(), io.StringIO())

    found = moment_for(Cluster(Snapshot.from_documents([]), None), screen)

    assert found < datetime(2000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (None, "<unknown>"),
        (timedelta(seconds=-5), "0s"),
        (timedelta(seconds=119), "119s"),
        (timedelta(minutes=2), "2m"),
        (timedelta(hours=47, minutes=59), "47h"),
        (timedelta(days=2), "2d"),
        (timedelta(days=700), "700d"),
    ],
)
def test_an_age_has_one_unit(length: timedelta | None, text: str) -> None:
    assert age(length) == text
