"""How much of a plan is shown."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW

_FEW: Final = 5  # of a kind that are listed one by one
_LINES: Final = 20  # of a table


@dataclass(frozen=True, slots=True)
class View:
    """Columns that lines have, how many of a kind are listed, and lines of a table."""

    limit: int
    few: int = _FEW
    lines: int = _LINES

    @staticmethod
    def of(screen: Terminal) -> "View":
        """Return the view of a terminal: all of it for those who want details."""
        limit = screen.columns or NARROW
        return View(limit, sys.maxsize, sys.maxsize) if screen.verbose else View(limit)

    def some(self, texts: Sequence[str]) -> str:
        """Return the first of the texts, and how many more there are."""
        more = len(texts) - self.few
        shown = ", ".join(texts[: self.few])
        return f"{shown} and {more} more" if more > 0 else shown
