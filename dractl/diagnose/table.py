"""The table of causes: every code once, in order of precedence, with its function.

A cause is one decorated function. Which stage it belongs to decides when it is asked:
first what the objects say, then an error that stops the scheduler, then what the
survey of nodes blames; of pods that have a node, what happens there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from dractl.diagnose.told import Told

if TYPE_CHECKING:
    from dractl.diagnose.case import Case
    from dractl.diagnose.survey import Found
    from dractl.solver.placement import Placement

CODES: Final = (
    "template-missing",
    "claim-missing",
    "class-missing",
    "admin-access-forbidden",
    "quota-exceeded",
    "claim-not-created",
    "claim-being-deleted",
    "scheduling-gated",
    "no-scheduler",
    "feature-disabled",
    "too-many-devices",
    "selector-error",
    "binding-conditions-pending",
    "claim-pinned-elsewhere",
    "devices-in-use",
    "devices-tainted",
    "counters-exhausted",
    "capacity-insufficient",
    "pool-incomplete",
    "pool-invalid",
    "no-devices-published",
    "node-mismatch",
    "constraint-unsatisfiable",
    "claims-conflict",
    "not-enough-devices",
    "selector-no-match",
    "prepare-failed",
    "device-unhealthy",
    "unknown",
)
"""Most decisive first. The codes are part of the public contract."""


class Stage(Enum):
    """When a cause is asked for."""

    OBJECTS = "what the pod refers to, before any node is looked at"
    SCHEDULED = "a pod that has a node"
    ABORT = "an error that stops the scheduler"
    NODES = "what keeps the claims from single nodes"


Finder = Callable[["Case"], Iterator[Told]]
Judge = Callable[["Case", "Placement"], Told]
Teller = Callable[["Case", "Found"], Told]


@dataclass(frozen=True, slots=True)
class Row:
    """One function of the table; a code may have one in several stages."""

    code: str
    stage: Stage
    find: Finder | None = None
    judge: Judge | None = None
    tell: Teller | None = None


ROWS: Final[list[Row]] = []


def found_in_objects(code: str) -> Callable[[Finder], Finder]:
    """Add a function that looks for its cause in what the pod refers to."""
    return _finder(code, Stage.OBJECTS)


def found_on_node(code: str) -> Callable[[Finder], Finder]:
    """Add a function that looks for its cause in a pod that has a node."""
    return _finder(code, Stage.SCHEDULED)


def judged_from_error(code: str) -> Callable[[Judge], Judge]:
    """Add a function that turns the scheduler's error into its cause."""

    def add(function: Judge) -> Judge:
        _add(Row(code, Stage.ABORT, judge=function))
        return function

    return add


def told_of_nodes(code: str) -> Callable[[Teller], Teller]:
    """Add a function that puts what the survey blames into words."""

    def add(function: Teller) -> Teller:
        _add(Row(code, Stage.NODES, tell=function))
        return function

    return add


def finders(stage: Stage) -> Iterator[tuple[str, Finder]]:
    """Yield the functions of a stage in order of precedence."""
    rows = [row for row in ROWS if row.stage is stage and row.find is not None]
    for row in sorted(rows, key=lambda row: precedence(row.code)):
        assert row.find is not None
        yield row.code, row.find


def judge_of(code: str) -> Judge:
    """Return what turns an error into the cause of that code."""
    found = next(r.judge for r in ROWS if r.code == code and r.stage is Stage.ABORT)
    assert found is not None
    return found


def teller_of(code: str) -> Teller:
    """Return what puts that blame into words."""
    found = next(r.tell for r in ROWS if r.code == code and r.stage is Stage.NODES)
    assert found is not None
    return found


def precedence(code: str) -> int:
    """Return the place of a code in the table; what is no code yet comes last."""
    return len(CODES) if code not in CODES else CODES.index(code)


def _finder(code: str, stage: Stage) -> Callable[[Finder], Finder]:
    def add(function: Finder) -> Finder:
        _add(Row(code, stage, find=function))
        return function

    return add


def _add(row: Row) -> None:
    if row.code not in CODES:
        raise KeyError(row.code)
    ROWS.append(row)
