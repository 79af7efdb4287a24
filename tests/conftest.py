"""What every test may use."""

import os
from pathlib import Path

import pytest

from tests.apiserver.fixtures import api_server
from tests.cli.run import Runner

_CLUSTERS = ("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT")
_PROXIES = ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")

__all__ = ["api_server", "dractl"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one more worker than there are CPUs: many tests wait for a process."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True)
def _nowhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep tests away from the clusters and proxies that this machine knows."""
    monkeypatch.setenv("HOME", str(_home(tmp_path_factory)))
    for name in (*_CLUSTERS, *_PROXIES, *map(str.lower, _PROXIES)):
        monkeypatch.delenv(name, raising=False)


def _home(folders: pytest.TempPathFactory) -> Path:
    home = folders.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    return home


@pytest.fixture
def dractl(capsys: pytest.CaptureFixture[str]) -> Runner:
    """Run dractl in this process."""
    return Runner(capsys)
