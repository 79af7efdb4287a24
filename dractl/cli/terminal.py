"""The streams of one run: results to stdout, talk to stderr, colour where wanted."""

import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self, TextIO

from dractl.cli.text import visible
from dractl.errors import DractlError

_STYLES: Final = {"error": "1;31", "warning": "33", "hint": "36", "head": "1"}
_PROGRESS_DELAY: Final = 0.5  # seconds of work before the first progress is shown
_PROGRESS_PAUSE: Final = 0.1  # seconds between two


class OutputClosed(Exception):
    """Nobody reads the result any more, as after `| head`."""


@dataclass
class Terminal:
    """Where a run writes. `columns` is None where lines may be as long as they like.

    `keyboard` is what answers to questions are read from, None where there is none.
    Commands set `verbose`, `quiet` and `colour` from their options; with `forced`,
    what is no terminal gets colour as well. `is_unread` is true once nobody reads `out`
    any more.
    """

    out: TextIO
    err: TextIO
    program: str = "dractl"
    columns: int | None = None
    colour: bool = True
    forced: bool = False
    verbose: bool = False
    quiet: bool = False
    keyboard: TextIO | None = None
    is_unread: bool = False

    @staticmethod
    def of(environment: Mapping[str, str], program: str) -> "Terminal":
        """Return the process's own terminal, as the environment wants it."""
        for stream in (sys.stdout, sys.stderr):
            # A terminal that cannot show a character gets its number, not a crash.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        # no-color.org, force-color.org and bixense.com/clicolors, in this order.
        forced = bool(
            environment.get("FORCE_COLOR")
            or environment.get("CLICOLOR_FORCE", "0") not in {"", "0"}
        )
        is_able = forced or environment.get("TERM") != "dumb"
        return Terminal(
            sys.stdout,
            sys.stderr,
            program,
            columns=_columns(sys.stdout),
            colour=is_able and not environment.get("NO_COLOR"),
            forced=forced,
            keyboard=sys.stdin,
        )

    def write(self, text: str) -> None:
        """Write a piece of the result; raise OutputClosed if nobody reads it."""
        try:
            self.out.write(text)
            # What follows on stderr often ends on the same screen: the result first.
            self.out.flush()
        except BrokenPipeError as error:
            self.is_unread = True
            raise OutputClosed from error

    def offer(self, text: str) -> None:
        """Write a piece of the result of work that goes on if nobody reads it."""
        with suppress(OutputClosed):
            self.write(text)

    def note(self, text: str) -> None:
        """Say something about the result, unless asked to be quiet."""
        if not self.quiet:
            self._say(visible(text))

    def detail(self, text: str) -> None:
        """Say something that only the curious want to know."""
        if self.verbose:
            self._say(visible(text))

    def warn(self, text: str) -> None:
        """Report what is wrong but did not stop the work."""
        self._tagged("warning", text)

    def fail(self, error: DractlError) -> None:
        """Report what stopped the work, and what the user can do."""
        self._tagged("error", str(error))
        if error.hint:
            self._tagged("hint", error.hint)

    def heading(self, text: str) -> str:
        """Return the text as a heading of the result."""
        return self._styled("head", text, self.out)

    def progress(self, doing: str) -> "Progress":
        """Return a progress line, which shows only on a terminal and for slow work."""
        return Progress(self.err, doing, shown=self.err.isatty() and not self.quiet)

    def _tagged(self, tag: str, text: str) -> None:
        self._say(f"{self._styled(tag, tag, self.err)}: {visible(text)}")

    def _say(self, line: str) -> None:
        # Work goes on if nobody listens, as after `2>&1 | head`.
        with suppress(BrokenPipeError):
            self.err.write(f"{line}\n")

    def _styled(self, style: str, text: str, stream: TextIO) -> str:
        if not self.colour or not (self.forced or stream.isatty()):
            return text
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"


def _columns(stream: TextIO) -> int | None:
    if not stream.isatty():
        return None
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except OSError:
        return None


class Progress:
    """A line on stderr that is rewritten in place and leaves nothing behind."""

    def __init__(self, stream: TextIO, doing: str, *, shown: bool) -> None:
        self._stream = stream
        self._doing = doing
        self._next = time.monotonic() + _PROGRESS_DELAY if shown else float("inf")
        self._dirty = False

    def __call__(self, done: int, total: int) -> None:
        """Show how far the work is."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _PROGRESS_PAUSE
        self._dirty = True
        self._stream.write(f"\r\x1b[K{self._doing} {done}/{total}")
        self._stream.flush()

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wipe the line."""
        if self._dirty:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
