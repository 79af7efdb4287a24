"""The stages of a rollout: what is done, in which order, and how it is undone."""

import copy
import dataclasses
from typing import Any

import pytest

from dractl.migrate.inputs import Route
from dractl.migrate.patches import patched
from dractl.migrate.stages import stages
from dractl.migrate.steps import StageKind, Step, Verb
from dractl.migrate.worlds import Worlds
from tests.migrate.clusters import (
    GPU,
    Document,
    Migration,
    live,
    migration,
    node,
    running,
    slices,
    workload,
)

UNKNOWN = {"acme.example/x": 1}
CLUSTER = [node("a", {GPU: 1}), node("b", {GPU: 1}), *live("chat", "a")]


def steps(found: Migration, stage: str) -> dict[str, Step]:
    return {each.name: each for each in found.stage(stage).steps}


def test_objects_come_first_and_workloads_after_the_nodes_that_hold_them() -> None:
    found = migration(CLUSTER)

    assert [(each.name, each.kind) for each in found.stages] == [
        ("objects", StageKind.OBJECTS),
        ("nodes-1", StageKind.NODES),
        ("workloads-1", StageKind.WORKLOADS),
        ("nodes-2", StageKind.NODES),
    ]


def test_a_node_is_emptied_then_changes_then_takes_pods() -> None:
    stage = migration(CLUSTER).stage("nodes-1")

    assert [(each.verb, each.name) for each in stage.steps] == [
        (verb, "a")
        for verb in (
            Verb.CORDON, Verb.EVICT, Verb.LABEL, Verb.WAIT, Verb.LABEL, Verb.WAIT,
            Verb.UNCORDON,
        )
    ]  # fmt: skip
    _, evict, off, gone, on, here, _ = stage.steps
    assert evict.amounts == gone.amounts == (GPU,)
    assert off.labels == {"nvidia.com/gpu.deploy.device-plugin": "false"}
    assert on.labels == {"nvidia.com/dra-kubelet-plugin": "true"}
    assert here.devices == {"gpu.nvidia.com": 1}
    assert {(each.kind, each.api_version) for each in stage.steps} == {("Node", "v1")}
    assert dict(stage.pods) == {"Deployment apps/chat": 1}
    assert stage.nodes == ("a",)


def test_what_labels_need_is_told_once() -> None:
    found = migration(CLUSTER)

    first, second = (found.stage(name).doubts for name in ("nodes-1", "nodes-2"))
    assert "gpuResourcesEnabledOverride=true" in first[0]
    assert "gpuResourcesEnabledOverride=true" not in " ".join(second)


def test_where_no_labels_are_known_people_change_the_stack() -> None:
    cluster = [
        node("a", {"habana.ai/gaudi": 2}, {}),
        workload("chat", asks={"habana.ai/gaudi": 1}),
    ]
    stage = migration(cluster).stage("nodes-1")

    by_hand = [each for each in stage.steps if each.verb is Verb.BY_HAND]
    assert by_hand
    assert all(each.text for each in by_hand)
    assert not any(each.verb is Verb.LABEL for each in stage.steps)


def test_as_many_devices_are_waited_for_as_are_published() -> None:
    found = migration([node("a", {GPU: 2}), slices("a", 3), workload("chat")])

    waits = [each.devices for each in found.stage("nodes-1").steps if each.devices]
    assert waits == [{"gpu.nvidia.com": 3}]


def test_new_objects_are_created_with_their_namespaces() -> None:
    (step,) = migration(CLUSTER).stage("objects").steps

    assert step.verb is Verb.CREATE
    assert (step.kind, step.namespace) == ("ResourceClaimTemplate", "apps")
    assert step.document is not None
    assert step.document["metadata"]["name"] == step.name


def test_a_workload_is_patched_and_led_back_to_what_it_was() -> None:
    found = migration(CLUSTER)
    (step,) = found.stage("workloads-1").steps
    (before,) = [x.document for x in found.inputs if x.kind == "Deployment"]

    after = patched(before, step.patch)

    assert (step.verb, step.kind, step.namespace, step.name) == (
        Verb.PATCH,
        "Deployment",
        "apps",
        "chat",
    )
    assert after == found.rewrite.documents[found.plan.users[0].user.input.number]
    assert patched(after, step.back) == before
    assert after != before


def test_what_stands_in_a_file_is_patched_as_the_cluster_has_it() -> None:
    there = copy.deepcopy(dict(workload("chat")))
    there["spec"]["template"]["spec"]["containers"].insert(0, {"name": "injected"})
    there["spec"]["template"]["spec"]["containers"][1]["resources"] = {
        "limits": {GPU: "1"}
    }
    found = migration([node("a", {GPU: 1}), there], [workload("chat")])
    (step,) = found.stage("workloads-1").steps

    assert step.verb is Verb.PATCH
    after = patched(there, step.patch)
    injected, main = after["spec"]["template"]["spec"]["containers"]
    assert injected == {"name": "injected"}
    assert GPU not in str(main)
    assert patched(after, step.back) == there


