"""dractl in processes of their own, as cheap as they can be and be processes still.

Most of the time of a start goes into loading dractl. So one process loads it once, and
forks for each run: see tests.cli.forking. What is to be seen of a start itself, or of
an option of Python, needs a start of Python: see `tests.cli.run.program`.
"""

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, TextIO

from tests.cli.forking import NUMBER

_ROOT: Final = Path(__file__).parents[2]

_PATIENCE: Final = 60.0  # seconds for a process to start, or to end
_ONE_AT_A_TIME: Final = threading.Lock()


class Process:
    """What one may do with a process, as with those of `subprocess`."""

    def __init__(self, answers: socket.socket) -> None:
        self.returncode: int | None = None
        self._answers = answers
        self.pid = self._told(_PATIENCE)

    def poll(self) -> int | None:
        """Return the exit status; None: it runs."""
        if self.returncode is None and select.select([self._answers], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float = _PATIENCE) -> int:
        """Wait for the end; return the exit status, below 0 for that of a signal."""
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(self._told(timeout))
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to whatever has not ended yet."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def close(self) -> None:
        """End it, if it has not ended in time."""
        try:
            self.wait()
        finally:
            self.send_signal(signal.SIGKILL)
            self._answers.close()

    def _told(self, timeout: float) -> int:
        self._answers.settimeout(timeout)
        data = self._answers.recv(NUMBER, socket.MSG_WAITALL)
        if len(data) < NUMBER:
            raise ChildProcessError("the process that forks has gone")
        return int.from_bytes(data)


class Piped(Process):
    """One that reads and writes pipes, in text."""

    def __init__(self, answers: socket.socket, pipes: Sequence[int]) -> None:
        self.stdin = os.fdopen(pipes[0], "w", encoding="utf-8")
        self.stdout = os.fdopen(pipes[1], encoding="utf-8", newline="")
        self.stderr = os.fdopen(pipes[2], encoding="utf-8", newline="")
        super().__init__(answers)

    def communicate(self, typed: bytes = b"") -> tuple[str, str]:
        """Write to stdin and close it, wait for the end, and return what was said."""
        said: dict[TextIO, str] = {}

        def read(stream: TextIO) -> None:
            said[stream] = stream.read()

        readers = [
            threading.Thread(target=read, args=(each,), daemon=True)
            for each in (self.stdout, self.stderr)
        ]
        for each in readers:
            each.start()
        with contextlib.suppress(BrokenPipeError):  # it need not read
            self.stdin.buffer.write(typed)
            self.stdin.close()
        self.wait()
        for each in readers:
            each.join(_PATIENCE)
        return said[self.stdout], said[self.stderr]

    def close(self) -> None:
        """Close what is not read, and end it if it has not ended in time."""
        for each in (self.stdin, self.stdout, self.stderr):
            with contextlib.suppress(BrokenPipeError):
                each.close()
        super().close()


@contextlib.contextmanager
def piped(
    *argv: str,
    environment: Mapping[str, str] | None = None,
    in_session: bool = False,
) -> Iterator[Piped]:
    """Run dractl with pipes, which may be in a session of its own; wait for its end."""
    pipes = [os.pipe() for _ in range(3)]
    theirs = (pipes[0][0], pipes[1][1], pipes[2][1])
    ours = (pipes[0][1], pipes[1][0], pipes[2][0])
    answers = _asked(argv, theirs, environment or {}, in_session=in_session)
    for each in theirs:
        os.close(each)
    process = Piped(answers, ours)
    try:
        yield process
    except BaseException:
        process.send_signal(signal.SIGKILL)
        raise
    finally:
        process.close()


@contextlib.contextmanager
def on_terminal(
    terminal: int, *argv: str, environment: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """Run dractl with stdout and stderr on a terminal; wait for its end."""
    with Path(os.devnull).open() as nothing:
        streams = (nothing.fileno(), terminal, terminal)
        process = Process(_asked(argv, streams, environment or {}))
    try:
        yield process
    finally:
        process.close()


def _asked(
    argv: Sequence[str],
    streams: Sequence[int],
    environment: Mapping[str, str],
    *,
    in_session: bool = False,
) -> socket.socket:
    """Ask for a process; return the socket that tells its number and how it ended."""
    request = {
        "argv": argv,
        "folder": str(Path.cwd()),
        "environment": {**os.environ, **environment},
        "session": in_session,
    }
    ours, theirs = socket.socketpair()
    with _ONE_AT_A_TIME, theirs:
        socket.send_fds(_forker(), [b"."], [*streams, theirs.fileno()])
    ours.sendall(f"{json.dumps(request)}\n".encode())
    return ours


@cache
def _forker() -> socket.socket:
    """Start the process that forks; return the socket for requests."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.cli.forking", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd=_ROOT,
            start_new_session=True,
        )

    def end() -> None:
        ours.close()
        process.wait(_PATIENCE)

    atexit.register(end)
    return ours
