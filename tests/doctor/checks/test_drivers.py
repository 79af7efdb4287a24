"""Drivers, their pods, pools and slices."""

from typing import Any

import pytest

from dractl.rules.registry import Severity
from tests.doctor.healthy import (
    DRIVER,
    allocated,
    claim,
    driver_pod,
    examined,
    found,
    gpus,
    healthy,
    info,
    node,
    pod,
    worker,
    workload,
)

Wire = dict[str, Any]


def pool(generation: int = 1, count: int = 1) -> Wire:
    """Return what a slice says of its pool."""
    return {"name": "n1", "generation": generation, "resourceSliceCount": count}


def renamed(document: Wire, name: str, **fields: Any) -> Wire:
    """Return the object under another name."""
    return {**document, "metadata": {**document["metadata"], "name": name, **fields}}


def test_a_cluster_without_a_driver_is_told() -> None:
    assert found("driver-none", [info(), node("n1")])
    assert not found("driver-none", healthy())


def test_where_slices_may_not_be_read_nothing_is_concluded() -> None:
    gap = {"kind": "ResourceSlice", "resource": "resourceslices", "group": "g"}
    unread = [{**gap, "cause": "forbidden"}]
    answer = examined([info(unread=unread)], only=["driver-none"])
    assert not answer.findings
    assert [each.why for each in answer.skipped] == ["resourceslices may not be read"]
    assert answer.is_partial


def test_a_driver_that_is_not_ready_while_its_devices_are_given_out() -> None:
    ill = driver_pod("n1", ready=False)
    (bad,) = found("driver-not-ready", [info(), node("n1"), ill, gpus("n1")])
    (mild,) = found("driver-not-ready", [info(), node("n1"), ill])
    assert (bad.severity, mild.severity) == (Severity.ERROR, Severity.WARNING)
    assert bad.where == "node n1"
    assert f"devices of {DRIVER} are still given out" in bad.message


def test_a_driver_that_looks_like_no_pod_is_not_judged() -> None:
    answer = examined([info(), node("n1"), pod("a"), gpus("n1")])
    why = {each.why for each in answer.skipped if each.code == "driver-not-ready"}
    assert why == {f"no pod looks like that of driver {DRIVER}"}


@pytest.mark.parametrize(
    ("desired", "ready", "said"),
    [
        (0, 0, "it selects no node, so the driver runs nowhere"),
        (3, 2, "2 of 3 pods are ready"),
    ],
)
def test_a_daemon_set_of_a_driver_that_lacks_pods(
    desired: int, ready: int, said: str
) -> None:
    daemons = workload("DaemonSet", "nvidia-dra-driver-gpu-kubelet-plugin", "dra")
    status = {"desiredNumberScheduled": desired, "numberReady": ready}
    (finding,) = found("driver-daemonset", [info(), {**daemons, "status": status}])
    assert finding.message == said


def test_a_daemon_set_that_selects_no_node_is_wrong_where_there_is_hardware() -> None:
    daemons = workload("DaemonSet", "nvidia-dra-driver-gpu-kubelet-plugin", "dra")
    status = {"desiredNumberScheduled": 0, "numberReady": 0}
    nobody = [info(), {**daemons, "status": status}]
    (mild,) = found("driver-daemonset", nobody)
    (wrong,) = found("driver-daemonset", [*nobody, node("n1")])
    assert (mild.severity, wrong.severity) == (Severity.INFO, Severity.WARNING)


def test_a_daemon_set_that_is_whole_or_of_others_is_well() -> None:
    whole = {"desiredNumberScheduled": 2, "numberReady": 2}
    empty = {"desiredNumberScheduled": 0, "numberReady": 0}
    driver = workload("DaemonSet", "nvidia-dra-driver-gpu-kubelet-plugin", "dra")
    other = workload("DaemonSet", "node-exporter", "monitoring")
    documents = [{**driver, "status": whole}, {**other, "status": empty}]
    assert not found("driver-daemonset", [info(), *documents])


def test_a_driver_that_publishes_nothing_where_there_is_hardware() -> None:
    documents = [info(), *worker("n1"), node("n2"), driver_pod("n2")]
    (finding,) = found("driver-silent", documents)
    assert finding.severity is Severity.WARNING
    assert "n2" in finding.message


def test_a_driver_on_a_node_without_hardware_is_only_to_know() -> None:
    plain = node("n2", role="infra")
    documents = [info(), *worker("n1"), plain, driver_pod("n2")]
    (finding,) = found("driver-silent", documents)
    assert finding.severity is Severity.INFO


