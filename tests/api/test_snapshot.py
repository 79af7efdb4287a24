"""A snapshot: everything that could be read, in order, and what could not."""

import json
from typing import Any

import pytest

from dractl.api.problems import Problem
from dractl.api.snapshot import Snapshot
from dractl.errors import DractlError
from dractl.model.cluster import NEWEST, KubernetesVersion
from tests.scenarios import SHARED, needs_shared, scenarios

V1 = "resource.k8s.io/v1"


def claim(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "apiVersion": V1, "kind": "ResourceClaim", "metadata": {"name": name}, **fields
    }  # fmt: skip


def node(name: str, version: str = "") -> dict[str, Any]:
    info = {"nodeInfo": {"kubeletVersion": version}}
    return {
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "status": info
    }  # fmt: skip


def slice_(name: str, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": V1,
        "kind": "ResourceSlice",
        "metadata": {"name": name},
        "spec": spec,
    }


def listed(*items: object, kind: str = "List", version: str = "v1") -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "items": list(items)}


def names(snapshot: Snapshot) -> list[str]:
    return [each.meta.name for each in snapshot.claims]


def test_objects_keep_the_order_of_the_source() -> None:
    documents = [claim("b"), node("n2"), claim("a"), node("n1"), claim("c")]

    snapshot = Snapshot.from_documents(documents)

    assert names(snapshot) == ["b", "a", "c"]
    assert [each.name for each in snapshot.nodes] == ["n2", "n1"]


def test_lists_and_lists_of_lists_are_opened() -> None:
    documents = [claim("a"), listed(claim("b"), listed(claim("c"))), claim("d")]

    assert names(Snapshot.from_documents(documents)) == ["a", "b", "c", "d"]


def test_items_of_a_typed_list_need_not_say_what_they_are() -> None:
    bare = {"metadata": {"name": "a"}}

    snapshot = Snapshot.from_documents(
        [listed(bare, claim("b"), kind="ResourceClaimList", version=V1)]
    )

    assert names(snapshot) == ["a", "b"]


def test_lists_nested_without_end_are_not_followed() -> None:
    document = listed(claim("a"))
    for _ in range(5000):
        document = listed(document)

    snapshot = Snapshot.from_documents([document])

    assert names(snapshot) == []


@pytest.mark.parametrize("items", [None, {}, "x"])
def test_a_list_without_items_is_empty(items: object) -> None:
    document = {"apiVersion": "v1", "kind": "List", "items": items}

    assert Snapshot.from_documents([document]).claims == ()


def test_of_two_documents_for_one_object_the_later_counts() -> None:
    old, new = claim("a"), claim("a", status={"allocation": {}})

    snapshot = Snapshot.from_documents([old, claim("b"), new])

    assert names(snapshot) == ["a", "b"]
    assert snapshot.claims[0].allocation is not None


def test_the_same_name_in_another_namespace_is_another_object() -> None:
    other = claim("a")
    other["metadata"] = {"name": "a", "namespace": "other"}

    snapshot = Snapshot.from_documents([claim("a"), other])

    assert set(snapshot.claim_by_key) == {("default", "a"), ("other", "a")}


def test_claims_whose_names_are_yet_to_be_made_stay_apart() -> None:
    unnamed = {**claim(""), "metadata": {"generateName": "a-"}}

    assert names(Snapshot.from_documents([unnamed, unnamed])) == ["a-*", "a-*"]


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ({"driver": "a"}, {"driver": "a"}, 1),
        ({"driver": "a"}, {"driver": "b"}, 2),
        ({"pool": {"name": "a"}}, {"pool": {"name": "b"}}, 2),
        ({"pool": {"generation": 1}}, {"pool": {"generation": 2}}, 2),
        ({"devices": [{"name": "a"}]}, {"devices": [{"name": "b"}]}, 2),
        ({"devices": [{"name": "a"}]}, {"devices": [{"name": "a", "taints": []}]}, 1),
    ],
)
def test_hand_made_slices_may_share_a_name(
    first: dict[str, Any], second: dict[str, Any], count: int
) -> None:
    snapshot = Snapshot.from_documents([slice_("s", **first), slice_("s", **second)])

    assert len(snapshot.slices) == count


