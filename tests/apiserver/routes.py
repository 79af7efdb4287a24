"""From requests to answers: who may, and what is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote

from tests.apiserver.access import Attributes, User, Users
from tests.apiserver.deletes import Deletes
from tests.apiserver.discovery import OPEN_PATHS, Discovery, UnknownGroup
from tests.apiserver.lists import Lists, Scope
from tests.apiserver.messages import Answer, Request, answer, refusal, text
from tests.apiserver.reviews import review
from tests.apiserver.selectors import selected_name
from tests.apiserver.statuses import (
    ApiError,
    bad_request,
    forbidden,
    forbidden_path,
    method_not_allowed,
    unreachable,
)
from tests.apiserver.tables import METADATA_ONLY, TABLE, partial, table, wanted_form
from tests.apiserver.targets import Target, target_of
from tests.apiserver.watch import Watches
from tests.apiserver.writes import Writes

_VERBS: Final[Mapping[tuple[str, bool], str]] = {
    ("GET", False): "list",
    ("GET", True): "get",
    ("POST", False): "create",
    ("PUT", True): "update",
    ("PATCH", True): "patch",
    ("DELETE", True): "delete",
    ("DELETE", False): "deletecollection",
}
_DISCOVERY: Final = frozenset({"api", "apis", "healthz", "livez", "readyz", "version"})


@dataclass(frozen=True)
class Routes:
    """All that a server answers."""

    users: Users
    discovery: Discovery
    lists: Lists
    watches: Watches
    writes: Writes
    deletes: Deletes
    logs: Mapping[tuple[str, str], str]
    proxied: Mapping[str, Answer]

    def identified(self, request: Request) -> Request:
        """Return the request with who it counts for; nobody for open paths."""
        is_anonymous = "authorization" not in request.headers and not request.certified
        if is_anonymous and request.path in OPEN_PATHS:
            return request
        return replace(
            request, user=self.users.asking(request.headers, request.certified)
        )

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request whose user is known."""
        steps = [unquote(step) for step in request.path.split("/") if step]
        try:
            return self._answer(request, steps)
        except ApiError as error:
            return refusal(error)
        except UnknownGroup:
            return Answer(404, b"nothing here\n", "text/plain; charset=utf-8")

    def _answer(self, request: Request, steps: list[str]) -> Answer:
        user = request.user
        if user is None:
            return self.discovery.answer(request, steps) or Answer(404)
        if not steps or steps[0] not in _DISCOVERY:
            _check_path(request, user)
        found = self.discovery.answer(request, steps) or review(request, steps, user)
        if found is not None:
            return found
        target = target_of(steps, self.discovery.served)
        with self.writes.store.lock:
            return self._done(request, target, user)

    def _done(self, request: Request, target: Target, user: User) -> Answer:
        verb = self._verb(request, target, user)
        if target.subresource == "eviction":
            return self.deletes.evict(request, target)
        if target.subresource == "log":
            return self._log(request, target)
        if target.subresource == "proxy":
            return self._proxied(target)
        scope = Scope(target.resource, target.version, target.namespace)
        deeds: Mapping[str, Callable[[], Answer]] = {
            "list": lambda: self.lists.answer(request, scope),
            "watch": lambda: self.watches.answer(request, scope),
            "get": lambda: self._got(request, target),
            "create": lambda: self.writes.create(request, target),
            "update": lambda: self.writes.replace(request, target),
            "patch": lambda: self.writes.patch(request, target),
            "delete": lambda: self.deletes.delete(request, target),
            "deletecollection": lambda: self.deletes.delete_all(request, target),
        }
        return deeds[verb]()

    def _verb(self, request: Request, target: Target, user: User) -> str:
        """Return what the user wants to do and may do."""
        if target.subresource == "eviction":
            verb = "create" if request.method == "POST" else ""
        else:
            verb = _VERBS.get((request.method, bool(target.name)), "")
        if verb == "list" and request.flag("watch"):
            verb = "watch"
        if not verb or (target.subresource == "status" and verb == "delete"):
            raise method_not_allowed(request.method)
        wanted = [verb]
        if verb == "patch" and self._is_new(target):
            wanted.append("create")
        # Who lists objects of one name may be allowed that name alone (requestinfo.go).
        meant = (
            target
            if target.name
            else replace(target, name=selected_name(request.query))
        )
        for each in wanted:
            if not user.may(meant.attributes(each)):
                raise forbidden(user.name, each, target.resource, target.name)
        return verb

    def _is_new(self, target: Target) -> bool:
        found = self.lists.store.get(target.resource, target.namespace, target.name)
        return found is None

    def _log(self, request: Request, target: Target) -> Answer:
        name = target.stored(self.writes.store).document["metadata"]["name"]
        found = self.logs.get((target.namespace or "", name))
        if found is None:
            waiting = f'container "main" in pod "{name}" is waiting to start'
            raise bad_request(waiting)
        lines = found.splitlines(keepends=True)
        last = int(request.query.get("tailLines", len(lines)))
        return text("".join(lines[len(lines) - min(last, len(lines)) :]), "text/plain")

    def _proxied(self, target: Target) -> Answer:
        path = f"{target.resource.plural}/{target.name}/{target.below}"
        found = self.proxied.get(path)
        if found is None:
            raise unreachable()
        return found

    def _got(self, request: Request, target: Target) -> Answer:
        stored = target.stored(self.writes.store)
        form = wanted_form(request.headers.get("accept", ""))
        if form == TABLE:
            metadata = {"resourceVersion": str(stored.revision)}
            clock = self.lists.store.clock
            return answer(table([stored], target.resource, metadata, clock))
        if form == METADATA_ONLY.removesuffix("List"):
            return answer(partial(stored))
        return answer(stored.whole(target.version))


def _check_path(request: Request, user: User) -> None:
    verb = request.method.lower()
    if not user.may(Attributes(verb, path=request.path)):
        raise forbidden_path(user.name, verb, request.path)
