"""Slices that no driver keeps."""

from typing import Any

from tests.leftovers.cluster import (
    base,
    claim,
    codes,
    found,
    gap,
    live,
    only,
    pod,
    reserved,
    slice_,
)

Wire = dict[str, Any]


def pool(generation: int, count: int = 1) -> Wire:
    """Return what a slice says of its pool."""
    return {"name": "n1", "generation": generation, "resourceSliceCount": count}


def test_a_slice_of_a_driver_on_a_node_is_kept() -> None:
    assert codes(slice_()) == []


def test_a_slice_of_a_node_that_is_gone_can_go() -> None:
    assert codes(slice_(node="n9")) == [("slice-node-gone", "s", "safe")]


def test_devices_that_claims_hold_are_told() -> None:
    gone = slice_(node="n9", spec={"pool": pool(1)})
    held = claim("c", status=reserved("p", device="gpu-0"))
    finding = only(gone, held, pod("p", "claim/c"))
    assert (finding.code, finding.verdict.value) == ("slice-node-gone", "review")
    assert finding.affects == ("claim default/c has devices of it",)


def test_where_nodes_may_not_be_read_nothing_is_concluded() -> None:
    documents = [*base(), slice_(node="n9"), live(gap("Node"))]
    (finding,) = found(documents).findings
    assert finding.verdict.value == "unknown"


def test_an_old_generation_can_go_once_the_new_one_is_complete() -> None:
    old, new = slice_("a", spec={"pool": pool(1)}), slice_("b", spec={"pool": pool(2)})
    half = slice_("b", spec={"pool": pool(2, count=2)})
    assert codes(old, new) == [("slice-old-generation", "a", "safe")]
    assert codes(old, half) == [("slice-old-generation", "a", "review")]


def test_a_slice_that_its_node_does_not_own_was_made_by_hand() -> None:
    assert codes(slice_(ownerReferences=[])) == [("slice-by-hand", "s", "review")]


def test_a_slice_that_kubectl_has_written_was_made_by_hand() -> None:
    entries = [{"manager": "kubectl-client-side-apply", "operation": "Update"}]
    finding = only(slice_(managedFields=entries))
    assert finding.code == "slice-by-hand"
    assert "kubectl-client-side-apply has written it" in finding.why


def test_a_slice_for_all_nodes_needs_no_node_as_its_owner() -> None:
    assert codes(slice_(node=None, spec={"allNodes": True})) == []


def test_a_driver_that_nothing_runs_for_is_told_once() -> None:
    spec = {"driver": "nic.acme.com"}
    given = [slice_("a", spec=spec), slice_("b", spec={**spec, "pool": {"name": "q"}})]
    finding = only(*given)
    assert (finding.code, finding.meta.name) == ("slice-driver-gone", "a")
    assert "this and 1 more slices" in finding.why
