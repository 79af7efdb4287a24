"""Where the steps of a stage are done: a cluster, the stage, who watches."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from dractl.api.conversion import convert
from dractl.cli.confirm import confirmed
from dractl.cli.migrate.statefile import Keeper
from dractl.cli.terminal import Terminal
from dractl.cli.text import counted
from dractl.errors import DractlError, ExitStatus
from dractl.legacy.shapes import text_at
from dractl.live.changing import Changes, Wire
from dractl.live.connection import Connection
from dractl.live.draining import Holder, Use, drain, holders
from dractl.live.kinds import CLAIM, DEVICE_CLASS, NODE, TEMPLATE
from dractl.live.place import Place
from dractl.live.served import Served
from dractl.migrate.progress import Course, Mark, Stack, stack
from dractl.migrate.steps import Step, Verb

Former = Mapping[str, Any]

_MADE: Final = {each.kind: each for each in (DEVICE_CLASS, TEMPLATE, CLAIM)}
_NAMED: Final = 5  # pods that a message names


class Done(NamedTuple):
    """What became of a step: what undoes it, and what is said of it ("" nothing)."""

    former: Former
    said: str


@dataclass(frozen=True)
class Site:
    """What it takes to do steps. `seconds` is how long one waits; None: no end.

    `begun` is the stage as it was before this run. `answers_yes`: the user has said yes
    before.
    """

    changes: Changes
    served: Served
    keeper: Keeper
    begun: Course
    screen: Terminal
    seconds: float | None
    answers_yes: bool

    @property
    def is_dry(self) -> bool:
        """Whether steps are only tried."""
        return self.changes.is_dry

    @property
    def connection(self) -> Connection:
        """The cluster."""
        return self.changes.connection

    @property
    def course(self) -> Course:
        """The stage as it is now."""
        return self.keeper.course(self.begun.stage.name)

    def place(self, step: Step) -> Place:
        """Return where the object of a step is; raise DractlError if it is unserved."""
        kind = _MADE.get(step.kind) if step.document is not None else None
        if kind is not None:
            # It is planned in v1, which an older server does not have.
            place = self.served.of_kind(kind)
            namespace = step.namespace if kind.namespaced else None
            return replace(place, namespace=namespace, name=step.name)
        version = step.api_version or "v1"
        return self.served.place(
            version, step.kind or NODE.kind, step.namespace, step.name
        )

    def document(self, step: Step) -> Wire:
        """Return what a step creates, in the version that the server has."""
        return convert(step.document or {}, self.place(step).version)

    def standing(self, step: Step) -> Wire:
        """Return the object of a step as it is now; raise DractlError without one."""
        found = self.changes.read(self.place(step))
        if found is None:
            raise halt(f"{title(step)} is not there any more")
        return found

    def stack(self, step: Step) -> Stack:
        """Return what the stage says of the node of a step."""
        found = stack(self.begun.stage, step.name)
        resources = found.resources | {*step.amounts}
        return Stack(resources, {**found.devices, **step.devices})

    def former(self, verb: Verb, name: str) -> Former:
        """Return what is kept of another step of the stage, for an object."""
        course = self.course
        pairs = zip(course.stage.steps, course.records, strict=True)
        found = (r.former for s, r in pairs if (s.verb, s.name) == (verb, name))
        return next(found, {})

    def mark(self, step: Step) -> Mark:
        """Return how far a step was before this run."""
        pairs = zip(self.begun.stage.steps, self.begun.records, strict=True)
        return next(record.mark for each, record in pairs if each is step)

    def holders(self, node: str, use: Use) -> tuple[Holder, ...]:
        """Return the pods that use devices of a node."""
        return holders(self.connection, self.served, node, use)

    def drained(
        self, node: str, use: Use, *, with_daemons: bool = False
    ) -> tuple[str, ...]:
        """Bring pods to leave a node; return their names.

        Those of DaemonSets come back at once, so that they stay unless they are wanted,
        too. Raises DractlError where some of the others stay until the time is over.
        """

        def look() -> list[Holder]:
            there = self.holders(node, use)
            return [each for each in there if not _stays(each, with_daemons)]

        for each in self.holders(node, use):
            if why := _stays(each, with_daemons):
                self.screen.warn(f"pod {each.title} stays on {node}: {why}")
        names = tuple(each.title for each in look())
        if not names:
            return ()
        with self.screen.progress(f"pods gone from {node}:") as progress:
            found = drain(self.changes, look, self.seconds, progress)
        if self.is_dry:
            for name, why in found.kept.items():
                self.screen.warn(f"pod {name} would stay on {node} for now: {why}")
        elif found.left:
            raise _stuck(node, found.left, found.kept)
        return names

    def is_done_by_hand(self, what: str, *, was_told: bool) -> bool:
        """Tell whether the user has done something; who said yes before, once told."""
        if self.is_dry or (self.answers_yes and was_told):
            return True
        self.screen.note(f"by hand: {what}")
        if self.answers_yes:
            return False
        return confirmed("is that done?", self.screen, yes=False)


def _stays(holder: Holder, with_daemons: bool) -> str:
    if holder.daemon and not with_daemons:
        return f"DaemonSet {holder.daemon} would put it there again"
    return holder.stays


def _stuck(node: str, left: list[Holder], kept: Mapping[str, str]) -> DractlError:
    names = ", ".join(each.title for each in left[:_NAMED])
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    why = next(iter(kept.values()), "")
    return halt(
        f"{counted(len(left), 'pod')} did not leave {node} in time: {names}{more}"
        + (f"; {why}" if why else ""),
        hint="see to it that they can go, then run the same command again; "
        "--timeout gives them longer",
    )


def title(step: Step) -> str:
    """Return what a step is about: `Deployment a/b`."""
    of = f"{step.namespace}/" if step.namespace else ""
    return f"{step.kind or NODE.kind} {of}{step.name}"


def halt(message: str, hint: str = "") -> DractlError:
    """Return what ends a run before its end: the answer is no, nothing is broken."""
    on = "look at it; the same command goes on from there"
    return DractlError("halted", message, hint=hint or on, status=ExitStatus.NO)


def is_made_by(document: Wire, manager: str) -> bool:
    """Tell whether the server knows a manager as one who wrote the object."""
    metadata = document.get("metadata")
    entries = metadata.get("managedFields") if isinstance(metadata, Mapping) else None
    return any(
        text_at(each, "manager") == manager
        for each in (entries if isinstance(entries, list) else ())
    )
