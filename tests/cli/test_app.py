import json
import os
import pty
import signal
import subprocess
import sys

import pytest

from dractl import __version__
from dractl.cli import version
from tests.cli.run import ROOT, Runner, program


def test_version_names_itself_and_the_releases_that_it_knows(dractl: Runner) -> None:
    ran = dractl("version")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == f"dractl {__version__} (Kubernetes 1.31 to 1.37)\n"


def test_version_is_also_json(dractl: Runner) -> None:
    answer = json.loads(dractl("version", "-o", "json").out)
    assert answer["version"] == __version__
    assert answer["kubernetes"] == {"oldest": "1.31", "newest": "1.37"}


def test_no_command_shows_the_help(dractl: Runner) -> None:
    assert dractl() == dractl("--help")
    assert dractl().status == 0


def test_an_unknown_command_is_wrong_usage(dractl: Runner) -> None:
    ran = dractl("alocate")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("error: no such command 'alocate'")


@pytest.mark.parametrize("option", ["--nod", "--no-such-thing", "-x"])
def test_an_unknown_option_is_wrong_usage(dractl: Runner, option: str) -> None:
    ran = dractl("allocate", option)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"error: no such option: {option}")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("bogus",), "dractl"),
        (("--bogus",), "dractl"),
        (("top", "--bogus"), "dractl top"),
        (("top", "nodes", "pods"), "dractl top"),
        (("top", "--sort"), "dractl top"),
        (("version", "-o", "xml"), "dractl version"),
        (("migrate", "bogus"), "dractl migrate"),
        (("migrate", "plan", "--bogus"), "dractl migrate plan"),
        (("doctor", "--fail-on", "bogus"), "dractl doctor"),
        (("doctor", "upgrade", "--bogus"), "dractl doctor upgrade"),
    ],
)
def test_wrong_usage_leads_to_the_help_of_its_command(
    dractl: Runner, words: tuple[str, ...], told: str
) -> None:
    ran = dractl(*words)
    assert ran.status == 2
    assert f"\nhint: {told} --help shows what there is\n" in ran.err


def test_a_wrong_choice_names_the_right_ones(dractl: Runner) -> None:
    ran = dractl("version", "-o", "xml")
    assert ran.status == 2
    assert "'xml' is not one of 'text', 'json'" in ran.err


def test_a_hostile_argument_reaches_no_terminal_raw(dractl: Runner) -> None:
    ran = dractl("\x1b[2J")
    assert ran.status == 2
    assert "\\x1b[2J" in ran.err
    assert "\x1b" not in ran.err


@pytest.mark.parametrize(
    "command", ["allocate", "attributes", "cel", "completion", "validate", "version"]
)
def test_every_command_has_help_with_examples_in_80_columns(
    dractl: Runner, command: str
) -> None:
    ran = dractl(command, "--help")
    assert ran.status == 0
    assert f"Usage: dractl {command}" in ran.out
    assert f"\n    dractl {command}" in ran.out or f"<(dractl {command}" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_a_bug_is_a_short_notice_and_no_traceback(
    dractl: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version, "__version__", {1, 2})
    ran = dractl("version", "-o", "json")
    assert (ran.status, ran.out) == (70, "")
    assert ran.err.startswith("error: this is a bug in dractl: TypeError: ")
    assert "Traceback" not in ran.err


def test_the_plugin_shows_the_name_that_kubectl_users_type(
    dractl: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/kubectl-dra"])
    assert "Usage: kubectl dra allocate" in dractl("allocate", "--help").out


def test_help_loads_nothing_heavy() -> None:
    ran = program("--help", environment={"PYTHONVERBOSE": "1"})
    heavy = ("pydantic", "rich", "yaml", "dractl.solver", "dractl.cel", "dractl.api")
    loaded = [each for each in heavy if f"import '{each}'" in ran.err]
    assert (ran.status, loaded) == (0, [])
    assert "Dynamic Resource Allocation" in ran.out


def test_a_reader_that_leaves_early_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "dractl", "allocate", "--demo", "-o", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (141, b"")


def test_ctrl_c_ends_a_run_at_once_and_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "dractl", "allocate", "--snapshot", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        # More than a pipe holds: written only once dractl reads, so past its start.
        assert process.stdin is not None
        process.stdin.write(b" " * (1 << 20))
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, b"", b"")


def on_terminal(*argv: str, **environment: str) -> str:
    """Run dractl with stdout and stderr on a terminal of its own."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "dractl", *argv]
    clean = {key: each for key, each in os.environ.items() if key != "NO_COLOR"}
    done = subprocess.Popen(
        command,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env={**clean, "TERM": "xterm", **environment},
    )
    os.close(theirs)
    text = b""
    while True:
        try:
            piece = os.read(ours, 1 << 16)
        except OSError:  # what Linux says when the last writer has gone
            break
        if not piece:
            break
        text += piece
    os.close(ours)
    done.wait(timeout=10)
    return text.decode()


def test_a_terminal_gets_colour_unless_it_is_refused() -> None:
    assert "\x1b[1;31merror\x1b[0m" in on_terminal("allocate")
    assert "\x1b" not in on_terminal("allocate", NO_COLOR="1")
    assert "\x1b" not in on_terminal("allocate", TERM="dumb")
    assert "\x1b" not in on_terminal("allocate", "--demo", "--no-color")
