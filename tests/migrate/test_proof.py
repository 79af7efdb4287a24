"""What is called safe, what loses, and what cannot be told."""

from typing import Any

import pytest

from dractl.migrate.answer import Verdict
from dractl.migrate.inputs import Route
from tests.migrate.clusters import (
    GPU,
    Document,
    live,
    migration,
    node,
    replicas,
    running,
    slices,
    workload,
)

ROUTES = (Route.CLAIMS, Route.EXTENDED)


@pytest.mark.parametrize("route", ROUTES)
def test_as_many_devices_as_before_are_safe(route: Route) -> None:
    found = migration(
        [
            node("a", {GPU: "4"}),
            node("b", {GPU: "4"}),
            workload("chat", counted=replicas(8)),
        ],
        route=route,
    )

    assert found.proof.verdict is Verdict.SAFE, found.proof.reasons
    fit = found.fit("chat")
    assert (fit.wanted, fit.before, fit.after) == (8, 8, 8)
    assert len({device for pod in fit.devices for device in pod}) == 8
    assert [(n.node, n.before, n.after, n.source) for n in found.proof.nodes] == [
        ("a", 4, 4, "assumed"),
        ("b", 4, 4, "assumed"),
    ]


def test_a_safe_one_says_what_it_rests_on() -> None:
    found = migration([node("a", {GPU: 1}), node("b", {GPU: 1}), workload("chat")])

    (reason,) = found.proof.reasons
    assert "node a (1 more) are assumed" in reason


@pytest.mark.parametrize("route", ROUTES)
def test_fewer_published_devices_lose(route: Route) -> None:
    found = migration(
        [node("a", {GPU: 4}), slices("a", 3), workload("chat", counted=replicas(4))],
        route=route,
    )

    assert found.proof.verdict is Verdict.LOSES
    fit = found.fit("chat")
    assert (fit.before, fit.after) == (4, 3)
    assert "a has 4 of nvidia.com/gpu, and devices for 3" in " ".join(
        found.proof.reasons
    )
    assert fit.why


def test_a_node_that_loses_devices_nobody_needs_loses_too() -> None:
    found = migration([node("a", {GPU: 4}), slices("a", 3), workload("chat")])

    assert found.fit("chat").after == 1
    assert found.proof.verdict is Verdict.LOSES


def test_published_devices_of_another_kind_do_not_count() -> None:
    found = migration(
        [
            node("a", {GPU: 2}),
            slices("a", 2, profile="1g.5gb", type="mig"),
            workload("chat", counted=replicas(2)),
        ]
    )

    assert found.proof.verdict is Verdict.LOSES
    assert found.fit("chat").after == 0


def test_what_did_not_fit_before_need_not_fit_after() -> None:
    found = migration([node("a", {GPU: 2}), workload("chat", counted=replicas(5))])

    fit = found.fit("chat")
    assert (fit.wanted, fit.before, fit.after, fit.why) == (5, 2, 2, "")
    assert found.proof.verdict is Verdict.SAFE


@pytest.mark.parametrize(
    "cluster",
    [[], [workload("web", asks={"acme.example/x": 1})]],
)
def test_without_nodes_nothing_is_proven(cluster: list[Document]) -> None:
    found = migration(cluster, [workload("chat")])

    assert found.proof.verdict is Verdict.UNPROVEN
    assert "no nodes are given" in found.proof.reasons[0]


def test_devices_of_which_only_the_amount_is_known_are_not_proven() -> None:
    cluster = [
        node("a", {"amd.com/gpu": 2}, {}),
        workload("chat", asks={"amd.com/gpu": 1}),
    ]
    found = migration(cluster)

    assert found.proof.verdict is Verdict.UNPROVEN
    assert "nothing but its amount tells" in " ".join(found.proof.reasons)
    assert found.fit("chat").after == 1


def test_who_stays_though_the_plugin_goes_is_told() -> None:
    found = migration(
        [
            node("a", {GPU: 2}),
            workload("chat"),
            workload("half", asks={GPU: "500m"}),
        ]
    )

    reasons = " ".join(found.proof.reasons)
    assert found.proof.verdict is not Verdict.SAFE
    assert "Deployment apps/half" in reasons


def test_running_pods_stay_before_and_find_devices_on_their_nodes_after() -> None:
    found = migration(
        [
            node("a", {GPU: 1}),
            node("b", {GPU: 1}, unschedulable=True),
            *live("chat", "b", "a"),
        ]
    )

    fit = found.fit("chat")
    assert (fit.wanted, fit.before, fit.after) == (2, 2, 2)
    assert fit.devices == (("gpu.nvidia.com/b/gpu-0",), ("gpu.nvidia.com/a/gpu-0",))