def test_what_the_cluster_has_otherwise_is_left_to_people() -> None:
    found = migration(
        [node("a", {GPU: 1}), workload("chat", asks={GPU: 4})], [workload("chat")]
    )
    (step,) = found.stage("workloads-1").steps

    assert (step.verb, step.name) == (Verb.BY_HAND, "chat")
    assert "differs at" in step.text


def test_what_is_in_a_file_only_is_applied_by_people() -> None:
    found = migration([node("a", {GPU: 1})], [workload("chat")])
    (step,) = found.stage("workloads-1").steps

    assert step.verb is Verb.BY_HAND
    assert "apply the rendered Deployment apps/chat (app.yaml)" in step.text
    # Its template stands in the same file.
    assert "objects" not in [each.name for each in found.stages]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "Job", "apiVersion": "batch/v1"}, "cannot change"),
        ({"annotations": {"meta.helm.sh/release-name": "x"}}, "Helm"),
    ],
)
def test_what_a_patch_is_no_use_for_is_left_to_people(
    change: dict[str, Any], said: str
) -> None:
    document = copy.deepcopy(dict(workload("chat")))
    document["metadata"].update({"annotations": change.pop("annotations", {})})
    found = migration([node("a", {GPU: 1}), {**document, **change}])
    (step,) = found.stage("workloads-1").steps

    assert step.verb is Verb.BY_HAND
    assert said in step.text


def test_quotas_change_with_the_objects() -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "q", "namespace": "apps"},
        "spec": {"hard": {f"requests.{GPU}": "4"}},
    }
    found = migration([*CLUSTER, quota])
    step = steps(found, "objects")["q"]

    assert step.verb is Verb.PATCH
    assert patched(patched(quota, step.patch), step.back) == quota


def test_defaults_of_limits_go_right_before_the_first_workloads() -> None:
    limits = {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "usual", "namespace": "apps"},
        "spec": {"limits": [{"type": "Container", "default": {GPU: "1"}}]},
    }
    found = migration([*CLUSTER, limits])

    at = [each.name for each in found.stages if "usual" in steps(found, each.name)]
    assert at == ["workloads-1"]
    stage = found.stage("workloads-1")
    assert [each.name for each in stage.steps] == ["usual", "chat"]
    assert stage.title == "let a workload use claims"


def test_a_file_of_several_workloads_is_changed_once() -> None:
    one = workload("chat")
    both = {
        **one,
        "apiVersion": "example.com/v1",
        "kind": "Service",
        "spec": {"head": one["spec"]["template"], "body": one["spec"]["template"]},
    }
    found = migration([node("a", {GPU: 2})], [both])

    assert len(found.plan.users) == 2
    (step,) = found.stage("workloads-1").steps
    assert step.verb is Verb.BY_HAND


def test_pods_with_their_resource_need_no_stages_of_their_own() -> None:
    found = migration(CLUSTER, route=Route.EXTENDED)

    kinds = {each.kind for each in found.stages}
    assert StageKind.NODES in kinds
    assert StageKind.WORKLOADS not in kinds


def test_pods_that_nothing_changes_are_told_where_they_go() -> None:
    found = migration([node("a", {GPU: 2}), running("alone", "a")], [workload("chat")])

    said = "pod apps/alone goes, though the plan changes nothing about it"
    assert said in found.stage("nodes-1").doubts


def test_a_plan_that_loses_says_so_at_its_first_stage() -> None:
    found = migration([node("a", {GPU: 2}), slices("a", 1), workload("chat")])

    assert "loses capacity" in found.stages[0].doubts[0]


@pytest.mark.parametrize(
    ("cluster", "files"),
    [
        ([], [workload("chat")]),
        ([node("a", {GPU: 1})], []),
        (
            [node("a", {"acme.example/x": 1})],
            [workload("w", asks={"acme.example/x": 1})],
        ),
    ],
)
def test_nothing_to_change_is_no_stage(
    cluster: list[Document], files: list[Document]
) -> None:
    assert migration(cluster, files).stages == ()


@pytest.mark.parametrize(
    ("is_given", "verb"), [(True, Verb.PATCH), (False, Verb.BY_HAND)]
)
def test_a_class_that_is_there_gets_what_it_lacks(is_given: bool, verb: Verb) -> None:
    there = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "DeviceClass",
        "metadata": {"name": "gpu.nvidia.com"},
        "spec": {"selectors": []},
    }
    wanted = {**there, "spec": {"extendedResourceName": GPU}}
    found = migration([*CLUSTER, there])
    rewrite = dataclasses.replace(found.rewrite, shared=(wanted,))
    given = [each for each in found.inputs if is_given or each.kind != "DeviceClass"]

    worlds = Worlds(found.plan, given, found.snapshot, rewrite)
    made = stages(worlds, found.proof)

    (step,) = [each for each in made[0].steps if each.kind == "DeviceClass"]
    assert (step.verb, step.name) == (verb, "gpu.nvidia.com")
    if step.patch:
        after = patched(there, step.patch)
        assert after["spec"] == {"selectors": [], "extendedResourceName": GPU}
        assert patched(after, step.back) == there
