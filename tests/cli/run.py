"""Runs dractl: in this process, and as a program of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from dractl.cli.app import main
from tests.cli.processes import piped

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """What one run left behind."""

    status: int
    out: str
    err: str


class Runner:
    """Calls main and collects what it printed."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *argv: str) -> Ran:
        self._capture.readouterr()
        status = main(argv)
        return Ran(status, *self._capture.readouterr())


def program(
    *argv: str, environment: Mapping[str, str] | None = None, stdin: bytes = b""
) -> Ran:
    """Run `python -m dractl`, with a start of Python if that is given an option."""
    if not any(name.startswith("PYTHON") for name in environment or ()):
        with piped(*argv, environment=environment) as process:
            out, err = process.communicate(stdin)
        return Ran(process.wait(), out, err)
    done = subprocess.run(
        [sys.executable, "-m", "dractl", *argv],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
