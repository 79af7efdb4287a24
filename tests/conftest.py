"""What every test may use."""

import pytest

from tests.cli.run import Runner


@pytest.fixture
def dractl(capsys: pytest.CaptureFixture[str]) -> Runner:
    """Run dractl in this process."""
    return Runner(capsys)
