"""Completion with names of a live cluster, and of kubeconfigs."""

from pathlib import Path
from typing import Any

import pytest

from tests.apiserver.faults import Fault, Kind
from tests.apiserver.server import ApiServer
from tests.cli import wire
from tests.cli.run import Runner, program
from tests.cli.test_complete import values
from tests.live import configs


@pytest.fixture
def cluster(
    api_server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ApiServer:
    api_server.add(
        [
            wire.node("n1"),
            wire.device_class("gpu", "true"),
            wire.resource_slice("n1", wire.device("gpu-0")),
            wire.claim("mine", "team"),
            wire.claim("theirs", "other"),
        ]
    )
    config = api_server.kubeconfig(tmp_path / "config", namespace="team")
    monkeypatch.setenv("KUBECONFIG", str(config))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return api_server


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["attributes", "--node", ""], ["n1"]),
        (["attributes", "--class", "g"], ["gpu"]),
        (["attributes", "--driver", ""], [wire.DRIVER]),
        (["explain", "claim", ""], ["mine"]),
        (["explain", "claim", "-A", ""], ["mine", "theirs"]),
        (["explain", "claim", "-n", "other", ""], ["theirs"]),
        (["explain", "device", ""], [f"{wire.DRIVER}/n1/gpu-0"]),
    ],
    ids=" ".join,
)
def test_names_come_from_the_live_cluster(
    dractl: Runner, cluster: ApiServer, words: list[str], expected: list[str]
) -> None:
    del cluster
    assert values(dractl("__complete", *words).out) == expected


def test_names_need_neither_the_release_nor_the_gates(
    dractl: Runner, cluster: ApiServer
) -> None:
    dractl("__complete", "attributes", "--node", "")

    assert [each.path for each in cluster.requests] == ["/apis", "/api/v1/nodes"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--claim", ""], ["other/held", "team/held"]),
        (["--claim", "other/"], ["other/held"]),
        (["--claim=other/h"], ["--claim=other/held"]),
    ],
    ids=" ".join,
)
def test_a_claim_can_be_in_any_namespace(
    dractl: Runner, cluster: ApiServer, words: list[str], expected: list[str]
) -> None:
    status: Any = {"allocation": {"devices": {"results": []}}}
    cluster.add(
        {**wire.claim("held", each), "status": status} for each in ("team", "other")
    )

    assert values(dractl("__complete", "taint", *words).out) == expected


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ([], ["--as", "bob"]),
        (["--as", "bob"], ["--as", "bob", "--as-uid", "1"]),
        (["--as", "bob"], ["--as", "bob", "--as-group", "a"]),
        (
            ["--as", "bob", "--as-group", "b"],
            ["--as", "bob", "--as-group", "a", "--as-group", "b"],
        ),
        ([], ["--insecure-skip-tls-verify"]),
    ],
    ids=["user", "uid", "group", "groups", "TLS"],
)
def test_names_are_remembered_for_whom_they_were_asked(
    dractl: Runner, cluster: ApiServer, before: list[str], now: list[str]
) -> None:
    dractl("__complete", "attributes", *before, "--node", "")
    asked = len(cluster.requests)

    dractl("__complete", "attributes", *now, "--node", "")

    assert len(cluster.requests) > asked


def test_names_are_asked_for_with_all_groups(
    dractl: Runner, cluster: ApiServer
) -> None:
    groups = ("--as", "bob", "--as-group", "a", "--as-group=b")
    dractl("__complete", "attributes", *groups, "--node", "")

    assert cluster.requests[-1].headers["impersonate-group"] == "a, b"


def test_a_change_of_any_kubeconfig_of_the_list_counts(
    dractl: Runner,
    cluster: ApiServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    second = tmp_path / "second"
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path / 'config'}:{second}")
    dractl("__complete", "attributes", "--node", "")
    asked = len(cluster.requests)
    second.write_text("")

    dractl("__complete", "attributes", "--node", "")

    assert len(cluster.requests) > asked


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("--context", ["a", "b"]),
        ("--cluster", ["a", "b"]),
        ("--user", ["a", "b"]),
    ],
)
def test_entries_come_from_all_kubeconfigs_without_a_network(
    dractl: Runner,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    expected: list[str],
) -> None:
    files = [configs.written(tmp_path / each, configs.config(each)) for each in "ba"]
    monkeypatch.setenv("KUBECONFIG", ":".join(map(str, files)))

    assert values(dractl("__complete", "explain", option, "").out) == expected


def test_a_broken_kubeconfig_offers_no_context(dractl: Runner, tmp_path: Path) -> None:
    config = str(configs.written(tmp_path / "config", "- no mapping"))

    ran = dractl("__complete", "explain", "--kubeconfig", config, "--context", "")

    assert (ran.status, ran.out, ran.err) == (0, ":4\n", "")


def test_names_are_remembered_for_a_while(dractl: Runner, cluster: ApiServer) -> None:
    words = ("__complete", "attributes", "--node", "")
    first = dractl(*words)
    asked = len(cluster.requests)

    assert dractl(*words) == first
    assert len(cluster.requests) == asked


def test_a_cluster_that_does_not_answer_offers_nothing(
    dractl: Runner, tmp_path: Path, cluster: ApiServer
) -> None:
    cluster.faults.add(Fault(Kind.LATENCY, seconds=30, times=None))
    ran = dractl("__complete", "attributes", "--node", "")
    assert (ran.status, ran.out, ran.err) == (0, ":4\n", "")
    assert not list((tmp_path / "cache").rglob("*.json"))


def test_a_slow_program_for_credentials_neither_holds_a_shell_nor_reads_its_keys(
    api_server: ApiServer, tmp_path: Path
) -> None:
    slow = tmp_path / "slow.sh"
    slow.write_text(
        f"cat > '{tmp_path}/typed'\n"
        f"for _ in $(seq 100); do [ -e '{tmp_path}/over' ] || sleep 0.1; done\n"
    )
    entry = {"apiVersion": "client.authentication.k8s.io/v1", "command": "sh"}
    config = api_server.kubeconfig(
        tmp_path / "config", credentials={"exec": {**entry, "args": [str(slow)]}}
    )
    asking = ("__complete", "attributes", "--kubeconfig", str(config), "--node", "")
    try:
        ran = program(*asking, stdin=b"typed")
    finally:
        (tmp_path / "over").touch()

    assert (ran.status, ran.out, ran.err) == (0, ":4\n", "")
    assert (tmp_path / "typed").read_text() == ""
