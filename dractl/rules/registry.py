"""The table of rules: every code once, with its severity and its manual."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeVar

from dractl.rules.path import Path

F = TypeVar("F", bound=Callable[..., object])
Wanted = Literal["string", "quantity"]


class Severity(StrEnum):
    """What becomes of it: refused by the API server, regretted, or good to know."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where an object breaks a rule.

    `reason` is the API server's, such as FieldValueInvalid; None for what it accepts.
    `fix` is what to write instead, in words. `replacement` is the whole new value at
    `path` where it is certain; None: it is not. `span` is the part of the text at
    `path` that is meant, as offsets in it; None: all of it. `wanted` is what a value
    of the wrong type had to be, where that is a string or a quantity.
    """

    code: str
    path: Path
    message: str
    reason: str | None = None
    fix: str | None = None
    span: tuple[int, int] | None = None
    replacement: object = None
    wanted: Wanted | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a table of codes: `severity` is that of its worst finding.

    `manual` is the docstring of the function that finds it; its first line is a title.
    """

    code: str
    severity: Severity
    manual: str

    @property
    def title(self) -> str:
        """What it looks for or says, in one line."""
        return self.manual.partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Rule(Entry):
    """A row of the table of rules."""


RULES: Final[dict[str, Rule]] = {}


def rule(code: str, severity: Severity = Severity.ERROR) -> Callable[[F], F]:
    """Enter a function into the table; its docstring becomes the rule's manual.

    The function yields violations with that code. Raises ValueError for a code that is
    taken, or a function without a docstring.
    """

    def enter(function: F) -> F:
        RULES[code] = Rule(code, severity, manual_of(function, code, RULES))
        return function

    return enter


def manual_of(function: Callable[..., object], code: str, rows: Container[str]) -> str:
    """Return the manual of a new row: the docstring of its function.

    Raises ValueError for a code that is taken, or a function without a docstring.
    """
    manual = (function.__doc__ or "").strip()
    if not manual or code in rows:
        raise ValueError(code)
    return manual
