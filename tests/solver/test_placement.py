"""Where pods and claims go, one after the other."""

import pytest

import dractl
from dractl.errors import DractlError
from dractl.solver.placement import Policy
from tests.solver.clusters import (
    Wire,
    claim,
    cluster,
    given,
    gpu_class,
    gpus,
    node,
    placed,
    pod,
    reasons,
    summary,
    template,
    wish,
)

ON_A = {
    "nodeSelector": {
        "nodeSelectorTerms": [
            {
                "matchFields": [
                    {"key": "metadata.name", "operator": "In", "values": ["a"]}
                ]
            }
        ]
    }
}
TWO_NODES = (
    gpu_class(),
    node("a"),
    node("b"),
    gpus("a", "a0", "a1"),
    gpus("b", "b0", "b1", "b2"),
)


def test_each_placement_takes_from_what_the_next_one_finds() -> None:
    claims = [claim(f"c{number}") for number in range(6)]
    outcome = placed(cluster(*TWO_NODES, *claims))
    assert summary(outcome) == [
        ("a", ["a0"]),
        ("a", ["a1"]),
        ("b", ["b0"]),
        ("b", ["b1"]),
        ("b", ["b2"]),
        (None, []),
    ]


def test_spread_prefers_the_node_with_the_fewest_devices_in_use() -> None:
    claims = [claim(f"c{number}") for number in range(4)]
    outcome = placed(cluster(*TWO_NODES, *claims), Policy.SPREAD)
    assert [where for where, _ in summary(outcome)] == ["a", "b", "a", "b"]


def test_pack_prefers_the_node_with_the_most_devices_in_use() -> None:
    held = claim("held", status=given("b0", "b"))
    claims = [claim(f"c{number}") for number in range(3)]
    outcome = placed(cluster(*TWO_NODES, held, *claims), Policy.PACK)
    assert [where for where, _ in summary(outcome)] == ["b", "b", "a"]


def test_all_claims_of_a_pod_go_to_one_node() -> None:
    documents = [template("t"), pod("p", "template/t", "template/t", "template/t")]
    outcome = placed(cluster(*TWO_NODES, *documents))
    assert summary(outcome) == [("b", ["b0", "b1", "b2"])]
    names = [each.meta.name for each, _ in outcome.placements[0].allocations]
    assert names == ["p-c0", "p-c1", "p-c2"]


def test_a_shared_claim_is_allocated_for_its_first_pod_and_binds_the_second() -> None:
    selector = {"nodeSelector": {"name": "b"}}
    documents = [
        claim("shared"),
        pod("first", "claim/shared"),
        pod("second", "claim/shared"),
        pod("third", "claim/shared", **selector),
    ]
    outcome = placed(cluster(*TWO_NODES, *documents))
    assert [where for where, _ in summary(outcome)] == ["a", "a", None]
    assert reasons(outcome, 2)["claim shared is allocated on other nodes"] == ("b",)


@pytest.mark.parametrize(
    ("spec", "status", "refused", "reason"),
    [
        ({"unschedulable": True}, {}, {}, "the node is cordoned"),
        (
            {"taints": [{"key": "k", "value": "v", "effect": "NoSchedule"}]},
            {},
            {},
            "the pod does not tolerate the taint k=v:NoSchedule",
        ),
        (
            {},
            {"conditions": [{"type": "Ready", "status": "Unknown"}]},
            {},
            "the node is not ready",
        ),
        (
            {},
            {},
            {"nodeSelector": {"name": "b"}},
            "the node does not match the pod's node selector or affinity",
        ),
        (
            {},
            {"allocatable": {"cpu": "1"}},
            {
                "containers": [
                    {"name": "x", "resources": {"requests": {"cpu": "1001m"}}}
                ]
            },
            "insufficient cpu",
        ),
    ],
)
def test_a_node_that_refuses_the_pod_is_passed_over(
    spec: Wire,
    status: Wire,
    refused: Wire,
    reason: str,
) -> None:
    documents = (
        gpu_class(),
        node("a", spec=spec, status=status),
        gpus("a", "a0"),
        template("t"),
        pod("p", "template/t", **refused),
    )
    assert reasons(placed(cluster(*documents))) == {reason: ("a",)}
    beside = placed(cluster(*documents, node("b"), gpus("b", "b0")))
    assert summary(beside) == [("b", ["b0"])]


