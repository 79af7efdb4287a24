"""Injected faults."""

import gzip
import http.client
import json
import time

import pytest

from tests.apiserver import ADMIN, ApiServer, Fault, Kind
from tests.apiserver.client import Client
from tests.apiserver.documents import RULE, SLICES, rule, slices


def test_every_third_request_that_fits_fails(api_server: ApiServer) -> None:
    api_server.faults.add(Fault(Kind.UNAVAILABLE, path="/apis/*", every=3, times=None))
    client = Client(api_server)
    client.get("/version")
    statuses = [client.get(SLICES).status for _ in range(6)]
    assert statuses == [200, 200, 503, 200, 200, 503]
    assert api_server.faults.struck() == 2


def test_a_fault_strikes_once_unless_told_otherwise(api_server: ApiServer) -> None:
    api_server.faults.add(Fault(Kind.INTERNAL_ERROR))
    first, second = Client(api_server).get(SLICES), Client(api_server).get(SLICES)
    assert (first.status, first.document["reason"]) == (500, "InternalError")
    assert second.status == 200


def test_a_fault_is_for_its_method_and_query_alone(api_server: ApiServer) -> None:
    fault = Fault(Kind.INTERNAL_ERROR, method="GET", query="*limit=*")
    api_server.faults.add(fault)
    assert Client(api_server).apply(RULE, rule(), "dractl").status == 201
    assert Client(api_server).get(SLICES).status == 200
    assert Client(api_server).get(f"{SLICES}?limit=1").status == 500


def test_too_many_requests_say_when_to_come_back(api_server: ApiServer) -> None:
    api_server.faults.add(Fault(Kind.TOO_MANY_REQUESTS, seconds=2))
    reply = Client(api_server).get(SLICES)
    assert (reply.status, reply.headers["retry-after"]) == (429, "2")
    assert reply.document["details"] == {"retryAfterSeconds": 2}


def test_a_slow_answer_is_an_answer(api_server: ApiServer) -> None:
    api_server.faults.add(Fault(Kind.LATENCY, seconds=0.05))
    before = time.monotonic()
    assert Client(api_server).get(SLICES).status == 200
    assert time.monotonic() - before >= 0.05


def test_a_connection_drops_before_the_change(api_server: ApiServer) -> None:
    api_server.faults.add(Fault(Kind.DROP_BEFORE))
    with pytest.raises(http.client.RemoteDisconnected):
        Client(api_server).apply(RULE, rule(), "dractl")
    assert api_server.objects("DeviceTaintRule") == []
    assert [each.status for each in api_server.requests] == [0]


def test_a_connection_drops_after_the_change(api_server: ApiServer) -> None:
    api_server.faults.add(Fault(Kind.DROP_AFTER))
    with pytest.raises(http.client.RemoteDisconnected):
        Client(api_server).apply(RULE, rule(), "dractl")
    assert len(api_server.objects("DeviceTaintRule")) == 1
    assert Client(api_server).apply(RULE, rule(), "dractl").status == 200


@pytest.mark.parametrize("kind", [Kind.TRUNCATE, Kind.TRUNCATE_CHUNKED])
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_body_ends_too_early(
    kind: Kind, encoding: str, api_server: ApiServer
) -> None:
    api_server.add(slices(800))
    whole = Client(api_server).get(SLICES, Accept_Encoding=encoding).body
    api_server.faults.add(Fault(kind))
    with pytest.raises(http.client.IncompleteRead) as caught:
        Client(api_server).get(SLICES, Accept_Encoding=encoding)
    assert caught.value.partial == whole[: len(whole) // 2]
    assert len(gzip.decompress(whole) if encoding else whole) > 128 * 1024


def test_a_token_expires_until_there_is_another(api_server: ApiServer) -> None:
    api_server.faults.add(Fault(Kind.EXPIRED_TOKEN, every=2))
    client = Client(api_server)
    assert [client.get(SLICES).status for _ in range(3)] == [200, 401, 401]
    api_server.access.renew(ADMIN)
    assert client.get(SLICES).status == 200


def test_a_continue_token_expires(api_server: ApiServer) -> None:
    api_server.add(slices(2))
    api_server.faults.add(Fault(Kind.EXPIRED_CONTINUE))
    page = Client(api_server).get(f"{SLICES}?limit=1")
    refused = Client(api_server).get(f"{SLICES}?limit=1&continue={page.token}")
    assert (refused.status, refused.document["reason"]) == (410, "Expired")
    again = Client(api_server).get(f"{SLICES}?limit=1&continue={refused.token}")
    assert again.names == ["n1"]


def test_a_body_is_garbage(api_server: ApiServer) -> None:
    api_server.faults.add(Fault(Kind.GARBAGE))
    reply = Client(api_server).get(SLICES)
    assert reply.headers["content-type"] == "application/json"
    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.body)


def test_a_page_comes_instead(api_server: ApiServer) -> None:
    api_server.faults.add(Fault(Kind.WRONG_TYPE))
    reply = Client(api_server).get(SLICES)
    assert (reply.status, reply.headers["content-type"].partition(";")[0]) == (
        200,
        "text/html",
    )


def test_a_redirect_names_another_place(api_server: ApiServer) -> None:
    api_server.faults.add(Fault(Kind.REDIRECT, location="http://127.0.0.1:9/"))
    reply = Client(api_server).get(SLICES)
    assert (reply.status, reply.headers["location"]) == (307, "http://127.0.0.1:9/")


def test_faults_can_be_cleared(api_server: ApiServer) -> None:
    api_server.faults.add(Fault(Kind.UNAVAILABLE, times=None))
    assert Client(api_server).get(SLICES).status == 503
    api_server.faults.clear()
    assert Client(api_server).get(SLICES).status == 200
