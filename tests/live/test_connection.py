import json
from functools import partial
from pathlib import Path

import pytest

from dractl.errors import DractlError
from dractl.live.at_once import at_once
from dractl.live.connection import Connection
from dractl.live.place import Asked, Place
from tests.apiserver import ADMIN, ApiServer, Fault, Kind, Rule, User
from tests.live.configs import Pauses, connected, tell, with_program

VERSION = Asked("get", path="/version")
RULES = Place("resource.k8s.io", "v1beta2", "devicetaintrules")
CLAIMS = Place("resource.k8s.io", "v1", "resourceclaims", "default")


def refusal(connection: Connection, asked: Asked = VERSION) -> str:
    with pytest.raises(DractlError) as caught:
        connection.get(asked)
    return f"{caught.value} ({caught.value.hint})"


# -- what goes wrong once


@pytest.mark.parametrize(
    "kind",
    [Kind.INTERNAL_ERROR, Kind.UNAVAILABLE, Kind.DROP_BEFORE, Kind.DROP_AFTER,
     Kind.TRUNCATE, Kind.TRUNCATE_CHUNKED, Kind.GARBAGE],
)  # fmt: skip
def test_what_goes_wrong_once_is_tried_again(
    api_server: ApiServer, connection: Connection, pauses: Pauses, kind: Kind
) -> None:
    api_server.faults.add(Fault(kind))

    answer = connection.get(VERSION)

    assert json.loads(answer.body)["major"] == "1"
    assert pauses == [0.1]


def test_a_busy_server_is_asked_again_when_it_says(
    api_server: ApiServer, connection: Connection, pauses: Pauses
) -> None:
    api_server.faults.add(Fault(Kind.TOO_MANY_REQUESTS, seconds=3))

    connection.get(VERSION)

    assert pauses == [3.0]


def test_pauses_grow_and_end(
    api_server: ApiServer, connection: Connection, pauses: Pauses
) -> None:
    api_server.faults.add(Fault(Kind.UNAVAILABLE, times=None))

    said = refusal(connection)

    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0]
    assert f"{api_server.url} still answers 503 when asked to get /version" in said


def test_no_pause_is_longer_than_what_is_left(
    api_server: ApiServer, connection: Connection, pauses: Pauses
) -> None:
    api_server.faults.add(Fault(Kind.TOO_MANY_REQUESTS, times=None, seconds=60))

    said = refusal(connection)

    assert pauses == []
    assert "still answers 429 when asked to get /version: too much at once" in said
    assert "--request-timeout" in said


def test_without_a_timeout_a_request_waits_as_long_as_the_server_says(
    api_server: ApiServer, tmp_path: Path, pauses: Pauses
) -> None:
    api_server.faults.add(Fault(Kind.TOO_MANY_REQUESTS, seconds=3600))
    path = api_server.kubeconfig(tmp_path / "config")

    with connected(path, pauses, timeout=None) as connection:
        connection.get(VERSION)

    assert pauses == [3600.0]


def test_an_answer_that_takes_too_long_is_told(
    api_server: ApiServer, tmp_path: Path
) -> None:
    api_server.faults.add(Fault(Kind.LATENCY, times=None, seconds=5))
    path = api_server.kubeconfig(tmp_path / "config")

    with connected(path, timeout=0.2) as connection:
        said = refusal(connection)

    assert "does not answer when asked to get /version: no answer in time" in said


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Kind.GARBAGE, "the answer ends in the middle"),
        (Kind.TRUNCATE, "the connection broke"),
        (Kind.DROP_AFTER, "the connection broke"),
        (Kind.INTERNAL_ERROR, "still answers 500"),
    ],
)
def test_what_always_goes_wrong_is_told(
    api_server: ApiServer, connection: Connection, kind: Kind, message: str
) -> None:
    api_server.faults.add(Fault(kind, times=None))

    assert message in refusal(connection)


