"""The double answers as a real 1.36.2 server did: all recorded exchanges, in order.

Left out of the comparison are the words of messages, resourceVersions, uids of objects
that the exchanges create, the build in /version, and managedFields, which the recorder
left out.
"""

import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import pytest

from tests.apiserver.client import Client, Reply
from tests.apiserver.server import ApiServer
from tests.scenarios import SHARED, needs_shared

pytestmark = needs_shared

_TABLE: Final = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}
_TIMES: Final = {
    "server-side apply, dry run": "2026-11-23T13:46:29Z",
    "apply the NoExecute effect": "2026-11-23T13:46:33Z",
    "a table, as kubectl get asks for it": "2026-11-23T13:46:45Z",
}
"""When the recorder asked, where answers tell."""

_WORDS: Final = frozenset({"message", "description"})
_BUILD: Final = frozenset({"gitVersion", "gitCommit", "gitTreeState"})
_RECORDED_GATES: Final = re.compile(
    r'.*name="(DRA|DynamicResource|KubeletPodResourcesDynamic|ResourceHealth)\w*".*'
)


def _read(name: str) -> Any:
    path = SHARED / name
    return json.loads(path.read_text("utf-8")) if path.exists() else []


EXCHANGES: Final[list[dict[str, Any]]] = _read("vectors/http.json")


@pytest.fixture(scope="module")
def replies() -> Iterator[list[Reply]]:
    """Send what the recorder sent, in its order, to one server."""
    with ApiServer() as server:
        server.add(_read("clusters/pending.json"))
        yield [_sent(exchange, server) for exchange in EXCHANGES]


def _sent(exchange: dict[str, Any], server: ApiServer) -> Reply:
    note, request = exchange["note"], exchange["request"]
    if note in _TIMES:
        server.clock.now = datetime.fromisoformat(_TIMES[note])
    if note.startswith("status of a None rule"):
        server.evict()
    if note == "status after eviction":
        server.evict()
        server.evict()
        server.clock.advance(10)
        server.evict()
    headers = dict(_TABLE) if note.startswith("a table") else {}
    if note == "unauthorized":
        headers["Authorization"] = "Bearer of-nobody"
    if request["contentType"]:
        headers["Content-Type"] = request["contentType"]
    client = Client(server, exchange["user"])
    return client.send(request["method"], request["path"], request["body"], headers)


def _comparable(value: Any, known: frozenset[str], key: str = "") -> Any:
    """Return a body without what may differ, each such value replaced by its kind."""
    if isinstance(value, dict):
        return {
            name: _comparable(inner, known, name)
            for name, inner in value.items()
            if name != "managedFields"
        }
    if isinstance(value, list):
        return [_comparable(each, known) for each in value]
    return _plain(value, known, key)


def _plain(value: Any, known: frozenset[str], key: str) -> Any:
    if key in _WORDS | _BUILD:
        return "(words)"
    if key == "uid" and value not in known:
        return "(new)"
    if key == "resourceVersion" and value.isdecimal():
        return "(number)"
    if key == "name":
        return re.sub(r"^holder\.18eab09d\w+$", "holder.(time)", value)
    if key == "continue":
        content = json.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
        return content | {"rv": isinstance(content["rv"], int)}
    return value


@pytest.mark.parametrize(
    "number", range(len(EXCHANGES)), ids=[each["note"] for each in EXCHANGES]
)
def test_an_exchange_is_answered_as_recorded(number: int, replies: list[Reply]) -> None:
    recorded, reply = EXCHANGES[number]["response"], replies[number]
    assert reply.status == recorded["status"]
    assert reply.headers["content-type"] == recorded["contentType"]
    if isinstance(recorded["body"], str):
        lines = reply.body.decode().splitlines()
        assert list(filter(_RECORDED_GATES.fullmatch, lines)) == (
            recorded["body"].splitlines()
        )
        return
    objects = _read("clusters/pending.json")["items"]
    known = frozenset(each["metadata"]["uid"] for each in objects)
    assert _comparable(reply.document, known) == _comparable(recorded["body"], known)
