"""Whole lists, however many pages they have and whatever happens in between."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from dractl.live.connection import NO_JSON, Connection, Query, unlike
from dractl.live.errors import ClusterError
from dractl.live.pages import Page
from dractl.live.place import Asked, Place

PAGE: Final = 500  # objects, as kubectl
_MOST_STARTS: Final = 3

OnPage = Callable[[int], None]
"""Is told how many objects are still to come."""


def pages(
    connection: Connection,
    place: Place,
    query: Query,
    on_page: OnPage,
    patience: float | None = None,
) -> list[Page]:
    """Return the pages of a list; raise DractlError where it cannot be read.

    `patience` is that of `Connection.get`.
    A token that has expired (410) makes it begin anew, and the last time without pages,
    as client-go's pager does: what has been read so far is of another moment.
    """
    for starts in range(1, _MOST_STARTS + 1):
        limit = [("limit", str(PAGE))] if starts < _MOST_STARTS else []
        try:
            return _pages(connection, place, [*query, *limit], on_page, patience)
        except ClusterError as error:
            if error.http != HTTPStatus.GONE or starts == _MOST_STARTS:
                raise
    raise AssertionError(place)  # the last start returns or raises


def _pages(
    connection: Connection,
    place: Place,
    query: Query,
    on_page: OnPage,
    patience: float | None,
) -> list[Page]:
    found = [_page(connection, place, query, patience)]
    on_page(found[-1].remaining)
    # A token holds the version that its first page had; naming one again is refused.
    rest = [each for each in query if each[0] != "resourceVersion"]
    while token := found[-1].token:
        onward = [*rest, ("continue", token)]
        found.append(_page(connection, place, onward, patience))
        on_page(found[-1].remaining)
    return found


def _page(
    connection: Connection, place: Place, query: Query, patience: float | None
) -> Page:
    answer = connection.get(Asked("list", place), query, patience)
    try:
        return Page(answer.body)
    except NO_JSON:
        raise unlike(connection.server, place.path) from None
