"""A server for a test."""

from collections.abc import Iterator

import pytest

from tests.apiserver.server import ApiServer


@pytest.fixture
def api_server() -> Iterator[ApiServer]:
    """Run an empty 1.36 API server, with all versions on, for one test."""
    with ApiServer() as server:
        yield server
