"""`dractl doctor --smoke-test`: every step is told, and nothing stays behind."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Final

import pytest

from tests.answers import validate
from tests.apiserver import ApiServer, Fault, Kind, Rule, User
from tests.cli.keyboard import typing
from tests.cli.run import ROOT, Runner
from tests.cli.smoky import PATHS, Cluster
from tests.solver.clusters import gpu_class

SCHEMA: Final = json.loads((ROOT / "schemas/output/smoke-test.v1.json").read_text())


@pytest.fixture
def cluster(dractl: Runner, api_server: ApiServer, tmp_path: Path) -> Cluster:
    return Cluster(dractl, api_server, tmp_path)


def writes(server: ApiServer) -> int:
    return sum(each.method == "POST" for each in server.requests)


def test_a_device_that_comes_all_the_way(cluster: Cluster) -> None:
    ran = cluster("--yes", "--wait", "20s")

    assert ran.status == 0
    steps = [line.split()[:2] for line in ran.out.splitlines()[1:]]
    assert steps == [
        ["created", "yes"],
        ["allocated", "yes"],
        ["reserved", "yes"],
        ["prepared", "yes"],
        ["running", "yes"],
    ]
    assert "gpu.example.com/n1/gpu-0" in ran.out
    assert ran.err.endswith("the objects are deleted\n")
    assert cluster.left() == []


@pytest.mark.parametrize(
    ("until", "done", "words"),
    [
        ("created", ["created"], "cannot allocate all claims"),
        ("reserved", ["created", "allocated", "reserved"], ""),
        (
            "prepared",
            ["created", "allocated", "reserved", "prepared"],
            "ErrImagePull: no such image",
        ),
    ],
)
def test_a_device_that_gets_stuck(
    cluster: Cluster, until: str, done: list[str], words: str
) -> None:
    cluster.until = until

    ran = cluster("--yes", "--wait", "1s", "-o", "json")

    assert ran.status == 1
    answer = json.loads(ran.out)
    validate(answer, SCHEMA)
    assert answer["ran"] is False
    assert [each["step"] for each in answer["steps"] if each["done"]] == done
    assert words in ran.out
    assert cluster.left() == []


def test_a_pod_that_no_kubelet_takes_is_not_waited_for(cluster: Cluster) -> None:
    cluster.until = "failed"
    start = time.monotonic()

    ran = cluster("--yes", "--wait", "60s")

    assert time.monotonic() - start < 20
    assert ran.status == 1
    assert "OutOfpods" in ran.out
    assert cluster.left() == []


def test_a_pod_that_does_not_end_is_told(cluster: Cluster) -> None:
    cluster.lets_go = False

    ran = cluster("--yes", "--wait", "1s")

    assert ran.status == 1
    assert "they are being deleted, and still there" in ran.err
    assert "kubectl get pods,resourceclaims dractl-smoke-test-" in ran.err
    assert cluster.left() == []


def test_what_would_be_made_is_shown_and_asked_about(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "n\n")

    ran = cluster()

    assert (ran.status, ran.out) == (1, "")
    assert "kind: ResourceClaim" in ran.err
    assert "app.kubernetes.io/managed-by: dractl" in ran.err
    assert ran.err.endswith("nothing was made\n")
    assert writes(cluster.server) == 0


def test_without_a_terminal_nothing_is_made_unasked(cluster: Cluster) -> None:
    assert cluster().status == 2
    assert writes(cluster.server) == 0


def test_a_dry_run_of_the_client_makes_nothing(cluster: Cluster) -> None:
    ran = cluster("--dry-run", "client")

    assert ran.status == 0
    assert "kind: Pod" in ran.out
    assert writes(cluster.server) == 0


def test_a_dry_run_on_the_server_keeps_nothing(cluster: Cluster) -> None:
    ran = cluster("--dry-run", "server")

    assert ran.status == 0
    assert writes(cluster.server) == 2
    assert cluster.left() == []


def test_ctrl_c_cleans_up(cluster: Cluster) -> None:
    cluster.until = "created"
    cluster.server.faults.sleep = lambda _: os.kill(os.getpid(), signal.SIGINT)
    cluster.server.faults.add(Fault(Kind.LATENCY, "GET", f"{PATHS['Pod']}/*"))

    ran = cluster("--yes", "--wait", "20s")

    assert ran.status == 130
    assert "interrupted" in ran.err
    assert cluster.left() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_who_is_told_to_end_cleans_up(cluster: Cluster, number: signal.Signals) -> None:
    cluster.until = "created"
    with cluster.started("--yes", "--wait", "60s") as child:
        end = time.monotonic() + 20
        while not cluster.server.objects("Pod"):
            assert time.monotonic() < end, "no pod comes"
            time.sleep(0.02)
        child.send_signal(number)
        _, err = child.communicate()

    assert child.returncode == 130
    assert "the objects are deleted\n" in err
    assert cluster.left() == []


def test_a_claim_whose_answer_was_lost_is_deleted_as_well(cluster: Cluster) -> None:
    cluster.server.faults.add(Fault(Kind.DROP_AFTER, "POST", PATHS["ResourceClaim"]))

    ran = cluster("--yes", "--wait", "20s")

    assert ran.status == 0
    assert cluster.left() == []


def test_what_is_made_after_ctrl_c_is_deleted_as_well(cluster: Cluster) -> None:
    cluster.server.faults.sleep = lambda _: os.kill(os.getpid(), signal.SIGINT)
    cluster.server.faults.add(Fault(Kind.LATENCY, "POST", PATHS["ResourceClaim"]))

    ran = cluster("--yes", "--wait", "20s")

    assert ran.status == 130
    assert cluster.left() == []


def test_a_pod_that_is_refused_leaves_no_claim(cluster: Cluster) -> None:
    denied = Rule("create", "", "pods")
    cluster.server.access.change(User("alice", deny=(denied,)))

    ran = cluster("--yes", "-o", "json", user="alice")

    assert ran.status == 3
    assert "may not create pods" in ran.err
    (step,) = json.loads(ran.out)["steps"]
    assert (step["step"], step["done"]) == ("created", False)
    assert "may not create pods" in step["message"]
    assert cluster.server.objects("ResourceClaim") == []


def test_of_a_claim_that_is_refused_nothing_is_looked_for(cluster: Cluster) -> None:
    denied = Rule("create", "resource.k8s.io", "resourceclaims")
    cluster.server.access.change(User("alice", deny=(denied,)))

    ran = cluster("--yes", user="alice")

    assert ran.status == 3
    assert ran.err.endswith("nothing was made\n")
    assert not [each for each in cluster.server.requests if "smoke" in each.path]


def test_what_cannot_be_deleted_is_told(cluster: Cluster) -> None:
    cluster.server.access.change(User("alice", deny=(Rule("delete"),)))

    ran = cluster("--yes", "--wait", "5s", user="alice")

    assert ran.status == 3
    assert "not deleted: kubectl delete pods,resourceclaims dractl-smoke" in ran.err
    assert "-n team" in ran.err


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--class", "nic"], "there is no DeviceClass 'nic'; there is gpu"),
        (["-o", "junit"], "--smoke-test has no output junit"),
        (["--wait", "soon"], "is no duration"),
    ],
)
def test_what_cannot_be_meant(cluster: Cluster, argv: list[str], words: str) -> None:
    ran = cluster(*argv)

    assert ran.status == 2
    assert words in ran.err


def test_of_several_classes_one_has_to_be_named(cluster: Cluster) -> None:
    cluster.server.add([gpu_class("nic")])

    ran = cluster("--yes")

    assert ran.status == 2
    assert "which class is to be tried? There is gpu, nic" in ran.err


def test_a_file_is_no_cluster_to_try(dractl: Runner) -> None:
    ran = dractl("doctor", "--demo", "--smoke-test")

    assert (ran.status, "needs a live cluster" in ran.err) == (2, True)


@pytest.mark.parametrize(
    "argv", [["--class", "a"], ["-n", "a"], ["--yes"], ["--dry-run", "client"]]
)
def test_its_options_go_with_it(dractl: Runner, argv: list[str]) -> None:
    ran = dractl("doctor", "--demo", *argv)

    assert (ran.status, "goes with --smoke-test" in ran.err) == (2, True)


def test_its_role_is_one_of_its_own(dractl: Runner) -> None:
    own = dractl("doctor", "--smoke-test", "--explain-permissions").out
    other = dractl("doctor", "--explain-permissions").out

    assert "name: dractl-doctor-smoke-test" in own
    assert "- create" in own
    assert "- create" not in other
    assert "- clusterrolebindings" in other
