"""Watches: changes as they happen, one line of JSON each."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.apiserver.lists import Scope
from tests.apiserver.messages import Answer, Request
from tests.apiserver.resources import Wire
from tests.apiserver.selectors import selects
from tests.apiserver.statuses import expired
from tests.apiserver.store import ADDED, DELETED, MODIFIED, Event, Store, Stored

_BOOKMARK: Final = "BOOKMARK"
_LONGEST: Final = 1800.0
_INITIAL_END: Final = "k8s.io/initial-events-end"


@dataclass
class Watches:
    """The running watches of a server; `cut` ends them all without a word."""

    store: Store
    _cuts: int = 0
    _is_over: bool = False

    def cut(self) -> None:
        """Drop the connections of the watches that run."""
        with self.store.changed:
            self._cuts += 1
            self.store.changed.notify_all()

    def end(self) -> None:
        """Drop them, and let no further one run."""
        self._is_over = True
        self.cut()

    def answer(self, request: Request, scope: Scope) -> Answer:
        """Answer a watch request; a version that is too old is told in the stream."""
        selects(request.query, scope.resource)  # a bad selector is refused at once
        return Answer(200, lines=self._lines(request, scope))

    def _lines(self, request: Request, scope: Scope) -> Iterator[bytes]:
        query, cuts = request.query, self._cuts
        with self.store.lock:
            now = self.store.revision
            seen = int(query.get("resourceVersion") or 0)
            if seen and seen < self.store.compacted:
                yield _line("ERROR", expired("the resourceVersion is too old").status)
                return
            is_initial = not seen or query.get("sendInitialEvents") == "true"
            first = list(self._initial(request, scope)) if is_initial else []
        if is_initial:
            seen = now
            yield from first
        if query.get("sendInitialEvents") == "true":
            yield _bookmark(scope, seen, {_INITIAL_END: "true"})
        end = time.monotonic() + float(query.get("timeoutSeconds") or _LONGEST)
        while True:
            events = self._next(scope, seen, end, cuts)
            for event in events:
                seen = event.revision
                yield from self._told(event, request, scope)
            if not events:
                break
        if request.flag("allowWatchBookmarks"):
            yield _bookmark(scope, self.store.revision, {})

    def _initial(self, request: Request, scope: Scope) -> Iterator[bytes]:
        for stored in self.store.all(scope.resource):
            if _is_chosen(stored, request, scope):
                yield _line(ADDED, stored.whole(scope.version))

    def _next(self, scope: Scope, seen: int, end: float, cuts: int) -> list[Event]:
        """Return what has changed; nothing at the end."""
        with self.store.changed:
            while self._cuts == cuts and not self._is_over:
                if events := list(self.store.events(scope.resource, seen)):
                    return events
                left = end - time.monotonic()
                if left <= 0:
                    return []
                self.store.changed.wait(left)
        raise ConnectionAbortedError

    def _told(self, event: Event, request: Request, scope: Scope) -> Iterator[bytes]:
        """Yield an event as it looks through the selectors of the watch."""
        now = event.type != DELETED and _is_chosen(event.stored, request, scope)
        before = event.before is not None and _is_chosen(event.before, request, scope)
        if now or before:
            kind = (MODIFIED if before else ADDED) if now else DELETED
            yield _line(kind, event.stored.whole(scope.version))


def _is_chosen(stored: Stored, request: Request, scope: Scope) -> bool:
    chosen = selects(request.query, scope.resource)
    is_here = scope.namespace in (None, stored.metadata.get("namespace"))
    return is_here and (chosen is None or chosen(stored.document))


def _bookmark(scope: Scope, revision: int, annotations: Mapping[str, str]) -> bytes:
    metadata: Wire = {"resourceVersion": str(revision)}
    if annotations:
        metadata["annotations"] = dict(annotations)
    head = {
        "kind": scope.resource.kind,
        "apiVersion": scope.resource.api_version(scope.version),
    }
    return _line(_BOOKMARK, {**head, "metadata": metadata})


def _line(kind: str, document: Mapping[str, Any]) -> bytes:
    event = {"type": kind, "object": document}
    return json.dumps(event, separators=(",", ":")).encode() + b"\n"
