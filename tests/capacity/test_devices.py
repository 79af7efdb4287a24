import dataclasses

import pytest

from dractl.api.snapshot import Snapshot
from dractl.capacity.devices import DeviceUse, State, fleet
from dractl.model.claims import Allocation, Condition, DeviceResult, ResourceClaim
from dractl.model.devices import Capacity, Device, NodeScope, RequestPolicy
from dractl.model.nodeselection import NodeSelector, NodeSelectorTerm, Requirement
from dractl.model.quantity import Quantity
from tests import builders
from tests.builders import device, held, node, rule, slice_, snapshot

TAINTED = builders.NO_SCHEDULE


def only(cluster: Snapshot) -> DeviceUse:
    (found,) = fleet(cluster)
    return found


def shares(given: Device, *amounts: str) -> ResourceClaim:
    """Return a claim that has shares of a device's memory."""
    results = tuple(
        DeviceResult(
            "r",
            given.id,
            share_id=f"share-{number}",
            consumed_capacity=builders.quantities({"memory": amount}),
        )
        for number, amount in enumerate(amounts)
    )
    return builders.claim(builders.request("r"), allocation=Allocation(results))


def of_selector(label: str) -> NodeScope:
    expression = Requirement("zone", "In", (label,))
    return NodeScope(selector=NodeSelector((NodeSelectorTerm((expression,)),)))


GPU = device(memory="80Gi")
SHARED = device(memory="80Gi", shared=True)
NOT_READY = dataclasses.replace(node(), conditions=(Condition("Ready", "Unknown"),))
CORDONED = dataclasses.replace(node(), unschedulable=True)


@pytest.mark.parametrize(
    ("cluster", "state", "code"),
    [
        (snapshot(slices=[slice_(GPU)]), State.FREE, ""),
        (snapshot(slices=[slice_(GPU)], nodes=[]), State.FREE, ""),
        (snapshot(slices=[slice_(GPU)], claims=[held(GPU)]), State.ALLOCATED, ""),
        (
            snapshot(slices=[slice_(device(taints=[TAINTED]))]),
            State.TAINTED,
            "tainted",
        ),
        (
            snapshot(
                slices=[slice_(GPU)],
                rules=[rule(TAINTED)],
                feature_gates={"DRADeviceTaintRules": True},
            ),
            State.TAINTED,
            "tainted",
        ),
        (
            snapshot(
                slices=[slice_(GPU)],
                rules=[rule(TAINTED)],
                feature_gates={"DRADeviceTaintRules": False},
            ),
            State.FREE,
            "",
        ),
        (
            snapshot(
                slices=[slice_(device(taints=[TAINTED]))],
                claims=[held(device(taints=[TAINTED]))],
            ),
            State.ALLOCATED,
            "tainted",
        ),
        (snapshot(slices=[slice_(GPU, count=2)]), State.UNUSABLE, "pool-incomplete"),
        (snapshot(slices=[slice_(GPU, GPU)]), State.UNUSABLE, "pool-invalid"),
        (
            snapshot(slices=[slice_(GPU, node="gone")]),
            State.UNUSABLE,
            "node-gone",
        ),
        (
            snapshot(slices=[slice_(GPU)], nodes=[NOT_READY]),
            State.UNUSABLE,
            "node-not-ready",
        ),
        (
            snapshot(slices=[slice_(GPU)], nodes=[CORDONED]),
            State.UNUSABLE,
            "node-cordoned",
        ),
        (
            snapshot(
                slices=[dataclasses.replace(slice_(GPU), scope=of_selector("b"))],
                nodes=[node(labels={"zone": "a"})],
            ),
            State.UNUSABLE,
            "no-node",
        ),
        (
            snapshot(
                slices=[dataclasses.replace(slice_(GPU), scope=of_selector("?!"))],
            ),
            State.UNUSABLE,
            "node-selector",
        ),
        (
            snapshot(
                slices=[slice_(device(conditions=["ready"]))],
                feature_gates={"DRADeviceBindingConditions": False},
            ),
            State.UNUSABLE,
            "binding-conditions",
        ),
        (
            snapshot(slices=[slice_(GPU, node=None, all_nodes=True)], nodes=[node()]),
            State.FREE,
            "",
        ),
        (
            snapshot(
                slices=[slice_(GPU, node=None, all_nodes=True)],
                nodes=[CORDONED, node("other")],
            ),
            State.FREE,
            "",
        ),
        (snapshot(slices=[slice_(SHARED)]), State.FREE, ""),
        (
            snapshot(slices=[slice_(SHARED)], claims=[shares(SHARED, "60Gi")]),
            State.PARTLY,
            "",
        ),
        (
            snapshot(slices=[slice_(SHARED)], claims=[shares(SHARED, "60Gi", "20Gi")]),
            State.ALLOCATED,
            "",
        ),
    ],
)
def test_state(cluster: Snapshot, state: State, code: str) -> None:
    for found in fleet(cluster):
        assert found.state is state
        assert [each.code for each in found.reasons] == [code] * bool(code)


