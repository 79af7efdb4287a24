"""What a node has: resources of plugins, devices of drivers."""

from typing import Any

import pytest

from dractl.errors import DractlError
from dractl.live.connection import Connection
from dractl.live.draining import Holder, Use, holders
from dractl.live.nodestate import Published, allocatable, published
from dractl.live.place import Place
from dractl.live.served import Served
from tests.apiserver import ApiServer, Rule, User
from tests.apiserver.documents import Wire, claim, pod, slice_of
from tests.live.configs import connected


def part(name: str, generation: int, count: int, **spec: Any) -> Wire:
    """Return a slice of the pool of n0."""
    found = slice_of(name)
    pool = {"name": "n0", "generation": generation, "resourceSliceCount": count}
    return found | {"spec": {**found["spec"], "nodeName": "n0", "pool": pool, **spec}}


@pytest.mark.parametrize(
    ("slices", "found"),
    [
        ([], Published(0, "no slices yet")),
        ([slice_of("n1")], Published(0, "no slices yet")),
        ([part("a", 1, 1)], Published(1)),
        ([part("a", 1, 2)], Published(0, "pool n0 is not complete")),
        ([part("a", 1, 2), part("b", 1, 2)], Published(2)),
        ([part("a", 1, 1), part("b", 2, 1)], Published(1)),
        ([part("a", 1, 1), part("b", 2, 2)], Published(0, "pool n0 is not complete")),
        ([part("a", 1, 1, driver="other.example.com")], Published(0, "no slices yet")),
    ],
)
def test_devices_count_once_their_pool_is_complete(
    api_server: ApiServer, connection: Connection, slices: list[Wire], found: Published
) -> None:
    api_server.add(slices)

    driver = "gpu.example.com"
    assert published(connection, Served(connection), "n0", driver) == found


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ({"allocatable": {"a": "2", "b": "0", "c": "1"}}, {"a": "2"}),
        ({"allocatable": {"a": 3}}, {"a": "3"}),
        ({"allocatable": ["a"]}, {}),
        (None, {}),
    ],
)
def test_a_resource_of_none_is_none(status: object, found: dict[str, str]) -> None:
    assert allocatable({"status": status}, ["a", "b"]) == found


# -- who uses devices of a node


def asking(name: str, part: str, kind: str = "containers", **metadata: Any) -> Wire:
    found = pod(name, **metadata)
    spec = {"nodeName": "n0", kind: [{"name": "c", "resources": {part: {"r": "1"}}}]}
    return found | {"spec": spec}


def test_users_ask_for_the_resource_or_hold_a_claim(
    api_server: ApiServer, connection: Connection
) -> None:
    owner = {"kind": "Job", "name": "j", "uid": "j", "controller": True}
    api_server.add(
        [
            asking("a", "limits", ownerReferences=[owner]),
            asking("b", "requests", "initContainers"),
            pod("c"),
            pod("d"),
            claim("held", ("c",)),
            asking("e", "limits") | {"status": {"phase": "Failed"}},
        ]
    )
    use = Use(frozenset({"r"}), frozenset({"gpu.example.com"}))
    served = Served(connection)

    found = holders(connection, served, "n0", use)
    others = holders(connection, served, "n0", Use(drivers=frozenset({"other"})))

    assert found == (
        Holder("default", "a", "a"),
        Holder("default", "b", "b", is_alone=True),
        Holder("default", "c", "c", is_alone=True),
    )
    assert others == ()


def test_claims_that_may_not_be_listed_are_an_error(
    api_server: ApiServer, tmp_path: Any
) -> None:
    api_server.access.change(
        User("alice", allow=(Rule(),), deny=(Rule(resource="resourceclaims"),))
    )
    config = api_server.kubeconfig(tmp_path / "config", user="alice")
    use = Use(drivers=frozenset({"gpu.example.com"}))

    with (
        connected(config) as connection,
        pytest.raises(DractlError, match="may not list resourceclaims"),
    ):
        holders(connection, Served(connection), "n0", use)


# -- where objects are


def test_the_server_says_where_a_kind_is(connection: Connection) -> None:
    served = Served(connection)

    assert served.place("apps/v1", "Deployment", "a", "b") == Place(
        "apps", "v1", "deployments", "a", "b"
    )
    assert served.place("v1", "Node", "ignored", "n0") == Place(
        "", "v1", "nodes", None, "n0"
    )


@pytest.mark.parametrize(
    ("api_version", "kind"), [("apps/v1", "Thing"), ("nobody.example.com/v1", "Thing")]
)
def test_a_kind_that_is_not_served_is_told(
    connection: Connection, api_version: str, kind: str
) -> None:
    with pytest.raises(DractlError, match=f"does not serve {kind} in {api_version}"):
        Served(connection).place(api_version, kind, "a", "b")
