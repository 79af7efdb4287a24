"""What stands in the way of a driver's upgrade: one cluster for each finding."""

from typing import Any

import pytest

from dractl.doctor.upgrade.answer import Verdict
from dractl.doctor.upgrade.registry import DRIVERS
from dractl.doctor.upgrade.run import driver_upgrade
from dractl.rules.registry import Severity
from tests.doctor.healthy import (
    allocated,
    claim,
    device_class,
    driver_pod,
    gpus,
    meta,
    node,
    pod,
    template,
    wish,
)
from tests.doctor.upgrade.asking import (
    AMD,
    amd,
    cluster,
    daemon,
    of_driver,
    only,
    said,
    skipped,
)


def test_a_plain_upgrade_can_go() -> None:
    answer = driver_upgrade(of_driver(cluster()))

    assert (answer.current, answer.target) == ("v0.4.0", "0.4.1")
    assert answer.verdict is Verdict.GO
    assert {each.severity for each in answer.findings} == {Severity.INFO}
    assert {each.code for each in answer.findings} == {"claims-in-use"}
    assert answer.steps[0].text == "keep what there is now"
    assert any("kubectl rollout status" in c for s in answer.steps for c in s.commands)


@pytest.mark.parametrize("code", DRIVERS.rows)
def test_a_manual_says_what_it_is(code: str) -> None:
    row = DRIVERS.rows[code]

    assert row.title.endswith(".")
    assert row.code == code


def test_an_unknown_version_is_told() -> None:
    documents = [each for each in cluster() if each["kind"] != "DaemonSet"]

    found = only("version-unknown", of_driver(documents))

    assert "no DaemonSet" in found.message
    assert "--from" in found.fix
    assert not said("version-unknown", of_driver(documents, since="0.4.0"))
    assert (
        "newer than 0.5.0"
        in only("version-unknown", of_driver(cluster(), "0.9")).message
    )


def test_the_way_back_is_closed() -> None:
    answer = driver_upgrade(of_driver(cluster(), "25.12.0"))

    assert answer.verdict is Verdict.STOP
    assert "boot ID" in only("downgrade", of_driver(cluster(), "25.12.0")).message
    patch = only("downgrade", of_driver(cluster(daemon("v0.4.1")), "0.4.0"))
    assert patch.severity is Severity.WARNING


def test_the_chart_and_its_definitions_come_first() -> None:
    question = of_driver(cluster(daemon("v25.12.0")), "0.4.0")
    chart, definitions = only("chart-renamed", question), only("crds-first", question)

    assert "--set nameOverride=nvidia-dra-driver-gpu" in chart.commands[0]
    assert "--version 0.4.0" in chart.commands[0]
    answer = driver_upgrade(question)
    assert answer.verdict is Verdict.PREPARE
    codes = [each.code for each in answer.steps if each.code]
    assert codes.index("crds-first") < codes.index("chart-renamed")
    assert sum("helm upgrade" in c for s in answer.steps for c in s.commands) == 1
    assert definitions.severity is Severity.ERROR


def test_a_checkpoint_has_no_way_back() -> None:
    found = only("no-way-back", of_driver(cluster(daemon("v25.12.0")), "0.4.0"))

    assert found.evidence["claims"] == 1
    assert "951" in found.fix


def test_notes_of_the_versions_on_the_way_are_told() -> None:
    found = said("driver-notes", of_driver(cluster(), "0.5.0"))

    assert any("TimeSlicing" in each.message for each in found)
    assert not said("driver-notes", of_driver(cluster()))