def test_slices_from_a_cluster_are_told_apart_by_name() -> None:
    old, new = slice_("s", driver="a"), slice_("s", driver="b")
    old["metadata"] = new["metadata"] = {"name": "s", "uid": "u"}

    (found,) = Snapshot.from_documents([old, new]).slices

    assert found.driver == "b"


def test_a_malformed_object_is_a_problem_and_the_others_are_read() -> None:
    broken = claim("b", spec={"devices": {"requests": 1}})

    snapshot = Snapshot.from_documents([claim("a"), broken, listed(claim("c"), None)])

    assert names(snapshot) == ["a", "c"]
    assert snapshot.problems == (
        Problem(
            "ResourceClaim",
            "",
            "b",
            "spec.devices.requests",
            "must be a list, not the number 1",
            "document 1",
        ),
        Problem("", "", "", "", "must be an object, not null", "document 2 item 1"),
    )


@pytest.mark.parametrize(
    ("asked", "kubelets", "release"),
    [
        (None, [], NEWEST),
        (None, ["", "none of your business"], NEWEST),
        (None, ["v1.34.3", "v1.36.2", "v1.35.0"], KubernetesVersion(1, 36)),
        ("1.35", ["v1.36.2"], KubernetesVersion(1, 35)),
    ],
)
def test_the_release_is_asked_for_or_read_from_the_nodes(
    asked: str | None, kubelets: list[str], release: KubernetesVersion
) -> None:
    documents = [node(f"n{index}", text) for index, text in enumerate(kubelets)]

    snapshot = Snapshot.from_documents(documents, kubernetes=asked)

    assert snapshot.profile.version == release


def test_gates_are_set_on_top_of_the_release() -> None:
    snapshot = Snapshot.from_documents(
        [], kubernetes="1.36", feature_gates={"DRADeviceTaints": False}
    )

    assert not snapshot.profile.enabled("DRADeviceTaints")
    assert snapshot.profile.enabled("DRAPrioritizedList")


def test_an_unknown_gate_is_refused() -> None:
    with pytest.raises(DractlError, match="DRADeviceTaint'"):
        Snapshot.from_documents([], feature_gates={"DRADeviceTaint": True})


def test_pending_are_claims_without_devices_that_are_not_going_away() -> None:
    going = claim("b")
    going["metadata"] = {"name": "b", "deletionTimestamp": "2026-01-01T00:00:00Z"}
    held = claim("c", status={"allocation": {}})

    snapshot = Snapshot.from_documents([claim("a"), going, held, claim("d")])

    assert [each.meta.name for each in snapshot.pending_claims] == ["a", "d"]


def test_hand_made_claims_of_one_name_are_kept_apart_by_their_specs() -> None:
    requests = [{"name": "r", "exactly": {"deviceClassName": "c"}}]
    other = claim("a", spec={"devices": {"requests": requests}})
    served = {**other, "metadata": {"name": "a", "uid": "u"}}

    assert len(Snapshot.from_documents([claim("a"), other]).claims) == 2
    assert len(Snapshot.from_documents([claim("a"), claim("a")]).claims) == 1
    assert len(Snapshot.from_documents([served, claim("a")]).claims) == 1


@needs_shared
def test_a_real_control_plane_is_read_without_a_problem() -> None:
    documents = json.loads((SHARED / "clusters" / "pending.json").read_text())

    snapshot = Snapshot.from_documents([documents])

    assert snapshot.problems == ()
    assert snapshot.profile.version == KubernetesVersion(1, 36)
    assert len(snapshot.pods) == 28
    assert len(snapshot.slices) == 27
    assert len(snapshot.claims) == 23
    assert len(snapshot.events) == 51


@needs_shared
def test_every_recorded_scenario_is_read_whole() -> None:
    for scenario in scenarios(SHARED / "vectors" / "allocator-random.jsonl.gz"):
        snapshot = Snapshot.from_documents(
            scenario.documents(), kubernetes="1.36", feature_gates=scenario.gates
        )
        pending = [claim.meta.key for claim in snapshot.pending_claims]

        assert snapshot.problems == (), scenario.name
        assert pending == scenario.claim_keys, scenario.name
        assert len(snapshot.slices) == len(scenario.objects["slices"]), scenario.name
