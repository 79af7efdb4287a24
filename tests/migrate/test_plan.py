"""Who goes which way, and what keeps the others."""

import json
from typing import Any

import pytest

from dractl.api.snapshot import Snapshot
from dractl.migrate.answer import Plan, Proof, Verdict
from dractl.migrate.document import document
from dractl.migrate.inputs import Input, Route
from dractl.migrate.plan import plan
from dractl.migrate.routes import conditions
from tests.answers import validate
from tests.cli.run import ROOT
from tests.migrate.builders import inputs, order, snapshot

SCHEMA = json.loads((ROOT / "schemas/output/migrate-plan.v1.json").read_text("utf-8"))
POD = """
apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec:
  containers:
  - name: main
    resources: {limits: {RESOURCE: 1}}
"""


def pod(resource: str, name: str = "one") -> str:
    return POD.replace("RESOURCE", resource).replace("NAME", name)


def planned(text: str, cluster: Snapshot | None = None, **wishes: Any) -> Plan:
    wished = order(**wishes)
    return plan(inputs(text), cluster or Snapshot(wished.profile), wished)


def test_what_has_a_driver_goes_as_it_is_wished() -> None:
    (one,) = planned(pod("nvidia.com/gpu")).users

    assert one.route is Route.CLAIMS
    assert one.targets["nvidia.com/gpu"].driver == "gpu.nvidia.com"
    assert Route.CLAIMS not in one.blocks


def test_what_nobody_knows_stays() -> None:
    (one,) = planned(pod("acme.example/npu")).users

    assert (one.route, dict(one.targets)) == (None, {})


def test_a_closed_route_is_not_changed_for_the_other() -> None:
    text = pod("nvidia.com/gpu")
    (one,) = plan(
        inputs(text),
        Snapshot(order("1.34").profile),
        order("1.34", route=Route.EXTENDED),
    ).users

    assert one.route is None
    assert Route.EXTENDED in one.blocks
    assert Route.CLAIMS not in one.blocks


def test_only_resources_that_are_named_count() -> None:
    text = pod("nvidia.com/gpu") + "---" + pod("amd.com/gpu", "two")
    wished = frozenset({"amd.com/gpu"})

    assert [each.user.input.name for each in planned(text, resources=wished).users] == [
        "two"
    ]


def test_only_resources_that_are_named_are_looked_for_elsewhere() -> None:
    text = "{apiVersion: a/v1, kind: NIM, spec: {limits: {RESOURCE: 1}}}"
    texts = (text.replace("RESOURCE", f"{each}.com/gpu") for each in ("nvidia", "amd"))
    found = planned("\n---\n".join(texts), resources=frozenset({"amd.com/gpu"}))

    assert [each.resource for each in found.mentions] == ["amd.com/gpu"]
    assert len(found.findings) == 1


def test_files_without_a_namespace_are_in_the_one_that_is_named() -> None:
    (one,) = planned(pod("nvidia.com/gpu"), namespace="team").users

    assert one.user.namespace == "team"


def test_of_a_cluster_only_the_namespace_that_is_named_counts() -> None:
    text = pod("nvidia.com/gpu").replace("{name:", "{namespace: other, name:")

    assert planned(text, scope="team").users == ()
    assert len(planned(text, namespace="team").users) == 1


def test_the_users_of_files_count_before_those_of_a_cluster() -> None:
    ours = inputs(pod("nvidia.com/gpu"))
    theirs = inputs(pod("nvidia.com/gpu", "two"), is_file=False)
    wished = order()

    both = plan((*ours, *theirs), Snapshot(wished.profile), wished)
    alone = plan(theirs, Snapshot(wished.profile), wished)

    assert [each.user.input.name for each in both.users] == ["one"]
    assert [each.user.input.name for each in alone.users] == ["two"]


def test_several_meanings_close_both_routes() -> None:
    nodes = """
kind: Node
apiVersion: v1
metadata: {name: whole, labels: {nvidia.com/gpu.product: NVIDIA-H100}}
status: {allocatable: {nvidia.com/gpu: "1"}}
---
kind: Node
apiVersion: v1
metadata: {name: cut, labels: {nvidia.com/gpu.product: NVIDIA-A100-MIG-1g.5gb}}
status: {allocatable: {nvidia.com/gpu: "7"}}
"""
    (one,) = planned(pod("nvidia.com/gpu"), snapshot(nodes)).users

    assert one.doubtful == {"nvidia.com/gpu"}
    assert one.route is None
    assert set(one.blocks) == set(Route)


def test_an_error_does_not_close_the_routes_of_a_namesake_in_another_file() -> None:
    wrong = inputs(pod("nvidia.com/gpu").replace(": 1}", ": 1.5}"))
    right = inputs(pod("nvidia.com/gpu"))
    moved = tuple(
        Input(each.document, "other.yaml:1", len(wrong), is_file=True) for each in right
    )
    wished = order()

    found = plan((*wrong, *moved), Snapshot(wished.profile), wished).users

    assert [each.route for each in found] == [None, Route.CLAIMS]


def test_classes_that_are_to_be_made_are_so_once() -> None:
    mig = "nvidia.com/mig-1g.5gb"
    found = planned(
        pod(mig) + "---" + pod(mig, "two"), kubernetes="1.36", route=Route.EXTENDED
    )

    assert [each["spec"]["extendedResourceName"] for each in found.objects] == [mig]


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        (Route.CLAIMS, ("the driver gpu.nvidia.com", "new pods")),
        (
            Route.EXTENDED,
            (
                "the gate DRAExtendedResource, on in 1.36",
                "the driver gpu.nvidia.com",
                "DeviceClass gpu.nvidia.com for nvidia.com/gpu",
            ),
        ),
    ],
)
def test_a_route_has_conditions(route: Route, expected: tuple[str, ...]) -> None:
    found = planned(pod("nvidia.com/gpu"))

    assert conditions(found.users[0], found.order, route) == expected


def test_a_plan_is_written() -> None:
    found = planned(pod("nvidia.com/mig-1g.5gb") + "---" + pod("acme.example/npu"))
    written = document(found, Proof(Verdict.UNPROVEN, reasons=("no nodes",)), (), ())

    validate(written, SCHEMA)
    first = written["users"][0]
    assert first["object"]["name"] == "one"
    assert first["asks"][0]["path"] == "spec.containers[0]"
    assert [each["open"] for each in first["routes"]] == [True, True]
    assert written["users"][1]["route"] is None
