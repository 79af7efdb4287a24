"""`dractl migrate rollback`: back to the exact former state, and nothing beyond."""

import json

import pytest

from dractl.migrate.steps import Stage, StageKind, Step, Verb
from tests.apiserver import ApiServer
from tests.cli.keyboard import typing
from tests.cli.migrating import (
    DRIVER,
    OFF,
    ON,
    RESOURCE,
    Migrator,
    act,
    acting,
    former,
    held,
    node,
    pod,
)


def test_all_is_as_it_was_before(migrate: Migrator, server: ApiServer) -> None:
    before = former(server)

    with acting(server):
        migrate.through("objects", "wave-1", "workloads")
        assert former(server) != before
        ran = migrate("rollback", "--all", "--yes")

    assert ran.status == 0, ran.err
    assert former(server) == before
    assert server.objects("ResourceSlice") == []
    assert set(migrate.states().values()) == {"rolled-back"}
    assert [each for each in ran.out.splitlines() if "ROLL" in each] == [
        "ROLL BACK workloads",
        "ROLL BACK wave-1",
        "ROLL BACK objects",
    ]
    assert migrate("rollback", "--yes").err == "there is nothing to take back\n"


def test_labels_and_cordons_of_others_come_back(
    migrate: Migrator, server: ApiServer
) -> None:
    own = node("n0")
    own["metadata"]["labels"] |= {OFF: "true"}
    own["spec"]["unschedulable"] = True
    server.add(own)
    before = former(server)

    with acting(server):
        migrate.through("objects", "wave-1")
        ran = migrate("rollback", "--yes")
    act(server)

    assert ran.status == 0, ran.err
    assert "Node n0 was cordoned before, and stays so\n" in ran.out
    assert server.object("Node", "n0")["spec"]["unschedulable"] is True
    assert [each for each in former(server) if each["kind"] == "Node"] == [
        each for each in before if each["kind"] == "Node"
    ]


def test_only_the_last_stage_goes_unless_more_is_wanted(
    migrate: Migrator, server: ApiServer
) -> None:
    with acting(server):
        migrate.through("objects", "wave-1", "workloads")
        one = migrate("rollback", "--yes")
        states = migrate.states()
        more = migrate("rollback", "--yes", "--to", "objects")

    assert (one.status, more.status) == (0, 0)
    assert states == {
        "objects": "verified",
        "wave-1": "verified",
        "workloads": "rolled-back",
    }
    assert list(migrate.states().values()) == ["verified", "rolled-back", "rolled-back"]


def test_what_was_taken_back_can_be_done_again(
    migrate: Migrator, server: ApiServer
) -> None:
    with acting(server):
        migrate.through("objects", "wave-1", "workloads")
        migrate("rollback", "--all", "--yes")
        migrate.through("objects", "wave-1", "workloads")

    assert set(migrate.states().values()) == {"verified"}


