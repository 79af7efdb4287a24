"""What tests of several commands start from: clusters, and who works on them."""

import json
from pathlib import Path

import pytest

from tests.apiserver import ApiServer
from tests.cli import migrating, tainted, wire
from tests.cli.clusters import Saver
from tests.cli.expressions import A
from tests.cli.migrating import Migrator
from tests.cli.run import Runner
from tests.cli.tainted import Tainter


@pytest.fixture
def cluster(tmp_path: Path) -> str:
    """Return the path of a cluster with two nodes and three devices."""
    return wire.written(
        tmp_path / "cluster.yaml",
        wire.node("n1"),
        wire.node("n2"),
        wire.device_class("a", f'has({A}.model) && {A}.model == "A"'),
        wire.resource_slice(
            "n1",
            wire.device(
                "gpu-0",
                {"model": {"string": "A"}, "v": {"version": "1.2.3"}},
                {"memory": "40Gi"},
            ),
            wire.device("gpu-1", {"model": {"string": "B"}}, {"memory": "80Gi"}),
        ),
        wire.resource_slice("n2", wire.device("gpu-0")),
    )


@pytest.fixture
def taint(dractl: Runner, api_server: ApiServer, tmp_path: Path) -> Tainter:
    """Return who taints devices of a cluster in which one is in use."""
    api_server.add(tainted.cluster())
    return Tainter(dractl, api_server, tmp_path)


@pytest.fixture
def server(request: pytest.FixtureRequest, api_server: ApiServer) -> ApiServer:
    """Return a server with two nodes, and a workload with the module's PODS."""
    nodes = [migrating.node("n0"), migrating.node("n1")]
    pods = getattr(request.module, "PODS", [])
    api_server.add([*nodes, migrating.deployment(), *pods])
    return api_server


@pytest.fixture
def migrate(dractl: Runner, server: ApiServer, tmp_path: Path) -> Migrator:
    """Return who migrates the workload of that server."""
    return Migrator(dractl, server, tmp_path)


@pytest.fixture
def saved(tmp_path: Path) -> Saver:
    """Return a function that saves documents as a cluster and returns its path."""

    def save(*documents: wire.Wire) -> str:
        path = tmp_path / "cluster.json"
        items = {"apiVersion": "v1", "kind": "List", "items": list(documents)}
        path.write_text(json.dumps(items))
        return str(path)

    return save
