from typing import Any

import pytest

from dractl.api.snapshot import Snapshot
from dractl.diagnose.answer import ClaimReport
from dractl.diagnose.explain import explain, explain_claim
from dractl.diagnose.world import World
from tests.diagnose.cluster import (
    Wire,
    claim,
    cluster,
    codes,
    condition,
    gpu_class,
    gpus,
    held,
    node,
    only,
    pod,
    report,
    stuck,
    template,
    wish,
)

CLUSTER = (node("n1"), gpu_class(), gpus("n1", "gpu-0", "gpu-1"))


def state(*documents: Wire) -> Snapshot:
    return cluster(*CLUSTER, *documents)


# -- what is explained


def test_every_pod_that_needs_devices_is_explained_in_the_order_of_the_source() -> None:
    found = stuck(
        state(
            pod("waits", "claim/big"), claim("big", wish(9)),
            pod("fits", "claim/c"), claim("c"),
            pod("none"),
        )
    )  # fmt: skip

    assert found == [("waits", ["not-enough-devices"]), ("fits", [])]


@pytest.mark.parametrize(
    "done",
    [
        {"status": {"phase": "Succeeded"}},
        {"status": {"phase": "Failed"}},
    ],
    ids=["succeeded", "failed"],
)
def test_pods_that_have_ended_are_not(done: dict[str, Any]) -> None:
    assert stuck(state(pod("web", "claim/c", **done), claim("c", wish(9)))) == []


def test_pods_that_are_being_deleted_are_not() -> None:
    leaving = pod("web", "claim/c")
    leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"

    assert stuck(state(leaving, claim("c", wish(9)))) == []


def test_pods_that_run_can_be_left_out() -> None:
    runs = pod("runs", "claim/c", status={"phase": "Running"})
    snapshot = state(
        runs, claim("c", wish(1)), pod("waits", "claim/d"), claim("d", wish(9))
    )

    names = [each.pod.meta.name for each in explain(snapshot).pods]
    kept = [each.pod.meta.name for each in explain(snapshot, running=False).pods]

    assert names == ["runs", "waits"]
    assert kept == ["waits"]


def test_a_namespace_narrows_pods_and_claims() -> None:
    elsewhere = pod("web", "claim/c")
    elsewhere["metadata"]["namespace"] = "ml"
    snapshot = state(
        elsewhere, claim("c", wish(9), meta={"namespace": "ml"}),
        pod("web", "claim/c"), claim("c", wish(9)), claim("lone", wish(9)),
    )  # fmt: skip

    found = explain(snapshot, namespace="ml")

    assert [each.pod.meta.namespace for each in found.pods] == ["ml"]
    assert found.claims == ()
    assert [each.claim.meta.name for each in explain(snapshot).claims] == ["lone"]


def test_progress_is_told_pod_by_pod() -> None:
    seen: list[tuple[int, int]] = []
    snapshot = state(pod("a", "claim/c"), pod("b", "claim/c"), claim("c"), claim("d"))

    explain(snapshot, progress=lambda done, total: seen.append((done, total)))

    assert seen == [(1, 3), (2, 3)]


def test_the_snapshot_is_only_read() -> None:
    snapshot = state(pod("web", "claim/c"), claim("c", wish(2)),
                     held("mine", "n1", "gpu-0"))  # fmt: skip
    again = state(pod("web", "claim/c"), claim("c", wish(2)),
                  held("mine", "n1", "gpu-0"))  # fmt: skip

    first = explain(snapshot)

    assert first.document == explain(snapshot).document == explain(again).document


def test_pods_are_judged_one_by_one_and_take_nothing_from_each_other() -> None:
    found = explain(
        state(pod("a", "claim/c"), claim("c", wish(2)), pod("b", "claim/d"),
              claim("d", wish(2)))
    )  # fmt: skip

    assert [each.lands for each in found.pods] == ["n1", "n1"]


# -- pods in different states


def test_a_pod_that_would_fit_lands_on_a_node() -> None:
    found = report(state(pod("web", "claim/c"), claim("c")))

    assert (found.causes, found.lands, found.notes) == ((), "n1", ())


def test_a_pod_that_runs_has_no_causes_and_lands_nowhere() -> None:
    found = report(
        state(
            held("mine", "n1", "gpu-0", pod="web"),
            pod("web", "claim/mine", nodeName="n1", status={"phase": "Running"}),
        )
    )

    assert (found.causes, found.lands) == ((), None)


def test_a_pod_is_told_with_the_workload_that_it_belongs_to() -> None:
    web = pod("web", "claim/c")
    web["metadata"]["ownerReferences"] = [
        {"kind": "Job", "name": "train", "uid": "u", "controller": True}
    ]

    assert report(state(web, claim("c"))).owner == "Job train"


