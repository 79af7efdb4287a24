"""Claims that nobody uses."""

from typing import Any

from tests.leftovers.cluster import (
    POD,
    base,
    claim,
    codes,
    found,
    gap,
    live,
    meta,
    only,
    owner,
    pod,
    reserved,
)

Wire = dict[str, Any]


def test_a_claim_that_nothing_refers_to_is_to_be_reviewed() -> None:
    finding = only(claim("c", status=reserved(device="gpu-0")))
    assert (finding.code, finding.verdict.value) == ("claim-unused", "review")
    assert finding.affects == ("device gpu.example.com/n1/gpu-0 becomes free",)


def test_a_claim_that_a_pod_names_is_kept() -> None:
    assert codes(claim("c"), pod("p", "claim/c")) == []


def test_a_claim_for_extended_resources_is_kept() -> None:
    status = {"extendedResourceClaimStatus": {"resourceClaimName": "c"}}
    assert codes(claim("c"), pod("p", status=status)) == []


def test_a_claim_that_a_group_of_pods_names_is_kept() -> None:
    group = {
        "apiVersion": "scheduling.k8s.io/v1alpha3",
        "kind": "PodGroup",
        "metadata": {"name": "g", "namespace": "default"},
        "spec": {"resourceClaims": [{"name": "x", "resourceClaimName": "c"}]},
    }
    assert codes(claim("c"), group) == []


def test_a_claim_that_a_queued_workload_names_is_kept() -> None:
    spec = {"containers": [], "resourceClaims": [{"resourceClaimName": "c"}]}
    queued = {
        "apiVersion": "kueue.x-k8s.io/v1beta2",
        "kind": "Workload",
        "metadata": {"name": "w", "namespace": "default"},
        "spec": {"podSets": [{"template": {"spec": spec}}]},
    }
    assert codes(claim("c"), queued) == []


def test_a_claim_of_a_pod_that_is_gone_can_go() -> None:
    given = meta(claim("c"), ownerReferences=[POD])
    assert codes(given) == [("claim-owner-gone", "c", "safe")]


def test_a_pod_of_that_name_with_another_uid_is_not_the_owner() -> None:
    given = meta(claim("c"), ownerReferences=[POD])
    again = meta(pod("gone"), uid="uid-new")
    assert codes(given, again) == [("claim-owner-gone", "c", "safe")]


def test_a_claim_whose_pod_lives_is_kept() -> None:
    given = meta(claim("c"), ownerReferences=[owner("Pod", "p")])
    assert codes(given, pod("p")) == []


def test_where_pods_may_not_be_read_nothing_is_concluded() -> None:
    documents = [*base(), meta(claim("c"), ownerReferences=[POD]), live(gap("Pod"))]
    (finding,) = found(documents).findings
    assert (finding.code, finding.verdict.value) == ("claim-owner-gone", "unknown")


def test_a_claim_that_ended_pods_hold_is_told_with_its_devices() -> None:
    held = claim("c", status=reserved("done", device="gpu-0"))
    finding = only(held, pod("done", "claim/c", status={"phase": "Succeeded"}))
    assert (finding.code, finding.verdict.value) == ("claim-held-by-finished", "tell")
    assert "reserved only for pod done" in finding.why
    assert finding.affects == ("device gpu.example.com/n1/gpu-0 becomes free",)


def test_a_claim_that_a_running_pod_holds_is_kept() -> None:
    held = claim("c", status=reserved("done", "busy"))
    pods = [
        pod("done", "claim/c", status={"phase": "Failed"}),
        pod("busy", "claim/c", status={"phase": "Running"}),
    ]
    assert codes(held, *pods) == []


def test_a_claim_that_cannot_be_deleted_for_pods_that_are_gone_is_told() -> None:
    held = claim("c", status=reserved("gone"))
    finding = only(meta(held, deletionTimestamp="2026-11-01T00:00:00Z"))
    assert (finding.code, finding.verdict.value) == ("claim-reserved-for-gone", "tell")
    assert "until then the claim cannot be deleted" in finding.why


def test_a_claim_of_a_pod_group_that_is_not_read_is_kept() -> None:
    status: Wire = {"reservedFor": [{"resource": "podgroups", "name": "g"}]}
    assert codes(claim("c", status=status)) == []
