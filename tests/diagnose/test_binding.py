from tests.diagnose.cluster import (
    DRIVER,
    Wire,
    cluster,
    codes,
    condition,
    gpu_class,
    gpus,
    held,
    node,
    only,
    pod,
)

CLUSTER = (node("n1"), gpu_class(), gpus("n1", "gpu-0"))


def waiting_for(
    *conditions: str, reported: tuple[Wire, ...] = (), **fields: object
) -> Wire:
    """Return a claim whose device has to meet conditions, and what is reported."""
    mine = held("mine", "n1", "gpu-0", pod="web")
    (result,) = mine["status"]["allocation"]["devices"]["results"]
    result["bindingConditions"] = list(conditions)
    result |= fields
    device = {"driver": DRIVER, "pool": "n1", "device": "gpu-0"}
    mine["status"]["devices"] = [{**device, "conditions": list(reported)}]
    return mine


def of(mine: Wire) -> list[str]:
    return codes(cluster(*CLUSTER, pod("web", "claim/mine"), mine))


def test_a_condition_that_is_not_reported_is_waited_for() -> None:
    found = only(cluster(*CLUSTER, pod("web", "claim/mine"), waiting_for("Attached")))

    assert (found.code, found.claim) == ("binding-conditions-pending", "mine")
    assert found.evidence == {
        "device": f"{DRIVER}/n1/gpu-0",
        "missing": ["Attached"],
        "failed": [],
        "allocated": None,
    }


def test_a_condition_that_is_reported_is_waited_for_no_more() -> None:
    assert of(waiting_for("Attached", reported=(condition("Attached"),))) == []


def test_a_condition_that_is_false_is_waited_for() -> None:
    reported = (condition("Attached", "False"),)

    assert of(waiting_for("Attached", reported=reported)) == [
        "binding-conditions-pending"
    ]


def test_every_condition_has_to_be_reported() -> None:
    found = only(
        cluster(
            *CLUSTER,
            pod("web", "claim/mine"),
            waiting_for("A", "B", "C", reported=(condition("B"),)),
        )
    )

    assert found.evidence["missing"] == ["A", "C"]


def test_a_failure_is_told_with_what_the_driver_says() -> None:
    broken = condition("Broken", message="no power")
    mine = waiting_for(
        "Attached", reported=(broken,), bindingFailureConditions=["Broken"]
    )

    found = only(cluster(*CLUSTER, pod("web", "claim/mine"), mine))

    assert found.evidence["failed"] == ["Broken"]
    assert "failed: Broken (no power)" in found.message


def test_a_failure_that_is_false_is_none() -> None:
    fine = condition("Broken", "False")
    mine = waiting_for("Attached", reported=(fine, condition("Attached")),
                       bindingFailureConditions=["Broken"])  # fmt: skip

    assert of(mine) == []


def test_what_is_reported_of_another_device_does_not_count() -> None:
    mine = waiting_for("Attached", reported=(condition("Attached"),))
    mine["status"]["devices"][0]["device"] = "gpu-1"

    assert of(mine) == ["binding-conditions-pending"]


def test_a_device_without_conditions_is_ready() -> None:
    assert of(waiting_for()) == []
