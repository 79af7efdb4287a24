"""A cluster that is followed: what was read, kept up with what changes."""

import json
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from dractl.api.cluster_info import written
from dractl.api.decode import Decoded, decode
from dractl.api.problems import Problem
from dractl.errors import DractlError
from dractl.live.connection import Connection, LostConnection
from dractl.live.errors import ClusterError
from dractl.live.place import Asked
from dractl.live.reading import Listed, Reading
from dractl.model.cluster_info import Cause

_SECONDS: Final = 300  # that a watch lasts before it is asked for again
_GRACE: Final = 30  # seconds more, in which the server ends it
_PAUSE: Final = 1.0  # seconds before a try after one that failed
_POLL: Final = 10.0  # seconds between two reads of a kind that may not be watched

_LASTING: Final = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}
)
"""Refusals that another try does not change, but for a kind that a cluster may lack."""

Result = Decoded | Problem


class Mirror:
    """The objects of a cluster as they are now, each kind followed by its own thread.

    The threads are daemons, and end with the process. They hold decoded objects: as
    mappings, a fleet's would take a gigabyte. A try after one that failed waits for
    `pause` seconds; a kind that may not be watched is read every `poll` seconds.
    """

    def __init__(
        self,
        connection: Connection,
        reading: Reading,
        *,
        pause: float = _PAUSE,
        poll: float = _POLL,
    ) -> None:
        self._connection = connection
        self._reading = reading
        self._changed = threading.Event()
        self._lock = threading.Lock()
        self._failure: DractlError | None = None
        self._is_over = False
        self._pause, self._poll = pause, poll
        self._shelves = [_Shelf(each, reading.server) for each in reading.lists]
        for shelf in self._shelves:
            if shelf.listed.refusal is None and shelf.listed.pages:
                threading.Thread(
                    target=self._follow, args=(shelf,), daemon=True
                ).start()

    def wait(self, seconds: float) -> bool:
        """Tell whether something has changed, as soon as it does.

        Raises DractlError if the cluster cannot be followed any more.
        """
        is_changed = self._changed.wait(seconds)
        self._changed.clear()
        if self._failure is not None:
            raise self._failure
        return is_changed

    def close(self) -> None:
        """Follow nothing any more; what runs ends with its next answer."""
        self._is_over = True

    def results(self) -> Iterator[Result | None]:
        """Yield what a snapshot of this moment is made from."""
        yield decode(written(self._reading.info), self._reading.server)
        with self._lock:
            shelves = [dict(shelf.objects) for shelf in self._shelves]
        for objects in shelves:
            for key in sorted(objects):
                yield objects[key]

    def _follow(self, shelf: "_Shelf") -> None:
        try:
            while shelf.is_served and not self._is_over:
                self._watch(shelf)
        except DractlError as error:
            if not self._is_over:
                self._failure = error
                self._changed.set()

    def _watch(self, shelf: "_Shelf") -> None:
        """Follow a kind until its watch ends; read it anew where that is too late."""
        query = [
            ("watch", "1"),
            ("resourceVersion", shelf.moment),
            ("allowWatchBookmarks", "true"),
            ("timeoutSeconds", str(_SECONDS)),
        ]
        listed = shelf.listed
        selector = listed.kind.selector
        query += [] if selector is None else [("fieldSelector", selector)]
        place = listed.kind.place(listed.version, listed.namespace)
        started = time.monotonic()
        try:
            for line in self._connection.lines(
                Asked("watch", place), query, _SECONDS + _GRACE
            ):
                self._take(shelf, json.loads(line))
            # A server that ends every watch at once is not asked without a rest.
            time.sleep(max(0.0, self._pause - (time.monotonic() - started)))
        except (LostConnection, _TooOld, ValueError):
            time.sleep(self._pause)
            self._read_again(shelf)
        except ClusterError as error:
            is_removed = error.http == HTTPStatus.NOT_FOUND and listed.kind.optional
            if error.http in _LASTING and not is_removed:
                raise
            is_forbidden = error.http == HTTPStatus.FORBIDDEN
            time.sleep(self._poll if is_forbidden else self._pause)
            self._read_again(shelf)

    def _take(self, shelf: "_Shelf", event: dict[str, Any]) -> None:
        kind, document = event.get("type"), event.get("object")
        if kind == "ERROR" or not isinstance(document, dict):
            raise _TooOld
        with self._lock:
            shelf.take(kind, document)
        if kind != "BOOKMARK":
            self._changed.set()

    def _read_again(self, shelf: "_Shelf") -> None:
        kind = shelf.listed.kind
        listed = self._reading.again(kind)
        if listed is None:
            with self._lock:
                shelf.is_served, shelf.objects = False, {}
        elif listed.gap is not None and listed.gap.cause is Cause.FAILED:
            if listed.refusal is not None and not kind.optional:
                raise listed.refusal
            time.sleep(self._poll)  # what was there may still be
            return
        else:
            fresh = _Shelf(listed, self._reading.server)
            with self._lock:
                shelf.listed, shelf.moment = listed, fresh.moment
                shelf.objects = fresh.objects
        self._changed.set()


class _TooOld(Exception):
    """What happened since is not known any more."""


class _Shelf:
    """The objects of a kind under their names, and the moment that they are of."""

    def __init__(self, listed: Listed, server: str) -> None:
        self.listed = listed
        self.is_served = True
        self.moment = listed.moment
        self.objects: dict[str, Result] = {}
        self._server = server
        for document in listed.documents():
            self._put(document)

    def take(self, change: object, document: dict[str, Any]) -> None:
        """Follow one event of a watch."""
        metadata = document.get("metadata") or {}
        self.moment = metadata.get("resourceVersion") or self.moment
        if change in {"ADDED", "MODIFIED"}:
            self._put(document)
        elif change == "DELETED":
            self.objects.pop(_key(metadata), None)

    def _put(self, document: dict[str, Any]) -> None:
        result = decode(document, self._server)
        if result is not None:
            self.objects[_key(document.get("metadata") or {})] = result


def _key(metadata: dict[str, Any]) -> str:
    """Return what the API orders objects by."""
    return f"{metadata.get('namespace') or ''}/{metadata.get('name') or ''}"