def test_node_that_is_gone_sees_only_what_names_it() -> None:
    everywhere = device("everywhere", pool="fabric")
    lost = device("lost", pool="gone")
    uses = fleet(
        snapshot(
            slices=[
                slice_(everywhere, pool="fabric", all_nodes=True),
                slice_(lost, name="lost", pool="gone", node="gone"),
            ],
            nodes=[node("n1"), node("n2")],
        )
    )
    assert [each.nodes for each in uses] == [("n1", "n2"), ("gone",)]


def test_newest_generation_only() -> None:
    old = slice_(device("old"), name="a", generation=1)
    new = slice_(device("new"), name="b", generation=2)
    assert [each.device.name for each in fleet(snapshot(slices=[old, new]))] == ["new"]


def test_admin_access_holds_nothing() -> None:
    result = DeviceResult("r", GPU.id, admin_access=True)
    looking = builders.claim(
        builders.request("r"), allocation=Allocation((result,)), namespace="ops"
    )
    found = only(snapshot(slices=[slice_(GPU)], claims=[looking]))
    assert found.state is State.FREE
    assert [each.is_admin for each in found.holders] == [True]
    assert found.namespaces == ()


def test_shared_device_in_use_and_tainted_gives_no_more() -> None:
    given = device(memory="80Gi", shared=True, taints=[TAINTED])
    found = only(snapshot(slices=[slice_(given)], claims=[shares(given, "1Gi")]))
    assert found.state is State.ALLOCATED


def test_least_share_of_a_policy_decides_whether_there_is_room() -> None:
    policy = RequestPolicy(
        default=Quantity.parse("40Gi"), minimum=Quantity.parse("30Gi"), has_range=True
    )
    given = dataclasses.replace(
        SHARED, capacity={"memory": Capacity(Quantity.parse("80Gi"), policy)}
    )
    found = only(snapshot(slices=[slice_(given)], claims=[shares(given, "60Gi")]))
    assert found.state is State.ALLOCATED


def test_amounts() -> None:
    claims = [shares(SHARED, "60Gi")]
    found = only(snapshot(slices=[slice_(SHARED)], claims=claims))
    (memory,) = found.amounts
    assert [str(each) for each in (memory.total, memory.used, memory.left)] == [
        "80Gi",
        "60Gi",
        "20Gi",
    ]
    found = only(snapshot(slices=[slice_(GPU)], claims=[held(GPU)]))
    assert str(found.amounts[0].left) == "0"


def test_counters_that_others_have_strand_a_partition() -> None:
    parts = [
        device("half", consumes={"gpu": {"memory": "40Gi"}}),
        device("whole", consumes={"gpu": {"memory": "80Gi"}}),
    ]
    counters = slice_(name="c", count=2, counters={"gpu": {"memory": "80Gi"}})
    cluster = snapshot(
        slices=[counters, slice_(*parts, name="d", count=2)], claims=[held(parts[0])]
    )
    half, whole = fleet(cluster)
    assert half.state is State.ALLOCATED
    assert whole.state is State.UNUSABLE
    assert whole.is_stranded
    assert whole.why == "counter gpu/memory has 40Gi left of the 80Gi that it needs"


def test_classes_and_model() -> None:
    given = device(attributes={"model": "A"})
    classes = [
        builders.class_("all", f'device.driver == "{builders.DRIVER}"'),
        builders.class_("other", 'device.driver == "other.example.com"'),
        builders.class_("fails", 'device.attributes["x"].y == "z"'),
        builders.class_("broken", "device.drivr"),
        builders.class_("anything"),
    ]
    found = only(snapshot(slices=[slice_(given)], classes=classes))
    assert found.classes == ("all", "anything")
    assert found.model == "A"


def test_model_of_a_partition_has_its_profile() -> None:
    driver = "gpu.nvidia.com"
    values = {"productName": "NVIDIA H100", "profile": "1g.10gb"}
    given = device(driver=driver, attributes=dict(values))
    assert only(snapshot(slices=[slice_(given, driver=driver)])).model == (
        "NVIDIA H100 1g.10gb"
    )
