"""The status of articles."""

import dataclasses

import pytest

from dractl.health.answer import FreeClaim, Level
from dractl.health.assess import health
from tests.health.asked import devices_of, state_of
from tests.health.cluster import (
    claim,
    snapshot,
    usual,
)


@pytest.mark.parametrize(
    ("word", "level", "status"),
    [
        ("healthy", Level.HEALTHY, "True"),
        ("UNHEALTHY", Level.UNHEALTHY, "False"),
        ("degraded", Level.DEGRADED, "False"),
        ("so-so", Level.UNKNOWN, "Unknown"),
    ],
)
def test_the_status_of_articles_is_read_and_translated(
    word: str, level: Level, status: str
) -> None:
    free = {"driverStatus": {"healthStatus": word, "temperature": "65C", "fans": [1]}}
    bare = claim(status=free)
    del bare["status"]["allocation"]
    found = health(snapshot(bare))
    state = state_of(found, FreeClaim("ml", "train-gpu"))
    assert state.level is level
    (told,) = found.free
    assert told.fields == (
        ("healthStatus", word),
        ("temperature", "65C"),
        ("fans", "[1]"),
    )
    (entry,) = devices_of(told)
    assert entry["conditions"][0]["status"] == status
    assert entry["data"] == {"temperature": "65C", "fans": "[1]"}


def test_of_an_allocated_claim_it_names_the_devices() -> None:
    free = {"driverStatus": {"healthStatus": "unhealthy"}}
    found = health(snapshot(*usual(claim(status=free))))
    assert state_of(found).level is Level.UNHEALTHY
    (entry,) = devices_of(found.free[0])
    assert (entry["pool"], entry["device"]) == ("n1", "gpu-0")
    assert "data" not in entry


@pytest.mark.parametrize(
    "odd", [[], "healthy", 3, None, {}, {"healthStatus": {}}, {1: 2}]
)
def test_odd_statuses_of_articles_do_no_harm(odd: object) -> None:
    found = health(snapshot(*usual(claim(status={"driverStatus": odd}))))
    assert dataclasses.is_dataclass(found)
    assert found.counts[Level.UNHEALTHY] == 0
