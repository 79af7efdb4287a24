"""What an allocation says of nodes and configuration."""

import dataclasses
from collections.abc import Mapping, Sequence

import pytest

from dractl.api.snapshot import Snapshot
from dractl.model.claims import (
    Allocation,
    DeviceClass,
    DeviceConfig,
    DeviceResult,
    ResourceClaim,
    Toleration,
)
from dractl.model.devices import Device, NodeScope, ResourceSlice
from dractl.model.nodeselection import NodeSelector, NodeSelectorTerm, Requirement
from dractl.model.quantity import Quantity
from dractl.solver.allocator import Allocator
from dractl.solver.errors import AllocationAborted
from tests.builders import (
    claim,
    class_,
    device,
    first_of,
    node,
    option,
    quantities,
    request,
    slice_,
    snapshot,
)

IN_A = Requirement("zone", "In", ("a", "b"))
AGAIN = Requirement("zone", "In", ("b", "a"))
OTHER = Requirement("zone", "Exists")
NOT_NODE_9 = Requirement("metadata.name", "NotIn", ("node-9",))
HERE = NodeSelector(
    (NodeSelectorTerm((), (Requirement("metadata.name", "In", ("node-1",)),)),)
)


def selecting(*terms: NodeSelectorTerm) -> NodeScope:
    return NodeScope(selector=NodeSelector(terms))


def allocated(cluster: Snapshot, *claims: ResourceClaim) -> tuple[Allocation, ...]:
    found = Allocator(cluster).allocate(cluster.nodes[0], claims).allocations
    assert found is not None
    return found


def cluster_of(scopes: Sequence[NodeScope], *, binds: bool = False) -> Snapshot:
    """Return a node and a pool for each scope, with one device in it."""
    slices: list[ResourceSlice] = []
    for number, scope in enumerate(scopes):
        pool = f"pool-{number}"
        mine = slice_(device(pool=pool, binds=binds), name=pool, pool=pool)
        slices.append(dataclasses.replace(mine, scope=scope))
    return snapshot(nodes=[node(labels={"zone": "a"})], slices=slices)


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        ([NodeScope(node_name="node-1")], HERE),
        ([NodeScope(all_nodes=True)], None),
        ([selecting(NodeSelectorTerm((OTHER,))), NodeScope(node_name="node-1")], HERE),
        (
            [selecting(NodeSelectorTerm((IN_A,))), NodeScope(all_nodes=True)],
            NodeSelector((NodeSelectorTerm((IN_A,)),)),
        ),
        (
            [
                selecting(NodeSelectorTerm((IN_A,), (NOT_NODE_9,))),
                selecting(NodeSelectorTerm((OTHER, AGAIN), (NOT_NODE_9,))),
            ],
            NodeSelector((NodeSelectorTerm((IN_A, OTHER), (NOT_NODE_9,)),)),
        ),
    ],
    ids=["a local device", "all nodes", "one local device", "a selector", "merged"],
)
def test_the_node_selector_is(
    scopes: list[NodeScope], expected: NodeSelector | None
) -> None:
    (found,) = allocated(cluster_of(scopes), claim(request(count=len(scopes))))

    assert found.node_selector == expected


def test_a_device_that_binds_to_the_node_is_local() -> None:
    everywhere = cluster_of([NodeScope(all_nodes=True)], binds=True)

    (found,) = allocated(everywhere, claim(request()))

    assert found.node_selector == HERE


def test_each_claim_has_a_selector_of_its_own() -> None:
    mixed = cluster_of([NodeScope(all_nodes=True), NodeScope(node_name="node-1")])

    found = allocated(mixed, claim(request()), claim(request()), claim())

    assert [each.node_selector for each in found] == [None, HERE, None]


def test_a_selector_of_several_terms_aborts() -> None:
    two = selecting(NodeSelectorTerm((IN_A,)), NodeSelectorTerm((OTHER,)))

    with pytest.raises(AllocationAborted, match="unsupported number of terms: 2"):
        allocated(cluster_of([two]), claim(request()))


def with_config(name: str) -> DeviceClass:
    return dataclasses.replace(class_(name), config=(DeviceConfig({"class": name}),))


