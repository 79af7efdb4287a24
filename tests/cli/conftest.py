"""The cluster on which tests of `dractl cel` try expressions."""

from pathlib import Path

import pytest

from tests.apiserver import ApiServer
from tests.cli import tainted, wire
from tests.cli.expressions import A
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
