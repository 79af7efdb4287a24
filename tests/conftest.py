"""What every test may use."""

import pytest

from tests.apiserver.fixtures import api_server
from tests.cli.run import Runner

__all__ = ["api_server", "dractl"]


@pytest.fixture
def dractl(capsys: pytest.CaptureFixture[str]) -> Runner:
    """Run dractl in this process."""
    return Runner(capsys)
