"""`python -m tests.cli.forking N`: a process that has loaded dractl, and forks.

Each child runs `python -m dractl` with a folder, an environment and files of its own.
The requests come through the socket N; when that is closed, this process ends.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn, TextIO

from dractl.cli import app

NUMBER: Final = 4
"""Bytes of an answer: the number of the process, and then the status of its end."""

_FILES: Final = 4  # of a request: stdin, stdout, stderr, and a socket for the answers


def main(door: socket.socket) -> None:
    """Wait for requests; return in a child that is to run dractl."""
    _load("dractl")
    # Nobody waits for those who wait for the children.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        data, files, *_ = socket.recv_fds(door, 1, _FILES)
        if not data:
            os._exit(0)
        if os.fork() == 0:
            door.close()
            return _guard(files[:-1], socket.socket(fileno=files[-1]))
        _close(files)


def _load(package: str) -> None:
    """Import all that there is, build the commands, and keep that for every fork."""
    paths = importlib.import_module(package).__path__
    for module in pkgutil.walk_packages(paths, f"{package}."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
    app.main(["version"])
    assert threading.active_count() == 1, "threads do not survive a fork"
    gc.collect()
    gc.freeze()


def _guard(streams: Sequence[int], answers: socket.socket) -> None:
    """Start the child, and tell its number and how it ended; return in the child."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with answers, answers.makefile() as lines:
        request = json.loads(lines.readline())
        child = os.fork()
        if child:
            _close(streams)
            answers.sendall(child.to_bytes(NUMBER))
            _, status = os.waitpid(child, 0)
            answers.sendall(status.to_bytes(NUMBER))
            os._exit(0)
    _become(request, streams)


def _become(request: Mapping[str, Any], streams: Sequence[int]) -> None:
    """Make of this process what a start of Python would have made."""
    if request["session"]:
        os.setsid()
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    tempfile.tempdir = None  # it may have been found in another environment
    for number, each in enumerate(streams):
        os.dup2(each, number)
    _close(streams)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - to its end
    sys.stdout = _written(1, "strict")
    sys.stderr = _written(2, "backslashreplace")
    sys.argv = ["dractl", *request["argv"]]


def _written(number: int, errors: str) -> TextIO:
    """Open a stream as Python does."""
    has_lines = number == 2 or os.isatty(number)
    return open(
        number,
        "w",
        encoding="utf-8",
        errors=errors,
        buffering=1 if has_lines else -1,
        closefd=False,
    )


def _close(files: Sequence[int]) -> None:
    for each in set(files):
        os.close(each)


def _run() -> NoReturn:
    """Run dractl, and end as Python does, except that nothing is taken to pieces."""
    try:
        runpy.run_module("dractl", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        status = ended.code
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(int(status or 0))


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
    _run()
