"""A file that one run at a time works with."""

import subprocess
import sys
from pathlib import Path

import pytest

from dractl.errors import DractlError
from dractl.sources.locking import locked

_HOLDER = """
import sys
from dractl.sources.locking import locked
with locked(sys.argv[1]):
    print("here", flush=True)
    sys.stdin.read()
"""


def test_only_one_has_it_at_a_time(tmp_path: Path) -> None:
    path = str(tmp_path / "state.json")
    with locked(path), pytest.raises(DractlError) as caught, locked(path):
        pass

    assert caught.value.code == "in-use"
    assert list(tmp_path.iterdir()) == []
    with locked(path):
        pass


def test_whoever_was_killed_has_it_no_more(tmp_path: Path) -> None:
    path = str(tmp_path / "state.json")
    command = [sys.executable, "-c", _HOLDER, path]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"here\n"
        with pytest.raises(DractlError), locked(path):
            pass
        child.kill()
        child.wait()
        with locked(path):
            pass


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(DractlError, match="cannot be made"),
        locked(str(tmp_path / "none" / "state.json")),
    ):
        pass
