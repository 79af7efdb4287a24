"""`dractl explain --watch`."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.apiserver.server import ApiServer
from tests.cli import wire
from tests.cli.later import adding_later
from tests.cli.run import Runner

CLASS = wire.device_class("gpu", f'device.driver == "{wire.DRIVER}"')
SLICE = wire.resource_slice("n1", wire.device("gpu-0"))


@pytest.fixture
def cluster(
    api_server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ApiServer:
    """Return a cluster with a claim for which there is no device."""
    api_server.add([wire.node("n1"), CLASS, wire.claim("wanted")])
    monkeypatch.setenv("KUBECONFIG", str(api_server.kubeconfig(tmp_path / "config")))
    return api_server


@pytest.fixture
def later(cluster: ApiServer) -> Iterator[Callable[..., None]]:
    """Return a function that adds objects once the watch of slices runs."""
    with adding_later(cluster, "resourceslices") as start:
        yield start


def test_it_ends_when_nothing_is_stuck(
    dractl: Runner, later: Callable[..., None]
) -> None:
    later(SLICE)

    ran = dractl("explain", "--watch", "--timeout", "20s")

    assert ran.status == 0
    first, _, last = ran.out.partition("\n\n")
    assert "no-devices-published" in first
    assert "no-devices-published" not in last
    assert "watching; Ctrl-C ends it" in ran.err


def test_it_gives_up_in_time(dractl: Runner, cluster: ApiServer) -> None:
    del cluster
    ran = dractl("explain", "--watch", "--timeout", "100ms")
    assert (ran.status, ran.out.count("no-devices-published: ")) == (1, 1)


def test_where_nothing_is_stuck_it_does_not_watch(
    dractl: Runner, cluster: ApiServer
) -> None:
    cluster.add(SLICE)
    ran = dractl("explain", "--watch")
    assert ran.status == 0
    assert not any("watch" in each.query for each in cluster.requests)


def test_json_answers_follow_each_other(
    dractl: Runner, later: Callable[..., None]
) -> None:
    later(SLICE)

    ran = dractl("explain", "--watch", "--timeout", "20s", "-o", "json")

    decoder = json.JSONDecoder()
    first, end = decoder.raw_decode(ran.out)
    last, _ = decoder.raw_decode(ran.out, end + len("\n\n"))
    assert [len(each["claims"]) for each in (first, last)] == [1, 0]


@pytest.mark.parametrize(
    "argv",
    [["--demo"], ["--snapshot", "x.json"], ["device", "a/b/c"]],
    ids=" ".join,
)
def test_what_does_not_change_cannot_be_watched(
    dractl: Runner, argv: list[str]
) -> None:
    ran = dractl("explain", "--watch", *argv)
    assert (ran.status, ran.out) == (2, "")
    assert "--watch follows pods and claims of a live cluster" in ran.err
