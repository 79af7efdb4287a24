"""Changes of objects of any kind, made only to what they were made for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from http import HTTPStatus
from typing import Any, Final

from dractl.legacy.shapes import text_at
from dractl.live.connection import AGAIN, Connection
from dractl.live.errors import ClusterError
from dractl.live.place import Place

Wire = Mapping[str, Any]
Operations = tuple[Wire, ...]
Plan = Callable[[Wire], Operations]
"""What is to change in an object as it is now; it raises Outdated if it must not."""

_TRIES: Final = 5  # while controllers write other fields
_CHANGED: Final = frozenset({HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY})


class Outdated(Exception):
    """An object is not any more what a change was planned for."""


class Outcome(Enum):
    """What became of a change: made, not needed, or not made since others were."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a change, the object then, and why where that is not plain."""

    outcome: Outcome
    object: Wire = field(default_factory=dict)
    message: str = ""


class Evicted(Enum):
    """What became of a pod: it ends, it was gone, or a budget keeps it."""

    ENDING = "ending"
    GONE = "gone"
    KEPT = "kept"


@dataclass(frozen=True)
class Changes:
    """Changes of a cluster in the name of a manager; dry ones are only tried."""

    connection: Connection
    manager: str = "dractl"
    is_dry: bool = False

    def read(self, place: Place) -> Wire | None:
        """Return an object as it is now; None: there is none."""
        try:
            return self.connection.read(place)
        except ClusterError as error:
            if error.http != HTTPStatus.NOT_FOUND:
                raise
            return None

    def create(self, place: Place, document: Wire) -> Changed:
        """Create an object; unchanged where there is one of that name by now.

        An object that was made by a request whose answer was lost is a new one, too.
        """
        before = self.connection.repeats
        above = replace(place, name=None)
        try:
            made = self.connection.create(
                above, document, manager=self.manager, dry_run=self.is_dry
            )
        except ClusterError as error:
            if error.http != HTTPStatus.CONFLICT:
                raise
            standing = self.read(place) or {}
            was_repeated = self.connection.repeats > before
            outcome = Outcome.CHANGED if was_repeated else Outcome.UNCHANGED
            return Changed(outcome, standing, str(error))
        return Changed(Outcome.CHANGED, made)

    def patch(self, place: Place, uid: str, plan: Plan) -> Changed:
        """Change an object that still has that uid, as planned for what it is now.

        The plan is asked again where somebody else writes meanwhile. Raises
        ClusterError where the server refuses the change itself.
        """
        before = self.connection.repeats
        refusal: ClusterError | None = None
        seen = ""
        for _ in range(_TRIES):
            live = self.read(place)
            if live is None:
                return Changed(Outcome.OUTDATED, {}, "it is not there any more")
            if refusal is not None and _version(live) == seen:
                raise refusal  # nobody has changed it: it is the change that is wrong
            seen = _version(live)
            if uid_of(live) != uid:
                return Changed(Outcome.OUTDATED, live, "it was made anew meanwhile")
            try:
                wanted = plan(live)
            except Outdated as why:
                return Changed(Outcome.OUTDATED, live, str(why))
            if not wanted:
                was_repeated = self.connection.repeats > before
                outcome = Outcome.CHANGED if was_repeated else Outcome.UNCHANGED
                return Changed(outcome, live)
            try:
                return Changed(Outcome.CHANGED, self._patched(place, live, wanted))
            except ClusterError as error:
                if error.http not in _CHANGED or error.causes:
                    raise
                refusal = error
        message = f"others change it all the time: {refusal}"
        return Changed(Outcome.OUTDATED, {}, message)

    def _patched(self, place: Place, live: Wire, wanted: Operations) -> Wire:
        path = "/metadata/resourceVersion"
        guard = {"op": "test", "path": path, "value": _version(live)}
        return self.connection.patch(
            place, (guard, *wanted), manager=self.manager, dry_run=self.is_dry
        )

    def evict(self, place: Place, uid: str) -> tuple[Evicted, str]:
        """Ask for the end of a pod that still has that uid; tell what keeps it.

        PodDisruptionBudgets are honoured. A server that is busy keeps a pod, too: it
        may be asked again.
        """
        eviction = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": place.name, "namespace": place.namespace},
            "deleteOptions": {"preconditions": {"uid": uid}},
        }
        below = replace(place, subresource="eviction")
        try:
            self.connection.create(
                below, eviction, manager=self.manager, dry_run=self.is_dry, patience=0
            )
        except ClusterError as error:
            if error.http in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}:
                return Evicted.GONE, str(error)
            if error.http in AGAIN:
                return Evicted.KEPT, str(error)
            raise
        return Evicted.ENDING, ""


def _version(document: Wire) -> str:
    return text_at(document, "metadata", "resourceVersion")


def uid_of(document: Wire) -> str:
    """Return an object's uid, "" if it states none."""
    return text_at(document, "metadata", "uid")
