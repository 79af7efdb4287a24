"""Somebody who answers questions on a terminal."""

import io
import sys
from collections.abc import Callable

import pytest


class Keyboard(io.StringIO):
    """Text that was typed; `before` happens when the question comes."""

    def __init__(self, typed: str, before: Callable[[], None] = lambda: None) -> None:
        super().__init__(typed)
        self._before = before

    def isatty(self) -> bool:
        self._before()
        return True


def typing(
    patch: pytest.MonkeyPatch, text: str, before: Callable[[], None] = lambda: None
) -> None:
    """Let somebody type the answer."""
    patch.setattr(sys, "stdin", Keyboard(text, before))