# -- where the scheduler says something else


def refused(message: str) -> Wire:
    said = condition("PodScheduled", "False", reason="Unschedulable", message=message)
    return pod("web", "claim/c", status={"phase": "Pending", "conditions": [said]})


def test_a_pod_that_fits_and_is_refused_is_unknown() -> None:
    found = only(state(refused("2 node(s) had volume conflicts"), claim("c")))

    assert (found.code, found.nodes) == ("unknown", ("n1",))
    assert found.evidence == {
        "node": "n1",
        "reason": "Unschedulable",
        "said": "2 node(s) had volume conflicts",
    }


def test_a_pod_that_fits_and_about_which_nothing_is_said_is_well() -> None:
    assert codes(state(refused(""), claim("c"))) == []


def test_what_dractl_finds_itself_counts_more_than_what_the_scheduler_says() -> None:
    found = codes(state(refused("0/1 nodes are available"), claim("c", wish(9))))

    assert found == ["not-enough-devices"]


# -- claims


def claim_report(*documents: Wire, name: str = "c") -> ClaimReport:
    snapshot = state(*documents)
    return explain_claim(World(snapshot), snapshot.claim_by_key["default", name])


def lone(*documents: Wire) -> list[str]:
    """Return the claims that are stuck without a pod."""
    return [each.claim.meta.name for each in explain(state(*documents)).claims]


def test_a_claim_that_no_pod_names_tells_its_own_story() -> None:
    assert lone(claim("big", wish(9)), claim("small")) == ["big"]


def test_a_claim_that_a_pod_names_leaves_it_to_the_pod() -> None:
    assert lone(pod("web", "claim/big"), claim("big", wish(9))) == []


def test_a_claim_of_a_pod_that_has_ended_tells_its_own_story() -> None:
    ended = pod("web", "claim/big", status={"phase": "Succeeded"})

    assert lone(ended, claim("big", wish(9))) == ["big"]


def test_a_claim_that_waits_for_its_first_pod_is_told_so() -> None:
    found = claim_report(claim("c", wish(9)))

    assert [each.code for each in found.causes] == ["not-enough-devices"]
    assert found.notes == (
        "no pod uses it; it gets devices with the first pod that does",
    )
    assert found.users == ()


def test_a_claim_that_pods_wait_for_points_to_them() -> None:
    found = claim_report(claim("c"), pod("web", "claim/c"))

    assert found.users == ("web",)
    assert found.notes == ("seen without its pods; explain pod web says more",)


def test_a_claim_that_is_being_deleted_is_told_with_who_keeps_it() -> None:
    leaving = held("c", "n1", "gpu-0", pod="web",
                   meta={"deletionTimestamp": "2026-01-01T00:00:00Z"})  # fmt: skip
    user = pod("web", "claim/c", nodeName="n1", status={"phase": "Running"})

    found = claim_report(leaving, user)

    assert [each.code for each in found.causes] == ["claim-being-deleted"]
    assert found.causes[0].fixes == ("delete pod web, or let it end",)


@pytest.mark.parametrize(
    ("documents", "note"),
    [
        (
            [held("c", "n1", "gpu-0")],
            "it has devices, but is reserved for nobody",
        ),
        (
            [held("c", "n1", "gpu-0", pod="web"), pod("other")],
            "it has devices, reserved only for pod web, gone or ended",
        ),
    ],
    ids=["nobody", "gone"],
)
def test_a_claim_that_holds_devices_for_nobody_is_told_so(
    documents: list[Wire], note: str
) -> None:
    found = claim_report(*documents)

    assert (found.causes, found.notes) == ((), (note,))


def test_a_claim_in_use_has_nothing_to_tell() -> None:
    user = pod("web", "claim/c", nodeName="n1", status={"phase": "Running"})

    assert claim_report(held("c", "n1", "gpu-0", pod="web"), user).notes == ()


# -- fixes


def test_of_fixes_that_suffice_three_are_told() -> None:
    holders = [held(f"h{number}", "n1", f"gpu-{number}") for number in range(6)]
    snapshot = cluster(
        node("n1"), gpu_class(), gpus("n1", *(f"gpu-{n}" for n in range(6))),
        *holders, pod("web", "claim/c"), claim("c"),
    )  # fmt: skip

    assert len(only(snapshot).fixes) == 3


def test_a_cause_in_objects_is_fixed_on_any_node() -> None:
    found = only(state(pod("web", "template/twoo"), template("two")))

    assert found.fixes[0] == "name template two in the pod: fits on n1"


def test_a_fix_that_would_not_help_is_not_told() -> None:
    found = only(state(pod("web", "template/twoo"), template("two", wish(9))))

    assert [each for each in found.fixes if "fits on" in each] == []