def test_pods_take_the_cpu_that_the_next_pod_lacks() -> None:
    small = {"status": {"allocatable": {"cpu": "2", "pods": "10"}}}
    container = {"name": "x", "resources": {"requests": {"cpu": "1500m"}}}
    outcome = placed(
        cluster(
            gpu_class(),
            node("a", **small),
            node("b", **small),
            gpus("a", "a0", "a1"),
            gpus("b", "b0"),
            template("t"),
            pod("p", "template/t", containers=[container]),
            pod("q", "template/t", containers=[container]),
        )
    )
    assert summary(outcome) == [("a", ["a0"]), ("b", ["b0"])]


@pytest.mark.parametrize(
    ("documents", "reason"),
    [
        ([pod("p", "claim/x")], "claim x does not exist"),
        ([pod("p", "template/x")], "claim template x does not exist"),
        (
            [claim("x", wish(deviceClassName="fpga")), pod("p", "claim/x")],
            "claim x, request gpu: device class fpga does not exist",
        ),
        (
            [
                claim("x", meta={"deletionTimestamp": "2026-01-01T00:00:00Z"}),
                pod("p", "claim/x"),
            ],
            "claim x is being deleted",
        ),
        (
            [claim("x"), pod("p", "claim/x", schedulingGates=[{"name": "g"}])],
            "waits for its scheduling gates: g",
        ),
    ],
)
def test_some_pods_are_not_even_tried(documents: list[Wire], reason: str) -> None:
    outcome = placed(cluster(*TWO_NODES, *documents))
    assert [each.reason for each in outcome.placements] == [reason]


def test_an_error_on_any_node_stops_the_scheduler_in_a_small_cluster() -> None:
    selector = [{"cel": {"expression": 'device.attributes["d"].x == 1'}}]
    documents = (
        gpu_class(),
        node("a"),
        node("b"),
        gpus("a", {"name": "a0", "attributes": {"d/x": {"int": 1}}}),
        gpus("b", "b0"),
        claim("c", wish(selectors=selector)),
    )
    placement = placed(cluster(*documents)).placements[0]
    assert placement.node is None
    assert placement.aborted is not None
    assert "no such key: x" in placement.aborted
    assert placement.hint is not None
    assert 'has(device.attributes["d"].x) && ' in placement.hint


def test_a_large_cluster_is_searched_only_until_a_node_fits() -> None:
    selector = [{"cel": {"expression": 'device.attributes["d"].x == 1'}}]
    first = gpus("n000", {"name": "g", "attributes": {"d/x": {"int": 1}}})
    names = [f"n{number:03d}" for number in range(100)]
    outcome = placed(
        cluster(
            gpu_class(),
            *map(node, names),
            first,
            *(gpus(name, "g") for name in names[1:]),
            claim("c", wish(selectors=selector)),
        )
    )
    assert summary(outcome) == [("n000", ["g"])]


def test_devices_that_all_nodes_reach_are_gone_for_all_of_them() -> None:
    outcome = placed(
        cluster(
            gpu_class(),
            node("a"),
            node("b"),
            gpus("net", "d0", allNodes=True),
            claim("c0"),
            claim("c1"),
            claim("c2"),
        )
    )
    assert [where for where, _ in summary(outcome)] == ["a", None, None]
    assert reasons(outcome, 1) == {
        "request gpu wants 1 device, 0 left: 1 in use": ("a", "b")
    }


def test_the_reasons_say_what_happened_to_the_devices() -> None:
    tainted = {
        "name": "d2",
        "taints": [{"key": "k", "effect": "NoSchedule"}],
        "attributes": {"model": {"string": "x"}},
    }
    only_x = [{"cel": {"expression": '"model" in device.attributes["%s"]'}}]
    text = only_x[0]["cel"]["expression"] % "gpu.example.com"
    wanted = wish(2, selectors=[{"cel": {"expression": text}}])
    outcome = placed(
        cluster(
            gpu_class(),
            node("a"),
            node("b"),
            node("c"),
            gpus("a", "d0", "d1", tainted),
            gpus("b", "d0"),
            claim("c", wanted),
        )
    )
    assert reasons(outcome) == {
        "request gpu wants 2 devices, 0 left: 1 tainted": ("a",),
        "request gpu: no device passes the selectors": ("b",),
        "no devices are published for the node": ("c",),
    }
    assert outcome.placements[0].reason == "does not fit on any of 3 nodes"


