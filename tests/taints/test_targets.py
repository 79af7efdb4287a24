"""What users name comes to selectors that mean exactly these devices."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dractl.api.snapshot import Snapshot
from dractl.errors import DractlError
from dractl.model.claims import Allocation, DeviceResult
from dractl.model.devices import DeviceId
from dractl.model.taintrules import DeviceSelector as Selector
from dractl.taints.fleet import Fleet
from dractl.taints.targets import Targets, resolved, widest
from tests.builders import DRIVER, claim, device, slice_, snapshot
from tests.taints.cluster import CLASSES, NODES, SLICES

HELD = claim(
    name="train",
    allocation=Allocation((DeviceResult("r", DeviceId(DRIVER, "n2", "gpu-0")),)),
)
KNOWN = snapshot(
    nodes=NODES, classes=CLASSES, slices=SLICES, claims=(HELD, claim(name="idle"))
)


def selectors(targets: Targets, known: Snapshot = KNOWN) -> list[str]:
    return [str(each) for each in resolved(Fleet(known), targets).selectors]


def notices(targets: Targets, known: Snapshot = KNOWN) -> dict[str, str]:
    told = resolved(Fleet(known), targets).notices
    return {each.code: f"{each.message}; {each.hint}" for each in told}


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (Targets((DRIVER,)), [DRIVER]),
        (Targets((f"{DRIVER}/n1",)), [f"{DRIVER}/n1"]),
        (Targets((f"{DRIVER}/n1/gpu-0",)), [f"{DRIVER}/n1/gpu-0"]),
        (Targets((DRIVER, f"{DRIVER}/n1")), [DRIVER]),
        (Targets(nodes=("n1",)), [f"{DRIVER}/n1"]),
        (Targets(claims=("default/train",)), [f"{DRIVER}/n2/gpu-0"]),
        (Targets(claims=("train",)), [f"{DRIVER}/n2/gpu-0"]),
        (Targets(everything=True), ["all devices"]),
        (
            Targets(device_class="big"),
            [f"{DRIVER}/n1/gpu-1", f"{DRIVER}/n2/gpu-0"],
        ),
        (Targets(nodes=("n1",), device_class="big"), [f"{DRIVER}/n1/gpu-1"]),
        (
            Targets((f"{DRIVER}/n2",), expression="device.driver != ''"),
            [f"{DRIVER}/n2/gpu-0", f"{DRIVER}/n2/gpu-1"],
        ),
    ],
)
def test_targets_come_to_selectors(targets: Targets, expected: list[str]) -> None:
    assert selectors(targets) == expected


@pytest.mark.parametrize(
    ("targets", "code", "message"),
    [
        (Targets(), "usage", "no devices are named"),
        (Targets(nodes=("n3",)), "unknown-node", "there is no node 'n3'"),
        (Targets(nodes=("empty",)), "no-devices-of-node", "no device is for"),
        (Targets(claims=("trains",)), "unknown-claim", "no ResourceClaim"),
        (Targets(claims=("idle",)), "not-allocated", "has no devices"),
        (Targets(device_class="bog"), "unknown-class", "no DeviceClass"),
        (Targets(expression="device.drivr"), "selector-compile", "does not compile"),
        (Targets(expression="false"), "selects-nothing", "none of 5 devices"),
    ],
)
def test_what_cannot_be_resolved_is_told(
    targets: Targets, code: str, message: str
) -> None:
    with pytest.raises(DractlError, match=message) as caught:
        selectors(targets)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("gpu.exmaple.com", "no driver 'gpu.exmaple.com' is published; a rule for"),
        ("gpu.exmaple.com", "did you mean gpu.example.com?"),
        (f"{DRIVER}/n9", f"no pool 'n9' is published in {DRIVER}"),
        (f"{DRIVER}/n1/gpu-7", f"no device 'gpu-7' is published in {DRIVER}/n1"),
        (f"{DRIVER}/n1/gpu-7", f"did you mean {DRIVER}/n1/gpu-"),
        ("n1", "--node n1 means the devices of that node"),
        (f"{DRIVER}/gpu-1", f"did you mean {DRIVER}/n1/gpu-1?"),
    ],
)
def test_what_is_not_published_is_allowed_and_told(word: str, message: str) -> None:
    assert message in notices(Targets((word,)))["not-published"]


def test_devices_that_other_nodes_can_use_are_left_out() -> None:
    told = notices(Targets(nodes=("n1",)))["shared-with-others"]
    assert "other nodes can use as well as n1: 1 of the devices" in told


def test_expressions_that_fail_are_told() -> None:
    told = notices(Targets(device_class="big"))["selector-fails"]
    assert "on 2 of 5 devices" in told


def test_a_pool_with_a_slash_is_found() -> None:
    rack = slice_(device("x", driver="d", pool="rack/1"), driver="d", pool="rack/1")
    known = snapshot(slices=(rack,))
    found = resolved(Fleet(known), Targets(("d/rack/1", "d/rack/1/x")))
    assert found.selectors == (Selector("d", "rack/1"),)


def test_a_word_for_a_pool_and_a_device_is_unclear() -> None:
    known = snapshot(
        slices=(
            slice_(device("y", driver="d", pool="rack/1"), driver="d", pool="rack/1"),
            slice_(
                device("1", driver="d", pool="rack"), name="b", driver="d", pool="rack"
            ),
        )
    )
    with pytest.raises(DractlError, match="is a pool, and also a device"):
        selectors(Targets(("d/rack/1",)), known)


def test_a_pool_of_which_a_node_has_only_some_is_named_device_by_device() -> None:
    known = dataclasses.replace(
        KNOWN,
        slices=(
            slice_(device("a", pool="p"), name="a", pool="p", node="n1", count=2),
            slice_(device("b", pool="p"), name="b", pool="p", node="n2", count=2),
        ),
    )
    assert selectors(Targets(nodes=("n1",)), known) == [f"{DRIVER}/p/a"]


SELECTORS = st.lists(
    st.builds(Selector, *(st.sampled_from([None, "a", "b"]) for _ in range(3)))
)


@pytest.mark.property
@given(given=SELECTORS)
def test_the_widest_selectors_select_the_same(given: list[Selector]) -> None:
    kept = widest(given)
    for parts in [(d, p, x) for d in "abc" for p in "abc" for x in "abc"]:
        one = DeviceId(*parts)
        assert any(each.selects(one) for each in kept) == any(
            each.selects(one) for each in given
        )
    assert not any(
        one.covers(other) for one in kept for other in kept if one is not other
    )
