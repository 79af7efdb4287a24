"""A cluster as most are: some nodes still have a device plugin, others have no GPUs."""

from pathlib import Path
from typing import Any, Final

import pytest

from tests.answers import all_from_yaml, from_yaml, to_yaml
from tests.doctor.healthy import (
    allocated,
    claim,
    control_plane,
    device_class,
    examined,
    gpus,
    info,
    kubelet_config,
    node,
    owner,
    pod,
    template,
    worker,
    workload,
)
from tests.doctor.looking import namespace
from tests.doctor.test_unusual import wrong

Wire = dict[str, Any]

ROLES: Final = Path(__file__).parent / "data" / "ordinary-rbac.yaml"
PLUGIN: Final = "nvidia-dra-driver-gpu-kubelet-plugin"
DOMAINS: Final = "compute-domain.nvidia.com"
PCI: Final = "feature.node.kubernetes.io/pci-0302_10de.present"
STATUS: Final = """\
autoscalerStatus: Running
clusterWide:
  health:
    status: Healthy
nodeGroups:
- name: gpus
  health:
    status: Healthy
    cloudProviderTarget: 2
    maxSize: 8
- name: more-gpus
  health:
    status: Healthy
    cloudProviderTarget: 0
    maxSize: 8
"""
OTHER_CLASSES: Final = (
    ("mig.nvidia.com", "gpu.nvidia.com", "mig"),
    ("vfio.gpu.nvidia.com", "gpu.nvidia.com", "vfio"),
    ("compute-domain-daemon.nvidia.com", DOMAINS, "daemon"),
    ("compute-domain-default-channel.nvidia.com", DOMAINS, "channel"),
)


def with_driver(name: str) -> list[Wire]:
    """Return a node whose GPUs the driver has, for ComputeDomains too."""
    here, *rest = worker(name)
    here["metadata"]["labels"] |= {PCI: "true", "nvidia.com/mig.config": "all-disabled"}
    here["status"]["allocatable"]["nvidia.com/gpu"] = "0"
    devices = [
        {"name": f"{kind}-0", "attributes": {"type": {"string": kind}}}
        for kind in ("channel", "daemon")
    ]
    domains = gpus(name, driver=DOMAINS, devices=devices)
    domains["metadata"]["name"] = f"{name}-domains"
    return [here, *rest, domains]


def with_plugin() -> Wire:
    """Return a node whose GPUs a device plugin has."""
    here = node("with-plugin")
    here["metadata"]["labels"] |= {PCI: "true", "nvidia.com/mig.config": "all-disabled"}
    here["status"]["allocatable"]["nvidia.com/gpu"] = "8"
    return here


def windows() -> Wire:
    here = node("windows", role="general")
    here["metadata"]["labels"]["kubernetes.io/os"] = "windows"
    here["status"]["nodeInfo"]["containerRuntimeVersion"] = "containerd://1.6.36"
    return here


def drained() -> list[Wire]:
    here, *rest = with_driver("drained")
    key = "node.kubernetes.io/unschedulable"
    here["spec"] = {
        "unschedulable": True,
        "taints": [{"key": key, "effect": "NoSchedule"}],
    }
    return [here, *rest]


def ended(number: int) -> Wire:
    """Return the pod of a Job, whose claim is gone."""
    made = pod(f"job-{number}", node_name="n1", phase="Succeeded")
    made["metadata"]["ownerReferences"] = [owner("Job", "job")]
    made["spec"]["resourceClaims"] = [
        {"name": "gpu", "resourceClaimTemplateName": "work"}
    ]
    made["status"]["resourceClaimStatuses"] = [
        {"name": "gpu", "resourceClaimName": f"job-{number}-gpu"}
    ]
    return made


def autoscaler() -> Wire:
    made = kubelet_config("")
    made["metadata"]["name"] = "cluster-autoscaler-status"
    return {**made, "data": {"status": STATUS}}


def mixed() -> list[Wire]:
    """Return the cluster."""
    return [
        info(),
        *(node(f"control-{number}", role="control-plane") for number in range(1, 4)),
        *control_plane(),
        kubelet_config("kind: KubeletConfiguration\n"),
        autoscaler(),
        workload("DaemonSet", PLUGIN, "dra")
        | {"status": {"desiredNumberScheduled": 3, "numberReady": 3}},
        *(each for name in ("n1", "n2") for each in with_driver(name)),
        *drained(),
        with_plugin(),
        windows(),
        node("cpu", role="general"),
        device_class(),
        *(
            device_class(
                name,
                f"device.driver == '{driver}' && "
                f"device.attributes['{driver}'].type == '{kind}'",
            )
            for name, driver, kind in OTHER_CLASSES
        ),
        template("work"),
        workload("Deployment", "work", template="work"),
        claim("work-0-gpu", status=allocated("n1", "gpu-0", reserved="work-0")),
        pod("work-0", node_name="n1", claims=("work-0-gpu",)),
        *map(ended, range(5)),
        *(namespace(f"team-{number}") for number in range(50)),
        namespace("monitoring", **{"resource.kubernetes.io/admin-access": "true"}),
        *all_from_yaml(ROLES.read_text()),
    ]


@pytest.mark.parametrize("release", ["1.35", "1.36", "1.37"])
def test_nothing_is_wrong_with_it(release: str) -> None:
    text = to_yaml(mixed()).replace("v1.36.2", f"v{release}.2")

    answer = examined(from_yaml(text))

    assert str(answer.profile.version) == release
    assert wrong(answer) == []
    assert {each.code for each in answer.findings} == {
        "admin-access-allowed",
        "admin-access-creators",
        "class-selects-nothing",
        "claim-status-writers",
    }


def test_where_the_plugin_is_left_on_a_node_of_the_driver_that_is_wrong() -> None:
    documents = mixed()
    for each in documents:
        if each["metadata"]["name"] == "n1" and each["kind"] == "Node":
            each["status"]["allocatable"]["nvidia.com/gpu"] = "8"

    (said,) = wrong(examined(documents))

    assert said.startswith("dual-managed: Node/n1: ")
