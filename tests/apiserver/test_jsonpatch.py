"""JSON patches of objects, as far as an API server takes them."""

from typing import Any, Final

import pytest

from tests.apiserver import ApiServer
from tests.apiserver.client import Client, Reply
from tests.apiserver.documents import RULE, rule

_TYPE: Final = {"Content-Type": "application/json-patch+json"}
_NODE: Final = "/api/v1/nodes/n0"

Operations = list[dict[str, Any]]


def sent(server: ApiServer, operations: object, path: str = _NODE) -> Reply:
    return Client(server).send("PATCH", path, operations, _TYPE)


@pytest.fixture
def server(api_server: ApiServer) -> ApiServer:
    """Return a server with a node that has labels and taints."""
    api_server.add(
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": "n0", "labels": {"example.com/a": "1", "b": "2"}},
            "spec": {"taints": [{"key": "x"}, {"key": "y"}]},
        }
    )
    return api_server


@pytest.mark.parametrize(
    ("operations", "labels", "taints"),
    [
        ([{"op": "remove", "path": "/metadata/labels/example.com~1a"}], "b2", "xy"),
        (
            [{"op": "replace", "path": "/metadata/labels/b", "value": "3"}],
            "example.com/a1 b3",
            "xy",
        ),
        (
            [
                {"op": "test", "path": "/spec/taints/0/key", "value": "x"},
                {"op": "remove", "path": "/spec/taints/0"},
            ],
            "example.com/a1 b2",
            "y",
        ),
        (
            [
                {"op": "add", "path": "/spec/taints/1", "value": {"key": "i"}},
                {"op": "add", "path": "/spec/taints/-", "value": {"key": "z"}},
            ],
            "example.com/a1 b2",
            "xiyz",
        ),
        (
            [{"op": "move", "from": "/spec/taints/0", "path": "/spec/taints/1"}],
            "example.com/a1 b2",
            "yx",
        ),
        (
            [{"op": "copy", "from": "/spec/taints/0", "path": "/spec/taints/-"}],
            "example.com/a1 b2",
            "xyx",
        ),
    ],
)
def test_operations_are_done(
    operations: Operations, labels: str, taints: str, server: ApiServer
) -> None:
    assert sent(server, operations).status == 200
    node = server.object("Node", "n0")
    kept = node["metadata"]["labels"]
    assert " ".join(f"{key}{value}" for key, value in kept.items()) == labels
    assert "".join(each["key"] for each in node["spec"]["taints"]) == taints


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/metadata/labels/b", "value": "3"},
        {"op": "test", "path": "/metadata/labels/c", "value": "3"},
        {"op": "test", "path": "/metadata/resourceVersion", "value": "1"},
        {"op": "remove", "path": "/spec/unschedulable"},
        {"op": "replace", "path": "/spec/unschedulable", "value": True},
        {"op": "remove", "path": "/spec/taints/2"},
        {"op": "add", "path": "/spec/taints/9", "value": {}},
        {"op": "add", "path": "/metadata/labels/b/c", "value": {}},
    ],
)
def test_what_does_not_fit_changes_nothing(
    operation: dict[str, Any], server: ApiServer
) -> None:
    before = server.object("Node", "n0")
    cordon = {"op": "add", "path": "/spec/unschedulable", "value": True}
    if "unschedulable" in operation["path"]:
        cordon = {"op": "add", "path": "/spec/podCIDR", "value": "10.0.0.0/24"}
    reply = sent(server, [cordon, operation])
    assert (reply.status, reply.document["reason"]) == (422, "Invalid")
    assert "causes" not in reply.document["details"]
    assert server.object("Node", "n0") == before


@pytest.mark.parametrize("body", [{}, ["add"], [{"op": "drop", "path": "/a"}]])
def test_what_is_no_patch_is_refused(body: object, server: ApiServer) -> None:
    assert sent(server, body).status == 400


def test_an_invalid_result_is_refused_with_causes(api_server: ApiServer) -> None:
    api_server.add(rule())
    path = "/spec/taint/effect"
    reply = sent(api_server, [{"op": "replace", "path": path, "value": "No"}], RULE)
    assert reply.status == 422
    assert reply.document["details"]["causes"]


def test_who_patches_owns_what_they_changed(server: ApiServer) -> None:
    cordon = {"op": "add", "path": "/spec/unschedulable", "value": True}
    reply = sent(server, [cordon], f"{_NODE}?fieldManager=dractl")
    (entry,) = reply.document["metadata"]["managedFields"]
    assert entry["manager"] == "dractl"
    assert entry["fieldsV1"] == {"f:spec": {"f:unschedulable": {}}}