def test_pods_of_a_vendors_other_driver_are_not_taken_for_its_own() -> None:
    gaudi = driver_pod("n2")
    gaudi["metadata"]["name"] = "intel-gaudi-dra-driver-kubelet-plugin-n2"
    published = [
        gpus("n1", driver="gpu.intel.com"),
        gpus("n2", driver="gaudi.intel.com"),
    ]
    documents = [info(), node("n1"), node("n2"), *published, gaudi]
    assert not found("driver-silent", documents)


def test_a_pod_with_dra_in_its_name_is_not_that_of_dranet() -> None:
    nics = renamed(gpus("n1", driver="dra.net"), "nics")
    documents = [info(), *worker("n1"), *worker("n2"), nics]
    assert not found("driver-silent", documents)


def test_devices_of_a_node_where_the_driver_does_not_run() -> None:
    documents = [info(), *worker("n1"), node("n2"), gpus("n2")]
    (finding,) = found("driver-pod-missing", documents)
    assert finding.evidence["nodes"] == ["n2"]


def test_hardware_that_nobody_publishes() -> None:
    (finding,) = found("hardware-unpublished", [info(), *worker("n1"), node("n2")])
    assert finding.evidence["nodes"] == ["n2"]


def test_hardware_of_a_device_plugin_is_not_missed() -> None:
    plugin = node("n2")
    plugin["status"]["allocatable"]["nvidia.com/gpu"] = "8"
    assert not found("hardware-unpublished", [info(), *worker("n1"), plugin])


def test_labels_of_feature_discovery_tell_of_hardware() -> None:
    labelled = node("n2", role="infra")
    label = "feature.node.kubernetes.io/pci-0302_10de.present"
    labelled["metadata"]["labels"][label] = "true"
    assert found("hardware-unpublished", [info(), *worker("n1"), labelled])


# -- what cleanup finds


def test_a_slice_of_a_node_that_is_gone_is_told() -> None:
    (finding,) = found("slice-stale", [*healthy(), gpus("n9")])
    assert finding.severity is Severity.WARNING
    assert finding.commands == ("dractl cleanup -A --only slice-node-gone",)


def test_a_slice_by_hand_is_to_know() -> None:
    by_hand = renamed(gpus("n1", pool=pool() | {"name": "x"}), "x", ownerReferences=[])
    (finding,) = found("slice-stale", [*healthy(), by_hand])
    assert finding.severity is Severity.INFO


def test_claims_that_finished_pods_hold_are_told() -> None:
    held = claim("c", status=allocated("n1", "gpu-1", reserved="done"))
    done = pod("done", claims=["c"], phase="Succeeded")
    (finding,) = found("claim-held-in-vain", [*healthy(), held, done])
    assert finding.subject == "ResourceClaim/default/c"


def test_what_cleanup_proposes_is_told_in_short() -> None:
    (finding,) = found("leftovers", [*healthy(), claim("unused")])
    assert finding.commands == ("dractl cleanup -A",)


# -- nodes


def lost(name: str) -> Wire:
    """Return a node whose kubelet does not answer."""
    made = node(name)
    made["status"]["conditions"] = [
        {"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"}
    ]
    return made


def test_a_lost_node_with_claims_is_an_error() -> None:
    held = claim("c", status=allocated("n1", "gpu-0", reserved="p"))
    documents = [info(), lost("n1"), gpus("n1"), held, pod("p", node_name="n1")]
    (finding,) = found("node-lost", documents)
    assert finding.severity is Severity.ERROR
    assert "default/c" in finding.message
    assert "out-of-service" in finding.commands[2]


def test_a_lost_node_without_claims_is_a_warning() -> None:
    (finding,) = found("node-lost", [info(), lost("n1"), gpus("n1")])
    assert finding.severity is Severity.WARNING


def test_a_lost_node_without_devices_is_no_matter_of_dra() -> None:
    assert not found("node-lost", [info(), lost("n1")])


def test_claims_that_are_bound_to_a_node_that_is_gone() -> None:
    held = claim("c", status=allocated("n9", "gpu-0", reserved="p"))
    documents = [info(), node("n1"), gpus("n9"), held, pod("p", node_name="n9")]
    (finding,) = found("node-lost", documents)
    assert finding.subject == "Node/n9"
    assert "it is gone" in finding.message


def test_a_claim_that_only_its_allocation_binds_to_a_node() -> None:
    status = allocated("n9", "gpu-0")
    field = {"key": "metadata.name", "operator": "In", "values": ["n9"]}
    status["allocation"]["nodeSelector"] = {
        "nodeSelectorTerms": [{"matchFields": [field]}]
    }
    (finding,) = found("node-lost", [info(), node("n1"), claim("c", status=status)])
    assert finding.evidence["claims"] == ["default/c"]
