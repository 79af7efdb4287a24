"""The tables of what is looked at before an upgrade: of a driver, and of Kubernetes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Generic, TypeVar

from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.upgrade.question import DriverQuestion, ReleaseQuestion
from dractl.rules.registry import Severity

Q = TypeVar("Q")


class Stage(IntEnum):
    """When to do something about a finding."""

    PLAN = 0
    OBJECTS = 1
    CONTROL_PLANE = 2
    CHART = 3
    NODES = 4
    AFTER = 5


@dataclass(frozen=True, slots=True)
class Point(Generic[Q]):
    """A row: `manual` is the docstring of its function, whose first line is a title.

    `severity` is that of its worst finding; one that is an error `stops` the upgrade,
    or has to be mended before. `stage` is when to do what it asks for.
    """

    code: str
    severity: Severity
    stage: Stage
    manual: str
    look: Callable[[Q], Iterator[Finding | Skipped]]
    stops: bool = False

    @property
    def title(self) -> str:
        """What it looks for, in one line."""
        return self.manual.partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Table(Generic[Q]):
    """What is looked at, by code."""

    rows: dict[str, Point[Q]] = field(default_factory=dict)

    def point(
        self, code: str, severity: Severity, stage: Stage, *, stops: bool = False
    ) -> Callable[
        [Callable[[Q], Iterator[Finding | Skipped]]],
        Callable[[Q], Iterator[Finding | Skipped]],
    ]:
        """Enter a function into the table; its docstring becomes the manual.

        Raises ValueError for a code that is taken, or a function without a docstring.
        """

        def enter(
            function: Callable[[Q], Iterator[Finding | Skipped]],
        ) -> Callable[[Q], Iterator[Finding | Skipped]]:
            manual = (function.__doc__ or "").strip()
            if not manual or code in self.rows:
                raise ValueError(code)
            self.rows[code] = Point(code, severity, stage, manual, function, stops)
            return function

        return enter


DRIVERS: Final[Table[DriverQuestion]] = Table()
RELEASES: Final[Table[ReleaseQuestion]] = Table()
