"""Requests to an API server: sent again where that may help, refused in clear words."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final, NamedTuple, Protocol

from dractl.errors import DractlError
from dractl.live.errors import (
    READING,
    ClusterError,
    denied,
    refusal,
    refused,
    verbs_of,
)
from dractl.live.place import Asked, Place

Query = Sequence[tuple[str, str]]

AGAIN: Final = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""What another try may change."""
NO_JSON: Final = (ValueError, RecursionError)
"""What reading JSON raises; the second for what is nested a thousand times."""
_MOST_TRIES: Final = 10  # as client-go
_FIRST_PAUSE: Final = 0.1  # seconds; doubled for every further try
_LONGEST_PAUSE: Final = 5.0
_LEAST: Final = 0.001  # seconds that a try has; 0 would mean without end
_REVIEWS: Final = {
    "SelfSubjectReview": "authentication",
    "SelfSubjectAccessReview": "authorization",
}
"""Kinds by which users ask about themselves, and the groups that they are in."""


class Answer(NamedTuple):
    """What the server sent; the body is unpacked already."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. `body` is JSON; without a `content_type` nothing is sent."""

    method: str
    path: str
    query: Query = ()
    body: object = None
    content_type: str | None = None


class LostConnection(Exception):
    """The connection broke, or the answer did not come whole."""


class Transport(Protocol):
    """What carries requests: the official client, wrapped in connect.py.

    `send` raises LostConnection where trying again may help, DractlError where not.
    """

    server: str
    generation: int
    """How often there have been new credentials."""

    def send(self, request: Request, seconds: float | None) -> Answer:
        """Send the request and return the answer, whatever its status."""

    def lines(
        self, request: Request, seconds: float | None
    ) -> Iterator[bytes] | Answer:
        """Send the request; return its lines as they come, or an answer that refuses.

        Both this and the lines raise LostConnection where the connection breaks.
        """

    def renew(self, generation: int) -> bool:
        """Get credentials that are newer than those; tell whether there are any."""

    def close(self) -> None:
        """Close all connections."""


