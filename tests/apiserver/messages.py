"""What comes in and what goes out: requests and answers."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final
from urllib.parse import parse_qsl

from dractl.sources.yaml_text import read_yaml
from tests.apiserver.access import User
from tests.apiserver.resources import Wire
from tests.apiserver.statuses import ApiError, bad_request

JSON: Final = "application/json"
_TRUE: Final = frozenset({"1", "true"})


@dataclass(frozen=True)
class Request:
    """A request as the server understands it; the names of headers are in lower case.

    `certified` is the name in the client's certificate, "" without one. `user` is who
    it counts for: with impersonation, who is played.
    """

    method: str
    path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes = b""
    certified: str = ""
    user: User | None = None

    @property
    def query(self) -> dict[str, str]:
        """The parameters; of one that is repeated, the last."""
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))

    def flag(self, name: str) -> bool:
        """Tell whether a parameter is on."""
        return self.query.get(name, "").lower() in _TRUE

    @property
    def is_dry_run(self) -> bool:
        """Whether nothing is to be kept."""
        return self.query.get("dryRun") == "All"

    @property
    def content_type(self) -> str:
        """The type of the body, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip()

    def content(self) -> object:
        """Return the body, which has to be one value in JSON or YAML."""
        try:
            loaded = read_yaml(self.body.decode(), "the body")
        except UnicodeDecodeError as error:
            raise bad_request("the body is no text") from error
        documents = [each.document for each in loaded.documents]
        if loaded.problems or len(documents) != 1:
            raise bad_request(f"the body is no object {loaded.problems}")
        return documents[0]

    def document(self) -> Wire:
        """Return the body, which has to be one object in JSON or YAML."""
        found = self.content()
        if not isinstance(found, dict):
            raise bad_request("the body is no object")
        return found


class Delivery(Enum):
    """How much of an answer arrives."""

    WHOLE = "whole"
    HALF = "half"
    HALF_CHUNKED = "half, chunked"
    NONE = "none"


@dataclass(frozen=True)
class Answer:
    """An answer; with `lines` it is a watch, which goes on until they end."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE
    lines: Iterator[bytes] | None = None


@dataclass(frozen=True)
class Exchange:
    """An entry of the log: what was asked by whom, and how it was answered.

    `status` is 0 where nothing was answered. `user` is "" if nobody is known.
    """

    method: str
    path: str
    query: Mapping[str, str]
    user: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def answer(document: Wire, status: int = 200) -> Answer:
    """Answer with an object."""
    return Answer(status, json.dumps(document, separators=(",", ":")).encode())


def refusal(error: ApiError) -> Answer:
    """Answer with the Status of a failure."""
    wait = error.retry_after
    headers = {} if wait is None else {"Retry-After": str(wait)}
    made = answer(error.status, error.code)
    return Answer(made.status, made.body, headers=headers)


def text(body: str, content_type: str = "text/plain; charset=utf-8") -> Answer:
    """Answer with plain text."""
    return Answer(200, body.encode(), content_type)
