"""Runtimes without CDI, plugins beside drivers, two who cut GPUs."""

from typing import Any, Final

import pytest

import dractl.doctor.checks.plugins
import dractl.doctor.checks.runtime  # noqa: F401 - enters its checks
from dractl.rules.registry import Severity
from tests.doctor.looking import Wire, case_of, only, said
from tests.solver.clusters import gpus, node, pod


def running(runtime: str, name: str = "n1", **status: Any) -> Wire:
    info = {"containerRuntimeVersion": runtime}
    return node(name, status={"nodeInfo": info, **status})


@pytest.mark.parametrize(
    ("runtime", "severity"),
    [
        ("containerd://1.6.36", Severity.ERROR),
        ("containerd://1.7.27", Severity.WARNING),
        ("containerd://v1.7.27-k3s1", Severity.WARNING),
        ("cri-o://1.22.5", Severity.ERROR),
    ],
)
def test_a_runtime_that_may_not_pass_devices(runtime: str, severity: Severity) -> None:
    found = only("runtime-without-cdi", case_of([running(runtime), gpus("n1", "g")]))

    assert found.severity is severity
    assert found.message.startswith(f"{runtime} on n1")


@pytest.mark.parametrize(
    "runtime",
    [
        "containerd://2.0.0", "containerd://2.1.4-rc.1", "cri-o://1.23.0",
        "cri-o://1.36.1", "docker://27.0", "", "containerd", "containerd://x.y",
    ],
)  # fmt: skip
def test_a_runtime_that_passes_devices_or_is_not_known(runtime: str) -> None:
    case = case_of([running(runtime), gpus("n1", "g")])

    assert said("runtime-without-cdi", case) == []


def test_a_node_without_devices_needs_no_cdi() -> None:
    case = case_of([running("containerd://1.7.1"), gpus("n2", "g")])

    assert said("runtime-without-cdi", case) == []


def test_a_pod_that_runs_with_a_claim_proves_that_it_works() -> None:
    proof = pod("p", "claim/c", status={"phase": "Running"}, nodeName="n1")
    case = case_of([running("containerd://1.7.1"), gpus("n1", "g"), proof])

    assert said("runtime-without-cdi", case) == []


NVIDIA: Final = {"driver": "gpu.nvidia.com"}


def offering(amount: str) -> Wire:
    return node("n1", status={"allocatable": {"nvidia.com/gpu": amount, "cpu": "8"}})


def test_a_plugin_beside_a_driver() -> None:
    case = case_of([offering("8"), gpus("n1", "gpu-0", "gpu-1", **NVIDIA)])

    found = only("dual-managed", case)

    assert (found.severity, found.subject) == (Severity.ERROR, "Node/n1")
    assert "8 of nvidia.com/gpu" in found.message
    assert "gpu.nvidia.com has published 2 devices" in found.message


@pytest.mark.parametrize(
    "documents",
    [
        [offering("0"), gpus("n1", "gpu-0", **NVIDIA)],
        [offering("8"), gpus("n2", "gpu-0", **NVIDIA)],
        [offering("8"), gpus("n1", "c-0", driver="compute-domain.nvidia.com")],
        [offering("8"), gpus("n1", "gpu-0", driver="gpu.amd.com")],
        [offering("8"), gpus("n1", **NVIDIA)],
    ],
)
def test_a_plugin_that_manages_other_devices(documents: list[Wire]) -> None:
    assert said("dual-managed", case_of(documents)) == []


def cut(label: str, where: str = "n1") -> list[Wire]:
    counters = [{"name": "c", "counters": {"memory": {"value": "80Gi"}}}]
    return [
        node("n1", labels={"nvidia.com/mig.config": label} if label else {}),
        gpus(where, sharedCounters=counters, **NVIDIA),
    ]


def test_two_who_cut_gpus() -> None:
    found = only("mig-manager-with-dynamic-mig", case_of(cut("all-1g.10gb")))

    assert found.subject == "Node/n1"


@pytest.mark.parametrize(
    "documents", [cut("all-disabled"), cut(""), cut("all-1g.10gb", "n2")]
)
def test_one_who_cuts_gpus_is_enough(documents: list[Wire]) -> None:
    assert said("mig-manager-with-dynamic-mig", case_of(documents)) == []


def stack(kind: str, version: str) -> Wire:
    return {
        "apiVersion": f"nvidia.com/{version}",
        "kind": kind,
        "metadata": {"name": "cluster"},
    }


def test_both_stacks_of_the_gpu_operator() -> None:
    case = case_of([stack("ClusterPolicy", "v1"), stack("GPUCluster", "v1alpha1")])

    assert only("two-gpu-operators", case).subject == "GPUCluster/cluster"


@pytest.mark.parametrize(
    "one", [stack("ClusterPolicy", "v1"), stack("GPUCluster", "v1alpha1")]
)
def test_one_stack_of_the_gpu_operator(one: Wire) -> None:
    assert said("two-gpu-operators", case_of([one])) == []
