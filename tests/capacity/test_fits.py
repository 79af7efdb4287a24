import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dractl.api.snapshot import Snapshot
from dractl.capacity.asked import asked, claim_asked
from dractl.capacity.fits import Fits, fits
from dractl.capacity.whatif import AddNodes, changed
from dractl.errors import DractlError
from dractl.model.claims import (
    Allocation,
    Constraint,
    ConsumerReference,
    DeviceResult,
    ObjectMeta,
    OwnerReference,
)
from dractl.model.cluster import Profile
from dractl.model.workloads import Pod, ResourceQuota
from dractl.solver.placement import pending, place
from tests.builders import (
    CLASS,
    claim,
    class_,
    device,
    held,
    node,
    quantities,
    request,
    slice_,
    snapshot,
)

Wire = dict[str, Any]


def fleet_of(*free: int, used: int = 0, cpu: str | None = None) -> Snapshot:
    """Return nodes with so many free devices each, and some that are in use."""
    nodes, slices, claims = [], [], []
    for place_, number in enumerate(free):
        name = f"node-{place_}"
        devices = [device(f"gpu-{n}", pool=name) for n in range(number + used)]
        nodes.append(node(name, allocatable=None if cpu is None else {"cpu": cpu}))
        slices.append(slice_(*devices, name=name, pool=name, node=name))
        if used:
            claims.append(held(*devices[number:], name=f"held-{place_}"))
    return snapshot(nodes=nodes, slices=slices, claims=claims)


def spec(count: int = 1) -> Wire:
    exactly = {"deviceClassName": CLASS, "count": count}
    return {"devices": {"requests": [{"name": "gpu", "exactly": exactly}]}}


def claim_of(count: int = 1, name: str = "more") -> Wire:
    return _object("ResourceClaim", name, spec(count))


def template(count: int = 1) -> Wire:
    return _object("ResourceClaimTemplate", "t", {"spec": spec(count)})


def _object(kind: str, name: str, of: Wire) -> Wire:
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": of,
    }


def pod_spec(cpu: str = "1", **entry: str) -> Wire:
    return {
        "containers": [{"name": "c", "resources": {"requests": {"cpu": cpu}}}],
        "resourceClaims": [{"name": "gpu", **entry}],
    }


def pod(cpu: str = "1", **entry: str) -> Wire:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "labels": {"a": "b"}},
        "spec": pod_spec(cpu, **entry),
    }


def found(cluster: Snapshot, *documents: object, most: int = 1000) -> Fits:
    known, subjects = asked(cluster, [(each, "file") for each in documents])
    [only] = subjects
    return fits(known, only, most)


@st.composite
def clusters(draw: st.DrawFn) -> tuple[Snapshot, int]:
    """Draw a cluster, and how many devices each claim asks for."""
    free = draw(st.lists(st.integers(0, 5), min_size=1, max_size=4))
    return fleet_of(*free, used=draw(st.integers(0, 2))), draw(st.integers(1, 3))


@given(clusters())
@settings(max_examples=30, deadline=None)
def test_so_many_can_be_placed_and_one_more_cannot(drawn: tuple[Snapshot, int]) -> None:
    cluster, count = drawn
    number = found(cluster, claim_of(count)).number
    more = [claim(request(count=count), name=f"more-{n}") for n in range(number + 1)]
    asking = dataclasses.replace(cluster, claims=(*cluster.claims, *more))
    placed = [each.node for each in place(asking, pending(asking)).placements]
    assert None not in placed[:number]
    assert placed[number] is None


@given(clusters(), st.integers(1, 2))
@settings(max_examples=20, deadline=None)
def test_nodes_more_never_make_less_fit(
    drawn: tuple[Snapshot, int], number: int
) -> None:
    cluster, count = drawn
    before = found(cluster, claim_of(count))
    after = found(changed(cluster, AddNodes(number, "node-0")), claim_of(count))
    whole = sum(len(each.devices) for each in cluster.slices[:1]) // count
    assert after.number == before.number + number * whole


def test_it_tells_where_they_go_and_what_stops_the_next() -> None:
    answer = found(fleet_of(2, 0, 5, used=1), claim_of(2))

    assert dict(answer.by_node) == {"node-0": 1, "node-2": 2}
    assert [(each.reason, each.nodes) for each in answer.reasons] == [
        ("request gpu wants 2 devices, 0 left: 3 in use", ("node-0",)),
        ("request gpu wants 2 devices, 0 left: 1 in use", ("node-1",)),
        ("request gpu wants 2 devices, 1 left: 5 in use", ("node-2",)),
    ]
    assert not answer.is_cut


