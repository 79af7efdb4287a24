"""What `dractl migrate verify` does: looks at what a stage has left in the cluster."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from dractl.cli.migrate import showing, statefile
from dractl.cli.migrate.doing import is_cordoned, unready
from dractl.cli.migrate.rollout import reached
from dractl.cli.migrate.site import Former, Site, halt, title
from dractl.cli.migrate.statefile import Keeper
from dractl.cli.migrate.ways import Way
from dractl.cli.source import Source
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, counted, indented
from dractl.errors import DractlError, ExitStatus
from dractl.legacy.shapes import mapping_at
from dractl.live.changing import uid_of
from dractl.live.looks import looks
from dractl.live.workloads import unserved
from dractl.migrate.patches import contains, fingerprint
from dractl.migrate.progress import Course, Mark, Migration
from dractl.migrate.readiness import unready_pods
from dractl.migrate.steps import Step, Verb
from dractl.sources.locking import locked


class Check(NamedTuple):
    """What was looked at, and what is wrong with it, "" if nothing is."""

    what: str
    wrong: str = ""


def run(
    path: str, stage: str | None, patience: float, source: Source, screen: Terminal
) -> ExitStatus:
    """Look at a stage, tell of each thing, and keep whether all is as it should be."""
    with locked(path):
        keeper = Keeper(path, statefile.known(path))
        course = _chosen(keeper.migration, stage)
        with reached(source, keeper, is_dry=True) as cluster:
            way = Way("server", answers_yes=False, seconds=patience)
            site = cluster.site(keeper, course, way, screen)
            checks = _patient(site, patience)
        for each in checks:
            mark = "failed" if each.wrong else "ok"
            why = f": {each.wrong}" if each.wrong else ""
            lines = indented(f"{each.what}{why}", NARROW, f"{mark:<6} ", " " * 7)
            screen.offer("".join(f"{line}\n" for line in lines))
        wrong = sum(bool(each.wrong) for each in checks)
        keeper.verify(course.stage.name, is_so=not wrong)
    if wrong:
        screen.note(f"{wrong} of {counted(len(checks), 'check')} failed")
        screen.note(
            "next: mend it and verify again, with --timeout to wait for it; or take "
            f"the stage back with {screen.program} migrate rollback"
        )
        return ExitStatus.NO
    screen.note(f"stage {course.stage.name} is verified")
    showing.note_next(keeper.migration, path, screen)
    return ExitStatus.YES


def _chosen(migration: Migration, name: str | None) -> Course:
    course = migration.last if name is None else migration.named(name)
    if course is None:
        raise halt("no stage is done yet", hint="dractl migrate apply does the first")
    if not course.is_over:
        raise halt(
            f"stage {course.stage.name} is {course.state}",
            hint="dractl migrate apply goes on with it, dractl migrate rollback takes "
            "it back",
        )
    return course


def _patient(site: Site, patience: float) -> list[Check]:
    """Look until nothing is wrong, or the seconds are over."""
    checks: list[Check] = []
    for _ in looks(patience):
        checks = [check for each in _steps(site) for check in _looked(site, *each)]
        wrong = [each for each in checks if each.wrong]
        if not wrong:
            break
    return checks


def _steps(site: Site) -> Iterator[tuple[Step, Former]]:
    pairs = zip(site.begun.stage.steps, site.begun.records, strict=True)
    for step, record in pairs:
        if record.mark is Mark.DONE:
            yield step, record.former


def _looked(site: Site, step: Step, former: Former) -> Iterator[Check]:
    look = _LOOKING.get(step.verb)
    if look is None:
        return
    try:
        yield from look(site, step, former)
    except DractlError as error:
        # What is not there any more is a finding; a cluster that is away is not.
        if error.status is not ExitStatus.NO:
            raise
        yield Check(title(step), str(error).removeprefix(f"{title(step)} "))


def _created(site: Site, step: Step, _former: Former) -> Iterator[Check]:
    same = contains(site.standing(step), site.document(step))
    yield Check(
        f"{title(step)} is there", "" if same else "it does not say what was created"
    )


def _changed(site: Site, step: Step, former: Former) -> Iterator[Check]:
    live = site.standing(step)
    wrong = ""
    if uid_of(live) != former.get("uid"):
        wrong = "it was made anew"
    elif fingerprint(live, step.patch) != former.get("after"):
        wrong = "somebody has changed it since"
    yield Check(f"{title(step)} says what it was changed to", wrong)
    lacking = unready_pods(live)
    if lacking is not None:
        yield Check(f"{title(step)} has all its pods ready", lacking)
    for what, wrong in unserved(site.connection, site.served, live):
        yield Check(f"{what} has its devices", wrong)


def _labelled(site: Site, step: Step, _former: Former) -> Iterator[Check]:
    labels = mapping_at(site.standing(step), "metadata", "labels")
    for key, value in step.labels.items():
        now = labels.get(key)
        said = f"label {key}={value}" if value is not None else f"no label {key}"
        yield Check(
            f"{title(step)} has {said}", "" if now == value else f"it is {now!r}"
        )


def _ready(site: Site, step: Step, _former: Former) -> Iterator[Check]:
    if step.amounts:
        gone = replace(step, devices={})
        names = ", ".join(step.amounts)
        yield Check(f"{title(step)} has no {names} any more", unready(site, gone))
    for driver, count in step.devices.items():
        one = replace(step, amounts=(), devices={driver: count})
        said = f"{title(step)} has {counted(count, 'device')} of {driver}"
        yield Check(said, unready(site, one))


def _open(site: Site, step: Step, former: Former) -> Iterator[Check]:
    if not former.get("stays"):
        closed = is_cordoned(site.standing(step))
        yield Check(f"{title(step)} takes pods", "it is cordoned" if closed else "")


_LOOKING: Final[Mapping[Verb, Callable[[Site, Step, Former], Iterator[Check]]]] = {
    Verb.CREATE: _created,
    Verb.PATCH: _changed,
    Verb.LABEL: _labelled,
    Verb.WAIT: _ready,
    Verb.UNCORDON: _open,
}