class Connection:
    """A cluster that is asked as one user.

    `namespace` is that of the kubeconfig's context, `timeout` how many seconds a
    request may take with all its retries; None: as long as it takes. `repeats` counts
    the requests that were sent again: the server may have done them before.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        namespace: str,
        user: str,
        timeout: float | None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.namespace = namespace
        self.server = transport.server
        self.repeats = 0
        self._transport = transport
        self._user = user
        self._timeout = timeout
        self._pause = pause
        self._name: str | None = None
        self._naming = threading.Lock()

    def get(
        self, asked: Asked, query: Query = (), patience: float | None = None
    ) -> Answer:
        """Return the answer to a GET; raise DractlError for anything but success.

        A server that asks to come back is asked again for `patience` seconds; None: for
        as long as a request may take.
        """
        path = asked.place.path if asked.place else asked.path
        return self._asked(asked, Request("GET", path, query), patience)

    def read(self, place: Place) -> dict[str, Any]:
        """Return an object; raise DractlError, ClusterError if it is not there."""
        return self._object(self.get(Asked("get", place)), place.path)

    def apply(
        self,
        place: Place,
        document: Mapping[str, Any],
        *,
        manager: str,
        force: bool = False,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """Apply a document on the server's side and return what it became.

        Raises ClusterError, with http 409 where another manager owns a field.
        """
        query = [("fieldManager", manager), ("fieldValidation", "Strict")]
        query += [("force", "true")] if force else []
        query += [("dryRun", "All")] if dry_run else []
        sent = Request(
            "PATCH", place.path, query, document, "application/apply-patch+yaml"
        )
        return self._object(self._asked(Asked("patch", place), sent), place.path)

    def patch(
        self,
        place: Place,
        operations: Sequence[Mapping[str, Any]],
        *,
        manager: str,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """Change an object by a JSON patch (RFC 6902); return what it became.

        Raises ClusterError, with http 422 and without causes where it does not fit, as
        when a `test` of it fails.
        """
        query = [("fieldManager", manager), ("fieldValidation", "Strict")]
        query += [("dryRun", "All")] if dry_run else []
        kind = "application/json-patch+json"
        sent = Request("PATCH", place.path, query, list(operations), kind)
        return self._object(self._asked(Asked("patch", place), sent), place.path)

    def create(
        self,
        place: Place,
        document: Mapping[str, Any],
        *,
        manager: str,
        dry_run: bool = False,
        patience: float | None = None,
    ) -> dict[str, Any]:
        """Create an object, or what a subresource takes; return the answer.

        `place` is that of the list, or of the subresource; `patience` that of `get`.
        Raises ClusterError, with http 409 where there is such an object.
        """
        query = [("fieldManager", manager), ("fieldValidation", "Strict")]
        query += [("dryRun", "All")] if dry_run else []
        sent = Request("POST", place.path, query, document, "application/json")
        answer = self._asked(Asked("create", place), sent, patience)
        return self._object(answer, place.path)

    def delete(
        self,
        place: Place,
        *,
        uid: str | None = None,
        version: str | None = None,
        dry_run: bool = False,
    ) -> None:
        """Delete an object, only if it still has that uid and that resourceVersion.

        Raises ClusterError, with http 404 if it is gone, 409 if it has others.
        """
        options: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions"}
        wanted = {"uid": uid, "resourceVersion": version}
        if stated := {key: value for key, value in wanted.items() if value}:
            options["preconditions"] = stated
        query = [("dryRun", "All")] if dry_run else []
        sent = Request("DELETE", place.path, query, options, "application/json")
        self._asked(Asked("delete", place), sent)

    def lines(
        self, asked: Asked, query: Query = (), seconds: float | None = None
    ) -> Iterator[bytes]:
        """Return the lines of an answer as they come, all of them within the seconds.

        They raise LostConnection when it breaks: that of a watch, or of much text.
        Raises DractlError where the server refuses, and LostConnection at once where
        there is no answer.
        """
        path = asked.place.path if asked.place else asked.path
        request = Request("GET", path, query)
        generation = self._transport.generation
        found = self._transport.lines(request, seconds)
        if isinstance(found, Answer) and self._may_retry(found, generation):
            found = self._transport.lines(request, seconds)
        if isinstance(found, Answer):
            raise self._refusal(asked, found)
        return found

    def who(self) -> str:
        """Return the name that the server knows the user by, as far as it says so."""
        with self._naming:
            if self._name is None:
                status = self._review("SelfSubjectReview", {})
                user = status.get("userInfo")
                name = user.get("username") if isinstance(user, dict) else None
                self._name = name if name and isinstance(name, str) else self._user
            return self._name

    def may(self, asked: Asked) -> bool:
        """Tell whether the server says that the user may do it, as far as rules go."""
        place = asked.place
        spec: dict[str, Any] = {
            "nonResourceAttributes": {"verb": asked.verb, "path": asked.path}
        }
        if place is not None:
            named = {
                "group": place.group,
                "resource": place.resource,
                "subresource": place.subresource,
                "namespace": place.namespace,
                "name": place.name,
            }
            stated = {key: value for key, value in named.items() if value}
            spec = {"resourceAttributes": {"verb": asked.verb, **stated}}
        return self._review("SelfSubjectAccessReview", spec).get("allowed") is True

    def wait(self, seconds: float) -> None:
        """Wait before another try, as between those of any request."""
        self._pause(seconds)

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def _review(self, kind: str, spec: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask the server about the user; it only adds to another error, so no retry."""
        group = f"{_REVIEWS[kind]}.k8s.io"
        document = {"apiVersion": f"{group}/v1", "kind": kind, "spec": spec}
        path = Place(group, "v1", f"{kind.lower()}s").path
        request = Request("POST", path, (), document, "application/json")
        try:
            answer = self._transport.send(request, self._timeout)
            status = json.loads(answer.body)["status"]
        except (LostConnection, DractlError, *NO_JSON, KeyError, TypeError):
            return {}
        return status if isinstance(status, dict) else {}

    def _object(self, answer: Answer, path: str) -> dict[str, Any]:
        try:
            found = json.loads(answer.body)
        except NO_JSON:
            found = None
        if not isinstance(found, dict):
            raise unlike(self.server, path)
        return found

    def _asked(
        self, asked: Asked, request: Request, patience: float | None = None
    ) -> Answer:
        generation = self._transport.generation
        answer = self._sent(asked, request, patience)
        if self._may_retry(answer, generation):
            answer = self._sent(asked, request, patience)
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return answer
        raise self._refusal(asked, answer)

    def _may_retry(self, answer: Answer, generation: int) -> bool:
        """Tell whether there are new credentials for what was refused with old ones."""
        is_refused = answer.status == HTTPStatus.UNAUTHORIZED
        return is_refused and self._transport.renew(generation)

    def _refusal(self, asked: Asked, answer: Answer) -> ClusterError:
        found = refusal(answer.status, answer.body)
        # Reading meets no admission, only rules.
        if answer.status == HTTPStatus.FORBIDDEN and asked.verb not in READING:
            needed = [replace(asked, verb=verb) for verb in verbs_of(asked)]
            if all(map(self.may, needed)):
                return denied(asked, found)
        return refused(asked, found, self.who, self.server)

    def _sent(self, asked: Asked, request: Request, patience: float | None) -> Answer:
        """Send a request as often as it takes, within the time that it may take."""
        started = time.monotonic()
        end = None if self._timeout is None else started + self._timeout
        pause = _FIRST_PAUSE
        for tries in range(1, _MOST_TRIES + 1):
            left = None if end is None else max(end - time.monotonic(), _LEAST)
            result = self._tried(request, left)
            wait = pause
            if isinstance(result, Answer):
                if result.status not in AGAIN:
                    return result
                wait = max(_retry_after(result), pause)
                spent = time.monotonic() - started
                if patience is not None and spent + wait >= patience:
                    return result
            is_over = end is not None and time.monotonic() + wait >= end
            if tries == _MOST_TRIES or is_over:
                break
            self._pause(wait)
            self.repeats += 1
            pause = min(pause * 2, _LONGEST_PAUSE)
        if isinstance(result, Answer):
            return result
        raise lost(self.server, asked, result) from result

    def _tried(
        self, request: Request, seconds: float | None
    ) -> Answer | LostConnection:
        try:
            return self._transport.send(request, seconds)
        except LostConnection as error:
            return error


def _retry_after(answer: Answer) -> float:
    """Return the seconds that the server asks for; it never sends a date."""
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else 0.0


def lost(server: str, asked: Asked, error: LostConnection) -> DractlError:
    """Return the error of a connection that breaks again and again."""
    return DractlError(
        "unreachable",
        f"{server} does not answer when asked to {asked}: {error}",
        hint="try again, with a longer --request-timeout if the cluster is slow",
    )


def unlike(server: str, path: str) -> DractlError:
    """Return the error of an answer that no API server gives."""
    return DractlError(
        "unreachable",
        f"{server} answers {path} with something that no API server says",
        hint="check that the server of the kubeconfig is a Kubernetes API server",
    )