def held(spec: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a claim that holds a device of AMD's driver."""
    status = allocated("n1", "gpu-0-128")
    status["allocation"]["devices"]["results"][0]["driver"] = AMD
    return claim("amd", spec, status=status)


def test_devices_that_are_held_get_other_names() -> None:
    documents = cluster(amd(), held())
    question = of_driver(documents, "1.0", driver=AMD, since="0.1.0")

    found = only("device-names", question)
    assert "AutoPartition" in found.message
    assert found.severity is Severity.INFO
    assert not said("device-names", of_driver(cluster(amd()), "1.0", driver=AMD))


def test_an_old_kernel_driver_is_told() -> None:
    old = gpus("n1", 1)
    old["spec"]["devices"][0]["attributes"]["driverVersion"] = {"version": "560.35.3"}

    found = only("kernel-driver-old", of_driver(cluster(old)))

    assert "n1 (560.35.3)" in found.message


def test_kubelets_may_be_too_old() -> None:
    bare = only("kubelet-too-old", of_driver(cluster(node("n1", kubelet="v1.34.1"))))
    assert bare.severity is Severity.WARNING
    assert "older than 1.34.2" in bare.message

    surging = daemon(strategy={"maxSurge": 1, "maxUnavailable": 0})
    both = said(
        "kubelet-too-old",
        of_driver(cluster(surging, node("n1", kubelet="v1.32.5"))),
    )
    assert [each.severity for each in both] == [Severity.ERROR, Severity.WARNING]
    assert "older than 1.33," in both[0].message


@pytest.mark.parametrize("kubelet", ["v1.34.2-gke.100", "v1.36.0", "unknown"])
def test_new_kubelets_are_no_finding(kubelet: str) -> None:
    documents = cluster(node("n1", kubelet=kubelet), node("n2", kubelet=kubelet))

    assert not said("kubelet-too-old", of_driver(documents))


def test_a_surge_needs_a_driver_that_can() -> None:
    surging = daemon(strategy={"maxSurge": "25%", "maxUnavailable": 0})

    found = only("surge-unsupported", of_driver(cluster(surging)))

    assert found.severity is Severity.ERROR
    assert '"maxSurge":0' in found.commands[0]


def test_all_nodes_at_once_is_told() -> None:
    made = daemon(strategy={"maxUnavailable": "100%"})

    found = only("all-at-once", of_driver(cluster(made)))

    assert '"maxUnavailable":1' in found.commands[0]
    unknown = {**daemon(), "spec": {}}
    assert skipped("all-at-once", of_driver(cluster(unknown)))


def test_two_pods_of_a_driver_on_a_node() -> None:
    second = driver_pod("n1")
    second["metadata"] = {**second["metadata"], "name": "nvidia-dra-driver-gpu-2"}

    found = only("several-instances", of_driver(cluster(second)))

    assert found.subject == "Node/n1"


def test_partitions_are_lost_with_the_checkpoint() -> None:
    counters = {"counterSet": "gpu-0", "counters": {"memory": {"value": "1"}}}
    devices = [{"name": "gpu-0-mig", "consumesCounters": [counters]}]

    found = only("partitions-lost", of_driver(cluster(gpus("n1", devices=devices))))

    assert found.evidence["pools"] == ["n1"]


def test_claims_in_use_are_counted_by_node() -> None:
    found = only("claims-in-use", of_driver(cluster()))

    assert found.evidence == {
        "claims": ["default/work-0-gpu"], "pods": ["default/work-0"], "nodes": {"n1": 1}
    }  # fmt: skip


def test_a_pod_that_goes_comes_first() -> None:
    going = pod("work-0", node_name="n1", claims=("work-0-gpu",))
    going["metadata"]["deletionTimestamp"] = "2026-11-19T09:00:00Z"

    answer = driver_upgrade(of_driver(cluster(going)))

    assert answer.verdict is Verdict.PREPARE
    assert "pod-terminating" in {each.code for each in answer.findings}
    (step,) = (each for each in answer.steps if each.code == "pod-terminating")
    assert step.commands[0].startswith("kubectl wait pod work-0 -n default")


def test_monitoring_is_told() -> None:
    watching = claim("watch", status=allocated("n1", "gpu-1"))
    results = watching["status"]["allocation"]["devices"]["results"]
    results[0]["adminAccess"] = True

    found = only("admin-claims", of_driver(cluster(watching)))

    assert found.evidence["claims"] == ["default/watch"]


def test_parameters_that_no_version_knows() -> None:
    body = {
        "apiVersion": "resource.nvidia.com/v1beta1",
        "kind": "GpuConfig",
        "sharin": {"strategy": "TimeSlicing"},
    }
    opaque = {"driver": "gpu.nvidia.com", "parameters": body}
    spec = wish()
    spec["devices"]["config"] = [{"opaque": opaque}]
    question = of_driver(cluster(), "0.4.1", template("shared", spec))

    found = only("parameters-refused", question)

    assert found.subject == "ResourceClaimTemplate/default/shared"
    assert found.where == "m.yaml"
    assert "sharin" in found.message


def test_a_class_of_another_release_is_told() -> None:
    other = device_class()
    other["metadata"]["annotations"] = {"meta.helm.sh/release-name": "old"}

    found = only("class-of-other-release", of_driver(cluster(other)))

    assert "old" in found.message
    assert found.commands[0].endswith("meta.helm.sh/release-name=dra")


def test_the_doctor_is_asked_of_this_driver_only() -> None:
    broken = gpus(
        "n2", 1, pool={"name": "n2", "generation": 1, "resourceSliceCount": 2}
    )
    other = gpus("n1", 1, driver="other.example.com")
    other["metadata"] = meta("other")
    other["spec"]["pool"]["resourceSliceCount"] = 3

    answer = driver_upgrade(of_driver(cluster(broken, other)))

    found = [each for each in answer.findings if each.code == "pool-incomplete"]
    assert [each.subject for each in found] == ["pool gpu.nvidia.com/n2"]


def test_nodes_and_slices_of_others_are_left_out() -> None:
    other = gpus("n1", 1, driver="other.example.com", nodeName="gone")
    other["metadata"] = meta("other")
    old = {**node("n9"), "status": {"nodeInfo": {
        "containerRuntimeVersion": "containerd://1.6.0"}}}  # fmt: skip

    answer = driver_upgrade(of_driver(cluster(other, old)))

    assert not {"slice-stale", "runtime-without-cdi"} & {
        each.code for each in answer.findings
    }


def test_partitions_are_renamed_in_0_3() -> None:
    status = allocated("n1", "gpu-0-mig-19-4-1")
    question = of_driver(
        cluster(claim("part", status=status)), "25.12.0", since="25.8.1"
    )

    assert "1 claim holds" in only("device-names", question).message
    assert not said("device-names", of_driver(cluster(), "25.12.0", since="25.8.1"))
    new = claim("part", status=allocated("n1", "gpu-0-mig-1g12gb-19-4"))
    bare = cluster(daemon("latest"), new)
    assert not said("device-names", of_driver(bare, "0.5.0"))


def test_a_computedomain_needs_a_newer_kernel_driver() -> None:
    old = gpus("n1", 1)
    old["spec"]["devices"][0]["attributes"]["driverVersion"] = {"version": "566.0.0"}
    question = of_driver(cluster(old), driver="compute-domain.nvidia.com")

    assert "older than 570.158.1" in only("kernel-driver-old", question).message
    assert not said("kernel-driver-old", of_driver(cluster(old)))
