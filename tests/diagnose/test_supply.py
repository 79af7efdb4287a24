from typing import Any

from dractl.api.snapshot import Snapshot
from tests.diagnose.cluster import (
    DRIVER,
    Wire,
    claim,
    cluster,
    codes,
    gpu_class,
    gpus,
    node,
    only,
    pod,
    wish,
)

OF_DRIVER = {"cel": {"expression": f'device.driver == "{DRIVER}"'}}


def state(*documents: Wire, **fields: Any) -> Snapshot:
    return cluster(
        node("n1"),
        gpu_class(selectors=[OF_DRIVER]),
        *documents,
        pod("web", "claim/c"),
        claim("c", wish(1, **fields)),
    )


def pool(*slices: Wire, **fields: Any) -> list[Wire]:
    """Return slices of one pool under names of their own."""
    found = []
    for number, each in enumerate(slices):
        each["metadata"]["name"] = f"slice-{number}"
        each["spec"]["pool"] |= fields
        found.append(each)
    return found


# -- nothing published


def test_a_driver_without_slices_publishes_nothing() -> None:
    found = only(state(gpus("n1", "nic-0", driver="nic.example.com")))

    assert (found.code, found.claim, found.request) == (
        "no-devices-published", "c", "gpu",
    )  # fmt: skip
    assert found.evidence == {
        "deviceClass": "gpu",
        "drivers": [DRIVER],
        "slices": 0,
        "published": {"nic.example.com": 1},
    }
    assert f"driver {DRIVER} publishes no ResourceSlice" in found.message


def test_slices_without_devices_publish_nothing() -> None:
    found = only(state(gpus("n1")))

    assert (found.code, found.evidence["slices"]) == ("no-devices-published", 1)
    assert "no device" in found.message


def test_devices_for_a_node_that_is_not_there_are_for_nobody() -> None:
    found = only(state(gpus("gone", "gpu-0")))

    assert found.code == "no-devices-published"
    assert "only for nodes that are not there (gone)" in found.message


def test_a_driver_whose_name_is_nearly_right_is_proposed() -> None:
    found = only(state(gpus("n1", "gpu-0", driver="gpus.example.com")))

    assert found.code == "no-devices-published"
    assert found.fixes[0] == (
        f"select driver gpus.example.com instead of {DRIVER} in class gpu: fits on n1"
    )


def test_a_class_without_selectors_may_be_of_any_driver() -> None:
    found = only(cluster(node("n1"), gpu_class(), pod("web", "claim/c"), claim("c")))

    assert found.code == "no-devices-published"
    assert "drivers" not in found.evidence


# -- pools


def test_a_pool_of_which_a_slice_is_missing_is_incomplete() -> None:
    found = only(state(*pool(gpus("n1", "gpu-0"), resourceSliceCount=2)))

    assert (found.code, found.nodes) == ("pool-incomplete", ("n1",))
    assert found.evidence == {
        "pools": [
            {
                "pool": f"{DRIVER}/n1",
                "generation": 1,
                "slices": ["slice-0"],
                "expected": 2,
                "why": "1 of 2 slices of generation 1",
            }
        ]
    }


def test_a_pool_that_is_being_replaced_is_incomplete() -> None:
    old, new = gpus("n1", "gpu-0"), gpus("n1", "gpu-0")
    slices = pool(old, new)
    new["spec"]["pool"] |= {"generation": 2, "resourceSliceCount": 3}

    found = only(state(*slices))

    assert found.code == "pool-incomplete"
    assert "1 of 3 slices of generation 2" in found.message


def test_a_complete_pool_serves() -> None:
    slices = pool(gpus("n1", "gpu-0"), gpus("n1", "gpu-1"), resourceSliceCount=2)

    assert codes(state(*slices)) == []


def test_an_incomplete_pool_without_a_device_that_matches_is_not_blamed() -> None:
    none = {"cel": {"expression": "false"}}
    slices = pool(gpus("n1", "gpu-0"), resourceSliceCount=2)

    assert "pool-incomplete" not in codes(state(*slices, selectors=[none]))


def test_a_pool_with_two_devices_of_one_name_is_invalid() -> None:
    slices = pool(gpus("n1", "gpu-0"), gpus("n1", "gpu-0"), resourceSliceCount=2)

    found = only(state(*slices))

    assert found.code == "pool-invalid"
    assert found.evidence == {
        "pools": [
            {"pool": f"{DRIVER}/n1", "why": "device gpu-0 is there more than once"}
        ]
    }


def test_a_pool_that_draws_on_counters_that_are_not_there_is_invalid() -> None:
    draws = {"counterSet": "set", "counters": {"memory": {"value": "1"}}}
    part = {"name": "part", "consumesCounters": [draws]}

    found = only(state(gpus("n1", part)))

    assert found.code == "pool-invalid"
    assert "counter set/memory is used and nowhere declared" in found.message
