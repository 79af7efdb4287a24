"""Lists: pages, selectors, forms."""

import gzip
import json

import pytest

from tests.apiserver.client import Client
from tests.apiserver.documents import DRA, SLICES, claim, pod, slice_of, slices
from tests.apiserver.server import ApiServer


def test_a_page_goes_on_where_the_last_one_ended(api_server: ApiServer) -> None:
    api_server.add(slices(5))
    first = Client(api_server).get(f"{SLICES}?limit=2")
    second = Client(api_server).get(f"{SLICES}?limit=2&continue={first.token}")
    last = Client(api_server).get(f"{SLICES}?limit=2&continue={second.token}")
    assert [first.names, second.names, last.names] == [
        ["n0", "n1"],
        ["n2", "n3"],
        ["n4"],
    ]
    assert first.document["metadata"]["remainingItemCount"] == 3
    assert last.document["metadata"] == {"resourceVersion": "6"}


def test_pages_show_what_was_when_the_first_was_read(api_server: ApiServer) -> None:
    api_server.add(slices(3))
    first = Client(api_server).get(f"{SLICES}?limit=1")
    Client(api_server).send("DELETE", f"{SLICES}/n1")
    api_server.add(slice_of("n11"))
    rest = Client(api_server).get(f"{SLICES}?continue={first.token}")
    assert rest.names == ["n1", "n2"]
    assert Client(api_server).get(SLICES).names == ["n0", "n11", "n2"]


def test_a_token_from_before_compaction_has_expired(api_server: ApiServer) -> None:
    api_server.add(slices(3))
    first = Client(api_server).get(f"{SLICES}?limit=1")
    api_server.add(slice_of("n11"))
    api_server.compact()
    refused = Client(api_server).get(f"{SLICES}?continue={first.token}")
    assert (refused.status, refused.document["reason"]) == (410, "Expired")
    again = Client(api_server).get(f"{SLICES}?continue={refused.token}")
    assert again.names == ["n1", "n11", "n2"]


def test_namespaces_sort_as_keys_and_one_can_be_listed(api_server: ApiServer) -> None:
    api_server.add([pod("p", namespace=name) for name in ("a", "a-b", "b")])
    listed = Client(api_server).get("/api/v1/pods?limit=2")
    assert [each["metadata"]["namespace"] for each in listed.document["items"]] == [
        "a-b",
        "a",
    ]
    assert len(Client(api_server).get("/api/v1/namespaces/a/pods").names) == 1


def test_a_namespace_is_listed_in_pages(api_server: ApiServer) -> None:
    api_server.add([pod(f"p{number}") for number in range(3)])
    api_server.add([pod("q", namespace="default1"), pod("q", namespace="a")])
    path = "/api/v1/namespaces/default/pods?limit=2"
    first = Client(api_server).get(path)
    rest = Client(api_server).get(f"{path}&continue={first.token}")
    assert [first.names, rest.names] == [["p0", "p1"], ["p2"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("fieldSelector=spec.nodeName=n1", ["n1"]),
        ("fieldSelector=spec.driver%21=gpu.example.com", []),
        ("fieldSelector=metadata.name=n0,spec.nodeName=n0", ["n0"]),
        ("labelSelector=team=a", ["n0"]),
        ("labelSelector=team%21=a", ["n1", "n2"]),
        ("labelSelector=team+in+(a,b),team", ["n0", "n1"]),
        ("labelSelector=team+notin+(a)", ["n1", "n2"]),
        ("labelSelector=%21team", ["n2"]),
    ],
)
def test_selectors_choose(query: str, names: list[str], api_server: ApiServer) -> None:
    api_server.add(
        [
            slice_of("n0", labels={"team": "a"}),
            slice_of("n1", labels={"team": "b"}),
            slice_of("n2"),
        ]
    )
    assert Client(api_server).get(f"{SLICES}?{query}").names == names


def test_a_selected_page_does_not_tell_how_many_are_left(
    api_server: ApiServer,
) -> None:
    api_server.add(slices(3))
    query = "limit=1&fieldSelector=spec.driver=gpu.example.com"
    metadata = Client(api_server).get(f"{SLICES}?{query}").document["metadata"]
    assert metadata.keys() == {"resourceVersion", "continue"}


def test_events_are_selected_by_what_they_are_about(api_server: ApiServer) -> None:
    api_server.add(
        {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"of-{name}"},
            "involvedObject": {"kind": "Pod", "name": name},
        }
        for name in ("a", "b")
    )
    query = "fieldSelector=involvedObject.kind=Pod,involvedObject.name=b"
    assert Client(api_server).get(f"/api/v1/events?{query}").names == ["of-b"]


def test_an_unknown_field_is_not_selected_by(api_server: ApiServer) -> None:
    reply = Client(api_server).get(f"{SLICES}?fieldSelector=spec.pool.name=n0")
    assert (reply.status, reply.document["reason"]) == (400, "BadRequest")


@pytest.mark.parametrize(("pages", "count"), [(False, 3), (True, 1)])
def test_the_cache_pages_only_in_some_releases(pages: bool, count: int) -> None:
    with ApiServer(pages_from_cache=pages) as server:
        server.add(slices(3))
        listed = Client(server).get(f"{SLICES}?limit=1&resourceVersion=0")
    assert len(listed.names) == count


def test_a_version_that_lies_ahead_is_refused(api_server: ApiServer) -> None:
    reply = Client(api_server).get(f"{SLICES}?resourceVersion=99")
    assert (reply.status, reply.document["reason"]) == (504, "Timeout")


def test_an_exact_version_shows_what_was(api_server: ApiServer) -> None:
    api_server.add(slices(2))
    reply = Client(api_server).get(
        f"{SLICES}?resourceVersion=2&resourceVersionMatch=Exact"
    )
    assert reply.names == ["n0"]


def test_big_lists_are_compressed_for_who_can_read_them(api_server: ApiServer) -> None:
    api_server.add(slices(800))
    plain = Client(api_server).get(SLICES)
    packed = Client(api_server).get(SLICES, Accept_Encoding="gzip")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


def test_small_lists_are_not_compressed(api_server: ApiServer) -> None:
    reply = Client(api_server).get(SLICES, Accept_Encoding="gzip")
    assert json.loads(reply.body)["items"] == []


def test_older_versions_show_the_same_objects(api_server: ApiServer) -> None:
    api_server.add(claim("c", ("p",)))
    shown = Client(api_server).get(f"{DRA}/v1beta1/resourceclaims").document
    assert shown["apiVersion"] == "resource.k8s.io/v1beta1"
    assert shown["items"][0]["spec"]["devices"]["requests"] == [
        {
            "name": "r",
            "deviceClassName": "gpu",
            "allocationMode": "ExactCount",
            "count": 1,
        }
    ]


def test_metadata_alone_can_be_had(api_server: ApiServer) -> None:
    api_server.add(slices(1))
    accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
    shown = Client(api_server).get(SLICES, Accept=accept).document
    assert shown["kind"] == "PartialObjectMetadataList"
    assert shown["items"][0].keys() == {"kind", "apiVersion", "metadata"}
