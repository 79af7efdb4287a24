import json
import os
import pty
import signal
import sys
from collections.abc import Iterator

import pytest
from typer.core import TyperGroup
from typer.main import get_group

from dractl import __version__
from dractl.cli import version
from dractl.cli.app import app
from tests.cli.processes import on_terminal, piped
from tests.cli.run import Runner, program


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


@pytest.mark.parametrize(
    "words",
    [
        ("doctor", "-f", "-"),
        ("doctor", "upgrade", "--kubernetes", "1.37", "-f", "-"),
        ("top", "--fits", "-"),
        ("migrate", "plan", "-f", "-"),
    ],
    ids=" ".join,
)
def test_stdin_can_be_read_only_once(dractl: Runner, words: tuple[str, ...]) -> None:
    ran = dractl(*words, "--snapshot", "-")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == (
        "error: stdin can be read only once, so - may appear only once\n"
    )


def test_a_hostile_argument_reaches_no_terminal_raw(dractl: Runner) -> None:
    ran = dractl("\x1b[2J")
    assert ran.status == 2
    assert "\\x1b[2J" in ran.err
    assert "\x1b" not in ran.err


def _commands(group: TyperGroup, above: str = "") -> Iterator[str]:
    """Yield the words of each command that users see."""
    for name, each in group.commands.items():
        yield f"{above}{name}"
        if isinstance(each, TyperGroup):
            yield from _commands(each, f"{above}{name} ")


@pytest.mark.parametrize("command", [*_commands(get_group(app))])
def test_every_command_has_help_with_examples_in_80_columns(
    dractl: Runner, command: str
) -> None:
    ran = dractl(*command.split(), "--help")
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
    with piped("allocate", "--demo", "-o", "json") as process:
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (141, "")


def test_ctrl_c_ends_a_run_at_once_and_quietly() -> None:
    with piped("allocate", "--snapshot", "-") as process:
        # More than a pipe holds: written only once dractl reads, so past its start.
        process.stdin.write(" " * (1 << 20))
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (130, "", "")


def shown(*argv: str, **environment: str) -> str:
    """Run dractl with stdout and stderr on a terminal; return what it shows."""
    ours, theirs = pty.openpty()
    text = b""
    with on_terminal(theirs, *argv, environment={"TERM": "xterm", **environment}):
        os.close(theirs)
        while True:
            try:
                piece = os.read(ours, 1 << 16)
            except OSError:  # what Linux says when the last writer has gone
                break
            if not piece:
                break
            text += piece
    os.close(ours)
    return text.decode()


def test_a_terminal_gets_colour_unless_it_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;31merror\x1b[0m" in shown("allocate")
    assert "\x1b" not in shown("allocate", NO_COLOR="1")
    assert "\x1b" not in shown("allocate", TERM="dumb")
    assert "\x1b" not in shown("allocate", "--demo", "--no-color")
