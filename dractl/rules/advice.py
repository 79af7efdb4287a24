"""Rules about what the API server accepts and the user will regret."""

from collections.abc import Callable, Iterator
from typing import Final

from dractl.rules.registry import Severity, Violation, rule
from dractl.rules.subject import Subject
from dractl.rules.world import World

Adviser = Callable[[Subject, World], Iterator[Violation]]

ADVISERS: Final[list[tuple[Severity, Adviser]]] = []


def advice(
    code: str, severity: Severity = Severity.WARNING
) -> Callable[[Adviser], Adviser]:
    """Enter a rule that every object is shown to; see `registry.rule`."""

    def enter(adviser: Adviser) -> Adviser:
        ADVISERS.append((severity, rule(code, severity)(adviser)))
        return adviser

    return enter
