import dataclasses

import pytest

from dractl.api.snapshot import Snapshot
from dractl.capacity.devices import State, fleet
from dractl.capacity.moving import displaced
from dractl.capacity.whatif import (
    AddNodes,
    Change,
    DrainNode,
    FreeClaim,
    RemoveNode,
    TaintDevices,
    WithoutDriver,
    changed,
)
from dractl.errors import DractlError
from dractl.model.claims import (
    Allocation,
    ConsumerReference,
    ObjectMeta,
    OwnerReference,
    ResourceClaim,
    Toleration,
)
from dractl.model.devices import Device, NodeScope
from dractl.model.nodeselection import NodeSelector, NodeSelectorTerm, Requirement
from dractl.model.workloads import NodeTaint, Pod, PodClaim
from dractl.solver.placement import place
from tests.builders import DRIVER, NO_SCHEDULE, device, held, node, slice_, snapshot


def gpus(name: str, number: int = 2) -> list[Device]:
    return [device(f"gpu-{n}", pool=name) for n in range(number)]


def running(
    name: str, where: str, *, owner: str = "ReplicaSet", phase: str = "Running"
) -> Pod:
    owners = (OwnerReference(owner, "o", controller=True),)
    return Pod(
        ObjectMeta(name, "held", uid=f"uid-{name}", owners=owners),
        node_name=where,
        phase=phase,
        claims=(PodClaim("c", claim=f"claim-{name}"),),
    )


def claim_for(pod: Pod, *devices: Device) -> ResourceClaim:
    users = (ConsumerReference("pods", pod.meta.name, pod.meta.uid),)
    found = held(*devices, name=f"claim-{pod.meta.name}")
    return dataclasses.replace(found, reserved_for=users)


def cluster(
    *,
    owner: str = "ReplicaSet",
    phase: str = "Running",
    spare: int = 2,
    gates: dict[str, bool] | None = None,
) -> Snapshot:
    """Return two nodes; a pod has a device of the first."""
    pod = running("a", "node-1", owner=owner, phase=phase)
    first = gpus("node-1")
    return snapshot(
        feature_gates=gates,
        nodes=[
            node("node-1", labels={"kubernetes.io/hostname": "node-1", "zone": "z"}),
            node("node-2"),
        ],
        slices=[
            slice_(*first, name="s1", pool="node-1", node="node-1"),
            slice_(*gpus("node-2", spare), name="s2", pool="node-2", node="node-2"),
        ],
        claims=[claim_for(pod, first[0])],
        pods=[pod],
    )


def states(found: Snapshot) -> dict[str, str]:
    return {f"{u.id.pool}/{u.id.device}": u.state.value for u in fleet(found)}


def moved(before: Snapshot, *changes: Change) -> list[str | None]:
    after = changed(before, *changes)
    return [each.node for each in place(after, displaced(before, after)).placements]


def test_without_a_change_nothing_changes() -> None:
    before = cluster()
    assert changed(before) is before


def test_new_nodes_are_empty_and_healthy() -> None:
    before = cluster()
    first = dataclasses.replace(
        before.nodes[0],
        unschedulable=True,
        taints=(
            NodeTaint("node.kubernetes.io/unreachable", "", "NoExecute"),
            NodeTaint("gpu", "", "NoSchedule"),
        ),
    )
    daemon = dataclasses.replace(running("d", "node-1", owner="DaemonSet"), claims=())
    before = dataclasses.replace(
        before, nodes=(first, before.nodes[1]), pods=(*before.pods, daemon)
    )
    after = changed(before, AddNodes(2, "node-1"))

    new = after.node_by_name["node-1-new-2"]
    assert new.meta.labels == {"kubernetes.io/hostname": "node-1-new-2", "zone": "z"}
    assert [each.key for each in new.taints] == ["gpu"]
    found = states(after)
    assert found["node-1-new-1/gpu-0"] == found["node-1-new-2/gpu-1"] == "free"
    assert [pod.meta.name for pod in after.pods if pod.node_name == new.name] == [
        "d-node-1-new-2"
    ]
    assert displaced(before, after) == ()


def test_new_nodes_again_have_names_of_their_own() -> None:
    after = changed(cluster(), AddNodes(1, "node-1"), AddNodes(1, "node-1"))
    assert [each.name for each in after.nodes][2:] == ["node-1-new-1", "node-1-new-2"]


