"""How far a migration is: its stages, what became of each step, what is next.

It is the content of the file that a rollout keeps, from which it is gone on with, or
taken back, by any later run.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from dractl.errors import unclear
from dractl.migrate.answer import Verdict
from dractl.migrate.inputs import Wire
from dractl.migrate.steps import Stage, Step, Verb


class Mark(StrEnum):
    """How far a step is. Of what is begun or undoing, a run may have been killed."""

    OPEN = "open"
    BEGUN = "begun"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Record:
    """What became of a step.

    `former` is what it takes to undo it, as it was before the step; what stands there
    is up to the verb.
    `time` is when that was written, as RFC 3339.
    """

    mark: Mark = Mark.OPEN
    former: Wire = field(default_factory=dict)
    time: str = ""


class State(StrEnum):
    """How far a stage is."""

    OPEN = "open"
    PARTLY = "partly"
    APPLIED = "applied"
    VERIFIED = "verified"
    PARTLY_BACK = "partly-rolled-back"
    BACK = "rolled-back"


NEW: Final = frozenset({Mark.OPEN, Mark.UNDONE})
"""Marks of steps of which there is nothing to take back."""

_OVER: Final = frozenset({State.APPLIED, State.VERIFIED})
_UNTOUCHED: Final = frozenset({State.OPEN, State.BACK})


@dataclass(frozen=True, eq=False, slots=True)
class Course:
    """A stage with a record for each of its steps.

    `verified` is when it was found as it should be, "" if it was not.
    """

    stage: Stage
    records: tuple[Record, ...]
    verified: str = ""

    @property
    def state(self) -> State:
        """How far it is."""
        marks = {each.mark for each in self.records}
        if marks <= {Mark.DONE}:
            return State.VERIFIED if self.verified else State.APPLIED
        if marks <= {Mark.OPEN}:
            return State.OPEN
        if marks <= NEW:
            return State.BACK
        if marks & {Mark.UNDOING, Mark.UNDONE}:
            return State.PARTLY_BACK
        return State.PARTLY

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(each.mark is Mark.DONE for each in self.records)

    @property
    def is_over(self) -> bool:
        """Whether all steps are done."""
        return self.state in _OVER

    @property
    def is_touched(self) -> bool:
        """Whether there is something to take back."""
        return self.state not in _UNTOUCHED


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a migration comes from: the server, its release, who planned it and when.

    `verdict` is that of the proof; `digest` one of the stages, by which a file is known
    that somebody changed by hand. `wishes` tells the options of the plan from others.
    """

    server: str
    kubernetes: str
    dractl: str
    made: str
    verdict: Verdict
    digest: str = ""
    wishes: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Migration:
    """The whole: where it comes from, and its stages in their order."""

    origin: Origin
    courses: tuple[Course, ...]

    @property
    def next(self) -> Course | None:
        """The first stage that is not applied; None: all are."""
        return next((each for each in self.courses if not each.is_over), None)

    @property
    def last(self) -> Course | None:
        """The last stage of which something is done; None: of none."""
        touched = (each for each in reversed(self.courses) if each.is_touched)
        return next(touched, None)

    def named(self, name: str) -> Course:
        """Return a stage; raise DractlError if none is called so."""
        for each in self.courses:
            if each.stage.name == name:
                return each
        names = ", ".join(each.stage.name for each in self.courses)
        raise unclear(f"there is no stage {name[:80]!r}", hint=f"there are {names}")

    def unverified_before(self, course: Course) -> Course | None:
        """Return the first earlier stage that is not verified."""
        earlier = self.courses[: self.courses.index(course)]
        waiting = (each for each in earlier if each.state is not State.VERIFIED)
        return next(waiting, None)

    def to_undo(self, down_to: str | None, *, everything: bool) -> tuple[Course, ...]:
        """Return the stages to take back, the last one first.

        `down_to` is the one that stays, with those before it; without it, only the last
        one goes, or all do.
        """
        touched = [each for each in reversed(self.courses) if each.is_touched]
        if everything:
            return tuple(touched)
        if down_to is None:
            return tuple(touched[:1])
        kept = self.courses.index(self.named(down_to))
        return tuple(each for each in touched if self.courses.index(each) > kept)

    def recorded(self, name: str, number: int, record: Record) -> "Migration":
        """Return it with another record of a step, no longer verified."""
        course = self.named(name)
        records = list(course.records)
        records[number] = record
        changed = replace(course, records=tuple(records), verified="")
        return self._with(course, changed)

    def verified(self, name: str, time: str) -> "Migration":
        """Return it with a stage that is as it should be, "" as time if it is not."""
        course = self.named(name)
        return self._with(course, replace(course, verified=time))

    def _with(self, old: Course, new: Course) -> "Migration":
        courses = tuple(new if each is old else each for each in self.courses)
        return replace(self, courses=courses)


def planned(origin: Origin, stages: tuple[Stage, ...]) -> Migration:
    """Return a migration of which nothing is done."""
    courses = (Course(each, (Record(),) * len(each.steps)) for each in stages)
    return Migration(origin, tuple(courses))


@dataclass(frozen=True, slots=True)
class Stack:
    """What a node's devices are called before and after: resources, and drivers.

    `devices` are how many of each driver have to be published.
    """

    resources: frozenset[str] = frozenset()
    devices: Mapping[str, int] = field(default_factory=dict)


def stack(stage: Stage, node: str) -> Stack:
    """Return what the steps of a stage say of a node."""
    own = [each for each in stage.steps if each.name == node and _is_on_node(each)]
    devices: dict[str, int] = {}
    for each in own:
        devices |= each.devices
    return Stack(frozenset(name for each in own for name in each.amounts), devices)


def _is_on_node(step: Step) -> bool:
    return step.kind == "Node" or step.verb in _OF_NODES


_OF_NODES: Final = frozenset({Verb.CORDON, Verb.EVICT, Verb.WAIT, Verb.UNCORDON})
