"""`dractl discover --compare`: a machine against its cluster."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dractl.live.kinds import NEEDS
from tests.apiserver import ApiServer, Rule, User
from tests.cli.machines import Machine, saved
from tests.cli.run import Runner

HOST = "mi300x"
REGISTRY = "var/lib/kubelet/plugins_registry"
NODE: Mapping[str, Any] = {
    "apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}
}  # fmt: skip


@pytest.fixture
def machine(dractl: Runner, tmp_path: Path) -> Machine:
    found = Machine(dractl, tmp_path, HOST)
    (found.root / REGISTRY).mkdir(parents=True)
    return found


def published(machine: Machine) -> dict[str, Any]:
    [found] = machine.objects("-o", "slice", "--node-name", "n1")
    return found


def test_a_machine_that_is_published_as_it_is_differs_in_nothing(
    machine: Machine, tmp_path: Path
) -> None:
    (machine.root / REGISTRY).rmdir()
    snapshot = saved(tmp_path / "c.yaml", NODE, published(machine))
    ran = machine("--compare", "--snapshot", snapshot, "--node-name", "n1")

    assert (ran.status, ran.out) == (0, "")
    assert ran.err.endswith("no differences on 1 node\n")


def test_a_driver_that_the_kubelet_does_not_know_is_told(
    machine: Machine, tmp_path: Path
) -> None:
    snapshot = saved(tmp_path / "c.yaml", NODE, published(machine))
    ran = machine("--compare", "--snapshot", snapshot, "--node-name", "n1")

    assert ran.status == 1
    assert ran.out.splitlines()[:2] == ["node n1", "  gpu.amd.com"]
    assert "    driver-not-registered: it has slices, but the kubelet has no" in ran.out
    assert ran.err == "1 difference on 1 node\n"


def test_differences_are_told_with_what_to_do(machine: Machine, tmp_path: Path) -> None:
    slice_ = published(machine)
    del slice_["spec"]["devices"][-1]
    slice_["spec"]["devices"][0]["capacity"]["memory"] = {"value": "1Gi"}
    snapshot = saved(tmp_path / "c.yaml", NODE, slice_)
    ran = machine("--compare", "--snapshot", snapshot, "--node-name", "n1")

    assert ran.status == 1
    assert "    device-missing: gpu-26-153: here, but not published\n" in ran.out
    assert ": gpu-1-128: memory is 24574Mi here, and published as 1Gi\n" in ran.out
    assert (
        "      -> restart the driver's pod on this node, and read its log\n" in ran.out
    )


def test_differences_in_json_are_as_documented(
    machine: Machine, tmp_path: Path
) -> None:
    snapshot = saved(tmp_path / "c.yaml", NODE)
    found = machine.document("--compare", "--snapshot", snapshot, "--node-name", "n1")

    [node] = found["nodes"]
    assert [(each["code"], len(each["devices"])) for each in node["differences"]] == [
        ("driver-absent", 26)
    ]


def test_names_are_those_of_devices_with_differences(
    machine: Machine, tmp_path: Path
) -> None:
    slice_ = published(machine)
    slice_["spec"]["devices"][0] |= {"name": "odd", "attributes": {}}
    snapshot = saved(tmp_path / "c.yaml", NODE, slice_)
    options = ["--compare", "--snapshot", snapshot, "--node-name", "n1", "-o", "name"]

    assert machine(*options).out.splitlines() == [
        "gpu.amd.com/n1/gpu-1-128",
        "gpu.amd.com/n1/odd",
    ]


def test_only_drivers_that_are_asked_for_count(
    machine: Machine, tmp_path: Path
) -> None:
    snapshot = saved(tmp_path / "c.yaml", NODE)
    options = ["--compare", "--snapshot", snapshot, "--node-name", "n1"]
    ran = machine(*options, "--driver", "gpu.nvidia.com")

    assert (ran.status, ran.out) == (0, "")
    assert ran.err == "no differences on 1 node\n"


def test_a_node_of_another_name_is_told(machine: Machine) -> None:
    ran = machine("--compare", "--demo", "--node-name", "gpu-9")

    assert ran.status == 1
    assert "node-unknown: the cluster has no node gpu-9\n" in ran.out


def test_a_live_cluster_is_asked_for_devices_and_claims_alone(
    machine: Machine, api_server: ApiServer, tmp_path: Path
) -> None:
    other = published(machine)
    other["metadata"]["name"], other["spec"]["nodeName"] = "other", "n2"
    api_server.add([NODE, published(machine), other])
    config = api_server.kubeconfig(tmp_path / "config")
    ran = machine("--compare", "--kubeconfig", str(config), "--node-name", "n1")

    assert ran.status == 1
    assert ran.err == "1 difference on 1 node\n"
    asked = {each.path.rpartition("/")[2] for each in api_server.requests}
    assert {"resourceslices", "nodes", "resourceclaims"} <= asked
    assert "pods" not in asked


def test_claims_that_may_not_be_read_are_told(machine: Machine, tmp_path: Path) -> None:
    bob = User("bob", deny=(Rule(resource="resourceclaims"),))
    with ApiServer(users=(bob,)) as server:
        server.add([NODE, published(machine)])
        config = server.kubeconfig(tmp_path / "config", user="bob")
        ran = machine("--compare", "--kubeconfig", str(config), "--node-name", "n1")

    assert ran.status == 1
    assert "resourceclaims" in ran.err


def test_the_role_lets_read_devices_and_logs(dractl: Runner) -> None:
    role = dractl("discover", "--explain-permissions").out

    assert "  - pods/log\n" in role
    assert {each.kind for each in NEEDS["discover"].kinds} == {
        "ResourceSlice", "Node", "ResourceClaim",
    }  # fmt: skip
