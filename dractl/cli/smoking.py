"""`dractl doctor --smoke-test`: makes a claim and a pod, and takes them away again."""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Any, Final, Literal

from dractl.api.snapshot import Snapshot
from dractl.api.versions_back import from_hub
from dractl.cli import output
from dractl.cli.confirm import confirmed
from dractl.cli.options import usage
from dractl.cli.reading import Live, Wish, reach
from dractl.cli.source import Source, seconds
from dractl.cli.terminal import Terminal
from dractl.cli.text import columns, visible
from dractl.doctor.smoke import (
    IMAGE,
    Document,
    Hop,
    Step,
    described,
    documents,
    has_run,
    hops,
    is_ours,
    is_over,
)
from dractl.errors import DractlError, ExitStatus
from dractl.live.changing import Changes, Outcome, uid_of
from dractl.live.connection import Connection
from dractl.live.deletion import Fate, deleted
from dractl.live.errors import ClusterError
from dractl.live.kinds import CLAIM, EVENT, POD, Kind
from dractl.live.lists import pages
from dractl.live.place import Place

DryRun = Literal["none", "client", "server"]
_LOOK: Final = 0.5  # seconds between two looks
_TRIES: Final = 5  # while others write the object
_ENDING: Final = 15.0  # seconds until kubelet and controllers have let go
_LATE: Final = 0.2  # seconds between two looks for what may come late
_COMMAND: Final = "doctor smoke-test"
_FORMATS: Final = frozenset({"table", "json", "yaml"})
_REFUSED: Final = range(400, 500)  # what the server answers without making anything
_KINDS: Final = (POD, CLAIM)  # in the order in which they go
_RESOURCES: Final = tuple(each.resource for each in _KINDS)


@dataclass(frozen=True, slots=True)
class Order:
    """What to try: a class (None: the only one there is), where, and for how long."""

    device_class: str | None
    namespace: str | None
    image: str
    seconds: float
    dry_run: DryRun
    is_confirmed: bool
    output_format: str


def ordered(given: Mapping[str, Any], output_format: str) -> Order:
    """Return what the options mean; raise DractlError for a time that is none."""
    if output_format not in _FORMATS:
        raise usage(f"--smoke-test has no output {output_format}")
    return Order(
        given["--class"],
        given["-n"],
        given["--image"] or IMAGE,
        seconds("--wait", given["--wait"] or "2m"),
        given["--dry-run"] or "none",
        is_confirmed=bool(given["--yes"]),
        output_format=output_format,
    )


