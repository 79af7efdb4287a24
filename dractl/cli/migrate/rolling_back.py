"""What `dractl migrate rollback` does: stages taken back, the last one first."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from dractl.cli.confirm import confirmed
from dractl.cli.migrate import carrying, showing, statefile
from dractl.cli.migrate.rollout import Cluster, reached, show, unless_refused
from dractl.cli.migrate.statefile import Keeper
from dractl.cli.migrate.ways import Way
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus
from dractl.live.draining import Holder, Use, holders
from dractl.migrate.progress import NEW, Course
from dractl.migrate.steps import Verb
from dractl.sources.locking import locked


class Wanted(NamedTuple):
    """How much is taken back: down to a stage that stays, or all; else the last one."""

    down_to: str | None
    everything: bool


def run(
    path: str, wanted: Wanted, way: Way, source: Source, screen: Terminal
) -> ExitStatus:
    """Take back what is wanted, if the user still wants it when it is shown."""
    with locked(path):
        keeper = Keeper(path, statefile.known(path))
        down_to, everything = wanted
        courses = keeper.migration.to_undo(down_to, everything=everything)
        if not courses:
            screen.note("there is nothing to take back")
            return ExitStatus.YES
        if not way.asks_server:
            show(showing.stages_to_undo(courses, {}, screen), screen)
            screen.note("dry run: no server was asked to change anything")
            return ExitStatus.YES
        is_dry = way.dry_run == "server"
        with reached(source, keeper, is_dry=is_dry) as cluster:
            leaving = _leaving(courses, cluster)
            show(showing.stages_to_undo(courses, leaving, screen), screen)
            ask = partial(_is_wanted, courses, cluster, way, screen)
            if not is_dry and (no := unless_refused(ask, screen)) is not None:
                return no
            status = _taken_back(courses, keeper, cluster, way, screen)
    if not is_dry:
        showing.note_next(keeper.migration, path, screen)
    return status


def _leaving(
    courses: Sequence[Course], cluster: Cluster
) -> dict[str, tuple[Holder, ...]]:
    """Return the pods that have to leave nodes with their claims, as they are now."""
    return {
        step.name: holders(
            cluster.connection,
            cluster.served,
            step.name,
            Use(drivers=frozenset(step.devices)),
        )
        for course in courses
        for step, record in zip(course.stage.steps, course.records, strict=True)
        if step.verb is Verb.WAIT and step.devices and record.mark not in NEW
    }


def _taken_back(
    courses: Sequence[Course],
    keeper: Keeper,
    cluster: Cluster,
    way: Way,
    screen: Terminal,
) -> ExitStatus:
    """Take back one stage after another, until one is not taken back wholly."""
    for course in courses:
        status = carrying.roll_back(cluster.site(keeper, course, way, screen))
        if status is not ExitStatus.YES:
            return status
    return ExitStatus.YES


def _is_wanted(
    courses: Sequence[Course], cluster: Cluster, way: Way, screen: Terminal
) -> bool:
    names = ", ".join(each.stage.name for each in courses)
    question = f"take back {names} on {cluster.connection.server}?"
    return confirmed(question, screen, way.answers_yes)
