"""How many devices are left after each clause of some selectors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from dractl.cel.errors import SelectorEvalError
from dractl.cel.nodes import Node
from dractl.cel.selector import Selector
from dractl.model.devices import Device

_SURELY_CHEAP: Final = 100_000
"""An estimate up to which no evaluation comes near the limit of 1,000,000."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One clause, asked of the devices that all clauses before it let pass.

    `position` counts the selectors of the owner, `clause` the clauses of `source`.
    `failing` are those among `removed` on which the whole selector has no answer, and
    which would abort scheduling; `error` is what CEL says about the first of them.
    """

    owner: str
    position: int
    text: str
    before: int
    after: int
    removed: tuple[Device, ...] = field(repr=False)
    failing: tuple[Device, ...] = field(repr=False)
    error: str
    source: Selector = field(repr=False)
    clause: int

    @property
    def node(self) -> Node:
        """The clause as a tree."""
        return self.source.clauses[self.clause].node

    @property
    def is_fatal(self) -> bool:
        """Whether it removed the last devices."""
        return self.before > 0 == self.after


@dataclass(frozen=True, slots=True)
class Funnel:
    """All stages, and what is left at the end."""

    stages: tuple[Stage, ...]
    passing: tuple[Device, ...] = field(repr=False)

    @property
    def fatal(self) -> Stage | None:
        """The clause that removed the last devices; None if some are left."""
        return next((stage for stage in self.stages if stage.is_fatal), None)


def funnel(
    parts: Sequence[tuple[str, Selector]], devices: Sequence[Device]
) -> tuple[Stage, ...]:
    """Return the stages of some selectors, given with their owners, in their order.

    A clause that fails counts only where the whole selector fails: `&&` is false if any
    clause is, whatever the others do. Elsewhere the device goes on to the clause that
    is false.
    """
    return run(parts, devices).stages


def run(parts: Sequence[tuple[str, Selector]], devices: Sequence[Device]) -> Funnel:
    """Return the stages, and the devices that pass them all, in their order."""
    stages: list[Stage] = []
    left = tuple(devices)
    positions: dict[str, int] = {}
    for owner, selector in parts:
        position = positions.get(owner, 0)
        positions[owner] = position + 1
        for stage, rest in _clauses(owner, position, selector, left):
            stages.append(stage)
            left = rest
    return Funnel(tuple(stages), left)


def _clauses(
    owner: str, position: int, selector: Selector, left: tuple[Device, ...]
) -> Iterator[tuple[Stage, tuple[Device, ...]]]:
    last = len(selector.clauses) - 1
    for number, clause in enumerate(selector.clauses):
        judge = _Judge(selector, number, is_last=number == last)
        rest = tuple(device for device in left if judge.passes(device))
        stage = Stage(
            owner,
            position,
            clause.text,
            len(left),
            len(rest),
            tuple(judge.removed),
            tuple(judge.failing),
            judge.error,
            selector,
            number,
        )
        yield stage, rest
        left = rest


class _Judge:
    """Asks one clause of device after device."""

    def __init__(self, selector: Selector, clause: int, *, is_last: bool) -> None:
        self._selector = selector
        self._clause = clause
        # All clauses together may cost too much where none of them does.
        self._asks_whole = is_last and clause > 0 and selector.max_cost > _SURELY_CHEAP
        self.removed: list[Device] = []
        self.failing: list[Device] = []
        self.error = ""

    def passes(self, device: Device) -> bool:
        """Tell whether the device goes on to the next clause."""
        try:
            answer = self._selector.clause_matches(self._clause, device)
        except SelectorEvalError:
            answer = not self._fails(device)
        else:
            if answer and self._asks_whole:
                answer = not self._fails(device)
        if not answer:
            self.removed.append(device)
        return answer

    def _fails(self, device: Device) -> bool:
        try:
            self._selector.matches(device)
        except SelectorEvalError as error:
            self.failing.append(device)
            self.error = self.error or error.message
            return True
        return False
