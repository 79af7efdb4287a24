"""Deletes an object only in the state in which it was seen."""

from enum import Enum
from http import HTTPStatus
from typing import NamedTuple

from dractl.live.connection import Connection
from dractl.live.errors import ClusterError
from dractl.live.place import Place


class Fate(Enum):
    """What became of an object that was to be deleted."""

    DELETED = "deleted"
    GONE = "gone"
    CHANGED = "changed"


class Deleted(NamedTuple):
    """What became of it, and what the server said where it is not deleted."""

    fate: Fate
    message: str = ""


def deleted(
    connection: Connection,
    place: Place,
    *,
    uid: str,
    version: str,
    dry_run: bool = False,
) -> Deleted:
    """Delete an object that still has that uid and that resourceVersion.

    An answer that was lost is no failure: an object that is gone, or is ending, after a
    request was repeated has been deleted by it. Raises DractlError for other refusals.
    """
    before = connection.repeats
    try:
        connection.delete(place, uid=uid, version=version, dry_run=dry_run)
    except ClusterError as error:
        # An earlier try may have done it, with the answer lost on its way.
        was_repeated = connection.repeats > before and not dry_run
        if error.http == HTTPStatus.NOT_FOUND and not was_repeated:
            return Deleted(Fate.GONE, str(error))
        if error.http == HTTPStatus.CONFLICT and not (
            was_repeated and _is_ending(connection, place, uid)
        ):
            return Deleted(Fate.CHANGED, str(error))
        if error.http not in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}:
            raise
    return Deleted(Fate.DELETED)


def _is_ending(connection: Connection, place: Place, uid: str) -> bool:
    """Tell whether the object is there only for its finalizers, or not any more."""
    try:
        found = connection.read(place)
    except ClusterError as error:
        if error.http != HTTPStatus.NOT_FOUND:
            raise
        return True
    metadata = found.get("metadata") or {}
    return metadata.get("uid") == uid and "deletionTimestamp" in metadata
