from collections.abc import Sequence
from typing import Any

import pytest

from dractl.discovery.inventory import Inventory
from dractl.discovery.slices import slices
from dractl.model.cluster import Profile
from dractl.rules.check import check
from dractl.rules.world import World
from dractl.vendors.base import Found
from dractl.vendors.pools import Document
from tests.discovery.builders import DRIVER, device, gpu, machine, nic

TAINT = {"key": "acme.example/lost", "effect": "NoSchedule"}


def made(whole: Inventory, release: str = "1.36") -> list[Document]:
    profile = Profile.of(
        release, {"DRAListTypeAttributes": True} if release == "1.36" else {}
    )
    found = list(slices(whole, profile))
    judged = [check(each, profile, World()).violations for each in found]
    assert [each.message for some in judged for each in some if each.reason] == []
    return found


def sizes(found: Sequence[Document]) -> list[int]:
    return [len(each["spec"].get("devices", ())) for each in found]


def many(count: int, **fields: Any) -> list[Found]:
    return [gpu(None, device=device(f"gpu-{n}", **fields)) for n in range(count)]


def part(family: str, name: str) -> Found:
    """Return a partition that draws from the counters of its family."""
    drawn = {"counterSet": family, "counters": {"slices": {"value": "1"}}}
    whole = {"name": family, "counters": {"slices": {"value": "7"}}}
    found = device(f"{family}-{name}", consumesCounters=[drawn])
    return gpu(None, kind="partition", device=found, counters=(whole,))


def test_a_driver_has_a_complete_pool_that_is_called_as_the_node() -> None:
    unpublished = gpu("0000:18:00.0", device=None, why_not="it is lost")
    [found] = made(machine(gpu(), unpublished, node="gpu-7"))

    assert found["metadata"] == {"name": f"gpu-7-{DRIVER}"}
    assert found["spec"] == {
        "driver": DRIVER,
        "pool": {"name": "gpu-7", "generation": 1, "resourceSliceCount": 1},
        "nodeName": "gpu-7",
        "devices": [device("gpu-17")],
    }


def test_drivers_have_slices_of_their_own() -> None:
    found = made(machine(gpu(), nic("0000:3b:00.0", device=device("nic-0"))))

    assert [each["spec"]["driver"] for each in found] == [DRIVER, "net.example"]


def test_a_driver_without_devices_publishes_nothing() -> None:
    assert made(machine(gpu(device=None), nic("0000:3b:00.0"))) == []


@pytest.mark.parametrize(
    ("release", "fields", "expected"),
    [
        ("1.36", {}, [100, 100]),
        ("1.36", {"taints": [TAINT]}, [50, 50, 50, 50]),
        ("1.34", {"taints": [TAINT]}, [100, 100]),
        ("1.36", {"attributes": {"numa": {"ints": [0]}}}, [50, 50, 50, 50]),
    ],
    ids=["plain", "tainted", "tainted-1.34", "lists"],
)
def test_slices_are_split_at_the_limits_of_the_release(
    release: str, fields: dict[str, Any], expected: list[int]
) -> None:
    found = made(machine(*many(200, **fields)), release)

    assert sizes(found) == expected
    counts = {each["spec"]["pool"]["resourceSliceCount"] for each in found}
    assert counts == {len(expected)}
    assert found[1]["metadata"] == {"name": f"n0-{DRIVER}-1"}


def test_counters_have_slices_of_their_own_which_come_first() -> None:
    found = made(machine(part("a", "0"), part("b", "0"), part("a", "1")), "1.36")

    assert sizes(found) == [0, 2, 1]
    sets = found[0]["spec"]["sharedCounters"]
    assert [each["name"] for each in sets] == ["a", "b"]


def test_more_counters_than_a_slice_may_have_take_several() -> None:
    found = made(machine(*(part(f"set-{n}", "0") for n in range(9))), "1.36")

    assert [len(each["spec"].get("sharedCounters", ())) for each in found[:3]] == [
        4,
        5,
        0,
    ]


def test_before_1_35_counters_are_with_the_devices_that_draw_from_them() -> None:
    whole = machine(*many(1), part("a", "0"), part("b", "0"), part("a", "1"))
    found = made(whole, "1.34")

    assert sizes(found) == [1, 2, 1]
    sets = [each["spec"].get("sharedCounters", ()) for each in found]
    assert [[each["name"] for each in some] for some in sets] == [[], ["a"], ["b"]]


def test_devices_that_join_two_families_bring_them_into_one_slice() -> None:
    both = part("a", "1")
    [other] = part("b", "0").counters
    joint = gpu(device=both.device, counters=(*both.counters, other))
    found = made(machine(part("a", "0"), part("b", "0"), joint), "1.34")

    assert sizes(found) == [3]


def test_a_long_name_of_a_node_leaves_room_for_the_driver() -> None:
    node = ".".join(["n" * 60] * 4)
    [found] = made(machine(gpu(), node=node))

    assert len(found["metadata"]["name"]) <= 253
    assert found["metadata"]["name"].endswith(f"-{DRIVER}")
