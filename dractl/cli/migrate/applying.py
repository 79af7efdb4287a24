"""What `dractl migrate apply` does: one stage, with its file."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from dractl.cli.confirm import confirmed
from dractl.cli.migrate import carrying, showing, statefile
from dractl.cli.migrate.doing import used
from dractl.cli.migrate.rollout import Cluster, reached, show, unless_refused
from dractl.cli.migrate.site import halt
from dractl.cli.migrate.statefile import Keeper
from dractl.cli.migrate.ways import Way
from dractl.cli.options import usage
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.errors import ExitStatus
from dractl.live.draining import Holder, holders
from dractl.migrate.progress import Course, Mark, Migration, stack
from dractl.migrate.steps import Verb
from dractl.sources.locking import locked


@dataclass(frozen=True)
class Begin:
    """How a migration is planned, and which stage of it is done, None for the next.

    `wishes` tells what to plan from other plans, "" if no options say it.
    `skips_checks`: it is no matter whether earlier stages are verified.
    """

    plan: Callable[[], Migration]
    wishes: str
    stage: str | None
    skips_checks: bool


def run(
    path: str, begin: Begin, way: Way, source: Source, screen: Terminal
) -> ExitStatus:
    """Do one stage, if the user wants it."""
    with locked(path):
        found = statefile.read(path)
        if found is not None and begin.wishes not in {"", found.origin.wishes}:
            raise usage(
                f"{path} has a plan already, made with other options",
                hint="leave out what to plan, or begin another file with --state",
            )
        is_new = found is None
        keeper = Keeper(path, begin.plan() if found is None else found)
        course = _chosen(keeper.migration, begin)
        if course is None:
            screen.note("it is done already")
            return ExitStatus.YES
        if not way.asks_server:
            show(showing.stage_to_apply(course, {}, screen), screen)
            screen.note("dry run: no server was asked to change anything")
            return ExitStatus.YES
        is_dry = way.dry_run == "server"
        with reached(source, keeper, is_dry=is_dry) as cluster:
            leaving = _leaving(course, cluster)
            show(showing.stage_to_apply(course, leaving, screen), screen)
            if is_dry:
                return carrying.apply(cluster.site(keeper, course, way, screen))
            ask = partial(_is_wanted, course, cluster, way, screen)
            if (refused := unless_refused(ask, screen)) is not None:
                return refused
            if is_new:
                keeper.save()
            status = carrying.apply(cluster.site(keeper, course, way, screen))
    if status is ExitStatus.YES:
        showing.note_next(keeper.migration, path, screen)
    return status


def _chosen(migration: Migration, begin: Begin) -> Course | None:
    """Return the stage to do; None: all are done, or the one that is named is."""
    named = begin.stage
    course = migration.next if named is None else migration.named(named)
    if course is None or course.is_over:
        return None
    earlier = migration.unverified_before(course)
    if earlier is not None and not begin.skips_checks:
        raise halt(
            f"stage {earlier.stage.name} is {earlier.state}, not verified",
            hint="dractl migrate verify looks whether it is as it should be; "
            "--unverified goes on without",
        )
    return course


def _leaving(course: Course, cluster: Cluster) -> dict[str, tuple[Holder, ...]]:
    """Return the pods that have to leave nodes, as they are now."""
    stage = course.stage
    return {
        step.name: holders(
            cluster.connection, cluster.served, step.name, used(stack(stage, step.name))
        )
        for step, record in zip(stage.steps, course.records, strict=True)
        if step.verb is Verb.EVICT and record.mark is not Mark.DONE
    }


def _is_wanted(course: Course, cluster: Cluster, way: Way, screen: Terminal) -> bool:
    question = f"do stage {course.stage.name} on {cluster.connection.server}?"
    return confirmed(question, screen, way.answers_yes)
