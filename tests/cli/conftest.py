"""The cluster on which tests of `dractl cel` try expressions."""

from pathlib import Path

import pytest

from tests.cli import wire
from tests.cli.expressions import A


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
