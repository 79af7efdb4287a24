from collections.abc import Iterator
from pathlib import Path

import pytest

from dractl.errors import DractlError
from dractl.live.connect import connect
from dractl.live.connection import Connection
from dractl.live.errors import ClusterError
from dractl.live.lists import PAGE, pages
from dractl.live.place import Place
from dractl.live.target import Target
from tests.apiserver import ApiServer, Fault, Kind
from tests.live.configs import connected
from tests.live.proxies import speaking

NODES = Place("", "v1", "nodes")
NUMBER = 2 * PAGE + 1
"""As many as three pages have."""


@pytest.fixture
def connection(api_server: ApiServer, tmp_path: Path) -> Iterator[Connection]:
    api_server.add(
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"n{number:05}"}}
        for number in range(NUMBER)
    )
    with connected(api_server.kubeconfig(tmp_path / "config")) as found:
        yield found


def names(connection: Connection, *query: tuple[str, str]) -> list[str]:
    """Return the names of all nodes, as they come."""
    found = pages(connection, NODES, query, lambda _: None)
    items = [item for page in found for item in page.items()]
    return [item["metadata"]["name"] for item in items if isinstance(item, dict)]


EVERY = [f"n{number:05}" for number in range(NUMBER)]


def queries(api_server: ApiServer) -> list[list[str]]:
    return [sorted(each.query) for each in api_server.requests]


def test_a_long_list_has_pages(api_server: ApiServer, connection: Connection) -> None:
    remaining: list[int] = []

    found = pages(connection, NODES, [], remaining.append)

    assert len(found) == 3
    assert remaining == [NUMBER - PAGE, 1, 0]
    assert queries(api_server) == [["limit"], *[["continue", "limit"]] * 2]
    assert names(connection) == EVERY


def test_only_the_first_page_names_a_version(tmp_path: Path) -> None:
    with ApiServer(pages_from_cache=True) as server:
        server.add(
            {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}
            for name in EVERY
        )
        with connected(server.kubeconfig(tmp_path / "config")) as connection:
            assert names(connection, ("resourceVersion", "0")) == EVERY
        assert "resourceVersion" not in server.requests[1].query


def test_a_selector_stands_in_every_request(
    api_server: ApiServer, connection: Connection
) -> None:
    every = names(connection, ("fieldSelector", "metadata.name!=n00000"))

    assert every == EVERY[1:]
    assert all("fieldSelector" in each.query for each in api_server.requests)


def test_a_list_whose_token_expires_begins_anew(
    api_server: ApiServer, connection: Connection
) -> None:
    api_server.faults.add(Fault(Kind.EXPIRED_CONTINUE))

    assert names(connection) == EVERY
    assert [each.status for each in api_server.requests] == [200, 410, 200, 200, 200]


def test_a_list_whose_tokens_always_expire_is_read_without_pages(
    api_server: ApiServer, connection: Connection
) -> None:
    api_server.faults.add(Fault(Kind.EXPIRED_CONTINUE, times=None))

    assert names(connection) == EVERY
    assert [each.status for each in api_server.requests] == [200, 410, 200, 410, 200]
    assert "limit" not in api_server.requests[-1].query


def test_objects_that_come_meanwhile_do_not_tear_a_list(
    api_server: ApiServer, connection: Connection
) -> None:
    def added(_: int) -> None:
        metadata = {"name": f"n{len(api_server.requests):05}x"}
        api_server.add({"apiVersion": "v1", "kind": "Node", "metadata": metadata})

    found = pages(connection, NODES, [], added)

    assert sum(len(list(page.items())) for page in found) == NUMBER


def test_a_token_that_is_none_is_told(connection: Connection) -> None:
    with pytest.raises(ClusterError) as caught:
        pages(connection, NODES, [("continue", "abc")], lambda _: None)

    assert "does not understand the request to list nodes" in str(caught.value)
    assert caught.value.http == 400


def test_a_page_of_something_else_is_told(
    api_server: ApiServer, connection: Connection
) -> None:
    api_server.faults.add(Fault(Kind.WRONG_TYPE))

    with pytest.raises(DractlError, match="answers /api/v1/nodes with something that"):
        names(connection)


def test_a_page_that_is_nested_without_end_is_told() -> None:
    deep = b"[" * 100_000
    body = b'{"metadata": %s' % deep
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    with speaking(head + body) as url:
        connection = connect(Target(server=url, timeout=5.0))
        with pytest.raises(DractlError, match="that no API server says"):
            names(connection)
