"""A browser for the tests, if the machine has one."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dractl.cli.app import main
from tests.browser.chromium import Browser, browser, installed
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


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page of the sample cluster."""
    file = tmp_path_factory.mktemp("sample") / "report.html"
    assert main(["report", "--demo", "-q", "-o", str(file)]) == 0
    return file


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page of a cluster full of spite; one object of it cannot be read."""
    folder = tmp_path_factory.mktemp("hostile")
    file = folder / "report.html"
    cluster = str(hostile_cluster(folder))
    assert main(["report", "--snapshot", cluster, "-q", "-o", str(file)]) == 3
    return file
