"""Somebody who answers questions on a terminal."""

import io
from collections.abc import Callable


class Keyboard(io.StringIO):
    """Text that was typed; `before` happens while the question is open."""

    def __init__(self, typed: str, before: Callable[[], None] = lambda: None) -> None:
        super().__init__(typed)
        self._before = before

    def isatty(self) -> bool:
        return True

    def readline(self, size: int | None = -1) -> str:
        self._before()
        return super().readline(size)
