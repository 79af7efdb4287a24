"""The objects of the double, their history, and how they are written out."""

import bisect
import copy
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dractl.api.conversion import convert, is_version_of
from dractl.api.defaults import with_defaults
from dractl.api.versions import GROUP, to_hub
from tests.apiserver.clock import Clock
from tests.apiserver.ownership import Owner, managed_fields
from tests.apiserver.resources import Resource, Wire

ADDED: Final = "ADDED"
MODIFIED: Final = "MODIFIED"
DELETED: Final = "DELETED"


@dataclass(frozen=True)
class Stored:
    """One state of an object, in v1 form for resource.k8s.io; never changed."""

    resource: Resource
    document: Wire
    owners: tuple[Owner, ...] = ()
    _texts: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)

    @property
    def metadata(self) -> Wire:
        """Its metadata, to be read only."""
        metadata: Wire = self.document["metadata"]
        return metadata

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.metadata["name"])

    @property
    def key(self) -> str:
        """Where it lies among its kind, as in etcd."""
        return key_of(self.metadata.get("namespace"), self.name)

    @property
    def revision(self) -> int:
        """Its resourceVersion."""
        return int(self.metadata["resourceVersion"])

    def form(self, version: str) -> Wire:
        """Return it in a version, without apiVersion and kind, as lists have it."""
        form = dict(shown_as(self.document, version))
        del form["apiVersion"], form["kind"]
        form["metadata"] = self.metadata | managed_fields(self.owners)
        return form

    def item(self, version: str) -> bytes:
        """Return that as JSON; it is made once, since pages of big lists repeat it."""
        if version not in self._texts:
            text = json.dumps(self.form(version), separators=(",", ":"))
            self._texts[version] = text.encode()
        return self._texts[version]

    def whole(self, version: str) -> Wire:
        """Return it in a version, as GET answers."""
        head = {
            "kind": self.resource.kind,
            "apiVersion": self.resource.api_version(version),
        }
        return head | self.form(version)


@dataclass(frozen=True)
class Event:
    """A change: the state after it (for DELETED the last one) and the one before."""

    revision: int
    type: str
    stored: Stored
    before: Stored | None


def key_of(namespace: str | None, name: str) -> str:
    """Return what objects of a kind are found and ordered by."""
    return f"{namespace}/{name}" if namespace else name


def hub_of(document: Mapping[str, Any]) -> Wire:
    """Return a copy in the form in which objects are stored, with defaults."""
    wire = copy.deepcopy(dict(document))
    version = str(wire.get("apiVersion")).rpartition("/")[2]
    if not is_version_of(wire, version):
        return wire
    return dict(with_defaults(to_hub(with_defaults(wire))))


def shown_as(document: Wire, version: str) -> Mapping[str, Any]:
    """Return a stored object in a version."""
    own = str(document["apiVersion"])
    if own.startswith(f"{GROUP}/") and not own.endswith(f"/{version}"):
        return convert(document, version, defaults=True)
    return document


class Store:
    """All objects; hold `lock` for whatever belongs together, `changed` wakes watches.

    Revisions count up by one per change, over all kinds.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.revision = 1
        self.compacted = 0
        self._uids = 0
        self._objects: dict[Resource, dict[str, Stored]] = {}
        self._sorted: dict[Resource, list[Stored]] = {}
        self._events: dict[Resource, list[Event]] = {}

    def get(
        self, resource: Resource, namespace: str | None, name: str
    ) -> Stored | None:
        """Return an object; None: there is none."""
        return self._objects.get(resource, {}).get(key_of(namespace, name))

    def all(self, resource: Resource) -> Sequence[Stored]:
        """Return the objects of a kind in the order of their keys."""
        if resource not in self._sorted:
            objects = self._objects.get(resource, {})
            self._sorted[resource] = sorted(objects.values(), key=lambda each: each.key)
        return self._sorted[resource]

    def of_kind(self, kind: str) -> list[Wire]:
        """Return the documents of a kind of whatever group, to be read only."""
        return [each.document for each in self.stored_of(kind)]

    def stored_of(self, kind: str) -> list[Stored]:
        """Return the objects of a kind of whatever group."""
        rows = [row for row in self._objects if row.kind == kind]
        return [each for row in rows for each in self.all(row)]

    def at(self, resource: Resource, revision: int) -> Sequence[Stored]:
        """Return the objects of a kind as they were at a revision."""
        undone = list(self.events(resource, revision))
        if not undone:
            return self.all(resource)
        objects = dict(self._objects.get(resource, {}))
        for event in reversed(undone):
            if event.before is None:
                objects.pop(event.stored.key)
            else:
                objects[event.before.key] = event.before
        return sorted(objects.values(), key=lambda each: each.key)

    def events(self, resource: Resource, after: int) -> Iterator[Event]:
        """Yield the changes of a kind after a revision."""
        events = self._events.get(resource, [])
        start = bisect.bisect_right(events, after, key=lambda each: each.revision)
        yield from events[start:]

    def compact(self) -> None:
        """Forget what was: older resourceVersions are too old from now on."""
        with self.lock:
            self.compacted = self.revision
            self._events.clear()

    def new_uid(self) -> str:
        """Return a uid that no object has; the same in every run."""
        self._uids += 1
        return f"00000000-0000-4000-8000-{self._uids:012x}"

    def put(
        self, resource: Resource, document: Wire, owners: tuple[Owner, ...] = ()
    ) -> Stored:
        """Create or replace an object; it gets the next resourceVersion."""
        with self.changed:
            self.revision += 1
            metadata = document["metadata"] | {"resourceVersion": str(self.revision)}
            stored = Stored(resource, document | {"metadata": metadata}, owners)
            objects = self._objects.setdefault(resource, {})
            before = objects.get(stored.key)
            objects[stored.key] = stored
            self._note(MODIFIED if before else ADDED, stored, before)
            return stored

    def remove(self, stored: Stored) -> Stored:
        """Take an object away; return its last state, dated by its end."""
        with self.changed:
            self.revision += 1
            metadata = stored.metadata | {"resourceVersion": str(self.revision)}
            last = Stored(
                stored.resource,
                stored.document | {"metadata": metadata},
                stored.owners,
            )
            before = self._objects[stored.resource].pop(stored.key)
            self._note(DELETED, last, before)
            return last

    def _note(self, kind: str, stored: Stored, before: Stored | None) -> None:
        self._sorted.pop(stored.resource, None)
        events = self._events.setdefault(stored.resource, [])
        events.append(Event(self.revision, kind, stored, before))
        self.changed.notify_all()
