"""`dractl doctor` with the metrics of components, saved ones and those of a cluster."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.apiserver import ApiServer, Rule, User
from tests.apiserver.messages import Answer
from tests.cli.clusters import served
from tests.cli.run import Runner, program
from tests.cli.test_permissions import rules
from tests.doctor.healthy import DRIVER, healthy, node
from tests.doctor.metered import kubelet, manager, scheduler, text

CHECKS = ("--only", "gate-differs,driver-not-registered,driver-calls-fail")
PODS = "pods/https:kube-{}-control-1:{}/metrics"
MISSING = "it publishes devices, and the kubelet has no socket of it"


@pytest.fixture
def cluster(api_server: ApiServer) -> ApiServer:
    """Return a server with the healthy cluster, whose components tell their metrics."""
    api_server.add([each for each in healthy() if each["kind"] != "ClusterInfo"])
    behind = {
        **{f"nodes/{node}/metrics": kubelet(node) for node in ("n1", "n2")},
        PODS.format("scheduler", 10259): scheduler(),
        PODS.format("controller-manager", 10257): manager(),
    }
    for path, lines in behind.items():
        api_server.proxied[path] = answer(lines)
    return api_server


def answer(lines: Sequence[str]) -> Answer:
    """Return what a component answers."""
    return Answer(200, text(lines).encode(), "text/plain; version=0.0.4")


def saved(folder: Path) -> tuple[str, str]:
    """Save the healthy cluster, a day after it was made; return the options for it."""
    young = node("n3")
    young["metadata"]["creationTimestamp"] = "2026-11-20T08:00:00Z"
    path = folder / "cluster.json"
    items = [*healthy(), young]
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    return ("--snapshot", str(path))


def read(out: str) -> dict[str, Any]:
    """Return an answer in JSON."""
    document: dict[str, Any] = json.loads(out)
    return document


# -- files


@pytest.mark.parametrize("is_packed", [False, True])
def test_saved_metrics_tell_what_a_kubelet_has_registered(
    dractl: Runner, tmp_path: Path, is_packed: bool
) -> None:
    path = tmp_path / "n1.metrics"
    data = text(kubelet("n1", sockets={"csi.example.com-reg.sock": True})).encode()
    path.write_bytes(gzip.compress(data) if is_packed else data)
    ran = dractl("doctor", *saved(tmp_path), "-f", str(path), *CHECKS, "-o", "json")
    assert ran.status == 1
    (finding,) = read(ran.out)["findings"]
    assert finding["subject"] == f"driver {DRIVER}"
    assert finding["message"] == f"{MISSING}, on n1"


def test_metrics_can_come_from_a_pipe(tmp_path: Path) -> None:
    lines = text(kubelet("n1", gates={"DRAConsumableCapacity": False}))
    argv = (*saved(tmp_path), "-f", "-", *CHECKS, "-o", "json")
    ran = program("doctor", *argv, stdin=lines.encode())
    (finding,) = read(ran.out)["findings"]
    assert finding["evidence"]["off"] == ["kubelet (metrics of stdin)"]


def test_metrics_of_nobody_are_not_checked(dractl: Runner, tmp_path: Path) -> None:
    path = tmp_path / "grepped"
    path.write_text('kubernetes_feature_enabled{name="A\x1b[2J",stage=""} 1\n')
    ran = dractl("doctor", *saved(tmp_path), "-f", str(path), *CHECKS)
    assert ran.status == 0
    assert "these metrics do not tell" in " ".join(ran.out.split())
    assert "\x1b" not in ran.out


def test_metrics_alone_can_be_judged(
    dractl: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    path = tmp_path / "n1.metrics"
    path.write_text(text(kubelet(release="v1.35.3")))
    ran = dractl("doctor", "-f", str(path), *CHECKS)
    assert "the files are judged for Kubernetes 1.35" in ran.err


def test_hostile_metrics_are_text(dractl: Runner, tmp_path: Path) -> None:
    calls = [(DRIVER + "\x1b[2J\u202e<b>", "\x1b]0;x\x07", 3)]
    path = tmp_path / "n1.metrics"
    path.write_text(text(kubelet("n1", calls=calls)))
    ran = dractl("doctor", *saved(tmp_path), "-f", str(path), *CHECKS)
    assert "driver-calls-fail" in ran.out
    assert not {"\x1b", "\x07", "\u202e"} & {*ran.out, *ran.err}


def test_for_an_upgrade_metrics_say_nothing(dractl: Runner, tmp_path: Path) -> None:
    path = tmp_path / "n1.metrics"
    path.write_text(text(kubelet()))
    ran = dractl("doctor", "upgrade", "--demo", "--kubernetes", "1.37", "-f", str(path))
    assert "metrics say nothing of an upgrade" in ran.err


# -- a live cluster


def test_components_are_asked_only_on_demand(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    dractl("doctor", *served(cluster, tmp_path))
    assert not [each for each in cluster.requests if "proxy" in each.path]


def test_all_that_components_tell_is_compared(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    cluster.proxied["nodes/n2/metrics"] = answer(
        kubelet("n2", sockets={}, gates={"DRAConsumableCapacity": False})
    )
    live = served(cluster, tmp_path)
    ran = dractl("doctor", "--component-metrics", *live, *CHECKS, "-o", "json")
    found = {each["subject"]: each for each in read(ran.out)["findings"]}
    assert found[f"driver {DRIVER}"]["evidence"]["nodes"] == ["n2"]
    off = found["DRAConsumableCapacity"]["evidence"]["off"]
    assert "kubelet (metrics of node n2)" in off
    assert read(ran.out)["skipped"] == []


def test_what_cannot_be_asked_is_told_once(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    refusal = Answer(403, b"forbidden: User system:anonymous", "text/plain")
    cluster.proxied[PODS.format("scheduler", 10259)] = refusal
    del cluster.proxied[PODS.format("controller-manager", 10257)]
    denied = Rule("get", "", "nodes/proxy")
    cluster.access.change(User("alice", deny=(denied,)))
    live = served(cluster, tmp_path, user="alice")
    ran = dractl("doctor", "--component-metrics", *live, *CHECKS, "-q")
    assert ran.err == ""
    told = " ".join(ran.out.split())
    for part in (
        "node n1, n2: these credentials may not get nodes/proxy",
        "pod kube-scheduler-control-1: it tells its metrics to nobody without",
        "pod kube-controller-manager-control-1: the API server does not get through",
    ):
        assert told.count(part) == 1


def test_its_role_lets_it_ask(
    dractl: Runner, cluster: ApiServer, tmp_path: Path
) -> None:
    own = dractl("doctor", "--component-metrics", "--explain-permissions").out
    assert "name: dractl-doctor-component-metrics" in own
    assert "proxy" not in dractl("doctor", "--explain-permissions").out
    allowed = tuple(rules(yaml.safe_load(own)))
    cluster.access.change(User("alice", allow=allowed))
    live = served(cluster, tmp_path, user="alice")
    ran = dractl("doctor", "--component-metrics", *live, *CHECKS, "-o", "json")
    assert {each.status for each in cluster.requests} <= {200, 404}
    assert read(ran.out)["skipped"] == []


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--demo"], "asks a live cluster"),
        (["--snapshot", "none.json"], "asks a live cluster"),
        (["--smoke-test"], "does not go with --smoke-test"),
    ],
)
def test_there_has_to_be_somebody_to_ask(
    dractl: Runner, argv: list[str], said: str
) -> None:
    ran = dractl("doctor", "--component-metrics", *argv)
    assert (ran.status, said in ran.err) == (2, True)