def test_new_nodes_have_counters_and_devices_of_shared_pools() -> None:
    here, there = NodeScope(node_name="node-1"), NodeScope(node_name="node-2")
    mine = device("a", scope=here, consumes={"c": {"memory": "1Gi"}})
    mine = dataclasses.replace(mine, taints=(NO_SCHEDULE,))
    other = device("b", scope=there)
    before = snapshot(
        nodes=[node("node-1"), node("node-2")],
        slices=[
            slice_(mine, other, per_device=True, node=None, count=2),
            slice_(name="c", node=None, per_device=True, count=2,
                   counters={"c": {"memory": "1Gi"}}),
        ],
    )  # fmt: skip
    after = changed(before, AddNodes(1, "node-1"))
    new = [each for each in fleet(after) if each.node == "node-1-new-1"]

    assert [str(each.id) for each in new] == [f"{DRIVER}/pool-node-1-new-1/a"]
    assert new[0].state is State.FREE


def test_devices_that_a_selector_gives_to_new_nodes_too_are_not_made_anew() -> None:
    term = NodeSelectorTerm((Requirement("zone", "In", ("a",)),))
    scope = NodeScope(selector=NodeSelector((term,)))
    before = snapshot(
        nodes=[node("node-1", labels={"zone": "a"}), node("node-2")],
        slices=[dataclasses.replace(slice_(device("port"), node=None), scope=scope)],
    )
    [port] = fleet(changed(before, AddNodes(1, "node-1")))
    assert port.nodes == ("node-1", "node-1-new-1")


@pytest.mark.parametrize("per_device", [True, None])
def test_devices_that_a_selector_gives_to_one_node_are_its_own(
    per_device: bool | None,
) -> None:
    hostname = "kubernetes.io/hostname"
    term = NodeSelectorTerm((Requirement(hostname, "In", ("node-1",)),))
    scope = NodeScope(selector=NodeSelector((term,)))
    only = device("a", scope=scope if per_device else None)
    made = slice_(only, node=None, per_device=per_device)
    before = snapshot(
        nodes=[node(name, labels={hostname: name}) for name in ("node-1", "node-2")],
        slices=[made if per_device else dataclasses.replace(made, scope=scope)],
        claims=[held(only)],
    )
    after = changed(before, AddNodes(1, "node-1"))
    assert [(each.id.pool, each.node) for each in fleet(after)] == [
        ("pool", "node-1"),
        ("pool-node-1-new-1", "node-1-new-1"),
    ]
    gone = changed(before, RemoveNode("node-1"))
    assert fleet(gone) == ()
    assert gone.claims[0].allocation is None


def test_a_node_that_is_gone_takes_its_devices_along() -> None:
    before = cluster()
    after = changed(before, RemoveNode("node-1"))

    assert set(states(after)) == {"node-2/gpu-0", "node-2/gpu-1"}
    assert after.claims[0].allocation is None
    assert moved(before, RemoveNode("node-1")) == ["node-2"]


def test_what_has_no_place_elsewhere_stays_without() -> None:
    assert moved(cluster(spare=0), RemoveNode("node-1")) == [None]


@pytest.mark.parametrize(
    ("owner", "phase"), [("DaemonSet", "Running"), ("ReplicaSet", "Succeeded")]
)
def test_some_pods_go_with_their_node(owner: str, phase: str) -> None:
    before = cluster(owner=owner, phase=phase)
    after = changed(before, RemoveNode("node-1"))
    assert not after.pods
    assert not [each for each in displaced(before, after) if each.pod]


def test_claims_of_pods_that_are_gone_go_with_them() -> None:
    before = cluster(phase="Succeeded")
    owner = OwnerReference("Pod", "a", "uid-a")
    own = before.claims[0]
    meta = dataclasses.replace(own.meta, owners=(owner,))
    before = dataclasses.replace(before, claims=(dataclasses.replace(own, meta=meta),))
    assert not changed(before, RemoveNode("node-1")).claims


def test_a_claim_without_a_pod_waits_again() -> None:
    before = cluster()
    alone = held(*gpus("node-1")[:1])
    before = dataclasses.replace(before, pods=(), claims=(alone,))
    assert moved(before, RemoveNode("node-1")) == ["node-2"]


def test_a_claim_on_the_network_is_lost_if_only_that_node_can_use_it() -> None:
    port = device("port", pool="fabric")
    fabric = slice_(port, name="f", pool="fabric", node=None, all_nodes=True)
    name = Requirement("metadata.name", "In", ("node-1",))
    selector = NodeSelector((NodeSelectorTerm(match_fields=(name,)),))
    claim = held(port)
    assert claim.allocation is not None
    tied = dataclasses.replace(
        claim, allocation=Allocation(claim.allocation.results, node_selector=selector)
    )
    before = snapshot(nodes=[node("node-1"), node("node-2")], slices=[fabric])
    for each, expected in ((tied, True), (claim, False)):
        with_claim = dataclasses.replace(before, claims=(each,))
        after = changed(with_claim, RemoveNode("node-1"))
        assert (after.claims[0].allocation is None) is expected


