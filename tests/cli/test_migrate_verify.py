"""`dractl migrate verify`: what a stage should have left, looked at one by one."""

from typing import Any

from tests.apiserver import ApiServer
from tests.cli.migrating import (
    DRIVER,
    OFF,
    ON,
    RESOURCE,
    Migrator,
    act,
    acting,
    held,
    pod,
)
from tests.cli.run import Ran


def failed(ran: Ran) -> list[str]:
    """Return what is wrong, and check that the rest is told as well."""
    assert max(map(len, ran.out.splitlines())) <= 80
    lines = ran.out.replace("\n       ", " ").splitlines()
    assert all(line.startswith(("ok     ", "failed ")) for line in lines)
    return [line[7:] for line in lines if line.startswith("failed ")]


def test_objects_have_to_be_there_and_the_same(
    migrate: Migrator, server: ApiServer
) -> None:
    migrate("apply", "--yes")
    good = migrate("verify")
    server.add(server.object("DeviceClass", "gpu") | {"spec": {}})
    with server.store.lock:
        server.store.remove(server.store.stored_of("ResourceClaimTemplate")[0])

    bad = migrate("verify")

    assert (good.status, bad.status) == (0, 1)
    assert good.out == (
        "ok     DeviceClass gpu is there\n"
        "ok     ResourceClaimTemplate default/chat-gpu is there\n"
    )
    assert good.err == (
        "stage objects is verified\n"
        f"next: dractl migrate apply --state {migrate.path} does stage wave-1\n"
    )
    assert failed(bad) == [
        "DeviceClass gpu is there: it does not say what was created",
        "ResourceClaimTemplate default/chat-gpu: is not there any more",
    ]
    assert bad.err == (
        "2 of 2 checks failed\n"
        "next: mend it and verify again, with --timeout to wait for it; or take the "
        "stage back with dractl migrate rollback\n"
    )
    assert migrate.states()["objects"] == "applied"


def test_nodes_have_to_be_changed_and_open(
    migrate: Migrator, server: ApiServer
) -> None:
    with acting(server):
        migrate.through("objects", "wave-1")
        good = migrate("verify")
    whole = server.object("Node", "n0")
    labels = {**whole["metadata"]["labels"], OFF: "true"}
    server.add(
        {
            **whole,
            "metadata": {**whole["metadata"], "labels": labels},
            "spec": {"unschedulable": True},
        }
    )
    act(server)
    with server.store.lock:
        server.store.remove(server.store.stored_of("ResourceSlice")[0])
    bad = migrate("verify")

    assert good.out == (
        f"ok     Node n0 has label {OFF}=false\n"
        f"ok     Node n0 has no {RESOURCE} any more\n"
        f"ok     Node n0 has label {ON}=true\n"
        f"ok     Node n0 has 1 device of {DRIVER}\n"
        "ok     Node n0 takes pods\n"
    )
    assert failed(bad) == [
        f"Node n0 has label {OFF}=false: it is 'true'",
        f"Node n0 has no {RESOURCE} any more: it still has 2 {RESOURCE}",
        f"Node n0 has 1 device of {DRIVER}: 0 of 1 device of {DRIVER} (no slices yet)",
        "Node n0 takes pods: it is cordoned",
    ]


def using(name: str, claim: str | None) -> dict[str, Any]:
    """Return a pod of the workload that has a claim, which may not be made yet."""
    whole = pod(name)
    entry = {"name": "gpu", "resourceClaimTemplateName": "chat-gpu"}
    spec = {"nodeName": "n0", "containers": [{"name": "c"}], "resourceClaims": [entry]}
    made = [] if claim is None else [{"name": "gpu", "resourceClaimName": claim}]
    status = {"phase": "Running", "resourceClaimStatuses": made}
    return whole | {"spec": spec, "status": status}


def test_workloads_have_to_be_ready_with_their_claims(
    migrate: Migrator, server: ApiServer
) -> None:
    migrate("apply", "--yes", "--unverified", "--stage", "workloads")
    early = migrate("verify")
    act(server)
    server.add([using("a", "a-1"), held("a-1", "a")])
    good = migrate("verify")
    server.add([using("b", None), using("c", "c-1"), using("d", "d-1")])
    server.add(held("d-1", "somebody"))
    whole = server.object("Deployment", "chat", "default")
    server.add(whole | {"status": {**whole["status"], "readyReplicas": 0}})
    bad = migrate("verify")

    (unready,) = failed(early)
    assert unready.endswith("pods ready: its controller has not looked at it yet")
    assert good.status == 0
    assert good.out.endswith("ok     pod default/a has its devices\n")
    assert failed(bad) == [
        "Deployment default/chat has all its pods ready: readyReplicas is 0 of 1",
        "pod default/b has its devices: a claim of it has not been made yet",
        "pod default/c has its devices: there is no ResourceClaim c-1",
        "pod default/d has its devices: ResourceClaim d-1 is not reserved for it",
    ]


def test_a_workload_that_was_changed_since_is_told(
    migrate: Migrator, server: ApiServer
) -> None:
    migrate("apply", "--yes", "--unverified", "--stage", "workloads")
    act(server)
    whole = server.object("Deployment", "chat", "default")
    del whole["spec"]["template"]["spec"]["resourceClaims"]
    server.add(whole)

    (wrong,) = failed(migrate("verify"))
    assert wrong.endswith("says what it was changed to: somebody has changed it since")


def test_what_is_not_yet_so_can_be_waited_for(
    migrate: Migrator, server: ApiServer
) -> None:
    migrate("apply", "--yes", "--unverified", "--stage", "workloads")

    with acting(server):
        ran = migrate("verify", "--timeout", "9s")

    assert ran.status == 0


def test_only_a_stage_that_is_done_is_verified(
    migrate: Migrator, server: ApiServer
) -> None:
    none = migrate("verify")
    argv = ("apply", "--yes", "--stage", "wave-1", "--unverified")
    migrate(*argv, "--timeout", "150ms")
    partly = migrate("verify")
    other = migrate("verify", "--stage", "objects")

    assert (none.status, partly.status, other.status) == (1, 1, 1)
    assert "error: no stage is done yet\n" in none.err
    assert "error: stage wave-1 is partly\n" in partly.err
    assert "error: stage objects is open\n" in other.err
    assert server.objects("DeviceClass") == []
