"""`dractl taint` on servers that serve rules in one version or another, or not."""

import json
from pathlib import Path

import pytest

from tests.apiserver import ApiServer, Rule, User
from tests.cli.keyboard import typing
from tests.cli.run import Runner
from tests.cli.tainted import AVOID, EVICT, GPU, KEY, RULE, Tainter, cluster

ALPHA = {"resource.k8s.io": ["v1", "v1beta2", "v1alpha3"]}
WITHOUT = {"resource.k8s.io": ["v1"]}


@pytest.mark.parametrize(
    ("release", "served", "version"),
    [
        ("1.37", {}, "v1"),
        ("1.36", {}, "v1beta2"),
        ("1.35", ALPHA, "v1alpha3"),
        ("1.33", {"resource.k8s.io": ["v1beta2", "v1alpha3"]}, "v1alpha3"),
    ],
)
def test_rules_are_written_in_the_newest_version_that_is_served(
    release: str,
    served: dict[str, list[str]],
    version: str,
    dractl: Runner,
    tmp_path: Path,
) -> None:
    gates = {"AllAlpha": True, "AllBeta": True}
    with ApiServer(kubernetes=release, served=served, feature_gates=gates) as server:
        server.add(cluster())
        taint = Tainter(dractl, server, tmp_path)

        made = taint(GPU, AVOID, "--yes")
        changed = taint(GPU, EVICT, "--yes", "--overwrite")
        sent = [json.loads(e.body) for e in server.requests if e.method == "PATCH"]
        removed = taint(GPU, f"{KEY}-", "--yes")

        assert [each.status for each in (made, changed, removed)] == [0, 0, 0]
        expected = f"resource.k8s.io/{version}"
        assert [each["apiVersion"] for each in sent] == [expected, expected]
        assert taint.rules() == {}


def test_where_no_version_is_served_the_way_to_it_is_told(
    dractl: Runner, tmp_path: Path
) -> None:
    with ApiServer(served=WITHOUT, feature_gates={}) as server:
        server.add(cluster())
        ran = Tainter(dractl, server, tmp_path)(GPU, EVICT, "--yes")

    assert (ran.status, ran.out) == (3, "")
    assert (
        "error: the API server serves no DeviceTaintRules; in Kubernetes 1.36 it needs "
        "--runtime-config=resource.k8s.io/v1beta2=true and "
        "--feature-gates=DRADeviceTaintRules=true\n"
    ) in ran.err
    assert "hint: dractl render kubeadm --for-kubernetes 1.36 --feature" in ran.err
    assert "note: drivers may taint sick devices themselves" in ran.err


def test_a_release_without_rules_is_told_as_the_reason(
    dractl: Runner, tmp_path: Path
) -> None:
    with ApiServer(kubernetes="1.32", served={}, feature_gates={}) as server:
        server.add(cluster())
        ran = Tainter(dractl, server, tmp_path)(GPU, EVICT, "--yes")

    assert (ran.status, ran.out) == (3, "")
    assert ran.err.endswith(
        "error: Kubernetes 1.32 has no DeviceTaintRules; 1.33 was the first\n"
        "hint: upgrade the cluster, or choose another way\n"
    )
    assert "kubectl cordon NODE" in ran.err
    assert "drivers may taint" not in ran.err


def test_what_drivers_taint_is_listed_without_rules(
    dractl: Runner, tmp_path: Path
) -> None:
    with ApiServer(served=WITHOUT, feature_gates={}) as server:
        server.add(cluster())
        ran = Tainter(dractl, server, tmp_path)("--list")

    assert (ran.status, ran.out) == (0, "")


def test_where_gates_are_unknown_rules_count_as_in_force(
    dractl: Runner, tmp_path: Path
) -> None:
    hidden = User("alice", deny=(Rule(path="/metrics"),))
    with ApiServer(feature_gates={}, users=(hidden,)) as server:
        server.add(cluster())
        ran = Tainter(dractl, server, tmp_path)(
            GPU, EVICT, "--dry-run=client", user="alice"
        )

    assert ran.status == 0
    assert "whether DRADeviceTaintRules is on is not known" in ran.err
    assert "EVICTED: 1 pod\n" in ran.out


def test_that_rules_do_nothing_is_said_before_the_plan(
    dractl: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing(monkeypatch, "n\n")
    with ApiServer(kubernetes="1.34", served=ALPHA, feature_gates={}) as server:
        server.add(cluster())
        ran = Tainter(dractl, server, tmp_path)(GPU, EVICT, "-o", "json")

    assert ran.status == 1
    warned, _, plan = ran.err.partition(f"create DeviceTaintRule {RULE}\n")
    assert warned.startswith("warning: rules do nothing in Kubernetes 1.34 until")
    assert "STAY: 1 pod\n" in plan
    assert "EVICTED" not in plan


def test_where_the_gate_is_off_nobody_is_evicted(
    dractl: Runner, tmp_path: Path
) -> None:
    with ApiServer(feature_gates={}) as server:
        server.add(cluster())
        taint = Tainter(dractl, server, tmp_path)
        ran = taint(GPU, EVICT, "--yes")
        listed = taint("--list")

    assert ran.status == 0
    assert "warning: rules do nothing in Kubernetes 1.36 until the feature" in ran.err
    assert "STAY: 1 pod\n" in ran.out
    assert ran.out.endswith(f"devicetaintrule {RULE} created\n")
    assert "  not in force: a feature gate is off\n" in listed.out