def test_what_is_not_served_is_not_tried_again(
    api_server: ApiServer, connection: Connection
) -> None:
    said = refusal(connection, Asked("list", Place("x.io", "v1", "things")))

    assert "does not serve things in x.io/v1" in said
    assert len(api_server.requests) == 1


def test_a_page_in_html_is_no_object(
    api_server: ApiServer, connection: Connection
) -> None:
    api_server.faults.add(Fault(Kind.WRONG_TYPE))

    with pytest.raises(DractlError, match="with something that no API server says"):
        connection.read(RULES.of("x"))


# -- credentials that are refused


def test_a_token_that_expires_is_replaced_by_the_next_of_the_program(
    api_server: ApiServer, tmp_path: Path
) -> None:
    path = with_program(api_server, tmp_path)
    with connected(path) as connection:
        connection.get(VERSION)
        api_server.access.revoke(api_server.access.token("admin"))
        tell(tmp_path, api_server.access.renew(ADMIN))

        answer = connection.get(VERSION)

    assert answer.status == 200
    assert [each.status for each in api_server.requests] == [200, 401, 200]


def test_a_program_that_gives_the_same_token_again_does_not_help(
    api_server: ApiServer, tmp_path: Path
) -> None:
    path = with_program(api_server, tmp_path)
    api_server.faults.add(Fault(Kind.EXPIRED_TOKEN))

    with connected(path) as connection:
        said = refusal(connection)

    assert f"{api_server.url} does not accept the credentials" in said
    assert len(api_server.requests) == 1


def test_threads_that_are_refused_at_once_need_one_new_token(
    api_server: ApiServer, tmp_path: Path
) -> None:
    path = with_program(api_server, tmp_path)
    with connected(path) as connection:
        transport = connection._transport
        tell(tmp_path, api_server.access.renew(ADMIN))

        renewed = [transport.renew(0), transport.renew(0), transport.renew(1)]

    assert renewed == [True, True, False]


def test_credentials_that_stay_refused_are_told(
    api_server: ApiServer, connection: Connection
) -> None:
    api_server.faults.add(Fault(Kind.EXPIRED_TOKEN))

    said = refusal(connection, Asked("list", CLAIMS))

    assert "does not accept the credentials (asked to list resourceclaims" in said
    assert "--context or --user" in said


# -- who asks, and what they may do


def test_the_server_says_who_asks(connection: Connection) -> None:
    assert connection.who() == "admin"


def test_many_refusals_ask_only_once_whom_they_are_for(
    api_server: ApiServer, tmp_path: Path
) -> None:
    with connected(api_server.kubeconfig(tmp_path / "c", user="alice")) as connection:
        tell = partial(refusal, connection, Asked("list", CLAIMS))
        assert len(set(at_once([tell] * 6))) == 1

    asked = [each.path for each in api_server.requests if each.method == "POST"]
    assert asked == ["/apis/authentication.k8s.io/v1/selfsubjectreviews"]


def test_the_kubeconfig_says_who_asks_where_the_server_does_not(
    api_server: ApiServer, connection: Connection
) -> None:
    api_server.faults.add(Fault(Kind.WRONG_TYPE, times=None))

    assert connection.who() == "admin"


@pytest.mark.parametrize(
    ("user", "asked", "allowed"),
    [
        ("admin", Asked("create", RULES), True),
        ("alice", Asked("create", RULES), False),
        ("admin", Asked("get", path="/metrics"), True),
        ("alice", Asked("get", path="/metrics"), False),
        ("bob", Asked("list", CLAIMS), True),
        ("bob", Asked("list", Place("", "v1", "pods", "other")), False),
    ],
)
def test_the_server_says_what_one_may_do(
    api_server: ApiServer, tmp_path: Path, user: str, asked: Asked, allowed: bool
) -> None:
    api_server.access.change(User("bob", allow=(Rule("list", namespace="default"),)))

    with connected(api_server.kubeconfig(tmp_path / "c", user=user)) as connection:
        assert connection.may(asked) is allowed
