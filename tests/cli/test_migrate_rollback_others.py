"""`dractl migrate rollback` of what others have changed, made anew or begun to use."""

from typing import Any

import pytest

from tests.apiserver import ApiServer
from tests.cli.migrating import (
    OFF,
    ON,
    RESOURCE,
    TEMPLATE,
    Migrator,
    acting,
    deployment,
    held,
    node,
    pod,
)


def test_what_somebody_uses_stays(migrate: Migrator, server: ApiServer) -> None:
    migrate("apply", "--yes")
    entry = {"name": "gpu", "resourceClaimTemplateName": "chat-gpu"}
    spec = {**pod("user")["spec"], "resourceClaims": [entry]}
    server.add([pod("user") | {"spec": spec}, held("mine", "user")])

    ran = migrate("rollback", "--yes")

    assert ran.status == 1
    for said in (
        "ResourceClaimTemplate default/chat-gpu stays: pod default/user uses it",
        "DeviceClass gpu stays: ResourceClaim default/mine uses it",
    ):
        assert f"error: {said}\n" in ran.err
    assert migrate.states()["objects"] == "partly-rolled-back"
    assert migrate.writes()[2:] == []


def test_what_was_there_before_stays(migrate: Migrator, server: ApiServer) -> None:
    server.add(TEMPLATE)
    migrate("apply", "--yes")

    ran = migrate("rollback", "--yes")

    assert ran.status == 0
    assert "chat-gpu was there before, and stays\n" in ran.out
    assert server.object("ResourceClaimTemplate", "chat-gpu", "default")
    assert server.objects("DeviceClass") == []


@pytest.mark.parametrize("spec", [{}, {"extendedResourceName": "a.example/b"}])
def test_what_others_have_changed_or_remade_stays(
    migrate: Migrator, server: ApiServer, spec: dict[str, str]
) -> None:
    migrate("apply", "--yes")
    whole = server.object("DeviceClass", "gpu")
    server.add(whole | {"spec": {**whole["spec"], **spec} if spec else {}})
    server.add(TEMPLATE)

    ran = migrate("rollback", "--yes")

    assert ran.status == 1
    assert "DeviceClass gpu stays: somebody has changed it" in ran.err
    assert "chat-gpu was made by somebody else, and stays\n" in ran.out
    assert len(server.objects("ResourceClaimTemplate")) == 1


def test_what_is_gone_already_is_no_failure(
    migrate: Migrator, server: ApiServer
) -> None:
    migrate("apply", "--yes")
    with server.store.lock:
        for kind in ("DeviceClass", "ResourceClaimTemplate"):
            server.store.remove(server.store.stored_of(kind)[0])

    ran = migrate("rollback", "--yes")

    assert ran.status == 0
    assert "DeviceClass gpu is gone already\n" in ran.out


@pytest.mark.parametrize(
    ("is_back", "said"),
    [(False, "is gone already"), (True, "was made anew by somebody else, and stays")],
)
def test_what_is_another_or_gone_does_not_hold_up_the_rest(
    migrate: Migrator, server: ApiServer, said: str, *, is_back: bool
) -> None:
    with acting(server):
        migrate.through("objects", "wave-1", "workloads")
        with server.store.lock:
            for kind, name in (("Node", "n0"), ("Deployment", "chat")):
                stored = server.store.stored_of(kind)
                server.store.remove(next(each for each in stored if each.name == name))
        if is_back:
            server.add([node("n0"), deployment()])
        ran = migrate("rollback", "--all", "--yes")

    assert ran.status == 0, ran.err
    assert f"Deployment default/chat {said}\n" in ran.out
    assert f"Node n0 {said}\n" in ran.out
    assert set(migrate.states().values()) == {"rolled-back"}


def edited(server: ApiServer, **fields: Any) -> None:
    whole = server.object("Deployment", "chat", "default")
    spec = whole["spec"]["template"]["spec"]
    spec |= fields
    server.add(whole)


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"priorityClassName": "high"}, 0), ({"resourceClaims": []}, 1)],
)
def test_a_workload_goes_back_if_nobody_changed_the_same_fields(
    migrate: Migrator, server: ApiServer, fields: dict[str, Any], status: int
) -> None:
    migrate("apply", "--yes", "--unverified", "--stage", "workloads")
    edited(server, **fields)

    ran = migrate("rollback", "--yes")

    spec = server.object("Deployment", "chat", "default")["spec"]["template"]["spec"]
    assert ran.status == status
    assert ("resourceClaims" in spec) is bool(status)
    if status:
        assert "was changed meanwhile: it says something else" in ran.err
        assert "hint: bring the fields that are shown back by hand" in ran.err
    else:
        assert spec["priorityClassName"] == "high"
        assert spec["containers"][0]["resources"]["limits"][RESOURCE] == "1"


def test_a_label_that_somebody_changed_stops_it_before_later_steps(
    migrate: Migrator, server: ApiServer
) -> None:
    with acting(server):
        migrate.through("objects", "wave-1")
        whole = server.object("Node", "n0")
        labels = {**whole["metadata"]["labels"], ON: "maybe"}
        server.add({**whole, "metadata": {**whole["metadata"], "labels": labels}})
        ran = migrate("rollback", "--yes", "--timeout", "150ms")

    assert ran.status == 1
    assert f"its label {ON} is 'maybe', not 'true'" in ran.err
    node = server.object("Node", "n0")
    assert node["metadata"]["labels"][OFF] == "false"
    assert node["spec"]["unschedulable"] is True
