"""What is shown of a stage before it is done, and of a migration."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from shlex import quote
from typing import Any, Final

from dractl.cli.migrate.ways import DEFAULT
from dractl.cli.terminal import Terminal
from dractl.cli.text import NARROW, columns, counted, indented, visible
from dractl.live.draining import Holder
from dractl.migrate.progress import Course, Mark, Migration, State
from dractl.migrate.steps import Step

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
    lines = [_heading(f"STAGE {stage.name}", stage.title, screen)]
    if stage.nodes:
        lines += _paragraph("nodes: ", ", ".join(stage.nodes))
    for workload, count in stage.pods.items():
        said = f"{counted(count, 'pod')} of {workload} have to find another place"
        lines += _paragraph("", said)
    for doubt in stage.doubts:
        lines += _paragraph("doubt: ", doubt)
    for number, (step, record) in enumerate(
        zip(stage.steps, course.records, strict=True), 1
    ):
        mark = _MARKS[record.mark]
        told = f"{step.text} ({mark})" if mark else step.text
        lines += indented(told, NARROW, f"{number:>4}. ", "      ")
        lines += _details(step)
        if step.verb == "evict":
            lines += _leaving(leaving.get(step.name, ()))
    return "".join(f"{each}\n" for each in lines)


def stages_to_undo(courses: Iterable[Course], screen: Terminal) -> str:
    """Return what is taken back, in that order."""
    lines: list[str] = []
    for course in courses:
        lines.append(_heading(f"ROLL BACK {course.stage.name}", "", screen))
        steps = zip(course.stage.steps, course.records, strict=True)
        for step, record in reversed([*steps]):
            if record.mark not in {Mark.OPEN, Mark.UNDONE}:
                told = f"take back: {step.text}"
                lines += indented(told, NARROW, "    - ", "      ")
                lines += _operations(step.back)
    return "".join(f"{each}\n" for each in lines)


def table(migration: Migration, screen: Terminal) -> str:
    """Return the stages of a migration, and how far each is."""
    head = ("STAGE", "STATE", "STEPS", "WHAT")
    rows = [
        (
            visible(each.stage.name),
            str(each.state),
            f"{each.done}/{len(each.stage.steps)}",
            visible(each.stage.title),
        )
        for each in migration.courses
    ]
    first, *rest = columns([head, *rows])
    return "".join(f"{each}\n" for each in (screen.heading(first), *rest))


def what_next(migration: Migration, path: str, program: str) -> str:
    """Return what comes next, with the command that does it."""
    last, following = migration.last, migration.next
    if last is not None and last.state is State.PARTLY_BACK:
        verb, what = "rollback", f"takes back the rest of {last.stage.name}"
    elif last is not None and last.state is State.APPLIED:
        verb, what = "verify", f"checks stage {last.stage.name}"
    elif following is None:
        return "nothing is left to do"
    else:
        is_begun = following.state is State.PARTLY
        goes_on = "goes on with" if is_begun else "does"
        verb, what = "apply", f"{goes_on} stage {following.stage.name}"
    state = "" if path == DEFAULT else f" --state {quote(path)}"
    return f"{program} migrate {verb}{state} {what}"


def note_next(migration: Migration, path: str, screen: Terminal) -> None:
    """Say what comes next."""
    screen.note(f"next: {what_next(migration, path, screen.program)}")


def _heading(name: str, title: str, screen: Terminal) -> str:
    return screen.heading(visible(f"{name}: {title}" if title else name))


def _paragraph(first: str, text: str) -> Iterator[str]:
    return indented(text, NARROW, f"  {first}", "    ")


def _details(step: Step) -> Iterator[str]:
    if step.patch:
        yield from _operations(step.patch)
    for key, value in step.labels.items():
        yield visible(f"      {key}-" if value is None else f"      {key}={value}")


def _operations(patch: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for each in patch:
        kind = each.get("op")
        if kind == "test":
            continue
        value = f" {_short(each['value'])}" if "value" in each else ""
        yield from indented(
            f"{kind} {each.get('path')}{value}", NARROW, " " * 6, " " * 8
        )


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _leaving(holders: Sequence[Holder]) -> Iterator[str]:
    for each in holders:
        note = f"stays: {each.stays}" if each.stays else ""
        if each.daemon:
            note = f"of DaemonSet {each.daemon}: once the plugin has gone"
        elif each.is_alone:
            note = "nothing makes it anew"
        yield visible(f"      pod {each.title}" + (f" ({note})" if note else ""))
