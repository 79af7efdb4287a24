"""`dractl health` on a live cluster, and `--watch`."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.apiserver import ApiServer, Rule, User
from tests.cli.clusters import served
from tests.cli.later import adding_later
from tests.cli.run import Runner
from tests.health import cluster as documents

SICK = documents.pod(documents.report("gpu-0", "Unhealthy", "XID 79"))


@pytest.fixture
def cluster(
    api_server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ApiServer:
    """Return a cluster with a pod whose device is ill."""
    api_server.add([*documents.usual(), SICK])
    monkeypatch.setenv("KUBECONFIG", str(api_server.kubeconfig(tmp_path / "config")))
    return api_server


@pytest.fixture
def later(cluster: ApiServer) -> Iterator[Callable[..., None]]:
    """Return a function that adds objects once the watch of pods runs."""
    with adding_later(cluster, "pods") as start:
        yield start


def test_it_ends_when_nothing_is_unhealthy(
    dractl: Runner, later: Callable[..., None]
) -> None:
    later(documents.pod(documents.report("gpu-0", "Healthy")))

    ran = dractl("health", "-A", "--watch", "--timeout", "20s")

    assert ran.status == 0
    assert ran.out.count("XID 79") == 1
    assert "watching; Ctrl-C ends it" in ran.err
    assert "1 healthy" in ran.err.splitlines()[-1]


def test_it_gives_up_in_time(dractl: Runner, cluster: ApiServer) -> None:
    del cluster
    ran = dractl("health", "-A", "--watch", "--timeout", "100ms")
    assert (ran.status, ran.out.count("XID 79")) == (1, 1)


def test_one_namespace_is_asked_about_unless_all_are(
    dractl: Runner, cluster: ApiServer
) -> None:
    del cluster
    ran = dractl("health")
    assert (ran.status, ran.out) == (0, "")
    assert "only devices that namespace default has were looked at; -A: all" in ran.err
    assert dractl("health", "-n", "ml").status == 1


def test_what_may_not_be_read_is_told(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    cluster.access.change(User("alice", deny=(Rule(resource="pods"),)))
    argv = served(cluster, tmp_path, user="alice")
    ran = dractl("health", "-A", "-o", "json", *argv)
    assert ran.status == 3
    assert any(
        "pods may not be read" in each for each in json.loads(ran.out)["unchecked"]
    )
    assert "which pods are affected" in ran.err


def test_of_one_namespace_it_is_enough_to_read_that_one(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    cluster.add([documents.pod(documents.report("gpu-0", "Healthy"))])
    cluster.access.change(User("alice", deny=(Rule(resource="pods", namespace=""),)))
    argv = served(cluster, tmp_path, user="alice", namespace="ml")
    assert dractl("health", "-n", "ml", *argv).status == 0
    assert dractl("health", "claim", "train-gpu", *argv).status == 0
    assert dractl("health", "-A", *argv).status == 3
    assert dractl("health", "node", "n1", *argv).status == 3
