"""What is written, deleted and watched through a connection."""

import json
from pathlib import Path
from typing import Any

import pytest

from dractl.live.connection import Connection, LostConnection
from dractl.live.errors import ClusterError
from dractl.live.place import Asked, Place
from tests.apiserver import ADMIN, ApiServer, Fault, Kind
from tests.apiserver.client import Client
from tests.live.configs import connected, tell, with_program

RULES = Place("resource.k8s.io", "v1beta2", "devicetaintrules")


def rule(name: str, effect: str = "NoSchedule") -> dict[str, Any]:
    return {
        "apiVersion": "resource.k8s.io/v1beta2",
        "kind": "DeviceTaintRule",
        "metadata": {"name": name},
        "spec": {
            "deviceSelector": {"driver": "gpu.example.com"},
            "taint": {"key": "k", "effect": effect},
        },
    }


def created(server: ApiServer, name: str) -> str:
    """Create a rule and return its uid."""
    made = Client(server).send("POST", RULES.path, rule(name)).document
    return str(made["metadata"]["uid"])


def test_a_document_is_applied_and_read(connection: Connection) -> None:
    made = connection.apply(RULES.of("a"), rule("a"), manager="dractl")

    assert made["spec"]["taint"]["effect"] == "NoSchedule"
    assert connection.read(RULES.of("a"))["metadata"]["uid"] == made["metadata"]["uid"]


def test_a_document_whose_answer_is_lost_is_applied_again(
    api_server: ApiServer, connection: Connection
) -> None:
    api_server.faults.add(Fault(Kind.DROP_AFTER, method="PATCH"))

    made = connection.apply(RULES.of("a"), rule("a"), manager="dractl")

    (kept,) = api_server.objects("DeviceTaintRule")
    assert kept["metadata"]["uid"] == made["metadata"]["uid"]
    assert [each.status for each in api_server.requests] == [0, 200]


def test_a_dry_run_changes_nothing(
    api_server: ApiServer, connection: Connection
) -> None:
    connection.apply(RULES.of("a"), rule("a"), manager="dractl", dry_run=True)

    assert api_server.objects("DeviceTaintRule") == []


def test_a_field_of_another_manager_is_taken_by_force_only(
    connection: Connection,
) -> None:
    connection.apply(RULES.of("a"), rule("a"), manager="one")

    with pytest.raises(ClusterError) as caught:
        connection.apply(RULES.of("a"), rule("a", "None"), manager="two")
    forced = connection.apply(
        RULES.of("a"), rule("a", "None"), manager="two", force=True
    )

    assert caught.value.http == 409
    assert "somebody else manages fields of devicetaintrules" in str(caught.value)
    assert ".spec.taint.effect" in str(caught.value)
    assert forced["spec"]["taint"]["effect"] == "None"


def test_an_object_is_deleted_if_it_is_still_the_one_that_is_meant(
    api_server: ApiServer, connection: Connection
) -> None:
    uid = created(api_server, "a")
    place = RULES.of("a")

    with pytest.raises(ClusterError) as other:
        connection.delete(place, uid="another")
    connection.delete(place, uid=uid, dry_run=True)
    assert len(api_server.objects("DeviceTaintRule")) == 1
    connection.delete(place, uid=uid)
    with pytest.raises(ClusterError) as gone:
        connection.delete(place, uid=uid)

    assert (other.value.http, gone.value.http) == (409, 404)
    assert str(gone.value) == "there is no devicetaintrules.resource.k8s.io a"


# -- watches


def test_lines_come_as_the_server_writes_them(
    api_server: ApiServer, connection: Connection
) -> None:
    created(api_server, "a")

    lines = connection.lines(Asked("watch", RULES), [("watch", "1")], 5.0)
    event = json.loads(next(lines))
    api_server.cut_watches()

    assert (event["type"], event["object"]["metadata"]["name"]) == ("ADDED", "a")
    with pytest.raises(LostConnection):
        list(lines)


def test_a_watch_that_is_refused_is_told(api_server: ApiServer, tmp_path: Path) -> None:
    path = api_server.kubeconfig(tmp_path / "config", user="alice")

    with connected(path) as connection, pytest.raises(ClusterError) as caught:
        connection.lines(Asked("watch", RULES), [("watch", "1")], 5.0)

    assert caught.value.http == 403
    assert "--verb=watch" in caught.value.hint


def test_a_watch_goes_on_with_new_credentials(
    api_server: ApiServer, tmp_path: Path
) -> None:
    path = with_program(api_server, tmp_path)
    with connected(path) as connection:
        created(api_server, "a")
        connection.read(RULES.of("a"))
        api_server.access.revoke(api_server.access.token("admin"))
        tell(tmp_path, api_server.access.renew(ADMIN))

        lines = connection.lines(Asked("watch", RULES), [("watch", "1")], 5.0)

        assert json.loads(next(lines))["type"] == "ADDED"
