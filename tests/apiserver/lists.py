"""Lists: pages, selectors, old revisions, tables."""

import base64
import binascii
import bisect
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tests.apiserver.clock import Clock
from tests.apiserver.messages import Answer, Request, answer
from tests.apiserver.resources import Resource, Wire
from tests.apiserver.selectors import selects
from tests.apiserver.statuses import bad_request, expired, too_new
from tests.apiserver.store import Store, Stored
from tests.apiserver.tables import METADATA_ONLY, TABLE, partial, table, wanted_form

_TOKEN_VERSION: Final = "meta.k8s.io/v1"
_LATEST: Final = -1


class Token(NamedTuple):
    """Where a list goes on: at a revision, from a key."""

    revision: int
    start: str

    def encode(self) -> str:
        """Return it as clients get it."""
        content = {"v": _TOKEN_VERSION, "rv": self.revision, "start": f"/{self.start}"}
        text = json.dumps(content, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(text).rstrip(b"=").decode()

    @staticmethod
    def decode(text: str) -> "Token":
        """Read what a client sends back."""
        try:
            padded = text.encode() + b"=" * (-len(text) % 4)
            content = json.loads(base64.urlsafe_b64decode(padded))
            if content["v"] != _TOKEN_VERSION:
                raise bad_request(f"a continue token of version {content['v']!r}")
            return Token(int(content["rv"]), str(content["start"]).removeprefix("/"))
        except (binascii.Error, ValueError, KeyError, TypeError) as error:
            raise bad_request("that is no continue token") from error


@dataclass(frozen=True)
class Scope:
    """Which objects are listed: those of a resource, in a version and a namespace."""

    resource: Resource
    version: str
    namespace: str | None

    @property
    def prefix(self) -> str:
        """What the keys of the objects start with."""
        return f"{self.namespace}/" if self.namespace else ""


@dataclass(frozen=True)
class Lists:
    """The lists of a store; `pages_from_cache` as releases do that page them, too."""

    store: Store
    pages_from_cache: bool = False

    def answer(self, request: Request, scope: Scope) -> Answer:
        """Answer a list request."""
        query = request.query
        limit = _number(query, "limit")
        if query.get("resourceVersion") == "0" and not self.pages_from_cache:
            limit = 0
        token = Token.decode(query["continue"]) if query.get("continue") else None
        revision = self._revision(query, token)
        page, left = self._page(scope, request, Token(revision, _start(token)), limit)
        metadata: Wire = {"resourceVersion": str(revision)}
        if left:
            key = page[-1].key.removeprefix(scope.prefix)
            metadata["continue"] = Token(revision, f"{key}\0").encode()
            if selects(query, scope.resource) is None:
                metadata["remainingItemCount"] = left
        form = wanted_form(request.headers.get("accept", ""))
        return _written(page, scope, metadata, form, self.store.clock)

    def _revision(self, query: dict[str, str], token: Token | None) -> int:
        """Return the revision to list at."""
        now = self.store.revision
        if token is not None:
            if token.revision == _LATEST:
                return now
            if token.revision < self.store.compacted:
                again = Token(_LATEST, token.start).encode()
                raise expired("the continue token is too old", again)
            return token.revision
        asked = _number(query, "resourceVersion")
        if asked > now:
            raise too_new(asked, now)
        if asked and query.get("resourceVersionMatch") == "Exact":
            if asked < self.store.compacted:
                raise expired("the resourceVersion is too old")
            return asked
        return now

    def _page(
        self, scope: Scope, request: Request, token: Token, limit: int
    ) -> tuple[Sequence[Stored], int]:
        """Return the objects of one page, and how many are left."""
        objects = self.store.at(scope.resource, token.revision)
        first, last = _span(objects, scope.prefix, token.start)
        here: Sequence[Stored] = objects[first:last]
        chosen = selects(request.query, scope.resource)
        if chosen is not None:
            here = [each for each in here if chosen(each.document)]
        if not limit or len(here) <= limit:
            return here, 0
        return here[:limit], len(here) - limit


def _start(token: Token | None) -> str:
    return token.start if token else ""


def _span(objects: Sequence[Stored], prefix: str, start: str) -> tuple[int, int]:
    """Return where the keys with a prefix lie, from one of them on."""
    first = bisect.bisect_left(objects, prefix + start, key=lambda each: each.key)
    if not prefix:
        return first, len(objects)
    # "0" comes right after the "/" that the prefix ends with.
    last = bisect.bisect_left(objects, f"{prefix[:-1]}0", key=lambda each: each.key)
    return first, last


def _number(query: dict[str, str], name: str) -> int:
    text = query.get(name) or "0"
    if not text.isdecimal():
        raise bad_request(f"{name} is no number: {text!r}")
    return int(text)


def _written(
    page: Sequence[Stored], scope: Scope, metadata: Wire, form: str, clock: Clock
) -> Answer:
    if form == TABLE:
        return answer(table(page, scope.resource, metadata, clock))
    if form == METADATA_ONLY:
        kind = "PartialObjectMetadataList"
        items = [partial(each) for each in page]
        head = {"kind": kind, "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
        return answer({**head, "items": items})
    head = {
        "kind": f"{scope.resource.kind}List",
        "apiVersion": scope.resource.api_version(scope.version),
        "metadata": metadata,
    }
    opening = json.dumps(head, separators=(",", ":")).encode()[:-1]
    items_text = b",".join(each.item(scope.version) for each in page)
    return Answer(200, b"".join((opening, b',"items":[', items_text, b"]}")))
