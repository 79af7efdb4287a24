"""The DaemonSets of drivers: which they are, and what they tell."""

from typing import Any

import pytest

from dractl.doctor.upgrade.run import driver_upgrade
from tests.doctor.upgrade.asking import cluster, daemon, of_driver

NUMA = 'device.attributes["gpu.nvidia.com"].numa == 0'
AMD = "gpu.amd.com"


@pytest.mark.parametrize(
    ("made", "version"),
    [
        (daemon("v25.12.0"), "v25.12.0"),
        (
            daemon("latest", labels={"helm.sh/chart": "nvidia-dra-driver-gpu-25.8.0"}),
            "25.8.0",
        ),
        (daemon("latest", labels={"app.kubernetes.io/version": "0.4.1"}), "0.4.1"),
        (daemon("sha-1", labels={"helm.sh/chart": "dra-0.4." + "9" * 10_000}), ""),
        (daemon("sha-1", labels={"app.kubernetes.io/version": "latest"}), ""),
    ],
)
def test_labels_and_images_tell_the_version(made: dict[str, Any], version: str) -> None:
    assert of_driver(cluster(made)).current == version


@pytest.mark.parametrize(
    "spec",
    [
        None, [], "text", {"updateStrategy": []}, {"template": {"spec": []}},
        {"updateStrategy": {"rollingUpdate": {"maxSurge": [], "maxUnavailable": True}}},
        {"template": {"spec": {"containers": [None, {"image": 3}, {"image": "a:"}]}}},
    ],
)  # fmt: skip
def test_malformed_daemon_sets_do_no_harm(spec: Any) -> None:
    made = {**daemon(), "spec": spec}

    question = of_driver(cluster())
    answer = driver_upgrade(of_driver([*cluster(), made], "0.4.1"))

    assert answer.target == question.target


def named(name: str, tag: str, space: str = "kube-system") -> dict[str, Any]:
    """Return the DaemonSet of something else."""
    made = daemon(tag)
    made["metadata"] = {**made["metadata"], "name": name, "namespace": space}
    return made


@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("nvidia-driver-daemonset", "gpu.nvidia.com"),
        ("nvidia-device-plugin-daemonset", "gpu.nvidia.com"),
        ("intel-gpu-resource-driver-kubelet-plugin", "qat.intel.com"),
        ("intel-qat-resource-driver-kubelet-plugin", "gaudi.intel.com"),
    ],
)
def test_other_daemon_sets_of_a_vendor_tell_nothing(name: str, driver: str) -> None:
    documents = [each for each in cluster() if each["kind"] != "DaemonSet"]

    question = of_driver([*documents, named(name, "580.65.06")], driver=driver)

    assert question.daemons == ()
    assert question.current == ""


@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("intel-gpu-resource-driver-kubelet-plugin", "gpu.intel.com"),
        ("intel-qat-resource-driver-kubelet-plugin", "qat.intel.com"),
        ("nvidia-dra-driver-gpu-kubelet-plugin", "compute-domain.nvidia.com"),
        ("dranet", "dra.net"),
        ("dra-example-driver-kubeletplugin", "gpu.example.com"),
    ],
)
def test_a_driver_has_its_daemon_set(name: str, driver: str) -> None:
    documents = [each for each in cluster() if each["kind"] != "DaemonSet"]
    made = named("intel-gaudi-resource-driver-kubelet-plugin", "v9.9.9")

    question = of_driver([*documents, named(name, "v0.1.0"), made], driver=driver)

    assert question.current == "v0.1.0"


def test_what_has_claims_is_no_driver() -> None:
    made = named("computedomain-daemon-gpu", "v1.0.0", "nvidia-dra-driver-gpu")
    made["spec"]["template"]["spec"]["resourceClaims"] = [{"name": "domain"}]

    assert [each.name for each in of_driver(cluster(made)).daemons] == [
        "nvidia-dra-driver-gpu-kubelet-plugin"
    ]
