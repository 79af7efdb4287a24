"""The devices that nodes have after: published ones, or those that are assumed."""

import dataclasses
from collections.abc import Iterator

import pytest

from dractl.migrate import targets
from dractl.migrate.answer import Meaning, Plan, Rewrite, Target, UserPlan
from dractl.migrate.inputs import Input, Route, Shares
from dractl.migrate.proof import proof
from dractl.migrate.users import users
from dractl.migrate.worlds import Worlds
from dractl.vendors.plugins import filled_pattern
from tests.migrate.builders import order
from tests.migrate.clusters import (
    GPU,
    PRODUCT,
    Document,
    Migration,
    migration,
    node,
    replicas,
    slices,
    workload,
)

SHARED = {
    **PRODUCT,
    "nvidia.com/gpu.replicas": "4",
    "nvidia.com/gpu.count": "2",
    "nvidia.com/gpu.sharing-strategy": "time-slicing",
}


def as_meant(meaning: Meaning, cluster: list[Document], resource: str) -> Migration:
    """Return a migration in which a resource has a meaning, whatever it looks like."""
    found = migration([*cluster, workload("chat", asks={resource: 1})])
    (user,) = users([each for each in found.inputs if each.kind == "Deployment"])
    target = targets.target(resource, meaning, found.plan.order)
    assert target is not None
    document = target.class_document
    plan = Plan(
        found.plan.order,
        (UserPlan(user, {resource: meaning}, {resource: target}, Route.CLAIMS),),
        objects=() if document is None else (document,),
    )
    return dataclasses.replace(found, plan=plan)


def test_published_devices_are_taken_as_they_are() -> None:
    found = migration([node("a", {GPU: 2}), slices("a", 2), workload("chat")])

    (offer,) = found.projected.offers
    assert (offer.source, offer.amount, offer.devices) == ("published", 2, ())
    assert found.projected.documents == {}
    assert found.projected.notes == ()


def test_slices_of_another_driver_or_node_are_not_taken() -> None:
    found = migration(
        [
            node("a", {GPU: 2}),
            slices("b", 2),
            slices("a", 2, "gpu.amd.com"),
            workload("chat"),
        ]
    )

    (offer,) = found.projected.offers
    assert offer.source == "assumed"
    assert len(offer.devices) == 2


def test_assumed_devices_have_what_labels_and_the_class_say() -> None:
    labels = {**PRODUCT, "nvidia.com/gpu.memory": "15360"}
    found = migration([node("a", {GPU: 2}, labels), workload("chat")])

    (document,) = found.projected.documents["a"]
    assert document["spec"]["pool"]["name"] == document["spec"]["nodeName"] == "a"
    assert document["spec"]["devices"] == [
        {
            "name": f"gpu-{number}",
            "attributes": {
                "type": {"string": "gpu"},
                "productName": {"string": "Tesla T4"},
            },
            "capacity": {"memory": {"value": "15360Mi"}},
        }
        for number in range(2)
    ]


def test_shares_become_capacity_of_as_many_devices() -> None:
    found = migration(
        [node("a", {GPU: 8}, SHARED), workload("chat", counted=replicas(8))]
    )

    (offer,) = found.projected.offers
    assert (offer.amount, offer.per_device, len(offer.devices)) == (8, 4, 2)
    assert offer.devices[0]["allowMultipleAllocations"] is True
    assert offer.devices[0]["capacity"]["shares"]["value"] == "4"
    assert found.fit("chat").after == 8
    assert [each.after for each in found.proof.nodes] == [8]


def test_shares_through_one_claim_are_of_whole_devices() -> None:
    found = migration(
        [node("a", {GPU: 8}, SHARED), workload("chat", counted=replicas(8))],
        shares=Shares.CLAIM,
    )

    assert "shares" not in str(found.projected.documents)
    assert found.fit("chat").after == 8
    assert len(set(found.fit("chat").devices)) == 1