def test_a_shared_claim_stays_with_pods_elsewhere() -> None:
    port = device("port", pool="fabric")
    fabric = slice_(port, name="f", pool="fabric", node=None, all_nodes=True)
    pods = [running("a", "node-1"), running("b", "node-2")]
    users = tuple(ConsumerReference("pods", p.meta.name, p.meta.uid) for p in pods)
    shared = dataclasses.replace(held(port, name="claim-a"), reserved_for=users)
    before = snapshot(
        nodes=[node("node-1"), node("node-2")],
        slices=[fabric], claims=[shared], pods=pods,
    )  # fmt: skip
    after = changed(before, RemoveNode("node-1"))

    assert after.claims[0].allocation is not None
    assert [each.name for each in after.claims[0].reserved_for] == ["b"]


def test_a_drained_node_is_cordoned_and_keeps_its_daemons() -> None:
    before = cluster()
    after = changed(before, DrainNode("node-1"))
    assert after.node_by_name["node-1"].unschedulable
    assert states(after)["node-1/gpu-0"] == "unusable"
    assert moved(before, DrainNode("node-1")) == ["node-2"]

    daemons = cluster(owner="DaemonSet")
    kept = changed(daemons, DrainNode("node-1"))
    assert kept.pods == daemons.pods
    assert kept.claims == daemons.claims


@pytest.mark.parametrize("effect", ["NoSchedule", "NoExecute"])
def test_a_taint(effect: str) -> None:
    before = cluster()
    change = TaintDevices(f"{DRIVER}/node-1", effect)
    after = changed(before, change)

    assert states(after)["node-1/gpu-1"] == "tainted"
    evicts = effect == "NoExecute"
    assert states(after)["node-1/gpu-0"] == ("tainted" if evicts else "allocated")
    assert moved(before, change) == ["node-2"] * evicts


def test_a_taint_that_is_tolerated_evicts_nobody() -> None:
    before = cluster()
    own = before.claims[0]
    assert own.allocation is not None
    tolerant = tuple(
        dataclasses.replace(each, tolerations=(Toleration(operator="Exists"),))
        for each in own.allocation.results
    )
    claim = dataclasses.replace(own, allocation=Allocation(tolerant))
    before = dataclasses.replace(before, claims=(claim,))
    assert moved(before, TaintDevices(DRIVER, "NoExecute")) == []


def test_a_driver_that_is_gone_leaves_its_pods_waiting() -> None:
    before = cluster()
    assert moved(before, WithoutDriver(DRIVER)) == [None]
    assert fleet(changed(before, WithoutDriver(DRIVER))) == ()


def test_a_claim_that_is_freed_goes_with_its_pods() -> None:
    after = changed(cluster(), FreeClaim("held", "claim-a"))
    assert not after.pods
    assert set(states(after).values()) == {"free"}


def test_changes_follow_each_other() -> None:
    changes = (AddNodes(1, "node-1"), RemoveNode("node-2"), RemoveNode("node-1"))
    assert moved(cluster(), *changes) == ["node-1-new-1"]


def test_nodes_stand_in_where_the_source_has_none() -> None:
    before = dataclasses.replace(cluster(), nodes=())
    after = changed(before, RemoveNode("node-2"))
    assert [each.name for each in after.nodes] == ["node-1"]


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (AddNodes(1, "node-x"), "did you mean node-1?"),
        (RemoveNode("node-x"), "did you mean node-1?"),
        (DrainNode("node-x"), "did you mean node-1?"),
        (TaintDevices(f"{DRIVER}/node-1/gpu-x"), "did you mean"),
        (WithoutDriver("gpu.exampel.com"), f"did you mean {DRIVER}?"),
        (FreeClaim("held", "claim-b"), "did you mean held/claim-a?"),
    ],
)
def test_what_does_not_exist_is_an_error(change: Change, hint: str) -> None:
    with pytest.raises(DractlError) as caught:
        changed(cluster(), change)
    assert caught.value.hint.startswith(hint)


def test_a_taint_without_its_gate_is_an_error() -> None:
    with pytest.raises(DractlError, match="DRADeviceTaints is off"):
        changed(cluster(gates={"DRADeviceTaints": False}), TaintDevices(DRIVER))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (AddNodes(1, "a"), "1 more node like a"),
        (AddNodes(2, "a"), "2 more nodes like a"),
        (RemoveNode("a"), "without node a"),
        (DrainNode("a"), "node a drained"),
        (TaintDevices("d"), "d tainted NoSchedule"),
        (WithoutDriver("d"), "without driver d"),
        (FreeClaim("n", "c"), "without claim n/c"),
    ],
)
def test_changes_in_words(change: Change, expected: str) -> None:
    assert str(change) == expected
