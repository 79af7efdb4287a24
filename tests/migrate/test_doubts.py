"""What must not be called safe, though the amounts are the same."""

import copy
from collections.abc import Iterable

import pytest

from dractl.migrate.answer import Verdict
from dractl.migrate.inputs import Route, Shares
from tests.migrate.clusters import (
    GPU,
    Document,
    Migration,
    live,
    migration,
    node,
    replicas,
    running,
    slices,
    workload,
)

SLICED = {
    "nvidia.com/gpu.product": "Tesla-T4-SHARED",
    "nvidia.com/gpu.replicas": "4",
    "nvidia.com/gpu.sharing-strategy": "time-slicing",
}
MIG = "nvidia.com/mig-1g.5gb"
TAINT = {"key": GPU, "value": "present", "effect": "NoSchedule"}
FULL = workload("chat", counted=replicas(8))


def quota(**hard: str) -> Document:
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "q", "namespace": "apps"},
        "spec": {"hard": hard},
    }


def of_class(amount: str) -> dict[str, str]:
    return {"gpu.nvidia.com.deviceclass.resource.k8s.io/devices": amount}


def tainted(document: Document) -> Document:
    found = copy.deepcopy(dict(document))
    for each in found["spec"]["devices"]:
        each["taints"] = [{"key": "bad", "effect": "NoSchedule"}]
    return found


def of_pending(name: str) -> Document:
    return {**running(name, ""), "status": {"phase": "Pending"}}


def check(found: Migration, verdict: Verdict, said: str) -> None:
    assert found.proof.verdict is verdict, found.proof.reasons
    assert said in " / ".join(found.proof.reasons)


def test_shares_that_no_driver_shows_are_not_proven() -> None:
    found = migration([node("a", {GPU: 8}, SLICED), FULL])

    check(found, Verdict.UNPROVEN, "lets several pods have a device of nvidia.com/gpu")


def test_shares_of_devices_that_one_pod_has_are_lost() -> None:
    found = migration([node("a", {GPU: 8}, SLICED), slices("a", 2), FULL])

    check(found, Verdict.LOSES, "a has 8 of nvidia.com/gpu, and devices for 0 after")


def test_one_claim_for_more_pods_than_shared_a_device_is_not_safe() -> None:
    cluster = [node("a", {GPU: 8}, SLICED), node("b", {GPU: 8}, SLICED), FULL]
    found = migration(cluster, shares=Shares.CLAIM)

    check(found, Verdict.UNPROVEN, "8 pods share device gpu.nvidia.com/a/gpu-0")


def test_one_claim_for_as_many_pods_is_safe() -> None:
    small = workload("chat", counted=replicas(4))
    found = migration([node("a", {GPU: 8}, SLICED), small], shares=Shares.CLAIM)

    assert found.proof.verdict is Verdict.SAFE, found.proof.reasons


def test_tolerations_that_admission_may_add_are_a_doubt() -> None:
    found = migration([node("a", {GPU: 1}, taints=[TAINT]), workload("chat")])

    check(found, Verdict.UNPROVEN, "ExtendedResourceToleration, if it is on")


@pytest.mark.parametrize(
    ("route", "verdict"),
    [(Route.CLAIMS, Verdict.LOSES), (Route.EXTENDED, Verdict.SAFE)],
)
def test_pods_that_ask_as_before_get_their_tolerations_as_before(
    route: Route, verdict: Verdict
) -> None:
    above, middle, pod = live("chat", "a")
    pod["spec"]["tolerations"] = [{"key": GPU, "operator": "Exists"}]
    cluster = [node("a", {GPU: 1}, taints=[TAINT]), above, middle, pod]

    assert migration(cluster, route=route).proof.verdict is verdict


def test_who_is_not_part_of_the_plan_and_loses_the_plugin_is_told() -> None:
    found = migration(
        [
            node("a", {GPU: 4, MIG: 7}),
            workload("chat"),
            workload("cut", asks={MIG: 1}),
        ],
        resources=frozenset({GPU}),
    )

    check(
        found,
        Verdict.UNPROVEN,
        f"Deployment apps/cut is not changed, and asks for {MIG}",
    )


@pytest.mark.parametrize(
    ("kubernetes", "verdict"),
    # From 1.36 on, the driver's class serves them.
    [("1.35", Verdict.UNPROVEN), ("1.36", Verdict.SAFE)],
)
@pytest.mark.parametrize("other", [workload("other"), of_pending("other")])
def test_workloads_of_the_cluster_that_files_do_not_name_count(
    kubernetes: str, verdict: Verdict, other: Document
) -> None:
    found = migration([node("a", {GPU: 4}), other], [workload("chat")], kubernetes)

    assert found.proof.verdict is verdict, found.proof.reasons


