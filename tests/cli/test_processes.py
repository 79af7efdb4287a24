"""A fork runs as a start does."""

import signal
from pathlib import Path

import pytest

from tests.cli.processes import piped
from tests.cli.run import program

FRESH = {"PYTHONHASHSEED": "random"}


@pytest.mark.parametrize(
    "argv", [("allocate", "--demo"), ("explain", "--snapshot", "here.json"), ("bogus",)]
)
def test_it_says_and_ends_as_a_start_does(
    argv: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("here.json").write_text("[")
    assert program(*argv) == program(*argv, environment=FRESH)


def test_a_second_run_knows_nothing_of_the_first() -> None:
    with (
        piped("allocate", "--snapshot", "-") as first,
        piped("validate", "-") as second,
    ):
        assert second.communicate(b"kind: [")[0].startswith("stdin:2:1: error")
        assert first.poll() is None
        first.send_signal(signal.SIGKILL)
        assert first.communicate() == ("", "")
    assert (first.poll(), second.poll()) == (-signal.SIGKILL, 3)


def test_what_outlasts_its_test_is_ended() -> None:
    with (
        pytest.raises(ZeroDivisionError),
        piped("allocate", "--snapshot", "-") as process,
    ):
        raise ZeroDivisionError
    assert process.returncode == -signal.SIGKILL