def test_it_is_shown_and_done_if_the_user_wants_it(
    migrate: Migrator, server: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate("apply", "--yes")

    typing(monkeypatch, "n\n")
    refused = migrate("rollback")
    typing(monkeypatch, "y\n")
    done = migrate("rollback")

    assert (refused.status, done.status) == (1, 0)
    shown = (
        "ROLL BACK objects\n"
        "    - take back: create ResourceClaimTemplate chat-gpu\n"
        "    - take back: create DeviceClass gpu\n"
    )
    assert refused.out == shown
    assert refused.err.endswith("nothing was changed\n")
    assert done.out == shown + (
        "ResourceClaimTemplate default/chat-gpu deleted\nDeviceClass gpu deleted\n"
    )
    assert f"take back objects on {server.url}? [y/N]" in done.err


@pytest.mark.parametrize("dry_run", ["client", "server"])
def test_a_dry_run_takes_nothing_back(
    migrate: Migrator, server: ApiServer, dry_run: str
) -> None:
    migrate("apply", "--yes")
    before = migrate.path.read_text()

    ran = migrate("rollback", f"--dry-run={dry_run}")

    assert ran.status == 0
    assert server.object("DeviceClass", "gpu")
    assert migrate.path.read_text() == before


def test_of_a_node_only_what_is_done_is_shown(
    migrate: Migrator, server: ApiServer
) -> None:
    with acting(server):
        migrate.through("objects", "wave-1")
    bare = {"nodeName": "n0", "containers": [{"name": "c"}]}
    server.add([pod("user") | {"spec": bare}, held("c", "user")])

    assert migrate("rollback", "--dry-run=server").out.startswith(
        "ROLL BACK wave-1\n"
        "    - take back: uncordon n0\n"
        f"    - evict the pods on n0 that hold claims of {DRIVER}\n"
        "      pod default/user\n"
        "    - take back: the driver on n0\n"
        "    - take back: no plugin on n0\n"
        "    - take back: cordon n0\n"
    )


def test_to_and_all_exclude_each_other(migrate: Migrator) -> None:
    assert migrate("rollback", "--to", "objects", "--all").status == 2


# -- order on nodes


def test_pods_with_claims_leave_before_the_driver_does(
    migrate: Migrator, server: ApiServer
) -> None:
    with acting(server):
        migrate.through("objects", "wave-1")
        bare = {"nodeName": "n0", "containers": [{"name": "c"}]}
        server.add([pod("user") | {"spec": bare}, held("c", "user")])
        server.requests.clear()
        ran = migrate("rollback", "--yes")

    assert ran.status == 0, ran.err
    writes = migrate.writes()
    assert writes == [
        ("PATCH", "n0"),  # cordon
        ("POST", "eviction"),
        ("PATCH", "n0"),  # the driver's label
        ("PATCH", "n0"),  # the plugin's label
        ("PATCH", "n0"),  # uncordon
    ]
    assert "pods that held claims left n0: default/user\n" in ran.err


def test_a_driver_stays_while_a_budget_keeps_a_pod_with_a_claim(
    migrate: Migrator, server: ApiServer
) -> None:
    budget = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "chat", "namespace": "default"},
        "spec": {"selector": {"matchLabels": {"app": "chat"}}},
        "status": {"disruptionsAllowed": 0},
    }
    with acting(server):
        migrate.through("objects", "wave-1")
        bare = {"nodeName": "n0", "containers": [{"name": "c"}]}
        server.add([budget, pod("user") | {"spec": bare}, held("c", "user")])
        refused = migrate("rollback", "--yes", "--timeout", "150ms")
        labels = server.object("Node", "n0")["metadata"]["labels"]
        states = migrate.states()
        server.add(budget | {"status": {"disruptionsAllowed": 1}})
        done = migrate("rollback", "--yes")

    assert refused.status == 1
    assert "1 pod did not leave n0 in time: default/user" in refused.err
    assert labels[ON] == "true"
    assert states["wave-1"] == "partly-rolled-back"
    assert done.status == 0


def test_a_node_stays_cordoned_until_its_plugin_is_back(
    migrate: Migrator, server: ApiServer
) -> None:
    with acting(server):
        migrate.through("objects", "wave-1")
    refused = migrate("rollback", "--yes", "--timeout", "150ms")
    cordoned = server.object("Node", "n0")["spec"]
    act(server)
    done = migrate("rollback", "--yes")

    assert refused.status == 1
    assert f"waiting for Node n0 to have 2 {RESOURCE}\n" in refused.err
    assert "Node n0 stays cordoned: it has not got back what it had" in refused.err
    assert cordoned["unschedulable"] is True
    assert done.status == 0
    assert "unschedulable" not in server.object("Node", "n0")["spec"]


def test_a_node_that_has_got_back_less_is_told(
    migrate: Migrator, server: ApiServer
) -> None:
    with acting(server):
        migrate.through("objects", "wave-1")
    whole = server.object("Node", "n0")
    server.add(whole | {"status": {"allocatable": {RESOURCE: "1"}}})

    ran = migrate("rollback", "--yes")

    assert ran.status == 0
    said = f"Node n0 has 1 {RESOURCE}, not 2 {RESOURCE} as before"
    assert f"warning: {said}\n" in ran.err


def test_a_wave_that_stopped_in_the_middle_is_taken_back(
    migrate: Migrator, server: ApiServer
) -> None:
    before = former(server)
    stuck = migrate(
        "apply", "--yes", "--stage", "wave-1", "--unverified", "--timeout", "150ms"
    )

    with acting(server):
        ran = migrate("rollback", "--yes")

    assert stuck.status == 1
    assert migrate.marks(1)[:4] == ["undone"] * 4
    assert ran.status == 0
    assert former(server) == before


# -- interruptions


def test_an_object_of_a_run_that_was_killed_is_known_as_ours(
    migrate: Migrator, server: ApiServer
) -> None:
    migrate("apply", "--yes")
    content = json.loads(migrate.path.read_text())
    content["progress"][0]["steps"][1] |= {"mark": "begun", "former": {"there": False}}
    migrate.path.write_text(json.dumps(content))

    ran = migrate("rollback", "--yes")

    assert ran.status == 0
    assert server.objects("ResourceClaimTemplate") == []


def test_what_was_done_by_hand_is_taken_back_by_hand(
    migrate: Migrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Step(Verb.BY_HAND, f"install the driver {DRIVER}")
    migrate.plan((Stage("hand", StageKind.OBJECTS, "by hand", (step,)),))
    typing(monkeypatch, "y\ny\n")
    migrate("apply")

    typing(monkeypatch, "y\ny\n")
    ran = migrate("rollback")

    assert ran.status == 0
    assert f"by hand: take back: install the driver {DRIVER}\n" in ran.err
