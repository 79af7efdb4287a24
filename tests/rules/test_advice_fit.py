"""Claims that no node could serve, as the allocator sees it."""

import pytest

from tests.rules.advice_cases import (
    DRIVER,
    OF_DRIVER,
    Wire,
    claim,
    cluster,
    codes,
    device,
    device_class,
    obj,
    only,
    option,
    slice_of,
)

CODE = "claim-fits-nowhere"


def node(name: str, **spec: object) -> Wire:
    return obj("Node", spec, name=name, version="v1", meta={"namespace": ""})


def on(name: str, *devices: Wire) -> Wire:
    pool = {"name": name, "generation": 1, "resourceSliceCount": 1}
    return {
        **slice_of(*devices, nodeName=name, pool=pool),
        "metadata": {"name": f"slice-{name}"},
    }


def rooted(name: str, root: str) -> Wire:
    return device(name, attributes={"root": {"string": root}})


TWO_NODES = cluster(
    OF_DRIVER, node("n1"), node("n2"), on("n1", device("a")), on("n2", device("b"))
)


def test_devices_of_two_nodes_are_not_enough() -> None:
    found = only(CODE, claim(option(count=2)), TWO_NODES)

    assert str(found.path) == "spec.devices.requests"
    assert "2 devices" in found.message


def test_what_one_node_has_is_enough() -> None:
    assert codes(claim(option(count=1)), TWO_NODES) == []


def test_a_template_asks_in_its_inner_spec() -> None:
    spec = claim(option(count=2))["spec"]
    template = obj("ResourceClaimTemplate", {"spec": spec})

    assert str(only(CODE, template, TWO_NODES).path) == "spec.spec.devices.requests"


@pytest.mark.parametrize(("roots", "expected"), [("ab", [CODE]), ("aa", [])])
def test_a_constraint_is_part_of_it(roots: str, expected: list[str]) -> None:
    devices = [rooted(f"d{n}", root) for n, root in enumerate(roots)]
    world = cluster(OF_DRIVER, node("n1"), on("n1", *devices))
    asked = claim(option(count=2), constraints=[{"matchAttribute": f"{DRIVER}/root"}])

    assert codes(asked, world) == expected


def test_who_has_devices_now_and_what_nodes_are_like_does_not_matter() -> None:
    holder = claim(option(count=1))
    result = {"request": "r0", "driver": DRIVER, "pool": "n1", "device": "a"}
    holder["metadata"]["name"] = "holder"
    holder["status"] = {"allocation": {"devices": {"results": [result]}}}
    world = cluster(
        OF_DRIVER, node("n1", unschedulable=True), on("n1", device("a")), holder
    )

    assert codes(claim(option(count=1)), world) == []


def test_a_class_of_the_files_is_not_tried() -> None:
    other = device_class("true", name="mine")

    assert CODE not in codes(
        claim(option(count=2, deviceClassName="mine")), cluster(other)
    )


def test_what_another_finding_tells_is_not_told_again() -> None:
    found = codes(claim(option(count=5)), TWO_NODES)

    assert "no-device-matches" in found
    assert CODE not in found


def test_it_tells_what_a_node_with_devices_lacks() -> None:
    others = [node(f"empty-{number}") for number in range(5)]
    root = [{"matchAttribute": f"{DRIVER}/root"}]
    devices = [rooted("a", "x"), rooted("b", "y")]
    world = cluster(OF_DRIVER, node("n1"), on("n1", *devices), *others)

    found = only(CODE, claim(option(count=2), constraints=root), world)

    assert "root" in found.message


def test_without_nodes_nothing_is_said() -> None:
    world = cluster(OF_DRIVER, on("n1", device("a")), on("n2", device("b")))

    assert codes(claim(option(count=2)), world) == []
