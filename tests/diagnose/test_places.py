from typing import Any

from dractl.api.snapshot import Snapshot
from tests.diagnose.cluster import (
    Wire,
    claim,
    cluster,
    codes,
    gpu_class,
    gpus,
    held,
    node,
    only,
    pinned,
    pod,
    wish,
)


def state(*documents: Wire, **spec: Any) -> Snapshot:
    """Return a cluster with GPUs on n1 alone, and a pod that wants one."""
    return cluster(
        gpu_class(), gpus("n1", "gpu-0"), *documents, pod("web", "claim/c", **spec),
        claim("c"),
    )  # fmt: skip


def big(name: str, cpu: str) -> Wire:
    return node(name, status={"allocatable": {"cpu": cpu, "pods": "100"}})


def tainted(name: str, key: str, value: str = "") -> Wire:
    return node(name, spec={"taints": [
        {"key": key, "value": value, "effect": "NoSchedule"}]})  # fmt: skip


def needing(cpu: str) -> list[Wire]:
    return [{"name": "main", "resources": {"requests": {"cpu": cpu}}}]


ZONE = {"nodeSelector": {"zone": "b"}}


def test_devices_on_a_node_that_the_pod_does_not_select_are_told() -> None:
    found = only(state(node("n1", labels={"zone": "a"}), node("n2"), **ZONE))

    assert (found.code, found.claim, found.nodes) == ("node-mismatch", None, ("n1",))
    assert found.evidence["nodeSelector"] == {"zone": "b"}
    assert [(each["count"], each["nodes"]) for each in refusals(found.evidence)] == [
        (1, ["n1"])
    ]
    assert found.fixes == ("drop zone=b from the pod's node selector: fits on n1",)


def refusals(evidence: Any) -> list[Any]:
    found = evidence["refusals"]
    assert isinstance(found, list)
    return found


def test_a_label_by_label_fix_is_not_told_where_only_all_of_them_help() -> None:
    found = only(state(node("n1"), nodeSelector={"zone": "b", "rack": "7"}))

    assert found.fixes == ("drop the pod's node selector: fits on n1",)


def test_a_taint_of_the_node_can_be_tolerated() -> None:
    found = only(state(tainted("n1", "dedicated", "ml")))

    assert found.code == "node-mismatch"
    assert found.fixes == (
        "let the pod tolerate the node taint dedicated=ml:NoSchedule: fits on n1",
    )


def test_to_tolerate_that_a_node_is_down_is_no_fix() -> None:
    found = only(state(tainted("n1", "node.kubernetes.io/unreachable")))

    assert found.fixes == ("bring n1 back (node.kubernetes.io/unreachable)",)


def test_a_cordoned_node_can_be_uncordoned() -> None:
    found = only(state(node("n1", spec={"unschedulable": True})))

    assert found.code == "node-mismatch"
    assert "uncordon n1" in found.fixes


def test_too_little_cpu_is_told_with_how_much_would_do() -> None:
    found = only(state(big("n1", "4"), containers=needing("8")))

    assert found.code == "node-mismatch"
    assert "ask for at most 4 of cpu instead of 8: fits on n1" in found.fixes


def test_cpu_that_others_have_taken_counts() -> None:
    other = pod("other", nodeName="n1", status={"phase": "Running"},
                containers=needing("3"))  # fmt: skip

    found = only(state(big("n1", "4"), other, containers=needing("2")))

    assert "ask for at most 1 of cpu instead of 2: fits on n1" in found.fixes


def test_required_affinity_can_be_dropped() -> None:
    term = {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["b"]}]}
    required = {
        "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}
    }

    found = only(state(node("n1"), affinity={"nodeAffinity": required}))

    assert found.fixes == ("drop the pod's required node affinity: fits on n1",)


def test_a_node_that_suits_the_pod_and_has_no_devices_is_no_way_out() -> None:
    suited = node("n2", labels={"zone": "b"})

    found = only(state(node("n1", labels={"zone": "a"}), suited, **ZONE))

    assert (found.code, found.nodes) == ("node-mismatch", ("n1",))


def test_devices_that_are_in_use_where_the_pod_may_go_come_nearer() -> None:
    found = only(
        state(
            node("n1", labels={"zone": "a"}),
            node("n2", labels={"zone": "b"}),
            held("mine", "n1", "gpu-0"),
            gpus("n2", "gpu-0"),
            held("other", "n2", "gpu-0"),
            **ZONE,
        )
    )

    assert (found.code, found.nodes) == ("devices-in-use", ("n2",))


def test_a_node_that_is_not_ready_cannot_be_used() -> None:
    down = node("n1", status={"conditions": [{"type": "Ready", "status": "False"}]})

    assert codes(state(down)) == ["node-mismatch"]


# -- claims that have their place


def allocated(where: str, **fields: Any) -> Wire:
    mine = held("mine", where, "gpu-0", **fields)
    mine["status"]["allocation"] |= pinned(where)
    return mine


def sharing(*documents: Wire, **spec: Any) -> Snapshot:
    return cluster(
        gpu_class(),
        gpus("n1", "gpu-0", "gpu-1"),
        gpus("n2", "gpu-0"),
        *documents,
        pod("web", "claim/mine", **spec),
    )


def test_a_claim_that_is_allocated_where_the_pod_may_not_go_pins_it() -> None:
    found = only(
        sharing(
            node("n1", labels={"zone": "a"}),
            node("n2", labels={"zone": "b"}),
            allocated("n1", pod="first"),
            **ZONE,
        )
    )

    assert (found.code, found.claim) == ("claim-pinned-elsewhere", "mine")
    assert found.evidence["allocatedOn"] == ["n1"]
    assert "drop zone=b from the pod's node selector: fits on n1" in found.fixes


def test_a_claim_that_is_allocated_where_the_pod_may_go_does_not() -> None:
    assert codes(sharing(node("n1"), node("n2"), allocated("n1"))) == []


def test_a_claim_whose_node_is_gone_pins_the_pod_nowhere() -> None:
    found = only(sharing(node("n2"), allocated("n1")))

    assert (found.code, found.evidence["allocatedOn"]) == (
        "claim-pinned-elsewhere", [],
    )  # fmt: skip
    assert any(
        each.startswith("free claim mine") and each.endswith("fits on n2")
        for each in found.fixes
    )


def test_a_claim_pins_the_pod_where_its_other_claims_cannot_be_served() -> None:
    found = only(
        cluster(
            node("n1"),
            node("n2"),
            gpu_class(),
            gpus("n1", "gpu-0"),
            gpus("n2", "gpu-0", "gpu-1", "gpu-2"),
            allocated("n1"),
            claim("c", wish(2)),
            pod("web", "claim/mine", "claim/c"),
        )
    )

    assert (found.code, found.claim, found.nodes) == (
        "claim-pinned-elsewhere", "mine", ("n2",),
    )  # fmt: skip
    assert "where the pod's other claims cannot be used" in found.message
    assert any(
        each.startswith("free claim mine") and each.endswith("fits on n2")
        for each in found.fixes
    )
