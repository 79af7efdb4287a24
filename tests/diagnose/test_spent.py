"""Causes in what devices share: counters and capacity."""

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
    held,
    node,
    only,
    pod,
    wish,
)

GATES = {"DRAPartitionableDevices": True, "DRAConsumableCapacity": True}


def part(name: str, memory: str) -> Wire:
    draws = {"counterSet": "set", "counters": {"memory": {"value": memory}}}
    return {"name": name, "consumesCounters": [draws]}


def sets(memory: str) -> Wire:
    counters = {"name": "set", "counters": {"memory": {"value": memory}}}
    found = gpus("n1", sharedCounters=[counters])
    found["metadata"]["name"] = "sets"
    found["spec"]["pool"]["resourceSliceCount"] = 2
    del found["spec"]["devices"]
    return found


def parts(*devices: Wire) -> Wire:
    found = gpus("n1", *devices)
    found["spec"]["pool"]["resourceSliceCount"] = 2
    return found


def state(*documents: Wire, count: int = 1, **fields: Any) -> Snapshot:
    wanted = claim("c", wish(count, **fields))
    return cluster(
        node("n1"), gpu_class(), *documents, pod("web", "claim/c"), wanted, gates=GATES
    )


# -- counters


def test_counters_that_others_have_spent_are_told_with_what_is_left() -> None:
    found = only(
        state(
            sets("10Gi"),
            parts(part("a", "8Gi"), part("b", "8Gi")),
            held("mine", "n1", "a"),
        )
    )

    assert (found.code, found.claim, found.request, found.nodes) == (
        "counters-exhausted", "c", "gpu", ("n1",),
    )  # fmt: skip
    evidence = {k: v for k, v in found.evidence.items() if k != "held"}
    assert evidence == {
        "wants": 1,
        "matching": 2,
        "inUse": 1,
        "counters": [
            {
                "pool": "n1",
                "counterSet": "set",
                "counter": "memory",
                "needed": "8Gi",
                "left": "2Gi",
            }
        ],
        "heldBy": ["claim default/mine (reserved for nobody)"],
        "heldByCount": 1,
    }
    assert found.fixes == (
        "free claim default/mine, which nobody uses any more: fits on n1",
    )


def test_only_the_counters_that_are_short_are_told() -> None:
    amounts = {"memory": {"value": "8Gi"}, "slices": {"value": "1"}}
    both = {"name": "a", "consumesCounters": [
        {"counterSet": "set", "counters": amounts}]}  # fmt: skip
    counters = sets("1Gi")
    counters["spec"]["sharedCounters"][0]["counters"]["slices"] = {"value": "7"}

    found = only(state(counters, parts(both)))

    told = found.evidence["counters"]
    assert isinstance(told, list)
    assert [each["counter"] for each in told] == ["memory"]


def test_counters_that_suffice_are_no_cause() -> None:
    assert (
        codes(
            state(
                sets("16Gi"),
                parts(part("a", "8Gi"), part("b", "8Gi")),
                held("mine", "n1", "a"),
            )
        )
        == []
    )


def test_what_draws_too_much_together_can_be_had_one_by_one() -> None:
    found = only(
        state(sets("10Gi"), parts(part("a", "8Gi"), part("b", "8Gi")), count=2)
    )

    assert found.code == "counters-exhausted"
    assert found.fixes[0] == "ask for 1 device instead of 2: fits on n1"


def test_who_draws_from_another_counter_set_is_not_named() -> None:
    other = {"counterSet": "other", "counters": {"memory": {"value": "1Gi"}}}
    counters = {"counters": {"memory": {"value": "1Gi"}}}
    both = sets("10Gi")
    both["spec"]["sharedCounters"].append({"name": "other", **counters})
    found = only(
        state(
            both,
            parts(
                part("a", "8Gi"),
                part("b", "8Gi"),
                {"name": "x", "consumesCounters": [other]},
            ),
            held("mine", "n1", "a"),
            held("theirs", "n1", "x"),
        )
    )

    assert found.evidence["heldBy"] == ["claim default/mine (reserved for nobody)"]


# -- capacity


def roomy(name: str, memory: str, *, shared: bool = True) -> Wire:
    return {
        "name": name,
        "capacity": {"memory": {"value": memory}},
        **({"allowMultipleAllocations": True} if shared else {}),
    }


def share(name: str, device: str, memory: str) -> Wire:
    found = held(name, "n1", device)
    (result,) = found["status"]["allocation"]["devices"]["results"]
    result["shareID"] = f"00000000-0000-4000-8000-{len(name):012}"
    result["consumedCapacity"] = {"memory": memory}
    return found


ASKED = {"requests": {"memory": "40Gi"}}


def test_a_capacity_that_no_device_has_in_full_is_told_with_the_most_there_is() -> None:
    found = only(
        state(
            gpus(
                "n1", roomy("a", "16Gi", shared=False), roomy("b", "24Gi", shared=False)
            ),
            capacity=ASKED,
        )
    )

    assert (found.code, found.claim, found.request) == (
        "capacity-insufficient", "c", "gpu",
    )  # fmt: skip
    assert found.evidence["capacity"] == [
        {
            "name": "memory",
            "requested": "40Gi",
            "mostLeft": "24Gi",
            "devices": {f"{DRIVER}/n1/a": "16Gi", f"{DRIVER}/n1/b": "24Gi"},
        }
    ]
    assert found.fixes[0] == "ask for 24Gi of memory instead of 40Gi: fits on n1"


def test_a_capacity_that_others_have_taken_is_told_with_what_is_left() -> None:
    found = only(
        state(
            gpus("n1", roomy("a", "80Gi")), share("mine", "a", "60Gi"), capacity=ASKED
        )
    )

    assert found.code == "capacity-insufficient"
    assert found.evidence["heldBy"] == ["claim default/mine (reserved for nobody)"]
    assert found.fixes == (
        "ask for 20Gi of memory instead of 40Gi: fits on n1",
        "free claim default/mine, which nobody uses any more: fits on n1",
    )


def test_a_capacity_that_is_left_is_no_cause() -> None:
    assert (
        codes(
            state(
                gpus("n1", roomy("a", "80Gi")),
                share("mine", "a", "40Gi"),
                capacity=ASKED,
            )
        )
        == []
    )


def test_a_capacity_that_no_device_knows_is_told_as_such() -> None:
    found = only(
        state(gpus("n1", roomy("a", "80Gi")), capacity={"requests": {"memroy": "1Gi"}})
    )

    assert found.code == "capacity-insufficient"
    assert "no device has such a capacity" in found.message
    assert any("memroy" in each and "fits on n1" in each for each in found.fixes)


def test_a_shared_device_without_a_request_for_capacity_is_taken_in_full() -> None:
    found = only(state(gpus("n1", roomy("a", "80Gi")), share("mine", "a", "1Gi")))

    assert found.code == "capacity-insufficient"
