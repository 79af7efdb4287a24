"""The checker objects to allocations that break a rule."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from dractl.api.snapshot import Snapshot
from dractl.model.claims import (
    Allocation,
    ConfigResult,
    Constraint,
    DeviceConfig,
    DeviceResult,
    Request,
    ResourceClaim,
    Toleration,
)
from dractl.model.devices import Device
from dractl.model.nodeselection import NodeSelector, NodeSelectorTerm, Requirement
from tests.builders import (
    NO_SCHEDULE,
    claim,
    class_,
    device,
    first_of,
    held,
    option,
    quantities,
    request,
    slice_,
    snapshot,
)
from tests.solver.check import violations

X1 = device("x1", attributes={"kind": "x", "unit": 1})
X2 = device("x2", attributes={"kind": "x", "unit": 2})
Y1 = device("y1", attributes={"kind": "y", "unit": 1})
BARE = device("bare")
USED = device("used", attributes={"kind": "x"})
TAINTED = device("tainted", taints=[NO_SCHEDULE])
BINDING = device("binding", conditions=["ready"])
SHARED = device("shared", memory="4", shared=True)
HALF = {"set": {"slots": "2"}}
PART_A, PART_B = device("part-a", consumes=HALF), device("part-b", consumes=HALF)
FAR = device("far", pool="far")
STALE = device("stale", pool="parted")
BROKEN = device("twice", pool="broken")
HERE = NodeSelector(
    (NodeSelectorTerm((), (Requirement("metadata.name", "In", ("node-1",)),)),)
)
NAMES = (X1, X2, Y1, BARE, USED, TAINTED, BINDING, SHARED, PART_A, PART_B)

CLUSTER = snapshot(
    classes=[class_(), class_("none", "false")],
    slices=[
        slice_(*NAMES, count=2),
        slice_(name="counters", count=2, counters={"set": {"slots": "3"}}),
        slice_(FAR, name="far", pool="far", node="node-2"),
        slice_(STALE, name="parted", pool="parted", count=2),
        slice_(BROKEN, BROKEN, name="broken", pool="broken"),
    ],
    claims=[held(USED)],
)
ONE = request("r")
TWO = request("r", count=2)
MATCH = Constraint(match_attribute="gpu.example.com/kind")
DISTINCT = Constraint(distinct_attribute="gpu.example.com/unit")


def given(*devices: Device, name: str = "r") -> Allocation:
    """Return a local allocation of the devices to one request."""
    return Allocation(tuple(DeviceResult(name, d.id) for d in devices), (), HERE)


def share(amount: str) -> Allocation:
    """Return an allocation of a share."""
    taken = quantities({"memory": amount})
    result = DeviceResult("r", SHARED.id, share_id="*", consumed_capacity=taken)
    return Allocation((result,), (), HERE)


def judged(
    wishes: Sequence[ResourceClaim],
    allocations: Sequence[Allocation],
    cluster: Snapshot = CLUSTER,
) -> str:
    return "; ".join(violations(cluster, cluster.nodes[0], wishes, allocations))


BINDS = replace(given(BINDING).results[0], binding_conditions=("ready",))
TOLERANT = Toleration("example.com/broken", "Exists")


@pytest.mark.parametrize(
    ("wish", "allocation"),
    [
        (claim(ONE), given(X1)),
        (claim(TWO, constraints=[MATCH]), given(X1, X2)),
        (claim(TWO), given(PART_A, X1)),
        (claim(request("r", capacity={"memory": "1"})), share("1")),
        (claim(first_of("r", option("s"), option("t"))), given(Y1, name="r/t")),
        (claim(ONE), Allocation((BINDS,), (), HERE)),
        (claim(), Allocation()),
    ],
)
def test_a_good_allocation_has_no_violations(
    wish: ResourceClaim, allocation: Allocation
) -> None:
    assert judged([wish], [allocation]) == ""


def two(*wishes: Request) -> ResourceClaim:
    return claim(*wishes, constraints=[DISTINCT])


@pytest.mark.parametrize(
    ("wish", "allocation", "complaint"),
    [
        (claim(TWO), given(X1), "1 devices instead of 2"),
        (claim(ONE), given(), "devices for 0 of its options"),
        (claim(TWO), given(X1, X1), "has gpu.example.com/pool/x1 2 times"),
        (claim(ONE), given(device("unknown")), "or that do not exist"),
        (claim(ONE), given(X1, name="other"), "did not ask for"),
        (claim(ONE), given(USED), "is held by an earlier claim"),
        (claim(ONE), given(TAINTED), "taint example.com/broken"),
        (claim(ONE), given(FAR), "or that do not exist"),
        (claim(ONE), given(STALE), "is in a pool that is incomplete"),
        (claim(ONE), given(BROKEN), "is in a pool that is invalid"),
        (claim(request("r", selectors=["false"])), given(X1), "does not pass false"),
        (claim(request("r", device_class="none")), given(X1), "does not pass false"),
        (claim(TWO, constraints=[MATCH]), given(X1, Y1), "not the same everywhere"),
        (claim(ONE, constraints=[MATCH]), given(BARE), "a device lacks"),
        (claim(TWO), given(PART_A, PART_B), "counter slots of set"),
        (claim(request("r", every=True)), given(X1), "not all of its"),
        (claim(request("r", count=33)), given(*[X1] * 33), "has 33 devices"),
        (claim(request("r", capacity={"memory": "5"})), share("5"), "the capacity"),
        (claim(request("r", capacity={"memory": "1"})), share("2"), "it consumes"),
        (claim(request("r", capacity={"x": "1"})), given(X1), "has not the capacity"),
        (claim(ONE), given(SHARED), "a share has an id"),
        (claim(ONE), given(BINDING), "the binding conditions are not"),
        (claim(request("r", admin=True)), given(X1), "admin access is not"),
        (claim(request("r", tolerations=[TOLERANT])), given(X1), "the tolerations"),
        (claim(ONE), replace(given(X1), node_selector=None), "the node selector is"),
        (
            claim(ONE),
            replace(given(X1), config=(ConfigResult("FromClaim", (), {}),)),
            "the configuration is",
        ),
        (claim(ONE, config=[DeviceConfig({})]), given(X1), "the configuration is"),
        (
            two(request("r"), request("q")),
            Allocation((*given(X1).results, *given(Y1, name="q").results), (), HERE),
            "not different everywhere",
        ),
        (
            claim(first_of("r", option("s"), option("t"))),
            Allocation(
                (*given(X1, name="r/s").results, *given(Y1, name="r/t").results),
                (),
                HERE,
            ),
            "devices for 2 of its options",
        ),
    ],
)
def test_a_bad_allocation_is_objected_to(
    wish: ResourceClaim, allocation: Allocation, complaint: str
) -> None:
    assert complaint in judged([wish], [allocation])


def test_two_claims_cannot_have_one_device() -> None:
    found = judged([claim(ONE), claim(ONE)], [given(X1), given(X1)])

    assert found == "gpu.example.com/pool/x1 is given 2 times as a whole"


def test_shares_cannot_exceed_the_capacity_together() -> None:
    wish = claim(request("r", capacity={"memory": "3"}))

    found = judged([wish, wish], [share("3"), share("3")])

    assert found == "gpu.example.com/pool/shared has given more memory than it has"


def test_binding_conditions_and_counters_need_their_gates() -> None:
    gates = {"DRADeviceBindingConditions": False, "DRAPartitionableDevices": False}
    off = snapshot(feature_gates=gates, slices=[slice_(BINDING, PART_A)])

    assert "binding conditions, which are off" in judged(
        [claim(ONE)], [given(BINDING)], off
    )
    assert "draws from counters, which are off" in judged(
        [claim(ONE)], [given(PART_A)], off
    )


def test_every_claim_needs_an_allocation() -> None:
    assert judged([claim(ONE)], []) == "1 claims have 0 allocations"
