"""Answers that refuse: what was asked, as whom, what is missing, what to type."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Any, Final, NamedTuple

from dractl.errors import DractlError
from dractl.live.place import Asked, Place

_ACCOUNT: Final = "system:serviceaccount:"
_PLAYED: Final = frozenset({"users", "groups", "serviceaccounts", "uids", "userextras"})
"""What a refusal of impersonation is about."""


@dataclass(eq=False)
class ClusterError(DractlError):
    """The API server refused. `http` is its status, `reason` its word for it.

    `causes` are the fields that a Status names, with the reason for each.
    """

    http: int = 0
    reason: str = ""
    causes: tuple["FieldCause", ...] = ()


class FieldCause(NamedTuple):
    """What a Status says of one field."""

    field: str
    reason: str
    message: str


class Refusal(NamedTuple):
    """An answer other than success, taken apart as far as it is a Status."""

    status: int
    reason: str
    message: str
    causes: tuple[FieldCause, ...]
    body: Mapping[str, Any]


def refusal(status: int, body: bytes) -> Refusal:
    """Read a Status; what is none, such as a proxy's page, has no message."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("kind") != "Status":
        return Refusal(status, "", "", (), {})
    details = found.get("details")
    causes = details.get("causes") if isinstance(details, dict) else None
    return Refusal(
        status,
        _text(found, "reason"),
        _text(found, "message"),
        tuple(_causes(causes)),
        found,
    )


def _causes(causes: object) -> Iterator[FieldCause]:
    for each in causes if isinstance(causes, list) else ():
        if isinstance(each, dict):
            parts = (_text(each, key) for key in ("field", "reason", "message"))
            yield FieldCause(*parts)


def _text(source: Mapping[str, Any], key: str) -> str:
    value = source.get(key)
    return value if isinstance(value, str) else ""


def refused(
    asked: Asked, answer: Refusal, who: Callable[[], str], server: str
) -> ClusterError:
    """Return the error that tells the user of a refusal."""
    tell = _TELLERS.get(answer.status, _other)
    code, message, hint = tell(asked, answer, who, server)
    return ClusterError(
        code,
        message,
        hint=hint,
        http=answer.status,
        reason=answer.reason,
        causes=answer.causes,
    )


Told = tuple[str, str, str]
READING: Final = frozenset({"get", "list", "watch"})
_Teller = Callable[[Asked, Refusal, Callable[[], str], str], Told]


def _unauthorized(
    asked: Asked, _answer: Refusal, _who: Callable[[], str], server: str
) -> Told:
    return (
        "unauthorized",
        f"{server} does not accept the credentials (asked to {asked})",
        (
            "log in again, or choose others with --context or --user; "
            "kubectl auth whoami tells whether they are good"
        ),
    )


def _forbidden(
    asked: Asked, answer: Refusal, who: Callable[[], str], _server: str
) -> Told:
    if played := _played(asked, answer):
        return (
            "forbidden",
            f"these credentials may not act as others: impersonate {played}",
            "leave out --as, or allow the verb impersonate on it",
        )
    user = who()
    where = ""
    if asked.place is not None and asked.place.namespace is None:
        where = " for the whole cluster"
    message = f"user {user!r} may not {asked}{where}"
    return "forbidden", message, f"allow it with {grant(asked, user)}"


def _played(asked: Asked, answer: Refusal) -> str:
    """Return whom the user may not act as, "" if the refusal is not about that."""
    details = answer.body.get("details")
    details = details if isinstance(details, Mapping) else {}
    kind = _text(details, "kind")
    if kind not in _PLAYED or (asked.place and asked.place.resource == kind):
        return ""
    return f"{kind} {_text(details, 'name')!r}"


def denied(asked: Asked, answer: Refusal) -> ClusterError:
    """Return the error of what the user may do, but admission refuses."""
    return ClusterError(
        "forbidden",
        f"a rule of the cluster forbids to {asked}: {answer.message or 'no reason'}",
        hint="this is no lack of permissions; a quota, a policy or a webhook says so",
        http=answer.status,
        reason=answer.reason,
        causes=answer.causes,
    )


