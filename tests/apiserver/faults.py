"""Faults that a test injects; they strike by counting, so every run is the same."""

import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from fnmatch import fnmatchcase
from typing import Final

from tests.apiserver.access import Users, token_in
from tests.apiserver.lists import Token
from tests.apiserver.messages import Answer, Delivery, Request, refusal
from tests.apiserver.statuses import (
    ApiError,
    expired,
    method_not_allowed,
    not_served,
    too_many_requests,
    unauthorized,
)


class Kind(Enum):
    """What goes wrong."""

    LATENCY = "the answer takes `seconds`"
    TOO_MANY_REQUESTS = "429 with Retry-After `seconds`, rounded down"
    INTERNAL_ERROR = "500"
    CONFLICT = "409, as if the object had changed"
    INVALID = "422 without a cause"
    UNAUTHORIZED = "401, whatever the token is"
    NOT_SERVED = "404, as if there were no such resource any more"
    NOT_ALLOWED = "405"
    UNAVAILABLE = "503 in plain text, as a load balancer has it"
    DROP_BEFORE = "the connection ends, and nothing has been done"
    DROP_AFTER = "the connection ends after the work has been done"
    TRUNCATE = "half of the body comes, less than Content-Length says"
    TRUNCATE_CHUNKED = "half of the body comes in chunks, without the last chunk"
    EXPIRED_TOKEN = "the token in use is revoked: 401 until there is another one"
    EXPIRED_CONTINUE = "410 for a continue token, with another one to go on with"
    GARBAGE = "a whole body that is no JSON"
    WRONG_TYPE = "200 with a page in HTML, as a captive portal has it"
    REDIRECT = "307 to `location`"
    INTERRUPT_BEFORE = "whoever asks in the main thread is interrupted; nothing is done"
    INTERRUPT_AFTER = "the same after the work has been done; no answer comes"


@dataclass(frozen=True)
class Fault:
    """A fault and when it strikes: at every n-th request that fits, `times` at most.

    `method`, `path` and `query` are patterns (`*`, `?`); the query is the raw one. With
    `every=3` the third request, the sixth and so on fail, so the next try succeeds.
    `times` None: without end.
    """

    kind: Kind
    method: str = "*"
    path: str = "*"
    query: str = "*"
    every: int = 1
    times: int | None = 1
    seconds: float = 0.0
    location: str = ""

    def fits(self, request: Request) -> bool:
        """Tell whether the request counts for this fault."""
        return (
            fnmatchcase(request.method, self.method)
            and fnmatchcase(request.path, self.path)
            and fnmatchcase(request.raw_query, self.query)
            and (self.kind is not Kind.EXPIRED_CONTINUE or "continue" in request.query)
        )


@dataclass
class _Armed:
    fault: Fault
    seen: int = 0
    struck: int = 0

    def strikes(self, request: Request) -> bool:
        """Count the request; tell whether the fault strikes now."""
        fault = self.fault
        if not fault.fits(request):
            return False
        if fault.times is not None and self.struck >= fault.times:
            return False
        self.seen += 1
        if self.seen % fault.every:
            return False
        self.struck += 1
        return True


@dataclass
class Faults:
    """The faults of a server, in the order in which they were added."""

    users: Users
    sleep: Callable[[float], object]
    _armed: list[_Armed] = field(default_factory=list)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def add(self, *faults: Fault) -> None:
        """Let faults strike from the next request on."""
        self._armed.extend(map(_Armed, faults))

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._armed.clear()

    def struck(self) -> int:
        """Return how often faults have struck so far."""
        return sum(each.struck for each in self._armed)

    def due(self, request: Request) -> list[Fault]:
        """Count a request; return the faults that strike it."""
        with self._counting:
            return [each.fault for each in self._armed if each.strikes(request)]

    def before(self, faults: list[Fault], request: Request) -> Answer | None:
        """Return the answer that comes instead of any work; None: there is none."""
        for fault in faults:
            if fault.kind is Kind.LATENCY:
                self.sleep(fault.seconds)
        return next(self._instead(faults, request), None)

    def _instead(self, faults: list[Fault], request: Request) -> Iterator[Answer]:
        for fault in faults:
            if fault.kind is Kind.EXPIRED_TOKEN:
                self.users.revoke(token_in(request.headers))
            elif fault.kind is Kind.DROP_BEFORE:
                yield Answer(0, delivery=Delivery.NONE)
            elif fault.kind is Kind.INTERRUPT_BEFORE:
                yield _interrupted()
            elif fault.kind is Kind.UNAVAILABLE:
                yield Answer(503, b"no backend\n", "text/plain")
            elif fault.kind is Kind.REDIRECT:
                yield Answer(307, headers={"Location": fault.location})
            elif fault.kind in _REFUSALS:
                yield refusal(_REFUSALS[fault.kind](fault, request))

    @staticmethod
    def after(faults: list[Fault], answer: Answer) -> Answer:
        """Return what becomes of the answer."""
        for fault in faults:
            if fault.kind in _SPOILED:
                answer = _SPOILED[fault.kind](answer)
        return answer


def _interrupted(_whole: Answer | None = None) -> Answer:
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    return Answer(0, delivery=Delivery.NONE)


def _page_expired(_fault: Fault, request: Request) -> ApiError:
    token = Token.decode(request.query["continue"])
    return expired("the continue token is too old", Token(-1, token.start).encode())


_REFUSALS: Final[dict[Kind, Callable[[Fault, Request], ApiError]]] = {
    Kind.TOO_MANY_REQUESTS: lambda fault, _: too_many_requests(
        "too much at once", int(fault.seconds), []
    ),
    Kind.INTERNAL_ERROR: lambda *_: ApiError(
        500, "InternalError", "something broke", {"causes": [{"message": "it broke"}]}
    ),
    Kind.CONFLICT: lambda *_: ApiError(409, "Conflict", "it has changed", {}),
    Kind.UNAUTHORIZED: lambda *_: unauthorized(),
    Kind.NOT_SERVED: lambda *_: not_served(),
    Kind.NOT_ALLOWED: lambda _, request: method_not_allowed(request.method),
    Kind.INVALID: lambda *_: ApiError(422, "Invalid", "it is not valid", {}),
    Kind.EXPIRED_CONTINUE: _page_expired,
}
_SPOILED: Final[dict[Kind, Callable[[Answer], Answer]]] = {
    Kind.DROP_AFTER: lambda whole: replace(whole, delivery=Delivery.NONE),
    Kind.INTERRUPT_AFTER: _interrupted,
    Kind.TRUNCATE: lambda whole: replace(whole, delivery=Delivery.HALF),
    Kind.TRUNCATE_CHUNKED: lambda whole: replace(whole, delivery=Delivery.HALF_CHUNKED),
    Kind.GARBAGE: lambda whole: replace(whole, body=b'{"kind": "Lis'),
    Kind.WRONG_TYPE: lambda _: Answer(
        200, b"<!doctype html><title>Sign in</title>\n", "text/html; charset=utf-8"
    ),
}
