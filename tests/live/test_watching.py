"""A cluster that is followed."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dractl.api.decode import Decoded
from dractl.live.connect import connect
from dractl.live.connection import Connection
from dractl.live.errors import ClusterError
from dractl.live.kinds import CLAIM, POD, TAINT_RULE, Need
from dractl.live.place import Place
from dractl.live.reading import Reading, Scope, read
from dractl.live.target import Target
from dractl.live.watching import Mirror
from tests.apiserver.access import ADMIN, Rule, User
from tests.apiserver.documents import rule
from tests.apiserver.faults import Fault, Kind
from tests.apiserver.server import ApiServer
from tests.cli import wire

NEED = Need((CLAIM, POD))
SCOPE = Scope("a")


def claim(name: str) -> dict[str, object]:
    return wire.claim(name, namespace="a")


@pytest.fixture
def connection(api_server: ApiServer, tmp_path: Path) -> Iterator[Connection]:
    config = api_server.kubeconfig(tmp_path / "config", user=ADMIN.name)
    found = connect(Target(kubeconfig=str(config), timeout=10))
    yield found
    api_server.cut_watches()
    found.close()


Follow = Callable[[Reading | None], Mirror]


@pytest.fixture
def follow(connection: Connection) -> Iterator[Follow]:
    mirrors = []

    def start(reading: Reading | None) -> Mirror:
        found = reading or read(connection, NEED, SCOPE)
        mirrors.append(Mirror(connection, found, pause=0.1, poll=0.2))
        return mirrors[-1]

    yield start
    for mirror in mirrors:
        mirror.close()


def names(mirror: Mirror) -> list[str]:
    found = [each for each in mirror.results() if isinstance(each, Decoded)]
    return [each.name for each in found if each.kind == "ResourceClaim"]


def kinds(mirror: Mirror) -> list[str]:
    _, *found = [each for each in mirror.results() if isinstance(each, Decoded)]
    return sorted(each.kind for each in found)


def until(mirror: Mirror, holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end, names(mirror)
        mirror.wait(0.2)


def cutting(server: ApiServer, holds: Callable[[], bool]) -> Callable[[], bool]:
    """Return the question, which cuts the watches first: they may have just begun."""

    def asked() -> bool:
        server.cut_watches()
        return holds()

    return asked


def test_it_holds_what_was_read_before_anything_changes(
    api_server: ApiServer, follow: Follow
) -> None:
    api_server.add([claim("two"), claim("one")])
    assert names(follow(None)) == ["one", "two"]


def test_objects_that_come_and_go_are_followed_in_the_order_of_names(
    api_server: ApiServer, connection: Connection, follow: Follow
) -> None:
    api_server.add([claim("two")])
    mirror = follow(None)

    api_server.add([claim("one")])
    until(mirror, lambda: names(mirror) == ["one", "two"])
    connection.delete(Place("resource.k8s.io", "v1", "resourceclaims", "a", "two"))
    until(mirror, lambda: names(mirror) == ["one"])


def test_a_watch_that_breaks_is_taken_up_again(
    api_server: ApiServer, follow: Follow
) -> None:
    mirror = follow(None)
    api_server.add([claim("one")])
    until(mirror, lambda: names(mirror) == ["one"])

    api_server.cut_watches()
    api_server.add([claim("two")])

    until(mirror, lambda: names(mirror) == ["one", "two"])


def test_a_watch_that_comes_too_late_reads_everything_anew(
    api_server: ApiServer, connection: Connection, follow: Follow
) -> None:
    reading = read(connection, NEED, SCOPE)
    api_server.add([claim("one")])
    api_server.compact()

    mirror = follow(reading)

    until(mirror, lambda: names(mirror) == ["one"])


@pytest.mark.parametrize("kind", [Kind.WRONG_TYPE, Kind.UNAVAILABLE, Kind.DROP_AFTER])
def test_an_answer_that_is_no_watch_is_asked_for_again(
    api_server: ApiServer, connection: Connection, follow: Follow, kind: Kind
) -> None:
    reading = read(connection, NEED, SCOPE)
    api_server.faults.add(
        Fault(kind, path="*resourceclaims", query="*watch=1*", times=1)
    )
    mirror = follow(reading)
    api_server.add([claim("one")])

    until(mirror, lambda: names(mirror) == ["one"])
    assert api_server.faults.struck() == 1


def test_nothing_changes_where_nothing_does(follow: Follow) -> None:
    assert not follow(None).wait(0.3)


def test_a_kind_that_may_be_listed_but_not_watched_is_read_now_and_then(
    api_server: ApiServer, follow: Follow
) -> None:
    denied = Rule("watch", "resource.k8s.io", "resourceclaims")
    api_server.access.change(User(ADMIN.name, deny=(denied,)))
    mirror = follow(None)

    api_server.add([claim("one")])

    until(mirror, lambda: names(mirror) == ["one"])


def test_a_kind_that_is_removed_is_gone_and_the_others_are_followed(
    api_server: ApiServer, connection: Connection, follow: Follow
) -> None:
    api_server.add([rule()])
    mirror = follow(read(connection, Need((CLAIM, TAINT_RULE)), SCOPE))
    assert kinds(mirror) == ["DeviceTaintRule"]

    api_server.faults.add(Fault(Kind.NOT_SERVED, path="*devicetaintrules", times=None))
    until(mirror, cutting(api_server, lambda: kinds(mirror) == []))
    asked = api_server.faults.struck()
    api_server.add([claim("one")])

    until(mirror, lambda: kinds(mirror) == ["ResourceClaim"])
    assert api_server.faults.struck() == asked


@pytest.mark.parametrize("verb", ["*", "*watch=1*"])
def test_an_optional_kind_that_the_server_fails_to_list_stays_as_it_was(
    api_server: ApiServer, connection: Connection, follow: Follow, verb: str
) -> None:
    api_server.add([rule()])
    mirror = follow(read(connection, Need((CLAIM, TAINT_RULE)), SCOPE))
    broken = Fault(Kind.NOT_ALLOWED, path="*taintrules", query=verb, times=4)
    api_server.faults.add(broken)
    until(mirror, cutting(api_server, lambda: api_server.faults.struck() == 4))

    api_server.add([claim("one")])

    until(mirror, lambda: kinds(mirror) == ["DeviceTaintRule", "ResourceClaim"])


def test_a_kind_that_matters_and_that_the_server_fails_to_list_ends_it(
    api_server: ApiServer, follow: Follow
) -> None:
    mirror = follow(None)
    api_server.faults.add(Fault(Kind.NOT_ALLOWED, path="*claims", times=None))

    with pytest.raises(ClusterError, match="405"):
        until(mirror, cutting(api_server, lambda: False))


def test_credentials_that_are_no_longer_good_end_it(
    api_server: ApiServer, follow: Follow
) -> None:
    mirror = follow(None)
    api_server.access.revoke(api_server.access.token(ADMIN.name))

    with pytest.raises(ClusterError) as caught:
        until(mirror, cutting(api_server, lambda: False))

    assert caught.value.code == "unauthorized"