def test_pods_stop_where_nodes_have_no_room_for_them() -> None:
    cluster = fleet_of(4, 4, cpu="3")
    answer = found(cluster, template(), pod(resourceClaimTemplateName="t"))

    assert dict(answer.by_node) == {"node-0": 3, "node-1": 3}
    assert answer.why == "insufficient cpu"


def test_a_workload_stands_for_its_pod() -> None:
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "d", "namespace": "default"},
        "spec": {"template": {"spec": pod_spec(resourceClaimTemplateName="t")}},
    }
    answer = found(fleet_of(3), template(2), deployment)

    assert str(answer.asked) == "Deployment default/d"
    assert answer.number == 1


def daemons(**entry: str) -> Wire:
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "d"},
        "spec": {"template": {"spec": pod_spec(**entry)}},
    }


def test_a_node_takes_one_pod_of_a_daemon_set() -> None:
    cluster = fleet_of(3, 0, 2)
    closed = dataclasses.replace(cluster.nodes[2], unschedulable=True)
    cluster = dataclasses.replace(cluster, nodes=(*cluster.nodes[:2], closed))
    found_ = found(cluster, template(), daemons(resourceClaimTemplateName="t"))

    # Pods of DaemonSets put up with nodes that are cordoned.
    assert dict(found_.by_node) == {"node-0": 1, "node-2": 1}
    assert [(each.reason, each.nodes) for each in found_.reasons] == [
        ("the node has one already", ("node-0", "node-2")),
        ("no devices are published for the node", ("node-1",)),
    ]


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=4),
    st.integers(1, 3),
    st.integers(1, 3),
)
@settings(max_examples=30, deadline=None)
def test_devices_and_room_both_count(free: list[int], cpu: int, count: int) -> None:
    cluster = fleet_of(*free, cpu=str(cpu))
    entry = {"resourceClaimTemplateName": "t"}
    room = {f"node-{n}": min(each // count, cpu) for n, each in enumerate(free)}

    pods = found(cluster, template(count), pod(**entry))
    assert dict(pods.by_node) == {node: n for node, n in room.items() if n}
    one_each = found(cluster, template(count), daemons(**entry))
    assert dict(one_each.by_node) == {node: 1 for node, n in room.items() if n}


def test_nodes_that_run_a_daemon_set_take_no_second_one() -> None:
    owner = OwnerReference("DaemonSet", "d", controller=True)
    runs = Pod(ObjectMeta("d-x", "default", owners=(owner,)), node_name="node-0")
    cluster = dataclasses.replace(fleet_of(3, 2), pods=(runs,))
    answer = found(cluster, template(), daemons(resourceClaimTemplateName="t"))
    assert dict(answer.by_node) == {"node-1": 1}


def test_a_template_is_asked_for_itself_if_nobody_names_it() -> None:
    answer = found(fleet_of(3), template())
    assert (answer.asked.kind, answer.number) == ("ResourceClaimTemplate", 3)


@pytest.mark.parametrize(("release", "most"), [("1.36", 256), ("1.31", 32)])
def test_a_claim_that_copies_share_is_for_so_many_pods(release: str, most: int) -> None:
    users = tuple(ConsumerReference("pods", f"p{n}", f"{n}") for n in range(6))
    one = claim(request(), name="one")
    cluster = dataclasses.replace(
        fleet_of(1),
        profile=Profile.of(release),
        claims=(dataclasses.replace(one, reserved_for=users),),
    )
    answer = found(cluster, pod(resourceClaimName="one"), most=300)
    assert (answer.number, answer.allowed) == (300, most - 6)
    assert str(answer.claims[0]) == f"claim default/one may be reserved for {most} pods"
    assert not found(cluster, pod(resourceClaimName="one"), most=most - 6).claims


def test_copies_share_a_claim_that_they_name() -> None:
    document = pod(resourceClaimName="one")
    answer = found(fleet_of(1, 1), claim_of(name="one"), document, most=7)
    assert dict(answer.by_node) == {"node-0": 7}
    assert answer.is_cut


def test_what_was_running_is_asked_for_anew() -> None:
    running = pod(resourceClaimTemplateName="t")
    running["spec"]["nodeName"] = "node-1"
    running["status"] = {"phase": "Running"}
    answer = found(fleet_of(1, 1), template(), running)
    assert answer.number == 2


def test_copies_of_a_claim_of_the_cluster() -> None:
    cluster = fleet_of(3, used=1)
    taken = dataclasses.replace(cluster, classes=(class_(), class_("other")))
    subject = claim_asked(taken, taken.claims[0])
    assert fits(taken, subject).number == 3


def test_a_quota_may_let_fewer_be_made() -> None:
    key = f"{CLASS}.deviceclass.resource.k8s.io/devices"
    quota = ResourceQuota(
        ObjectMeta("q", "default"), quantities({key: "5"}), quantities({key: "1"})
    )
    cluster = dataclasses.replace(fleet_of(6), quotas=(quota,))
    answer = found(cluster, claim_of(2))

    assert (answer.number, answer.allowed) == (3, 2)
    assert str(answer.quotas[0]) == f"quota q has 4 of {key} left"


def test_a_quota_counts_what_pods_ask_for_of_extended_resources() -> None:
    name = "example.com/gpu"
    quota = ResourceQuota(
        ObjectMeta("q", "default"), quantities({f"requests.{name}": "5"}), {}
    )
    cluster = dataclasses.replace(
        fleet_of(6),
        quotas=(quota,),
        classes=(dataclasses.replace(class_(), extended_resource_name=name),),
    )
    asking = {"name": "c", "resources": {"requests": {name: "2"}}}
    document = {**pod(), "spec": {"initContainers": [asking], "containers": [asking]}}

    answer = found(cluster, document)
    assert (answer.number, answer.allowed) == (3, 2)


def test_where_the_server_has_not_counted_claims_are() -> None:
    key = f"{CLASS}.deviceclass.resource.k8s.io/devices"
    quota = ResourceQuota(ObjectMeta("q", "default"), quantities({key: "5"}), {})
    waiting = claim(request(count=2), name="waiting")
    cluster = dataclasses.replace(fleet_of(6), quotas=(quota,), claims=(waiting,))
    answer = found(cluster, claim_of())

    assert (answer.number, answer.allowed) == (6, 3)


def test_a_class_that_is_missing_is_the_reason() -> None:
    cluster = dataclasses.replace(fleet_of(2), classes=())
    answer = found(cluster, claim_of())
    assert answer.number == 0
    expected = "claim more-new, request gpu: device class gpu does not exist"
    assert answer.why == expected


@pytest.mark.parametrize(
    "document",
    [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": []},
        {**claim_of(), "spec": {"devices": {"requests": 3}}},
        {"kind": "Pod", "spec": {"containers": [3]}, "metadata": None},
        {"kind": "Pod", "spec": {"containers": [3]}, "metadata": [1]},
        "text",
    ],
)
def test_what_cannot_be_copied_is_an_error(document: object) -> None:
    with pytest.raises(DractlError):
        found(fleet_of(1), document)


@pytest.mark.parametrize(
    ("same", "number", "unbound"), [(True, 1, 2), (False, 5, None)]
)
def test_devices_that_only_constraints_keep_from_being_had_are_counted(
    number: int, unbound: int | None, *, same: bool
) -> None:
    roots = {"gpu-0": "a", "gpu-1": "a", "gpu-2": "b", "gpu-3": "c", "gpu-4": "d"}
    devices = [device(name, attributes={"root": root}) for name, root in roots.items()]
    cluster = snapshot(
        slices=[slice_(*devices), slice_(device("x", pool="o"), pool="o", node="n2")],
        nodes=[node(), node("n2")],
        claims=[held(device("x", pool="o"))],
    )
    wanted = spec(2) if same else spec()
    if same:
        wanted["devices"]["constraints"] = [{"matchAttribute": "gpu.example.com/root"}]
    answer = found(cluster, _object("ResourceClaim", "near", wanted))
    assert (answer.number, answer.unbound) == (number, unbound)
    cut = found(cluster, _object("ResourceClaim", "near", wanted), most=1)
    assert (cut.is_cut, cut.unbound) == (True, None)


def test_constraints_of_a_claim_that_copies_share_keep_all_from_fitting() -> None:
    near = spec(2)
    near["devices"]["constraints"] = [{"matchAttribute": "gpu.example.com/root"}]
    documents = _object("ResourceClaim", "one", near), pod(resourceClaimName="one")
    answer = found(fleet_of(2), *documents, most=3)
    assert (answer.number, answer.unbound) == (0, 3)


def test_constraints_of_a_claim_that_has_its_devices_keep_nobody_away() -> None:
    cluster = fleet_of(1, cpu="2")
    root = Constraint(match_attribute="gpu.example.com/root")
    has = Allocation((DeviceResult("r", cluster.slices[0].devices[0].id),))
    one = claim(request("r"), name="one", constraints=[root], allocation=has)
    cluster = dataclasses.replace(cluster, claims=(one,))
    answer = found(cluster, pod(resourceClaimName="one"))
    assert (answer.number, answer.unbound) == (2, None)