def test_a_search_that_upstream_takes_long_for_is_marked() -> None:
    devices = [f"d{number:02d}" for number in range(30)]
    two = {
        "devices": {
            "requests": [
                {"name": "r", "exactly": {"deviceClassName": "gpu", "count": 15}},
                {"name": "s", "exactly": {"deviceClassName": "gpu", "count": 16}},
            ]
        }
    }
    documents = (gpu_class(), node("a"), gpus("a", *devices), claim("c", two))
    placement = placed(cluster(*documents)).placements[0]
    assert placement.node is None
    assert placement.is_slow


def test_on_one_node_all_claims_are_allocated_together_or_none() -> None:
    claims = [claim(f"c{number}") for number in range(3)]
    snapshot = cluster(*TWO_NODES, *claims)
    assert set(dractl.allocate(snapshot, node="a").allocations.values()) == {None}
    found = dractl.allocate(snapshot, node="b").allocations
    assert list(found) == [("default", "c0"), ("default", "c1"), ("default", "c2")]
    assert all(found.values())


def test_the_python_api_raises_where_the_scheduler_stops() -> None:
    snapshot = cluster(*TWO_NODES, claim("c", wish(33)))
    with pytest.raises(dractl.AllocationAborted, match="exceeds the claim limit of 32"):
        dractl.allocate(snapshot)
    with pytest.raises(dractl.AllocationAborted, match="exceeds the claim limit of 32"):
        dractl.allocate(snapshot, node="a")


def test_an_unknown_node_is_a_usage_error() -> None:
    with pytest.raises(DractlError, match="no node is called 'nope'"):
        dractl.allocate(cluster(*TWO_NODES), node="nope")


def test_an_invalid_pool_is_named_where_nothing_else_fits() -> None:
    documents = (gpu_class(), node("a"), gpus("a", "d", "d"), claim("c"))
    outcome = placed(cluster(*documents))
    assert reasons(outcome) == {"invalid resource pools were encountered": ("a",)}


def test_an_unparsable_term_of_an_affinity_spoils_itself_only() -> None:
    def term(operator: str, *values: str) -> Wire:
        requirement = {"key": "name", "operator": operator, "values": list(values)}
        return {"matchExpressions": [requirement]}

    terms = [term("Nonsense", "a"), term("In", "b")]
    required = {"nodeSelectorTerms": terms}
    affinity = {
        "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}
    }
    documents = [template("t"), pod("p", "template/t", affinity=affinity)]
    assert summary(placed(cluster(*TWO_NODES, *documents))) == [("b", ["b0"])]


def test_a_reason_names_the_claims_of_the_pod_that_it_is_for() -> None:
    documents = [
        template("one"),
        template("many", wish(9)),
        pod("p", "template/one", "template/many"),
        pod("q", "template/one", "template/many"),
    ]
    outcome = placed(cluster(*TWO_NODES, *documents))
    for number, name in enumerate(["p-c1", "q-c1"]):
        found = reasons(outcome, number)
        assert all(reason.startswith(f"claim {name}, ") for reason in found)


def test_pods_on_one_claim_each_are_told_of_their_own() -> None:
    held = [claim(name, status=given("a0", "a", **ON_A)) for name in ("x", "y")]
    wanting = {"nodeSelector": {"name": "b"}}
    pods = [pod(f"p{name}", f"claim/{name}", **wanting) for name in ("x", "y")]
    outcome = placed(cluster(*TWO_NODES, *held, *pods))
    assert "claim x is allocated on other nodes" in reasons(outcome, 0)
    assert "claim y is allocated on other nodes" in reasons(outcome, 1)


def test_a_host_port_of_a_sidecar_counts() -> None:
    port = {"ports": [{"containerPort": 80, "hostPort": 80}]}
    sidecar = {"name": "s", "restartPolicy": "Always", **port}
    documents = [
        template("t"),
        pod("p", "template/t", initContainers=[sidecar]),
        pod("q", "template/t", initContainers=[sidecar]),
        pod("r", "template/t", initContainers=[sidecar]),
        pod("s", "template/t"),
    ]
    outcome = placed(cluster(*TWO_NODES, *documents))
    assert [where for where, _ in summary(outcome)] == ["a", "b", None, "a"]
