"""The clusters that scenarios run against."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.apiserver import ApiServer
from tests.cluster.ground import Ground, ground

_REAL = os.environ.get("DRACTL_TEST_KUBECONFIG")


@pytest.fixture(params=["double", pytest.param("real", marks=pytest.mark.cluster)])
def place(
    request: pytest.FixtureRequest,
    api_server: ApiServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Ground]:
    """Give a place of its own in the double, and in the cluster that is named."""
    tick: Callable[[], None]
    if request.param == "real":
        if _REAL is None:
            pytest.skip("DRACTL_TEST_KUBECONFIG names no cluster")
        kubeconfig, tick = Path(_REAL), _nothing
    else:
        kubeconfig = api_server.kubeconfig(tmp_path / "config")
        tick = partial(_step, api_server)
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    with ground(kubeconfig, tick) as found:
        yield found


def _step(double: ApiServer) -> None:
    """Let a second pass in the double, and its controllers act."""
    double.clock.advance(1)
    double.evict()


def _nothing() -> None:
    """Leave it to the cluster's own controllers."""
