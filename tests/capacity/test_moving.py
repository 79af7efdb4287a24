import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from dractl.api.snapshot import Snapshot
from dractl.capacity.audit import audit
from dractl.capacity.devices import fleet
from dractl.capacity.moving import displaced, settled
from dractl.capacity.whatif import DrainNode, RemoveNode, changed
from dractl.model.claims import (
    ConsumerReference,
    DeviceClass,
    ObjectMeta,
    ResourceClaim,
)
from dractl.model.workloads import Container, Pod, PodClaim
from dractl.solver.placement import place
from dractl.solver.subjects import pending
from tests.builders import CLASS, device, held, node, quantities, slice_, snapshot

RESOURCE = "example.com/gpu"


def pod(name: str, where: str, *, claim: bool = True, **requests: str) -> Pod:
    return Pod(
        ObjectMeta(name, "held", uid=f"uid-{name}"),
        node_name=where,
        phase="Running",
        containers=(Container("c", requests=quantities(requests)),),
        claims=(PodClaim("c", claim=f"claim-{name}"),) if claim else (),
    )


def cluster(*nodes: tuple[int, int, int], cpu: str = "4") -> Snapshot:
    """Return nodes with (devices, pods that have one, pods that have none)."""
    slices, claims, pods = [], [], []
    for place_, (total, used, plain) in enumerate(nodes):
        name = f"node-{place_}"
        gpus = [device(f"gpu-{n}", pool=name) for n in range(total)]
        slices.append(slice_(*gpus, name=name, pool=name, node=name))
        for number, gpu in enumerate(gpus[:used]):
            user = pod(f"{place_}-{number}", name, cpu="1")
            pods.append(user)
            claims.append(reserved(held(gpu, name=f"claim-{user.meta.name}"), user))
        pods += [
            pod(f"{place_}-plain-{n}", name, claim=False, cpu="1") for n in range(plain)
        ]
    return snapshot(
        nodes=[node(f"node-{n}", allocatable={"cpu": cpu}) for n in range(len(nodes))],
        slices=slices,
        claims=claims,
        pods=pods,
    )


def reserved(claim: ResourceClaim, *pods: Pod) -> ResourceClaim:
    users = tuple(ConsumerReference("pods", p.meta.name, p.meta.uid) for p in pods)
    return dataclasses.replace(claim, reserved_for=users)


def test_pods_without_devices_lose_their_node_as_well() -> None:
    before = cluster((1, 1, 2), (2, 0, 1), cpu="3")
    after = changed(before, RemoveNode("node-0"))
    placements = place(after, displaced(before, after)).placements

    where = {e.subject.pod.meta.name: e.node for e in placements if e.subject.pod}
    assert where == {"0-0": "node-1", "0-plain-0": "node-1", "0-plain-1": None}
    assert placements[-1].reasons[0].reason == "insufficient cpu"


def test_what_waited_before_is_not_displaced() -> None:
    before = cluster((1, 1, 0), (1, 0, 0))
    waiting = pod("w", "", claim=False)
    before = dataclasses.replace(
        before, pods=(dataclasses.replace(waiting, phase="Pending"), *before.pods)
    )
    after = changed(before, DrainNode("node-0"))
    assert [e.subject.pod for e in place(after, displaced(before, after)).placements
            if e.subject.pod and e.subject.pod.meta.name == "w"] == []  # fmt: skip


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)),
        min_size=2,
        max_size=4,
    )
)
@settings(max_examples=30, deadline=None)
def test_what_has_moved_is_there(sizes: list[tuple[int, int, int]]) -> None:
    before = cluster(*sizes)
    after = changed(before, RemoveNode("node-0"))
    placements = place(after, displaced(before, after)).placements
    found = settled(after, placements)

    assert audit(found, fleet(found)) == ()
    homeless = [e.subject.pod for e in placements if e.node is None]
    assert displaced(before, found) == tuple(
        e.subject for e in placements if e.node is None
    )
    for each in placements:
        mine = each.subject.pod
        if mine is not None and mine not in homeless:
            assert found.pod_by_key[mine.meta.key].node_name == each.node
    # Nothing else moves once more: with the same to place, the rest has no place still.
    again = place(found, displaced(before, found)).placements
    assert {each.node for each in again} <= {None}


def test_pods_that_share_a_claim_have_it_together() -> None:
    gpu, spare = device(pool="node-0"), device(pool="node-1")
    pods = [
        dataclasses.replace(
            pod(name, "node-0", claim=False), claims=(PodClaim("c", claim="both"),)
        )
        for name in "ab"
    ]
    before = snapshot(
        nodes=[node("node-0"), node("node-1")],
        slices=[
            slice_(gpu, name="0", pool="node-0", node="node-0"),
            slice_(spare, name="1", pool="node-1", node="node-1"),
        ],
        claims=[reserved(held(gpu, name="both"), *pods)],
        pods=pods,
    )
    after = changed(before, RemoveNode("node-0"))
    found = settled(after, place(after, displaced(before, after)).placements)

    [claim] = found.claims
    assert claim.allocation is not None
    assert [each.device for each in claim.allocation.results] == [spare.id]
    assert [each.name for each in claim.reserved_for] == ["a", "b"]
    assert pending(found) == []


def test_devices_for_extended_resources_are_held() -> None:
    pods = [pod(n, "node-0", claim=False, **{RESOURCE: "1"}) for n in "ab"]
    gpus = [device(f"gpu-{n}", pool="node-1") for n in range(3)]
    before = snapshot(
        nodes=[node("node-0"), node("node-1")],
        classes=[DeviceClass(CLASS, (), extended_resource_name=RESOURCE)],
        slices=[slice_(*gpus, name="1", pool="node-1", node="node-1")],
        pods=pods,
    )
    after = changed(before, RemoveNode("node-0"))
    found = settled(after, place(after, displaced(before, after)).placements)

    assert [each.state.value for each in fleet(found)] == [
        "allocated", "allocated", "free",
    ]  # fmt: skip
    assert {each.extended_claim for each in found.pods} == {
        each.meta.name for each in found.claims
    }


def test_a_higher_priority_comes_first() -> None:
    """Two of three pods have room elsewhere; equal ones stay in their order."""
    before = cluster((3, 3, 0), (2, 0, 0))
    pods = (
        dataclasses.replace(each, priority=priority)
        for each, priority in zip(before.pods, (0, 1000, 0), strict=True)
    )
    before = dataclasses.replace(before, pods=tuple(pods))
    after = changed(before, RemoveNode("node-0"))
    moved = place(after, displaced(before, after)).placements
    found = [
        (each.subject.pod.meta.name, each.node) for each in moved if each.subject.pod
    ]
    assert found == [("0-1", "node-1"), ("0-0", "node-1"), ("0-2", None)]