def configured(
    *configs: DeviceConfig, kubernetes: str
) -> list[tuple[str, tuple[str, ...], object]]:
    """Return the config of a claim with three requests of two classes."""
    cluster = snapshot(
        kubernetes=kubernetes,
        classes=[with_config("one"), with_config("two")],
        slices=[slice_(device("a"), device("b"), device("c"))],
    )
    wish = claim(
        request("x", device_class="one"),
        first_of(
            "y",
            option("large", device_class="two", count=9),
            option("small", device_class="two"),
        ),
        request("z", device_class="one"),
        config=configs,
    )
    (found,) = allocated(cluster, wish)
    return [(c.source, c.requests, next(iter(c.body.values()))) for c in found.config]


CLASSES = [("FromClass", ("x", "z"), "one"), ("FromClass", ("y/small",), "two")]


@pytest.mark.parametrize("kubernetes", ["1.36", "1.37"])
def test_the_config_of_each_class_comes_once_with_its_requests(kubernetes: str) -> None:
    assert configured(kubernetes=kubernetes) == CLASSES


@pytest.mark.parametrize(
    ("requests", "kubernetes", "found"),
    [
        ((), "1.36", [()]),
        ((), "1.37", [()]),
        (("x",), "1.36", [("x",)]),
        (("x", "z"), "1.36", [("x", "z")] * 2),
        (("x", "z"), "1.37", [("x", "z")]),
        (("y",), "1.37", [("y",)]),
        (("y/small",), "1.36", [("y/small",)]),
        (("y/large",), "1.36", []),
        (("y", "y/small"), "1.36", [("y", "y/small")]),
        (("x", "y", "z"), "1.36", [("x", "y", "z")] * 3),
        (("x", "y", "z"), "1.37", [()]),
        (("x", "y/small", "z"), "1.37", [()]),
        (("x", "y/large", "z"), "1.37", [("x", "y/large", "z")]),
    ],
)
def test_the_config_of_a_claim_is_repeated_until_1_36_and_cleared_since_1_37(
    requests: tuple[str, ...], kubernetes: str, found: list[tuple[str, ...]]
) -> None:
    mine = DeviceConfig({"mine": "yes"}, requests)

    assert configured(mine, kubernetes=kubernetes) == [
        *CLASSES,
        *(("FromClaim", each, "yes") for each in found),
    ]


def test_a_single_request_covers_the_claim_since_1_37() -> None:
    cluster = snapshot(
        kubernetes="1.37", classes=[with_config("gpu")], slices=[slice_(device())]
    )

    (found,) = allocated(cluster, claim(request()))

    assert [each.requests for each in found.config] == [()]


def only(given: Device, *, admin: bool = False) -> DeviceResult:
    """Return the result for the only device of a cluster."""
    cluster = snapshot(slices=[slice_(given)])
    wish = request(admin=admin, tolerations=[Toleration("k", "Exists")])
    ((result,),) = (each.results for each in allocated(cluster, claim(wish)))
    return result


def test_a_result_repeats_what_was_asked_for() -> None:
    assert only(device(), admin=True) == DeviceResult(
        "gpu",
        device().id,
        admin_access=True,
        tolerations=(Toleration("k", "Exists"),),
    )


def test_a_result_repeats_the_binding_conditions_of_the_device() -> None:
    found = only(device(conditions=["ready"], failures=["broken"]))

    assert found.binding_conditions == ("ready",)
    assert found.binding_failure_conditions == ("broken",)


@pytest.mark.parametrize(
    ("memory", "shared", "share", "consumed"),
    [
        ("8Gi", True, "*", quantities({"memory": "8Gi"})),
        (None, True, "*", None),
        ("8Gi", False, None, None),
    ],
)
def test_only_a_share_has_an_id_and_consumes_capacity(
    memory: str | None,
    share: str | None,
    consumed: Mapping[str, Quantity] | None,
    *,
    shared: bool,
) -> None:
    found = only(device(memory=memory, shared=shared))

    assert (found.share_id, found.consumed_capacity) == (share, consumed)
