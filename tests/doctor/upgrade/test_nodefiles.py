"""What files of a node say of an upgrade of a driver."""

import dataclasses

from dractl.doctor.upgrade.question import DriverQuestion
from dractl.doctor.upgrade.run import driver_upgrade
from dractl.model.nodestate import (
    Checkpoint,
    DriverSocket,
    NodeState,
    PreparedClaim,
)
from dractl.rules.registry import Severity
from tests.doctor.upgrade.asking import (
    AMD,
    amd,
    cluster,
    daemon,
    of_driver,
    only,
    said,
    skipped,
)

UID = "139cdb46-f989-4f17-9561-ca10cfb509a6"
CODES = ("checkpoint-broken", "claims-forgotten", "claims-prepared", "socket-left")


def on_node(
    question: DriverQuestion, *claims: str, pods: tuple[str, ...] = (), flaw: str = ""
) -> DriverQuestion:
    """Return the question with what one node has: sockets and a checkpoint."""
    sockets = tuple(DriverSocket(f"/reg/{each}.sock", each) for each in pods)
    prepared = tuple(PreparedClaim(each, "a", f"c-{each}") for each in claims)
    checkpoint = Checkpoint("/checkpoint.json", prepared, flaw)
    return dataclasses.replace(question, node=NodeState(sockets, (checkpoint,)))


def test_without_files_that_is_told() -> None:
    question = of_driver(cluster())
    assert "--root" in skipped("checkpoint-broken", question)[0]
    assert not any(said(code, question) for code in CODES)


def test_a_node_on_which_all_is_well() -> None:
    held = [each for each in of_driver(cluster()).snapshot.claims if each.meta.uid]
    question = on_node(of_driver(cluster()), *(each.meta.uid for each in held))
    assert [code for code in CODES if said(code, question)] == (
        ["claims-prepared"] if held else []
    )
    assert not skipped("checkpoint-broken", question)


def test_a_broken_checkpoint_is_mended_before() -> None:
    question = on_node(of_driver(cluster()), flaw="it is no JSON")
    found = only("checkpoint-broken", question)
    assert (found.subject, found.message) == ("/checkpoint.json", "it is no JSON")
    assert driver_upgrade(question).verdict == "prepare"


def test_files_that_may_not_be_read_are_told() -> None:
    state = NodeState(unread=("/x: permission denied",))
    question = dataclasses.replace(of_driver(cluster()), node=state)
    assert skipped("checkpoint-broken", question) == ["/x: permission denied"]


def test_claims_that_the_cluster_does_not_have_are_told() -> None:
    question = on_node(of_driver(cluster()), "gone")
    assert "a/c-gone" in only("claims-forgotten", question).message
    assert only("claims-prepared", question).severity is Severity.INFO


def test_a_node_without_any_of_the_files_is_no_success() -> None:
    question = dataclasses.replace(of_driver(cluster()), node=NodeState())
    assert skipped("checkpoint-broken", question) == [
        "below --root are no files of the kubelet or of the driver"
    ]


def test_a_source_that_tells_nothing_of_itself_has_the_claims_that_it_has() -> None:
    documents = [each for each in cluster() if each["kind"] != "ClusterInfo"]
    (uid, *_) = (each.meta.uid for each in of_driver(documents).snapshot.claims)
    question = on_node(of_driver(documents), "gone", uid)
    assert only("claims-forgotten", question).evidence["claims"] == ["a/c-gone"]


def test_sockets_of_pods_that_are_gone_are_told() -> None:
    there = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "there", "namespace": "dra", "uid": UID},
        "spec": {"containers": [{"name": "c"}]},
    }
    pods = (UID, UID.replace("1", "2"), "")
    question = on_node(of_driver(cluster(there)), pods=pods)
    found = only("socket-left", question)
    assert found.commands == (f"rm /reg/{UID.replace('1', '2')}.sock",)


def test_sockets_tell_whether_a_driver_can_surge() -> None:
    surging = cluster(daemon(strategy={"maxSurge": 1, "maxUnavailable": 0}))
    question = of_driver(surging)
    assert only("surge-unsupported", question).severity is Severity.ERROR
    assert not said("surge-unsupported", on_node(question, pods=(UID,)))

    other = of_driver(cluster(amd()), driver=AMD)
    plain = NodeState((DriverSocket("/reg/x.sock", ""),))
    assert dataclasses.replace(other, node=plain).surges is False
