"""What every test may use."""

import contextlib
import faulthandler
import gc
import importlib
import os
import shutil
import sys
from collections.abc import Iterator
from functools import cache

import pytest

from tests.apiserver.fixtures import api_server
from tests.cli.run import Runner

_HANGS = 600.0  # seconds
_CLUSTERS = ("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT")
_WHOLE = pytest.Config.ArgsSource.TESTPATHS
_MEMORY = "/dev/shm"
_ROOM = 2 << 30  # bytes; a whole run leaves a hundred thousand small files, 0.4 GiB
_PROXIES = ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")

__all__ = ["api_server", "dractl"]


def _has_room(folder: str) -> bool:
    """Tell whether a run's files fit, and programs among them can be started."""
    try:
        told = os.statvfs(folder)
        room = shutil.disk_usage(folder).free
    except OSError:
        return False
    return room > _ROOM and not told.f_flag & os.ST_NOEXEC


# Disks take minutes to make and to remove so many files.
if _has_room(_MEMORY):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _MEMORY)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one more worker than there are CPUs: many tests wait for a process."""
    return (os.cpu_count() or 1) + 1


@cache
def _stderr() -> int:
    """Return what stays stderr when tests capture it."""
    return os.dup(2)


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """Let a run that hangs tell where: faulthandler_timeout costs a thread per test."""
    faulthandler.dump_traceback_later(_HANGS, repeat=True, file=_stderr())


@pytest.hookimpl(trylast=True)
def pytest_exception_interact() -> None:
    """Wait anew: pytest ends that in case somebody looks at the failure."""
    pytest_configure()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let each worker load the tests from another one on, and leave them compiled.

    Else each would rewrite the assertions of all tests, which takes longest of all that
    comes before the first test.
    """
    worker = getattr(session.config, "workerinput", None)
    if worker is None or session.config.args_source is not _WHOLE:
        return
    sys.dont_write_bytecode = False
    gc.disable()  # until all are collected
    files = sorted(session.path.glob("tests/**/test_*.py"))
    first = int(worker["workerid"][2:]) * len(files) // worker["workercount"]
    for file in (*files[first:], *files[:first]):
        name = ".".join(file.relative_to(session.path).with_suffix("").parts)
        with contextlib.suppress(Exception, pytest.skip.Exception):  # collection tells
            importlib.import_module(name)


def pytest_collection_finish() -> None:
    """Spare the collector what lasts as long as the run; let it look less often.

    With its usual thresholds it walks hundreds of megabytes every few seconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 50)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _nowhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests away from the clusters and proxies that this machine knows."""
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        for name in (*_CLUSTERS, *_PROXIES, *map(str.lower, _PROXIES)):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def dractl(capsys: pytest.CaptureFixture[str]) -> Runner:
    """Run dractl in this process."""
    return Runner(capsys)
