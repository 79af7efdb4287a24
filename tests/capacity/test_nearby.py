"""The loss of a node in the part of a cluster that feels it is that in the whole."""

import dataclasses
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from dractl.api.snapshot import Snapshot
from dractl.capacity.devices import fleet
from dractl.capacity.headroom import headroom
from dractl.capacity.moving import displaced
from dractl.capacity.nearby import Nearby
from dractl.capacity.whatif import RemoveNode, changed
from dractl.model.claims import (
    Allocation,
    ConsumerReference,
    DeviceResult,
    ObjectMeta,
    OwnerReference,
    ResourceClaim,
)
from dractl.model.devices import Device, NodeScope, ResourceSlice
from dractl.model.nodeselection import NodeSelector, NodeSelectorTerm, Requirement
from dractl.model.workloads import Container, Pod, PodClaim
from dractl.solver.placement import Placement, place
from tests.builders import (
    claim,
    device,
    node,
    quantities,
    request,
    slice_,
    snapshot,
)

NODES = ("node-0", "node-1", "node-2")
ZONES = {"node-0": "a", "node-1": "a", "node-2": "b"}


def selecting(key: str, value: str) -> NodeSelector:
    by_name = key == "metadata.name"
    wanted = (Requirement(key, "In", (value,)),)
    return NodeSelector(
        (NodeSelectorTerm(match_fields=wanted),)
        if by_name
        else (NodeSelectorTerm(match_expressions=wanted),)
    )


SELECTORS = (
    None,
    None,
    *(selecting("metadata.name", name) for name in NODES),
    selecting("zone", "a"),
    selecting("zone", "b"),
)


def published() -> tuple[ResourceSlice, ...]:
    """Return two devices of each node, one of each zone, and some of all nodes."""
    local = [
        slice_(*(device(f"gpu-{n}", pool=name) for n in range(2)), name=name,
               pool=name, node=name)
        for name in NODES
    ]  # fmt: skip
    zones = [
        dataclasses.replace(
            slice_(device(zone, pool=zone), name=zone, pool=zone, node=None),
            scope=NodeScope(selector=selecting("zone", zone)),
        )
        for zone in "ab"
    ]
    own = [
        device(f"own-{name}", pool="own", scope=NodeScope(node_name=name))
        for name in NODES
    ]
    each = slice_(*own, name="own", pool="own", node=None, per_device=True)
    ports = [device(f"port-{n}", pool="net") for n in range(2)]
    shared = slice_(*ports, name="net", pool="net", node=None, all_nodes=True)
    return (*local, *zones, each, shared)


SLICES = published()
DEVICES = [each for piece in SLICES for each in piece.devices]
PODS = tuple(f"pod-{n}" for n in range(4))
CLAIMS = tuple(f"claim-{n}" for n in range(4))


@st.composite
def clusters(draw: st.DrawFn) -> Snapshot:
    """Return claims and pods that have to do with each other in any way."""
    free = draw(st.permutations(DEVICES))
    claims = []
    for name in CLAIMS[: draw(st.integers(0, 4))]:
        number = draw(st.integers(0, 2))
        claims.append(_claim(draw, name, free[:number]))
        free = free[number:]
    pods = [_pod(draw, name) for name in PODS[: draw(st.integers(0, 4))]]
    cpu = draw(st.sampled_from(("1", "2")))
    return snapshot(
        nodes=[
            node(name, labels={"zone": zone}, allocatable={"cpu": cpu})
            for name, zone in ZONES.items()
        ],
        slices=SLICES,
        claims=claims,
        pods=pods,
    )


def _claim(draw: st.DrawFn, name: str, devices: Sequence[Device]) -> ResourceClaim:
    allocation = None
    if devices:
        results = tuple(DeviceResult("r", each.id) for each in devices)
        selector = draw(st.sampled_from(SELECTORS))
        allocation = Allocation(results, node_selector=selector)
    made = claim(
        request("r", count=max(1, len(devices))), name=name, allocation=allocation
    )
    users = draw(st.lists(st.sampled_from(PODS), unique=True, max_size=2))
    owner = draw(st.sampled_from((None, None, *PODS)))
    owners = () if owner is None else (OwnerReference("Pod", owner, f"uid-{owner}"),)
    return dataclasses.replace(
        made,
        meta=dataclasses.replace(made.meta, owners=owners),
        reserved_for=tuple(ConsumerReference("pods", u, f"uid-{u}") for u in users),
    )


def _pod(draw: st.DrawFn, name: str) -> Pod:
    where = draw(st.sampled_from((*NODES, *NODES, "")))
    named = draw(st.lists(st.sampled_from(CLAIMS), unique=True, max_size=2))
    return Pod(
        ObjectMeta(name, "default", uid=f"uid-{name}"),
        node_name=where,
        phase="Running" if where else "Pending",
        priority=draw(st.integers(0, 1)),
        containers=(Container("c", requests=quantities({"cpu": "1"})),),
        claims=tuple(PodClaim(each, claim=each) for each in named),
    )


def told(placements: Sequence[Placement]) -> list[object]:
    return [
        (
            each.subject.pod and each.subject.pod.meta.key,
            [claim.meta.key for claim in each.subject.claims],
            each.subject.problem,
            each.node,
            [given and given.results for _, given in each.allocations],
        )
        for each in placements
    ]


@given(clusters())
@settings(max_examples=150, deadline=None)
def test_each_loss_is_as_if_it_were_the_only_one(before: Snapshot) -> None:
    losses = headroom(before, fleet(before), "node")
    assert {each.node for each in losses} == set(NODES)
    for loss in losses:
        after = changed(before, RemoveNode(loss.node))
        found = place(after, displaced(before, after)).placements
        assert told(loss.moved) == told([x for x in found if x.node is not None])
        assert told(loss.homeless) == told([x for x in found if x.node is None])


def test_a_claim_that_somebody_waits_for_does_not_wait_alone() -> None:
    gpu = device(pool="node-1")
    held = claim(
        request("r"), name="c", allocation=Allocation((DeviceResult("r", gpu.id),))
    )
    user, other = ObjectMeta("user", "default"), ObjectMeta("other", "default")
    before = snapshot(
        nodes=[node(name) for name in NODES],
        slices=[
            slice_(device(pool=name), name=name, pool=name, node=name) for name in NODES
        ],
        claims=[
            dataclasses.replace(
                held, reserved_for=(ConsumerReference("pods", "user", ""),)
            )
        ],
        pods=[
            Pod(user, node_name="node-0", phase="Running"),
            Pod(other, phase="Pending", claims=(PodClaim("c", claim="c"),)),
        ],
    )
    loss = headroom(before, fleet(before), "node")[0]
    assert [each.subject.pod and each.subject.pod.meta for each in loss.moved] == [user]


def test_only_what_is_near_is_looked_at() -> None:
    gpus = {name: device(pool=name) for name in NODES}
    cluster = snapshot(
        nodes=[node(name) for name in NODES],
        slices=[slice_(each, pool=name, node=name) for name, each in gpus.items()],
        claims=[
            claim(request("r"), name=f"of-{name}",
                  allocation=Allocation((DeviceResult("r", each.id),)))
            for name, each in gpus.items()
        ],
    )  # fmt: skip
    part = Nearby(cluster).of("node-1")
    assert [each.pool for each in part.slices] == ["node-1"]
    assert [each.meta.name for each in part.claims] == ["of-node-1"]
