"""Options that say which cluster is meant."""

import json
import sys
from pathlib import Path

import pytest

from dractl.cli.source import seconds
from tests.apiserver import ApiServer, Rule, User
from tests.cli.clusters import saved, served
from tests.cli.run import Runner
from tests.cli.waiting import CLUSTER


def test_without_options_the_kubeconfig_is_taken(
    dractl: Runner,
    api_server: ApiServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    api_server.add(CLUSTER)
    _, path = served(api_server, tmp_path)
    monkeypatch.setenv("KUBECONFIG", path)

    assert dractl("attributes").err == "2 devices (judged as Kubernetes 1.36)\n"


def test_without_any_cluster_ways_to_name_one_are_told(dractl: Runner) -> None:
    ran = dractl("explain")

    assert (ran.status, ran.out) == (3, "")
    assert ran.err == (
        "error: no cluster is named: no kubeconfig has one, and this is no pod\n"
        "hint: try --demo, read a saved state with --snapshot, or name a kubeconfig "
        "with --kubeconfig or in KUBECONFIG\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--demo", "--snapshot", "x"], "--demo and --snapshot exclude each other"),
        (["--demo", "--context", "x"], "--demo reads no live cluster"),
        (["--snapshot", "x", "--as", "bob"], "--snapshot reads no live cluster"),
        (["--request-timeout", "soon"], "--request-timeout: 'soon' is no duration"),
        (["--request-timeout", "-5s"], "--request-timeout: '-5s' is no duration"),
        (["--as-group", "x", "--server", "http://x"], "--as-group and --as-uid need"),
        (["--server", "example.com"], "no server of the form https://HOST:PORT"),
    ],
)
def test_options_that_make_no_sense(
    dractl: Runner, words: list[str], message: str
) -> None:
    ran = dractl("attributes", *words)

    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


@pytest.mark.parametrize(
    ("text", "number"),
    [("30s", 30), ("1m30s", 90), ("45", 45), ("0", 0), ("500ms", 0.5)],
)
def test_a_timeout_is_read_as_kubectl_does(text: str, number: float) -> None:
    assert seconds("--request-timeout", text) == number


def test_a_server_with_a_token_needs_no_kubeconfig(
    dractl: Runner, api_server: ApiServer
) -> None:
    api_server.add(CLUSTER)
    token = api_server.access.token("admin")

    ran = dractl("attributes", "--server", api_server.url, "--token", token)

    assert ran.status == 0


def test_one_can_act_as_another(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    options = served(api_server, tmp_path)

    ran = dractl("attributes", *options, "--as", "bob", "--as-group", "x")

    assert ran.status == 3
    assert "user 'bob' may not list resourceslices" in ran.err
    assert "--user=bob" in ran.err


def test_who_may_not_act_as_another_is_told(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    ran = dractl(
        "attributes", *served(api_server, tmp_path, user="alice"), "--as", "bob"
    )

    assert ran.status == 3
    assert "these credentials may not act as others: impersonate users 'bob'" in ran.err


def test_verbose_tells_where_it_reads(
    dractl: Runner, api_server: ApiServer, tmp_path: Path
) -> None:
    ran = dractl("attributes", "-v", *served(api_server, tmp_path))

    assert f"reading {api_server.url}" in ran.err


def test_all_options_of_kubectl_are_listed(dractl: Runner) -> None:
    ran = dractl("options")

    listed = [line for line in ran.out.splitlines() if line.startswith("--")]
    assert [line.partition(" ")[0] for line in listed] == [
        "--cluster", "--user", "--server", "--token", "--as", "--as-group", "--as-uid",
        "--insecure-skip-tls-verify", "--tls-server-name", "--explain-permissions",
    ]  # fmt: skip
    assert ran.status == 0


def test_as_a_plugin_of_kubectl_it_reads_the_same_cluster(
    dractl: Runner,
    api_server: ApiServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    api_server.add(CLUSTER)
    limited = User("alice", allow=(Rule("list", namespace="default"), Rule(path="/*")))
    api_server.access.change(limited)
    options = served(api_server, tmp_path, user="alice", namespace="default")
    monkeypatch.setattr(sys, "argv", ["/usr/local/bin/kubectl-dra"])

    ran = dractl("explain", *options)

    assert "kubectl dra explain --explain-permissions prints a role" in ran.err


def test_files_that_have_devices_are_a_cluster_of_their_own(
    dractl: Runner,
    api_server: ApiServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, path = served(api_server, tmp_path)
    monkeypatch.setenv("KUBECONFIG", path)
    file = saved(tmp_path / "whole.json", CLUSTER)

    alone = dractl("allocate", file, "-o", "json")
    live = dractl("allocate", file, "--kubeconfig", path, "-o", "json")

    assert json.loads(alone.out)["summary"]["placed"] == 1
    assert api_server.requests != []
    assert live.status == alone.status
