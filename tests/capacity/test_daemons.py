"""New nodes run the DaemonSets of the node that they are like, with their devices."""

import dataclasses

import pytest

from dractl.api.snapshot import Snapshot
from dractl.capacity.audit import audit
from dractl.capacity.claims import Phase, claims_of
from dractl.capacity.devices import State, fleet
from dractl.capacity.moving import displaced
from dractl.capacity.whatif import AddNodes, changed
from dractl.model.claims import (
    ConsumerReference,
    ObjectMeta,
    OwnerReference,
    ResourceClaim,
)
from dractl.model.devices import Device
from dractl.model.nodeselection import NodeSelector
from dractl.model.workloads import Pod, PodClaim
from tests.builders import device, held, node, slice_, snapshot

MONITOR = OwnerReference("DaemonSet", "monitor", controller=True)
NEW = "node-1-new-1"


def gpus(where: str) -> list[Device]:
    return [device(f"gpu-{number}", pool=where) for number in range(2)]


def daemon(**parts: object) -> Pod:
    """Return a pod of a DaemonSet on node-1, with one claim from a template."""
    pod = Pod(
        ObjectMeta("monitor-x", "held", uid="uid-m", owners=(MONITOR,)),
        node_name="node-1",
        phase="Running",
        claims=(PodClaim("gpu", template="gpu"),),
        claim_names={"gpu": "monitor-x-gpu"},
    )
    return dataclasses.replace(pod, **parts)  # type: ignore[arg-type] # any of its own


def claim(*devices: Device, name: str = "monitor-x-gpu") -> ResourceClaim:
    found = held(*devices, name=name)
    owners = (OwnerReference("Pod", "monitor-x", "uid-m", controller=True),)
    return dataclasses.replace(
        found,
        meta=dataclasses.replace(found.meta, owners=owners),
        reserved_for=(ConsumerReference("pods", "monitor-x", "uid-m"),),
    )


def cluster(pod: Pod, *claims: ResourceClaim, shared: Device | None = None) -> Snapshot:
    slices = [
        slice_(*gpus(each), name=f"s-{each}", pool=each, node=each)
        for each in ("node-1", "node-2")
    ]
    if shared is not None:
        slices.append(slice_(shared, name="net", pool="net", node=None, all_nodes=True))
    return snapshot(
        nodes=[node("node-1"), node("node-2")],
        slices=slices,
        claims=claims,
        pods=[pod],
    )


def used(after: Snapshot, where: str) -> list[bool]:
    uses = [each for each in fleet(after) if each.id.pool == where]
    return [each.state is State.ALLOCATED for each in uses]


def test_a_daemon_has_the_same_device_on_new_nodes() -> None:
    before = cluster(daemon(), claim(gpus("node-1")[1]))
    after = changed(before, AddNodes(2, "node-1"))

    assert used(after, NEW) == used(after, "node-1-new-2") == [False, True]
    assert displaced(before, after) == ()
    assert not audit(after, fleet(after))
    pod = next(each for each in after.pods if each.node_name == NEW)
    assert pod.claim_names == {"gpu": f"monitor-x-gpu-{NEW}"}
    copies = [each for each in claims_of(after, fleet(after)) if each.nodes == (NEW,)]
    assert [each.phase for each in copies] == [Phase.IN_USE]
    assert copies[0].claim.meta.owners[0].name == pod.meta.name
    assert copies[0].claim.allocation is not None
    assert copies[0].claim.allocation.node_selector == NodeSelector.only(NEW)


def test_extended_resources_of_a_daemon_are_devices_too() -> None:
    pod = daemon(claims=(), claim_names={}, extended_claim="monitor-x-gpu")
    after = changed(cluster(pod, claim(gpus("node-1")[0])), AddNodes(1, "node-1"))
    assert used(after, NEW) == [True, False]
    assert after.pods[-1].extended_claim == f"monitor-x-gpu-{NEW}"


def test_a_pool_that_is_not_called_as_its_node_is_renamed() -> None:
    one = device("gpu-0", pool="rack")
    before = snapshot(
        nodes=[node("node-1")],
        slices=[slice_(one, pool="rack", node="node-1")],
        claims=[claim(one)],
        pods=[daemon()],
    )
    after = changed(before, AddNodes(1, "node-1"))
    assert used(after, f"rack-{NEW}") == [True]


@pytest.mark.parametrize(
    ("pod", "claims"),
    [
        (daemon(claims=(PodClaim("gpu", claim="c"),)), ["c"]),
        (daemon(claim_names={}), ["monitor-x-gpu"]),
        (daemon(), []),
        (daemon(phase="Succeeded"), ["monitor-x-gpu"]),
        (daemon(meta=ObjectMeta("monitor-x", "held")), ["monitor-x-gpu"]),
    ],
    ids=["claim by name", "no claim yet", "claim unknown", "ended", "no daemon"],
)
def test_what_is_not_the_daemons_own_is_not_copied(pod: Pod, claims: list[str]) -> None:
    given = [claim(gpus("node-1")[0], name=each) for each in claims]
    after = changed(cluster(pod, *given), AddNodes(1, "node-1"))
    assert after.pods == (pod,)
    assert used(after, NEW) == [False, False]


def test_devices_of_several_nodes_are_taken_once() -> None:
    net = device("nic", pool="net")
    before = cluster(daemon(), claim(net), shared=net)
    after = changed(before, AddNodes(1, "node-1"))
    assert after.pods == before.pods
    assert after.claims == before.claims


def test_a_claim_that_is_not_needed_is_none_on_new_nodes() -> None:
    after = changed(cluster(daemon(claim_names={"gpu": None})), AddNodes(1, "node-1"))
    assert after.pods[-1].claim_names == {"gpu": None}
    assert after.pods[-1].node_name == NEW
