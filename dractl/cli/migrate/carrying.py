"""Carries out the steps of a stage, or takes them back, and keeps what became of each.

What it takes to undo a step is in the file before the step is done, and that it is done
right after: a run may be killed at any moment.
"""

from collections.abc import Callable
from typing import Final

from dractl.cli.migrate.doing import done, prepared
from dractl.cli.migrate.site import Former, Site
from dractl.cli.migrate.undoing import undone
from dractl.cli.text import NARROW, counted, indented
from dractl.errors import DractlError, ExitStatus
from dractl.migrate.progress import NEW, Mark, Record
from dractl.migrate.steps import StageKind, Step

_GOING_ON: Final = frozenset({Mark.BEGUN, Mark.UNDOING})
"""Marks of steps of which it is not known whether they were done."""


def apply(site: Site) -> ExitStatus:
    """Do the steps of a stage that are not done; the first that fails ends it."""

    def do(number: int, step: Step, record: Record) -> None:
        former = record.former
        if record.mark not in _GOING_ON or not former:
            former = prepared(site, step)
        _keep(site, number, Mark.BEGUN, former)
        found = done(site, step, former)
        _keep(site, number, Mark.DONE, found.former)
        _tell(site, found.said)

    steps = [
        (number, step)
        for number, step in enumerate(site.begun.stage.steps)
        if site.begun.records[number].mark is not Mark.DONE
    ]
    return _work(site, steps, do, is_linear=True)


def roll_back(site: Site) -> ExitStatus:
    """Take back the steps of a stage that were begun, the last one first.

    On nodes each step needs those after it to be taken back. Of other stages as much is
    taken back as can be.
    """

    def undo(number: int, step: Step, record: Record) -> None:
        _keep(site, number, Mark.UNDOING, record.former)
        said = undone(site, step, record.former)
        _keep(site, number, Mark.UNDONE, record.former)
        _tell(site, said)

    steps = [
        (number, step)
        for number, step in enumerate(site.begun.stage.steps)
        if site.begun.records[number].mark not in NEW
    ]
    is_linear = site.begun.stage.kind is StageKind.NODES
    return _work(site, steps[::-1], undo, is_linear=is_linear)


def _work(
    site: Site,
    steps: list[tuple[int, Step]],
    do: Callable[[int, Step, Record], None],
    *,
    is_linear: bool,
) -> ExitStatus:
    """Do steps until one fails, or all if others do not hang on it."""
    count = 0
    status = ExitStatus.YES
    try:
        for number, step in steps:
            try:
                do(number, step, site.begun.records[number])
            except DractlError as error:
                site.screen.fail(error)
                status = status or error.status
                if is_linear or error.status is not ExitStatus.NO:
                    break
            else:
                count += 1
    except KeyboardInterrupt:
        site.screen.warn("interrupted; the same command goes on from there")
        status = ExitStatus.INTERRUPTED
    tried = " (dry run on the server)" if site.is_dry else ""
    site.screen.note(f"{count} of {counted(len(steps), 'step')} done{tried}")
    return status


def _keep(site: Site, number: int, mark: Mark, former: Former) -> None:
    if not site.is_dry:
        site.keeper.record(site.begun.stage.name, number, mark, former)


def _tell(site: Site, said: str) -> None:
    if said:
        tried = " (dry run on the server)" if site.is_dry else ""
        lines = indented(f"{said}{tried}", NARROW, "", "  ")
        site.screen.offer("".join(f"{each}\n" for each in lines))
