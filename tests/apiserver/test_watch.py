"""Watches."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.apiserver import ApiServer
from tests.apiserver.client import Client
from tests.apiserver.documents import RULE, RULES, SLICES, rule, slice_of, slices


@contextmanager
def _watching(server: ApiServer, path: str) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(server.address, timeout=10)
    token = f"Bearer {server.access.token('admin')}"
    try:
        connection.request("GET", path, headers={"Authorization": token})
        yield connection.getresponse()
    finally:
        connection.close()


def _event(watch: http.client.HTTPResponse) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(watch.readline())
    return event


def _told(server: ApiServer, path: str) -> list[tuple[str, str]]:
    """Return type and name of all events of a watch that ends."""
    lines = Client(server).get(path).body.splitlines()
    events = [json.loads(line) for line in lines]
    return [
        (event["type"], event["object"]["metadata"].get("name", "")) for event in events
    ]


def test_a_watch_tells_of_what_happens(api_server: ApiServer) -> None:
    api_server.add(slice_of("n0"))
    with _watching(api_server, f"{RULES}?watch=1&resourceVersion=2") as watch:
        Client(api_server).apply(RULE, rule("None"), "dractl")
        added = _event(watch)
        Client(api_server).apply(RULE, rule(), "dractl")
        modified = _event(watch)
        Client(api_server).send("DELETE", RULE)
        deleted = _event(watch)
    assert [added["type"], modified["type"], deleted["type"]] == [
        "ADDED",
        "MODIFIED",
        "DELETED",
    ]
    assert modified["object"]["spec"]["taint"]["effect"] == "NoExecute"
    assert modified["object"]["apiVersion"] == "resource.k8s.io/v1beta2"
    assert deleted["object"]["metadata"]["resourceVersion"] == "5"


def test_what_happened_before_the_watch_is_told(api_server: ApiServer) -> None:
    api_server.add(slices(2))
    path = f"{SLICES}?watch=true&resourceVersion=2&timeoutSeconds=0.01"
    assert _told(api_server, path) == [("ADDED", "n1")]


def test_a_watch_from_nowhere_starts_with_what_is_there(api_server: ApiServer) -> None:
    api_server.add(slices(2))
    path = f"{SLICES}?watch=1&timeoutSeconds=0.01&allowWatchBookmarks=true"
    assert _told(api_server, path) == [
        ("ADDED", "n0"),
        ("ADDED", "n1"),
        ("BOOKMARK", ""),
    ]


def test_a_list_can_be_streamed(api_server: ApiServer) -> None:
    api_server.add(slices(1))
    query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
    with _watching(api_server, f"{SLICES}?{query}&allowWatchBookmarks=1") as watch:
        first, end = _event(watch), _event(watch)
    assert first["type"] == "ADDED"
    assert end["object"]["metadata"] == {
        "resourceVersion": "2",
        "annotations": {"k8s.io/initial-events-end": "true"},
    }


def test_a_watch_from_before_compaction_is_told_that_it_is_too_old(
    api_server: ApiServer,
) -> None:
    api_server.add(slices(2))
    api_server.compact()
    with _watching(api_server, f"{SLICES}?watch=1&resourceVersion=2") as watch:
        event = _event(watch)
    assert (watch.status, event["type"]) == (200, "ERROR")
    assert (event["object"]["code"], event["object"]["reason"]) == (410, "Expired")


def test_an_object_that_leaves_the_selection_is_told_as_deleted(
    api_server: ApiServer,
) -> None:
    api_server.add(slice_of("n0", labels={"team": "a"}))
    api_server.add(slice_of("n0", labels={"team": "b"}))
    query = "watch=1&resourceVersion=1&timeoutSeconds=0.01&labelSelector=team"
    assert _told(api_server, f"{SLICES}?{query}=b") == [("ADDED", "n0")]
    assert _told(api_server, f"{SLICES}?{query}=a") == [
        ("ADDED", "n0"),
        ("DELETED", "n0"),
    ]


def test_a_watch_can_be_cut_off(api_server: ApiServer) -> None:
    api_server.add(slices(1))
    with _watching(api_server, f"{SLICES}?watch=1") as watch:
        _event(watch)
        api_server.cut_watches()
        with pytest.raises(http.client.IncompleteRead):
            watch.read()
