"""From causes with changes that might help to causes with fixes that do."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dractl.diagnose.answer import Cause
from dractl.diagnose.case import Case
from dractl.diagnose.changes import Change, Trial
from dractl.diagnose.commands import commands
from dractl.diagnose.features import without_problem
from dractl.diagnose.told import Told
from dractl.model.workloads import Node

_MOST_FIXES: Final = 3  # that suffice by themselves, for one cause

Way = tuple[int, ...]
"""Causes that would have to go together, by their places."""


class Blamed(NamedTuple):
    """Causes, the nodes to try changes on, and which causes have to go together."""

    told: Sequence[Told] = ()
    nodes: Sequence[Node] = ()
    ways: tuple[Way, ...] = ()

    @staticmethod
    def all(told: Sequence[Told], nodes: Sequence[Node] = ()) -> "Blamed":
        """Return causes that all have to go."""
        return Blamed(told, nodes, (tuple(range(len(told))),) if told else ())


def with_fixes(case: Case, blamed: Blamed) -> list[Cause]:
    """Return the causes, each with the changes that were found to help."""
    trial = Trial(case.world, without_problem(case.subject), blamed.nodes)
    useful = [
        [each for each in told.changes if not each.is_advice] for told in blamed.told
    ]
    single = [trial.single(changes, _MOST_FIXES) for changes in useful]
    joint = {} if any(single) else dict(_joint(trial, blamed.ways, useful))
    causes = []
    for place, (cause, changes, missing) in enumerate(blamed.told):
        fixes = [f"{change.text}: fits on {node}" for change, node in single[place]]
        if place in joint:
            fixes.append(joint[place])
        fixes += _advice(changes, {change.text for change, _ in single[place]})
        if missing and not fixes and not joint:
            fixes.append(f"add {missing}; no smaller change was found to help")
        causes.append(
            dataclasses.replace(
                cause, fixes=tuple(fixes), commands=commands(case, cause)
            )
        )
    return causes


def _joint(
    trial: Trial, ways: Sequence[Way], useful: Sequence[Sequence[Change]]
) -> Iterator[tuple[int, str]]:
    """Yield changes that suffice together, with the first cause that they are for."""
    for way in ways:
        together = trial.together([useful[place] for place in way])
        if together is not None:
            changes, node = together
            texts = ", and ".join(change.text for change in changes)
            yield way[0], f"{texts}: fits on {node}"


def _advice(changes: Sequence[Change], helping: set[str]) -> Iterator[str]:
    for change in changes:
        if change.is_advice:
            yield change.text
        elif change.at_least and change.text not in helping:
            yield f"{change.text}: {change.at_least}"
