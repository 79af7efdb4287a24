"""`dractl doctor` of a live cluster, and of a snapshot of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.apiserver import ApiServer, Rule, User
from tests.cli.clusters import served
from tests.cli.run import Runner
from tests.doctor.healthy import control_plane, healthy, kubelet_config, worker

OWN = "ClusterInfo"


@pytest.fixture
def cluster(api_server: ApiServer) -> ApiServer:
    """Return a server with the healthy cluster, whose gates are as it says."""
    parts = [each for each in healthy() if each["kind"] != OWN]
    pods = {each["metadata"]["name"]: each for each in control_plane("AllBeta=true")}
    api_server.add([pods.get(each["metadata"]["name"], each) for each in parts])
    return api_server


def read(text: str) -> dict[str, Any]:
    """Return an answer in JSON."""
    document: dict[str, Any] = json.loads(text)
    return document


def test_a_live_cluster_tells_what_it_serves(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    ran = dractl("doctor", *served(cluster, tmp_path), "-o", "json")
    document = read(ran.out)
    # The double serves all versions, also those that a coming release drops.
    ends = [each for each in document["findings"] if each["code"] == "version-ends"]
    assert [each["evidence"]["version"] for each in ends] == ["v1beta1"]
    assert "api-not-served" in {each["code"] for each in document["passed"]}
    assert ran.status == 0


def test_a_snapshot_gives_the_same_answer(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    live = served(cluster, tmp_path)
    path = str(tmp_path / "saved.json")
    assert dractl("snapshot", *live, "-A", "-f", path).status == 0
    one, other = (
        read(dractl("doctor", *way, "-o", "json").out)
        for way in (live, ["--snapshot", path])
    )
    for part in ("findings", "passed", "skipped"):
        assert one[part] == other[part]


def test_gates_in_static_pods_are_read(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    told = "AllBeta=true,DRAListTypeAttributes=true"
    api_server.add([*worker("n1"), *control_plane(told)[:1]])
    live = served(api_server, tmp_path)
    document = read(dractl("doctor", *live, "--only", "gate-differs", "-o", "json").out)
    subjects = [each["subject"] for each in document["findings"]]
    assert subjects == ["DRAListTypeAttributes"]


def test_what_may_not_be_read_is_told(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    cluster.access.change(User("alice", deny=(Rule("list", "", "nodes"),)))
    path = cluster.kubeconfig(tmp_path / "config", user="alice", namespace="default")
    ran = dractl("doctor", "--kubeconfig", str(path), "--only", "kubelet-skew")
    assert ran.status == 3
    assert "  kubelet-skew: nodes may not be read\n" in ran.out


def test_what_kubeadm_tells_kubelets_is_read(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    off = "kind: KubeletConfiguration\nfeatureGates:\n  DRAConsumableCapacity: false\n"
    cluster.add([kubelet_config(off + "kubeAPIQPS: 5\n")])
    live = served(cluster, tmp_path)
    path = str(tmp_path / "saved.json")
    assert dractl("snapshot", *live, "-A", "-f", path).status == 0
    assert "kubeAPIQPS" not in Path(path).read_text()
    for way in (live, ["--snapshot", path]):
        ran = dractl("doctor", *way, "-o", "json", "--only", "gate-differs")
        (finding,) = read(ran.out)["findings"]
        assert finding["subject"] == "DRAConsumableCapacity"
        assert finding["evidence"]["off"] == [
            "kubelet (ConfigMap kube-system/kubelet-config)"
        ]
        assert read(ran.out)["skipped"] == []
