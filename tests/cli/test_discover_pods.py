"""`dractl discover --from-pods` gathers what pods have found on every node."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dractl.cli.surveys import gathered
from dractl.live.podlogs import PodLog
from dractl.manifests.survey import LABEL, NAME
from tests.apiserver import ApiServer, Rule, User
from tests.cli.machines import Machine
from tests.cli.run import Ran, Runner

HOSTS = {"n1": "flex-170", "n2": "gaudi-3"}


def pod(name: str, node: str | None = None, **status: Any) -> dict[str, Any]:
    running = {"containerStatuses": [{"name": "discover", "state": {"running": {}}}]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "dractl", "labels": {LABEL: NAME}},
        "spec": {"containers": [], **({"nodeName": node} if node else {})},
        "status": status or running,
    }


@pytest.fixture
def logs(dractl: Runner, tmp_path: Path) -> dict[str, str]:
    """Return what pods print on the nodes, with a warning on stderr."""
    return {
        node: Machine(dractl, tmp_path, host)("-o", "json", "--node-name", node).out
        + "warning: permission denied\n"
        for node, host in HOSTS.items()
    }


class Fleet:
    """A cluster whose pods have looked at its nodes."""

    def __init__(
        self, dractl: Runner, server: ApiServer, folder: Path, logs: dict[str, str]
    ) -> None:
        self._dractl = dractl
        self.server = server
        self._config = folder / "config"
        for node, text in logs.items():
            server.add(pod(f"pod-{node}", node))
            server.logs["dractl", f"pod-{node}"] = text

    def __call__(self, *argv: str, user: str = "admin") -> Ran:
        path = self.server.kubeconfig(self._config, user=user, namespace="dractl")
        return self._dractl("discover", "--from-pods", "--kubeconfig", str(path), *argv)


@pytest.fixture
def fleet(
    dractl: Runner, api_server: ApiServer, tmp_path: Path, logs: dict[str, str]
) -> Fleet:
    return Fleet(dractl, api_server, tmp_path, logs)


def test_all_nodes_are_listed(fleet: Fleet) -> None:
    ran = fleet()

    assert ran.status == 0
    titles = [each for each in ran.out.splitlines() if each and each[0] != " "]
    assert titles == [
        "n1", "gpu.intel.com: 7 devices", "n2", "gaudi.intel.com: 8 devices",
    ]  # fmt: skip
    assert ran.err == "2 nodes in dractl's logs\n"


def test_slices_are_those_of_all_nodes(fleet: Fleet) -> None:
    ran = fleet("-o", "name")

    assert {each.split("/")[1] for each in ran.out.splitlines()} == {"n1", "n2"}
    assert fleet("-o", "slice").out.count("kind: ResourceSlice\n") == 2


def test_trees_are_drawn_of_all_nodes(fleet: Fleet) -> None:
    ran = fleet("--topology")

    assert [each for each in ran.out.splitlines() if each in HOSTS] == ["n1", "n2"]


def test_one_node_may_be_asked_for(fleet: Fleet) -> None:
    assert fleet("-o", "name", "--node-name", "n2").out.startswith("gaudi.intel.com/n2")
    assert "on node n9" in fleet("--node-name", "n9").err


def test_a_long_log_is_read_from_its_end(fleet: Fleet) -> None:
    lines = "warning: no\n" * 200
    answer = json.loads(fleet("-o", "json", "--node-name", "n1").out)
    fleet.server.logs["dractl", "pod-n1"] = f"{lines}{json.dumps(answer)}\n"
    fleet.server.requests.clear()

    assert fleet("--node-name", "n1").err == "1 node in dractl's logs\n"
    asked = [each for each in fleet.server.requests if each.path.endswith("/log")]
    assert [each.query for each in asked] == [{"tailLines": "100"}]


def test_nodes_without_an_answer_are_told(fleet: Fleet) -> None:
    waiting = {"waiting": {"reason": "ErrImagePull", "message": "no such image"}}
    pulling = {"containerStatuses": [{"name": "discover", "state": waiting}]}
    fleet.server.add([pod("pod-n3", "n3", **pulling), pod("lost", phase="Pending")])
    fleet.server.add(pod("pod-n4", "n4"))
    fleet.server.logs["dractl", "pod-n4"] = "error: no\n"
    ran = fleet()

    assert ran.status == 3
    assert ran.err.splitlines()[:3] == [
        "warning: pod lost: the pod is Pending (pod lost)",
        "warning: n3: the pod is waiting: no such image (pod pod-n3)",
        "warning: n4: its log has no answer of dractl discover -o json (pod pod-n4)",
    ]


def test_every_node_is_compared_with_the_cluster(fleet: Fleet) -> None:
    nodes = [
        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}
        for name in HOSTS
    ]
    fleet.server.add(nodes)
    ran = fleet("--compare")

    assert ran.status == 1
    assert ran.out.count("driver-absent: ") == 2
    assert ran.err.splitlines()[-1] == "2 differences on 2 nodes"


def test_that_there_are_no_pods_is_an_error(fleet: Fleet) -> None:
    ran = fleet("-n", "elsewhere", "-l", "app=x")

    assert ran.status == 3
    assert "namespace elsewhere has no pods with app=x" in ran.err
    assert "render discover-job" in ran.err
    assert "pod-security.kubernetes.io/enforce=privileged" in ran.err


def test_who_may_not_read_logs_is_told_so(
    dractl: Runner, tmp_path: Path, logs: dict[str, str]
) -> None:
    bob = User("bob", deny=(Rule(resource="pods/log"),))
    with ApiServer(users=(bob,)) as server:
        ran = Fleet(dractl, server, tmp_path, logs)(user="bob")

    assert ran.status == 3
    assert "pods/log" in ran.err


def test_facts_explain_that_a_driver_is_older(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    hgx = Machine(dractl, tmp_path, "hgx-h100")
    options = ["--node-name", "n1", "-o"]
    log = hgx(*options, "json", "--with-facts").out
    api_server.add({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}})
    older = ["slice", "--vendor", "nvidia", "--driver-schema", "nvidia=0.4"]
    api_server.add(hgx.objects(*options, *older))
    ran = Fleet(dractl, api_server, tmp_path, {"n1": log})("--compare")

    assert "gpu.nvidia.com publishes as nvidia 0.4 does\n" in ran.err
    assert "attribute-differs" not in ran.out


def test_facts_show_how_another_version_publishes(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    hgx = Machine(dractl, tmp_path, "hgx-h100")
    log = hgx("--node-name", "n1", "-o", "json", "--with-facts").out
    fleet = Fleet(dractl, api_server, tmp_path, {"n1": log})
    options = ["-o", "slice", "--vendor", "nvidia"]

    assert "resource.kubernetes.io/numaNode" in fleet(*options).out
    older = fleet(*options, "--driver-schema", "nvidia=0.4").out
    assert "resource.kubernetes.io/numaNode" not in older


def answers(*logs: PodLog) -> tuple[Sequence[str], dict[str, str]]:
    found = gathered(list(logs))
    return [each.node for each in found.inventories], found.failed


def test_the_last_answer_in_a_log_counts(logs: dict[str, str]) -> None:
    broken = '{"apiVersion": "dractl/v1", "kind":\n{"a": 1}\n{oops\n'
    text = logs["n2"] + broken + logs["n1"] + broken

    assert answers(PodLog("n1", "p", text)) == (["n1"], {})


def test_another_pod_of_a_node_may_have_done_it(logs: dict[str, str]) -> None:
    failed, done = PodLog("n1", "a", why="waiting"), PodLog("n1", "b", logs["n1"])

    assert answers(failed, done) == (["n1"], {})
    assert answers(failed) == ([], {"n1": "waiting (pod a)"})
