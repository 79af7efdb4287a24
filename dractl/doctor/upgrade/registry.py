"""The tables of what is looked at before an upgrade: of a driver, and of Kubernetes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Generic, TypeVar

from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.upgrade.question import DriverQuestion, ReleaseQuestion
from dractl.rules.registry import Entry, Severity, manual_of

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
class Point(Entry, Generic[Q]):
    """A row. A finding that is an error `stops` the upgrade, or is to be mended before.

    `stage` is when to do what it asks for.
    """

    stage: Stage
    look: Callable[[Q], Iterator[Finding | Skipped]]
    stops: bool = False


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
            manual = manual_of(function, code, self.rows)
            self.rows[code] = Point(code, severity, manual, stage, function, stops)
            return function

        return enter


DRIVERS: Final[Table[DriverQuestion]] = Table()
RELEASES: Final[Table[ReleaseQuestion]] = Table()
