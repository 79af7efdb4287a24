"""Connections to an API server of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dractl.live.connection import Connection
from tests.apiserver import ApiServer
from tests.live.configs import Pauses, connected


@pytest.fixture
def pauses() -> Pauses:
    """Return the pauses that the connection makes before other tries."""
    return Pauses()


@pytest.fixture
def connection(
    api_server: ApiServer, tmp_path: Path, pauses: Pauses
) -> Iterator[Connection]:
    """Connect as an administrator, without waiting for anything."""
    with connected(api_server.kubeconfig(tmp_path / "config"), pauses) as found:
        yield found
