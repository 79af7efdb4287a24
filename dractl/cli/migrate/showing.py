"""What is shown of a stage before it is done, and of a migration."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from shlex import quote
from typing import Any, Final

from dractl.cli.migrate.ways import DEFAULT
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, columns, counted, indented, visible, width
from dractl.live.draining import Holder
from dractl.migrate.progress import NEW, Course, Mark, Migration, State
from dractl.migrate.steps import Step, Verb

_LONGEST: Final = 60  # characters of a value
_MARKS: Final = {
    Mark.OPEN: "",
    Mark.BEGUN: "begun",
    Mark.DONE: "done",
    Mark.UNDOING: "being taken back",
    Mark.UNDONE: "taken back",
}


def stage_to_apply(
    course: Course, leaving: Mapping[str, Sequence[Holder]], screen: Terminal
) -> str:
    """Return a stage with its steps; `leaving` are pods that have to go, by node."""
    stage = course.stage
    lines = [*_heading(f"STAGE {stage.name}: {stage.title}", screen)]
    if stage.nodes:
        lines += _paragraph(f"nodes: {', '.join(stage.nodes)}")
    for workload, count in stage.pods.items():
        must = "has" if count == 1 else "have"
        pods = f"{counted(count, 'pod')} of {workload}"
        lines += _paragraph(f"{pods} {must} to find another place")
    for doubt in stage.doubts:
        lines += _paragraph(f"doubt: {doubt}")
    for number, (step, record) in enumerate(
        zip(stage.steps, course.records, strict=True), 1
    ):
        mark = _MARKS[record.mark]
        told = f"{step.text} ({mark})" if mark else step.text
        lines += indented(told, NARROW, f"{number:>4}. ", "      ")
        lines += _details(step)
        if step.verb is Verb.EVICT:
            lines += _leaving(leaving.get(step.name, ()), "once the plugin has gone")
    return "".join(f"{each}\n" for each in lines)


def stages_to_undo(
    courses: Iterable[Course], leaving: Mapping[str, Sequence[Holder]], screen: Terminal
) -> str:
    """Return what is taken back, in that order; `leaving` are pods that have to go."""
    lines: list[str] = []
    for course in courses:
        lines += _heading(f"ROLL BACK {course.stage.name}", screen)
        steps = zip(course.stage.steps, course.records, strict=True)
        for step, record in reversed([*steps]):
            told = _undoing(step)
            if told and record.mark not in NEW:
                lines += indented(told, NARROW, "    - ", "      ")
                lines += _operations(step.back)
                if step.verb is Verb.WAIT:
                    lines += _leaving(leaving.get(step.name, ()), "it stays")
    return "".join(f"{each}\n" for each in lines)


def table(migration: Migration, screen: Terminal) -> str:
    """Return the stages of a migration, and how far each is."""
    head = ("STAGE", "STATE", "STEPS", "WHAT")
    rows = [
        (
            visible(each.stage.name),
            str(each.state),
            f"{each.done}/{len(each.stage.steps)}",
            "",
        )
        for each in migration.courses
    ]
    size = max(map(width, columns([(*head[:3], "."), *rows])))
    first, *rest = columns([head, *rows])
    lines = [screen.heading(first)]
    for line, course in zip(rest, migration.courses, strict=True):
        before = line.ljust(size - 1)
        lines += indented(course.stage.title, NARROW, before, " " * len(before))
    return "".join(f"{each.rstrip()}\n" for each in lines)


def what_next(migration: Migration, path: str, program: str) -> str:
    """Return what comes next, with the command that does it."""
    last, following = migration.last, migration.next
    if last is not None and last.state is State.PARTLY_BACK:
        verb, what = "rollback", f"takes back the rest of {last.stage.name}"
    elif last is not None and last.state is State.APPLIED:
        verb, what = "verify", f"checks stage {last.stage.name}"
    elif following is None:
        return "nothing is left to do"
    elif last is not None and last.state is State.PARTLY and last is not following:
        verb = f"apply --stage {quote(last.stage.name)} --unverified"
        what = f"goes on with stage {last.stage.name}"
    else:
        is_begun = following.state is State.PARTLY
        goes_on = "goes on with" if is_begun else "does"
        verb, what = "apply", f"{goes_on} stage {following.stage.name}"
    state = "" if path == DEFAULT else f" --state {quote(path)}"
    return f"{program} migrate {verb}{state} {what}"


def note_next(migration: Migration, path: str, screen: Terminal) -> None:
    """Say what comes next."""
    screen.note(f"next: {what_next(migration, path, screen.program)}")


def _heading(text: str, screen: Terminal) -> Iterator[str]:
    return map(screen.heading, indented(text, NARROW, "", "  "))


def _paragraph(text: str) -> Iterator[str]:
    return indented(text, NARROW, "  ", "    ")


def _undoing(step: Step) -> str:
    """Return what it means to take a step back, "" if nothing is to be done for it."""
    if step.verb is Verb.EVICT or step.amounts:
        return ""
    if step.verb is Verb.WAIT:
        drivers = ", ".join(step.devices)
        return f"evict the pods on {step.name} that hold claims of {drivers}"
    return f"take back: {step.text}"


def _details(step: Step) -> Iterator[str]:
    if step.patch:
        yield from _operations(step.patch)
    for key, value in step.labels.items():
        yield visible(f"      {key}-" if value is None else f"      {key}={value}")


def _operations(patch: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    former = {each.get("path"): each for each in patch if each.get("op") == "test"}
    for each in patch:
        kind = each.get("op")
        if kind == "test":
            continue
        # Of what goes, a test says what it is.
        known = former.get(each.get("path"), each) if kind == "remove" else each
        value = f" {_short(known['value'])}" if "value" in known else ""
        yield from indented(
            f"{kind} {each.get('path')}{value}", NARROW, " " * 6, " " * 8
        )


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _leaving(holders: Sequence[Holder], of_daemon: str) -> Iterator[str]:
    for each in holders:
        note = f"stays: {each.stays}" if each.stays else ""
        if each.daemon:
            note = f"of DaemonSet {each.daemon}: {of_daemon}"
        elif each.is_alone:
            note = "nothing makes it anew"
        yield visible(f"      pod {each.title}" + (f" ({note})" if note else ""))
