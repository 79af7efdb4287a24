"""The table of checks: every code once, with its severity and its manual."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from dractl.doctor.answer import Finding, Skipped
from dractl.doctor.case import Case
from dractl.rules.registry import Entry, Severity, manual_of

Look = Callable[[Case], Iterator[Finding | Skipped]]


@dataclass(frozen=True, slots=True)
class Check(Entry):
    """A row. `needs` are the kinds without which it cannot look.

    One that is `on_demand` is made only if it is named: it lists what there is, on
    healthy clusters too.
    """

    look: Look
    needs: tuple[str, ...] = ()
    on_demand: bool = False


CHECKS: Final[dict[str, Check]] = {}


def check(
    code: str,
    severity: Severity,
    *,
    needs: tuple[str, ...] = (),
    on_demand: bool = False,
) -> Callable[[Look], Look]:
    """Enter a function into the table; its docstring becomes the check's manual.

    The function yields findings with that code, and a Skipped for what it cannot look
    at. Where a kind of `needs` was not read, it is not called. Raises ValueError for a
    code that is taken, or a function without a docstring.
    """

    def enter(function: Look) -> Look:
        manual = manual_of(function, code, CHECKS)
        CHECKS[code] = Check(code, severity, manual, function, needs, on_demand)
        return function

    return enter
