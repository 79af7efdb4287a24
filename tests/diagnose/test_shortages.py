from typing import Any

from dractl.api.snapshot import Snapshot
from tests.diagnose.cluster import (
    DRIVER,
    Wire,
    causes,
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

NODES = (node("n1"), node("n2"), gpu_class())


def state(*documents: Wire, count: int = 1, **fields: Any) -> Snapshot:
    """Return a cluster in which a pod waits for some devices."""
    wanted = claim("c", wish(count, **fields))
    return cluster(*NODES, *documents, pod("web", "claim/c"), wanted)


def running(name: str, claim: str) -> Wire:
    return pod(name, f"claim/{claim}", nodeName="n1", status={"phase": "Running"})


# -- in use


def test_who_holds_the_devices_is_the_evidence() -> None:
    found = only(
        state(
            gpus("n1", "gpu-0", "gpu-1"),
            held("mine", "n1", "gpu-0", pod="train"),
            running("train", "mine"),
            count=2,
        )
    )

    assert (found.code, found.claim, found.request, found.nodes) == (
        "devices-in-use", "c", "gpu", ("n1",),
    )  # fmt: skip
    evidence = dict(found.evidence)
    assert evidence.pop("held") == [
        {
            "device": f"{DRIVER}/n1/gpu-0",
            "claim": {"namespace": "default", "name": "mine"},
            "consumers": ["pod train"],
            "gone": [],
            "finished": [],
            "owners": [],
            "node": "n1",
        }
    ]
    assert evidence == {
        "wants": 2,
        "matching": 2,
        "inUse": 1,
        "mostFree": 1,
        "heldBy": ["claim default/mine (pod train)"],
        "heldByCount": 1,
    }


def test_less_is_proposed_and_then_whom_to_take_it_from() -> None:
    found = only(
        state(
            gpus("n1", "gpu-0", "gpu-1"),
            held("mine", "n1", "gpu-0", pod="train"),
            running("train", "mine"),
            count=2,
        )
    )

    assert found.fixes == (
        "ask for 1 device instead of 2: fits on n1",
        "free claim default/mine, held by pod train: fits on n1",
    )


def test_a_claim_that_nobody_needs_any_more_is_freed_first() -> None:
    found = only(
        state(
            gpus("n1", "gpu-0", "gpu-1"),
            held("a", "n1", "gpu-0", pod="train"),
            held("b", "n1", "gpu-1", pod="gone"),
            running("train", "a"),
        )
    )

    assert found.fixes == (
        "free claim default/b, which nobody uses any more: fits on n1",
        "free claim default/a, held by pod train: fits on n1",
    )


def test_where_one_claim_is_not_enough_several_are_freed() -> None:
    found = only(
        state(
            gpus("n1", "gpu-0", "gpu-1"),
            held("a", "n1", "gpu-0"),
            held("b", "n1", "gpu-1"),
            count=2,
        )
    )

    assert found.fixes == ("free the claims default/a, default/b: fits on n1",)


def test_nodes_that_lack_more_are_not_blamed() -> None:
    found = only(
        state(
            gpus("n1", "gpu-0"),
            gpus("n2", "gpu-0", "gpu-1"),
            held("a", "n2", "gpu-0"),
            count=2,
        )
    )

    assert (found.code, found.nodes) == ("devices-in-use", ("n2",))


def test_all_nodes_on_which_devices_are_in_use_are_blamed() -> None:
    found = only(
        state(
            gpus("n1", "gpu-0"),
            gpus("n2", "gpu-0"),
            held("a", "n1", "gpu-0"),
            held("b", "n2", "gpu-0"),
        )
    )

    assert found.nodes == ("n1", "n2")


def test_all_devices_are_told_from_a_number_of_them() -> None:
    every: Wire = {"devices": {"requests": [
        {"name": "gpu", "exactly": {"deviceClassName": "gpu",
                                    "allocationMode": "All"}}]}}  # fmt: skip
    found = only(
        cluster(
            *NODES,
            gpus("n1", "gpu-0", "gpu-1"),
            held("a", "n1", "gpu-0"),
            pod("web", "claim/c"),
            claim("c", every),
        )
    )

    assert (found.code, found.evidence["wants"]) == ("devices-in-use", 2)
    assert "wants all 2 devices" in found.message
    assert found.fixes[0] == "ask for 1 device instead of all: fits on n1"


# -- not enough


def test_more_than_any_node_could_ever_hold_is_not_enough() -> None:
    found = only(
        state(
            gpus("n1", "gpu-0"),
            gpus("n2", "gpu-0", "gpu-1"),
            held("a", "n2", "gpu-0"),
            count=3,
        )
    )

    assert (found.code, found.nodes) == ("not-enough-devices", ("n1", "n2"))
    assert found.evidence == {"wants": 3, "most": 2, "devices": {"n1": 1, "n2": 2}}
    assert found.fixes == ("ask for 1 device instead of 3: fits on n1",)


def test_what_would_have_to_be_added_is_said_where_nothing_less_helps() -> None:
    found = only(state(gpus("n1", "gpu-0"), held("a", "n1", "gpu-0"), count=3))

    (fix,) = found.fixes

    assert fix == (
        "add 2 more devices that match, on one node; no smaller change was found to "
        "help"
    )


def test_devices_that_do_not_match_are_not_counted() -> None:
    text = f'has(device.attributes["{DRIVER}"].fast)'
    fast = {"name": "gpu-1", "attributes": {"fast": {"bool": True}}}

    found = only(
        state(
            gpus("n1", "gpu-0", fast),
            count=2,
            selectors=[{"cel": {"expression": text}}],
        )
    )

    assert (found.code, found.evidence["most"]) == ("not-enough-devices", 1)


def two_requests(first: str, second: str) -> Wire:
    def only_of(name: str) -> Wire:
        return {"cel": {"expression": f'device.driver == "{name}"'}}

    return {
        "devices": {
            "requests": [
                {"name": n, "exactly": {"deviceClassName": "gpu",
                                        "selectors": [only_of(driver)]}}
                for n, driver in (("a", first), ("b", second))
            ]
        }
    }  # fmt: skip


def test_requests_that_only_different_nodes_meet_are_not_blamed_one_by_one() -> None:
    other = gpus("n2", "nic-0", driver="nic.example.com")
    found = only(
        cluster(
            *NODES,
            gpus("n1", "gpu-0"),
            other,
            pod("web", "claim/c"),
            claim("c", two_requests(DRIVER, "nic.example.com")),
        )
    )

    assert (found.code, found.request) == ("not-enough-devices", None)
    assert found.evidence["devices"] == {"a": {"n1": 1}, "b": {"n2": 1}}


def test_a_request_that_no_node_meets_is_blamed_alone() -> None:
    found = causes(
        cluster(
            *NODES,
            gpus("n1", "gpu-0"),
            pod("web", "claim/c"),
            claim("c", two_requests(DRIVER, "nic.example.com")),
        )
    )

    assert [(each.code, each.request) for each in found] == [("selector-no-match", "b")]


def test_devices_of_a_node_that_is_free_serve_before_any_is_blamed() -> None:
    free = state(gpus("n1", "gpu-0"), gpus("n2", "gpu-0"), held("a", "n1", "gpu-0"))

    assert codes(free) == []