def test_shares_of_which_nobody_knows_how_many_are_a_doubt() -> None:
    found = as_meant(Meaning("time-slice"), [node("a", {GPU: 8})], GPU)

    assert "how many pods share a device" in found.projected.doubts[0]


@pytest.mark.parametrize("unit", ["fraction"])
def test_parts_in_other_units_are_not_counted(unit: str) -> None:
    name = "nvidia.com/gpumem"
    meaning = Meaning(unit)  # type: ignore[arg-type]
    found = as_meant(meaning, [node("a", {name: 16000})], name)

    assert found.projected.offers[0].devices == ()
    assert found.proof.nodes == ()
    assert found.proof.verdict.value == "unproven"
    assert f"what devices stand behind {name} is not known" in found.proof.reasons


def test_other_resources_of_the_plugin_go_too() -> None:
    found = migration(
        [node("a", {GPU: 1, "nvidia.com/mig-1g.5gb": 2, "amd.com/gpu": 1}),
         workload("chat")]
    )  # fmt: skip

    assert found.projected.gone == {"a": (GPU, "nvidia.com/mig-1g.5gb")}
    assert "nvidia.com/mig-1g.5gb of node a goes with" in found.projected.notes[0]


def test_nodes_without_the_resource_do_not_change() -> None:
    found = migration(
        [node("a", {GPU: 1}), node("b", {GPU: 0}), node("c", {}), workload("chat")]
    )

    assert list(found.projected.gone) == ["a"]


def test_alignment_of_assumed_devices_is_a_doubt() -> None:
    found = migration(
        [node("a", {GPU: 4}), workload("chat", asks={GPU: 2})],
        align="resource.kubernetes.io/pcieRoot",
    )

    assert found.fit("chat").after == 1
    assert found.proof.verdict.value == "unproven"
    assert "in common is not known" in " ".join(found.proof.reasons)


def test_amounts_beyond_belief_are_not_made_into_devices() -> None:
    found = migration([node("a", {GPU: 10**12}), workload("chat")])

    assert len(found.projected.offers[0].devices) == 4096
    assert "too much to be looked at" in " ".join(found.projected.doubts)


@pytest.mark.parametrize("wrong", ["many", [1], {"a": 1}, -1, True])
def test_amounts_that_are_none_are_no_reason_to_stop(wrong: object) -> None:
    found = migration([node("a", {GPU: wrong}), node("b", {GPU: 1}), workload("chat")])

    assert list(found.projected.gone) == ["b"]


def _cases() -> Iterator[tuple[str, Meaning, Target]]:
    """Yield what stands for the resources of all rows whose devices are counted."""
    parts = {"nvidia.com/mig-*": "1g.5gb", "amd.com/*_*": "cpx_nps4"}
    for row in (row for each in targets.plugins(order()) for row in each.extended):
        name = filled_pattern(row.pattern, parts.get(row.pattern, "x1"))
        profile = "1g.5gb" if row.device_class == "mig.nvidia.com" else ""
        meaning = Meaning(row.unit, profile, replicas=4)
        target = targets.target(name, meaning, order())
        if target is None or target.is_admin or row.unit in {"core", "fraction"}:
            continue
        yield name, meaning, target


@pytest.mark.parametrize(
    ("name", "meaning", "target"),
    [pytest.param(*each, id=f"{each[0]}-{each[1].unit}") for each in _cases()],
)
def test_assumed_devices_are_such_as_the_request_wants(
    name: str, meaning: Meaning, target: Target
) -> None:
    cluster = migration([node("a", {name: 8}, {})])
    (user,) = users([Input(workload("w", asks={name: 1}), "x", 0, is_file=True)])
    made = UserPlan(user, {name: meaning}, {name: target}, Route.CLAIMS)
    plan = Plan(cluster.plan.order, (made,))

    answer = proof(Worlds(plan, (), cluster.snapshot, Rewrite()))

    assert [(each.before, each.after) for each in answer.nodes] == [(8, 8)]