def test_free_pods_do_not_take_the_devices_of_those_that_run() -> None:
    found = migration(
        [
            node("a", {GPU: 1}),
            workload("first"),
            *live("second", "a"),
        ]
    )

    assert [found.fit(n).before for n in ("first", "second")] == [0, 1]
    assert [found.fit(n).after for n in ("first", "second")] == [0, 1]


@pytest.mark.parametrize(
    ("kubernetes", "verdict"),
    # From 1.36 on, the driver's class serves the pod that comes in its place.
    [("1.35", Verdict.UNPROVEN), ("1.36", Verdict.SAFE)],
)
def test_a_pod_that_nothing_changes_goes_on_holding(
    kubernetes: str, verdict: Verdict
) -> None:
    found = migration(
        [node("a", {GPU: 2}), running("alone", "a")],
        [workload("chat", counted=replicas(2))],
        kubernetes,
    )

    fit = found.fit("chat")
    assert (fit.before, fit.after) == (1, 1)
    assert found.proof.verdict is verdict
    told = "pod apps/alone is not changed" in " ".join(found.proof.reasons)
    assert told is (verdict is Verdict.UNPROVEN)


def test_a_toleration_that_only_extended_resources_get_is_missed() -> None:
    taint = {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}
    found = migration(
        [
            node("a", {GPU: 1}, taints=[taint]),
            *live("chat", "a"),  # an admission plugin has given it the toleration
        ]
    )

    fit = found.fit("chat")
    assert (fit.before, fit.after) == (1, 0)
    assert "does not tolerate the taint" in fit.why
    assert found.proof.verdict is Verdict.LOSES


def test_claims_that_are_there_hold_devices_after_only() -> None:
    claim = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaim",
        "metadata": {"name": "taken", "namespace": "apps"},
        "spec": {},
        "status": {
            "allocation": {
                "devices": {
                    "results": [
                        {
                            "request": "r",
                            "driver": "gpu.nvidia.com",
                            "pool": "a",
                            "device": "gpu-0",
                        }
                    ]
                }
            }
        },
    }
    found = migration(
        [
            node("a", {GPU: 2}),
            slices("a", 2),
            claim,
            workload("chat", counted=replicas(2)),
        ]
    )

    assert (found.fit("chat").before, found.fit("chat").after) == (2, 1)
    assert found.proof.verdict is Verdict.LOSES


def test_a_daemon_set_has_a_pod_on_each_node_that_suits() -> None:
    found = migration(
        [
            node("a", {GPU: 1}),
            node("b", {GPU: 1}),
            node("c", {}, {"role": "web"}),
            workload(
                "watch",
                "DaemonSet",
                counted={},
                nodeSelector={"nvidia.com/gpu.product": "Tesla-T4"},
            ),
        ]
    )

    fit = found.fit("watch")
    assert (fit.wanted, fit.before, fit.after) == (2, 2, 2)


def test_selectors_on_labels_hold_for_devices_after() -> None:
    labels = {"nvidia.com/gpu.product": "NVIDIA-A100-SXM4-40GB"}
    found = migration(
        [
            node("a", {GPU: 1}, labels),
            node("b", {GPU: 1}),
            workload("chat", counted=replicas(2), nodeSelector=labels),
        ]
    )

    fit = found.fit("chat")
    assert (fit.before, fit.after) == (1, 1)
    assert fit.devices == (("gpu.nvidia.com/a/gpu-0",),)


def test_many_are_looked_at_up_to_a_number() -> None:
    found = migration([node("a", {GPU: 1}), workload("chat", counted=replicas(20_000))])

    assert found.fit("chat").wanted == 10_000
    assert "10000 of 20000 pods are looked at" in " ".join(found.proof.reasons)


@pytest.mark.parametrize(
    "spec",
    [
        {"tolerations": "none"},
        {"nodeSelector": ["a"]},
        {"affinity": {"nodeAffinity": 3}},
        {"initContainers": {"a": 1}},
    ],
)
def test_pods_that_cannot_be_read_are_a_doubt(spec: dict[str, Any]) -> None:
    found = migration([node("a", {GPU: 1}), workload("chat", **spec)])

    assert found.proof.verdict is Verdict.UNPROVEN
    assert "Deployment apps/chat: " in " ".join(found.proof.reasons)