def grant(asked: Asked, user: str) -> str:
    """Return the RBAC rule that allows what was asked, and commands that make it."""
    place = asked.place
    listed = ",".join(verbs_of(asked))
    if place is None:
        rule = f'nonResourceURLs: ["{asked.path}"], verbs: [{listed}]'
        wanted = f"--verb={listed} --non-resource-url={asked.path}"
    else:
        rule = (
            f'apiGroups: ["{place.group}"], resources: [{_resource(place)}], '
            f"verbs: [{listed}]"
        )
        wanted = f"--verb={listed} --resource={place.qualified}"
    kind, scope = "clusterrole", ""
    if place is not None and place.namespace is not None:
        kind, scope = "role", f" -n {quote(place.namespace)}"
    # Of its own for every rule: kubectl creates no role twice.
    parts = [
        "dractl",
        asked.verb,
        *(_resource(place) if place else asked.path).split("/"),
    ]
    name = "-".join(part for part in parts if part)
    return (
        f"the rule {{{rule}}}: kubectl create {kind} {name}{scope} {wanted} && "
        f"kubectl create {kind}binding {name}{scope} --{kind}={name} {_subject(user)}"
    )


def verbs_of(asked: Asked) -> Sequence[str]:
    """Return what a user has to be allowed for it."""
    # A patch of an object that may not be there yet creates it.
    return ("create", "patch") if asked.verb == "patch" else (asked.verb,)


def _subject(user: str) -> str:
    if user.startswith(_ACCOUNT):
        return f"--serviceaccount={quote(user.removeprefix(_ACCOUNT))}"
    return f"--user={quote(user)}"


def _resource(place: Place) -> str:
    return place.resource + (f"/{place.subresource}" if place.subresource else "")


def _absent(
    asked: Asked, answer: Refusal, _who: Callable[[], str], server: str
) -> Told:
    place = asked.place
    details = answer.body.get("details")
    is_object = isinstance(details, Mapping) and bool(details.get("name"))
    if place is not None and is_object:
        return "not-found", f"there is no {place}", "check the name and the namespace"
    if place is not None and place.group:
        version = f"{place.group}/{place.version}"
        return (
            "not-served",
            f"{server} does not serve {place.resource} in {version}",
            (
                "kubectl api-versions lists what it serves; others are turned on with "
                "--runtime-config of the API server"
            ),
        )
    return (
        "not-found",
        f"{server} knows no {place.path if place else asked.path}",
        "check that the server of the kubeconfig is a Kubernetes API server",
    )


def _conflict(
    asked: Asked, answer: Refusal, _who: Callable[[], str], _server: str
) -> Told:
    owned = [each for each in answer.causes if each.reason == "FieldManagerConflict"]
    if owned:
        fields = ", ".join(f"{each.field} ({each.message})" for each in owned)
        return (
            "conflict",
            f"somebody else manages fields of {asked.place}: {fields}",
            "leave it to them, or take the fields over with --force-conflicts",
        )
    if answer.reason == "AlreadyExists":
        return "conflict", f"there is a {asked.place} already", "take another name"
    return (
        "conflict",
        f"{asked.place or asked.path} was changed by somebody else meanwhile",
        "look at it again, and repeat what is still wanted",
    )


def _bad_request(
    asked: Asked, answer: Refusal, who: Callable[[], str], server: str
) -> Told:
    if asked.verb not in READING:
        return _invalid(asked, answer, who, server)
    if not answer.message:
        return _other(asked, answer, who, server)
    return (
        "refused",
        f"{server} does not understand the request to {asked}: {answer.message}",
        "try again; if that does not help, report it with the server's version",
    )


def _invalid(
    asked: Asked, answer: Refusal, _who: Callable[[], str], _server: str
) -> Told:
    said = "; ".join(f"{each.field}: {each.message}" for each in answer.causes)
    return (
        "invalid",
        f"the API server refuses to {asked}: {said or answer.message or 'no reason'}",
        "correct what it names",
    )


def _busy(asked: Asked, answer: Refusal, _who: Callable[[], str], server: str) -> Told:
    said = f": {answer.message}" if answer.message else ""
    return (
        "unavailable",
        f"{server} still answers {answer.status} when asked to {asked}{said}",
        "try again later, or with a longer --request-timeout",
    )


def _other(asked: Asked, answer: Refusal, _who: Callable[[], str], server: str) -> Told:
    said = f": {answer.message}" if answer.message else ""
    return (
        "refused",
        f"{server} answers {answer.status} when asked to {asked}{said}",
        (
            "check that the server of the kubeconfig is a Kubernetes API server, and "
            "that no proxy answers in its place"
        ),
    )


_TELLERS: Final[Mapping[int, _Teller]] = {
    400: _bad_request,
    401: _unauthorized,
    403: _forbidden,
    404: _absent,
    409: _conflict,
    422: _invalid,
    429: _busy,
    500: _busy,
    502: _busy,
    503: _busy,
    504: _busy,
}
