"""The Status objects of failures: codes, reasons and details are a real server's.

The words of the messages are our own.
"""

from collections.abc import Iterable

from tests.apiserver.resources import Resource, Wire


class ApiError(Exception):
    """A failure that a request is answered with; `details` None: the Status has none.

    `reason` is "" for the failures of which a server does not know one.
    """

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        details: Wire | None = None,
        metadata: Wire | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.details = details
        self.status: Wire = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": metadata or {},
            "status": "Failure",
            "message": message,
            **({"reason": reason} if reason else {}),
            **({} if details is None else {"details": details}),
            "code": code,
        }

    @property
    def retry_after(self) -> int | None:
        """The seconds after which to try again, if the Status has some."""
        return (self.details or {}).get("retryAfterSeconds")


def success(details: Wire | None = None, code: int | None = None) -> Wire:
    """Return the Status of what has been done."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        **({} if details is None else {"details": details}),
        **({} if code is None else {"code": code}),
    }


def described(resource: Resource, name: str = "") -> Wire:
    """Return details that name an object, or all objects, of a resource."""
    return {
        **({"name": name} if name else {}),
        **({"group": resource.group} if resource.group else {}),
        "kind": resource.plural,
    }


def cause(reason: str, message: str, field: str = "") -> Wire:
    """Return one of the causes in details."""
    named = {"field": field} if field else {}
    return {"reason": reason, "message": message, **named}


def not_found(resource: Resource, name: str) -> ApiError:
    """Say that there is no such object."""
    message = f"{resource.qualified} {name!r} is not there"
    return ApiError(404, "NotFound", message, described(resource, name))


def not_served() -> ApiError:
    """Say that a group has no such version or resource."""
    return ApiError(404, "NotFound", "nothing is served at this path", {})


def unauthorized() -> ApiError:
    """Say that nobody knows who asks."""
    return ApiError(401, "Unauthorized", "unknown user")


def forbidden_path(user: str, verb: str, path: str) -> ApiError:
    """Say that a user may not have a path which is no resource."""
    return ApiError(403, "Forbidden", f"{user!r} may not {verb} {path!r}", {})


def forbidden(user: str, verb: str, resource: Resource, name: str) -> ApiError:
    """Say that a user may not do this with a resource."""
    message = f"{user!r} may not {verb} {resource.qualified}"
    return ApiError(403, "Forbidden", message, described(resource, name))


def already_exists(resource: Resource, name: str) -> ApiError:
    """Say that there is such an object."""
    message = f"{resource.qualified} {name!r} is there already"
    return ApiError(409, "AlreadyExists", message, described(resource, name))


def conflict(resource: Resource, name: str, why: str) -> ApiError:
    """Say that the object is not what the request expects."""
    message = f"{resource.qualified} {name!r} cannot be changed: {why}"
    return ApiError(409, "Conflict", message, described(resource, name))


def manager_conflict(owners: Iterable[tuple[str, str]]) -> ApiError:
    """Say who manages fields that were to be applied: pairs of manager and field."""
    causes = [
        cause("FieldManagerConflict", f"{manager!r} manages it", field)
        for manager, field in sorted(owners)
    ]
    return ApiError(
        409, "Conflict", f"{len(causes)} fields are managed by others",
        {"causes": causes},
    )  # fmt: skip


def invalid(resource: Resource, name: str, causes: list[Wire]) -> ApiError:
    """Say which fields are wrong; here, the details name the kind."""
    message = f"{resource.kind} {name!r} breaks {len(causes)} rules"
    details = described(resource, name) | {"kind": resource.kind, "causes": causes}
    return ApiError(422, "Invalid", message, details)


def bad_request(message: str) -> ApiError:
    """Say that a request cannot be read."""
    return ApiError(400, "BadRequest", message)


def expired(message: str, continued: str = "") -> ApiError:
    """Say that a resourceVersion is too old; `continued` tells how to go on anyway."""
    metadata = {"continue": continued} if continued else {}
    return ApiError(410, "Expired", message, metadata=metadata)


def too_new(revision: int, now: int) -> ApiError:
    """Say that a resourceVersion lies ahead."""
    causes = [cause("ResourceVersionTooLarge", "it lies ahead")]
    return ApiError(
        504, "Timeout", f"resourceVersion is {now}, not {revision} yet",
        {"causes": causes, "retryAfterSeconds": 1},
    )  # fmt: skip


def method_not_allowed(method: str) -> ApiError:
    """Say that a path has no such method."""
    return ApiError(405, "MethodNotAllowed", f"{method} is not served here", {})


def unsupported_type(content_type: str) -> ApiError:
    """Say that a body is in no known form."""
    message = f"a body of type {content_type!r} is not read here"
    return ApiError(415, "UnsupportedMediaType", message, {})


def internal(message: str) -> ApiError:
    """Say that the server could not do it, without a reason: what servers do not know.

    An unknown field in a server-side apply ends like this, for instance.
    """
    return ApiError(500, "", message)


def unreachable() -> ApiError:
    """Refuse to pass something on, since nothing takes connections there."""
    return ApiError(503, "ServiceUnavailable", "dial tcp: connection refused")


def too_many_requests(message: str, seconds: int, causes: list[Wire]) -> ApiError:
    """Say that the request has to wait."""
    shown: Wire = {"causes": causes} if causes else {}
    waits = {"retryAfterSeconds": seconds} if seconds else {}
    return ApiError(429, "TooManyRequests", message, shown | waits)