class Trial:
    """A claim and a pod of one name in a live cluster."""

    def __init__(self, live: Live, device_class: str, pair: Sequence[Document]) -> None:
        self._live = live
        self.device_class = device_class
        self._pair = pair
        about = pair[0]["metadata"]
        self.name: str = about["name"]
        self.namespace: str = about["namespace"]
        self._made: dict[str, str] = {}

    @property
    def connection(self) -> Connection:
        """The connection to the cluster."""
        return self._live.connection

    def create(self, *, is_dry: bool) -> None:
        """Make both, the claim first; raise DractlError where one is refused."""
        changes = Changes(self.connection, is_dry=is_dry)
        for kind, document in zip((CLAIM, POD), self._pair, strict=True):
            # Set before the request: its answer may be lost.
            self._made[kind.kind] = ""
            before = self.connection.repeats
            try:
                made = changes.create(self._place(kind), self._form(kind, document))
            except ClusterError as error:
                if error.http in _REFUSED and self.connection.repeats == before:
                    del self._made[kind.kind]
                raise
            if made.outcome is Outcome.UNCHANGED:
                del self._made[kind.kind]
                raise DractlError("exists", f"{kind.kind} {self.name} exists")
            self._made[kind.kind] = uid_of(made.object)

    @property
    def is_empty(self) -> bool:
        """Whether nothing can have been made."""
        return not self._made

    @property
    def is_made(self) -> bool:
        """Whether both are known to be made."""
        return len(self._made) == len(_KINDS) and all(self._made.values())

    def look(self) -> tuple[Hop, ...]:
        """Return how far they came."""
        changes = Changes(self.connection)
        found = [changes.read(self._place(kind)) for kind in (CLAIM, POD)]
        seen = [each for each in found if each is not None]
        snapshot = Snapshot.from_documents([*seen, *self._events()])
        return hops(snapshot, self.namespace, self.name)

    def remove(self) -> list[str]:
        """Delete what was made, the pod first; return what could not be deleted."""
        left = []
        for kind in _KINDS:
            if kind.kind in self._made:
                try:
                    done = self._delete(kind)
                except DractlError:
                    done = False
                if not done:
                    left.append(kind.resource)
        return left

    def _delete(self, kind: Kind) -> bool:
        place, made = self._place(kind), self._made[kind.kind]
        now = None
        for _ in range(_TRIES):
            now = Changes(self.connection).read(place)
            if now is None and made:
                return True
            if now is None:
                # A request without an answer may still be under way.
                self.connection.wait(_LATE)
                continue
            uid = made or uid_of(now)
            if uid_of(now) != uid or not is_ours(now):
                return True  # somebody else's, of the same name
            version = str((now.get("metadata") or {}).get("resourceVersion", ""))
            fate = deleted(self.connection, place, uid=uid, version=version).fate
            if fate is not Fate.CHANGED:
                return True
        return now is None

    def is_gone(self) -> bool:
        """Tell whether nothing of what was made is there any more."""
        changes = Changes(self.connection)
        return all(
            now is None or uid_of(now) != made
            for kind in _KINDS
            if (made := self._made.get(kind.kind))
            for now in (changes.read(self._place(kind)),)
        )

    def _events(self) -> Iterator[Mapping[str, Any]]:
        query = [("fieldSelector", f"involvedObject.name={self.name}")]
        try:
            found = pages(
                self.connection, EVENT.place("v1", self.namespace), query, _quiet, 0
            )
        except DractlError:
            return  # few may not read them; the pod tells most
        for page in found:
            for item in page.items():
                if isinstance(item, dict):
                    yield {"apiVersion": "v1", "kind": "Event", **item}

    def _place(self, kind: Kind) -> Place:
        return kind.place(self._version(kind), self.namespace).of(self.name)

    def _version(self, kind: Kind) -> str:
        return self._live.reading.version_of(kind) or kind.versions[0]

    def _form(self, kind: Kind, document: Document) -> Mapping[str, Any]:
        version = self._version(kind)
        is_hub = kind is POD or version == "v1"
        return document if is_hub else from_hub(document, version)


def _quiet(_missing: int) -> None:
    """Hear how much of a list is still to come."""


def smoke_test(order: Order, source: Source, screen: Terminal) -> ExitStatus:
    """Try the way of a device, print how far it came, and leave nothing behind."""
    if not source.is_live:
        raise usage("--smoke-test needs a live cluster")
    wish = Wish(_COMMAND, order.namespace, fresh=True)
    live = reach(source, wish, screen)
    seen = Snapshot.from_sourced(live.reading.documents())
    namespace = order.namespace or live.connection.namespace
    name = f"dractl-smoke-test-{secrets.token_hex(5)}"
    device_class = _class(order.device_class, seen)
    pair = documents(name, namespace, device_class, order.image)
    if order.dry_run == "client":
        screen.write(_preview(pair))
        screen.note("dry run: no object was made")
        return ExitStatus.YES
    screen.err.write(_preview(pair))
    question = f"make these, and delete them again, in {live.connection.server}?"
    is_yes = order.is_confirmed or order.dry_run == "server"
    if not confirmed(question, screen, yes=is_yes):
        screen.note("nothing was made")
        return ExitStatus.NO
    return _carried_out(Trial(live, device_class, pair), order, screen)


