"""Somebody who answers questions on a terminal."""

import io
from collections.abc import Callable


class Keyboard(io.StringIO):
    """Text that was typed; `before` happens when the question comes."""

    def __init__(self, typed: str, before: Callable[[], None] = lambda: None) -> None:
        super().__init__(typed)
        self._before = before

    def isatty(self) -> bool:
        self._before()
        return True