def test_a_class_of_whole_devices_serves_nobody_who_had_a_share() -> None:
    small = workload("chat", counted=replicas(2))
    cluster = [node("a", {GPU: 8}, SLICED), workload("other")]
    found = migration(cluster, [small], shares=Shares.CLAIM)

    check(found, Verdict.UNPROVEN, "Deployment apps/other is not changed")


@pytest.mark.parametrize(
    ("hard", "verdict"),
    [
        (of_class("1"), Verdict.LOSES),
        (of_class("4"), Verdict.SAFE),
        ({f"requests.{GPU}": "4"}, Verdict.SAFE),
        ({f"requests.{GPU}": "4", **of_class("1")}, Verdict.LOSES),
        ({f"requests.{GPU}": "1", **of_class("1")}, Verdict.SAFE),
    ],
)
def test_a_quota_that_allows_fewer_devices_than_before_loses(
    hard: dict[str, str], verdict: Verdict
) -> None:
    four = workload("chat", counted=replicas(4))
    found = migration([node("a", {GPU: 4}), quota(**hard), four])

    assert found.proof.verdict is verdict, found.proof.reasons


def test_pods_that_wait_before_and_after_show_nothing() -> None:
    found = migration([node("a", {GPU: 1}), workload("chat", nodeSelector={"x": "y"})])

    check(found, Verdict.UNPROVEN, "none of its pods fits, before or after")


def test_devices_with_taints_are_lost() -> None:
    found = migration([node("a", {GPU: 2}), tainted(slices("a", 2)), workload("chat")])

    check(found, Verdict.LOSES, "2 tainted")


def test_names_that_are_guessed_from_labels_are_not_proven() -> None:
    labels = {"nvidia.com/gpu.product": "NVIDIA-A100-SXM4-40GB"}
    cluster = [node("a", {GPU: 1}, labels), workload("chat", nodeSelector=labels)]

    check(migration(cluster), Verdict.UNPROVEN, "is guessed from labels")


def test_names_that_are_published_are_proven() -> None:
    labels = {"nvidia.com/gpu.product": "NVIDIA-A100-SXM4-40GB"}
    there = slices("a", 1, productName="NVIDIA A100-SXM4-40GB")
    found = migration(
        [node("a", {GPU: 1}, labels), there, workload("chat", nodeSelector=labels)]
    )

    assert found.proof.verdict is Verdict.SAFE, found.proof.reasons


def test_labels_that_stay_have_to_be_set_without_the_plugin() -> None:
    machine = {"nvidia.com/gpu.machine": "DGX"}
    labels = {"nvidia.com/gpu.product": "Tesla-T4", **machine}
    found = migration(
        [node("a", {GPU: 1}, labels), workload("w", nodeSelector=machine)]
    )

    check(found, Verdict.SAFE, "label nvidia.com/gpu.machine: what sets it")


@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        ((), Verdict.UNPROVEN),
        ([{"name": "apps"}], Verdict.LOSES),
        (
            [
                {
                    "name": "apps",
                    "labels": {"resource.kubernetes.io/admin-access": "true"},
                }
            ],
            Verdict.SAFE,
        ),
    ],
)
def test_access_for_admins_needs_a_label_of_the_namespace(
    known: Iterable[Document], verdict: Verdict
) -> None:
    all_of = {"gpu.intel.com/monitoring": 1}
    labels = {"gpu.intel.com/family": "Flex_Series"}
    cluster = [
        node("a", {"gpu.intel.com/i915": 1, **all_of}, labels),
        workload("watch", asks=all_of),
        *({"apiVersion": "v1", "kind": "Namespace", "metadata": m} for m in known),
    ]
    found = migration(cluster)

    assert found.proof.verdict is verdict, found.proof.reasons


@pytest.mark.parametrize("amount", ["x", [1], {"a": 1}, True])
def test_a_node_that_cannot_be_read_is_a_doubt(amount: object) -> None:
    found = migration([node("a", {GPU: amount}), node("b", {GPU: 1}), workload("chat")])

    check(found, Verdict.UNPROVEN, "Node a could not be read")


def test_too_much_to_be_looked_at_is_a_doubt_and_no_loss() -> None:
    found = migration([node("a", {GPU: "1e99"}), workload("chat")])

    check(found, Verdict.UNPROVEN, "too much to be looked at")


@pytest.mark.parametrize("route", [Route.CLAIMS, Route.EXTENDED])
def test_pods_that_no_scheduler_sees_get_no_devices(route: Route) -> None:
    found = migration(
        [node("a", {GPU: 1}), workload("chat", nodeName="a")], route=route
    )

    check(found, Verdict.LOSES, "names its node")


def test_a_pod_that_the_scheduler_has_placed_does_not_name_its_node() -> None:
    found = migration([node("a", {GPU: 1}), running("alone", "a")])

    assert "names its node" not in " ".join(found.proof.reasons)
