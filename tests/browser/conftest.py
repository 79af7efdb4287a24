"""A browser for the tests, if the machine has one."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Browser, browser, installed
from tests.cli.run import Runner
from tests.report.hostile import hostile_cluster


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the browser once for all tests."""
    path = installed()
    if path is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        browser(path, Path(folder)) as found,
    ):
        yield found


@pytest.fixture
def sample(dractl: Runner, tmp_path: Path) -> Path:
    """Write the page of the sample cluster."""
    file = tmp_path / "report.html"
    assert dractl("report", "--demo", "-o", str(file)).status == 0
    return file


@pytest.fixture
def hostile(dractl: Runner, tmp_path: Path) -> Path:
    """Write the page of a cluster full of spite; one object of it cannot be read."""
    file = tmp_path / "hostile.html"
    cluster = hostile_cluster(tmp_path)
    ran = dractl("report", "--snapshot", str(cluster), "-o", str(file))
    assert ran.status == 3, ran.err
    return file