def _class(asked: str | None, seen: Snapshot) -> str:
    names = sorted(each.name for each in seen.classes)
    there = ", ".join(names) or "none"
    if asked is not None:
        if asked not in names:
            raise usage(f"there is no DeviceClass {asked[:60]!r}; there is {there}")
        return asked
    if len(names) != 1:
        message = f"which class is to be tried? There is {there}"
        raise usage(message, hint="say --class NAME")
    return names[0]


def _preview(pair: Sequence[Document]) -> str:
    return "---\n".join(map(output.as_yaml, pair))


def _carried_out(trial: Trial, order: Order, screen: Terminal) -> ExitStatus:
    """Make the objects, watch them, and delete them, whatever happens."""
    found: tuple[Hop, ...] = ()
    status = ExitStatus.NO
    is_dry = order.dry_run == "server"
    try:
        trial.create(is_dry=is_dry)
        if is_dry:
            screen.note("dry run on the server: it would take both objects")
            return ExitStatus.YES
        found = _watched(trial, order.seconds, screen)
        status = ExitStatus.YES if has_run(found) else ExitStatus.NO
    except KeyboardInterrupt:
        screen.warn("interrupted")
        status = ExitStatus.INTERRUPTED
    except DractlError as error:
        screen.fail(error)
        status = error.status
        if not trial.is_made:
            found = (Hop(Step.CREATED, is_done=False, said=str(error)),)
    finally:
        if not is_dry:
            patience = min(order.seconds, _ENDING)
            status = _cleaned(trial, status, patience, screen)
    if found:
        screen.offer(_shown(trial, found, order.output_format))
    return status


def _watched(trial: Trial, seconds: float, screen: Terminal) -> tuple[Hop, ...]:
    """Look again and again until the pod ran, or time is over."""
    end = time.monotonic() + seconds
    done = 0
    while True:
        found = trial.look()
        steps = [each for each in found if each.is_done]
        for each in steps[done:]:
            screen.note(": ".join(filter(None, (each.step.value, each.said))))
        done = max(done, len(steps))
        if is_over(found) or time.monotonic() >= end:
            return found
        trial.connection.wait(min(_LOOK, max(end - time.monotonic(), 0)))


def _cleaned(
    trial: Trial, status: ExitStatus, patience: float, screen: Terminal
) -> ExitStatus:
    """Delete the objects; say how to do it by hand where that fails."""
    if trial.is_empty:
        screen.note("nothing was made")
        return status
    left = [*_RESOURCES]
    try:
        left = trial.remove()
        if not left and _has_gone(trial, patience):
            screen.note("the objects are deleted")
            return status
    except KeyboardInterrupt:
        status = ExitStatus.INTERRUPTED
    kinds, where = ",".join(left or _RESOURCES), quote(trial.namespace)
    if left:
        screen.warn(f"not deleted: kubectl delete {kinds} {trial.name} -n {where}")
        return status if status is ExitStatus.INTERRUPTED else ExitStatus.ENVIRONMENT
    screen.warn(
        "they are being deleted, and still there: see whether the kubelet gives the "
        f"device back: kubectl get {kinds} {trial.name} -n {where}"
    )
    return ExitStatus.NO if status is ExitStatus.YES else status


def _has_gone(trial: Trial, patience: float) -> bool:
    """Wait for the end of the objects, which kubelet and controllers have to allow."""
    end = time.monotonic() + patience
    while True:
        try:
            if trial.is_gone():
                return True
        except DractlError:
            return False
        if time.monotonic() >= end:
            return False
        trial.connection.wait(_LATE)


def _shown(trial: Trial, found: Sequence[Hop], output_format: str) -> str:
    if output_format in {"json", "yaml"}:
        tried = trial.device_class, trial.name, trial.namespace
        return output.as_data(described(*tried, found), output_format)
    rows = [
        (each.step.value, "yes" if each.is_done else "no", visible(each.said))
        for each in found
    ]
    return "".join(f"{line}\n" for line in columns([("STEP", "DONE", ""), *rows]))
