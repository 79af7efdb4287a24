import dataclasses
import io

import pytest

from dractl.cli.terminal import Progress, Terminal
from dractl.errors import DractlError


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def terminal(
    *, colour: bool = True, verbose: bool = False, quiet: bool = False
) -> Terminal:
    return Terminal(Screen(), Screen(), colour=colour, verbose=verbose, quiet=quiet)


def said(terminal: Terminal) -> str:
    assert isinstance(terminal.err, io.StringIO)
    return terminal.err.getvalue()


def test_an_error_shows_its_place_and_what_to_do() -> None:
    shown = Terminal(io.StringIO(), io.StringIO())
    shown.fail(DractlError("x", "is empty", where="a.yaml", hint="fill it"))
    assert said(shown) == "error: a.yaml: is empty\nhint: fill it\n"


def test_a_terminal_gets_colour_around_our_words_only() -> None:
    shown = terminal()
    shown.warn("\x1b[5mblink")
    assert said(shown) == "\x1b[33mwarning\x1b[0m: \\x1b[5mblink\n"


def test_colour_can_be_refused() -> None:
    shown = terminal(colour=False)
    shown.warn("careful")
    assert (said(shown), shown.heading("NODE")) == ("warning: careful\n", "NODE")


@pytest.mark.parametrize(
    "environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"]
)
def test_the_environment_can_refuse_colour(environment: dict[str, str]) -> None:
    assert Terminal.of({"TERM": "xterm", **environment}, "dractl").colour is False


def test_an_empty_no_color_refuses_nothing() -> None:
    assert Terminal.of({"NO_COLOR": ""}, "dractl").colour is True


@pytest.mark.parametrize(
    ("environment", "is_coloured"),
    [
        ({"FORCE_COLOR": "1"}, True),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": ""}, False),
        ({"CLICOLOR_FORCE": "0"}, False),
        ({}, False),
    ],
)
def test_the_environment_can_force_colour_where_no_terminal_is(
    environment: dict[str, str], *, is_coloured: bool
) -> None:
    found = Terminal.of({"TERM": "xterm", **environment}, "dractl")
    shown = dataclasses.replace(found, err=io.StringIO())
    shown.warn("careful")
    assert ("\x1b[33m" in said(shown)) is is_coloured


def test_quiet_keeps_warnings_and_drops_notes() -> None:
    shown = terminal(quiet=True, colour=False)
    shown.note("placed 1 of 1")
    shown.warn("left out")
    assert said(shown) == "warning: left out\n"


def test_details_are_for_verbose_runs() -> None:
    shown, curious = terminal(), terminal(verbose=True)
    shown.detail("12 steps")
    curious.detail("12 steps")
    assert (said(shown), said(curious)) == ("", "12 steps\n")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let a test say what time it is."""
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


def test_progress_shows_after_half_a_second_and_leaves_nothing_behind(
    clock: list[float],
) -> None:
    stream = Screen()
    with Progress(stream, "placing", shown=True) as progress:
        progress(1, 9)
        clock[0] += 0.6
        progress(5, 9)
        progress(6, 9)
    assert stream.getvalue() == "\r\x1b[Kplacing 5/9\r\x1b[K"


def test_progress_is_silent_where_nobody_watches(clock: list[float]) -> None:
    shown = Terminal(io.StringIO(), io.StringIO())
    with shown.progress("placing") as progress:
        clock[0] += 60
        progress(5, 9)
    assert said(shown) == ""
